// The order of the change log: readers stop before what may still commit, so they pass nothing over.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { LoggedChange, LogPosition } from '../../src/actors/change-log-port.ts';
import { shardOf } from '../../src/actors/cluster/shard-of.ts';
import type { Asked, CommitBatch } from '../../src/actors/ports.ts';
import { hadEnded } from '../../src/consumers/consumer.ts';
import { instant } from '../../src/model/instant.ts';
import { ChangeLogReads } from '../../src/persistence/change-log/change-log-reads.ts';
import { SqlConsumers } from '../../src/persistence/change-log/consumer-store.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { SqlJournal } from '../../src/persistence/journal/journal-database.ts';
import { deliveryWriting } from '../../src/persistence/webhooks/webhook-queue.ts';
import type { ToldChange } from '../../src/webhooks/webhook.ts';
import { HOURS, LOCATION_ID } from '../actors/practice.ts';
import { addEndpoint } from '../webhooks/some-endpoint.ts';
import { ENGINES, type Engine, openFresh } from './engines.ts';

const NO_ONE: Asked = { by: null, requestId: null };
const EVERYTHING = { calendarIds: null, types: null };
const INSERT = 'insert into change (calendar_id, revision, epoch, at, events, entry_id) values ($1::uuid, $2::int8, 0, 0, $3::jsonb, $4::uuid)';
const PAID = `insert into payment_fact (key, type, payment_id, appointment_id, location_id, kind, method, amount, currency, at)
  values ($1, 'payment.succeeded', $2::uuid, $2::uuid, $2::uuid, 'desk', 'cash', 100, 'EUR', 0)`;
const MOVED = JSON.stringify([{ type: 'hours.changed' }]);

