// What the provider keeps and pays out, through a whole server, with the double of Stripe on a port of its own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { balanceIn } from '../../../src/integrations/stripe-double/balance.ts';
import { DAY, instant } from '../../../src/model/instant.ts';
import { timeNow } from '../../support/clock.ts';
import { dateIn } from '../../support/dates.ts';
import { eventually } from '../../support/eventually.ts';
import { openStripe, type TestStripe } from '../../support/stripe.ts';
import { type Json, makerOf, TEST_PASSWORD } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const euros = (amount: number) => ({ amount, currency: 'EUR' });
const PRICE = euros(8_000);

let stripe: TestStripe;
let shop: Business;
let massage: Json;
before(async () => {
  stripe = await openStripe();
  shop = await openBusiness(stripe.settings);
  const make = makerOf(shop, shop.tokens.owner);
  massage = await make('/v1/services', { name: 'Massage', minutes: 60, price: PRICE, paymentPolicy: 'full' });
  await make('/v1/staff', { name: 'Mo', locationId: shop.berlin, serviceIds: [massage.id] });
});
after(async () => {
  await shop?.[Symbol.asyncDispose]();
  await stripe?.[Symbol.asyncDispose]();
});
const owner = () => ({ token: shop.tokens.owner });
const paymentOf = async ({ id, token }: Json) => (await shop.ask('GET', `/v1/holds/${id}/payment`, { headers: { 'hold-token': token } })).body;

async function paid(time: string): Promise<Json> {
  const held = (await shop.ask('POST', '/v1/holds', { body: { serviceId: massage.id, startsAt: berlinTime(3, time) } })).body;
  const body = { customer: { name: 'Grace Hopper', email: 'grace@example.org' } };
  const begun = await shop.ask('POST', `/v1/holds/${held.id}/payment`, { headers: { 'hold-token': held.token }, body });
  assert.equal(begun.status, 201, begun.text);
  stripe.pay(begun.body.clientSecret);
  await stripe.tell(shop.url);
  return held;
}

describe('the provider’s fees and payouts', () => {
  const online = () => shop.server.context.payments.online ?? assert.fail();
  test('are read into the books, which then say what the provider says, however often they are read', async () => {
    const read = () => online().readMovements(new AbortController().signal);
    const ledger = async (query = '') => (await shop.ask('GET', `/v1/ledger?limit=200${query}`, owner())).body.items as Json[];
    const sum = (entries: readonly Json[], account: string) =>
      entries.reduce((total, { debit, credit, amount: { amount } }) => total + (debit === account ? amount : 0) - (credit === account ? amount : 0), 0);
    const [one, other, disputed] = [await paid('09:00'), await paid('10:00'), await paid('11:00')];
    const { id } = await paymentOf(one);
    const { appointmentId } = await paymentOf(other);
    assert.equal((await shop.ask('POST', `/v1/appointments/${appointmentId}/cancel`, { ...owner(), body: {} })).status, 200);
    await eventually(async () => (await paymentOf(other)).state === 'refunded');
    const { id: lost } = await paymentOf(disputed);
    stripe.double.openDispute(Object.values(stripe.double.state.intents).find(({ metadata }) => metadata.paymentId === lost)?.id ?? '');
    await stripe.tell(shop.url);
    stripe.double.charge(199, 'eur');
    await read();
    const [withProvider, atProvider] = [sum(await ledger(), 'provider'), balanceIn(stripe.double.state.transactions, 'eur')];
    assert.equal(withProvider, atProvider);
    assert.ok(sum(await ledger(), 'fees') > 199);
    stripe.double.payOut('eur');
    const before = (await ledger()).length;
    await read();
    await Promise.all([read(), read()]);
    assert.equal((await ledger()).length, before + 1);
    assert.equal(sum(await ledger(), 'provider'), 0, 'everything is paid out');
    const [payout, ...others] = await ledger('&account=payouts');
    assert.deepEqual([payout?.amount, payout?.paymentId, payout?.locationId, others.length], [euros(atProvider), null, null, 0]);
    const fee = [euros(Math.round(PRICE.amount * 0.015) + 25)];
    const moved = await online().provider.movements(instant(0), instant(timeNow() + DAY));
    assert.equal(moved.filter(({ paymentId, of }) => paymentId === id && of !== null).length, 1, 'what has come bears our id');
    const record = (await shop.ask('GET', `/v1/payments/${id}`, owner())).body;
    const listed = (await shop.ask('GET', '/v1/payments?limit=200', owner())).body.items.find((one: Json) => one.id === id);
    assert.deepEqual([record.fees, listed.fees], [fee, fee]);
    assert.deepEqual(
      record.entries.map(({ debit, credit }: Json) => [debit, credit]),
      [
        ['provider', 'customers'],
        ['fees', 'provider'],
      ],
    );
    const days = `from=${dateIn(-1)}&to=${dateIn(2)}`;
    const takings = (await shop.ask('GET', `/v1/takings?${days}`, owner())).body.totals.find(({ method }: Json) => method === 'provider');
    assert.equal(takings.net.amount, withProvider + sum(await ledger(), 'fees'), 'takings know neither');
    const table = (await shop.ask('GET', `/v1/ledger.csv?${days}`, owner())).text;
    assert.match(table, /,payouts,provider,/);
    assert.match(table, /,fees,provider,199,EUR,/);
    await shop.server.context.accounts.createAll([{ email: 'everywhere@example.org', name: 'Eve', role: 'manager' }], TEST_PASSWORD);
    const token = await shop.login('everywhere@example.org');
    assert.deepEqual((await shop.ask('GET', '/v1/ledger?account=payouts', { token })).body.items, [payout]);
    assert.equal((await shop.ask('GET', `/v1/ledger.csv?${days}`, { token })).text, table, 'a manager of all locations has what the list tells them');
    assert.doesNotMatch((await shop.ask('GET', `/v1/ledger.csv?${days}&locationId=${shop.berlin}`, owner())).text, /,payouts,/);
    isProblem(await shop.ask('GET', '/v1/ledger?account=till', owner()), 'invalid-request');
  });
});
