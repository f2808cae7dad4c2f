// kill -9 of a node between its own record of a no-show fee, or of a refund, and the provider's answer: the money moves once, and the books say what the provider says.
// `KILLS=20 SEED=… npm test -- kill-while-charging` kills twenty times at each, or makes the same choices again.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { suite, test } from 'node:test';
import { Deliveries } from '../../src/integrations/stripe-double/deliveries.ts';
import { balances, type LedgerEntry } from '../../src/payments/ledger.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { timeNow } from '../support/clock.ts';
import { dateIn } from '../support/dates.ts';
import { eventually } from '../support/eventually.ts';
import { POSTGRES_MISSING } from '../support/postgres.ts';
import { sharedPostgres } from '../support/shared-postgres.ts';
import { openStripe, type TestStripe } from '../support/stripe.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { startServer } from './demo-process.ts';
import { randomFrom } from './load.ts';
import { NodeAtProvider } from './node-at-provider.ts';

/** Of each. */
const KILLS = Number(process.env.KILLS ?? 2);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const PRICE = 8_000;
const DEPOSIT = 800;
const FEE = 2_000;
const BACK = 300;
/** A job looks at open payments every minute. */
const SETTLE_MS = 100_000;
const WEATHER = { drop: 0.5, duplicate: 0.25, delay: 0.5 };
const ANY_TIME = { rules: ['slot-in-past', 'too-soon', 'outside-hours', 'off-grid'], reason: 'It was a while ago.' };

type World = { readonly node: NodeAtProvider; readonly stripe: TestStripe; readonly token: string; readonly service: Json; readonly staffId: string };

suite('a node that is killed while it moves money', { skip: POSTGRES_MISSING }, () => {
  test(`charges a fee and gives money back once: ${KILLS} kills at each, SEED=${SEED}`, { timeout: 240_000 + KILLS * 60_000 }, async () => {
    await using stack = new AsyncDisposableStack();
    const postgres = stack.use(await sharedPostgres());
    const { url } = stack.use(await postgres.fresh());
    const random = randomFrom(SEED);
    const stripe = stack.use(await openStripe({ deliveries: new Deliveries(WEATHER, random) }));
    const node = stack.use(new NodeAtProvider(stripe, (settings) => startServer({ kind: 'postgres', url }, settings)));
    await node.start();
    const database = stack.use(await openDatabase({ kind: 'postgres', url }));
    const world = await opened(node, stripe);
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

type Killed = 'before' | 'after';
type Visit = {
  readonly id: string;
  readonly refundId: string;
  readonly afterCharge: boolean;
  readonly afterRefund: boolean;
  readonly charged: Killed;
  readonly refunded: Killed;
};

function ask({ node, token }: Pick<World, 'node' | 'token'>, method: string, path: string, body?: object) {
  return askOver(node.url ?? assert.fail('the node is gone'), method, path, { token, ...(body && { body }) });
}

/** What was asked has no answer: the node is gone. It is started again. */
async function killedAt(world: World, act: () => Promise<unknown>, isHit: Parameters<NodeAtProvider['killAt']>[0], isAfter: boolean): Promise<Killed> {
  const { node } = world;
  const said = { isAnswered: false };
  const aimed = Promise.withResolvers<void>();
  const killing = node.killAt(isHit, isAfter, aimed.promise);
  await act().then(
    () => {
      said.isAnswered = true;
      aimed.resolve();
    },
    () => undefined,
  );
  assert.ok((await killing) && !said.isAnswered, 'it asks the provider, and is killed there');
  await node.start();
  return isAfter ? 'after' : 'before';
}

async function opened(node: NodeAtProvider, stripe: TestStripe): Promise<World> {
  const login = await askOver(node.url ?? '', 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } });
  const token = login.body.accessToken;
  const make = async (path: string, body: object): Promise<Json> => {
    const made = await ask({ node, token }, 'POST', path, body);
    assert.equal(made.status, 201, made.text);
    return made.body;
  };
  const location = (await ask({ node, token }, 'GET', '/v1/locations')).body.items.find(({ currency }: Json) => currency === 'EUR');
  const money = { price: { amount: PRICE, currency: 'EUR' }, paymentPolicy: 'deposit', depositPercent: 10, noShowFeePercent: 25 + 10, noShowFeeCard: true };
  const service = await make('/v1/services', { name: 'Massage', minutes: 30, ...money });
  const { id: staffId } = await make('/v1/staff', { name: 'Mo', locationId: location.id, serviceIds: [service.id] });
  return { node, stripe, token, service, staffId };
}

/** An appointment with a deposit and a card, which was some days ago by now, and whose customer did not come. */
async function missed(world: World, number: number): Promise<string> {
  const { stripe, service, staffId } = world;
  const free = await ask(world, 'GET', `/v1/slots?serviceId=${service.id}&from=${dateIn(3)}&to=${dateIn(10)}`);
  const held = await ask(world, 'POST', '/v1/holds', { serviceId: service.id, staffId, startsAt: free.body.slots[0].startsAt });
  assert.equal(held.status, 201, held.text);
  const ofHold = { headers: { 'hold-token': held.body.token } };
  const where = `/v1/holds/${held.body.id}/payment`;
  const body = { customer: { name: 'Cora', email: `${randomUUID()}@example.org` } };
  const begun = await askOver(world.node.url ?? '', 'POST', where, { ...ofHold, body });
  assert.equal(begun.status, 201, begun.text);
  stripe.pay(begun.body.clientSecret);
  const id = (await askOver(world.node.url ?? '', 'GET', where, ofHold)).body.appointmentId;
  const startsAt = new Date(Math.floor(timeNow() / 60_000) * 60_000 - (number + 1) * 3_600_000).toISOString();
  const moved = await ask(world, 'POST', `/v1/appointments/${id}/reschedule`, { startsAt, override: ANY_TIME, staffId });
  assert.equal(moved.status, 200, moved.text);
  assert.equal((await ask(world, 'POST', `/v1/appointments/${id}/no-show`, {})).status, 200);
  return id;
}

async function moneyOf(world: World, id: string): Promise<Json> {
  return (await ask(world, 'GET', `/v1/appointments/${id}/payment`)).body;
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
  const rows = await database.sql('select debit, credit, amount, currency from ledger_entry');
  const sums = balances(rows.map(([debit, credit, amount, currency]) => ({ debit, credit, amount: Number(amount), currency }) as LedgerEntry));
  const keptByProvider = ['fees', 'payouts', 'other'].reduce((sum, account) => sum + (sums.get(`EUR ${account}`) ?? 0), 0);
  const there = ours * (DEPOSIT + FEE - BACK);
  assert.deepEqual([(sums.get('EUR provider') ?? 0) + keptByProvider, sums.get('EUR customers')], [there, -there], 'the books and the provider');
  assert.deepEqual(await database.sql('select id, alarm from payment where alarm is not null'), []);
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