for (const kind of ENGINES) {
  describe(`the order of the change log on ${kind.name}`, { skip: kind.skip }, () => {
    let open: Awaited<ReturnType<typeof openFresh>>;
    let database: Database;
    let log: ChangeLogReads;
    before(async () => {
      open = await openFresh(kind, { isAlone: true });
      database = open.database;
      log = new ChangeLogReads(database);
      const location = `insert into location (id, name, time_zone, currency, weekly, special_dates) values ($1::uuid, 'Here', 'UTC', 'EUR', '[]', '{}')`;
      await database.sql(location, [LOCATION_ID]);
    });
    after(() => open.close());

    async function calendar(): Promise<string> {
      const id = randomUUID();
      const statement = `insert into calendar (id, kind, shard, revision, hours, location_id, created_at) values ($1::uuid, 'staff', $2::int, 0, $3::jsonb, $4::uuid, 0)`;
      await database.sql(statement, [id, shardOf(id), JSON.stringify(HOURS), LOCATION_ID]);
      return id;
    }

    test('an empty log has no newest row, and every position is ahead of it', async () => {
      assert.equal(await log.newest(), null);
      assert.deepEqual(await log.page(null, EVERYTHING, 10), { changes: [], last: null, isMore: false, hasGap: false });
      assert.equal(await log.placeOf({ xid: '1', position: '1' }), 'unknown');
    });

    test('pages tell every row once, and who asked', async () => {
      const [one, other] = [await calendar(), await calendar()];
      const journal = new SqlJournal(database);
      const asked: Asked = { by: { kind: 'api-key', id: randomUUID() }, requestId: 'r-1' };
      await journal.commit(0, batchOn([one, other], 0, 3, asked));
      await journal.commit(0, batchOn([one], 3, 5, NO_ONE));
      const told = await readAll(log, 2);
      assert.deepEqual(
        told.map(({ calendarId, revision, by, requestId }) => [calendarId, revision, by, requestId]),
        [
          ...[one, other].flatMap((id) => [1, 2, 3].map((revision) => [id, revision, asked.by, 'r-1'])),
          ...[4, 5].map((revision) => [one, revision, null, null]),
        ],
      );
      const ofOther = await log.page(null, { calendarIds: [other], types: null }, 10);
      assert.deepEqual([ofOther.changes.length, ofOther.last, ofOther.isMore], [3, await log.newest(), false]);
      assert.deepEqual((await log.page(null, { calendarIds: null, types: ['hold.placed'] }, 10)).changes, []);
      assert.equal((await log.page(null, { calendarIds: null, types: ['hold.placed', 'hours.changed'] }, 10)).changes.length, 8);
    });

    test('a position is kept, older than what is kept, or ahead of everything', async () => {
      const first = (await log.page(null, EVERYTHING, 1)).last;
      const newest = await log.newest();
      assert.ok(first && newest);
      assert.deepEqual([await log.placeOf(first), await log.placeOf(newest)], ['kept', 'kept']);
      assert.equal(await log.placeOf({ ...newest, position: String(Number(newest.position) + 1) }), 'unknown');
      const second = (await log.page(first, EVERYTHING, 1)).last;
      assert.ok(second);
      const place = [second.xid, second.position];
      await database.sql('delete from change where (xid, position) <= ($1::text::xid8, $2::int8)', place);
      await database.sql('update log_cut set xid = $1::text::xid8, position = $2::int8', place);
      assert.deepEqual([await log.placeOf(first), await log.placeOf(second), await log.placeOf(newest)], ['too-old', 'kept', 'kept']);
      assert.deepEqual([(await log.page(first, EVERYTHING, 1)).hasGap, (await log.page(second, EVERYTHING, 1)).hasGap], [true, false]);
      assert.equal((await log.page(null, EVERYTHING, 1)).hasGap, false, 'from the oldest that is kept nothing is missing');
    });

    test('what becomes of money has its place between the changes, for who asks for it', async () => {
      const id = await calendar();
      const start = await log.newest();
      const keys = ['first', 'second', 'third'];
      for (const [index, key] of keys.entries()) {
        await database.sql(PAID, [key, id]);
        await database.sql(INSERT, [id, index + 1, MOVED, randomUUID()]);
      }
      const withPayments = new ChangeLogReads(database, { withPayments: true });
      const nameOf = ({ revision, payment }: ToldChange) => payment?.key ?? revision;
      const all = ['first', 1, 'second', 2, 'third', 3];
      for (const limit of [1, 2, 4, 10]) assert.deepEqual((await readAll(withPayments, limit, start)).map(nameOf), all);
      const typed = async (...types: string[]) => (await withPayments.page(start, { calendarIds: null, types }, 10)).changes.map(nameOf);
      assert.deepEqual([await typed('payment.succeeded'), await typed('payment.failed'), await typed('hours.changed')], [keys, [], [1, 2, 3]]);
      assert.deepEqual((await readAll(log, 2, start)).map(nameOf), [1, 2, 3], 'and no other reader hears of it');
      await database.sql(PAID, ['last', id]);
      const { last } = await withPayments.page(start, EVERYTHING, 10);
      assert.ok(last);
      assert.deepEqual([await log.placeOf(last), await log.placeOf({ ...last, position: `${last.position}0` })], ['kept', 'unknown']);
    });

    // PGlite does one transaction after the other.
    if (kind.name === 'PostgreSQL') {
      test('a reader stops before a transaction that is still open, and tells its rows before later ones once it has committed', async () => {
        const [early, late] = [await calendar(), await calendar()];
        const start = await log.newest();
        const [slow, fast] = [await database.connect(), await database.connect()];
        await slow.run('begin', []);
        await slow.run(INSERT, [early, 1, MOVED, randomUUID()]);
        await fast.run(INSERT, [late, 1, MOVED, randomUUID()]);
        assert.deepEqual((await log.page(start, EVERYTHING, 10)).changes, [], 'the later one has committed, and the earlier one may still');
        assert.deepEqual(await log.newest(), start);
        await slow.run('commit', []);
        const told = (await log.page(start, EVERYTHING, 10)).changes;
        assert.deepEqual(
          told.map(({ calendarId }) => calendarId),
          [early, late],
        );
        for (const connection of [slow, fast]) connection.destroy();
      });

      test('with two lanes of two nodes that write at once, a reader hears every revision of every calendar once, in its order', async () => {
        const calendars = await Promise.all(Array.from({ length: 6 }, calendar));
        const start = await log.newest();
        const journals = [new SqlJournal(database), new SqlJournal(database)];
        const wins: [calendarId: string, revision: number][] = [];
        const told: LoggedChange[] = [];
        let isDone = false;
        const reader = (async () => {
          for (let at = start, isLast = false; !isLast; ) {
            isLast = isDone;
            const page = await log.page(at, EVERYTHING, 7);
            told.push(...page.changes);
            at = page.last ?? at;
            if (page.isMore) isLast = false;
          }
        })();
        const revisions = new Map(calendars.map((id) => [id, 0]));
        const writer = async (journal: SqlJournal, lane: number) => {
          for (let round = 0; round < 60; round += 1) {
            const chosen = calendars.filter((_, index) => (index + round + lane) % 3 !== 0).toSorted();
            const known = await journal.revisions(chosen);
            const from = new Map(chosen.map((id) => [id, known.get(id) ?? 0]));
            const batches = chosen.map((id) => batchOn([id], from.get(id) ?? 0, (from.get(id) ?? 0) + 2, NO_ONE));
            const together = joined(batches);
            const result = await journal.commit(lane, together);
            assert.equal(result.type, 'written');
            if (result.type !== 'written') return;
            for (const id of chosen) {
              if (result.lost.has(id)) continue;
              for (const revision of [1, 2]) wins.push([id, (from.get(id) ?? 0) + revision]);
              revisions.set(id, (from.get(id) ?? 0) + 2);
            }
          }
        };
        await Promise.all(journals.flatMap((journal) => [writer(journal, 0), writer(journal, 1)]));
        isDone = true;
        await reader;
        for (const id of calendars) {
          const heard = told.filter(({ calendarId }) => calendarId === id).map(({ revision }) => revision);
          const written = wins.filter(([calendarId]) => calendarId === id).map(([, revision]) => revision);
          assert.deepEqual(
            heard,
            written.toSorted((one, next) => one - next),
          );
          assert.deepEqual(
            heard,
            Array.from({ length: heard.length }, (_, index) => index + 1),
          );
        }
        assert.ok(told.length > 100, `${told.length}`);
      });
    }
  });

  describe(`a log from before it had an order, on ${kind.name}`, { skip: kind.skip }, () => {
    let engine: Engine;
    before(async () => {
      engine = await kind.start({ isAlone: true });
    });
    after(() => engine[Symbol.asyncDispose]());

    test('gets one by moment, and within a calendar by revision, whatever clocks said; what is new comes after it', async () => {
      await using fresh = await engine.fresh();
      const [one, other] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
      const row = `insert into change (calendar_id, revision, epoch, at, events, entry_id) values ($1::uuid, $2::int8, 0, $3::int8, '[]', $4::uuid)`;
      {
        await using before = await openDatabase(fresh.config);
        await before.sql('drop index change_position');
        await before.sql('alter table change drop column xid, drop column position, drop column by, drop column request_id');
        await before.sql(`delete from migration where name = '0020-change-positions'`);
        for (const [calendarId, revision, at] of [
          [other, 1, 20],
          [one, 3, 15],
          [one, 2, 30],
          [one, 1, 10],
        ])
          await before.sql(row, [calendarId, revision, at, randomUUID()]);
      }
      await using upgraded = await openDatabase(fresh.config);
      await upgraded.sql(row, [other, 2, 5, randomUUID()]);
      const told = (await new ChangeLogReads(upgraded).page(null, EVERYTHING, 10)).changes;
      assert.deepEqual(
        told.map(({ calendarId, revision }) => [calendarId, revision]),
        [
          [one, 1],
          [other, 1],
          [one, 2],
          [one, 3],
          [other, 2],
        ],
      );
    });

    test('that was restored where fewer transactions have been is told as it was, and what is new comes after it', async () => {
      await using fresh = await engine.fresh();
      const calendarId = randomUUID();
      const row = `insert into change (calendar_id, revision, epoch, at, events, entry_id) values ($1::uuid, $2::int8, 0, 0, '[]', $3::uuid)`;
      {
        await using before = await openDatabase(fresh.config);
        for (const revision of [1, 2, 3]) await before.sql(row, [calendarId, revision, randomUUID()]);
        await before.sql(`update change set xid = (900000000000 + 2 * revision)::text::xid8`);
        await before.sql(
          `insert into consumer (name, xid, position, lease_until, started_at) select 'half way', xid, position, now(), now() from change where revision = 2`,
        );
        for (const [xid, key] of [
          [900000000005, 'unread'],
          [900000000003, 'read'],
        ] as const) {
          await before.sql(PAID, [key, calendarId]);
          await before.sql('update payment_fact set xid = $1::text::xid8 where key = $2', [String(xid), key]);
        }
        const endpointId = await addEndpoint(before, 'https://example.org/');
        await before.sql(`update webhook_endpoint set started_at = '900000000004:900000000004:' where id = $1::uuid`, [endpointId]);
        assert.deepEqual((await new ChangeLogReads(before).page(null, EVERYTHING, 10)).changes, []);
      }
      await using restored = await openDatabase(fresh.config);
      await restored.sql(row, [calendarId, 4, randomUUID()]);
      const told = (await new ChangeLogReads(restored).page(null, EVERYTHING, 10)).changes;
      assert.deepEqual(
        told.map(({ revision }) => revision),
        [1, 2, 3, 4],
      );
      const rest = await new ChangeLogReads(restored).page(await new SqlConsumers(restored).positionOf('half way'), EVERYTHING, 10);
      assert.deepEqual(
        rest.changes.map(({ revision }) => revision),
        [3, 4],
        'a consumer goes on where it was',
      );
      const withPayments = new ChangeLogReads(restored, { withPayments: true });
      const nameOf = ({ revision, payment }: ToldChange) => payment?.key ?? revision;
      assert.deepEqual((await readAll(withPayments, 2)).map(nameOf), [1, 'read', 2, 'unread', 3, 4]);
      const unread = await withPayments.page(await new SqlConsumers(restored).positionOf('half way'), EVERYTHING, 10);
      assert.deepEqual(unread.changes.map(nameOf), ['unread', 3, 4]);
      const [listener] = await restored.transaction((em) => deliveryWriting().listeners(em));
      assert.deepEqual(
        rest.changes.filter(({ xid }) => !hadEnded(xid, listener?.startedAt ?? '')).map(({ revision }) => revision),
        [3, 4],
        'so do webhooks',
      );
    });
  });
}

