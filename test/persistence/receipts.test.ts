// Numbers of receipts as rows: one series of a year, without gaps, whatever is undone or cut off, on however many nodes.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { type Instant, instant } from '../../src/model/instant.ts';
import { receiptEntry } from '../../src/payments/ledger.ts';
import type { NewPayment, Payment } from '../../src/payments/payment-store-port.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { paymentStore } from '../../src/persistence/payments/payment-store.ts';
import { eventually } from '../support/eventually.ts';
import { POSTGRES_MISSING } from '../support/postgres.ts';
import { sharedPostgres } from '../support/shared-postgres.ts';
import { ENGINES } from './engines.ts';

const AMOUNT = 1_500;
const NEW_YEAR_IN_AUCKLAND = instant(Date.parse('2026-12-31T11:00:00Z'));
const LOCATION = `insert into location (id, name, time_zone, currency, weekly, special_dates) values ($1::uuid, $2, $3, 'EUR', '{}', '[]')`;

const storeOf = (database: Database) => paymentStore(database, { add: async () => undefined, channelsOf: () => [] });

function newPayment(locationId: string, createdAt: Instant, more: Partial<NewPayment> = {}): NewPayment {
  return {
    ...({ id: randomUUID(), holdId: null, appointmentId: randomUUID(), locationId, state: 'booked', method: 'cash' } as const),
    ...{ money: { amount: AMOUNT, currency: 'EUR' }, received: AMOUNT, refunded: 0, providerId: null, payUntil: null, booking: null, alarm: null },
    ...{ createdAt, lookAt: null, version: 1, ...more },
  };
}

async function takeAt(database: Database, locationId: string, at: Instant): Promise<Payment> {
  const payment = newPayment(locationId, at);
  return storeOf(database).add(payment, { ledger: [receiptEntry(payment, AMOUNT, at)] });
}

for (const kind of ENGINES) {
  describe(`receipts on ${kind.name}`, { skip: kind.skip }, () => {
    test('are numbered from 1 in each year of the place, and a payment keeps its number', async () => {
      await using engine = await kind.start();
      await using fresh = await engine.fresh();
      await using database = await openDatabase(fresh.config);
      const [berlin, auckland] = [randomUUID(), randomUUID()];
      await database.sql(LOCATION, [berlin, 'Berlin', 'Europe/Berlin']);
      await database.sql(LOCATION, [auckland, 'Auckland', 'Pacific/Auckland']);
      const numbers: (string | null)[] = [];
      for (const [place, at] of [
        [berlin, NEW_YEAR_IN_AUCKLAND],
        [auckland, NEW_YEAR_IN_AUCKLAND],
        [auckland, NEW_YEAR_IN_AUCKLAND - 1],
        [berlin, NEW_YEAR_IN_AUCKLAND + 12 * 3_600_000],
      ] as const)
        numbers.push((await takeAt(database, place, instant(at))).receiptNumber);
      assert.deepEqual(numbers, ['2026-000001', '2027-000001', '2026-000002', '2027-000002']);
      const asked = await storeOf(database).add(newPayment(berlin, NEW_YEAR_IN_AUCKLAND, { state: 'paying', received: 0 }));
      assert.equal(asked.receiptNumber, null, 'nothing has come');
      const entry = receiptEntry(asked, AMOUNT, NEW_YEAR_IN_AUCKLAND);
      const paid = await storeOf(database).change(asked, { received: AMOUNT, ledger: [entry] });
      assert.equal(paid?.receiptNumber, '2026-000003');
      assert.equal((await storeOf(database).change(paid ?? assert.fail(), { alarm: 'x', ledger: [entry] }))?.receiptNumber, '2026-000003');
      assert.deepEqual(await database.sql('select year, last from receipt_series order by year'), [
        [2026, 3],
        [2027, 2],
      ]);
    });

    test('from before there was a series keep the number that was shown', async () => {
      await using engine = await kind.start();
      await using fresh = await engine.fresh();
      const [berlin, id, unpaid] = [randomUUID(), '01975c2a-7d11-7a3c-9e0b-5f00c0ffee42', randomUUID()];
      {
        await using before = await openDatabase(fresh.config);
        await before.sql('drop table receipt_series');
        await before.sql('alter table payment drop column receipt_number');
        await before.sql(`delete from migration where name = '0072-receipt-numbers'`);
        await before.sql(LOCATION, [berlin, 'Berlin', 'Europe/Berlin']);
        for (const [payment, received] of [
          [id, 7],
          [unpaid, 0],
        ] as const)
          await before.sql(
            `insert into payment (id, appointment_id, location_id, state, method, amount, currency, received, created_at) values ($1, $1, $2, 'booked', 'cash', 7, 'EUR', $3::int8, $4::int8)`,
            [payment, berlin, received, Date.parse('2026-06-30T22:30:00Z')],
          );
      }
      await using upgraded = await openDatabase(fresh.config);
      assert.deepEqual((await storeOf(upgraded).byId(id))?.receiptNumber, '20260701-C0FFEE42');
      assert.equal((await storeOf(upgraded).byId(unpaid))?.receiptNumber, null);
      assert.equal((await takeAt(upgraded, berlin, NEW_YEAR_IN_AUCKLAND)).receiptNumber, '2026-000001');
    });
  });
}

