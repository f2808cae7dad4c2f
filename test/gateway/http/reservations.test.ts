// The price is reserved on a card when booking and taken at the visit, through a whole server, with the double of Stripe on a port of its own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { openStripe, type TestStripe } from '../../support/stripe.ts';
import { type Json, makerOf } from '../../support/test-server.ts';
import { type Business, begun, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const customer = { name: 'Grace Hopper', email: 'grace@example.org' };
const euros = (amount: number) => ({ amount, currency: 'EUR' });
const PRICE = euros(8_000);
let stripe: TestStripe;
let shop: Business;
let facial: Json;
let pia: Json;
let nth = 0;
before(async () => {
  stripe = await openStripe();
  shop = await openBusiness(stripe.settings);
  const make = makerOf(shop, shop.tokens.owner);
  const rules = [{ untilMinutes: 7 * 24 * 60, percent: 75 }];
  facial = await make('/v1/services', { name: 'Facial', minutes: 30, price: PRICE, paymentPolicy: 'reserve', refundRules: rules, taxPercent: 19 });
  pia = await make('/v1/staff', { name: 'Pia', locationId: shop.berlin, serviceIds: [facial.id] });
});
after(async () => {
  await shop?.[Symbol.asyncDispose]();
  await stripe?.[Symbol.asyncDispose]();
});

const owner = () => ({ token: shop.tokens.owner });
const moneyOf = async (id: string): Promise<Json> => (await shop.ask('GET', `/v1/appointments/${id}/payment`, owner())).body;
const on = (id: string, name: string, body: object = {}, by: object = owner()) => shop.ask('POST', `/v1/appointments/${id}/${name}`, { ...by, body });
const take = (id: string, amount: number, by: 'desk' | 'staff' = 'desk') =>
  on(id, 'payments', { method: 'reserved', amount: euros(amount) }, { token: shop.tokens[by] });
const auditOf = async (id: string): Promise<Json[]> =>
  (await shop.ask('GET', `/v1/audit?subjectId=${id}&limit=200`, owner())).body.items.filter(({ action }: Json) => action === 'payment.recorded');
const receiptsOf = async (id: string): Promise<Json[]> =>
  (await shop.ask('GET', '/v1/ledger?limit=200', owner())).body.items.filter(
    ({ appointmentId, credit }: Json) => appointmentId === id && credit === 'customers',
  );
const asHolder = ({ token }: Json) => ({ headers: { 'hold-token': token } });
const paymentOf = async (held: Json): Promise<Json> => (await shop.ask('GET', `/v1/holds/${held.id}/payment`, asHolder(held))).body;
const intentOf = (paymentId: string): Json => Object.values(stripe.double.state.intents).find(({ metadata }) => metadata.paymentId === paymentId);

async function begin(days = 2): Promise<{ held: Json; started: Json }> {
  nth += 1;
  const startsAt = berlinTime(days + Math.floor(nth / 12), `${10 + (nth % 6)}:${nth % 12 < 6 ? '00' : '30'}`);
  const held = (await shop.ask('POST', '/v1/holds', { body: { serviceId: facial.id, startsAt } })).body;
  const said = await shop.ask('POST', `/v1/holds/${held.id}/payment`, { ...asHolder(held), body: { customer } });
  assert.equal(said.status, 201, said.text);
  return { held, started: said.body };
}

async function booked(card?: string): Promise<{ id: string; paymentId: string; token: string }> {
  const { held, started } = await begin();
  stripe.pay(started.clientSecret, card);
  await stripe.tell(shop.url);
  const { state, appointmentId: id, manageToken: token } = await paymentOf(held);
  assert.deepEqual([state, typeof id], ['reserved', 'string']);
  return { id, paymentId: started.id, token };
}

/** Entered as if the customer had come a while ago. */
async function visited(step = 'check-in'): Promise<{ id: string; paymentId: string }> {
  const made = await booked();
  const { startsAt, override } = begun(nth * 2);
  const moved = await on(made.id, 'reschedule', { startsAt, override, staffId: pia.id });
  assert.equal(moved.status, 200, moved.text);
  assert.equal((await on(made.id, step)).status, 200);
  return made;
}

describe('a price that is reserved', () => {
  test('is agreed with the hold for the next six days, and is paid when booking further ahead', async () => {
    const near = await begin(2);
    assert.deepEqual([near.held.due, near.held.policy.reserves, near.started.isReserved, near.started.amount], [PRICE, true, true, PRICE]);
    const far = await begin(9);
    assert.deepEqual([far.held.due, far.held.policy.reserves, far.started.isReserved], [PRICE, undefined, false]);
    assert.deepEqual([intentOf(near.started.id).capture_method, intentOf(far.started.id).capture_method], ['manual', 'automatic']);
    stripe.pay(far.started.clientSecret);
    await stripe.tell(shop.url);
    const { appointmentId } = await paymentOf(far.held);
    assert.deepEqual([(await moneyOf(appointmentId)).paid, (await moneyOf(appointmentId)).reserved], [PRICE, null]);
  });

  test('is reserved, too, where only a person has a price and others do it for nothing', async () => {
    const make = makerOf(shop, shop.tokens.owner);
    const talk = await make('/v1/services', { name: 'Talk', minutes: 30, price: euros(0), paymentPolicy: 'reserve' });
    const dear = await make('/v1/staff', { name: 'Dora', locationId: shop.berlin, serviceIds: [talk.id] });
    const plain = await make('/v1/staff', { name: 'Paul', locationId: shop.berlin, serviceIds: [talk.id] });
    const staffTerms = [{ staffId: dear.id, minutes: 30, price: PRICE }];
    const changed = await shop.ask('PATCH', `/v1/services/${talk.id}`, { ...owner(), body: { staffTerms } });
    assert.equal(changed.status, 200, changed.text);
    const hold = (staffId: string) => shop.ask('POST', '/v1/holds', { body: { serviceId: talk.id, staffId, startsAt: berlinTime(2, '11:00') } });
    const [withDora, withPaul] = [await hold(dear.id), await hold(plain.id)];
    assert.deepEqual([withDora.body.due, withDora.body.policy.reserves], [PRICE, true], withDora.text);
    assert.deepEqual([withPaul.body.due, withPaul.body.policy.reserves], [undefined, undefined], withPaul.text);
    const said = await shop.ask('POST', `/v1/holds/${withDora.body.id}/payment`, { ...asHolder(withDora.body), body: { customer } });
    assert.deepEqual([said.status, said.body.isReserved], [201, true], said.text);
    assert.equal(intentOf(said.body.id).capture_method, 'manual');
  });

  test('is neither paid nor in the books, and no link asks for it again', async () => {
    const { id, paymentId } = await booked();
    const { paid, due, status, reserved, policy, canPayByCard, payments } = await moneyOf(id);
    assert.deepEqual([paid, due, status, policy, canPayByCard, payments], [euros(0), PRICE, 'reserved', 'reserve', false, []]);
    assert.deepEqual([reserved.amount, reserved.takenOnCancelling, reserved.isBeingTaken], [PRICE, euros(0), false]);
    assert.deepEqual([await receiptsOf(id), intentOf(paymentId).status], [[], 'requires_capture']);
    isProblem(await on(id, 'payment-link'), 'wrong-status');
  });

  test('is told with the booking as not paid, and no longer once it was let go', async () => {
    const { id } = await booked();
    const told = async (kind: string): Promise<string | undefined> =>
      (await shop.ask('GET', `/v1/messages?appointmentId=${id}`, owner())).body.items.find((one: Json) => one.kind === kind)?.text;
    await eventually(async () => (await told('appointment-booked')) !== undefined);
    const text = (await told('appointment-booked')) ?? '';
    assert.match(text, /€80\.00 is only reserved on your card and not paid yet/);
    assert.match(text, /Reserved, not paid: €80\.00/);
    assert.equal((await take(id, 0)).status, 201);
    assert.equal((await shop.ask('PATCH', `/v1/appointments/${id}`, { ...owner(), body: { price: euros(7_000) } })).status, 200);
    await eventually(async () => (await told('appointment-changed')) !== undefined);
    assert.doesNotMatch((await told('appointment-changed')) ?? '', /[Rr]eserved/);
  });

  test('is taken by the desk once the customer is here, once, and only what was taken is in the books', async () => {
    const early = await booked();
    isProblem(await take(early.id, 8_000), 'wrong-status');
    for (const step of ['check-in', 'complete']) {
      const { id, paymentId } = await visited(step);
      for (const wrong of [1, 49, 8_001]) isProblem(await take(id, wrong), 'invalid-request', 'amount.amount');
      const said = await Promise.all([1, 2, 3].map(() => take(id, 8_000)));
      assert.ok(
        said.every(({ status }) => status === 201 || status === 503),
        said.map(({ text }) => text).join(),
      );
      assert.equal((await take(id, 8_000)).status, 201);
      isProblem(await take(id, 5_000), 'wrong-status');
      const { paid, due, status, reserved } = await moneyOf(id);
      assert.deepEqual([paid, due, status, reserved], [PRICE, euros(0), 'paid', null]);
      const [entry, ...more] = await receiptsOf(id);
      assert.deepEqual([entry?.amount, entry?.tax, more.length, intentOf(paymentId).amount_received], [PRICE, euros(1_277), 0, 8_000]);
    }
  });

  test('is taken in part, and the rest is let go; what goes back of it is a refund', async () => {
    const { id, paymentId } = await visited();
    assert.equal((await take(id, 5_000)).status, 201);
    const { paid, due, status } = await moneyOf(id);
    assert.deepEqual([paid, due, status], [euros(5_000), euros(3_000), 'partly-paid']);
    assert.deepEqual([intentOf(paymentId).amount_received, intentOf(paymentId).amount_capturable], [5_000, 0]);
    const back = await on(id, 'refunds', { amount: euros(1_000), reason: 'A part was not done' });
    assert.equal(back.status, 201, back.text);
    assert.deepEqual((await moneyOf(id)).refunded, euros(1_000));
    isProblem(await on(id, 'refunds', { amount: euros(4_001), reason: 'Too much' }), 'invalid-request', 'amount.amount');
  });

  test('is let go by the desk with an amount of 0, before the visit as well; its price stays due, and there is no alarm', async () => {
    for (const made of [await booked(), await visited()]) {
      const said = await Promise.all([1, 2, 3].map(() => take(made.id, 0)));
      assert.ok(
        said.every(({ status }) => status === 201 || status === 503),
        said.map(({ text }) => text).join(),
      );
      assert.equal((await take(made.id, 0)).status, 201, 'asked again');
      isProblem(await take(made.id, 8_000), 'wrong-status');
      const { paid, due, status, reserved, payments } = await moneyOf(made.id);
      assert.deepEqual([paid, due, status, reserved, payments], [euros(0), PRICE, 'unpaid', null, []]);
      assert.deepEqual([intentOf(made.paymentId).status, await receiptsOf(made.id)], ['canceled', []]);
      const [entry, ...more] = await auditOf(made.id);
      assert.deepEqual([entry?.after.amount, entry?.after.method, more.length], [0, 'reserved', 0]);
      assert.equal((await on(made.id, 'payments', { method: 'cash', amount: PRICE })).status, 201);
    }
    const { items } = (await shop.ask('GET', '/v1/payments?alarm=true', owner())).body;
    assert.deepEqual(items, []);
    isProblem(await take((await booked()).id, 0, 'staff'), 'forbidden');
  });

  test('is let go where it was paid in cash instead', async () => {
    const { id, paymentId } = await visited();
    assert.equal((await on(id, 'payments', { method: 'cash', amount: PRICE })).status, 201);
    assert.deepEqual([intentOf(paymentId).status, (await moneyOf(id)).reserved, (await receiptsOf(id)).length], ['canceled', null, 1]);
    isProblem(await take(id, 8_000), 'wrong-status');
  });

  test('is let go when the business cancels, and kept as far as the rules say when the customer does', async () => {
    const ours = await booked();
    assert.equal((await on(ours.id, 'cancel')).status, 200);
    await eventually(() => intentOf(ours.paymentId).status === 'canceled');
    assert.deepEqual([(await moneyOf(ours.id)).paid, await receiptsOf(ours.id)], [euros(0), []]);
    const theirs = await booked();
    const asCustomer = { headers: { 'manage-token': theirs.token } };
    const before: Json = (await shop.ask('GET', `/v1/appointments/${theirs.id}/payment`, asCustomer)).body;
    assert.deepEqual(before.reserved.takenOnCancelling, PRICE, 'the rule is over two days before');
    assert.equal((await on(theirs.id, 'cancel', {}, asCustomer)).status, 200);
    await eventually(async () => (await moneyOf(theirs.id)).paid.amount === PRICE.amount);
    assert.equal((await receiptsOf(theirs.id)).length, 1);
  });

  test('is taken for a cancellation only as far as it is owed by then: of a price that a voucher has made less, that price', async () => {
    assert.equal((await shop.ask('POST', '/v1/vouchers', { ...owner(), body: { code: 'LESS-NOW', amount: euros(5_000) } })).status, 201);
    const { id, paymentId, token } = await booked();
    const less = await shop.ask('PATCH', `/v1/appointments/${id}`, { ...owner(), body: { voucherCode: 'LESS-NOW' } });
    assert.deepEqual(less.body.price, euros(3_000), less.text);
    const asCustomer = { headers: { 'manage-token': token } };
    const told: Json = (await shop.ask('GET', `/v1/appointments/${id}/payment`, asCustomer)).body;
    assert.deepEqual(told.reserved.takenOnCancelling, euros(3_000));
    assert.equal((await on(id, 'cancel', {}, asCustomer)).status, 200);
    await eventually(() => intentOf(paymentId).status === 'succeeded');
    assert.equal(intentOf(paymentId).amount_received, 3_000);
    await eventually(async () => (await moneyOf(id)).paid.amount === 3_000);
  });

  test('is not asked for by a time that was given up, whenever its card says yes', async () => {
    const { held, started } = await begin();
    assert.equal((await shop.ask('DELETE', `/v1/holds/${held.id}`, asHolder(held))).status, 204);
    stripe.pay(started.clientSecret);
    await stripe.tell(shop.url);
    await eventually(async () => (await paymentOf(held)).state === 'closed');
    assert.deepEqual([(await paymentOf(held)).appointmentId, intentOf(started.id).status], [null, 'canceled']);
  });

  test('that the provider lets go of by itself is told to the managers, and the appointment stays', async () => {
    const { id, paymentId } = await booked();
    stripe.double.state.reserved[intentOf(paymentId).id] = 0;
    stripe.double.endReservations();
    await stripe.tell(shop.url);
    const { status, due, reserved } = await moneyOf(id);
    assert.deepEqual([status, due, reserved], ['unpaid', PRICE, null]);
    const { items } = (await shop.ask('GET', '/v1/payments?alarm=true', owner())).body;
    assert.ok(items.some((one: Json) => one.id === paymentId && one.alarm === 'cancelled' && one.state === 'closed'));
  });

  test('is not combined with a card for the fee, a price from, or something free', async () => {
    const change = (body: object) => shop.ask('PATCH', `/v1/services/${facial.id}`, { ...owner(), body });
    isProblem(await change({ noShowFeePercent: 50, noShowFeeCard: true }), 'invalid-request', 'noShowFeeCard');
    isProblem(await change({ priceType: 'from' }), 'invalid-request', 'paymentPolicy');
  });
});
