import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, test } from 'node:test';
import { HoldLedger, type Person } from '../../src/booking/hold-ledger.ts';
import { eventually } from '../support/eventually.ts';
import { REDIS_MISSING } from '../support/redis.ts';
import { countingNodes } from './counting-nodes.ts';

const LIMIT = 10;
const LIFE = 60_000;
/** Two answers of a counter, 150 ms each at most, where there would be none without a limit; the rest is for a busy machine. */
const ANSWERED_WITHIN_MS = 3_000;

const guest = (address = '198.51.100.7'): Person => ({ principal: null, address });
const user = (role: 'customer' | 'front-desk' | 'integration' = 'customer'): Person => ({ principal: { userId: randomUUID(), role }, address: '198.51.100.7' });

/** Places holds until there is no place left; their ids. */
async function fill(ledger: HoldLedger, person: Person, life = LIFE): Promise<readonly string[]> {
  for (const holdIds: string[] = []; ; ) {
    const place = randomUUID();
    if ((await ledger.reserve(person, place, life)).isFull) return holdIds;
    holdIds.push(randomUUID());
    await ledger.keep(person, holdIds.at(-1) ?? '', life, place);
  }
}

const isFull = async (ledger: HoldLedger, person: Person) => (await ledger.reserve(person, randomUUID(), 0)).isFull;

describe('one node', () => {
  let clock: { now: number };
  let ledger: HoldLedger;
  beforeEach(() => {
    clock = { now: 1_000 };
    ledger = new HoldLedger(1, null, () => clock.now);
  });

  test('a guest has ten places by address, a customer five, a desk thirty and a program a hundred by login', async () => {
    assert.equal((await fill(ledger, guest())).length, LIMIT);
    assert.equal((await fill(ledger, user())).length, 5);
    assert.equal((await fill(ledger, user('front-desk'))).length, 30);
    assert.equal((await fill(ledger, user('integration'))).length, 100);
    assert.equal((await fill(ledger, guest('2001:db8:1:2::1'))).length, LIMIT);
    assert.equal(await isFull(ledger, guest('2001:db8:1:2::ffff')), true);
    assert.equal(await isFull(ledger, guest('2001:db8:1:3::1')), false);
  });

  test('a site has the places of two visitors, whichever of its networks they come from, and a /56 of one and a half', async () => {
    let held = 0;
    for (const network of ['1', '2', '3']) held += (await fill(ledger, guest(`2001:db8:77:${network}00::1`))).length;
    assert.equal(held, 2 * LIMIT);
    held = 0;
    for (const network of ['1', '2', '3']) held += (await fill(ledger, guest(`2001:db8:78:${network}::1`))).length;
    assert.equal(held, 1.5 * LIMIT);
    assert.equal(await isFull(ledger, guest('2001:db8:79::1')), false);
  });

  test('accounts at one address have the places of five together, however many are registered', async () => {
    let held = 0;
    for (let account = 0; account < 10; account += 1) held += (await fill(ledger, user())).length;
    assert.equal(held, 25);
    const refused = await ledger.reserve(user(), randomUUID(), LIFE);
    assert.deepEqual(refused, { isFull: true, limit: 25, isOfAddress: true, held: [] });
    assert.equal(await isFull(ledger, { ...user(), address: '198.51.100.8' }), false);
    assert.equal(await isFull(ledger, user('front-desk')), false);
  });

  test('places end with their holds, and renewing makes them last', async () => {
    const firstHeld = async () => {
      const answer = await ledger.reserve(guest(), randomUUID(), LIFE);
      return answer.isFull && answer.held[0];
    };
    const [first = '', second] = await fill(ledger, guest());
    clock.now += LIFE / 2;
    await ledger.keep(guest(), first, LIFE, '');
    assert.deepEqual(await firstHeld(), second);
    clock.now += LIFE / 2;
    assert.equal((await fill(ledger, guest())).length, LIMIT - 1);
    clock.now += LIFE / 2;
    assert.equal((await fill(ledger, guest())).length, 1);
  });

  test('a hold that is being paid for lasts longer, and keeps no place of those that came after it', async () => {
    const paying = randomUUID();
    await ledger.keep(guest(), paying, LIFE, '');
    await ledger.keep(guest(), paying, 5 * LIFE, '');
    assert.equal((await fill(ledger, guest())).length, LIMIT - 1);
    clock.now += LIFE;
    assert.equal((await fill(ledger, guest())).length, LIMIT - 1);
    clock.now += 4 * LIFE;
    assert.equal((await fill(ledger, guest())).length, LIMIT);
  });

  test('requests that are under way take places, and are no holds', async () => {
    for (let count = 0; count < LIMIT; count += 1) await ledger.reserve(guest(), randomUUID(), LIFE);
    assert.deepEqual(await ledger.reserve(guest(), randomUUID(), LIFE), { isFull: true, limit: LIMIT, isOfAddress: true, held: [] });
  });

  test('a hold that is renewed with no more time than it has keeps its end', async () => {
    const [first = ''] = await fill(ledger, guest());
    clock.now += LIFE / 2;
    await ledger.keep(guest(), first, LIFE / 4, '');
    clock.now += LIFE / 2;
    assert.equal((await fill(ledger, guest())).length, LIMIT);
  });

  test('a guest who has logged in since gives the place back as either', async () => {
    const [first = '', second = ''] = await fill(ledger, guest());
    await ledger.forget(user(), first);
    assert.equal((await fill(ledger, guest())).length, 1);
    const customer = user();
    await ledger.keep(customer, second, LIFE, '');
    assert.deepEqual([(await fill(ledger, guest())).length, (await fill(ledger, customer)).length], [1, 4]);
  });

  test('the scale multiplies the places, and leaves one', async () => {
    assert.equal((await fill(new HoldLedger(0.25, null), guest())).length, 2);
    assert.equal((await fill(new HoldLedger(0.001, null), guest())).length, 1);
    assert.equal((await fill(new HoldLedger(100, null), guest())).length, 1_000);
  });
});

