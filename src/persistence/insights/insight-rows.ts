// The roll-ups as rows. Everything here runs inside a transaction that holds the row of the consumer: the consumer's own step begins with it, all others lock it. So no two writers
// count the same appointment at once, and sums are what the rows add up to whenever a transaction ends.

import { type HoursSince, INSIGHT_CONSUMER, type Told } from '../../insights/insight-consumer.ts';
import { amongVisits, type Counted, countedOf, differenceOf, MEASURES } from '../../insights/roll-up.ts';
import { localDayOf } from '../../model/zone-offsets.ts';
import { type LedgerEntry, takenBy } from '../../payments/ledger.ts';
import type { EntityManager } from '../database/database.ts';

/** For what has no staff member or service. */
export const NONE = '00000000-0000-0000-0000-000000000000';
/** The day of the hours before the first change that is known. */
const BEFORE_ALL = -1;

const LOCK = 'select 1 as locked from consumer where name = ? for no key update';

const COLUMNS = `id, status, location_id as "locationId", service_id as "serviceId", staff_id as "staffId", customer_id as "customerId", source, starts_at as "startsAt", day, hour, seconds,
  price, currency, lead_minutes as "leadMinutes", is_first as "isFirst", is_rebooked as "isRebooked"`;
/** Rows of these appointments, and all others of these customers. */
const TOUCHED = `select ${COLUMNS} from insight_appointment where id = any(?::uuid[]) or customer_id = any(?::uuid[])
  or customer_id in (select customer_id from insight_appointment where id = any(?::uuid[]))`;
/** Who the appointments are for by now: facts name customers as they were. */
const CUSTOMERS = 'select id, customer_id as "customerId" from appointment where id = any(?::uuid[])';
const RECORD = `id uuid, status text, "locationId" uuid, "serviceId" uuid, "staffId" uuid, "customerId" uuid, source text, "startsAt" int8, day int, hour smallint, seconds int,
  price int8, currency text, "leadMinutes" int, "isFirst" boolean, "isRebooked" boolean`;
const NAMES = [
  ...['id', 'status', 'location_id', 'service_id', 'staff_id', 'customer_id', 'source', 'starts_at', 'day', 'hour', 'seconds', 'price', 'currency'],
  ...['lead_minutes', 'is_first', 'is_rebooked'],
];
/** Also for a rebuild, which brings all columns in this order. */
export const INSERT_ROWS = `insert into insight_appointment (${NAMES.join(', ')})`;
export const ON_CONFLICT = `on conflict (id) do update set ${NAMES.map((name) => `${name} = excluded.${name}`).join(', ')}`;
const KEEP_ROWS = `${INSERT_ROWS} select * from jsonb_to_recordset(?::jsonb) r(${RECORD}) ${ON_CONFLICT}`;

const ADD_SUMS = `insert into insight_sum (slice, day, hour, location_id, subject_id, source, currency, ${MEASURES.join(', ')})
  select slice, day, hour, "locationId", "subjectId", source, currency, ${MEASURES.map((name) => `(measures ->> '${name}')::int8`).join(', ')}
    from jsonb_to_recordset(?::jsonb) r(slice text, day int, hour smallint, "locationId" uuid, "subjectId" uuid, source text, currency text, measures jsonb)
  on conflict (slice, day, hour, location_id, subject_id, source, currency) do update set ${MEASURES.map((name) => `${name} = insight_sum.${name} + excluded.${name}`).join(', ')}`;

const KEEP_HOURS = `insert into insight_hours (calendar_id, day, hours) select "calendarId", day, hours from jsonb_to_recordset(?::jsonb) r("calendarId" uuid, day int, hours jsonb)
  on conflict (calendar_id, day) do update set hours = excluded.hours`;
const KEEP_FIRST_HOURS = `insert into insight_hours (calendar_id, day, hours) select "calendarId", ${BEFORE_ALL}, hours from jsonb_to_recordset(?::jsonb) r("calendarId" uuid, hours jsonb)
  where not exists (select 1 from insight_hours h where h.calendar_id = r."calendarId")`;

/** The effect of the consumer. The step holds its row already. */
export async function writeInsights(em: EntityManager, { appointments, hours }: Told): Promise<void> {
  if (hours.length > 0) await keepHours(em, hours);
  if (appointments.length === 0) return;
  const ids = appointments.map(({ id }) => id);
  const customers = await em.execute<{ id: string; customerId: string }[]>(CUSTOMERS, [listOf(ids)]);
  const customerOf = new Map(customers.map(({ id, customerId }) => [id, customerId]));
  const told = appointments.map((appointment) => countedOf(appointment, customerOf.get(appointment.id) ?? appointment.customerId));
  await countAgain(em, told);
  await moveMoney(em, told);
}

/** Takes the rows for what they are now, and counts what changes with them: where a customer's visits come or go, others of theirs are the first. */
async function countAgain(em: EntityManager, rows: readonly Counted[]): Promise<void> {
  const ids = listOf(rows.map(({ id }) => id));
  const before = (await em.execute<Counted[]>(TOUCHED, [ids, listOf(rows.map(({ customerId }) => customerId)), ids])).map(plain);
  const after = amongVisits([...new Map([...before, ...rows].map((row) => [row.id, row])).values()]);
  await keepChanged(em, before, after);
}

