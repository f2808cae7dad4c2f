import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { z } from 'zod';
import { bookBody } from '../../src/protocol/appointments.ts';
import { newServiceBody } from '../../src/protocol/catalog.ts';
import { placeHoldBody } from '../../src/protocol/holds.ts';
import { windowsBody } from '../../src/protocol/hours-plans.ts';
import { PROBLEM_CODES, problemOf } from '../../src/protocol/problems.ts';
import { slotsQuery } from '../../src/protocol/slots.ts';
import { screenMessages } from '../../src/protocol/socket.ts';

const ID = '0199d2a4-7c1e-7b3a-9d51-3f6f0a1c2b3d';
const START = '2026-11-24T09:00:00+01:00';
const customer = { name: ' Ada Lovelace ', email: ' Ada@Example.ORG' };

function wrongFields(schema: z.ZodType, value: unknown): string[] {
  return [...new Set(schema.safeParse(value).error?.issues.map((issue) => issue.path.join('.')))];
}

describe('a hold', () => {
  test('needs a service and a start; one seat is asked for if nothing is said', () => {
    assert.deepEqual(wrongFields(placeHoldBody, {}), ['serviceId', 'startsAt']);
    assert.equal(placeHoldBody.parse({ serviceId: ID, startsAt: START }).seats, 1);
  });
  test('takes ids in any case and keeps them in lower case', () => {
    assert.equal(placeHoldBody.parse({ serviceId: ID.toUpperCase(), startsAt: START }).serviceId, ID);
  });
  test('has limits on every number and text', () => {
    assert.deepEqual(wrongFields(placeHoldBody, { serviceId: ID, startsAt: 'x'.repeat(41), seats: 0 }), ['startsAt', 'seats']);
    assert.deepEqual(wrongFields(placeHoldBody, { serviceId: ID, startsAt: START, seats: 1.5, override: { rules: ['slot-taken'], reason: '' } }), [
      'seats',
      'override.rules.0',
      'override.reason',
    ]);
  });
});

describe('a booking', () => {
  test('is by a hold or by a slot, never by both and never by neither', () => {
    assert.equal(bookBody.parse({ holdId: ID, customer }).by, 'hold');
    assert.equal(bookBody.parse({ serviceId: ID, startsAt: START, customer }).by, 'slot');
    assert.deepEqual(wrongFields(bookBody, { customer }), ['serviceId', 'startsAt']);
    assert.deepEqual(wrongFields(bookBody, { holdId: ID, serviceId: ID, startsAt: START, customer }), ['holdId']);
  });
  test('reads names without the space around them and e-mail addresses in lower case', () => {
    assert.deepEqual(bookBody.parse({ holdId: ID, customer }).customer, { name: 'Ada Lovelace', email: 'ada@example.org' });
  });
  test('takes no text that a database cannot keep', () => {
    const bad = { holdId: ID, customer: { name: 'a\0b', email: 'nobody' }, notes: '\ud800', answers: { q: 'a\0' } };
    assert.deepEqual(wrongFields(bookBody, bad), ['customer.name', 'customer.email', 'notes', 'answers.q']);
  });
});

describe('a question for slots', () => {
  const asked = { serviceId: ID, from: '2026-11-24', to: '2026-12-01' };
  test('covers at least one day and at most 62', () => {
    assert.deepEqual(wrongFields(slotsQuery, { ...asked, to: '2026-11-24' }), ['to']);
    assert.deepEqual(wrongFields(slotsQuery, { ...asked, to: '2027-01-25' }), []);
    assert.deepEqual(wrongFields(slotsQuery, { ...asked, to: '2027-01-26' }), ['to']);
  });
  test('names one staff member or several', () => {
    assert.deepEqual(slotsQuery.parse({ ...asked, staffId: ID }).staffId, [ID]);
    assert.deepEqual(slotsQuery.parse({ ...asked, staffId: [ID, ID] }).staffId, [ID, ID]);
  });
  test('knows dates and zones that exist', () => {
    assert.deepEqual(wrongFields(slotsQuery, { ...asked, from: '2026-02-30', timeZone: '+02:00' }), ['from', 'timeZone']);
    assert.deepEqual(wrongFields(slotsQuery, { ...asked, timeZone: 'Mars/Olympus' }), ['timeZone']);
  });
});

test('a window ends after it begins, at midnight at the latest', () => {
  assert.deepEqual(wrongFields(windowsBody, { windows: [{ from: '09:00', to: '24:00' }] }), []);
  assert.deepEqual(wrongFields(windowsBody, { windows: [{ from: '09:00', to: '09:00' }] }), ['windows.0.to']);
  assert.deepEqual(wrongFields(windowsBody, { windows: [{ from: '9:00', to: '24:30' }] }), ['windows.0.from', 'windows.0.to']);
});

test('a service needs a name and a length, and its lead time is three years at most', () => {
  assert.deepEqual(wrongFields(newServiceBody, {}), ['name', 'minutes']);
  assert.deepEqual(wrongFields(newServiceBody, { name: 'x', minutes: 30, leadTimeMinutes: 3 * 366 * 1440 + 1 }), ['leadTimeMinutes']);
});

test('a socket message is a REST body with a key', () => {
  assert.deepEqual(wrongFields(screenMessages['place-hold'], { serviceId: ID, startsAt: START }), ['key']);
  assert.equal(screenMessages.book.parse({ key: 'k', holdId: ID, holdToken: 't', customer }).holdToken, 't');
  assert.deepEqual(wrongFields(screenMessages['place-hold'], { key: 'a\0b', serviceId: ID, startsAt: START }), ['key']);
  const { startsAt, ...rest } = screenMessages['place-hold'].parse({ key: 'k', dryRun: true, serviceId: ID, startsAt: START });
  assert.deepEqual([startsAt, rest], [Date.parse(START), { key: 'k', dryRun: true, serviceId: ID, seats: 1 }]);
  // What is checked of the whole body still is.
  assert.deepEqual(wrongFields(screenMessages['add-block'], { key: 'k', staffId: ID, startsAt: START, endsAt: START }), ['endsAt']);
  assert.deepEqual(wrongFields(screenMessages.book, { key: 'k', holdId: ID, serviceId: ID, customer }), ['holdId']);
});

test('a problem says what its code says', () => {
  assert.deepEqual(problemOf('slot-taken', { conflict: { by: 'hold' } }), {
    type: '/problems/slot-taken',
    title: 'This time is taken',
    status: 409,
    code: 'slot-taken',
    conflict: { by: 'hold' },
  });
  for (const code of PROBLEM_CODES) assert.ok(problemOf(code).status >= 400 && problemOf(code).title.length > 0, code);
});
