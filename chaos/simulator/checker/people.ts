// Text about people: what was typed is written down as it was asked, for the customer of the address, and is found nowhere else.
import { type Asked, definiteOf, type History } from '../history.ts';
import type { Tables } from '../model-database/tables.ts';
import { TYPED } from '../person.ts';

/** Called with every message between nodes and with every fact and request as it is written. */
export function checkUnnamed(history: History, where: string, text: string): void {
  const at = text.indexOf(TYPED);
  if (at >= 0) history.broken('text about people is where it must not be', `${where}: ...${text.slice(Math.max(0, at - 60), at + 60)}...`);
}

export function checkTyped(history: History, tables: Tables): void {
  for (const { appointment } of tables.appointments.values()) checkUnnamed(history, 'appointment', JSON.stringify(appointment));
  for (const { details } of tables.claims.values()) checkUnnamed(history, 'claim', details);
  for (const asked of history.asked) checkAsked(history, tables, asked);
}

function checkAsked(history: History, tables: Tables, asked: Asked): void {
  const { command, request } = asked;
  if (definiteOf(asked)?.outcome !== 'ok') return;
  if (command.type === 'book' || command.type === 'confirm-hold') {
    const { draft, details } = command;
    const row = rowOf(tables, draft.id);
    for (const field of ['name', 'email', 'notes'] as const)
      if (row[field] !== details[field])
        history.broken('what was typed is not what was asked', `${request.key}: ${field} is ${row[field]}, not ${details[field]}`);
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
