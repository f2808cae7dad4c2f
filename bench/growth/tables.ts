// How much the database grows by appointments, table by table: at once, when requests have been forgotten, and for good.
import { strict as assert } from 'node:assert';
import { DAY, HOUR } from '../../src/model/instant.ts';
import { cutLog } from '../../src/persistence/change-log/log-retention.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { purgeOldReplies } from '../../src/persistence/database/maintenance.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { type Business, berlinTime, openBusiness } from '../../test/gateway/business.ts';
import { eventually } from '../../test/support/eventually.ts';
import { ownPostgres } from '../../test/support/shared-postgres.ts';
import type { Section } from '../measure.ts';

/** Each is held and booked; of ten one is moved and one cancelled. */
const APPOINTMENTS = 2_000;
/** Each comes three times or so. */
const CUSTOMERS = 700;
const AT_ONCE = 20;
const HALF_HOURS_A_DAY = 16;
const FIRST_DAY = 2;
/** More than anything is kept by default. */
const LATER_DAYS = 500;
/** The defaults of RETENTION_*. */
const KEPT = { logDays: 400, claimDays: 60 };
const REQUEST_HOURS = 24;
/** Below it a table is one of the others. */
const SMALLEST_KB = 10;

export async function measureGrowth(): Promise<Section> {
  await using stack = new AsyncDisposableStack();
  const { url } = stack.use(await stack.use(await ownPostgres()).fresh());
  const shop = stack.use(await openBusiness({ DATABASE_URL: url, RATE_LIMIT_SCALE: '100000' }));
  const database = stack.use(await openDatabase({ kind: 'postgres', url }, { migrates: false }));
  const before = await sizesOf(database);
  for (let start = 0; start < APPOINTMENTS; start += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => appointment(shop, start + index)));
  await eventually(async () => (await isConsumed(database)) === true);
  const atOnce = await sizesOf(database);
  await makeRequestsOlder(database);
  await purgeOldReplies(database, REQUEST_HOURS);
  const withoutRequests = await sizesOf(database);
  await makeOlder(database);
  await cutLog(database, KEPT);
  return sectionOf(before, [atOnce, withoutRequests, await sizesOf(database)]);
}

async function appointment(shop: Business, number: number): Promise<void> {
  const person = [shop.ada, shop.bo][number % 2];
  const slotOf = (place: number) =>
    berlinTime(
      FIRST_DAY + Math.floor(place / HALF_HOURS_A_DAY),
      `${String(9 + Math.floor((place % HALF_HOURS_A_DAY) / 2)).padStart(2, '0')}:${place % 2 === 0 ? '00' : '30'}`,
    );
  const place = Math.floor(number / 2);
  const post = async (path: string, body: object, headers = {}) => {
    const said = await shop.ask('POST', path, { body, headers });
    assert.ok(said.status < 300, said.text);
    return said.body;
  };
  const hold = await post('/v1/holds', { serviceId: shop.haircut.id, staffId: person?.id, startsAt: slotOf(place) });
  const customer = { name: `Grace Hopper ${number % CUSTOMERS}`, email: `grace.hopper.${number % CUSTOMERS}@example.org`, phone: '+49 30 1234567' };
  const booked = await post('/v1/appointments', { holdId: hold.id, customer, allowOverlap: true }, { 'hold-token': hold.token });
  const manage = { 'manage-token': booked.manageToken };
  if (number % 10 === 3) await post(`/v1/appointments/${booked.id}/cancel`, { reason: 'ill' }, manage);
  // Beyond all that is booked, so that it is free.
  if (number % 10 === 7) await post(`/v1/appointments/${booked.id}/reschedule`, { startsAt: slotOf(APPOINTMENTS / 2 + place) }, manage);
}

async function isConsumed(database: Database): Promise<unknown> {
  const [[isDone] = []] = await database.sql(
    'select not exists (select 1 from consumer k where exists (select 1 from change h where (h.xid, h.position) > (k.xid, k.position)))',
  );
  return isDone;
}

async function makeRequestsOlder(database: Database): Promise<void> {
  const age = [2 * REQUEST_HOURS * HOUR];
  await database.sql('update request set created_at = created_at - $1::int8', age);
  await database.sql('update http_reply set created_at = created_at - $1::int8', age);
}

/** By more than all of them last, so that no claim meets another on its way. */
async function makeOlder(database: Database): Promise<void> {
  const age = [LATER_DAYS * DAY];
  await database.sql('update change set at = at - $1::int8', age);
  await database.sql('update claim set starts_at = starts_at - $1::int8, ends_at = ends_at - $1::int8', age);
}

/** Kilobytes with indexes, by table, without the room that deleted rows leave. */
async function sizesOf(database: Database): Promise<ReadonlyMap<string, number>> {
  await database.sql('vacuum full');
  const rows = await database.sql(
    `select relname, pg_total_relation_size(oid) / 1024 from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  );
  return new Map(rows.map(([name, kilobytes]) => [String(name), Number(kilobytes)]));
}

function sectionOf(before: ReadonlyMap<string, number>, sizes: readonly ReadonlyMap<string, number>[]): Section {
  const thousands = APPOINTMENTS / 1_000;
  const grown = [...before].map(([table, kilobytes]) => ({ table, by: sizes.map((size) => ((size.get(table) ?? 0) - kilobytes) / thousands) }));
  const rows = grown.filter(({ by }) => Math.max(...by) >= SMALLEST_KB).toSorted((one, other) => (other.by[0] ?? 0) - (one.by[0] ?? 0));
  const sums = sizes.map((_, column) => grown.reduce((sum, { by }) => sum + (by[column] ?? 0), 0));
  const line = (name: string, by: readonly number[]) => `| ${name} | ${by.map((kilobytes) => Math.round(kilobytes).toLocaleString('en')).join(' | ')} |`;
  return {
    title: 'Growth of the database',
    notes: [
      `Kilobytes by 1,000 appointments with their indexes, measured with ${APPOINTMENTS.toLocaleString('en')}: each is held and booked, of ten one is moved and one cancelled; ${CUSTOMERS} customers.`,
    ],
    table: [
      '| Table | at once | after a day | for good |',
      '|---|--:|--:|--:|',
      ...rows.map(({ table, by }) => line(`\`${table}\``, by)),
      line('all', sums),
    ].join('\n'),
  };
}
