// Reports as statements over the roll-ups.

import type { InsightReads, MoneyRow, Period, RefusedRow, Stretch, SumRow } from '../../insights/insight-reads-port.ts';
import type { Refused } from '../../insights/lost-demand.ts';
import type { StaffHours } from '../../insights/open-minutes.ts';
import { MEASURES, type Measures } from '../../insights/roll-up.ts';
import type { CalendarHours } from '../../model/calendar-hours.ts';
import { zoneOf } from '../../model/calendar-hours.ts';
import { localDayOf } from '../../model/zone-offsets.ts';
import type { Database, SqlRow } from '../database/database.ts';
import { asReadFailure, readInTime } from '../database/read-failure.ts';
import { NONE } from './insight-rows.ts';
import { MEASURED_COLUMNS } from './rebuild-insights.ts';

/** 1970-01-01 was a Thursday. */
const PERIOD_OF: Readonly<Record<Period, string>> = {
  day: 'day',
  week: 'day - mod(day + 3, 7)',
  month: `date_trunc('month', date '1970-01-01' + day)::date - date '1970-01-01'`,
};
const WEEKDAY = 'mod(day + 3, 7)';
const SUMMED = MEASURES.map((name) => `sum(${name})::int8`).join(', ');
const IN_STRETCH = 'day >= $1::int and day < $2::int and ($3::uuid is null or location_id = $3)';

export function insightReads(database: Database): InsightReads {
  const read = (statement: string, parameters: readonly unknown[]) => readInTime(database.sql(statement, parameters));
  return {
    async sums(stretch, by, each) {
      const { fromDay, toDay, locationId } = stretch;
      const { from, measures, subject } = sumsFrom(stretch, each);
      const parts = `${PERIOD_OF[by]}, ${each === 'hour' ? `${WEEKDAY}, hour` : 'null::int, null::int'}, ${each === 'staff' ? subject : 'null::uuid'}, source, currency`;
      const asked = [stretch.staffId, stretch.serviceId].filter((id) => id !== null);
      const rows = await read(`select ${parts}, ${measures} from ${from} group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6`, [
        ...[fromDay, toDay, locationId, ...asked],
      ]);
      return rows.map(sumOf);
    },
    async money(stretch, by) {
      const { fromDay, toDay, locationId, staffId, serviceId } = stretch;
      const asked = [staffId, serviceId].filter((id) => id !== null);
      const slice = `slice = '${serviceId === null ? 'staff' : 'service'}'${asked.length === 0 ? '' : ' and subject_id = $4::uuid'}`;
      const from = asked.length === 2 ? 'insight_entry' : 'insight_money';
      const where = asked.length === 2 ? 'staff_id = $4::uuid and service_id = $5::uuid' : slice;
      const columns = `${PERIOD_OF[by]}, account, currency, sum(received)::int8, sum(refunded)::int8, sum(disputed)::int8`;
      const rows = await read(`select ${columns} from ${from} where ${where} and ${IN_STRETCH} group by 1, 2, 3 order by 1, 2, 3`, [
        ...[fromDay, toDay, locationId, ...asked],
      ]);
      return rows.map(moneyOf);
    },
    async refused({ fromDay, toDay, locationId, staffId, serviceId }, by) {
      const where = `${IN_STRETCH} and ($4::uuid is null or staff_id = $4) and ($5::uuid is null or service_id = $5)`;
      const columns = `${PERIOD_OF[by]}, ${WEEKDAY}, hour, sum(refused)::int`;
      const rows = await read(`select ${columns} from insight_refused where ${where} group by 1, 2, 3 order by 1, 2, 3`, [
        ...[fromDay, toDay, locationId, staffId, serviceId],
      ]);
      return rows.map(refusedOf);
    },
    async hours({ locationId, staffId }) {
      return staffHoursIn(await read(STAFF, [locationId, staffId]));
    },
  };
}

