// Who could take a claim: a candidate, with a resource if one is needed. Choices are judged by the states in memory; the calendars of the chosen
// one decide.
import type { Instant } from '../../model/instant.ts';
import { agreedPolicy } from '../../model/payment-words.ts';
import { lasting } from '../../model/slot-terms.ts';
import type { CalendarActor } from '../calendar/actor.ts';
import type {
  AppointmentPlace,
  CalendarCommand,
  Decision,
  Edit,
  NewAppointment,
  OfferedTerms,
  OfRecord,
  SlotAsk,
  TakenResource,
} from '../calendar/calendar.ts';
import type { CalendarState } from '../calendar/calendar-state.ts';
import { decide, dueExpiries } from '../calendar/decide.ts';
import type { Part, Parts } from '../calendar/group.ts';
import type { PersonalDetails, Typed } from '../calendar/typed.ts';
import type { AgreedWith, AppointmentDraft, Candidate, ClaimAsk, SchedulerCommand } from '../scheduler.ts';
import type { ActorRegistry } from './actor-registry.ts';
import { fairOrder } from './fair-order.ts';

export type Choice = {
  readonly calendarId: string;
  readonly staffId: string;
  readonly place?: AppointmentPlace | undefined;
  readonly minutes?: number | undefined;
  readonly agreed?: AgreedWith | undefined;
  readonly resource?: TakenResource | undefined;
  /** See `SlotAsk`. */
  readonly onlyIfFree?: true | undefined;
};
/** What is claimed, apart from who takes it: the candidates are in `ask`. */
export type Claim =
  | Extract<SchedulerCommand, { type: 'place-hold' }>
  | {
      readonly type: 'book';
      readonly ask: ClaimAsk;
      readonly draft: AppointmentDraft;
      readonly approval: 'automatic' | 'manual';
      readonly customerId: string;
      readonly typed: Typed;
    }
  | (Required<OfRecord> & {
      readonly type: 'move';
      readonly ask: ClaimAsk;
      readonly waivePolicy: boolean;
      /** It is not moved, but edited. */
      readonly edit?: Edit | undefined;
      readonly details: Partial<PersonalDetails>;
    });
/** Whose free times may be offered with a refusal. */
export type Offer = {
  /** Whom the claim is asked of. */
  readonly calendarId: string;
  readonly staffId: string;
  readonly peers: readonly Candidate[];
  readonly slot: SlotAsk;
  /** The claim that is being moved, which is not in its own way. */
  readonly ignoreClaimId: string | null;
};
/** A choice whose calendars are in memory. */
export type Present = Choice & { readonly actor: CalendarActor; readonly state: CalendarState };

/** Each candidate with its resources in order. Where taken time may be taken over, each is there twice: what is free comes first. */
export function choicesOf({ candidates, override }: Pick<ClaimAsk, 'candidates' | 'override'>): readonly Choice[] {
  const all = candidates.flatMap((candidate): readonly Choice[] => {
    if (candidate.resources === undefined) return [candidate];
    const { resources, ...rest } = candidate;
    return resources.map((resource) => ({ ...rest, resource }));
  });
  if (all.length < 2 || override?.rules.includes('slot-taken') !== true) return all;
  return [...all.map((choice) => ({ ...choice, onlyIfFree: true as const })), ...all];
}

/** Of these people, and of what they could take along. */
export function calendarIdsOf(people: readonly Candidate[]): readonly string[] {
  return people.flatMap(({ calendarId, resources = [] }) => [calendarId, ...resources.map((resource) => resource.calendarId)]);
}

/** With the length that it has with this person, so that what is listed for them is what they are asked. */
export function slotOf(
  { terms, startsAt, seats, override }: ClaimAsk,
  { resource, onlyIfFree, minutes }: Pick<Choice, 'resource' | 'onlyIfFree' | 'minutes'>,
): SlotAsk {
  return { terms: lasting(terms, minutes), startsAt, seats, override, ...(onlyIfFree && { onlyIfFree }), ...(resource && { resource }) };
}

/** The first part decides; these calendars take part. Each once. */
export function withOthers(first: Part, ...others: readonly (string | null | undefined)[]): Parts {
  if (others.every((id) => typeof id !== 'string')) return [first];
  const more = new Set(others.filter((id) => typeof id === 'string' && id !== first.calendarId) as string[]);
  return [first, ...Array.from(more, (calendarId): Part => ({ calendarId, command: { type: 'go-along' } }))];
}

