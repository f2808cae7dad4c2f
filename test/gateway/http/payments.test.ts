// Paying, through a whole server, with the double of Stripe on a port of its own.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { timeNow } from '../../support/clock.ts';
import { dateIn } from '../../support/dates.ts';
import { eventually } from '../../support/eventually.ts';
import { openStripe, sendEvent, type TestStripe, WEBHOOK_SECRETS } from '../../support/stripe.ts';
import { type Json, makerOf } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const customer = { name: 'Grace Hopper', email: 'grace@example.org' };
const euros = (amount: number) => ({ amount, currency: 'EUR' });
const DEPOSIT = euros(2_000);

let stripe: TestStripe;
let shop: Business;
let massage: Json;
before(async () => {
  stripe = await openStripe();
  shop = await openBusiness(stripe.settings);
  const make = makerOf(shop, shop.tokens.owner);
  const refundRules = [{ untilMinutes: 60, percent: 50 }];
  massage = await make('/v1/services', { name: 'Massage', minutes: 60, price: euros(8_000), depositPercent: 25, paymentPolicy: 'deposit', refundRules });
  await make('/v1/staff', { name: 'Mo', locationId: shop.berlin, serviceIds: [massage.id] });
});
after(async () => {
  await shop?.[Symbol.asyncDispose]();
  await stripe?.[Symbol.asyncDispose]();
});

async function hold(time: string, day = 3): Promise<Json> {
  const said = await shop.ask('POST', '/v1/holds', { body: { serviceId: massage.id, startsAt: berlinTime(day, time) } });
  assert.equal(said.status, 201, said.text);
  return said.body;
}
const asHolder = ({ token }: Json) => ({ headers: { 'hold-token': token } });
const begin = (held: Json, body: object = { customer }) => shop.ask('POST', `/v1/holds/${held.id}/payment`, { ...asHolder(held), body });
const paymentOf = async (held: Json) => (await shop.ask('GET', `/v1/holds/${held.id}/payment`, asHolder(held))).body;
const owner = () => ({ token: shop.tokens.owner });
const messagesOf = async (id: string): Promise<Json[]> => (await shop.ask('GET', `/v1/messages?appointmentId=${id}`, owner())).body.items;
const moneyOf = async (id: string) => (await shop.ask('GET', `/v1/appointments/${id}/payment`, owner())).body;

/** Held and paid, and told or not. */
async function paid(time: string, day: number, isTold = true): Promise<Json> {
  const held = await hold(time, day);
  const begun = await begin(held);
  assert.equal(begun.status, 201, begun.text);
  stripe.pay(begun.body.clientSecret);
  await stripe.tell(isTold ? shop.url : undefined);
  return held;
}

async function bookedFor(time: string): Promise<Json> {
  const { appointmentId } = await paymentOf(await paid(time, 5));
  return (await shop.ask('GET', `/v1/appointments/${appointmentId}`, owner())).body;
}

