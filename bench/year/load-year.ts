// A year of a large business, straight into an empty database: set-based statements in pieces, always the same for the same seed and first day. What the server would have written one
// appointment at a time is missing beside it: the change log begins with what happens next.
import { fnv1a, shardOf } from '../../src/actors/cluster/shard-of.ts';
import type { CalendarHours } from '../../src/model/calendar-hours.ts';
import { WEEKDAYS } from '../../src/model/day-plan.ts';
import type { Database, SqlConnection } from '../../src/persistence/database/database.ts';
import { rebuildInsights } from '../../src/persistence/insights/rebuild-insights.ts';

export type Year = { readonly appointments: number; readonly people: number; readonly seed: number };
export const A_YEAR: Year = { appointments: 1_000_000, people: 100, seed: 1 };

const PIECE = 50_000;
/** A piece takes seconds; the constraint on claims is the slow part. */
const MOST_MS = 600_000;
const DAYS = 365;
/** Today is somewhere in the year, so that there is a past to report on and a future to show. */
const DAYS_BEFORE = 300;
/** Quarters of an hour from nine to five. */
const SLOTS = 32;
const SERVICES = 10;
const VISITS_OF_ONE = 16;
/** The board and the calendars have claims of so many days back. */
const CLAIM_DAYS = 60;
const ZONES = ['Europe/Berlin', 'America/New_York'] as const;

/** Ids that the seed says. Says what it does, and rejects where the database is not empty. */
export async function loadYear(database: Database, { appointments, people, seed }: Year, say: (words: string) => void = () => undefined): Promise<void> {
  if ((await database.sql('select 1 from location limit 1')).length > 0) throw new Error('the database is not empty: load a year into one of its own');
  const connection = await database.connect();
  try {
    const run = (statement: string, parameters: readonly unknown[] = []) => connection.run(statement, parameters, { timeoutMs: MOST_MS });
    await run('set statement_timeout = 0');
    await addCatalog(run, people, seed);
    const customers = Math.ceil(appointments / VISITS_OF_ONE);
    await run(CUSTOMERS, [customers, seed]);
    const perDay = Math.min(SLOTS, Math.ceil(appointments / (people * DAYS)));
    for (let from = 0; from < appointments; from += PIECE) {
      const to = Math.min(appointments, from + PIECE);
      await run(APPOINTMENTS, [from, to, people, perDay, seed, customers]);
      await run(PEOPLE, [from, to, seed]);
      say(`${to} appointments`);
    }
    await run(CLAIMS);
    await run(PAYMENTS);
    await run(RECEIPT_SERIES);
    await run(LEDGER);
    for (const table of ['appointment', 'appointment_person', 'customer', 'claim', 'payment', 'ledger_entry']) await run(`vacuum analyze ${table}`);
    say('claims and payments');
  } finally {
    connection.destroy();
  }
  await rebuildInsights(database);
  await database.sql('analyze insight_sum');
  say('reports');
}

type Run = (statement: string, parameters?: readonly unknown[]) => ReturnType<SqlConnection['run']>;

