// What a list of appointments reads of the table: what is on the page, however many appointments there are.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AppointmentFilter } from '../../src/booking/appointment-reads-port.ts';
import { type Instant, instant } from '../../src/model/instant.ts';
import { listStatement } from '../../src/persistence/appointments/appointment-list.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { ENGINES, openFresh } from './engines.ts';

const APPOINTMENTS = 60_000;
const PAGE = 51;
/** A page of each of seven statuses of two places, read by the index and again by the sorts above it. */
const MOST_ROWS = 6_000;
const FIRST = Date.parse('2026-06-01T09:00:00Z');
const MINUTE = 60_000;
const idOf = (kind: string, number: number) => `${kind.repeat(8)}-0000-4000-8000-${String(number).padStart(12, '0')}`;
const at = (number: number): Instant => instant(FIRST + number * MINUTE);

/** 40 people, 20 services, 10 places, 3,000 customers; one of three hundred is pending, one of 1,500 was a no-show, service 19 was asked for six times, and one of twenty takes one of five rooms along, or a sixth that is rarely used. */
const FILL = `insert into appointment (id, reference, status, calendar_id, staff_id, location_id, service_id, customer_id, starts_at, ends_at, revision, details, created_at, created_by, updated_at)
  select ('dddddddd-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'R' || n,
    case when n % 300 = 0 then 'pending' when n % 1500 = 7 then 'no-show' when n % 11 = 0 then 'cancelled' when n < ${APPOINTMENTS} / 2 then 'completed' else 'booked' end,
    ('aaaaaaaa-0000-4000-8000-' || lpad((n % 40)::text, 12, '0'))::uuid, ('aaaaaaaa-0000-4000-8000-' || lpad((n % 40)::text, 12, '0'))::uuid,
    ('bbbbbbbb-0000-4000-8000-' || lpad((n % 10)::text, 12, '0'))::uuid,
    ('eeeeeeee-0000-4000-8000-' || lpad((case when n % 10000 = 9 then 19 else n % 19 end)::text, 12, '0'))::uuid,
    ('cccccccc-0000-4000-8000-' || lpad((n % 3000)::text, 12, '0'))::uuid,
    ${FIRST} + n * ${MINUTE}::int8, ${FIRST} + n * ${MINUTE}::int8 + 1800000, 3,
    case when n % 100 < 5 or n % 10000 = 9 then jsonb_build_object('resource', jsonb_build_object('resourceId', 'ffffffff-0000-4000-8000-' || lpad((n % 100)::text, 12, '0'))) else '{}' end, ${FIRST}, null, ${FIRST} + ((n::int8 * 7919) % ${APPOINTMENTS}) * ${MINUTE}::int8
  from generate_series(1, ${APPOINTMENTS}) n`;

const QUESTIONS: Record<string, AppointmentFilter> = {
  all: {},
  'the latest first': { order: '-startsAt' },
  'one day': { from: at(30_000), to: at(31_440) },
  'what waits for an answer': { statuses: ['pending'] },
  'two rare statuses, the latest first': { statuses: ['pending', 'no-show'], order: '-startsAt' },
  'a frequent status': { statuses: ['booked'] },
  'one person': { staffIds: [idOf('a', 3)], order: '-startsAt' },
  'one place': { locationIds: [idOf('b', 3)], order: '-startsAt' },
  'two places, what waits for an answer': { locationIds: [idOf('b', 0), idOf('b', 3)], statuses: ['pending'] },
  'one service': { serviceId: idOf('e', 3), order: '-startsAt' },
  'a rare service': { serviceId: idOf('e', 19) },
  'one service, those that were missed': { serviceId: idOf('e', 3), statuses: ['no-show'] },
  'one customer': { customerId: idOf('c', 5) },
  'one room': { resourceIds: [idOf('f', 3)], order: '-startsAt' },
  'a rare room': { resourceIds: [idOf('f', 9)] },
  'one room with one person': { resourceIds: [idOf('f', 3)], staffIds: [idOf('a', 3)] },
  'since then': { updatedSince: at(APPOINTMENTS - 100), order: 'updatedAt' },
  'since long ago': { updatedSince: at(0), order: 'updatedAt' },
};

type Plan = { 'Node Type': string; 'Actual Rows': number; 'Actual Loops': number; 'Rows Removed by Filter'?: number; Plans?: Plan[] };

function rowsRead(plan: Plan): number {
  const here = (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops'];
  return here + (plan.Plans ?? []).reduce((sum, below) => sum + rowsRead(below), 0);
}

for (const kind of ENGINES) {
  describe(`lists of ${APPOINTMENTS} appointments on ${kind.name}`, { skip: kind.skip }, () => {
    let database: Database;
    let close: () => Promise<void>;
    before(async () => {
      ({ database, close } = await openFresh(kind));
      await database.sql(`insert into customer (id, name, email, phone, created_at)
        select ('cccccccc-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Customer', 'customer' || n || '@example.test', null, 0 from generate_series(0, 2999) n`);
      await database.sql(FILL);
      await database.sql('analyze appointment');
      await database.sql('analyze customer');
    });
    after(() => close());

    for (const [name, filter] of Object.entries(QUESTIONS)) {
      test(`${name}: reads what is on the page`, async () => {
        const last = { at: filter.order === '-startsAt' ? at(50_000) : at(40_000), id: idOf('d', 0) };
        for (const after of filter.from === undefined && filter.updatedSince === undefined ? [null, last] : [null]) {
          const { sql, parameters } = listStatement(filter, PAGE, after);
          const [row] = await database.sql(`explain (analyze, format json, timing off) ${sql}`, parameters);
          const [explained] = (row?.[0] ?? []) as { Plan: Plan }[];
          const plan = explained?.Plan ?? assert.fail('no plan');
          const read = rowsRead(plan);
          assert.ok(read > 0 && read < MOST_ROWS, `${read} rows: ${JSON.stringify(plan, null, 1)}`);
        }
      });
    }
  });
}