/** Where the rows come from, in which what is asked for is a row's own. */
function sumsFrom(
  { staffId, serviceId }: Stretch,
  each: 'hour' | 'staff' | null,
): { readonly from: string; readonly measures: string; readonly subject: string } {
  const ofBoth = staffId !== null && (serviceId !== null || each === 'hour');
  if (ofBoth || (serviceId !== null && each === 'staff')) {
    const [staff, service] = staffId === null ? [null, '$4'] : ['$4', '$5'];
    const wheres = [...(staff === null ? [] : [`staff_id = ${staff}::uuid`]), ...(serviceId === null ? [] : [`service_id = ${service}::uuid`])];
    return { from: `insight_appointment where ${[...wheres, IN_STRETCH].join(' and ')}`, measures: MEASURED_COLUMNS, subject: 'staff_id' };
  }
  const slice = serviceId !== null || each === 'hour' ? 'service' : 'staff';
  const subject = staffId === null && serviceId === null ? '' : ' and subject_id = $4::uuid';
  return { from: `insight_sum where slice = '${slice}'${subject} and ${IN_STRETCH}`, measures: SUMMED, subject: 'subject_id' };
}

/** Calendars that never changed their hours have them on the calendar alone. */
const STAFF = `select s.id, s.name, c.location_id, c.created_at, (select min(a.day) from insight_appointment a where a.staff_id = s.id), c.hours - 'external',
    (select json_agg(json_build_array(h.day, h.hours) order by h.day) from insight_hours h where h.calendar_id = c.id)
  from staff_member s join calendar c on c.id = s.calendar_id where ($1::uuid is null or c.location_id = $1) and ($2::uuid is null or s.id = $2) order by s.name, s.id`;

function staffHoursIn(rows: readonly SqlRow[]): readonly StaffHours[] {
  return rows.map(([staffId, name, locationId, createdAt, firstDay, now, history]) => {
    const hours = now as CalendarHours;
    const madeOn = localDayOf(zoneOf(hours), Number(createdAt));
    const known = (history as [number, CalendarHours][] | null)?.map(([day, these]) => ({ day, hours: these }));
    return {
      ...{ staffId: String(staffId), name: String(name), locationId: String(locationId) },
      since: firstDay === null ? madeOn : Math.min(madeOn, Number(firstDay)),
      hours: known ?? [{ day: madeOn, hours }],
    };
  });
}

function sumOf([period, weekday, hour, staffId, source, currency, ...measures]: SqlRow): SumRow {
  return {
    ...{ period: Number(period), weekday: weekday as number | null, hour: hour as number | null, staffId: staffId as string | null },
    ...{ source: String(source), currency: String(currency), measures: measuresIn(measures) },
  };
}

function measuresIn(values: readonly unknown[]): Measures {
  return Object.fromEntries(MEASURES.map((name, index) => [name, Number(values[index])])) as Measures; // in the order of MEASURES
}

function moneyOf([period, account, currency, received, refunded, disputed]: SqlRow): MoneyRow {
  const amounts = { received: Number(received), refunded: Number(refunded), disputed: Number(disputed) };
  return { period: Number(period), account: String(account), currency: String(currency), ...amounts };
}

function refusedOf([period, weekday, hour, refused]: SqlRow): RefusedRow {
  return { period: Number(period), weekday: Number(weekday), hour: Number(hour), refused: Number(refused) };
}

const ADD_REFUSED = `insert into insight_refused (day, hour, location_id, service_id, staff_id, refused)
  select day, hour, "locationId", "serviceId", coalesce("staffId", '${NONE}'), refused
    from jsonb_to_recordset($1::jsonb) r(day int, hour smallint, "locationId" uuid, "serviceId" uuid, "staffId" uuid, refused int) order by 1, 2, 3, 4, 5
  on conflict (day, hour, location_id, service_id, staff_id) do update set refused = insight_refused.refused + excluded.refused`;

/** Adds what a node has counted to what is there. */
export async function addRefused(database: Database, refused: readonly Refused[]): Promise<void> {
  await database.sql(ADD_REFUSED, [JSON.stringify(refused)]).catch(asReadFailure);
}
