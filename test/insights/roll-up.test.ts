// Sums follow the log exactly: compared with what is worked out independently, across two zones and their clock changes, kills, merges and rebuilds.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Appointment } from '../../src/actors/calendar/calendar.ts';
import { EVERYWHERE } from '../../src/customers/within.ts';
import { insightConsumer } from '../../src/insights/insight-consumer.ts';
import { measureOf } from '../../src/insights/roll-up.ts';
import { APPOINTMENT_STATUSES } from '../../src/model/appointment-status.ts';
import { instant } from '../../src/model/instant.ts';
import { disputeEndEntry, disputeEntry, type LedgerEntry, receiptEntry, refundEntry } from '../../src/payments/ledger.ts';
import type { NewPayment } from '../../src/payments/payment-store-port.ts';
import { customerStore } from '../../src/persistence/customers/customer-store.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { insightReads } from '../../src/persistence/insights/insight-reads.ts';
import { writeInsights } from '../../src/persistence/insights/insight-rows.ts';
import { rebuildInsights } from '../../src/persistence/insights/rebuild-insights.ts';
import { paymentStore } from '../../src/persistence/payments/payment-store.ts';
import { runnerOf } from '../consumers/followed-log.ts';
import { ENGINES, openFresh } from '../persistence/engines.ts';
import { eventually } from '../support/eventually.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';
import { randomOf, ToldHistory, wrongSums } from './told-history.ts';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
console.log(`roll-ups: SEED=${SEED}`);
const STEPS = 400;
const KILLS = Number(process.env.INSIGHT_KILLS ?? 3);
const LONGEST_LIFE_MS = 200;

