// kill -9 of nodes while customers pay: afterwards the three promises of paying hold, and the books say what the provider says.
// `KILLS=60 SEED=… npm test -- kill-while-paying` kills more often, or makes the same choices again.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { suite, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Deliveries } from '../../src/integrations/stripe-double/deliveries.ts';
import { balances, type LedgerEntry } from '../../src/payments/ledger.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { clockAheadMs, timeNow } from '../support/clock.ts';
import { dateIn } from '../support/dates.ts';
import { eventually } from '../support/eventually.ts';
import { moveClock, POSTGRES_MISSING } from '../support/postgres.ts';
import { REDIS_MISSING, startRedis } from '../support/redis.ts';
import { sharedPostgres } from '../support/shared-postgres.ts';
import { openStripe, sendEvent, type TestStripe } from '../support/stripe.ts';
import { type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { auditDatabase } from './audit.ts';
import type { FreeSlot } from './callers.ts';
import { startServer } from './demo-process.ts';
import { type Random, randomFrom } from './load.ts';
import { NodeAtProvider } from './node-at-provider.ts';
import { startPayers } from './payers.ts';

/** Both are killed once more at the end. */
const KILLS = Number(process.env.KILLS ?? 1);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const NODES = 2;
const PRICE = 8_000;
/** Few enough that late money finds its time taken. */
const TIMES = 16 + 10 * KILLS;
const LEAST_MS = 150;
const MORE_MS = 900;
/** A node that is to be killed at a request to the provider and makes none is killed now. */
const AIMED_WITHIN_MS = 3_000;
const MOST_REQUESTS = 6;
/** Longer than a customer has to pay. */
const LAPSE_MS = 11 * 60_000;
const SETTLE_MS = 60_000;
const WEATHER = { drop: 0.25, duplicate: 0.25, delay: 0.5 };

/** At one of its next requests to the provider: before it is answered, or when what was asked for has happened there. */
function killAtProvider(node: NodeAtProvider, random: Random): Promise<boolean> {
  let requestsLeft = Math.floor(random() * MOST_REQUESTS);
  return node.killAt(() => requestsLeft-- <= 0, random() < 0.6, wait(AIMED_WITHIN_MS));
}

suite('nodes that are killed while customers pay', { skip: POSTGRES_MISSING || REDIS_MISSING }, () => {
  test(`book nothing before money, nothing twice, keep no money without an appointment, and books that balance: ${KILLS} kills, SEED=${SEED}`, {
    timeout: 120_000 + KILLS * 10_000,
  }, async () => {
    await using stack = new AsyncDisposableStack();
    const redis = stack.use(await startRedis());
    const postgres = stack.use(await sharedPostgres());
    const { url } = stack.use(await postgres.fresh());
    const random = randomFrom(SEED);
    let aheadMs = 0;
    const stripe = stack.use(await openStripe({ deliveries: new Deliveries(WEATHER, random), now: () => timeNow() + aheadMs }));
    const nodes = Array.from({ length: NODES }, () =>
      stack.use(new NodeAtProvider(stripe, (settings) => startServer({ kind: 'postgres', url }, { ...settings, REDIS_URL: redis.url }))),
    );
    await nodes[0]?.start();
    const urls = () => nodes.flatMap((node) => node.url ?? []);
    const database = stack.use(await openDatabase({ kind: 'postgres', url }));
    const [at = assert.fail()] = urls();
    const ownerToken = await ownerAt(at);
    const slots = await timesToPay(at, ownerToken);
    const payers = startPayers({ urls, stripe, database, random, slots, ownerToken });
    await nodes[1]?.start();
    for (let kill = 0; kill < KILLS; kill += 1) {
      const node = nodes[Math.floor(random() * NODES)] ?? assert.fail();
      await wait(LEAST_MS + random() * MORE_MS);
      await (random() < 0.6 ? killAtProvider(node, random) : node.kill());
      await node.start();
    }
    await payers.stop();
    // Who has not paid by now is too late: what their nodes knew is gone, and so is the time.
    for (const node of nodes) await node.kill();
    aheadMs = LAPSE_MS;
    await moveClock(url, new URL(url).pathname.slice(1), clockAheadMs + aheadMs);
    await nodes[0]?.start();
    await untilSettled(database, stripe, urls()[0] ?? '', payers.tokens);
    await judge(database, stripe);
    await auditDatabase(database);
    assert.deepEqual(payers.violations, []);
    console.log(`SEED=${SEED}, ${KILLS} kills: ${JSON.stringify(payers.seen)}, ${JSON.stringify(await statesOf(database))}`);
  });
});

async function ownerAt(url: string): Promise<string> {
  const body = JSON.stringify({ email: 'owner@demo.test', password: TEST_PASSWORD });
  const answer = await fetch(`${url}/v1/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return ((await answer.json()) as { readonly accessToken: string }).accessToken;
}

/** Of a service that takes a deposit, on two days. */
async function timesToPay(url: string, ownerToken: string): Promise<readonly FreeSlot[]> {
  const make = async (path: string, body?: object): Promise<Json> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${ownerToken}` };
    const answer = await fetch(url + path, body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer.json();
  };
  const location = (await make('/v1/locations')).items.find(({ currency }: Json) => currency === 'EUR');
  const refundRules = [{ untilMinutes: 60, percent: 50 }];
  const money = { price: { amount: PRICE, currency: 'EUR' }, depositPercent: 25, paymentPolicy: 'deposit', refundRules };
  const service = await make('/v1/services', { name: 'Massage', minutes: 60, slotIntervalMinutes: 60, ...money });
  const staff = await make('/v1/staff', { name: 'Mo', locationId: location.id, serviceIds: [service.id] });
  const query = new URLSearchParams({ serviceId: service.id, from: dateIn(3), to: dateIn(3 + Math.min(TIMES, 30)) });
  const { slots } = await make(`/v1/slots?${query}`);
  return slots.slice(0, TIMES).map(({ startsAt }: Json) => ({ serviceId: service.id, staffId: staff.id, startsAt }));
}

const UNSETTLED = `select id, state, alarm from payment where state not in ('booked', 'refunded', 'closed')
  or exists (select 1 from payment_refund r where r.payment_id = payment.id and r.state = 'asked')`;

/** As pages do that come back: asking for what has become of a payment brings it there. About one by link the provider says once more what it has said before. */
async function untilSettled(database: Database, stripe: TestStripe, url: string, tokens: ReadonlyMap<string, string>): Promise<void> {
  let left: unknown;
  const isSettled = async () => {
    await Promise.all([...tokens].map(([id, token]) => fetch(`${url}/v1/holds/${id}/payment`, { headers: { 'hold-token': token } })));
    for (const [id] of await database.sql('select provider_id from payment where hold_id is null and look_at is not null and provider_id is not null')) {
      const data = { object: { object: 'payment_intent', id } };
      const event = JSON.stringify({ id: `evt_${randomUUID()}`, object: 'event', type: 'payment_intent.succeeded', livemode: false, data });
      assert.equal(await sendEvent(url, event, stripe.double.sign(event)), 204);
    }
    left = await database.sql(UNSETTLED);
    return Array.isArray(left) && left.length === 0;
  };
  await eventually(isSettled, SETTLE_MS).catch(() => assert.fail(`not settled: ${JSON.stringify(left)}`));
}

const BOOKED = `select distinct e -> 'appointment' ->> 'id', e -> 'appointment' -> 'payment' ->> 'paymentId' from change h, json_array_elements(h.events) e
  where e ->> 'isNew' = 'true' and e -> 'appointment' -> 'payment' ->> 'paymentId' is not null`;

/** The business gives everything back that was paid online; half of it stays of what a customer cancels. */
const KEPT_TOO_MUCH = `select a.id, a.status, sum(p.received - p.refunded) from appointment a join payment p on p.appointment_id = a.id
  group by a.id, a.status having sum(p.received - p.refunded) > ${PRICE}
    or (a.status = 'cancelled' and sum(p.received - p.refunded) filter (where p.method = 'stripe') > sum(p.received) filter (where p.method = 'stripe') / 2)`;

async function judge(database: Database, stripe: TestStripe): Promise<void> {
  const { intents, refunds } = stripe.double.state;
  const back = (id: string) => Object.values(refunds).reduce((sum, one) => sum + (one.payment_intent === id ? one.amount : 0), 0);
  const booked = await database.sql(BOOKED);
  const paidFor = booked.map(([, paymentId]) => paymentId);
  const isFor = new Map(await database.sql('select id, appointment_id from payment').then((rows) => rows.map(([id, of]) => [id, of] as const)));
  const made = new Set(booked.map(([appointmentId]) => appointmentId));
  assert.equal(new Set(paidFor).size, paidFor.length, 'two appointments for one payment');
  const taken = Object.values(intents).filter(({ status }) => status === 'succeeded');
  const paid = new Set(taken.map(({ metadata }) => metadata.paymentId));
  for (const [appointmentId, paymentId] of booked) assert.ok(paid.has(String(paymentId)), `booked without money: ${appointmentId}`);
  for (const { id, metadata, amount_received } of taken)
    assert.ok(made.has(isFor.get(metadata.paymentId)) || back(id) === amount_received, `money kept without an appointment: ${id}`);
  assert.deepEqual(await database.sql(KEPT_TOO_MUCH), [], 'more money was kept than the appointment costs, or than a cancelled one leaves');
  const asked = Object.values(refunds).map(({ metadata }) => metadata?.refundId);
  assert.equal(new Set(asked).size, asked.length, 'a refund was made twice');
  const rows = await database.sql('select debit, credit, amount, currency from ledger_entry');
  const entries = rows.map(([debit, credit, amount, currency]) => ({ debit, credit, amount: Number(amount), currency }) as LedgerEntry);
  const there = taken.reduce((sum, { id, amount_received }) => sum + amount_received - back(id), 0);
  const sums = balances(entries);
  const keptByProvider = ['fees', 'payouts', 'other'].reduce((sum, account) => sum + (sums.get(`EUR ${account}`) ?? 0), 0);
  assert.deepEqual(
    [(sums.get('EUR provider') ?? 0) + keptByProvider, (sums.get('EUR customers') ?? 0) + (sums.get('EUR cash') ?? 0)],
    [there, -there],
    'the books and the provider',
  );
  const gaps = `select receipt_number from (select receipt_number, row_number() over (partition by left(receipt_number, 4) order by receipt_number) as place from payment
    where received > 0) r where receipt_number is distinct from left(receipt_number, 5) || lpad(place::text, 6, '0')`;
  assert.deepEqual(await database.sql(gaps), [], 'receipts are numbered without gaps');
  assert.deepEqual(await database.sql('select id, alarm from payment where alarm is not null'), [], 'payments that need attention');
  assert.ok(taken.length > 0 && there > 0, 'nothing was paid');
}

async function statesOf(database: Database): Promise<Readonly<Record<string, number>>> {
  return Object.fromEntries((await database.sql('select state, count(*) from payment group by state')).map(([state, count]) => [state, Number(count)]));
}
