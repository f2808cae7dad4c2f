// The audit trail of a database of the version before, which had an outbox: what waits there is moved, and the trail goes on after it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { auditTrailOf, openConsumers } from '../../src/wiring/open-consumers.ts';
import { quiet } from '../consumers/followed-log.ts';
import { USUAL_ENGINES } from '../persistence/engines.ts';
import { pageOf } from '../support/page.ts';

const MADE_SINCE = ['consumer', 'set_aside_change', 'entry_source', 'log_cut', 'calendar_base'];
const OUTBOX = `create table outbox (id int8 generated always as identity primary key, entry_id uuid not null, calendar_id uuid not null, revision int8 not null,
  topic text not null, payload jsonb not null, created_at int8 not null)`;
const CHANGE = `insert into change (calendar_id, revision, epoch, at, events, entry_id, by, request_id) values ($1::uuid, $2::int8, 0, $2::int8, $3, $4::uuid, $5, 'r')`;

for (const kind of USUAL_ENGINES) {
  describe(`an upgrade from the outbox on ${kind.name}`, { skip: kind.skip }, () => {
    test('has every deed of before and after in the trail, once', async () => {
      await using engine = await kind.start({ isAlone: true });
      await using fresh = await engine.fresh();
      const [calendarId, userId] = [randomUUID(), randomUUID()];
      const [moved, waiting, later] = [randomUUID(), randomUUID(), randomUUID()];
      const block = (entryId: string) => ({ id: entryId, startsAt: 1, endsAt: 2, reason: null });
      const change = (revision: number, entryId: string) => [
        ...[calendarId, revision, JSON.stringify([{ type: 'block.added', block: block(entryId) }]), entryId],
        JSON.stringify({ kind: 'user', id: userId }),
      ];
      {
        await using before = await openDatabase(fresh.config);
        for (const table of MADE_SINCE) await before.sql(`drop table ${table}`);
        await before.sql(OUTBOX);
        await before.sql(`delete from migration where name = '0022-consumers'`);
        for (const [index, entryId] of [moved, waiting].entries()) await before.sql(CHANGE, change(index + 1, entryId));
        const by = { kind: 'user', id: userId, name: 'Dora', role: 'owner', address: '10.0.0.1', requestId: 'r' };
        const payload = { at: 2, by, action: 'block.added', subjectKind: 'block', subjectId: waiting, before: null, after: { calendarId } };
        const row = 'insert into outbox (entry_id, calendar_id, revision, topic, payload, created_at) values ($1::uuid, $2::uuid, 1, $3, $4, 0)';
        await before.sql(row, [waiting, calendarId, 'audit', JSON.stringify(payload)]);
        await before.sql(row, [waiting, calendarId, 'appointment.booked', '{}']);
        await before.sql(
          `insert into audit_entry (id, at, by_kind, by_id, action, subject_kind, subject_id) values ($1::uuid, 1, 'user', $2::uuid, 'block.added', 'block', $1)`,
          [moved, userId],
        );
      }
      await using upgraded = await openDatabase(fresh.config);
      await using consumers = openConsumers(upgraded, quiet);
      await upgraded.sql(CHANGE, change(3, later));
      const { items, isComplete } = await pageOf(auditTrailOf(upgraded, consumers).list({}, 100, null));
      assert.equal(isComplete, true);
      assert.deepEqual(
        items.map(({ id, by, after }) => [id, by.name, by.address, after]),
        [
          [later, null, null, { calendarId, startsAt: 1, endsAt: 2 }],
          [waiting, 'Dora', '10.0.0.1', { calendarId }],
          [moved, null, null, null],
        ],
      );
      assert.deepEqual(await upgraded.sql(`select to_regclass('outbox') is null`), [[true]]);
    });
  });
}
