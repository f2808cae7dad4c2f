import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ClaimTime, ClaimTimes } from '../../src/model/claim-times.ts';
import { DAY, HOUR, instant, MINUTE } from '../../src/model/instant.ts';
import { holds } from './random.ts';

const NOON = Date.UTC(2027, 5, 21, 12);

function claimAt(id: string, startsAt: number, milliseconds: number, more: Partial<ClaimTime> = {}): ClaimTime {
  return {
    id,
    kind: 'appointment',
    status: 'booked',
    startsAt: instant(startsAt),
    endsAt: instant(startsAt + milliseconds),
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    serviceId: 'cut',
    capacity: 1,
    lane: 0,
    seats: 1,
    ...more,
  };
}

function numbered(number: number): string {
  return `019f0000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

const ids = fc.integer({ min: 0, max: 20 }).map(numbered);
const moments = fc.oneof(
  fc.integer({ min: 0, max: 96 }).map((quarter) => NOON + quarter * 15 * MINUTE),
  fc.integer({ min: 0, max: DAY }).map((milliseconds) => NOON + milliseconds),
);
const steps = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      step: fc.constant('add' as const),
      id: ids,
      at: moments,
      length: fc.constantFrom(1, 30 * MINUTE, HOUR, 60 * DAY),
      lane: fc.integer({ min: 0, max: 3 }),
      buffer: fc.constantFrom(0, 15),
    }),
  },
  { weight: 3, arbitrary: fc.record({ step: fc.constant('remove' as const), id: ids }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('forget' as const), at: moments }) },
  { weight: 3, arbitrary: fc.record({ step: fc.constant('look' as const), at: moments, length: fc.integer({ min: 0, max: 4 * HOUR }) }) },
);

test('it behaves like a plain list of claims', () => {
  holds(
    fc.property(fc.array(steps, { maxLength: 60 }), (script) => {
      const claims = new ClaimTimes();
      let list: ClaimTime[] = [];
      for (const step of script) {
        if (step.step === 'add') {
          const claim = claimAt(step.id, step.at, step.length, { lane: step.lane, bufferAfterMinutes: step.buffer });
          list = [...list.filter(({ id }) => id !== step.id), claim];
          claims.add(claim);
        } else if (step.step === 'remove') {
          const present = list.find(({ id }) => id === step.id);
          assert.deepEqual(claims.get(step.id), present);
          assert.deepEqual(claims.remove(step.id), present);
          list = list.filter((claim) => claim !== present);
        } else if (step.step === 'forget') {
          const kept = list.filter(({ endsAt }) => endsAt > step.at);
          assert.equal(claims.forgetBefore(instant(step.at)), list.length - kept.length);
          list = kept;
        } else {
          const seen = claims.overlapping(instant(step.at), instant(step.at + step.length));
          const expected = list.filter(({ startsAt, endsAt }) => startsAt < step.at + step.length && endsAt > step.at);
          assert.deepEqual(sorted(seen), sorted(expected));
          assert.ok(
            seen.every((claim, index) => index === 0 || (seen[index - 1]?.startsAt ?? 0) <= claim.startsAt),
            'by start',
          );
        }
        assert.equal(claims.size, list.length);
        assert.equal(claims.longestMs, Math.max(0, ...list.map(({ startsAt, endsAt }) => endsAt - startsAt)));
        assert.equal(claims.longestBufferMs, Math.max(0, ...list.map(({ bufferAfterMinutes }) => bufferAfterMinutes * MINUTE)));
      }
    }),
    400,
  );
});

function sorted(list: readonly ClaimTime[]): ClaimTime[] {
  return list.toSorted((one, other) => one.startsAt - other.startsAt || (one.id < other.id ? -1 : 1));
}

test('a claim comes back as it went in, whatever its id and its shape', () => {
  holds(
    fc.property(
      fc.uniqueArray(
        fc.record({
          id: fc.uuid(),
          kind: fc.constantFrom('hold', 'appointment', 'block', 'time-off'),
          status: fc.constantFrom('pending', 'checked-in', 'held', null),
          serviceId: fc.option(fc.uuid()),
          capacity: fc.integer({ min: 1, max: 500 }),
          lane: fc.integer({ min: 0, max: 500 }),
          seats: fc.integer({ min: 1, max: 20 }),
          bufferBeforeMinutes: fc.integer({ min: 0, max: 3_000 }),
        }),
        { selector: ({ id }) => id },
      ),
      (list) => {
        const claims = new ClaimTimes();
        const added = list.map(({ id, ...shape }) => claimAt(id, NOON, HOUR, shape));
        for (const claim of added) claims.add(claim);
        for (const claim of added) assert.deepEqual(claims.get(claim.id), claim);
        for (const claim of added) assert.deepEqual(claims.get(claim.id.toUpperCase()), claim);
      },
    ),
    100,
  );
});

test('an id that is not a UUID is refused when it is added, and unknown when it is asked for', () => {
  const claims = new ClaimTimes();
  assert.throws(() => claims.add(claimAt('mine', NOON, HOUR)), TypeError);
  assert.equal(claims.get('mine'), undefined);
  assert.equal(claims.remove('mine'), undefined);
});

test('a claim that does not end after it starts is refused', () => {
  assert.throws(() => new ClaimTimes().add(claimAt(numbered(1), NOON, 0)), RangeError);
});

test('500 future claims take less than 16 KB, and none take nothing', () => {
  const claims = new ClaimTimes();
  assert.equal(claims.bytes, 0);
  for (let number = 0; number < 500; number += 1) {
    claims.add(claimAt(numbered(number), NOON + number * HOUR, (number % 3) * 15 * MINUTE + HOUR, { serviceId: `service ${number % 4}` }));
  }
  assert.ok(claims.bytes < 16_000 && claims.bytes >= 500 * 26, `${claims.bytes}`);
});

test('claims that come and go leave no memory behind', () => {
  const claims = new ClaimTimes();
  for (let number = 0; number < 5_000; number += 1) {
    claims.add(claimAt(numbered(number), NOON + number * HOUR, HOUR + number));
    claims.forgetBefore(instant(NOON + (number - 10) * HOUR));
  }
  assert.ok(claims.size < 20);
  assert.ok(claims.bytes < 8_000, `${claims.bytes}`);
});
