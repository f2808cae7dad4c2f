// What people have typed for an appointment: written once, with the appointment, as they sent it.
import type { History, TypedRow } from '../history/lines.ts';
import type { Deed } from './attribution.ts';
import { type Violation, violation } from './invariants.ts';
import type { Write } from './writes.ts';

export function checkTyped({ typed }: History, deeds: readonly Deed[]): Violation[] {
  if (typed === undefined) return [];
  const rows = Map.groupBy(typed.rows, ({ appointmentId }) => appointmentId);
  const booked = new Set(deeds.map(({ event }) => event.appointmentId));
  return [
    ...deeds.flatMap(({ event, by }) => (by === null || event.appointmentId === undefined ? [] : differences(event.appointmentId, by, rows))),
    ...typed.rows
      .filter(({ appointmentId }) => !booked.has(appointmentId))
      .map(({ appointmentId }) => violation(15, `something was typed for ${appointmentId}, which is in no feed`, { about: [appointmentId] })),
  ];
}

function differences(appointmentId: string, { asked, key }: Write, rows: ReadonlyMap<string, readonly TypedRow[]>): Violation[] {
  const due = dueOf(asked);
  if (due.length === 0) return [];
  const about = [appointmentId, key];
  const [row, ...more] = rows.get(appointmentId) ?? [];
  if (row === undefined || more.length > 0)
    return [violation(15, `what was typed for ${appointmentId} stands in ${row === undefined ? 'no row' : 'two'}`, { about })];
  return due.flatMap(([field, text]) =>
    row[field] === text ? [] : [violation(15, `${field} of ${appointmentId} is ${row[field]}, and ${text} was sent`, { about })],
  );
}

type Due = readonly (readonly [Exclude<keyof TypedRow, 'appointmentId'>, string | null])[];

/** Nothing here changes it afterwards. */
function dueOf({ operation, body }: Write['asked']): Due {
  if (operation === 'cancel') return typeof body.reason === 'string' ? [['reason', body.reason]] : [];
  if (operation !== 'book' || typeof body.customer !== 'object' || body.customer === null) return [];
  const { name, email } = body.customer as { readonly name?: unknown; readonly email?: unknown };
  return [
    ['name', String(name)],
    ['email', String(email)],
    ['notes', typeof body.notes === 'string' ? body.notes : null],
  ];
}
