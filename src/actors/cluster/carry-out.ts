// The parts of a plan: a change of hours, and what becomes of the appointments that it strands. They are decided in this order and committed as one entry, so
// after a crash all of it has happened, or nothing.
import type { Instant } from '../../model/instant.ts';
import type { OfRecord } from '../calendar/calendar.ts';
import { calendarsOfClaim } from '../calendar/calendars-of.ts';
import type { Part, Parts } from '../calendar/group.ts';
import type { JournalDatabase } from '../ports.ts';
import type { ClaimAsk, SchedulerCommand } from '../scheduler.ts';
import type { ActorRegistry } from './actor-registry.ts';
import { canTake, choicesOf, inOrder, partsOf, presentAmong, withOthers } from './choices.ts';

export type CarryOut = Extract<SchedulerCommand, { type: 'carry-out' }>;

/** The calendars of the targets stay in memory until it is disposed. `parts` undefined: one of the appointments, or of those who were to take them, is not there. */
export type PlanParts = Disposable & { readonly parts: Parts | undefined };

export async function partsOfPlan(registry: ActorRegistry, database: JournalDatabase, command: CarryOut, at: Instant): Promise<PlanParts> {
  using kept = new DisposableStack();
  const { calendarId, change, strands, expectedVersions, moves, cancels } = command;
  const first: Part = { calendarId, command: { type: 'change-hours', change, strands, expectedVersions } };
  const parts: Part[] = [];
  for (const appointmentId of cancels) {
    const record = await recordOf(database, appointmentId);
    if (record === undefined) return nothing();
    const { calendarId: home, resource } = record.appointment;
    parts.push(...withOthers({ calendarId: home, command: { type: 'cancel', ...record, waivePolicy: true } }, resource?.calendarId));
  }
  for (const { appointmentId, ask } of moves) {
    const record = await recordOf(database, appointmentId);
    const moved = record && (await partsOfOne(registry, kept, { record, ask, at }));
    if (moved === undefined) return nothing();
    parts.push(...moved);
  }
  const stack = kept.move();
  return { parts: [first, ...parts], [Symbol.dispose]: () => stack.dispose() };
}

type Move = { readonly record: Required<OfRecord>; readonly ask: ClaimAsk; readonly at: Instant };

async function partsOfOne(registry: ActorRegistry, kept: DisposableStack, { record, ask, at }: Move): Promise<Parts | undefined> {
  const present = kept.use(await presentAmong(registry, ask, calendarsOfClaim(record.appointment)));
  const claim = { type: 'move', ...record, ask, waivePolicy: true, details: {} } as const;
  const ordered = inOrder(claim, present.of(choicesOf(ask)));
  const to = ordered.find((choice) => canTake(registry, claim, choice, at)) ?? ordered[0];
  return to && partsOf(claim, to);
}

async function recordOf(database: JournalDatabase, appointmentId: string): Promise<Required<OfRecord> | undefined> {
  const record = await database.appointment(appointmentId);
  if (record === undefined) return undefined;
  const { revision: _, asOf, ...appointment } = record;
  return { appointment, asOf };
}

function nothing(): PlanParts {
  return { parts: undefined, [Symbol.dispose]: () => undefined };
}
