// What a customer owes who does not come, through a whole server, with the double of Stripe on a port of its own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { openStripe, type TestStripe } from '../../support/stripe.ts';
import { type Json, makerOf } from '../../support/test-server.ts';
import { type Business, begun, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const customer = { name: 'Grace Hopper', email: 'grace@example.org' };
const euros = (amount: number) => ({ amount, currency: 'EUR' });
const FEE = euros(4_000);

let stripe: TestStripe;
let shop: Business;
let massage: Json;
let mo: Json;
before(async () => {
  stripe = await openStripe();
  shop = await openBusiness(stripe.settings);
  const make = makerOf(shop, shop.tokens.owner);
  massage = await make('/v1/services', { name: 'Massage', minutes: 30, capacity: 50, price: euros(8_000), noShowFeePercent: 50 });
  mo = await make('/v1/staff', { name: 'Mo', locationId: shop.berlin, serviceIds: [massage.id] });
});
after(async () => {
  await shop?.[Symbol.asyncDispose]();
  await stripe?.[Symbol.asyncDispose]();
});

const owner = () => ({ token: shop.tokens.owner });
const moneyOf = async (id: string): Promise<Json> => (await shop.ask('GET', `/v1/appointments/${id}/payment`, owner())).body;
const step = (id: string, name: string) => shop.ask('POST', `/v1/appointments/${id}/${name}`, { ...owner(), body: {} });
const waive = (id: string, isWaived = true, by = owner()) =>
  shop.ask('PUT', `/v1/appointments/${id}/no-show-fee`, { ...by, body: { isWaived, reason: 'There was a strike' } });
const messagesOf = async (id: string): Promise<Json[]> => (await shop.ask('GET', `/v1/messages?appointmentId=${id}`, owner())).body.items;
const auditOf = async (id: string): Promise<string[]> =>
  (await shop.ask('GET', '/v1/audit?limit=50', owner())).body.items.filter(({ subject }: Json) => subject.id === id).map(({ action }: Json) => action);

/** Pays by the link, as the customer does. */
async function linkOf(id: string) {
  const link = (await shop.ask('POST', `/v1/appointments/${id}/payment-link`, { ...owner(), body: {} })).body;
  const token = new URLSearchParams(new URL(link.url).hash.slice(1)).get('token') ?? '';
  return () => shop.ask('POST', `/v1/appointments/${id}/payment`, { headers: { 'manage-token': token } });
}

/** A class that has just begun. */
const now = begun();

async function come(service = massage, staff = mo): Promise<Json> {
  const body = { serviceId: service.id, staffId: staff.id, ...now, customer, allowOverlap: true };
  const said = await shop.ask('POST', '/v1/appointments', { ...owner(), body });
  assert.equal(said.status, 201, said.text);
  return said.body;
}

async function missed(): Promise<string> {
  const { id } = await come();
  assert.equal((await step(id, 'no-show')).status, 200);
  return id;
}

describe('the fee of a service', () => {
  const change = (body: object) => shop.ask('PATCH', `/v1/services/${massage.id}`, { ...owner(), body });
  test('is an amount or a share, in the currency of the price and never more than it', async () => {
    for (const [body, path] of [
      [{ noShowFee: FEE }, 'noShowFeePercent'],
      [{ noShowFee: euros(8_001), noShowFeePercent: null }, 'noShowFee.amount'],
      [{ noShowFee: { amount: 100, currency: 'USD' }, noShowFeePercent: null }, 'noShowFee.currency'],
      [{ noShowFee: euros(49), noShowFeePercent: null }, 'noShowFee'],
      [{ noShowFeePercent: 101 }, 'noShowFeePercent'],
      [{ price: euros(80) }, 'noShowFeePercent'],
      [{ price: euros(0) }, 'noShowFeePercent'],
    ] as const)
      isProblem(await change(body), 'invalid-request', path);
  });

  test('is shown with the hold, for all seats, and agreed as it is shown there', async () => {
    const held = await shop.ask('POST', '/v1/holds', { body: { serviceId: massage.id, startsAt: berlinTime(3, '10:00'), seats: 2 } });
    assert.deepEqual(held.body.policy.noShowFee, euros(8_000));
    assert.equal((await change({ noShowFeePercent: 100 })).status, 200);
    const body = { holdId: held.body.id, customer };
    const booked = await shop.ask('POST', '/v1/appointments', { body, headers: { 'hold-token': held.body.token } });
    assert.equal((await change({ noShowFeePercent: 50 })).status, 200);
    const asCustomer = { headers: { 'manage-token': booked.body.manageToken } };
    const { payment } = (await shop.ask('GET', `/v1/appointments/${booked.body.id}`, asCustomer)).body;
    const { amount, isWaived } = payment.noShowFee;
    assert.deepEqual([amount, isWaived, payment.due], [euros(8_000), false, euros(16_000)]);
  });

  test('is not raised by the business afterwards, and is at most the price', async () => {
    const other = await makerOf(shop, shop.tokens.owner)('/v1/services', { name: 'Long', minutes: 60, price: euros(9_000), noShowFeePercent: 100 });
    assert.equal((await shop.ask('PATCH', `/v1/staff/${mo.id}`, { ...owner(), body: { serviceIds: [massage.id, other.id] } })).status, 200);
    const slot = { serviceId: massage.id, startsAt: berlinTime(4, '10:00'), customer };
    const { id } = (await shop.ask('POST', '/v1/appointments', { ...owner(), body: slot })).body;
    const edited = await shop.ask('PATCH', `/v1/appointments/${id}`, { ...owner(), body: { serviceId: other.id } });
    assert.equal(edited.status, 200, edited.text);
    assert.deepEqual((await moneyOf(id)).noShowFee.amount, FEE);
    assert.equal((await shop.ask('PATCH', `/v1/appointments/${id}`, { ...owner(), body: { price: euros(3_000) } })).status, 200);
    assert.deepEqual((await moneyOf(id)).noShowFee.amount, euros(3_000));
  });
});

describe('a no-show', () => {
  test('owes the fee and not the price; coming after all, the price', async () => {
    const id = await missed();
    const { due, overpaid, status } = await moneyOf(id);
    assert.deepEqual([due, overpaid, status], [FEE, euros(0), 'unpaid']);
    const tooMuch = { method: 'cash', amount: euros(4_001) };
    isProblem(await shop.ask('POST', `/v1/appointments/${id}/payments`, { ...owner(), body: tooMuch }), 'invalid-request', 'amount.amount');
    assert.equal((await shop.ask('POST', `/v1/appointments/${id}/payments`, { ...owner(), body: { method: 'cash', amount: FEE } })).status, 201);
    const paid = await moneyOf(id);
    assert.deepEqual([paid.due, paid.status], [euros(0), 'paid']);
    assert.equal((await step(id, 'reopen')).status, 200);
    const back = await moneyOf(id);
    assert.deepEqual([back.due, back.paid, back.status], [FEE, FEE, 'partly-paid'], 'what was paid counts for the price');
  });

  test('without an agreed fee owes nothing, and what was paid before stays', async () => {
    const { id } = await come(shop.haircut, shop.ada);
    assert.equal((await shop.ask('POST', `/v1/appointments/${id}/payments`, { ...owner(), body: { method: 'cash', amount: euros(1_000) } })).status, 201);
    assert.equal((await step(id, 'no-show')).status, 200);
    const { due, overpaid, status, noShowFee } = await moneyOf(id);
    assert.deepEqual([due, overpaid, status, noShowFee], [euros(0), euros(0), 'paid', null]);
    isProblem(await waive(id), 'wrong-status');
  });

  test('is let off by those who may give money back, with a reason, and it can be taken back', async () => {
    const id = await missed();
    isProblem(await waive(id, true, { token: shop.tokens.desk }), 'forbidden');
    isProblem(await shop.ask('PUT', `/v1/appointments/${id}/no-show-fee`, { ...owner(), body: { isWaived: true, reason: '' } }), 'invalid-request', 'reason');
    const waived = await waive(id);
    assert.deepEqual([waived.status, waived.body.due, waived.body.noShowFee.isWaived], [200, euros(0), true]);
    assert.equal((await waive(id)).status, 200);
    const amount = { method: 'cash', amount: FEE };
    isProblem(await shop.ask('POST', `/v1/appointments/${id}/payments`, { ...owner(), body: amount }), 'invalid-request', 'amount.amount');
    assert.deepEqual((await waive(id, false)).body.due, FEE);
    const actions = await auditOf(id);
    assert.deepEqual(actions.filter((action) => action.startsWith('no-show-fee')).sort(), ['no-show-fee.restored', 'no-show-fee.waived']);
  });

  test('is let off before they come only once they are marked as a no-show', async () => isProblem(await waive((await come()).id), 'wrong-status'));

  test('pays the fee by a link; a fee that is waived meanwhile goes back', async () => {
    for (const isWaived of [false, true]) {
      const id = await missed();
      const { clientSecret, amount } = (await (await linkOf(id))()).body;
      assert.deepEqual(amount, FEE);
      if (isWaived) await waive(id);
      stripe.pay(clientSecret);
      await stripe.tell(shop.url);
      const { paid, refunded, due } = await moneyOf(id);
      assert.deepEqual([paid, refunded, due], [FEE, euros(isWaived ? 4_000 : 0), euros(0)]);
    }
  });
});

describe('a card that is kept for the fee', () => {
  const CHARGED = euros(2_000);
  let carded: Json;
  let paidToo: Json;
  let pia: Json;
  let hour = 9;
  before(async () => {
    const make = makerOf(shop, shop.tokens.owner);
    const fee = { minutes: 30, price: euros(8_000), noShowFeePercent: 25, noShowFeeCard: true };
    carded = await make('/v1/services', { ...fee, name: 'Facial' });
    paidToo = await make('/v1/services', { ...fee, name: 'Peeling', depositPercent: 10, paymentPolicy: 'deposit' });
    pia = await make('/v1/staff', { name: 'Pia', locationId: shop.berlin, serviceIds: [carded.id, paidToo.id] });
  });

  const intentsOf = (state: object) => Object.values(state) as Json[];
  const succeeded = () => intentsOf(stripe.double.state.intents).filter(({ status, payment_method }) => status === 'succeeded' && payment_method !== null);
  const asHolder = ({ token }: Json) => ({ headers: { 'hold-token': token } });
  const charge = (id: string, by = owner()) => shop.ask('POST', `/v1/appointments/${id}/no-show-fee`, by);
  const paymentOf = async (held: Json): Promise<Json> => (await shop.ask('GET', `/v1/holds/${held.id}/payment`, asHolder(held))).body;

  async function begin(service = carded, who = customer) {
    hour += 1;
    const startsAt = berlinTime(5 + Math.floor(hour / 6), `${10 + (hour % 6)}:00`);
    const held = (await shop.ask('POST', '/v1/holds', { body: { serviceId: service.id, startsAt } })).body;
    const begun = await shop.ask('POST', `/v1/holds/${held.id}/payment`, { ...asHolder(held), body: { customer: who } });
    assert.equal(begun.status, 201, begun.text);
    return { held, begun: begun.body as Json };
  }

  /** Booked, and then entered as if it had been a while ago. */
  async function missedWith(card = '4242 4242 4242 4242', service = carded, days = 0, who = customer): Promise<{ id: string; held: Json }> {
    const { held, begun: started } = await begin(service, who);
    if (card === '4000 0027 6000 3184') stripe.double.pay(started.clientSecret, card, true);
    else stripe.pay(started.clientSecret, card);
    await stripe.tell(shop.url);
    const { appointmentId: id } = await paymentOf(held);
    const { startsAt, override } = begun(hour * 2 + days * 48);
    const moved = await shop.ask('POST', `/v1/appointments/${id}/reschedule`, { ...owner(), body: { startsAt, override, staffId: pia.id } });
    assert.equal(moved.status, 200, moved.text);
    assert.equal((await step(id, 'no-show')).status, 200);
    return { id, held };
  }

  test('needs a fee', async () => {
    const body = { noShowFeePercent: null, noShowFeeCard: true };
    isProblem(await shop.ask('PATCH', `/v1/services/${carded.id}`, { ...owner(), body }), 'invalid-request', 'noShowFeeCard');
  });

  test('is there before it is booked, where nothing has to be paid, too', async () => {
    const { held, begun: started } = await begin();
    assert.deepEqual([held.due, held.policy.noShowFee, held.policy.keepsCard, started.amount], [euros(0), CHARGED, true, euros(0)]);
    isProblem(await shop.ask('POST', '/v1/appointments', { ...asHolder(held), body: { holdId: held.id, customer } }), 'payment-required');
    stripe.pay(started.clientSecret, '4000 0000 0000 0002');
    assert.deepEqual([(await paymentOf(held)).state, (await paymentOf(held)).isDeclined], ['held', true]);
    stripe.pay(started.clientSecret);
    assert.ok((await stripe.tell(shop.url)).every((status) => status === 204));
    const { state, appointmentId } = await paymentOf(held);
    assert.equal(state, 'booked');
    const money = await moneyOf(appointmentId);
    assert.deepEqual([money.policy, money.paid, money.due, money.noShowFee.hasCard, money.payments], ['none', euros(0), euros(8_000), true, []]);
  });

  test('is forgotten again where it came too late, and nothing is booked', async () => {
    const { held, begun: started } = await begin();
    const before = Object.keys(stripe.double.state.customers).length;
    assert.equal((await shop.ask('DELETE', `/v1/holds/${held.id}`, asHolder(held))).status, 204);
    stripe.pay(started.clientSecret);
    await stripe.tell(shop.url);
    await eventually(async () => ['refunded', 'closed'].includes((await paymentOf(held)).state));
    const { state, appointmentId } = await paymentOf(held);
    assert.equal(appointmentId, null);
    if (state === 'refunded') assert.equal(Object.keys(stripe.double.state.customers).length, before - 1);
  });

  test('is charged once, however often and from however many desks it is asked', async () => {
    const { id } = await missedWith();
    const before = succeeded().length;
    isProblem(await charge(id, { token: shop.tokens.desk }), 'forbidden');
    const said = await Promise.all(Array.from({ length: 6 }, () => charge(id)));
    for (const { status, text } of said) assert.equal(status, 201, text);
    const { due, paid, noShowFee, payments } = await moneyOf(id);
    assert.deepEqual([due, paid, noShowFee.charge, payments.length, succeeded().length - before], [euros(0), CHARGED, 'charged', 1, 1]);
    assert.equal((await charge(id)).status, 201);
    assert.equal(succeeded().length - before, 1);
    await eventually(async () => (await messagesOf(id)).some(({ kind, text }) => kind === 'receipt' && /€20\.00/.test(text ?? '')));
    assert.equal((await auditOf(id)).filter((action) => action === 'no-show-fee.charge-asked').length, 1);
    const [entry, ...others]: Json[] = (await shop.ask('GET', `/v1/payments/${payments[0].id}`, owner())).body.entries;
    assert.deepEqual([entry?.debit, entry?.credit, entry?.amount, others.length], ['provider', 'customers', CHARGED, 0]);
  });

  test('pays what a deposit has left of the fee; what goes back is not charged again', async () => {
    const { id } = await missedWith(undefined, paidToo);
    assert.deepEqual((await moneyOf(id)).due, euros(1_200));
    const charged = (await charge(id)).body;
    assert.deepEqual([charged.due, charged.paid], [euros(0), CHARGED]);
    const fee = charged.payments.find(({ amount }: Json) => amount.amount === 1_200);
    const body = { paymentId: fee.id, amount: euros(1_200), reason: 'ill after all' };
    assert.equal((await shop.ask('POST', `/v1/appointments/${id}/refunds`, { ...owner(), body })).status, 201);
    await charge(id);
    assert.equal((await moneyOf(id)).payments.length, 2);
  });

  test('that is declined charges nothing and says why; the customer can pay by a link', async () => {
    for (const [card, why] of [
      ['4000 0000 0000 0341', 'declined'],
      ['4000 0027 6000 3184', 'needs-owner'],
    ] as const) {
      const { id } = await missedWith(card);
      const said = (await charge(id)).body;
      assert.deepEqual([said.noShowFee.charge, said.due, said.canPayByCard], [why, CHARGED, true]);
      stripe.pay((await (await linkOf(id))()).body.clientSecret);
      await stripe.tell(shop.url);
      assert.deepEqual((await moneyOf(id)).due, euros(0));
    }
  });

  test('is charged once the provider has ended a payment by a link, however often that is opened; if it has just succeeded, the fee is paid', async () => {
    for (const hasPaid of [false, true]) {
      const { id } = await missedWith();
      const open = await linkOf(id);
      const { clientSecret } = (await open()).body;
      const before = succeeded().length;
      if (hasPaid) stripe.pay(clientSecret);
      const [, , said] = await Promise.all([open(), open(), charge(id)]);
      assert.equal(said.status, 201, said.text);
      await eventually(async () => (await charge(id)).body.due.amount === 0);
      const { paid, refunded } = await moneyOf(id);
      assert.deepEqual([paid, refunded, succeeded().length - before], [CHARGED, euros(0), hasPaid ? 0 : 1]);
      assert.equal(stripe.double.pay(clientSecret, '4242 4242 4242 4242', null)?.status, hasPaid ? 'succeeded' : 'canceled');
      isProblem(await open(), 'wrong-status');
    }
  });

  test('is asked three times at most', async () => {
    const { id } = await missedWith('4000 0000 0000 0341');
    for (const _ of [1, 2, 3]) assert.equal((await charge(id)).body.noShowFee.charge, 'declined');
    isProblem(await charge(id), 'limit-reached');
  });

  test('is not charged unless the fee is owed: not before a no-show, not when it is waived, not where there is no card, and not after a week', async () => {
    isProblem(await charge((await come()).id), 'wrong-status');
    isProblem(await charge(await missed()), 'wrong-status');
    const { id } = await missedWith();
    await waive(id);
    isProblem(await charge(id), 'wrong-status');
    await waive(id, false);
    await step(id, 'reopen');
    isProblem(await charge(id), 'wrong-status');
    isProblem(await charge((await missedWith(undefined, undefined, 8)).id), 'too-late');
  });

  test('is forgotten by the provider a week after the appointment, and when the customer is erased', async () => {
    const late = await missedWith(undefined, undefined, 8);
    const { online } = shop.server.context.payments;
    assert.ok(online);
    const customers = () => Object.keys(stripe.double.state.customers).length;
    const [before, { id, held }] = [customers(), await missedWith(undefined, undefined, 0, { name: 'Ida', email: 'ida@example.org' })];
    await online.forgetCards();
    await paymentOf(late.held);
    assert.equal((await moneyOf(late.id)).noShowFee.hasCard, false);
    assert.ok(customers() <= before);
    const { customer: erased } = (await shop.ask('GET', `/v1/appointments/${id}`, owner())).body;
    const left = customers();
    assert.equal((await shop.ask('DELETE', `/v1/customers/${erased.id}`, owner())).status, 204);
    await paymentOf(held);
    assert.equal((await moneyOf(id)).noShowFee.hasCard, false);
    assert.ok(customers() < left);
    isProblem(await charge(id), 'wrong-status');
  });

  test('that was removed at the provider is not charged', async () => {
    const { id } = await missedWith();
    stripe.double.detachCards();
    assert.equal((await charge(id)).body.noShowFee.charge, 'card-gone');
  });
});
