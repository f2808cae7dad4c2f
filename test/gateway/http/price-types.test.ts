// What a service costs: a fixed price, at least so much, or nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { ServiceReply } from '../../../src/protocol/catalog.ts';
import type { HoldReply } from '../../../src/protocol/holds.ts';
import type { AppointmentPaymentReply } from '../../../src/protocol/payments.ts';
import { openStripe, type TestStripe } from '../../support/stripe.ts';
import { makerOf } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const customer = { name: 'Grace', email: 'grace@example.org' };
const money = (amount: number) => ({ amount, currency: 'EUR' });
let shop: Business;
let stripe: TestStripe;
let nth = 0;
before(async () => {
  stripe = await openStripe();
  shop = await openBusiness(stripe.settings);
});
after(async () => {
  await shop?.[Symbol.asyncDispose]();
  await stripe?.[Symbol.asyncDispose]();
});

/** A service and a person of its own. */
async function offer(more: object, others: readonly string[] = []) {
  const make = makerOf(shop, shop.tokens.owner);
  nth += 1;
  const service = await make<ServiceReply>('/v1/services', { name: `Cut ${nth}`, minutes: 30, ...more });
  const person = await make<{ readonly id: string }>('/v1/staff', { name: `Eve ${nth}`, locationId: shop.berlin, serviceIds: [service.id, ...others] });
  const at = { serviceId: service.id, staffId: person.id, startsAt: berlinTime(4, '10:00') };
  const hold = async () => (await shop.ask<HoldReply>('POST', '/v1/holds', { body: { ...at, startsAt: berlinTime(4, '14:00') } })).body;
  const book = async () => {
    const said = await shop.ask<AppointmentReply>('POST', '/v1/appointments', {
      body: { ...at, customer, allowOverlap: true },
      token: shop.tokens.desk,
    });
    assert.equal(said.status, 201, said.text);
    return said.body;
  };
  return { service, hold, book };
}
const edit = ({ id }: AppointmentReply, body: object, token: string = shop.tokens.desk) =>
  shop.ask<AppointmentReply>('PATCH', `/v1/appointments/${id}`, { body: { ...body, allowOverlap: true }, token });
const paymentOf = async ({ id }: AppointmentReply) =>
  (await shop.ask<AppointmentPaymentReply>('GET', `/v1/appointments/${id}/payment`, { token: shop.tokens.desk })).body;

test('a service says what kind of price it has, and one that was made without is fixed', async () => {
  const { service } = await offer({ price: money(4_000) });
  assert.equal(service.priceType, 'fixed');
  const patch = (body: object) => shop.ask<ServiceReply>('PATCH', `/v1/services/${service.id}`, { body, token: shop.tokens.owner });
  isProblem(await patch({ priceType: 'cheap' }), 'invalid-request', 'priceType');
  const from = await patch({ priceType: 'from' });
  assert.deepEqual([from.status, from.body.priceType], [200, 'from']);
  isProblem(await patch({ price: money(0) }), 'invalid-request', 'price');
  isProblem(await patch({ paymentPolicy: 'full' }), 'invalid-request', 'paymentPolicy');
});

test('what is free asks for no money in any way', async () => {
  const { service, hold, book } = await offer({ priceType: 'free' });
  const patch = (body: object) => shop.ask<ServiceReply>('PATCH', `/v1/services/${service.id}`, { body, token: shop.tokens.owner });
  isProblem(await patch({ price: money(1) }), 'invalid-request', 'price');
  isProblem(await patch({ paymentPolicy: 'full' }), 'invalid-request', 'paymentPolicy');
  isProblem(await patch({ noShowFee: money(0) }), 'invalid-request', 'noShowFee');
  isProblem(await patch({ noShowFeePercent: 50 }), 'invalid-request', 'noShowFeePercent');
  const addOn = { id: crypto.randomUUID(), name: 'Tea' };
  assert.equal((await patch({ addOns: [addOn] })).status, 200);
  isProblem(await patch({ addOns: [addOn, { id: crypto.randomUUID(), name: 'Wash', priceMinor: 300 }] }), 'invalid-request', 'addOns.1.priceMinor');
  const { price, due, policy } = await hold();
  assert.deepEqual([price?.amount, due, policy?.priceType], [0, undefined, 'free']);
  const made = await book();
  assert.equal(made.priceType, 'free');
  isProblem(await edit(made, { price: money(500) }), 'invalid-request', 'price');
  isProblem(await edit(made, { priceType: 'from' }), 'invalid-request', 'priceType');
  assert.equal((await edit(made, { price: money(0) })).body.priceType, 'free');
  const { due: owed, priceType, canPayByCard, status } = await paymentOf(made);
  assert.deepEqual([owed.amount, priceType, canPayByCard, status], [0, 'free', false, 'none']);
});

test('of a price from, the least is due until the desk sets the final one; a deposit and a fee are shares of the least', async () => {
  const { service, hold, book } = await offer({
    price: money(4_000),
    priceType: 'from',
    paymentPolicy: 'deposit',
    depositPercent: 25,
    noShowFeePercent: 50,
  });
  const held = await hold();
  assert.deepEqual([held.price?.amount, held.due?.amount, held.policy?.priceType, held.policy?.noShowFee?.amount], [4_000, 1_000, 'from', 2_000]);
  const made = await book();
  assert.deepEqual([made.price.amount, made.priceType], [4_000, 'from']);
  // What the service is by now changes nothing of what was agreed.
  await shop.ask('PATCH', `/v1/services/${service.id}`, { body: { priceType: 'fixed' }, token: shop.tokens.owner });
  const before = await paymentOf(made);
  assert.deepEqual([before.priceType, before.due.amount, before.noShowFee?.amount.amount], ['from', 4_000, 2_000]);
  const estimate = await edit(made, { price: money(5_000), priceType: 'from' });
  assert.deepEqual([estimate.body.price.amount, estimate.body.priceType], [5_000, 'from']);
  isProblem(await edit(made, { price: money(0), priceType: 'from' }), 'invalid-request', 'price');
  const final = await edit(made, { price: money(6_500) });
  assert.deepEqual([final.body.price.amount, final.body.priceType], [6_500, 'fixed']);
  const after = await paymentOf(made);
  assert.deepEqual([after.priceType, after.due.amount, after.noShowFee?.amount.amount], ['fixed', 6_500, 2_000], 'a fee that was agreed is not raised');
});

test('the least is set as the final price without another amount, and what was agreed for a service comes back with it', async () => {
  const { service: other } = await offer({ price: money(9_000) });
  const { service, book } = await offer({ price: money(4_000), priceType: 'from' }, [other.id]);
  const made = await book();
  const { body: changed } = await edit(made, { serviceId: other.id });
  assert.deepEqual([changed.price.amount, changed.priceType, changed.agreedBefore?.[0]?.priceType], [9_000, 'fixed', 'from']);
  const { body: back } = await edit(made, { serviceId: service.id });
  assert.deepEqual([back.price.amount, back.priceType], [4_000, 'from']);
  const final = await edit(made, { priceType: 'fixed' });
  assert.deepEqual([final.body.price.amount, final.body.priceType], [4_000, 'fixed']);
  const again = await edit(made, { priceType: 'from' });
  assert.deepEqual([again.body.serviceId, again.body.price.amount, again.body.priceType], [service.id, 4_000, 'from']);
});

test('a price is made final by the front desk and above', async () => {
  const at = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(5, '10:00') };
  const { body } = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body: { ...at, customer, allowOverlap: true }, token: shop.tokens.desk });
  isProblem(await edit(body, { priceType: 'from' }, shop.tokens.staff), 'forbidden', 'priceType');
});