describe('a service with a deposit', () => {
  test('is not booked without it, held or not, but by the business', async () => {
    const held = await hold('09:00');
    assert.deepEqual([held.due, held.price], [DEPOSIT, euros(8_000)]);
    isProblem(await shop.ask('POST', '/v1/appointments', { ...asHolder(held), body: { holdId: held.id, customer } }), 'payment-required');
    const slot = { serviceId: massage.id, startsAt: berlinTime(3, '10:00'), customer };
    isProblem(await shop.ask('POST', '/v1/appointments', { body: slot }), 'payment-required');
    const byDesk = await shop.ask('POST', '/v1/appointments', { token: shop.tokens.desk, body: slot });
    assert.equal(byDesk.status, 201, byDesk.text);
    const { policy, due, status } = await moneyOf(byDesk.body.id);
    assert.deepEqual([policy, due, status], ['deposit', euros(8_000), 'unpaid']);
    assert.equal((await shop.ask('PATCH', `/v1/appointments/${byDesk.body.id}`, { token: shop.tokens.desk, body: { price: euros(0) } })).status, 200);
    const free = await moneyOf(byDesk.body.id);
    assert.deepEqual([free.policy, free.due, free.status], ['deposit', euros(0), 'none'], 'what was agreed stays, and nothing is due');
    isProblem(await begin(held, { customer, id: byDesk.body.id }), 'invalid-request');
  });

  test('is booked by the event alone, once, with what the customer said when paying began', async () => {
    const held = await hold('11:00');
    const first = (await begin(held)).body;
    assert.deepEqual([first.amount, first.provider], [DEPOSIT, 'stripe']);
    const again = (await begin(held, { customer: { ...customer, name: 'Grace B. Hopper' } })).body;
    assert.deepEqual([again.id, again.clientSecret, again.payUntil], [first.id, first.clientSecret, first.payUntil]);
    const kept = (await shop.ask('GET', `/v1/holds/${held.id}`, asHolder(held))).body;
    assert.deepEqual([kept.state, kept.renewalsLeft], ['paying', 0]);
    isProblem(await shop.ask('POST', `/v1/holds/${held.id}/renew`, asHolder(held)), 'limit-reached');
    stripe.pay(first.clientSecret);
    assert.ok((await stripe.tell(shop.url)).every((status) => status === 204));
    const { state, appointmentId, manageToken } = await paymentOf(held);
    assert.equal(state, 'booked');
    const made = (await shop.ask('GET', `/v1/appointments/${appointmentId}`, { headers: { 'manage-token': manageToken } })).body;
    assert.deepEqual([made.status, made.customer.name], ['booked', 'Grace B. Hopper']);
    assert.deepEqual([made.payment.paid, made.payment.status, made.refundNow], [DEPOSIT, 'partly-paid', euros(1_000)]);
    const { headers } = await shop.ask('GET', `/v1/appointments/${appointmentId}`, owner());
    const known = { ...owner(), headers: { 'if-none-match': headers.get('etag') ?? '' } };
    assert.equal((await shop.ask('GET', `/v1/appointments/${appointmentId}`, known)).status, 200, 'money comes without a new version');
    await eventually(async () => (await messagesOf(appointmentId)).length === 2);
    await eventually(async () => (await messagesOf(appointmentId)).every(({ text }) => text !== undefined));
    assert.match((await messagesOf(appointmentId)).find(({ kind }) => kind === 'receipt')?.text, /has received €20\.00/);
  });

  test('is booked where no event came, as soon as somebody asks', async () => {
    assert.equal((await paymentOf(await paid('12:00', 3, false))).state, 'booked');
  });

  test('is not booked by a declined card, and is by another one', async () => {
    const held = await hold('13:00');
    const { clientSecret, payUntil } = (await begin(held)).body;
    stripe.pay(clientSecret, '4000 0000 0000 0002');
    const declined = await paymentOf(held);
    const kept = (await shop.ask('GET', `/v1/holds/${held.id}`, asHolder(held))).body;
    assert.deepEqual([declined.state, declined.isDeclined, declined.clientSecret], ['held', true, clientSecret]);
    assert.deepEqual([kept.state, kept.expiresAt], ['paying', payUntil]);
    assert.equal((await begin(held)).body.clientSecret, clientSecret);
    stripe.pay(clientSecret);
    assert.equal((await paymentOf(held)).state, 'booked');
  });

  test('paying for what is not one’s own, or where nothing is due, is refused', async () => {
    const held = await hold('16:00');
    isProblem(await shop.ask('POST', `/v1/holds/${held.id}/payment`, { body: { customer } }), 'hold-not-yours');
    const free = await shop.ask('POST', '/v1/holds', { body: { serviceId: shop.haircut.id, startsAt: berlinTime(3, '10:00') } });
    isProblem(await begin(free.body), 'wrong-status');
    isProblem(await begin(held, { customer: { ...customer, name: '' } }), 'invalid-request');
  });
});

