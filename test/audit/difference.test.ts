import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { AuditRecord } from '../../src/audit/audit-entry.ts';
import { auditDifference } from '../../src/audit/difference.ts';

const RECORD = fc.object({ key: fc.constantFrom('a', 'b', 'c'), values: [fc.integer(), fc.constantFrom(null, 'x')], maxDepth: 3 }) as fc.Arbitrary<AuditRecord>;

/** What `before` becomes when each difference is taken from the other side. */
function patched(whole: AuditRecord, take: AuditRecord, give: AuditRecord): AuditRecord {
  const result: Record<string, unknown> = { ...whole };
  for (const field of new Set([...Object.keys(take), ...Object.keys(give)])) {
    const [was, old, now] = [whole[field], take[field], give[field]];
    const isInside = [was, old, now].every((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
    if (!(field in give)) delete result[field];
    else result[field] = isInside ? patched(was as AuditRecord, old as AuditRecord, now as AuditRecord) : now;
  }
  return result;
}

describe('what differs between two records', () => {
  test('is only the fields that are not the same, also inside objects', () => {
    assert.deepEqual(
      auditDifference(
        { name: 'Cut', minutes: 30, price: { amount: 1, currency: 'EUR' }, staffIds: ['a', 'b'] },
        { name: 'Cut', minutes: 45, price: { amount: 2, currency: 'EUR' }, staffIds: ['a', 'c'] },
      ),
      { before: { minutes: 30, price: { amount: 1 }, staffIds: ['a', 'b'] }, after: { minutes: 45, price: { amount: 2 }, staffIds: ['a', 'c'] } },
    );
  });

  test('is one date where one date of many has changed', () => {
    const others = { '2026-12-25': [], '2026-12-26': [] };
    const before = { specialDates: others };
    const after = { specialDates: { ...others, '2026-12-24': [{ from: '09:00', to: '12:00' }] } };
    const added = { before: { specialDates: {} }, after: { specialDates: { '2026-12-24': [{ from: '09:00', to: '12:00' }] } } };
    assert.deepEqual(auditDifference(before, after), added);
    assert.deepEqual(auditDifference(after, before), { before: added.after, after: added.before });
  });

  test('is the whole record where there was none, or is none any more', () => {
    assert.deepEqual(auditDifference(null, { name: 'Cut' }), { before: null, after: { name: 'Cut' } });
    assert.deepEqual(auditDifference({ name: 'Cut' }, null), { before: { name: 'Cut' }, after: null });
  });

  test('is nothing between equal records', () => {
    fc.assert(fc.property(RECORD, (record) => assert.deepEqual(auditDifference(record, structuredClone(record)), { before: null, after: null })));
  });

  test('makes the one of the other, in both directions', () => {
    fc.assert(
      fc.property(RECORD, RECORD, (before, after) => {
        const { before: was, after: is } = auditDifference(before, after);
        assert.deepEqual(patched(before, was ?? {}, is ?? {}), after);
        assert.deepEqual(patched(after, is ?? {}, was ?? {}), before);
      }),
    );
  });
});