/** The same for the same seed, kind and number. */
function idOf(seed: number, kind: string, number: number): string {
  const part = (salt: string) => fnv1a(`${seed}/${kind}/${number}/${salt}`).toString(16).padStart(8, '0');
  const digits = `${part('a')}${part('b')}${part('c')}${part('d')}`;
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`;
}

async function addCatalog(run: Run, people: number, seed: number): Promise<void> {
  const weekly = WEEKDAYS.map((day) => ({ day, from: '09:00', to: '17:00' }));
  const since = `(extract(epoch from clock_timestamp()) * 1000)::int8 - ${DAYS_BEFORE + 1} * 86400000::int8`;
  for (const [number, timeZone] of ZONES.entries())
    await run(`insert into location (id, name, time_zone, currency, weekly, special_dates, position) values ($1, $2, $3, 'EUR', $4::jsonb, '{}', $5::int)`, [
      idOf(seed, 'location', number),
      timeZone.split('/')[1]?.replace('_', ' '),
      timeZone,
      JSON.stringify(weekly),
      number,
    ]);
  for (let number = 0; number < SERVICES; number += 1)
    await run(
      `insert into service (id, name, minutes, slot_interval_minutes, price_amount, price_currency, refund_rules, position) values ($1, $2, 15, 15, $3::int8, 'EUR', '[]', $4::int)`,
      [idOf(seed, 'service', number), `Service ${number + 1}`, 2_000 + number * 500, number],
    );
  for (let number = 0; number < people; number += 1) {
    const [locationId, calendarId, staffId] = [idOf(seed, 'location', number % ZONES.length), idOf(seed, 'calendar', number), idOf(seed, 'staff', number)];
    const location = { timeZone: ZONES[number % ZONES.length] ?? 'UTC', weekly, specialDates: {}, version: 1 };
    const hours: CalendarHours = { timeZone: null, weekly: null, overrides: {}, ownHours: false, timeOff: [], location };
    await run(`insert into calendar (id, kind, shard, hours, location_id, created_at) values ($1, 'staff', $2::int, $3::jsonb, $4, ${since})`, [
      ...[calendarId, shardOf(calendarId), JSON.stringify(hours), locationId],
    ]);
    await run('insert into staff_member (id, calendar_id, name, location_id, position) values ($1, $2, $3, $4, $5::int)', [
      ...[staffId, calendarId, `Person ${number + 1}`, locationId, number],
    ]);
    await run('insert into staff_service (staff_id, service_id) select $1, id from service', [staffId]);
  }
}

/** A number from 0 to before `below` that the seed says. */
const chance = (seed: string, what: string, salt: string, below: number | string) => `(abs(hashint8extended(${what}, ${seed} * 1000 + ${salt})) % ${below})`;
const customerId = (number: string, seed: string) => `md5('customer' || ${seed}::text || '/' || (${number})::text)::uuid`;

const CUSTOMERS = `insert into customer (id, name, email, phone, created_at)
  select ${customerId('n', '$2::int8')},
    (array['Ada', 'Grace', 'Linus', 'Barbara', 'Edsger', 'Frances', 'Ken', 'Radia', 'Alan', 'Hedy', 'Tim', 'Margaret', 'Donald', 'Sophie', 'Dennis', 'Karen'])[1 + ${chance('$2::int8', 'n::int8', '1', 16)}]
      || ' ' || initcap(translate(left(md5(n::text || $2::text), 8), '0123456789', 'ghijklmnop')),
    'customer' || n || '@example.test', '+4930' || lpad((1000000 + n)::text, 8, '0'), 0 from generate_series(0, $1::int - 1) n`;

/** Each person has the same number of slots on each day, from nine on; what is over today is completed, missed or cancelled. */
const APPOINTMENTS = `insert into appointment (id, reference, status, calendar_id, staff_id, location_id, service_id, customer_id, starts_at, ends_at, revision, details, created_at, created_by, updated_at)
  select md5('appointment' || $5::text || '/' || n::text)::uuid, 'Y' || lpad(n::text, 8, '0'),
    case when luck < 8 then 'cancelled' when starts_at > now_ms then 'booked' when luck < 12 then 'no-show' else 'completed' end,
    s.calendar_id, s.id, s.location_id, v.id, ${customerId(chance('$5::int8', 'n', '3', '$6::int'), '$5')}, starts_at, starts_at + 900000, 0,
    json_build_object('source', source, 'price', json_build_object('amount', v.price_amount, 'currency', 'EUR'), 'seats', 1, 'capacity', 1, 'lane', 0, 'timeZone', l.time_zone,
      'serviceName', v.name, 'locationName', l.name, 'bufferBeforeMinutes', 0, 'bufferAfterMinutes', 0, 'override', null,
      'policy', json_build_object('cancelUntilMinutes', null, 'rescheduleUntilMinutes', null, 'refundRules', json_build_array())),
    created_at, null, created_at
  from (select n, ${chance('$5::int8', 'n', '4', 100)} as luck, (array['online', 'online', 'desk', 'integration'])[1 + ${chance('$5::int8', 'n', '5', 4)}] as source,
      n % $3::int as person, n / $3::int / $4::int as day, n / $3::int % $4::int as slot, ${chance('$5::int8', 'n', '6', SERVICES)} as service,
      (extract(epoch from clock_timestamp()) * 1000)::int8 as now_ms from generate_series($1::int8, $2::int8 - 1) n) g
    join staff_member s on s.position = g.person join location l on l.id = s.location_id join service v on v.position = g.service
    cross join lateral (select (extract(epoch from ((current_date - ${DAYS_BEFORE} + g.day::int + time '09:00' + g.slot * interval '15 minutes') at time zone l.time_zone)) * 1000)::int8 as starts_at) t
    cross join lateral (select least(starts_at - ${chance('$5::int8', 'n', '7', 60 * 24)} * 3600000, now_ms) as created_at) c`;

const PEOPLE = `insert into appointment_person (appointment_id, name, email, phone)
  select a.id, c.name, c.email, c.phone from generate_series($1::int8, $2::int8 - 1) n join appointment a on a.id = md5('appointment' || $3::text || '/' || n::text)::uuid join customer c on c.id = a.customer_id`;

const CLAIMS = `insert into claim (id, half, calendar_id, kind, session, lane, starts_at, ends_at, service_id, buffer_before_minutes, buffer_after_minutes, capacity, seats, status, details)
  select id, 0, calendar_id, 'appointment', id, 0, starts_at, ends_at, service_id, 0, 0, 1, 1, status,
      (details || jsonb_build_object('id', id, 'reference', reference, 'status', status, 'calendarId', calendar_id, 'staffId', staff_id, 'serviceId', service_id, 'locationId', location_id,
        'startsAt', starts_at, 'endsAt', ends_at, 'customerId', customer_id, 'createdAt', created_at, 'createdBy', null))::json
    from appointment where status <> 'cancelled' and starts_at > (extract(epoch from clock_timestamp()) * 1000)::int8 - ${CLAIM_DAYS} * 86400000::int8`;

/** Every third that took place is paid at the desk, and has a receipt in the series of its year, as the server numbers them (`receipt-numbers.ts`). */
const PAYMENTS = `insert into payment (id, appointment_id, location_id, state, method, amount, currency, received, created_at, receipt_number)
  select id, id, location_id, 'booked', case when ends_at % 4 = 0 then 'cash' else 'terminal' end, amount, 'EUR', amount, ends_at,
      year || '-' || lpad(number::text, greatest(6, length(number::text)), '0')
    from (select a.*, (a.details #>> '{price,amount}')::int8 as amount, y.year, row_number() over (partition by y.year order by a.ends_at, a.id) as number
      from appointment a join location l on l.id = a.location_id
      cross join lateral (select extract(year from to_timestamp(a.ends_at / 1000.0) at time zone l.time_zone)::int as year) y
      where a.status = 'completed' and right(a.reference, 8)::int % 3 = 0) paid`;
const RECEIPT_SERIES = `insert into receipt_series (year, last)
  select split_part(receipt_number, '-', 1)::int, count(*) from payment group by split_part(receipt_number, '-', 1)`;
const LEDGER = `insert into ledger_entry (key, payment_id, appointment_id, location_id, debit, credit, amount, currency, at)
  select 'receipt/' || id, id, appointment_id, location_id, method, 'customers', amount, currency, created_at from payment`;
