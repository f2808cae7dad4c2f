// The parts of a swap. Both appointments leave before either arrives, so neither is in the way of the other.
import { type Instant, instant, MINUTE } from '../../model/instant.ts';
import type { OfRecord } from '../calendar/calendar.ts';
import { calendarsOfClaim } from '../calendar/calendars-of.ts';
import type { Part } from '../calendar/group.ts';
import type { JournalDatabase } from '../ports.ts';
import type { ClaimAsk, SchedulerCommand } from '../scheduler.ts';
import type { ActorRegistry } from './actor-registry.ts';
import { nothing, type PlanParts, recordOf } from './carry-out.ts';
import { type Choice, choicesOf, presentAmong, slotOf } from './choices.ts';

type Swap = Extract<SchedulerCommand, { type: 'swap' }>;
type Moved = { readonly record: Required<OfRecord>; readonly ask: ClaimAsk; readonly choice: Choice };

/** The answer is of the one that is asked for first. */
export async function partsOfSwap(registry: ActorRegistry, database: JournalDatabase, { other, ...first }: Swap): Promise<PlanParts> {
  using kept = new DisposableStack();
  const moved: Moved[] = [];
  for (const { ask, ...asked } of [first, other]) {
    const record = await recordOf(database, asked);
    if (typeof record === 'string') return nothing(record);
    const present = kept.use(await presentAmong(registry, ask, calendarsOfClaim(record.appointment)));
    const choice = firstFree(registry, ask, present.of(choicesOf(ask)), [first.appointmentId, other.appointmentId]);
    if (choice === undefined) return nothing('gone');
    moved.push({ record, ask, choice });
  }
  const [leaving, ...parts] = [...moved.map(leave), ...moved.flatMap(giveWay), ...moved.flatMap(goAlong), ...moved.map(arrive)];
  if (leaving === undefined) return nothing('gone');
  const stack = kept.move();
  return { parts: [leaving, ...parts], [Symbol.dispose]: () => stack.dispose() };
}

/** With the first room that only these two have at that time, else with the first. */
function firstFree(registry: ActorRegistry, { startsAt, terms }: ClaimAsk, choices: readonly Choice[], swapped: readonly string[]): Choice | undefined {
  const until: Instant = instant(startsAt + terms.minutes * MINUTE);
  const isFree = ({ resource }: Choice) => {
    const there = resource && registry.inMemory(resource.calendarId)?.head.claims.overlapping(startsAt, until);
    return resource === undefined || there?.every(({ id }) => swapped.includes(id)) === true;
  };
  return choices.find(isFree) ?? choices[0];
}

function leave({ record }: Moved): Part {
  return { calendarId: record.appointment.calendarId, command: { type: 'move-out', ...record, waivePolicy: true } };
}

function giveWay({ record: { appointment } }: Moved): readonly Part[] {
  return calendarsOfClaim(appointment).map((calendarId) => ({ calendarId, command: { type: 'give-way', claimId: appointment.id } }));
}

function goAlong({ choice: { resource } }: Moved): readonly Part[] {
  return resource === undefined ? [] : [{ calendarId: resource.calendarId, command: { type: 'go-along' } }];
}

function arrive({ record: { appointment }, ask, choice }: Moved): Part {
  const { calendarId, staffId, place } = choice;
  return { calendarId, command: { type: 'move-in', appointment, staffId, slot: slotOf(ask, choice), ...(place && { place }), isSwapped: true } };
}
