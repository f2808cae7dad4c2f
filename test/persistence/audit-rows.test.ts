import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { auditEntry, SYSTEM } from '../../src/audit/audit-entry.ts';
import { instant } from '../../src/model/instant.ts';
import { addAuditEntry } from '../../src/persistence/audit/audit-rows.ts';
import { type Database, SqlFailure } from '../../src/persistence/database/database.ts';
import { ENGINES, openFresh } from './engines.ts';

const AT = instant(Date.parse('2026-11-24T09:00:00Z'));
const by = { kind: 'user', id: randomUUID(), name: 'Ada', role: 'manager', address: '10.0.0.1' } as const;
const changedName = {
  action: 'location.changed',
  subject: { kind: 'location', id: 'l', name: 'North' },
  before: { name: 'South' },
  after: { name: 'North' },
} as const;

for (const kind of ENGINES) {
  describe(`the audit trail on ${kind.name}`, { skip: kind.skip }, () => {
    let database: Database;
    let close: () => Promise<void>;
    before(async () => {
      ({ database, close } = await openFresh(kind));
    });
    after(() => close());

    test('keeps an entry as it was made', async () => {
      const full = auditEntry({ by, requestId: 'r-1' }, AT, changedName);
      const bare = auditEntry(SYSTEM, AT, { action: 'session.ended', subject: { kind: 'session', id: 's', name: null } });
      await database.transaction(async (em) => {
        await addAuditEntry(em, full);
        await addAuditEntry(em, bare);
      });
      const columns = 'at, by_kind, by_id, by_name, by_role, address, action, subject_kind, subject_id, subject_name, before, after, request_id';
      const row = async (id: string) => (await database.sql(`select ${columns} from audit_entry where id = $1`, [id]))[0];
      assert.deepEqual(await row(full.id), [
        ...[AT, 'user', by.id, 'Ada', 'manager', '10.0.0.1', 'location.changed', 'location', 'l', 'North'],
        ...[{ name: 'South' }, { name: 'North' }, 'r-1'],
      ]);
      assert.deepEqual(await row(bare.id), [AT, 'system', null, null, null, null, 'session.ended', 'session', 's', null, null, null, null]);
      assert.deepEqual(await database.sql(`select count(*) from audit_entry where before is null and id = $1`, [bare.id]), [[1]]);
    });

    test('is gone with the transaction that it belongs to', async () => {
      const entry = auditEntry(SYSTEM, AT, changedName);
      const failing = database.transaction(async (em) => {
        await addAuditEntry(em, entry);
        throw new Error('not done');
      });
      await assert.rejects(failing, /not done/);
      assert.deepEqual(await database.sql('select count(*) from audit_entry where id = $1', [entry.id]), [[0]]);
    });

    for (const [what, statement] of [
      ['changed', `update audit_entry set by_name = 'Bob'`],
      ['taken away', 'delete from audit_entry'],
      ['taken away where there is none', `delete from audit_entry where action = 'none'`],
      ['emptied', 'truncate audit_entry'],
      ['emptied along with others', 'truncate node, audit_entry cascade'],
      ['overwritten', `insert into audit_entry select * from audit_entry on conflict (id) do update set by_name = 'Bob'`],
    ] as const) {
      test(`is never ${what}`, async () => {
        await database.transaction((em) => addAuditEntry(em, auditEntry(SYSTEM, AT, changedName)));
        const before = await database.sql('select * from audit_entry order by id');
        const isRefused = (error: unknown) => error instanceof SqlFailure && error.definite && error.sqlState === 'SK002';
        await assert.rejects(database.sql(statement), isRefused);
        assert.deepEqual(await database.sql('select * from audit_entry order by id'), before);
      });
    }
  });
}
