// The roll-ups from nothing: from the appointments and the books as they are. For the first start, and for `npm run rebuild-insights`.
//
// Rows are written a few thousand customers at a time, each in a transaction of its own, so that readers of the log never wait for long; the sums in one at the end, some seconds for a
// million appointments. Nodes may run: what they decide meanwhile is counted by the consumer, which goes on from where it is. It may tell a row of an earlier state than
// the rebuild has read; the fact that leads to the later one is still before it, so the row ends as it should.
import { INSIGHT_CONSUMER } from '../../insights/insight-consumer.ts';
import { LEAD_CLASSES, MEASURES, type Measure, measureOf, OCCUPYING_STATUSES, REBOOKED_DAYS, VISIT_STATUSES } from '../../insights/roll-up.ts';
import { APPOINTMENT_STATUSES } from '../../model/appointment-status.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../model/instant.ts';
import { stretchesOf } from '../../model/zone-offsets.ts';
import { METHOD_ACCOUNTS } from '../../payments/ledger.ts';
import { SqlConsumers } from '../change-log/consumer-store.ts';
import type { Database, EntityManager, SqlRow } from '../database/database.ts';
import { oneAtATime } from '../database/one-at-a-time.ts';
import { INSERT_MONEY, INSERT_ROWS, lockInsights, moneyOf, NONE, ON_CONFLICT } from './insight-rows.ts';

/** Appointments in one transaction, about: some hundred milliseconds. */
const PIECE = 10_000;
/** Of which one statement adds up: some seconds of a large business, since a server that is silent for longer counts as gone. */
const SUMMED_DAYS = 60;

const ZONES = `select time_zone, min(from_at), max(to_at) from (
    select details ->> 'timeZone' as time_zone, min(starts_at) as from_at, max(starts_at) as to_at from appointment group by 1
    union all select l.time_zone, min(e.at), max(e.at) from ledger_entry e join location l on l.id = e.location_id group by 1) z group by 1`;
/** The last customer of the next piece. */
const PIECE_END = 'select max(c.id::text) from (select customer_id as id from appointment where customer_id > $1::uuid order by customer_id limit $2::int) c';

const isOneOf = (statuses: readonly string[]) => `status in ('${statuses.join("', '")}')`;
const ROW_COLUMNS = 'id, status, location_id, service_id, staff_id, customer_id, source, starts_at, day, hour, seconds, price, currency, lead_minutes';
/** In one pass: what the planner believes of a piece may be wrong by a thousand, and a join of it with itself would take minutes. */
const ROWS = `with zone as (select * from jsonb_to_recordset(?::jsonb) z(time_zone text, from_at int8, to_at int8, clock int8)),
  counted as (
    select a.id, a.status, a.location_id, a.service_id, a.staff_id, a.customer_id, coalesce(a.details ->> 'source', 'online') as source, a.starts_at,
      floor((a.starts_at + z.clock) / ${DAY}.0)::int as day, (mod(a.starts_at + z.clock, ${DAY}) / ${HOUR})::smallint as hour,
      round((a.ends_at - a.starts_at) / ${SECOND}.0 * least(1, (a.details ->> 'seats')::numeric / greatest(1, (a.details ->> 'capacity')::numeric)))::int as seconds,
      (a.details #>> '{price,amount}')::int8 as price, a.details #>> '{price,currency}' as currency,
      greatest(0, floor((a.starts_at - a.created_at) / ${MINUTE}.0))::int as lead_minutes
    from appointment a join zone z on z.time_zone = a.details ->> 'timeZone' and a.starts_at >= z.from_at and a.starts_at < z.to_at
    where a.customer_id > ?::uuid and a.customer_id <= ?::uuid),
  judged as (select *, ${isOneOf(VISIT_STATUSES)} as is_visit from counted)
  ${INSERT_ROWS} select ${ROW_COLUMNS}, is_visit and row_number() over w = 1, is_visit and coalesce(lead(starts_at) over w - starts_at <= ${REBOOKED_DAYS * DAY}, false)
    from judged window w as (partition by customer_id, is_visit order by starts_at, id) ${ON_CONFLICT}`;

