// Numbers and taxes of receipts as rows: one series of a year, without gaps, whatever is undone or cut off, on however many nodes; and what an upgrade makes of those from before.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { type Instant, instant } from '../../src/model/instant.ts';
import { receiptEntry, refundEntry } from '../../src/payments/ledger.ts';
import type { NewPayment, Payment } from '../../src/payments/payment-store-port.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { paymentStore } from '../../src/persistence/payments/payment-store.ts';
import { eventually } from '../support/eventually.ts';
import { POSTGRES_MISSING } from '../support/postgres.ts';
import { sharedPostgres } from '../support/shared-postgres.ts';
import { ENGINES } from './engines.ts';

const AMOUNT = 1_500;
const WAITING = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
const NEW_YEAR_IN_AUCKLAND = instant(Date.parse('2026-12-31T11:00:00Z'));
const LOCATION = `insert into location (id, name, time_zone, currency, weekly, special_dates) values ($1::uuid, $2, $3, 'EUR', '{}', '[]')`;

/** With half of it and a bit given back. */
const OLD_MOVES = [
  ['cash', 'customers', 999],
  ['customers', 'cash', 333],
  ['customers', 'cash', 250],
] as const;
const PAYMENT_BEFORE = `insert into payment (id, appointment_id, location_id, state, method, amount, currency, received, refunded, booking, created_at)
  values ($1, $1, $2, 'booked', 'cash', 999, 'EUR', $3::int8, $4::int8, '{"draft":{"taxPercent":5.55}}', $5::int8)`;
const ENTRY_BEFORE = `insert into ledger_entry (key, payment_id, appointment_id, location_id, debit, credit, amount, currency, at)
  values ($1, $2, $2, $3, $4, $5, $6::int8, 'EUR', 0)`;

const storeOf = (database: Database) => paymentStore(database, { add: async () => undefined, channelsOf: () => [] });

function newPayment(locationId: string, createdAt: Instant, more: Partial<NewPayment> = {}): NewPayment {
  return {
    ...({ id: randomUUID(), holdId: null, appointmentId: randomUUID(), locationId, state: 'booked', method: 'cash' } as const),
    ...{
      money: { amount: AMOUNT, currency: 'EUR' },
      received: AMOUNT,
      refunded: 0,
      taxPercent: null,
      providerId: null,
      payUntil: null,
      booking: null,
      alarm: null,
    },
    ...{ card: null, isFee: false, refusal: null },
    ...{ createdAt, lookAt: null, version: 1, ...more },
  };
}

async function takeAt(database: Database, locationId: string, at: Instant): Promise<Payment> {
  const payment = newPayment(locationId, at);
  return storeOf(database).add(payment, { ledger: [receiptEntry(payment, AMOUNT, at)] });
}

