// kill -9 of a node between its own record of what it takes of a reserved price, and the provider's answer: it is taken once, and the books say what the provider says.
// `KILLS=6 SEED=… npm test -- kill-while-taking` kills six times, or makes the same choices again.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Database } from '../../src/persistence/database/database.ts';
import { eventually } from '../support/eventually.ts';
import { POSTGRES_MISSING } from '../support/postgres.ts';
import { ask, judgeBooks, type Killed, killedAt, moneyOf, openedIn, PRICE, past, SETTLE_MS, type World } from './killed-at-provider.ts';
import { randomFrom } from './load.ts';

const KILLS = Number(process.env.KILLS ?? 3);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Of the price. */
const PART = 5_000;

suite('a node that is killed while it takes what is reserved', { skip: POSTGRES_MISSING }, () => {
  test(`takes what is reserved once, all, a part or nothing of it: ${KILLS} kills, SEED=${SEED}`, { timeout: 240_000 + KILLS * 60_000 }, async () => {
    await using stack = new AsyncDisposableStack();
    const random = randomFrom(SEED);
    const { world, database } = await openedIn(stack, { paymentPolicy: 'reserve' }, random);
    const { node, stripe } = world;
    const visits: Taken[] = [];
    for (let number = 0; number < KILLS; number += 1) {
      const id = await past(world, number);
      assert.equal((await ask(world, 'POST', `/v1/appointments/${id}/check-in`, {})).status, 200);
      await eventually(async () => (await moneyOf(world, id)).reserved?.amount.amount === PRICE);
      const amount = [PRICE, PART, 0][number % 3] ?? PRICE;
      const take = (of = amount) => ask(world, 'POST', `/v1/appointments/${id}/payments`, { method: 'reserved', amount: { amount: of, currency: 'EUR' } });
      const isHit = ({ method, path }: { method: string; path: string }) => method === 'POST' && path.endsWith(amount === 0 ? '/cancel' : '/capture');
      const killed = await killedAt(world, () => take(), isHit, random() < 0.5);
      // Half of them are asked for again by the desk, and nothing else can be decided any more; the others are left to the job.
      const isAsked = random() < 0.5;
      if (isAsked) {
        assert.notEqual((await take(PART - 100)).status, 201);
        const again = await take();
        assert.equal(again.status, 201, again.text);
      }
      await stripe.tell(node.url ?? undefined);
      visits.push({ id, amount, killed, isAsked });
    }
    await eventually(async () => (await Promise.all(visits.map(({ id }) => moneyOf(world, id)))).every(({ reserved }) => reserved === null), SETTLE_MS);
    await eventually(() => Object.values(stripe.double.state.intents).every(({ status }) => status !== 'requires_capture'), SETTLE_MS);
    await judgeTaken(world, database, visits);
    console.log(`SEED=${SEED}: ${JSON.stringify(visits.map(({ amount, killed, isAsked }) => `${amount} ${killed}${isAsked ? ', asked again' : ''}`))}`);
  });
});

type Taken = { readonly id: string; readonly amount: number; readonly killed: Killed; readonly isAsked: boolean };

async function judgeTaken(world: World, database: Database, visits: readonly Taken[]): Promise<void> {
  const intents = Object.values(world.stripe.double.state.intents);
  for (const { id, amount } of visits) {
    const { paid, due, refunded } = await moneyOf(world, id);
    assert.deepEqual([paid.amount, due.amount, refunded.amount], [amount, PRICE - amount, 0]);
  }
  const taken = visits.map(({ amount }) => amount).sort();
  const there = intents.map(({ status, amount_received }) => (status === 'succeeded' ? amount_received : status === 'canceled' ? 0 : -1)).sort();
  assert.deepEqual(there, taken, 'each was taken once, so much and no more, or let go');
  assert.deepEqual(Object.values(world.stripe.double.state.refunds), []);
  await judgeBooks(
    database,
    taken.reduce((sum, amount) => sum + amount, 0),
  );
}
