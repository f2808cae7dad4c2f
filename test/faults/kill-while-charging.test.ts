// kill -9 of a node between its own record of a no-show fee, or of a refund, and the provider's answer: the money moves once, and the books say what the provider says.
// `KILLS=20 SEED=… npm test -- kill-while-charging` kills twenty times at each, or makes the same choices again.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { suite, test } from 'node:test';
import type { Database } from '../../src/persistence/database/database.ts';
import { eventually } from '../support/eventually.ts';
import { POSTGRES_MISSING } from '../support/postgres.ts';
import type { Json } from '../support/test-server.ts';
import { ask, judgeBooks, type Killed, killedAt, moneyOf, openedIn, past, SETTLE_MS, type World } from './killed-at-provider.ts';
import { randomFrom } from './load.ts';

/** Of each. */
const KILLS = Number(process.env.KILLS ?? 2);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const DEPOSIT = 800;
const FEE = 2_000;
const BACK = 300;
const DEPOSIT_AND_FEE = { paymentPolicy: 'deposit', depositPercent: 10, noShowFeePercent: 25 + 10, noShowFeeCard: true };

suite('a node that is killed while it moves money', { skip: POSTGRES_MISSING }, () => {
  test(`charges a fee and gives money back once: ${KILLS} kills at each, SEED=${SEED}`, { timeout: 240_000 + KILLS * 60_000 }, async () => {
    await using stack = new AsyncDisposableStack();
    const random = randomFrom(SEED);
    const { world, database } = await openedIn(stack, DEPOSIT_AND_FEE, random);
    const { node, stripe } = world;
    const visits: Visit[] = [];
    for (let number = 0; number < KILLS; number += 1) {
      const id = await missed(world, number);
      const isAsked = { afterCharge: random() < 0.5, afterRefund: random() < 0.5 };
      const charge = () => ask(world, 'POST', `/v1/appointments/${id}/no-show-fee`);
      const charged = await killedAt(world, charge, ({ method, path }) => method === 'POST' && path === '/v1/payment_intents', random() < 0.6);
      // Half of them are asked for again by the desk, the others are left to the job.
      if (isAsked.afterCharge) assert.equal((await charge()).status, 201);
      const deposit = (await moneyOf(world, id)).payments.find(({ isFee }: Json) => !isFee);
      const body = { id: randomUUID(), paymentId: deposit.id, amount: { amount: BACK, currency: 'EUR' }, reason: 'They were ill.' };
      const giveBack = () => ask(world, 'POST', `/v1/appointments/${id}/refunds`, body);
      const refunded = await killedAt(world, giveBack, ({ method, path }) => method === 'POST' && path === '/v1/refunds', random() < 0.6);
      if (isAsked.afterRefund) assert.equal((await giveBack()).status, 201);
      await stripe.tell(node.url ?? undefined);
      visits.push({ id, refundId: `desk/${body.id}`, ...isAsked, charged, refunded });
    }
    await eventually(async () => (await Promise.all(visits.map(({ id }) => moneyOf(world, id)))).every(isSettled), SETTLE_MS);
    await judge(world, database, visits);
    console.log(`SEED=${SEED}: ${JSON.stringify(countOf(visits))}`);
  });
});

type Visit = {
  readonly id: string;
  readonly refundId: string;
  readonly afterCharge: boolean;
  readonly afterRefund: boolean;
  readonly charged: Killed;
  readonly refunded: Killed;
};

/** An appointment with a deposit and a card, whose customer did not come. */
async function missed(world: World, number: number): Promise<string> {
  const id = await past(world, number);
  assert.equal((await ask(world, 'POST', `/v1/appointments/${id}/no-show`, {})).status, 200);
  return id;
}

function isSettled({ noShowFee, payments }: Json): boolean {
  return noShowFee.charge === 'charged' && payments.every(({ refunds }: Json) => refunds.every(({ state }: Json) => state === 'done'));
}

async function judge(world: World, database: Database, visits: readonly Visit[]): Promise<void> {
  const intents = Object.values(world.stripe.double.state.intents).filter(({ status }) => status === 'succeeded');
  const refunds = Object.values(world.stripe.double.state.refunds);
  for (const { id, refundId } of visits) {
    const { paid, refunded, payments } = await moneyOf(world, id);
    assert.deepEqual([paid.amount, refunded.amount], [DEPOSIT + FEE, BACK]);
    for (const payment of payments) {
      const there = intents.filter(({ metadata }) => metadata.paymentId === payment.id).map(({ amount_received }) => amount_received);
      assert.deepEqual(there, [payment.isFee ? FEE : DEPOSIT], 'charged once');
    }
    assert.deepEqual(
      refunds.filter(({ metadata }) => metadata?.refundId === refundId).map(({ amount }) => amount),
      [BACK],
      'given back once',
    );
  }
  const ours = visits.length;
  assert.deepEqual([intents.length, refunds.length], [2 * ours, ours], 'and nothing else');
  await judgeBooks(database, ours * (DEPOSIT + FEE - BACK));
}

/** How often each was killed before and after the provider had done it, and left to the job. */
function countOf(visits: readonly Visit[]) {
  const count = (is: (visit: Visit) => boolean) => visits.filter(is).length;
  return {
    charge: {
      before: count(({ charged }) => charged === 'before'),
      after: count(({ charged }) => charged === 'after'),
      left: count((one) => !one.afterCharge),
    },
    refund: {
      before: count(({ refunded }) => refunded === 'before'),
      after: count(({ refunded }) => refunded === 'after'),
      left: count((one) => !one.afterRefund),
    },
  };
}