for (const kind of ENGINES) {
  describe(`roll-ups on ${kind.name}`, { skip: kind.skip }, () => {
    let database: Database;
    let close: () => Promise<void>;
    let history: ToldHistory;
    const [random, node] = [randomOf(SEED), randomUUID()];
    before(async () => {
      ({ database, close } = await openFresh(kind, { isAlone: true }));
      history = new ToldHistory(database, random);
      await history.open();
    });
    after(() => close());

    /** Reads all there is. One node after the other has the lease. */
    async function consume(consumer = insightConsumer(writeInsights)): Promise<void> {
      await runnerOf(database, consumer, { node }).run();
    }

    test('are what all appointments add up to, whatever happened to them', async () => {
      await history.tell(STEPS);
      await consume();
      assert.deepEqual(await wrongSums(database, history), []);
    });

    test('stay so where a step is undone before its end, and where all is told twice', async () => {
      await history.tell(50);
      let fails = 3;
      const failing = insightConsumer<Parameters<typeof writeInsights>[0]>(async (em, told) => {
        await writeInsights(em, told);
        fails -= 1;
        if (fails >= 0) await em.execute('select 1 / 0');
      });
      await consume({ ...failing, batchSize: 7 });
      await consume();
      await database.sql(`update consumer set xid = '0', position = 0 where name = 'insights'`);
      await database.sql('delete from set_aside_change');
      await consume();
      assert.deepEqual(await wrongSums(database, history), []);
    });

    test('count two records of one customer as one from their merge on, also of what is told later', async () => {
      const store = customerStore(database, false);
      const [from = '', into = ''] = history.customers;
      await history.tell(30);
      await store.changing(async (transaction) => {
        const [one, other] = [await transaction.customer(from, EVERYWHERE), await transaction.customer(into, EVERYWHERE)];
        assert.ok(one !== undefined && other !== undefined);
        await transaction.merge(one, other, instant(0));
      });
      history.merged(from, into);
      await history.tell(30);
      await consume();
      assert.deepEqual(await wrongSums(database, history), []);
    });

    test('do not change when a person is erased, and nothing leads back', async () => {
      const [erased = ''] = history.customers;
      await customerStore(database, false).changing(async (transaction) => {
        const customer = await transaction.customer(erased, EVERYWHERE);
        assert.ok(customer !== undefined);
        await transaction.erase(customer, instant(0));
      });
      assert.deepEqual(await wrongSums(database, history), []);
      assert.deepEqual(await database.sql('select 1 from insight_appointment where customer_id = $1', [erased]), []);
      const nobody = await database.sql('select id from customer where erased_at is not null');
      history.merged(erased, String(nobody[0]?.[0]));
    });

    test('are the same when they are built from nothing, and follow from there', async () => {
      await history.tell(40);
      await database.sql('update insight_sum set booked = booked + 1 where slice = $1', ['staff']);
      await database.sql('delete from insight_appointment where hour < 12');
      assert.equal(await rebuildInsights(database), history.appointments.size);
      assert.deepEqual(await wrongSums(database, history), []);
      await consume();
      await history.tell(40);
      await consume();
      assert.deepEqual(await wrongSums(database, history), []);
    });

    test('a consumer that forgets what was counted before is found out', async () => {
      const locationId = history.places[0]?.locationId;
      const forgetful = insightConsumer<Parameters<typeof writeInsights>[0]>(async (em, told) => {
        await em.execute('delete from insight_appointment where location_id = ?::uuid', [locationId]);
        await writeInsights(em, told);
      });
      await history.tell(40);
      await consume(forgetful);
      assert.notDeepEqual(await wrongSums(database, history), []);
      await rebuildInsights(database);
      assert.deepEqual(await wrongSums(database, history), []);
    });

    test('say the same whichever of them a report is added up from', async () => {
      const reads = insightReads(database);
      const [{ staffId, locationId, serviceId } = assert.fail('there is none')] = [...history.appointments.values()];
      const [none, all] = [null, { fromDay: 0, toDay: 40_000 }];
      for (const asked of [
        { locationId: none, serviceId: none, staffId: none },
        { locationId, serviceId: none, staffId: none },
        { locationId: none, serviceId, staffId: none },
        { locationId: none, serviceId: none, staffId },
        { locationId: none, serviceId, staffId },
      ])
        for (const each of [null, 'hour', 'staff'] as const) {
          const rows = await reads.sums({ ...all, ...asked }, 'month', each);
          const counted = rows.reduce((total, { measures }) => total + APPOINTMENT_STATUSES.reduce((sum, status) => sum + measures[measureOf(status)], 0), 0);
          const is = (one: Appointment) => Object.entries(asked).every(([name, id]) => id === none || one[name as keyof typeof asked] === id);
          assert.equal(counted, [...history.appointments.values()].filter(is).length, JSON.stringify([asked, each]));
        }
    });

    test('money is what the takings say, of receipts, refunds and disputes, as it is written and when it is built from nothing', async () => {
      const store = paymentStore(database, { add: async () => undefined, channelsOf: () => [] });
      const entries: LedgerEntry[] = [];
      for (const { id: appointmentId, locationId, startsAt } of [...history.appointments.values()].slice(0, 60)) {
        const method = (['stripe', 'cash', 'terminal'] as const)[random(3)] ?? 'cash';
        const at = () => instant(startsAt + random(40) * 3_600_000);
        let payment = await store.add({
          ...{ id: randomUUID(), holdId: null, appointmentId, locationId, state: 'booked', method, money: { amount: 1_000, currency: 'EUR' } },
          ...{
            received: 1_000,
            refunded: 0,
            taxPercent: 7,
            providerId: null,
            payUntil: null,
            booking: null,
            alarm: null,
            createdAt: startsAt,
            lookAt: null,
            version: 1,
          },
          ...{ card: null, isFee: false, refusal: null },
        });
        const dispute = randomUUID();
        const back = 1 + random(600);
        const ledger = [
          receiptEntry(payment, 1_000, at()),
          ...(random(2) === 0 ? [refundEntry(payment, randomUUID(), back, at())] : []),
          ...(random(2) === 0 ? [disputeEntry(payment, dispute, 300, at())] : []),
          ...(random(2) === 0 ? [disputeEndEntry(payment, dispute, 300, random(2) === 0, at())] : []),
        ];
        payment = (await store.change(payment, { ledger })) ?? assert.fail();
        await store.change(payment, { ledger });
        entries.push(...ledger);
      }
      const wrong = async () => {
        const reads = insightReads(database);
        const faults: unknown[] = [];
        for (const { locationId, timeZone } of history.places) {
          const dayOf = (at: number) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString();
          const rows = await reads.money({ fromDay: 0, toDay: 40_000, locationId, staffId: null, serviceId: null }, 'day');
          const said = rows.map(
            ({ period, account, received, refunded, disputed }) =>
              `${new Date(period * 86_400_000).toISOString().slice(0, 10)} ${account} ${received - refunded - disputed}`,
          );
          const kept = new Map<string, number>();
          for (const { debit, credit, amount, at } of entries.filter((entry) => entry.locationId === locationId))
            for (const [account, sign] of [
              [debit, 1],
              [credit, -1],
            ] as const)
              if (account !== 'customers' && account !== 'disputes')
                kept.set(`${dayOf(at)} ${account}`, (kept.get(`${dayOf(at)} ${account}`) ?? 0) + sign * amount);
          const expected = [...kept].map(([key, amount]) => `${key} ${amount}`);
          if (JSON.stringify(said.toSorted()) !== JSON.stringify(expected.toSorted())) faults.push({ said, expected });
        }
        return faults;
      };
      assert.deepEqual(await wrong(), []);
      await rebuildInsights(database);
      assert.deepEqual(await wrong(), []);
      await database.sql('delete from insight_money');
      await database.sql('delete from insight_entry');
      await database.sql('truncate ledger_entry');
    });

    test('money is counted on the day it moves, for who is booked by then, and goes along with a move', async () => {
      const store = paymentStore(database, { add: async () => undefined, channelsOf: () => [] });
      const appointments = [...history.appointments.values()].slice(0, 12);
      await consume();
      for (const { id: appointmentId, locationId, startsAt } of appointments) {
        const payment: NewPayment = {
          ...{ id: randomUUID(), holdId: null, appointmentId, locationId, state: 'booked', method: 'cash', money: { amount: 1_000, currency: 'EUR' } },
          ...{
            received: 1_000,
            refunded: 0,
            taxPercent: 19,
            providerId: null,
            payUntil: null,
            booking: null,
            alarm: null,
            createdAt: startsAt,
            lookAt: null,
            version: 1,
          },
          ...{ card: null, isFee: false, refusal: null },
        };
        const entries = [receiptEntry(payment, 1_000, startsAt), refundEntry(payment, randomUUID(), 300, startsAt)];
        await store.add(payment, { ledger: entries });
        await store.add(payment, { ledger: entries });
      }
      await history.tell(120);
      await consume();
      const sums = async () =>
        database.sql(
          'select slice, day, location_id, subject_id, account, currency, received, refunded from insight_money where received <> 0 order by 1, 2, 3, 4, 5, 6',
        );
      const kept = await sums();
      const totals = [12_000, 12_000, 3_600, 3_600];
      const sum = (slice: string, column: 6 | 7) => kept.filter(([one]) => one === slice).reduce((total, row) => total + Number(row[column]), 0);
      assert.deepEqual([sum('staff', 6), sum('service', 6), sum('staff', 7), sum('service', 7)], totals);
      const now = new Set(appointments.map(({ id }) => history.appointments.get(id)?.staffId));
      assert.deepEqual(new Set(kept.filter(([one]) => one === 'staff').map((row) => row[3])), now);
      await rebuildInsights(database);
      assert.deepEqual(await sums(), kept);
    });
  });
}