describe('receipts of two nodes at once', { skip: POSTGRES_MISSING }, () => {
  const stack = new AsyncDisposableStack();
  let nodes: readonly Database[];
  let killed: pg.Client;
  const berlin = randomUUID();
  before(async () => {
    const { url } = stack.use(await stack.use(await sharedPostgres()).fresh());
    nodes = [stack.use(await openDatabase({ kind: 'postgres', url })), stack.use(await openDatabase({ kind: 'postgres', url }))];
    await nodes[0]?.sql(LOCATION, [berlin, 'Berlin', 'Europe/Berlin']);
    killed = stack.adopt(new pg.Client(url), (client) => client.end().catch(() => undefined));
    killed.on('error', () => undefined);
    await killed.connect();
  });
  after(() => stack.disposeAsync());

  test('have no gap and no number twice, also where a transaction is undone or its node is killed', async () => {
    const [one = assert.fail(), other = assert.fail()] = nodes;
    const at = NEW_YEAR_IN_AUCKLAND;
    await takeAt(one, berlin, at);
    // A node that is killed in the middle of booking has taken the next number, and everything waits for it.
    const { rows } = await killed.query('select pg_backend_pid() as pid');
    await killed.query('begin');
    await killed.query('update receipt_series set last = last + 1 where year = 2026');
    const undone = (database: Database) =>
      assert.rejects(() => {
        const payment = newPayment(berlin, at);
        // The second entry is refused, after the first has its number.
        return storeOf(database).add(payment, {
          ledger: [receiptEntry(payment, AMOUNT, at), { ...receiptEntry(payment, AMOUNT, at), key: 'x', debit: 'customers' }],
        });
      });
    const booking = Array.from({ length: 24 }, (_, turn) =>
      (turn % 3 === 2 ? undone : (database: Database) => takeAt(database, berlin, at))(turn % 2 ? one : other),
    );
    await eventually(async () => (await one.sql(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)).length > 0);
    await one.sql('select pg_terminate_backend($1::int)', [rows[0].pid]);
    await Promise.all(booking);
    const numbers = await one.sql('select receipt_number from payment where receipt_number is not null order by receipt_number');
    assert.deepEqual(
      numbers.map(([number]) => number),
      Array.from({ length: 17 }, (_, index) => `2026-${String(index + 1).padStart(6, '0')}`),
    );
    assert.deepEqual(await one.sql('select count(*)::int from payment where received > 0 and receipt_number is null'), [[0]]);
  });
});
