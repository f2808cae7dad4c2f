import type { CalendarActor } from '../calendar/actor.ts';
import type { Appointment, AppointmentPlace, CalendarEvent, Refusal, SlotAsk } from '../calendar/calendar.ts';
import { decide } from '../calendar/decide.ts';
import type { Outcome, Still, StillDecision, StillEnd } from '../calendar/work.ts';
import type { Entry, EntryAnswer, EntryEnd } from '../journal/entry.ts';
import type { Lane } from '../journal/lane.ts';
import type { RequestKey } from '../scheduler.ts';

/** How often a move is decided again after losing a compare-and-set. */
const MOVE_AGAIN_LIMIT = 6;

export type Move = {
  readonly from: CalendarActor;
  readonly to: CalendarActor;
  readonly appointment: Appointment;
  readonly staffId: string;
  readonly place: AppointmentPlace | undefined;
  readonly slot: SlotAsk;
  readonly waivePolicy: boolean;
  readonly request: RequestKey | null;
  readonly elaborate: (refusal: Refusal) => Refusal;
};

/**
 * Moves an appointment to another calendar: both calendars are held still (in the order of their ids, so that two moves never wait
 * for each other), decided together, and committed in one transaction with compare-and-set on both. All or nothing.
 */
export async function moveBetweenCalendars(move: Move, groupLane: Lane, newEntryId: () => string): Promise<Outcome> {
  for (let attempt = 0; attempt < MOVE_AGAIN_LIMIT; attempt += 1) {
    const stills = await holdBoth(move);
    const outcome = await moveOnce(move, stills, groupLane, newEntryId);
    if (outcome !== 'again') return outcome;
  }
  return { type: 'overloaded' };
}

/** Every check on durable states, and no trace. */
export async function dryMove({ from, to, appointment, staffId, place, slot, waivePolicy }: Omit<Move, 'request' | 'elaborate'>): Promise<Outcome> {
  const leaving = await from.read((state, at) => decide(state, { type: 'move-out', appointment, startsAt: slot.startsAt, waivePolicy }, at));
  if ('refusal' in leaving) return { type: 'refused', refusal: leaving.refusal };
  if ('stale' in leaving) return { type: 'stale' };
  return to.read((state, at): Outcome => {
    const arriving = decide(state, { type: 'move-in', appointment, staffId, slot, ...(place && { place }) }, at);
    if ('refusal' in arriving) return { type: 'refused', refusal: arriving.refusal };
    return { type: 'done', calendarId: to.id, revision: state.revision, event: 'events' in arriving ? arriving.events.at(-1) : undefined };
  });
}

type Stills = { readonly from: Still; readonly to: Still };

async function holdBoth({ from, to }: Move): Promise<Stills> {
  if (from.id < to.id) {
    const first = await from.hold();
    return { from: first, to: await to.hold() };
  }
  const first = await to.hold();
  return { from: await from.hold(), to: first };
}

async function moveOnce(move: Move, stills: Stills, groupLane: Lane, newEntryId: () => string): Promise<Outcome | 'again'> {
  const { appointment, staffId, place, slot, waivePolicy } = move;
  const leaving = stills.from.decide({ type: 'move-out', appointment, startsAt: slot.startsAt, waivePolicy });
  const arriving = stills.to.decide({ type: 'move-in', appointment, staffId, slot, ...(place && { place }) });
  if ('stale' in leaving.decision) {
    release(stills, { type: 'unchanged' }, { type: 'unchanged' });
    return { type: 'stale' };
  }
  const refused = [leaving, arriving].find(({ decision }) => 'refusal' in decision);
  const refusal = refused !== undefined && 'refusal' in refused.decision ? move.elaborate(refused.decision.refusal) : undefined;
  const fact = 'events' in arriving.decision && refusal === undefined ? arriving.decision.events : [];
  const answer: EntryAnswer = refusal === undefined ? { type: 'fact' } : { type: 'refusal', refusal };
  const steps = { from: stepOf(leaving, fact), to: stepOf(arriving, fact) };
  const end = await commitBoth(move, steps, answer, groupLane, newEntryId());
  if (end.type === 'done') {
    release(stills, applied(steps.from, leaving, end, move.from.shard), applied(steps.to, arriving, end, move.to.shard));
    if (refusal !== undefined) return { type: 'refused', refusal };
    return { type: 'done', calendarId: move.to.id, revision: steps.to.revision, event: fact.at(-1) };
  }
  release(stills, { type: 'discard' }, { type: 'discard' });
  if (end.type === 'lost') return 'again';
  return end.type === 'duplicate' ? { type: 'duplicate', stored: end.stored } : { type: 'poisoned', failure: end.failure };
}

type Step = {
  readonly base: number;
  readonly revision: number;
  readonly at: StillDecision['at'];
  readonly events: readonly CalendarEvent[];
  readonly fact: readonly CalendarEvent[];
};

function stepOf({ base, at, expiries }: StillDecision, fact: readonly CalendarEvent[]): Step {
  const events = [...expiries, ...fact];
  return { base, at, events, fact, revision: events.length > 0 ? base + 1 : base };
}

/** The calendar that gains the appointment comes first: its last event answers. */
function commitBoth(
  { from, to, request, appointment: was }: Move,
  steps: { from: Step; to: Step },
  answer: EntryAnswer,
  groupLane: Lane,
  id: string,
): Promise<EntryEnd> {
  return new Promise((resolve) => {
    const part = (actor: CalendarActor, { base, revision, at, events }: Step) => ({ actor, base, revision, at, events });
    const entry: Entry = { id, parts: [part(to, steps.to), part(from, steps.from)], request, answer, was, end: resolve };
    groupLane.enqueue(entry);
  });
}

function applied(step: Step, { expiries }: StillDecision, end: Extract<EntryEnd, { type: 'done' }>, shard: number): StillEnd {
  if (step.events.length === 0) return { type: 'unchanged' };
  return { type: 'apply', revision: step.revision, at: step.at, epoch: end.epochs.get(shard) ?? 0, expiries, events: step.fact };
}

function release(stills: Stills, from: StillEnd, to: StillEnd): void {
  stills.from.release(from);
  stills.to.release(to);
}
