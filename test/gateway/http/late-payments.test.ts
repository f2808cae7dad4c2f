// Money for a time that is no longer held: given up, or run out. Through a whole server, with the double of Stripe on a port of its own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { openStripe, type TestStripe } from '../../support/stripe.ts';
import { type Json, makerOf } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';

const customer = { name: 'Grace Hopper', email: 'grace@example.org' };
/** Enough to begin, and not long to wait for. */
const SECONDS_TO_PAY = 4;

let stripe: TestStripe;
let shop: Business;
let massage: Json;
before(async () => {
  stripe = await openStripe();
  shop = await openBusiness(stripe.settings);
  const make = makerOf(shop, shop.tokens.owner);
  const price = { amount: 8_000, currency: 'EUR' };
  massage = await make('/v1/services', { name: 'Massage', minutes: 60, price, depositPercent: 25, paymentPolicy: 'deposit' });
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
const begin = (held: Json, body: object) => shop.ask('POST', `/v1/holds/${held.id}/payment`, { ...asHolder(held), body });
const paymentOf = async (held: Json) => (await shop.ask('GET', `/v1/holds/${held.id}/payment`, asHolder(held))).body;
const owner = () => ({ token: shop.tokens.owner });
const messagesOf = async (id: string): Promise<Json[]> => (await shop.ask('GET', `/v1/messages?appointmentId=${id}`, owner())).body.items;

describe('a time that is being paid for', () => {
  test('given up, after a declined card too, takes no money any more, and what was taken at that moment goes back, with nothing booked', async () => {
    const [open, declined, crossed] = [await hold('14:00', 6), await hold('15:00', 6), await hold('16:00', 6)];
    for (const held of [open, declined, crossed]) held.begun = (await begin(held, { customer: { name: 'Given up', email: 'given.up@example.org' } })).body;
    stripe.pay(declined.begun.clientSecret, '4000 0000 0000 0002');
    stripe.pay(crossed.begun.clientSecret);
    const giveUp = async (held: Json) => assert.equal((await shop.ask('DELETE', `/v1/holds/${held.id}`, asHolder(held))).status, 204);
    await giveUp(crossed);
    // Before the log has been read in the ordinary way.
    assert.equal((await paymentOf(crossed)).appointmentId, null);
    for (const held of [open, declined]) await giveUp(held);
    await stripe.tell(shop.url);
    await eventually(async () => (await paymentOf(crossed)).state === 'refunded');
    assert.equal((await paymentOf(crossed)).appointmentId, null);
    const statusOf = ({ begun }: Json) => Object.values(stripe.double.state.intents).find(({ metadata }) => metadata.paymentId === begun.id)?.status;
    await eventually(() => statusOf(open) === 'canceled' && statusOf(declined) === 'canceled');
    stripe.pay(open.begun.clientSecret);
    await stripe.tell(shop.url);
    assert.equal((await paymentOf(open)).state, 'closed');
    const messages: Json[] = (await shop.ask('GET', '/v1/messages?limit=200', owner())).body.items;
    const [told, ...more] = messages.filter(({ kind }) => kind === 'refund');
    assert.ok(told && more.length === 0);
    await eventually(async () => (await messagesOf(told.appointmentId))[0]?.text !== undefined);
    const [message] = await messagesOf(told.appointmentId);
    assert.match(message?.text, /paid back €20\.00/);
    assert.doesNotMatch(message?.text, /no longer free/);
  });

  test('that has run out is booked by late money if it is free, and paid back if not', async () => {
    const [free, taken] = [await hold('14:00'), await hold('15:00')];
    for (const held of [free, taken]) {
      const proof = { tokenFor: held.id, userId: null };
      const request = { caller: 'test', key: held.id, fingerprint: held.id };
      await shop.server.context.scheduler.ask(request, { type: 'begin-paying', holdId: held.id, proof, paySeconds: SECONDS_TO_PAY });
      held.begun = (await begin(held, { customer: { name: 'Too late', email: held === taken ? 'late@example.org' : 'early@example.org' } })).body;
    }
    for (const held of [free, taken]) await eventually(async () => (await shop.ask('GET', `/v1/holds/${held.id}`, asHolder(held))).status === 410);
    await shop.ask('POST', '/v1/appointments', { ...owner(), body: { serviceId: massage.id, startsAt: berlinTime(3, '15:00'), customer } });
    for (const held of [free, taken]) stripe.pay(held.begun.clientSecret);
    await stripe.tell(shop.url);
    assert.deepEqual([(await paymentOf(free)).state, (await paymentOf(taken)).state], ['booked', 'refunded']);
    assert.equal((await paymentOf(taken)).appointmentId, null);
    const toldLate = async () => {
      const all: Json[] = (await shop.ask('GET', '/v1/messages?limit=200', owner())).body.items;
      return all.find(({ kind, to, failure }) => kind === 'refund' && to === 'late@example.org' && failure !== undefined);
    };
    await eventually(async () => (await toldLate()) !== undefined);
    const [message] = await messagesOf((await toldLate())?.appointmentId);
    assert.deepEqual([message?.customerId, message?.failure], [undefined, 'no-mail-server']);
    assert.match(message?.text, /paid back €20\.00\. It came when the time was no longer free/);
    assert.match(message?.text, /Free times: [^;]+; [^;]+; [^;]+/);
  });
});
