// The tax that a no-show fee includes, by what was agreed and not by how it is paid.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openStripe, type TestStripe } from '../../support/stripe.ts';
import { type Json, makerOf } from '../../support/test-server.ts';
import { type Business, begun, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const customer = { name: 'Grace Hopper', email: 'grace@example.org' };
const FEE = { amount: 2_000, currency: 'EUR' };
let stripe: TestStripe;
let shop: Business;
let facial: Json;
let pia: Json;
before(async () => {
  stripe = await openStripe();
  shop = await openBusiness(stripe.settings);
  const make = makerOf(shop, shop.tokens.owner);
  const fee = { minutes: 30, price: { amount: 8_000, currency: 'EUR' }, noShowFeePercent: 25, noShowFeeCard: true };
  facial = await make('/v1/services', { ...fee, name: 'Facial' });
  pia = await make('/v1/staff', { name: 'Pia', locationId: shop.berlin, serviceIds: [facial.id] });
});
after(async () => {
  await shop?.[Symbol.asyncDispose]();
  await stripe?.[Symbol.asyncDispose]();
});

const owner = () => ({ token: shop.tokens.owner });
const change = (body: object) => shop.ask('PATCH', `/v1/services/${facial.id}`, { ...owner(), body });
const moneyOf = async (id: string): Promise<Json> => (await shop.ask('GET', `/v1/appointments/${id}/payment`, owner())).body;
const on = (id: string, name: string, body: object = {}) => shop.ask('POST', `/v1/appointments/${id}/${name}`, { ...owner(), body });

/** Booked with a card, and then entered as if it had been a while ago. */
async function missed(hour: number): Promise<string> {
  const { body: held } = await shop.ask('POST', '/v1/holds', { body: { serviceId: facial.id, startsAt: berlinTime(5, `${10 + hour}:00`) } });
  const asHolder = { headers: { 'hold-token': held.token } };
  const { body: started } = await shop.ask('POST', `/v1/holds/${held.id}/payment`, { ...asHolder, body: { customer } });
  stripe.pay(started.clientSecret);
  await stripe.tell(shop.url);
  const { appointmentId: id } = (await shop.ask('GET', `/v1/holds/${held.id}/payment`, asHolder)).body;
  const { startsAt, override } = begun(hour * 2);
  assert.equal((await on(id, 'reschedule', { startsAt, override, staffId: pia.id })).status, 200);
  assert.equal((await on(id, 'no-show')).status, 200);
  return id;
}

test('a fee has the tax of the price only where that was agreed, from a card as in cash, and the books have as much', async () => {
  for (const [nth, isTaxed] of [false, true].entries()) {
    // What the service says afterwards counts for others.
    assert.equal((await change({ taxPercent: 19, noShowFeeTaxed: isTaxed })).status, 200);
    const [byCard, inCash] = [await missed(2 * nth + 1), await missed(2 * nth + 2)];
    assert.equal((await change({ taxPercent: null, noShowFeeTaxed: false })).status, 200);
    assert.equal((await on(byCard, 'no-show-fee')).status, 201);
    assert.equal((await on(inCash, 'payments', { method: 'cash', amount: FEE })).status, 201);
    const { items } = (await shop.ask('GET', '/v1/ledger?limit=50', owner())).body;
    const expected = isTaxed ? [19, 319] : [null, null];
    for (const id of [byCard, inCash]) {
      const { noShowFee, payments } = await moneyOf(id);
      assert.deepEqual([noShowFee.taxPercent, payments[0].received], [expected[0], FEE]);
      assert.deepEqual([payments[0].taxPercent, payments[0].tax?.tax.amount ?? null], expected);
      const entry = items.find(({ appointmentId, credit }: Json) => appointmentId === id && credit === 'customers');
      assert.deepEqual([entry.taxPercent, entry.tax?.amount ?? null], expected);
    }
  }
});

test('a fee can only be taxed where there is one, and a rate', async () => {
  isProblem(await change({ noShowFeeTaxed: true }), 'invalid-request', 'noShowFeeTaxed');
  isProblem(await change({ noShowFeeTaxed: true, taxPercent: 19, noShowFeePercent: null, noShowFeeCard: false }), 'invalid-request', 'noShowFeeTaxed');
});