describe('events of the provider', () => {
  const signed = (body: string, secret: string, at = Math.floor(timeNow() / 1_000)) =>
    `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;
  const about = (id: string, of: object = {}) => {
    const object = { object: 'payment_intent', id };
    return JSON.stringify({ id: `evt_${randomUUID()}`, object: 'event', type: 'payment_intent.succeeded', livemode: false, data: { object }, ...of });
  };
  const tell = async (body: string) => assert.equal(await sendEvent(shop.url, body, signed(body, WEBHOOK_SECRETS[1])), 204);
  const intentOf = (paymentId: string) => {
    const intent = Object.values(stripe.double.state.intents).find(({ metadata }) => metadata.paymentId === paymentId);
    assert.ok(intent);
    return intent;
  };
  const alarms = async (): Promise<(string | undefined)[]> => {
    const told: Json[] = (await shop.ask('GET', '/v1/notifications', owner())).body.items;
    return told.filter(({ kind }) => kind === 'payment-alarm').map(({ payment }) => `${payment.why} ${payment.id ?? ''}`.trim());
  };

  test('are believed only with a signature of these five minutes, by either secret', async () => {
    const body = about('pi_unknown');
    const now = Math.floor(timeNow() / 1_000);
    for (const secret of WEBHOOK_SECRETS) assert.equal(await sendEvent(shop.url, body, signed(body, secret)), 204);
    assert.equal(await sendEvent(shop.url, body, signed(body, 'whsec_wrong')), 400);
    assert.equal(await sendEvent(shop.url, `${body} `, signed(body, WEBHOOK_SECRETS[0])), 400);
    for (const seconds of [-310, 310]) assert.equal(await sendEvent(shop.url, body, signed(body, WEBHOOK_SECRETS[0], now + seconds)), 400);
    const large = JSON.stringify({ padding: 'x'.repeat(300_000) });
    assert.equal(await sendEvent(shop.url, large, signed(large, WEBHOOK_SECRETS[0])), 413);
  });

  test('told a hundred times at once book once', async () => {
    const { id } = await paymentOf(await paid('09:00', 4, false));
    const body = about(intentOf(id).id);
    await Promise.all(Array.from({ length: 100 }, () => sendEvent(shop.url, body, signed(body, WEBHOOK_SECRETS[1]))));
    const ledger = (await shop.ask('GET', '/v1/ledger?limit=200', owner())).body.items;
    assert.equal(ledger.filter((entry: Json) => entry.paymentId === id).length, 1);
  });

  test('of another amount change nothing, and somebody is told', async () => {
    const held = await hold('10:00', 4);
    const begun = (await begin(held)).body;
    const [intent] = Object.values(stripe.double.state.intents).filter(({ metadata }) => metadata.paymentId === begun.id);
    assert.ok(intent);
    stripe.double.state.intents[intent.id] = { ...intent, amount: 1 };
    stripe.pay(begun.clientSecret);
    await stripe.tell(shop.url);
    const { state, appointmentId } = await paymentOf(held);
    assert.deepEqual([state, appointmentId], ['paying', null]);
    assert.ok((await alarms()).includes(`other-amount ${begun.id}`));
  });

  test('of another account or mode change nothing, and managers, the log’s reader and the metrics are told', async () => {
    const held = await paid('11:00', 4, false);
    const { clientSecret, ...before } = await paymentOf(held);
    const { id } = intentOf(before.id);
    for (const body of [about(id, { account: 'acct_other' }), about(id, { livemode: true }), about('pi_of_another_account')])
      for (const _ of [1, 2]) await tell(body);
    assert.deepEqual((({ clientSecret: _, ...rest }) => rest)(await paymentOf(held)), before);
    const told = await alarms();
    for (const why of ['other-account', 'other-mode']) assert.equal(told.filter((one) => one === why).length, 1, why);
    assert.match(await (await fetch(`${shop.url}/metrics`)).text(), /slotkeeper_payment_alarms_total\{why="other-mode"\} 1/);
  });

  test('that tell of a success after the refund change nothing', async () => {
    const held = await paid('12:00', 4);
    const { id, appointmentId } = await paymentOf(held);
    assert.equal((await shop.ask('POST', `/v1/appointments/${appointmentId}/cancel`, { ...owner(), body: {} })).status, 200);
    await eventually(async () => (await paymentOf(held)).state === 'refunded');
    const before = await moneyOf(appointmentId);
    await Promise.all(Array.from({ length: 100 }, () => tell(about(intentOf(id).id))));
    assert.deepEqual(await moneyOf(appointmentId), before);
  });

  test('of a dispute put the money aside, and it comes back or is gone for good', async () => {
    for (const end of ['won', 'lost'] as const) {
      const { id, appointmentId } = await paymentOf(await paid(end === 'won' ? '13:00' : '14:00', 4));
      stripe.double.openDispute(intentOf(id).id, { isWarning: true });
      await stripe.tell(shop.url);
      const putAside = async () => (await shop.ask('GET', '/v1/ledger?limit=1', owner())).body.items[0].debit === 'disputes';
      assert.equal(await putAside(), false, 'a bank that only asks has withdrawn nothing');
      const [dispute] = Object.values(stripe.double.state.disputes).filter(({ status }) => status === 'warning_needs_response');
      stripe.double.escalateDispute(dispute?.id ?? '');
      await stripe.tell(shop.url);
      assert.equal(await putAside(), true);
      const shown = await moneyOf(appointmentId);
      assert.deepEqual([shown.status, shown.refundNow], ['disputed', euros(0)]);
      const body = { amount: euros(100), reason: 'x' };
      isProblem(await shop.ask('POST', `/v1/appointments/${appointmentId}/refunds`, { ...owner(), body }), 'invalid-request');
      stripe.double.closeDispute(dispute?.id ?? '', end);
      await stripe.tell(shop.url);
      const { status, refunded } = await moneyOf(appointmentId);
      assert.deepEqual([status, refunded.amount], end === 'won' ? ['partly-paid', 0] : ['refunded', 2_000]);
      assert.deepEqual((await alarms()).slice(0, 2), [`dispute-${end} ${id}`, `dispute-opened ${id}`]);
    }
  });
});

describe('what goes back', () => {
  const cancel = (id: string, as: object) => shop.ask('POST', `/v1/appointments/${id}/cancel`, { ...as, body: {} });
  const settled = (id: string, refunded: number) =>
    eventually(async () => {
      const { refunded: gone, payments } = await moneyOf(id);
      return gone.amount === refunded && payments[0].refunded.amount === refunded;
    });

  test('is what was shown before: by the rules for the customer, everything by the business', async () => {
    const [mine, theirs] = [await bookedFor('09:00'), await bookedFor('10:00')];
    const manageToken = { headers: { 'manage-token': shop.server.context.tokens.manageToken(mine.id) } };
    const shown = (await shop.ask('GET', `/v1/appointments/${mine.id}/payment`, manageToken)).body;
    assert.deepEqual([shown.refundNow, shown.due, shown.status], [euros(1_000), euros(6_000), 'partly-paid']);
    assert.equal((await cancel(mine.id, manageToken)).status, 200);
    assert.deepEqual((await moneyOf(theirs.id)).refundNow, DEPOSIT);
    assert.equal((await cancel(theirs.id, owner())).status, 200);
    await settled(mine.id, 1_000);
    await settled(theirs.id, 2_000);
  });

  test('is given back by managers within what was paid, once for a key, and the desk takes the rest in cash', async () => {
    const { id } = await bookedFor('11:00');
    const pay = (amount: number, token = shop.tokens.desk, method = 'cash') =>
      shop.ask('POST', `/v1/appointments/${id}/payments`, {
        token,
        headers: { 'idempotency-key': `pay ${amount} ${method}` },
        body: { method, amount: euros(amount) },
      });
    isProblem(await pay(6_001), 'invalid-request');
    isProblem(await pay(100, shop.tokens.customer), 'forbidden');
    for (const _ of [1, 2]) assert.equal((await pay(6_000)).status, 201);
    const full = await moneyOf(id);
    assert.deepEqual([full.status, full.due, full.payments.length], ['paid', euros(0), 2]);
    const refund = (amount: number, token = shop.tokens.owner) =>
      shop.ask('POST', `/v1/appointments/${id}/refunds`, {
        token,
        headers: { 'idempotency-key': `back ${amount}` },
        body: { amount: euros(amount), reason: 'late' },
      });
    isProblem(await refund(500, shop.tokens.desk), 'forbidden');
    isProblem(await refund(6_001), 'invalid-request');
    for (const _ of [1, 2]) assert.equal((await refund(500)).status, 201);
    assert.equal((await refund(6_000)).status, 201);
    const sameKey = { token: shop.tokens.owner, headers: { 'idempotency-key': 'back 500' } };
    const otherwise = (of: string, amount: number) =>
      shop.ask('POST', `/v1/appointments/${of}/refunds`, { ...sameKey, body: { amount: euros(amount), reason: 'late' } });
    isProblem(await otherwise(id, 400), 'idempotency-key-reused');
    isProblem(await otherwise((await bookedFor('13:00')).id, 500), 'idempotency-key-reused');
    await eventually(async () => (await moneyOf(id)).payments[0].refunded.amount === 500);
    assert.deepEqual([(await moneyOf(id)).refunded, (await moneyOf(id)).status], [euros(6_500), 'partly-refunded']);
  });

  test('is not taken twice by desks that take it at the same moment', async () => {
    const { id } = await bookedFor('12:00');
    const body = { method: 'cash', amount: euros(6_000) };
    const taken = await Promise.all(Array.from({ length: 4 }, () => shop.ask('POST', `/v1/appointments/${id}/payments`, { token: shop.tokens.desk, body })));
    assert.deepEqual(taken.map(({ status }) => status).sort(), [201, 400, 400, 400]);
    assert.deepEqual((await moneyOf(id)).due, euros(0));
  });

  test('and what came are in the books, which say what the provider says', async () => {
    isProblem(await shop.ask('GET', '/v1/ledger', { token: shop.tokens.desk }), 'forbidden');
    const entries: Json[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Json = (await shop.ask('GET', `/v1/ledger?limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`, owner())).body;
      entries.push(...page.items);
      cursor = page.nextCursor;
    }
    const sum = (account: string) =>
      entries.reduce((total, { debit, credit, amount: { amount } }) => total + (debit === account ? amount : 0) - (credit === account ? amount : 0), 0);
    const { intents, refunds } = stripe.double.state;
    const there =
      Object.values(intents).reduce((total, one) => total + one.amount_received, 0) - Object.values(refunds).reduce((total, one) => total + one.amount, 0);
    // The payment of another amount is no money of ours, and what a bank has taken was not given back.
    // What the provider keeps and pays out has a test of its own.
    const [withProvider, keptByIt] = [sum('provider'), sum('fees') + sum('payouts') + sum('other')];
    assert.deepEqual([withProvider + keptByIt, sum('cash'), sum('disputes')], [there - 1 - 2_000, 6_000, 0]);
    const payments = (await shop.ask('GET', '/v1/payments?limit=200', owner())).body.items;
    assert.equal(
      payments.reduce((total: number, one: Json) => total + one.received.amount - one.refunded.amount, 0),
      withProvider + keptByIt + sum('cash'),
    );
  });

  test('have receipts, numbered without gaps, by which a payment is found', async () => {
    const payments: Json[] = (await shop.ask('GET', '/v1/payments?limit=200', owner())).body.items;
    const came = payments.filter(({ received }) => received.amount > 0);
    assert.ok(payments.length > came.length && payments.every(({ received, receiptNumber }) => received.amount > 0 === (receiptNumber !== null)));
    const numbers: string[] = came.map((one) => one.receiptNumber).toSorted();
    for (const [year, ofYear] of Map.groupBy(numbers, (number) => number.slice(0, 4)))
      assert.deepEqual(
        ofYear,
        ofYear.map((_, index) => `${year}-${String(index + 1).padStart(6, '0')}`),
      );
    const [{ id, receiptNumber, appointmentId } = assert.fail('none')] = came;
    const found = (await shop.ask('GET', `/v1/payments?q=${receiptNumber}`, owner())).body.items;
    assert.deepEqual([found.length, found[0].id], [1, id]);
    assert.ok((await moneyOf(appointmentId)).payments.some((one: Json) => one.receiptNumber === receiptNumber));
    const day = dateIn(0);
    const table = (await shop.ask('GET', `/v1/ledger.csv?from=${day}&to=${dateIn(2)}&locationId=${shop.berlin}`, owner())).text.trim().split('\n');
    assert.ok(table.some((line) => line.includes(id) && line.includes(`,${receiptNumber},`)));
  });
});