describe('several nodes', { skip: REDIS_MISSING }, () => {
  const nodes = countingNodes((shared) => ({ ledger: new HoldLedger(1, shared) }));

  test('count together, and of fifty at once exactly as many as there are places get one', async () => {
    const two = [await nodes.open(), await nodes.open()];
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => two[index % 2]?.ledger.reserve(guest(), randomUUID(), LIFE)));
    assert.equal(answers.filter((answer) => answer?.isFull === false).length, LIMIT);
  });

  test('count the networks of a site together, and forget what has ended in all of them', async () => {
    const [one, other] = [await nodes.open(), await nodes.open()];
    const first = await fill(one.ledger, guest('2001:db8:1:100::1'));
    const second = await fill(other.ledger, guest('2001:db8:1:200::1'));
    assert.deepEqual([first.length, second.length], [LIMIT, LIMIT]);
    assert.equal(await isFull(other.ledger, guest('2001:db8:1:300::1')), true);
    await other.ledger.forget(guest('2001:db8:1:100::1'), first[0] ?? '');
    assert.equal((await fill(one.ledger, guest('2001:db8:1:300::1'))).length, 1);
  });

  test('give back and forget on whichever node', async () => {
    const [one, other] = [await nodes.open(), await nodes.open()];
    const place = randomUUID();
    await one.ledger.reserve(guest(), place, LIFE);
    await other.ledger.giveBack(guest(), place);
    const holdIds = await fill(one.ledger, guest());
    assert.equal(holdIds.length, LIMIT);
    const full = await other.ledger.reserve(guest(), randomUUID(), LIFE);
    assert.deepEqual(full.isFull && [full.limit, full.held.toSorted()], [LIMIT, holdIds.toSorted()]);
    await other.ledger.forget(guest(), holdIds[3] ?? '');
    assert.equal((await fill(one.ledger, guest())).length, 1);
  });

  test('copies of one request take one place', async () => {
    const [one, other] = [await nodes.open(), await nodes.open()];
    const place = randomUUID();
    for (const { ledger } of [one, other, one]) await ledger.reserve(guest(), place, LIFE);
    assert.equal((await fill(other.ledger, guest())).length, LIMIT - 1);
    assert.equal((await one.ledger.reserve(guest(), place, LIFE)).isFull, false, 'also when there is no other place');
  });

  test('places end by themselves, and nothing is left in Redis', async () => {
    const [one, other] = [await nodes.open(), await nodes.open()];
    assert.equal((await fill(one.ledger, guest(), 300)).length, LIMIT);
    const keys = () => one.counters.eval(`return redis.call('KEYS', ARGV[1])`, { keys: [], arguments: [`${nodes.namespace()}:*`] });
    assert.equal(((await keys()) as string[]).length, 1);
    await eventually(async () => !(await isFull(other.ledger, guest())));
    await eventually(async () => ((await keys()) as string[]).length === 0);
  });

  test('a place ends with its hold, however long the others of the same person last', async () => {
    const [one, other] = [await nodes.open(), await nodes.open()];
    const [first = ''] = await fill(one.ledger, guest());
    await one.ledger.keep(guest(), first, 100, '');
    await eventually(async () => !(await isFull(other.ledger, guest())));
    assert.equal((await fill(other.ledger, guest())).length, 1);
  });

  test('a guest who has logged in since has the hold that they renew in one place, as themselves', async () => {
    const [one, other] = [await nodes.open(), await nodes.open()];
    const [first = ''] = await fill(one.ledger, guest());
    const customer = user();
    await other.ledger.keep(customer, first, LIFE, '');
    assert.deepEqual([(await fill(one.ledger, guest())).length, (await fill(other.ledger, customer)).length], [1, 4]);
  });

  test('a question takes no place', async () => {
    const { ledger } = await nodes.open();
    for (let count = 0; count < 2 * LIMIT; count += 1) assert.equal(await isFull(ledger, guest()), false);
    assert.equal((await fill(ledger, guest())).length, LIMIT);
    assert.equal(await isFull(ledger, guest()), true);
  });

  test('without Redis each node counts for itself, at once, and together again when it is back', async () => {
    const [one, other] = [await nodes.open(), await nodes.open()];
    const [first = ''] = await fill(one.ledger, guest());
    await nodes.withoutRedis([one, other], async () => {
      await one.ledger.forget(guest(), first);
      for (const { ledger } of [one, other]) assert.equal((await fill(ledger, guest())).length, LIMIT);
    });
    const place = randomUUID();
    for (const { ledger } of [one, other]) assert.equal((await ledger.reserve(guest(), place, LIFE)).isFull, false);
    assert.equal((await fill(other.ledger, guest())).length, LIMIT - 1);
    assert.equal(await isFull(one.ledger, guest()), true);
  });

  test('a Redis that does not answer holds nobody up and refuses nobody', async () => {
    await nodes.inEachSilence(async ({ ledger }, way) => {
      const person = guest(`10.0.0.${way}`);
      for (let count = 0; count < LIMIT; count += 1) {
        const startedAt = performance.now();
        const place = randomUUID();
        assert.equal((await ledger.reserve(person, place, LIFE)).isFull, false);
        await ledger.keep(person, randomUUID(), LIFE, place);
        assert.ok(performance.now() - startedAt < ANSWERED_WITHIN_MS, `answered after ${performance.now() - startedAt} ms`);
      }
      assert.equal(await isFull(ledger, person), true);
    });
  });
});
