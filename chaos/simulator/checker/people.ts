// Text about people: what was typed is written down as it was asked, for the customer of the address, and is found nowhere else.
import { type Asked, definiteOf, type History } from '../history.ts';
import type { Tables } from '../model-database/tables.ts';
import { TYPED } from '../person.ts';
import type { Ledger } from './ledger.ts';

/** Called with every message between nodes and with every fact and request as it is written. */
export function checkUnnamed(history: History, where: string, text: string): void {
  const at = text.indexOf(TYPED);
  if (at >= 0) history.broken('text about people is where it must not be', `${where}: ...${text.slice(Math.max(0, at - 60), at + 60)}...`);
}

export function checkTyped(history: History, ledger: Ledger, tables: Tables): void {
  for (const { appointment } of tables.appointments.values()) checkUnnamed(history, 'appointment', JSON.stringify(appointment));
  for (const { details } of tables.claims.values()) checkUnnamed(history, 'claim', details);
  checkReasons(history, tables);
  const lastNotes = notesEdited(history, ledger);
  for (const asked of history.asked) checkAsked(history, tables, asked, lastNotes);
}

/** What was put over others has a reason. */
function checkReasons(history: History, tables: Tables): void {
  for (const { appointment } of tables.appointments.values())
    if (appointment.overlaps === true && typeof rowOf(tables, appointment.id).overrideReason !== 'string')
      history.broken('an overlap was not asked for', `appointment ${appointment.id} has no reason`);
}

/** What the last edit of each appointment has typed, as the log has them; nobody may have heard of it. */
function notesEdited(history: History, ledger: Ledger): ReadonlyMap<string, string | null | undefined> {
  const edits = history.asked.flatMap(({ command, request }) => {
    const row = ledger.requestOf(request);
    const change = row?.outcome === 'ok' && command.type === 'edit' ? ledger.entries.get(row.entryId)?.at(-1)?.row : undefined;
    return command.type !== 'edit' || change === undefined ? [] : [{ command, change }];
  });
  edits.sort((one, other) => one.change.xid - other.change.xid || one.change.position - other.change.position);
  return new Map(edits.map(({ command: { appointmentId, details } }) => [appointmentId, details.notes]));
}

function checkAsked(history: History, tables: Tables, asked: Asked, lastNotes: ReturnType<typeof notesEdited>): void {
  const { command, request } = asked;
  if (definiteOf(asked)?.outcome !== 'ok') return;
  if (command.type === 'book' || command.type === 'confirm-hold') {
    const { draft, details } = command;
    const row = rowOf(tables, draft.id);
    const last = { ...details, ...(lastNotes.has(draft.id) && { notes: lastNotes.get(draft.id) }) };
    for (const field of ['name', 'email', 'notes'] as const)
      if (row[field] !== last[field]) history.broken('what was typed is not what was asked', `${request.key}: ${field} is ${row[field]}, not ${last[field]}`);
    const customerId = tables.appointments.get(draft.id)?.appointment.customerId ?? '';
    if (tables.customers.get(customerId) !== details.email)
      history.broken('what was typed is not what was asked', `${request.key}: customer ${customerId} has the address ${tables.customers.get(customerId)}`);
  }
  if (command.type === 'cancel' && rowOf(tables, command.appointmentId).reason !== command.reason)
    history.broken('what was typed is not what was asked', `${request.key}: its reason is not there`);
}

function rowOf(tables: Tables, appointmentId: string): Readonly<Record<string, unknown>> {
  return JSON.parse(tables.persons.get(appointmentId) ?? '{}');
}
