import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseInstant } from '../../src/model/instant.ts';
import { readMoment } from '../../src/protocol/moments.ts';

const refusal = (text: string, zone?: string) => {
  const read = readMoment(text, zone);
  return read.ok ? 'ok' : read.code;
};

test('a start with an offset is that instant, whatever zone is named beside it', () => {
  for (const zone of [undefined, 'Asia/Tokyo'])
    assert.deepEqual(readMoment('2026-11-24T09:00:00+01:00', zone), { ok: true, at: parseInstant('2026-11-24T08:00:00Z') });
});

test('a wall-clock time is read in the zone it is sent with', () => {
  assert.deepEqual(readMoment('2026-07-01T09:00', 'Europe/Berlin'), { ok: true, at: parseInstant('2026-07-01T07:00:00Z') });
});

test('a wall-clock time without a zone is refused and says how to send it', () => {
  const read = readMoment('2026-07-01T09:00', undefined);
  assert.ok(!read.ok);
  assert.equal(read.code, 'invalid-request');
  assert.match(read.message, /offset/);
});

test('a wall-clock time that a zone skips is a problem of its own', () => {
  assert.equal(refusal('2027-03-28T02:30', 'Europe/Berlin'), 'nonexistent-local-time');
  assert.equal(refusal('2011-12-30T10:00', 'Pacific/Apia'), 'nonexistent-local-time');
  assert.equal(refusal('2027-03-28T03:00', 'Europe/Berlin'), 'ok');
});

test('a wall-clock time that happens twice is the first of the two', () => {
  assert.deepEqual(readMoment('2026-10-25T02:30', 'Europe/Berlin'), { ok: true, at: parseInstant('2026-10-25T00:30:00Z') });
});

test('what is no date and time is refused', () => {
  for (const text of [
    '',
    'tomorrow',
    '2026-02-30T10:00:00Z',
    '2026-02-30T10:00',
    '2026-11-24',
    '1795507200000',
    '2026-11-24T25:00:00Z',
    '9999-01-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
  ]) {
    assert.equal(refusal(text, 'Europe/Berlin'), 'invalid-request', text);
  }
});