async function keepChanged(em: EntityManager, before: readonly Counted[], after: readonly Counted[]): Promise<void> {
  const was = new Map(before.map((row) => [row.id, JSON.stringify(row)]));
  const changed = after.filter((row) => was.get(row.id) !== JSON.stringify(row));
  if (changed.length === 0) return;
  const ids = new Set(changed.map(({ id }) => id));
  const replaced = before.filter(({ id }) => ids.has(id));
  await em.execute(KEEP_ROWS, [JSON.stringify(changed)]);
  await em.execute(ADD_SUMS, [JSON.stringify(differenceOf(replaced, changed))]);
}

/** Big numbers come as text from one of the drivers, and keys in one order are compared as text. */
function plain({ id, status, locationId, serviceId, staffId, customerId, source, ...row }: Counted): Counted {
  const { startsAt, day, hour, seconds, price, currency, leadMinutes, isFirst, isRebooked } = row;
  return {
    ...{ id, status, locationId, serviceId, staffId, customerId, source, startsAt: Number(startsAt), day: Number(day), hour: Number(hour) },
    ...{ seconds: Number(seconds), price: Number(price), currency, leadMinutes: Number(leadMinutes), isFirst, isRebooked },
  };
}

async function keepHours(em: EntityManager, hours: readonly HoursSince[]): Promise<void> {
  const first = hours.filter(({ day }) => day === null);
  if (first.length > 0) await em.execute(KEEP_FIRST_HOURS, [JSON.stringify(first)]);
  await em.execute(KEEP_HOURS, [JSON.stringify(hours.filter(({ day }) => day !== null))]);
}

/** Everything of one customer is another's, or of nobody who is known. */
export async function moveInsights(em: EntityManager, from: string, to: string): Promise<void> {
  await lockInsights(em);
  const before = (await em.execute<Counted[]>(`select ${COLUMNS} from insight_appointment where customer_id in (?::uuid, ?::uuid)`, [from, to])).map(plain);
  await keepChanged(em, before, amongVisits(before.map((row) => ({ ...row, customerId: to }))));
}

export async function lockInsights(em: EntityManager): Promise<void> {
  await em.execute(LOCK, [INSIGHT_CONSUMER]);
}

const ZONE = 'select time_zone as "timeZone" from location where id = ?::uuid';
const ADD_ENTRY = `insert into insight_entry (number, appointment_id, location_id, staff_id, service_id, account, currency, day, received, refunded, disputed)
  select l.number, l.appointment_id, l.location_id, coalesce(a.staff_id, '${NONE}'), coalesce(a.service_id, '${NONE}'), ?, l.currency, ?::int, ?::int8, ?::int8, ?::int8
    from ledger_entry l left join insight_appointment a on a.id = l.appointment_id where l.key = ? on conflict (number) do nothing
  returning number`;
/** The sums of entries, with a sign. */
export const moneyOf = (
  sign: '' | '-',
  where: string,
) => `select s.slice, e.day, e.location_id, s.subject_id, e.account, e.currency, ${sign}sum(e.received), ${sign}sum(e.refunded), ${sign}sum(e.disputed)
  from insight_entry e cross join lateral (values ('staff', e.staff_id), ('service', e.service_id)) s(slice, subject_id) ${where} group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6`;
export const INSERT_MONEY = 'insert into insight_money (slice, day, location_id, subject_id, account, currency, received, refunded, disputed)';
const addMoney = (sign: '' | '-', where: string) => `${INSERT_MONEY} ${moneyOf(sign, where)}
  on conflict (slice, day, location_id, subject_id, account, currency) do update set received = insight_money.received + excluded.received, refunded = insight_money.refunded + excluded.refunded,
    disputed = insight_money.disputed + excluded.disputed`;
const ADD_MONEY = addMoney('', 'where e.number = ?::int8');

/** In the transaction that adds the entry to the books, which stands there by now. A repeated one is counted once. */
export async function countEntry(em: EntityManager, entry: LedgerEntry): Promise<void> {
  const taken = takenBy(entry);
  if (taken === undefined) return;
  const { key, locationId, at } = entry;
  await lockInsights(em);
  const [location] = await em.execute<{ timeZone: string }[]>(ZONE, [locationId]);
  const day = localDayOf(location?.timeZone ?? 'UTC', at);
  const added = await em.execute<{ number: number }[]>(ADD_ENTRY, [taken.account, day, taken.received, taken.refunded, taken.disputed, key]);
  for (const { number } of added) await em.execute(ADD_MONEY, [number]);
}

const MONEY_ELSEWHERE = `select e.number from insight_entry e join insight_appointment a on a.id = e.appointment_id
  where e.appointment_id = any(?::uuid[]) and (e.staff_id, e.service_id) is distinct from (a.staff_id, a.service_id)`;
const MOVE_ENTRIES =
  'update insight_entry e set staff_id = a.staff_id, service_id = a.service_id from insight_appointment a where a.id = e.appointment_id and e.number = any(?::int8[])';

/** Money goes along with an appointment that gets another staff member, or that is booked after it was paid. */
async function moveMoney(em: EntityManager, rows: readonly Counted[]): Promise<void> {
  const found = await em.execute<{ number: number }[]>(MONEY_ELSEWHERE, [listOf(rows.map(({ id }) => id))]);
  if (found.length === 0) return;
  const numbers = [listOf(found.map(({ number }) => String(number)))];
  await em.execute(addMoney('-', 'where e.number = any(?::int8[])'), numbers);
  await em.execute(MOVE_ENTRIES, numbers);
  await em.execute(addMoney('', 'where e.number = any(?::int8[])'), numbers);
}

function listOf(values: readonly string[]): string {
  return `{${values.join(',')}}`;
}
