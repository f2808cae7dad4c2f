import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { auditEntry, byGuest, byUser, SYSTEM, userSubject } from '../../src/audit/audit-entry.ts';
import { AUDIT_ACTIONS } from '../../src/model/audit-actions.ts';
import { instant } from '../../src/model/instant.ts';

const AT = instant(Date.parse('2026-11-24T09:00:00Z'));
const location = { kind: 'location', id: 'l', name: 'North' } as const;

test('every action is in docs/security.md under "Audit trail", and no other', async () => {
  const text = await readFile(new URL('../../docs/security.md', import.meta.url), 'utf8');
  const [, section = ''] = text.split('## Audit trail\n');
  const rows =
    section
      .split('\n## ')[0]
      ?.split('\n')
      .filter((line) => line.startsWith('|')) ?? [];
  const documented = rows.flatMap((row) => Array.from(row.matchAll(/`([^`]+)`/g), ([, action]) => action));
  assert.deepEqual(documented.toSorted(), [...AUDIT_ACTIONS].sort());
});

describe('an entry of the audit trail', () => {
  test('has an id of its own, a moment, and null for what was not said', () => {
    const [one, other] = [1, 2].map(() => auditEntry(SYSTEM, AT, { action: 'location.changed', subject: location }));
    assert.notEqual(one?.id, other?.id);
    assert.deepEqual({ ...one, id: '' }, { ...SYSTEM, id: '', at: AT, action: 'location.changed', subject: location, before: null, after: null });
  });

  test('takes no secret and nothing of a customer but an id, however deep', () => {
    const change =
      (record: object, side = 'after') =>
      () =>
        auditEntry(SYSTEM, AT, { action: 'location.changed', subject: location, [side]: { ...record } });
    for (const field of ['password', 'passwordHash', 'token', 'refreshToken', 'jwtSecret', 'tokenHash', 'customer', 'notes', 'answers'])
      for (const record of [{ [field]: 'a' }, { inside: [{ [field]: null }] }])
        for (const side of ['before', 'after']) assert.throws(change(record, side), new RegExp(field), JSON.stringify([side, record]));
    assert.doesNotThrow(change({ customerId: 'c', phone: '+49 30 1', reason: null }));
  });

  test('names people who work here, and of customers the id alone', () => {
    const owner = { id: 'u', name: 'Ada', role: 'owner' } as const;
    assert.deepEqual(byUser(owner, '10.0.0.1'), { kind: 'user', id: 'u', name: 'Ada', role: 'owner', address: '10.0.0.1' });
    assert.deepEqual(byUser({ ...owner, role: 'customer' }, ''), { kind: 'user', id: 'u', name: null, role: 'customer', address: '' });
    assert.deepEqual(userSubject(owner), { kind: 'user', id: 'u', name: 'Ada' });
    assert.equal(userSubject({ ...owner, role: 'customer' }).name, null);
    assert.deepEqual(byGuest('10.0.0.1'), { kind: 'guest', id: null, name: null, role: null, address: '10.0.0.1' });
  });
});