async function readAll(log: ChangeLogReads, limit: number, from: LogPosition | null = null): Promise<readonly ToldChange[]> {
  const told: ToldChange[] = [];
  let after = from;
  for (;;) {
    const page = await log.page(after, EVERYTHING, limit);
    told.push(...page.changes);
    if (!page.isMore) return told;
    after = page.last;
  }
}

/** Changes without effects, under the first epoch. */
function batchOn(calendarIds: readonly string[], from: number, to: number, asked: Asked): CommitBatch {
  return {
    fence: [...new Set(calendarIds.map(shardOf))].map((shard) => ({ shard, epoch: 0 })),
    calendars: calendarIds.map((id) => ({ id, from, to, component: 0, hours: null })),
    changes: calendarIds.flatMap((calendarId) =>
      Array.from({ length: to - from }, (_, index) => ({
        ...{ calendarId, base: from + index, revision: from + index + 1, epoch: 0, at: instant(0), entryId: randomUUID(), ...asked },
        events: [{ type: 'hours.changed', change: { type: 'retire' }, hours: HOURS, was: HOURS }],
      })),
    ),
    ...{ requests: [], claimsRemoved: [], claimsChanged: [], claimsAdded: [], appointments: [], customers: [], persons: [], sources: [] },
  };
}

function joined(batches: readonly CommitBatch[]): CommitBatch {
  const [first = batchOn([], 0, 0, NO_ONE)] = batches;
  const fence = new Map(batches.flatMap((batch) => batch.fence.map((one) => [one.shard, one] as const)));
  // Each stands for itself.
  const calendars = batches.flatMap((batch, component) => batch.calendars.map((calendar) => ({ ...calendar, component })));
  return { ...first, fence: [...fence.values()], calendars, changes: batches.flatMap((batch) => batch.changes) };
}
