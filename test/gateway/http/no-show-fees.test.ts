// What a customer owes who does not come, through a whole server, with the double of Stripe on a port of its own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
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
const auditOf = async (id: string): Promise<string[]> =>
  (await shop.ask('GET', '/v1/audit?limit=50', owner())).body.items.filter(({ subject }: Json) => subject.id === id).map(({ action }: Json) => action);

/** A class that has just begun. */
const now = begun();

async function come(): Promise<Json> {
  const body = { serviceId: massage.id, staffId: mo.id, ...now, customer, allowOverlap: true };
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
    assert.deepEqual([payment.noShowFee, payment.due], [{ amount: euros(8_000), isWaived: false }, euros(16_000)]);
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
    const { id } = (
      await shop.ask('POST', '/v1/appointments', {
        ...owner(),
        body: { serviceId: shop.haircut.id, staffId: shop.ada.id, ...now, customer, allowOverlap: true },
      })
    ).body;
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
    assert.deepEqual([waived.status, waived.body.due, waived.body.noShowFee], [200, euros(0), { amount: FEE, isWaived: true }]);
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
      const link = (await shop.ask('POST', `/v1/appointments/${id}/payment-link`, { ...owner(), body: {} })).body;
      assert.deepEqual(link.amount, FEE);
      const token = new URLSearchParams(new URL(link.url).hash.slice(1)).get('token') ?? '';
      const { clientSecret } = (await shop.ask('POST', `/v1/appointments/${id}/payment`, { headers: { 'manage-token': token } })).body;
      if (isWaived) await waive(id);
      stripe.pay(clientSecret);
      await stripe.tell(shop.url);
      const { paid, refunded, due } = await moneyOf(id);
      assert.deepEqual([paid, refunded, due], [FEE, euros(isWaived ? 4_000 : 0), euros(0)]);
    }
  });
});