const occupying = isOneOf(OCCUPYING_STATUSES);
const { lead_day, lead_week, lead_month } = LEAD_CLASSES;
const counting = (condition: string) => `count(*) filter (where ${condition})`;
const MEASURED: Readonly<Partial<Record<Measure, string>>> = {
  ...Object.fromEntries(APPOINTMENT_STATUSES.map((status) => [measureOf(status), counting(`status = '${status}'`)])),
  seconds: `coalesce(sum(seconds) filter (where ${occupying}), 0)`,
  value: `coalesce(sum(price) filter (where ${occupying}), 0)`,
  lead_minutes: 'sum(lead_minutes)',
  ...{ lead_day: counting(`lead_minutes < ${lead_day}`), lead_week: counting(`lead_minutes >= ${lead_day} and lead_minutes < ${lead_week}`) },
  ...{ lead_month: counting(`lead_minutes >= ${lead_week} and lead_minutes < ${lead_month}`), lead_longer: counting(`lead_minutes >= ${lead_month}`) },
  ...{ visits: counting(isOneOf(VISIT_STATUSES)), new_customers: counting('is_first'), rebooked: counting('is_rebooked') },
};
/** All that is summed, in the order of MEASURES. Reports of one staff member and one service are answered with it, too. */
export const MEASURED_COLUMNS = MEASURES.map((name) => `${MEASURED[name]} as ${name}`).join(', ');
const SUMS = (['staff', 'service'] as const).map(
  (slice) => `insert into insight_sum (slice, day, hour, location_id, subject_id, source, currency, ${MEASURES.join(', ')})
    select '${slice}', day, ${slice === 'staff' ? '-1' : 'hour'}, location_id, ${slice}_id, source, currency, ${MEASURED_COLUMNS}
      from insight_appointment where day >= ?::int and day < ?::int group by day, ${slice === 'staff' ? '' : 'hour, '}location_id, ${slice}_id, source, currency`,
);

/** As `takenBy`: entries that move no money of a method do not count. */
const isMethod = (side: 'debit' | 'credit') => `e.${side} in ('${METHOD_ACCOUNTS.join("', '")}')`;
const ENTRIES = `with zone as (select * from jsonb_to_recordset(?::jsonb) z(time_zone text, from_at int8, to_at int8, clock int8))
  insert into insight_entry (number, appointment_id, location_id, staff_id, service_id, account, currency, day, received, refunded, disputed)
    select e.number, e.appointment_id, e.location_id, coalesce(a.staff_id, '${NONE}'), coalesce(a.service_id, '${NONE}'),
      case when ${isMethod('debit')} then e.debit else e.credit end, e.currency, floor((e.at + z.clock) / ${DAY}.0)::int,
      case when e.credit = 'customers' then e.amount else 0 end, case when e.debit = 'customers' then e.amount else 0 end,
      case 'disputes' when e.debit then e.amount when e.credit then -e.amount else 0 end
    from ledger_entry e join location l on l.id = e.location_id join zone z on z.time_zone = l.time_zone and e.at >= z.from_at and e.at < z.to_at
      left join insight_appointment a on a.id = e.appointment_id
    where (${isMethod('debit')} and e.credit in ('customers', 'disputes')) or (${isMethod('credit')} and e.debit in ('customers', 'disputes'))`;
/** Whether the roll-ups are there: the consumer is known from the moment on that they are. */
export async function hasInsights(database: Database): Promise<boolean> {
  return (await database.sql('select 1 from consumer where name = $1', [INSIGHT_CONSUMER])).length > 0;
}

/** Resolves to the number of appointments that were counted. */
export async function rebuildInsights(database: Database, onPiece: (appointments: number) => void = () => undefined): Promise<number> {
  let counted = 0;
  await oneAtATime(database, 'insights', async () => {
    await new SqlConsumers(database).register(INSIGHT_CONSUMER, 'beginning');
    const zones = JSON.stringify((await database.sql(ZONES)).flatMap(clocksOf));
    for (let [from, to] = [NONE, await pieceEnd(database, NONE)]; to !== null; [from, to] = [to, await pieceEnd(database, to)]) {
      const piece = [zones, from, to];
      counted += await locked(database, async (em) => (await em.execute<object[]>(`${ROWS} returning id`, piece)).length);
      onPiece(counted);
    }
    await locked(database, (em) => addUp(em, zones));
  });
  return counted;
}

function clocksOf([zone, from, to]: SqlRow): object[] {
  if (zone === null) return [];
  return stretchesOf(String(zone), Number(from), Number(to) + 1).map((stretch) => ({
    ...{ time_zone: zone, from_at: stretch.from, to_at: stretch.to, clock: stretch.offset },
  }));
}

async function pieceEnd(database: Database, after: string): Promise<string | null> {
  return (await database.sql(PIECE_END, [after, PIECE]))[0]?.[0] as string | null;
}

async function addUp(em: EntityManager, zones: string): Promise<void> {
  await em.execute('delete from insight_sum');
  const [days] = await em.execute<{ first: number | null; last: number }[]>('select min(day) as first, max(day) as last from insight_appointment');
  for (let from = days?.first ?? null; days !== undefined && from !== null && from <= days.last; from += SUMMED_DAYS)
    for (const statement of SUMS) await em.execute(statement, [from, from + SUMMED_DAYS]);
  await em.execute('delete from insight_entry');
  await em.execute(ENTRIES, [zones]);
  await em.execute('delete from insight_money');
  await em.execute(`${INSERT_MONEY} ${moneyOf('', '')}`);
}

/** One transaction at a time changes roll-ups. */
function locked<T>(database: Database, work: (em: EntityManager) => Promise<T>): Promise<T> {
  return database.transaction(async (em) => {
    if (database.kind === 'postgres') await em.execute('set local statement_timeout = 0');
    await lockInsights(em);
    return work(em);
  });
}
