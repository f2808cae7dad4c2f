// What becomes of money, told to a real receiver, through a whole server with the double of Stripe on a port of its own.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Principal } from '../../../src/access/principal.ts';
import { instant } from '../../../src/model/instant.ts';
import type { PaymentFact } from '../../../src/model/payment-facts.ts';
import { webhookTeller } from '../../../src/webhooks/tell-webhook.ts';
import { eventually } from '../../support/eventually.ts';
import { openStripe, sendEvent, type TestStripe } from '../../support/stripe.ts';
import { type Json, makerOf, TEST_PASSWORD } from '../../support/test-server.ts';
import { type Receiver, startReceiver } from '../../webhooks/receiver.ts';
import { type Business, begun, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const customer = { name: 'Grace Hopper', email: 'grace@example.org' };
const euros = (amount: number) => ({ amount, currency: 'EUR' });
const PRICE = euros(8_000);
const DEPOSIT = euros(2_000);
const PAYMENTS = ['payment.succeeded', 'payment.failed', 'payment.refunded'];
const DECLINED = '4000 0000 0000 0002';

const someone = randomUUID();
const PERSON = { userId: someone, sessionId: someone, email: '', name: 'Someone', customerId: null, staffId: null, expiresAt: instant(0) };
const FACT: PaymentFact = {
  ...{ key: 'declined/x', type: 'payment.failed', paymentId: someone, appointmentId: someone, locationId: someone, kind: 'booking', method: 'test' },
  ...{ money: DEPOSIT, refundId: null, failure: 'declined', at: instant(0) },
};

let stripe: TestStripe;
let shop: Business;
let receiver: Receiver;
let massage: Json;
let facial: Json;
let mo: Json;
let nth = 0;
before(async () => {
  stripe = await openStripe();
  shop = await openBusiness({ ...stripe.settings, OUTSIDE_ALLOW: '127.0.0.1' });
  receiver = await startReceiver();
  const make = makerOf(shop, shop.tokens.owner);
  const refundRules = [{ untilMinutes: 60, percent: 50 }];
  const paid = { minutes: 30, price: PRICE, refundRules };
  massage = await make('/v1/services', { ...paid, name: 'Massage', depositPercent: 25, paymentPolicy: 'deposit' });
  facial = await make('/v1/services', { ...paid, name: 'Facial', paymentPolicy: 'reserve' });
  mo = await make('/v1/staff', { name: 'Mo', locationId: shop.berlin, serviceIds: [massage.id, facial.id] });
});
after(async () => {
  await receiver?.[Symbol.asyncDispose]();
  await shop?.[Symbol.asyncDispose]();
  await stripe?.[Symbol.asyncDispose]();
});
beforeEach(() => receiver.reset());
afterEach(async () => {
  for (const { id } of (await shop.ask('GET', '/v1/webhooks', owner())).body.items) await shop.ask('DELETE', `/v1/webhooks/${id}`, owner());
});

const owner = () => ({ token: shop.tokens.owner });
const add = async (body: object = { types: PAYMENTS }, token = shop.tokens.owner): Promise<Json> => {
  const said = await shop.ask('POST', '/v1/webhooks', { token, body: { url: receiver.url, ...body } });
  assert.equal(said.status, 201, said.text);
  return said.body;
};
const read = async ({ id }: Json): Promise<Json> => (await shop.ask('GET', `/v1/webhooks/${id}`, owner())).body;
const on = (id: string, name: string, body: object = {}, by: object = owner()) => shop.ask('POST', `/v1/appointments/${id}/${name}`, { ...by, body });
const asHolder = ({ token }: Json) => ({ headers: { 'hold-token': token } });
const paymentOf = async (held: Json): Promise<Json> => (await shop.ask('GET', `/v1/holds/${held.id}/payment`, asHolder(held))).body;

async function begin(service = massage): Promise<{ held: Json; started: Json }> {
  nth += 1;
  const startsAt = berlinTime(2 + Math.floor(nth / 12), `${10 + (nth % 6)}:${nth % 12 < 6 ? '00' : '30'}`);
  const held = (await shop.ask('POST', '/v1/holds', { body: { serviceId: service.id, startsAt } })).body;
  const said = await shop.ask('POST', `/v1/holds/${held.id}/payment`, { ...asHolder(held), body: { customer } });
  assert.equal(said.status, 201, said.text);
  return { held, started: said.body };
}

async function paid(service = massage): Promise<{ id: string; paymentId: string; manageToken: string }> {
  const { held, started } = await begin(service);
  stripe.pay(started.clientSecret);
  await stripe.tell(shop.url);
  const { appointmentId: id, manageToken } = await paymentOf(held);
  assert.equal(typeof id, 'string');
  return { id, paymentId: started.id, manageToken };
}

/** Booked by the desk, with nothing paid yet. */
async function unpaid(): Promise<Json> {
  nth += 1;
  const startsAt = berlinTime(20 + Math.floor(nth / 12), `${10 + (nth % 6)}:${nth % 12 < 6 ? '00' : '30'}`);
  const said = await shop.ask('POST', '/v1/appointments', { ...owner(), body: { serviceId: massage.id, staffId: mo.id, startsAt, customer } });
  assert.equal(said.status, 201, said.text);
  return said.body;
}

/** All that was told, without repeats: there are none, as the receiver takes everything. */
const told = async (count: number): Promise<readonly Json[]> => {
  await eventually(() => receiver.got.length >= count);
  return receiver.got.map(({ json }) => json);
};
/** Something that is told after everything before it, so that nothing more can come. */
const andNoMore = async (endpoint: Json, count: number) => {
  const last = await unpaid();
  assert.equal((await on(last.id, 'payments', { method: 'cash', amount: euros(1) })).status, 201);
  await eventually(() => receiver.got.some(({ json }) => json.data.appointmentId === last.id));
  await eventually(async () => (await read(endpoint)).lag === 0);
  assert.equal(receiver.got.length, count + 1);
};

describe('webhooks of payments', () => {
  test('tell a deposit that was paid once, before the booking, whatever the provider repeats', async () => {
    const endpoint = await add({ types: [...PAYMENTS, 'appointment.booked'] });
    const { held, started } = await begin();
    stripe.pay(started.clientSecret);
    await stripe.deliver(async (body) => {
      const sent = [1, 2, 3].map(() => sendEvent(shop.url, body, stripe.double.sign(body)));
      return (await Promise.all(sent)).every((status) => status === 204);
    });
    const { appointmentId } = await paymentOf(held);
    const [money, booked] = await told(2);
    assert.deepEqual([money?.type, booked?.type, booked?.data.appointmentId], ['payment.succeeded', 'appointment.booked', appointmentId]);
    const { id, occurredAt, ...rest } = money ?? {};
    assert.deepEqual(rest, {
      ...{ type: 'payment.succeeded', calendarId: null, revision: 0 },
      data: { paymentId: started.id, appointmentId, locationId: shop.berlin, kind: 'booking', method: 'stripe', amount: DEPOSIT },
    });
    assert.ok(receiver.got[0]?.headers['webhook-id'] === id && /\+0[12]:00$/.test(occurredAt), occurredAt);
    assert.ok(receiver.got.every(({ json, body }) => !json.type.startsWith('payment.') || !/Grace|grace|massage/i.test(body)));
    await eventually(async () => (await read(endpoint)).lag === 0);
    const [, delivery] = (await shop.ask('GET', `/v1/webhooks/${endpoint.id}/deliveries`, owner())).body.items;
    assert.deepEqual([delivery.type, delivery.id, delivery.calendarId, delivery.status], ['payment.succeeded', id, null, 'sent']);
  });

  test('tell a card that was declined once, and the money that another one brings', async () => {
    const endpoint = await add();
    const { held, started } = await begin();
    for (const card of [DECLINED, DECLINED]) {
      stripe.pay(started.clientSecret, card);
      await stripe.tell(shop.url);
      assert.equal((await paymentOf(held)).isDeclined, true);
    }
    stripe.pay(started.clientSecret);
    await stripe.tell(shop.url);
    const { appointmentId } = await paymentOf(held);
    const [failed, succeeded] = await told(2);
    const data = { paymentId: started.id, appointmentId, locationId: shop.berlin, kind: 'booking', method: 'stripe', amount: DEPOSIT };
    assert.deepEqual([failed?.type, failed?.data], ['payment.failed', { ...data, reason: 'declined', isFinal: false }]);
    assert.deepEqual([succeeded?.type, succeeded?.data], ['payment.succeeded', data]);
    await andNoMore(endpoint, 2);
  });

  test('tell what goes back, each time with its amount: given back at the desk, and by the rules of a cancellation', async () => {
    const endpoint = await add({ types: ['payment.refunded'] });
    const { id, paymentId, manageToken } = await paid();
    const body = { amount: euros(300), reason: 'Grace was unhappy' };
    const again = { ...owner(), headers: { 'idempotency-key': 'refund-told-once' } };
    for (const by of [again, again]) assert.equal((await on(id, 'refunds', body, by)).status, 201);
    assert.equal((await on(id, 'cancel', {}, { headers: { 'manage-token': manageToken } })).status, 200);
    const [desk, rules] = await told(2);
    const data = { paymentId, appointmentId: id, locationId: shop.berlin, kind: 'booking', method: 'stripe', cause: 'refund' };
    const refunds = (await shop.ask('GET', `/v1/payments/${paymentId}`, owner())).body.refunds;
    assert.deepEqual(
      [desk?.data, rules?.data],
      [300, 700].map((amount) => ({ ...data, amount: euros(amount), refundId: refunds.find((one: Json) => one.amount.amount === amount)?.id })),
    );
    assert.ok(!receiver.got.some((got) => /Grace|unhappy/i.test(got.body)));
    await eventually(async () => (await read(endpoint)).lag === 0);
    assert.equal(receiver.got.length, 2);
  });

  test('tell what is taken at the desk, by a link, and of what was reserved, and nothing of a reservation itself', async () => {
    const endpoint = await add();
    const { id } = await unpaid();
    const cash = { ...owner(), headers: { 'idempotency-key': 'cash-told-once' } };
    for (const by of [cash, cash]) assert.equal((await on(id, 'payments', { method: 'cash', amount: euros(500) }, by)).status, 201);
    const link = await on(id, 'payment');
    assert.equal(link.status, 201, link.text);
    stripe.pay(link.body.clientSecret);
    await stripe.tell(shop.url);
    const reserved = await paid(facial);
    const { startsAt, override } = begun(3);
    assert.equal((await on(reserved.id, 'reschedule', { startsAt, override, staffId: mo.id })).status, 200);
    assert.equal((await on(reserved.id, 'check-in')).status, 200);
    assert.equal((await on(reserved.id, 'payments', { method: 'reserved', amount: euros(6_000) })).status, 201);
    await told(3);
    assert.deepEqual(
      receiver.got.map(({ json: { type, data } }) => [type, data.kind, data.method, data.amount.amount, data.appointmentId]),
      [
        ['payment.succeeded', 'desk', 'cash', 500, id],
        ['payment.succeeded', 'link', 'stripe', 7_500, id],
        ['payment.succeeded', 'reservation', 'stripe', 6_000, reserved.id],
      ],
    );
    await andNoMore(endpoint, 3);
  });

  test('begin with what happens after they were made, and can be replayed from an id, with what happened around it', async () => {
    const before = await paid();
    const endpoint = await add({ types: [...PAYMENTS, 'appointment.cancelled'] });
    const { id } = await paid();
    await told(1);
    assert.equal((await on(id, 'cancel')).status, 200);
    const [succeeded, ...rest] = await told(3);
    assert.deepEqual(
      [succeeded, ...rest].map((one) => [one?.type, one?.data.appointmentId]),
      ['payment.succeeded', 'appointment.cancelled', 'payment.refunded'].map((type) => [type, id]),
    );
    assert.ok(!receiver.got.some(({ json }) => json.data.appointmentId === before.id));
    const replay = (body: object) => shop.ask('POST', `/v1/webhooks/${endpoint.id}/replay`, { ...owner(), body });
    assert.deepEqual((await replay({ from: rest.at(-1)?.id })).body, { queued: 1, next: null });
    await eventually(() => receiver.got.length === 4);
    assert.deepEqual(receiver.got[3]?.json, rest.at(-1));
    assert.deepEqual((await replay({ from: succeeded?.id })).body, { queued: 3, next: null });
    await eventually(() => receiver.got.length === 7);
    assert.deepEqual(
      receiver.got.slice(4).map(({ json }) => json),
      [succeeded, ...rest],
    );
  });

  describe('are for those who may look at payments', () => {
    test('so no key is told of them, and one that asks for them is told why not', async () => {
      const made = await shop.ask('POST', '/v1/api-keys', { ...owner(), body: { name: 'Website', scopes: ['webhooks:write', 'calendars:read'] } });
      const { key: token } = made.body;
      isProblem(await shop.ask('POST', '/v1/webhooks', { token, body: { url: receiver.url, types: PAYMENTS } }), 'invalid-request', 'types');
      const endpoint = await add({}, token);
      assert.ok(endpoint.types.includes('appointment.booked') && !endpoint.types.some((type: string) => PAYMENTS.includes(type)));
      const patch = (by: object) => shop.ask('PATCH', `/v1/webhooks/${endpoint.id}`, { ...by, body: { types: ['payment.failed'] } });
      for (const by of [{ token }, owner()]) isProblem(await patch(by), 'invalid-request', 'types');
      assert.deepEqual((await read(endpoint)).types, endpoint.types);
      const everything = await add({});
      assert.ok(PAYMENTS.every((type) => everything.types.includes(type)));
    });

    test('which is judged when they are told, whatever the endpoint asks for', async () => {
      const { catalog } = shop.server.context;
      const person = { ...PERSON, locationId: null };
      const payment = { ...FACT, locationId: shop.berlin };
      const toldTo = async (principal: Principal, elsewhere: string | null = null) => {
        const details = { detailsOf: async () => new Map() };
        const teller = webhookTeller({ catalog, appointments: details, principalOf: async () => principal });
        const told = await teller.tell({ maker: { kind: 'user', id: person.userId }, locationId: elsewhere }, [{ payment }]);
        return told === 'maker-gone' ? told : told.map((one) => one?.data ?? null);
      };
      const [data] = await toldTo({ ...person, role: 'owner' });
      assert.deepEqual(Object.keys(data ?? {}), ['paymentId', 'appointmentId', 'locationId', 'kind', 'method', 'amount', 'reason', 'isFinal']);
      assert.deepEqual(await toldTo({ ...person, role: 'integration', scopes: ['webhooks:write', 'calendars:read'] }), [null]);
      assert.deepEqual(await toldTo({ ...person, role: 'owner' }, shop.newYork), [null]);
      assert.equal(await toldTo({ ...person, role: 'front-desk' }), 'maker-gone');
    });

    test('where the money was taken, as long as they may', async () => {
      const { accounts } = shop.server.context;
      const [name, role] = ['Mary', 'manager'] as const;
      const people = [
        { name, role, email: 'mary-berlin@example.org', locationId: shop.berlin },
        { name, role, email: 'mary-new-york@example.org', locationId: shop.newYork },
      ];
      await accounts.createAll(people, TEST_PASSWORD);
      const [here, there] = await Promise.all(people.map(({ email }) => shop.login(email)));
      const elsewhere = await startReceiver();
      const newYork = await add({ types: PAYMENTS, locationId: shop.newYork, url: elsewhere.url }, there);
      const all = await add({ types: PAYMENTS, locationId: shop.newYork, url: elsewhere.url });
      const berlin = await add({ types: PAYMENTS, locationId: shop.berlin }, here);
      const { id } = await paid();
      const [got] = await told(1);
      assert.deepEqual([got?.type, got?.data.appointmentId], ['payment.succeeded', id]);
      for (const endpoint of [newYork, all]) assert.equal((await read(endpoint)).lag, 0);
      const users = (await shop.ask('GET', '/v1/users?limit=100', owner())).body.items;
      const mary = users.find(({ email }: Json) => email === people[0]?.email);
      const moved = await shop.ask('PATCH', `/v1/users/${mary.id}`, { ...owner(), body: { role: 'front-desk' } });
      assert.equal(moved.status, 200, moved.text);
      await paid();
      await eventually(async () => (await read(berlin)).disabledBecause === 'maker-gone');
      assert.equal(receiver.got.length, 1);
      assert.deepEqual(elsewhere.got, []);
      await elsewhere[Symbol.asyncDispose]();
    });
  });
});