/** The choices whose calendars all exist; they, and `more`, stay in memory until this is disposed. */
export async function presentAmong(
  registry: ActorRegistry,
  ask: ClaimAsk,
  more: readonly string[],
): Promise<Disposable & { of(choices: readonly Choice[]): readonly Present[] }> {
  const kept = await registry.keep([...calendarIdsOf(everyoneIn(ask)), ...more]);
  return {
    of: (choices) =>
      choices.flatMap((choice): Present[] => {
        const actor = kept.actors.get(choice.calendarId);
        const isComplete = choice.resource === undefined || kept.actors.has(choice.resource.calendarId);
        return actor === undefined || !isComplete ? [] : [presentOf(actor, choice)];
      }),
    [Symbol.dispose]: () => kept[Symbol.dispose](),
  };
}

function presentOf(actor: CalendarActor, choice: Choice): Present {
  return {
    ...choice,
    actor,
    get state() {
      return actor.head;
    },
  };
}

/** The first part decides; the others are only read. */
function accepts(registry: ActorRegistry, parts: Parts, at: Instant): boolean {
  // An overdue hold is expired by the decision that follows.
  const isDue = parts.some(({ calendarId }) => {
    const actor = registry.inMemory(calendarId);
    return actor !== undefined && dueExpiries(actor.head, at).length > 0;
  });
  return isDue || 'events' in decideOnHeads(registry, parts, at);
}

/** Whether one of them would refuse it because its time is taken. */
export function isTaken(registry: ActorRegistry, parts: Parts, at: Instant): boolean {
  const decision = decideOnHeads(registry, parts, at);
  return 'refusal' in decision && decision.refusal.code === 'slot-taken';
}

function decideOnHeads(registry: ActorRegistry, parts: Parts, at: Instant): Decision {
  const states = new Map<string, CalendarState>();
  for (const { calendarId } of parts) {
    const actor = registry.inMemory(calendarId);
    if (actor === undefined) return { stale: true };
    states.set(calendarId, actor.head);
  }
  const [{ calendarId, command }] = parts;
  const state = states.get(calendarId);
  return state === undefined ? { stale: true } : decide(state, command, at, states);
}

/** The candidates whose free times may be offered instead. */
function everyoneIn({ candidates, peers = [] }: ClaimAsk): readonly Candidate[] {
  return candidates.concat(peers);
}

/** What the calendars of one choice are asked. The first of them decides. */
export function partsOf(claim: Claim, choice: Choice): Parts {
  if (claim.type === 'move') return partsOfMove(claim, choice);
  return withOthers({ calendarId: choice.calendarId, command: commandFor(claim, choice) }, choice.resource?.calendarId);
}

function commandFor(claim: Exclude<Claim, { type: 'move' }>, choice: Choice): CalendarCommand {
  const { staffId, place } = choice;
  const slot = slotOf(claim.ask, choice);
  if (claim.type === 'place-hold') {
    const { type, holdId, holder, holdSeconds, terms } = claim;
    return { type, holdId, staffId, slot, holder, holdSeconds, ...(terms && place && { terms: { ...termsFor(terms, choice), ...place } }) };
  }
  const { type, draft, approval, customerId, typed } = claim;
  return { type, slot, appointment: { ...ofStaff(draft, choice), customerId }, approval, typed };
}

function termsFor(terms: OfferedTerms, { agreed }: Choice): OfferedTerms {
  if (agreed === undefined) return terms;
  const { due: _, voucher: _off, ...rest } = terms;
  return { ...rest, ...agreed };
}

/** What is due with this person and is not paid is what the business books without. */
export function ofStaff(draft: AppointmentDraft, { staffId, place, agreed }: Pick<Choice, 'staffId' | 'place' | 'agreed'>): Omit<NewAppointment, 'customerId'> {
  if (agreed === undefined) return { ...draft, ...place, staffId };
  const { payment: _, voucher: _off, ...rest } = draft;
  const { price, voucher, policy, due } = agreed;
  const payment = due && { due, paymentId: null, policy: agreedPolicy(due, price) };
  return { ...rest, price, ...(voucher && { voucher }), policy, ...(payment && { payment }), ...place, staffId };
}

type Move = Omit<Extract<Claim, { type: 'move' }>, 'type'>;

