import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BookingLedger, type BookingUnderWay } from '../../src/booking/booking-ledger.ts';
import { REDIS_MISSING } from '../support/redis.ts';
import { countingNodes } from './counting-nodes.ts';

const NAMES = ['site', 'customer'];
const booking = (id: string): BookingUnderWay => ({ id, source: `site.${id}` });
const idsOf = async (ledger: BookingLedger) =>
  (await ledger.list(NAMES)).map((list) => list.toSorted((one, other) => one.turn - other.turn).map(({ id }) => id));

async function entersAndLeaves(one: BookingLedger, other: BookingLedger): Promise<void> {
  const first = await one.enter(NAMES, 'first place', booking('first'));
  assert.deepEqual([first.id, first.isFirst, first.underWay], ['first', true, 1]);
  const second = await other.enter(NAMES, 'second place', booking('second'));
  assert.deepEqual([second.isFirst, second.underWay, second.turn > first.turn], [true, 2, true]);
  const copy = await other.enter(NAMES, 'first place', booking('another id'));
  assert.deepEqual(copy, { ...first, isFirst: false, underWay: 2 });
  for (const ledger of [one, other])
    assert.deepEqual(await idsOf(ledger), [
      ['first', 'second'],
      ['first', 'second'],
    ]);
  assert.deepEqual(
    (await one.list(['nothing', 'site'])).map((list) => list.map(({ source }) => source).sort()),
    [[], ['site.first', 'site.second']],
  );
  await other.leave(NAMES, 'second place');
  assert.deepEqual(await idsOf(one), [['first'], ['first']]);
  await one.leave(NAMES, 'first place');
  assert.deepEqual(await idsOf(other), [[], []]);
}

test('bookings are under way in the order in which they have entered, and copies of one are one', async () => {
  const ledger = new BookingLedger(null);
  await entersAndLeaves(ledger, ledger);
});

test('a booking that nobody hears of again is forgotten after a minute', async () => {
  const clock = { now: 0 };
  const ledger = new BookingLedger(null, () => clock.now);
  await ledger.enter(NAMES, 'lost', booking('lost'));
  clock.now = 59_999;
  assert.equal((await ledger.enter(NAMES, 'next', booking('next'))).underWay, 2);
  clock.now = 60_000;
  assert.deepEqual(await idsOf(ledger), [['next'], ['next']]);
});

describe('of several nodes', { skip: REDIS_MISSING }, () => {
  const nodes = countingNodes((shared) => ({ ledger: new BookingLedger(shared) }));

  test('bookings are in one order', async () => {
    const [one, other] = [await nodes.open(), await nodes.open()];
    await entersAndLeaves(one.ledger, other.ledger);
  });

  test('each counts its own while Redis is away', async () => {
    const [one, other] = [await nodes.open(), await nodes.open()];
    await nodes.withoutRedis([one, other], async () => {
      assert.equal((await one.ledger.enter(NAMES, 'place', booking('one'))).underWay, 1);
      assert.equal((await other.ledger.enter(NAMES, 'place', booking('other'))).id, 'other');
    });
  });
});
