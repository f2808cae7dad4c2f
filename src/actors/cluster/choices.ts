// Who could take a claim: a candidate, with a resource if one is needed. Choices are judged by the states in memory; the calendars of the chosen
// one decide.
import type { Instant } from '../../model/instant.ts';
import type { CalendarActor } from '../calendar/actor.ts';
import type { Appointment, AppointmentPlace, Decision, Edit, SlotAsk, TakenResource } from '../calendar/calendar.ts';
import type { CalendarState } from '../calendar/calendar-state.ts';
import { decide, dueExpiries } from '../calendar/decide.ts';
import type { Part, Parts } from '../calendar/group.ts';
import type { PersonalDetails } from '../calendar/typed.ts';
import type { Candidate, ClaimAsk } from '../scheduler.ts';
import type { ActorRegistry } from './actor-registry.ts';
import { fairOrder } from './fair-order.ts';
import type { Offer } from './messages.ts';

export type Choice = {
  readonly calendarId: string;
  readonly staffId: string;
  readonly place?: AppointmentPlace | undefined;
  readonly resource?: TakenResource | undefined;
};
/** A choice whose calendars are in memory. */
export type Present = Choice & { readonly actor: CalendarActor; readonly state: CalendarState };

/** All choices in the order they are tried: each candidate with its resources in order. */
export function choicesOf({ candidates }: Pick<ClaimAsk, 'candidates'>): readonly Choice[] {
  return candidates.flatMap(({ resources, ...candidate }): readonly Choice[] => resources?.map((resource) => ({ ...candidate, resource })) ?? [candidate]);
}

/** Of these people, and of what they could take along. */
export function calendarIdsOf(people: readonly Candidate[]): readonly string[] {
  return people.flatMap(({ calendarId, resources = [] }) => [calendarId, ...resources.map((resource) => resource.calendarId)]);
}

export function slotOf({ terms, startsAt, seats, override }: ClaimAsk, { resource }: Pick<Choice, 'resource'>): SlotAsk {
  return { terms, startsAt, seats, override, ...(resource && { resource }) };
}

/** The first part decides; these calendars take part. Each once. */
export function withOthers(first: Part, ...others: readonly (string | null | undefined)[]): Parts {
  if (others.every((id) => typeof id !== 'string')) return [first];
  const more = new Set(others.filter((id) => typeof id === 'string' && id !== first.calendarId) as string[]);
  return [first, ...Array.from(more, (calendarId): Part => ({ calendarId, command: { type: 'go-along' } }))];
}

/** The choices whose calendars all exist; they stay in memory until this is disposed. */
export async function presentAmong(registry: ActorRegistry, ask: ClaimAsk): Promise<Disposable & { of(choices: readonly Choice[]): readonly Present[] }> {
  const kept = await registry.keep(calendarIdsOf(everyoneIn(ask)));
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

/** Whether the newest states in memory would accept it. The first part decides; the others are only read. */
export function accepts(registry: ActorRegistry, parts: Parts, at: Instant): boolean {
  // An overdue hold is expired by the decision that follows.
  const isDue = parts.some(({ calendarId }) => {
    const actor = registry.inMemory(calendarId);
    return actor !== undefined && dueExpiries(actor.head, at).length > 0;
  });
  return isDue || 'events' in decideOnHeads(registry, parts, at);
}

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
  return [...candidates, ...peers];
}

type Move = {
  readonly appointment: Appointment;
  readonly to: Choice;
  readonly slot: SlotAsk;
  readonly waivePolicy: boolean;
  /** It is not moved, but edited. */
  readonly edit?: Edit | undefined;
  readonly details?: Partial<PersonalDetails>;
};

/** The parts of a move for all calendars that have the appointment or will have it. */
export function partsOfMove({ appointment, to: { calendarId, staffId, place, resource }, slot, waivePolicy, edit, details = {} }: Move): Parts {
  const rooms = [appointment.resource?.calendarId, resource?.calendarId];
  const where = { ...(place && { place }), ...(Object.keys(details).length > 0 && { typed: { details } }) };
  const edited = edit && { edit };
  if (calendarId === appointment.calendarId) {
    const command = edit === undefined ? ({ type: 'reschedule', waivePolicy } as const) : ({ type: 'edit', edit } as const);
    return withOthers({ calendarId, command: { ...command, appointment, slot, ...where } }, ...rooms);
  }
  const leaving = { calendarId: appointment.calendarId, command: { type: 'move-out', appointment, waivePolicy, ...edited } } as const;
  const [first, ...others] = withOthers(leaving, ...rooms);
  return [first, { calendarId, command: { type: 'move-in', appointment, staffId, slot, ...where, ...edited } }, ...others];
}

type Asked = {
  readonly appointment: Appointment;
  readonly choices: readonly Present[];
  readonly ask: ClaimAsk;
  readonly edit?: Edit | undefined;
  readonly at: Instant;
};

/** The same person if possible, with the same resource if possible; otherwise the first in fair order that accepts; otherwise the first asked, which gives the reason. */
export function targetOfMove(registry: ActorRegistry, { appointment, choices, ask, edit, at }: Asked): Present | undefined {
  const isKept = ({ resource }: Choice) => resource?.calendarId === appointment.resource?.calendarId;
  const inOrder = [...choices.filter(isKept), ...choices.filter((choice) => !isKept(choice))];
  const own = inOrder.filter(({ calendarId }) => calendarId === appointment.calendarId);
  const [first] = own;
  if (first !== undefined && inOrder.length === 1) return first;
  const others = fairOrder(inOrder, ask.startsAt).filter((choice) => !own.includes(choice));
  const canTake = (choice: Present) => {
    const move = { appointment, to: choice, slot: slotOf(ask, choice), waivePolicy: true, edit };
    const arriving = partsOfMove(move).find(({ calendarId }) => calendarId === choice.calendarId);
    return arriving !== undefined && accepts(registry, withOthers(arriving, choice.resource?.calendarId), at);
  };
  return own.find(canTake) ?? others.find(canTake) ?? first ?? others[0];
}

/** What may be offered where this choice is refused. */
export function offerOf(ask: ClaimAsk, choice: Choice, ignoreClaimId: string | null): Offer {
  const { calendarId, staffId } = choice;
  return { calendarId, staffId, peers: everyoneIn(ask), slot: slotOf(ask, choice), ignoreClaimId };
}

/** The calendars whose free times may be offered. */
export function offered(offer: Offer | null): readonly string[] {
  return offer === null ? [] : calendarIdsOf(offer.peers);
}