describe('roll-ups whose processes are killed', { skip: POSTGRES_MISSING }, () => {
  test(`${KILLS} times, with another beside each: the sums are right all the same`, { timeout: 60_000 + KILLS * 5_000 }, async () => {
    await using postgres = await startPostgres({ fsync: false });
    const url = await postgres.createDatabase();
    await using database = await openDatabase({ kind: 'postgres', url });
    const history = new ToldHistory(database, randomOf(SEED));
    await history.open();
    const start = async (): Promise<ChildProcess> => {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'insight-process.ts'), url], { stdio: ['ignore', 'pipe', 'inherit'] });
      if (child.stdout !== null) await once(child.stdout, 'data');
      return child;
    };
    const place = async () => String((await database.sql(`select xid::text || '/' || position from consumer where name = 'insights'`))[0]?.[0]);
    const running = [await start(), await start()];
    for (let round = 0; round < KILLS; round += 1) {
      const before = await place();
      await history.tell(60);
      await eventually(async () => (await place()) !== before, 30_000);
      await wait(Math.random() * LONGEST_LIFE_MS);
      running.shift()?.kill('SIGKILL');
      running.push(await start());
    }
    await eventually(async () => (await wrongSums(database, history)).length === 0, 30_000);
    for (const child of running) child.kill('SIGKILL');
    assert.deepEqual(await database.sql('select 1 from set_aside_change'), []);
  });
});
