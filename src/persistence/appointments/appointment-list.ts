// The statement behind each list of appointments, made so that an index has the rows in the order of the list: a page costs what is on it, however many
// appointments there are. Where several values are asked for, each reads its own page of the index, and the pages are merged.
import type { AppointmentFilter } from '../../booking/appointment-reads-port.ts';
import { APPOINTMENT_STATUSES } from '../../model/appointment-status.ts';
import { MINUTE } from '../../model/instant.ts';
import type { Position } from '../database/page-cursor.ts';

export type AppointmentOrder = NonNullable<AppointmentFilter['order']>;

/** An appointment takes a day at most, so whatever reaches into a range starts no earlier than that before it. */
const LONGEST_MS = 24 * 60 * MINUTE;

export const APPOINTMENT_COLUMNS = `a.id, a.reference, a.status, a.calendar_id, a.staff_id, a.location_id, a.service_id, a.starts_at, a.ends_at, a.revision,
  a.created_at, a.created_by, a.customer_id, a.details`;
/** What was typed for it; all null where that was erased. */
export const PERSON_COLUMNS = `p.appointment_id, p.name, p.email, p.phone, p.phone_e164, p.notes, p.staff_notes, p.answers, p.reason, p.override_reason, p.corrections`;

/** Nothing that a source begins with is the beginning of another one, so this is one range of the index `appointment_source`. The next character after the dot in between is `/`. */
export function isFrom(row: string, source: string): string {
  return `(${row}.details ->> 'sourceGroup' is not null and (${row}.details ->> 'sourceGroup') collate "C" >= ${source} and (${row}.details ->> 'sourceGroup') collate "C" < ${source} || '/')`;
}

/** One who was merged into another one is that one. Access tokens and what was kept elsewhere may still have the old id. */
export function nowCustomer(id: string): string {
  return `coalesce((select k.customer_id from customer_alias k where k.id = ${id}), ${id})`;
}

/** That the address of a customer was not corrected, or is this one by now. */
export function isStillOf(row: string, email: string): string {
  return `not exists (select 1 from appointment_person o where o.appointment_id = ${row}.id and o.corrections > 0 and o.email is distinct from ${email})`;
}

export type Statement = { readonly sql: string; readonly parameters: readonly unknown[] };

/** Rows of `APPOINTMENT_COLUMNS`, `PERSON_COLUMNS` and the last change, after a position of the same order. */
export function listStatement(filter: AppointmentFilter, limit: number, after: Position | null): Statement {
  const parameters: unknown[] = [];
  const give = (value: unknown, type: string) => `$${parameters.push(value)}::${type}`;
  const conditions: string[] = [];
  const { from, to, updatedSince, customerId, ownerEmail, sourceGroup, madeByGuest, order = 'startsAt' } = filter;
  const [column, comparison, direction] = ORDERS[order];
  if (from !== undefined) conditions.push(`a.ends_at > ${give(from, 'int8')}`, `a.starts_at > ${give(from - LONGEST_MS, 'int8')}`);
  if (to !== undefined) conditions.push(`a.starts_at < ${give(to, 'int8')}`);
  if (updatedSince !== undefined) conditions.push(`a.updated_at >= ${give(updatedSince, 'int8')}`);
  if (customerId !== undefined) conditions.push(`a.customer_id = ${nowCustomer(give(customerId, 'uuid'))}`);
  if (ownerEmail !== undefined) conditions.push(isStillOf('a', give(ownerEmail, 'text')));
  if (sourceGroup !== undefined) conditions.push(isFrom('a', give(sourceGroup, 'text')));
  if (madeByGuest !== undefined) conditions.push(`a.created_by is ${madeByGuest ? '' : 'not '}null`);
  if (after !== null) conditions.push(`(a.${column}, a.id) ${comparison} (${give(after.at, 'int8')}, ${give(after.id, 'uuid')})`);
  const isNarrow = customerId !== undefined || sourceGroup !== undefined || order === 'updatedAt';
  const taken = isNarrow ? [] : apart(filter);
  for (const { name, of, type, values } of listsOf(filter))
    if (taken.every((one) => one.name !== name)) conditions.push(`${of} = any(${give(values, `${type}[]`)})`);
  if (filter.resourceIds !== undefined) conditions.push(`${RESOURCE_OF} is not null`);
  const [lead, ...others] = taken;
  if (lead !== undefined) conditions.push(`${lead.of} = any(array[${lead.name}s.value])`);
  for (const { name, of } of others) conditions.push(`${of} = ${name}s.value`);
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const inOrder = `a.${column} ${direction}, a.id ${direction} limit ${give(limit, 'int8')}`;
  const sources = taken.map(({ name, type, values }) => `unnest(${give(values, `${type}[]`)}) ${name}s(value)`);
  const found =
    lead === undefined
      ? `select a.* from appointment a ${where} order by ${inOrder}`
      : `select a.* from ${sources.join(' cross join ')}
          cross join lateral (select a.* from appointment a ${where} order by ${lead.of} ${direction}, ${inOrder}) a order by ${inOrder}`;
  return {
    sql: `select ${APPOINTMENT_COLUMNS}, ${PERSON_COLUMNS}, a.updated_at from (${found}) a left join appointment_person p on p.appointment_id = a.id
      order by a.${column} ${direction}, a.id ${direction}`,
    parameters,
  };
}

const ORDERS = {
  startsAt: ['starts_at', '>', 'asc'],
  '-startsAt': ['starts_at', '<', 'desc'],
  updatedAt: ['updated_at', '>', 'asc'],
} as const satisfies Record<AppointmentOrder, readonly [string, '>' | '<', 'asc' | 'desc']>;

/** `of`: where a row has it. */
type Listed = { readonly name: string; readonly of: string; readonly type: 'uuid' | 'text'; readonly values: readonly string[] };

/** The expression of the index `appointment_resource`. */
const RESOURCE_OF = `(a.details #>> '{resource,resourceId}')`;

function listsOf({ resourceIds, staffIds, locationIds, serviceId, statuses }: AppointmentFilter): readonly Listed[] {
  return [
    ...listed('resource_id', 'text', resourceIds, RESOURCE_OF),
    ...listed('staff_id', 'uuid', staffIds),
    ...listed('service_id', 'uuid', serviceId === undefined ? undefined : [serviceId]),
    ...listed('location_id', 'uuid', locationIds),
    ...listed('status', 'text', statuses),
  ];
}

function listed(name: string, type: Listed['type'], values: readonly string[] | undefined, of = `a.${name}`): readonly Listed[] {
  return values === undefined ? [] : [{ name, of, type, values }];
}

/**
 * The columns before the start in the index that is to be read, each with its values. The index of a service or a location goes by status next, so what asks
 * for no status asks for each.
 *
 * Left to itself, the planner reads the index of starts and drops what is not asked for, as if every kind of appointment were spread over all years; what is
 * booked all lies after what is completed. So the first column is compared with an array of one, of which the planner does not see that it is one value, and
 * is what the rows are ordered by first: no other index has that order.
 */
function apart(filter: AppointmentFilter): readonly Listed[] {
  const [first] = listsOf(filter);
  if (first === undefined) return [];
  const one = { ...first, values: [...new Set(first.values)] };
  if (first.name !== 'service_id' && first.name !== 'location_id') return [one];
  return [one, ...listed('status', 'text', filter.statuses ?? APPOINTMENT_STATUSES)];
}