for (const kind of ENGINES) {
  describe(`receipts on ${kind.name}`, { skip: kind.skip }, () => {
    const [berlin, auckland, old, unpaid] = [randomUUID(), randomUUID(), '01975c2a-7d11-7a3c-9e0b-5f00c0ffee42', randomUUID()];
    const stack = new AsyncDisposableStack();
    let database: Database;
    before(async () => {
      const fresh = stack.use(await stack.use(await kind.start()).fresh());
      {
        await using earlier = await openDatabase(fresh.config);
        await beforeTheBooksKeptTax(earlier);
        await earlier.sql(LOCATION, [berlin, 'Berlin', 'Europe/Berlin']);
        await earlier.sql(LOCATION, [auckland, 'Auckland', 'Pacific/Auckland']);
        for (const [payment, received, refunded] of [
          [old, 999, 583],
          [unpaid, 0, 0],
        ] as const)
          await earlier.sql(PAYMENT_BEFORE, [payment, berlin, received, refunded, Date.parse('2026-06-30T22:30:00Z')]);
        for (const [debit, credit, amount] of OLD_MOVES) await earlier.sql(ENTRY_BEFORE, [`${debit}/${amount}`, old, berlin, debit, credit, amount]);
      }
      database = stack.use(await openDatabase(fresh.config));
    });
    after(() => stack.disposeAsync());

    test('from before there was a series keep the number that was shown, and get the tax that was told so far', async () => {
      const payment = (await storeOf(database).byId(old)) ?? assert.fail();
      assert.deepEqual([payment.receiptNumber, payment.taxPercent], ['20260701-C0FFEE42', 5.55]);
      assert.equal((await storeOf(database).byId(unpaid))?.receiptNumber, null);
      const kept = await database.sql('select tax_percent::text, tax::int from ledger_entry order by number');
      assert.deepEqual(
        kept,
        [53, 18, 13].map((tax) => ['5.55', tax]),
        'of 999, 666 and 416',
      );
      let left = { ...payment, refunded: 0 };
      const written = OLD_MOVES.map(([, credit, amount]) => {
        if (credit === 'customers') return receiptEntry(left, amount, instant(0)).tax;
        const { tax } = refundEntry(left, 'x', amount, instant(0));
        left = { ...left, refunded: left.refunded + amount };
        return tax;
      });
      assert.deepEqual(
        kept.map(([, tax]) => tax),
        written,
        'as new entries have it',
      );
    });

    test('are numbered from 1 in each year of the place, and a payment keeps its number', async () => {
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
      assert.deepEqual(await database.sql('select year, last::int from receipt_series order by year'), [
        [2026, 3],
        [2027, 2],
      ]);
    });

    test('of a place that is not there is no receipt, and no number is taken', async () => {
      const series = await database.sql('select year, last from receipt_series order by year');
      await assert.rejects(takeAt(database, randomUUID(), NEW_YEAR_IN_AUCKLAND), /location .* of payment .* is not there/);
      assert.deepEqual(await database.sql('select year, last from receipt_series order by year'), series);
    });
  });
}

/** Takes back what the newer migrations have done, so that they are done once more. */
async function beforeTheBooksKeptTax(database: Database): Promise<void> {
  await database.sql('drop table receipt_series');
  await database.sql('alter table ledger_entry drop column tax, drop column tax_percent');
  await database.sql('alter table payment drop column tax_percent, drop column receipt_number');
  await database.sql(`delete from migration where name in ('0072-receipt-numbers', '0073-tax-in-the-books')`);
}

describe('receipts of two nodes at once', { skip: POSTGRES_MISSING }, () => {
  const stack = new AsyncDisposableStack();
  let nodes: readonly Database[];
  let killed: pg.Client;
  let watcher: pg.Client;
  const berlin = randomUUID();
  before(async () => {
    const { url } = stack.use(await stack.use(await sharedPostgres()).fresh());
    nodes = [stack.use(await openDatabase({ kind: 'postgres', url })), stack.use(await openDatabase({ kind: 'postgres', url }))];
    await nodes[0]?.sql(LOCATION, [berlin, 'Berlin', 'Europe/Berlin']);
    killed = stack.adopt(new pg.Client(url), (client) => client.end().catch(() => undefined));
    killed.on('error', () => undefined);
    await killed.connect();
    watcher = stack.adopt(new pg.Client(url), (client) => client.end());
    await watcher.connect();
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
    await eventually(async () => ((await watcher.query(WAITING)).rowCount ?? 0) > 0);
    await watcher.query('select pg_terminate_backend($1::int)', [rows[0].pid]);
    await Promise.all(booking);
    const numbers = await one.sql('select receipt_number from payment where receipt_number is not null order by receipt_number');
    assert.deepEqual(
      numbers.map(([number]) => number),
      Array.from({ length: 17 }, (_, index) => `2026-${String(index + 1).padStart(6, '0')}`),
    );
    assert.deepEqual(await one.sql('select count(*)::int from payment where received > 0 and receipt_number is null'), [[0]]);
  });
});
