// The parts of a plan: changes of hours, and what becomes of the appointments that they strand. They are decided in this order and committed as one entry, so
// after a crash all of it has happened, or nothing.
import type { Instant } from '../../model/instant.ts';
import type { OfRecord } from '../calendar/calendar.ts';
import { calendarsOfClaim } from '../calendar/calendars-of.ts';
import type { Part, Parts } from '../calendar/group.ts';
import type { JournalDatabase } from '../ports.ts';
import type { AskedOfRecord, ClaimAsk, RecordVersion, SchedulerCommand } from '../scheduler.ts';
import type { ActorRegistry } from './actor-registry.ts';
import { canTake, choicesOf, inOrder, partsOf, presentAmong, withOthers } from './choices.ts';

export type CarryOut = Extract<SchedulerCommand, { type: 'carry-out' }>;

/**
 * The calendars of the targets stay in memory until it is disposed. `gone`: one of the appointments, or of those who were to take them, is not there;
 * `outdated`: one of them is not at the revision that was looked at.
 */
export type PlanParts = Disposable & { readonly parts: Parts | 'gone' | 'outdated' };

export async function partsOfPlan(registry: ActorRegistry, database: JournalDatabase, command: CarryOut, at: Instant): Promise<PlanParts> {
  using kept = new DisposableStack();
  const { changes, strands, moves, cancels } = command;
  const hours = changes.map(({ calendarId, change, expectedVersions }): Part => {
    return { calendarId, command: { type: 'change-hours', change, strands, expectedVersions } };
  });
  const parts: Part[] = [...hours, ...(await besideHolds(registry, command))];
  for (const asked of cancels) {
    const record = await recordOf(database, asked);
    if (typeof record === 'string') return nothing(record);
    const { calendarId: home, resource } = record.appointment;
    parts.push(...withOthers({ calendarId: home, command: { type: 'cancel', ...record, waivePolicy: true } }, resource?.calendarId));
  }
  for (const { ask, ...asked } of moves) {
    const record = await recordOf(database, asked);
    if (typeof record === 'string') return nothing(record);
    const moved = await partsOfOne(registry, kept, { record, ask, at });
    if (moved === undefined) return nothing('gone');
    parts.push(...moved);
  }
  const [first, ...others] = parts;
  if (first === undefined) return nothing('gone');
  const stack = kept.move();
  return { parts: [first, ...others], [Symbol.dispose]: () => stack.dispose() };
}

/** Retiring a calendar ends its holds, on every calendar that has them. */
async function besideHolds(registry: ActorRegistry, { changes }: CarryOut): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for (const { calendarId, change } of changes) {
    const actor = change.type === 'retire' ? await registry.get(calendarId) : undefined;
    const beside = Array.from(actor?.head.holds.values() ?? [], (hold) => calendarsOfClaim(hold)).flat();
    for (const id of new Set(beside)) if (id !== calendarId) parts.push({ calendarId: id, command: { type: 'go-along' } });
  }
  return parts;
}

type Move = { readonly record: Required<OfRecord>; readonly ask: ClaimAsk; readonly at: Instant };

async function partsOfOne(registry: ActorRegistry, kept: DisposableStack, { record, ask, at }: Move): Promise<Parts | undefined> {
  const present = kept.use(await presentAmong(registry, ask, calendarsOfClaim(record.appointment)));
  const claim = { type: 'move', ...record, ask, waivePolicy: true, details: {} } as const;
  const ordered = inOrder(claim, present.of(choicesOf(ask)));
  const to = ordered.find((choice) => canTake(registry, claim, choice, at)) ?? ordered[0];
  return to && partsOf(claim, to);
}

/** Whether it is another version than the one that was looked at. */
export function isOther({ calendarId, revision }: RecordVersion, basedOn: RecordVersion | undefined): boolean {
  return basedOn !== undefined && (basedOn.revision !== revision || basedOn.calendarId !== calendarId);
}

export async function recordOf(database: JournalDatabase, { appointmentId, basedOn }: AskedOfRecord): Promise<Required<OfRecord> | 'gone' | 'outdated'> {
  const record = await database.appointment(appointmentId);
  if (record === undefined) return 'gone';
  const { revision, asOf, ...appointment } = record;
  return isOther(record, basedOn) ? 'outdated' : { appointment, asOf };
}

export function nothing(parts: 'gone' | 'outdated'): PlanParts {
  return { parts, [Symbol.dispose]: () => undefined };
}