/** The parts of a move for all calendars that have the appointment or will have it. The calendar that it leaves decides. */
function partsOfMove({ ask, appointment, asOf, waivePolicy, edit, details }: Move, choice: Choice): Parts {
  const { calendarId, staffId, place, resource } = choice;
  const slot = slotOf(ask, choice);
  const rooms = [appointment.resource?.calendarId, resource?.calendarId];
  const where = { ...(place && { place }), ...(Object.keys(details).length > 0 && { typed: { details } }) };
  const edited = edit && { edit };
  if (calendarId === appointment.calendarId) {
    const command = edit === undefined ? ({ type: 'reschedule', waivePolicy } as const) : ({ type: 'edit', edit } as const);
    return withOthers({ calendarId, command: { ...command, appointment, asOf, slot, ...where } }, ...rooms);
  }
  const leaving = { calendarId: appointment.calendarId, command: { type: 'move-out', appointment, asOf, waivePolicy, ...edited } } as const;
  const [first, ...others] = withOthers(leaving, ...rooms);
  return [first, { calendarId, command: { type: 'move-in', appointment, staffId, slot, ...where, ...edited } }, ...others];
}

/**
 * In the order in which they are tried. A claim: fewest claims that day first. A move: the same person if possible, with the same resource if possible;
 * then the others as for a claim.
 */
export function inOrder(claim: Claim, choices: readonly Present[]): readonly Present[] {
  const { free = [], any = [] } = Object.groupBy(choices, ({ onlyIfFree }) => (onlyIfFree === true ? 'free' : 'any'));
  return [...orderedAmong(claim, free), ...orderedAmong(claim, any)];
}

function orderedAmong(claim: Claim, choices: readonly Present[]): readonly Present[] {
  const { startsAt } = claim.ask;
  if (claim.type !== 'move') return fairOrder(choices, startsAt);
  const { appointment } = claim;
  const isKept = ({ resource }: Choice) => resource?.calendarId === appointment.resource?.calendarId;
  const keptFirst = [...choices.filter(isKept), ...choices.filter((choice) => !isKept(choice))];
  const isOwn = ({ calendarId }: Choice) => calendarId === appointment.calendarId;
  return [...keptFirst.filter(isOwn), ...fairOrder(keptFirst, startsAt).filter((choice) => !isOwn(choice))];
}

/** Whether this choice would do, by the newest states in memory. */
export function canTake(registry: ActorRegistry, claim: Claim, choice: Choice, at: Instant): boolean {
  if (claim.type !== 'move') return accepts(registry, partsOf(claim, choice), at);
  // Whether the appointment may leave is the same question for all of them.
  const arriving = partsOfMove({ ...claim, waivePolicy: true }, choice).find(({ calendarId }) => calendarId === choice.calendarId);
  return arriving !== undefined && accepts(registry, withOthers(arriving, choice.resource?.calendarId), at);
}

/** Who says why, where all refuse. If the time of one of them is taken, that is the answer: the others may not even work then. */
export function reasonAmong(registry: ActorRegistry, claim: Claim, ordered: readonly Present[], at: Instant): Present | undefined {
  // One that may take over what is there says more than the same one that may not.
  const among = ordered.some(({ onlyIfFree }) => onlyIfFree !== true) ? ordered.filter(({ onlyIfFree }) => onlyIfFree !== true) : ordered;
  if (claim.type === 'move') return among[0];
  return among.find((choice) => isTaken(registry, partsOf(claim, choice), at)) ?? among.at(-1);
}

/** What may be offered where this choice is refused. */
export function offerOf(claim: Claim, choice: Choice): Offer {
  const { calendarId, staffId } = choice;
  const ignoreClaimId = claim.type === 'move' ? claim.appointment.id : null;
  // How long it takes with each of them is said by themselves.
  const slot = slotOf(claim.ask, { ...choice, minutes: undefined });
  return { calendarId, staffId, peers: everyoneIn(claim.ask), slot, ignoreClaimId };
}

/** The calendars whose free times may be offered. */
export function offered(offer: Offer | null): readonly string[] {
  return offer === null ? [] : calendarIdsOf(offer.peers);
}

/** Whether all of them are in memory. Every claim asks, of everyone who does the service. */
export function areInMemory(registry: ActorRegistry, offer: Offer | null): boolean {
  const isThere = ({ calendarId }: { readonly calendarId: string }) => registry.inMemory(calendarId) !== undefined;
  return offer === null || offer.peers.every((peer) => isThere(peer) && peer.resources?.every(isThere) !== false);
}
