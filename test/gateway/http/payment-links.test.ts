// Paying for an appointment that is there already, through a whole server, with the double of Stripe on a port of its own.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { dateIn, everyDay } from '../../support/dates.ts';
import { eventually } from '../../support/eventually.ts';
import { openStripe, type TestStripe } from '../../support/stripe.ts';
import { type Json, makerOf, TEST_PASSWORD } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const customer = { name: 'Grace Hopper', email: 'grace@example.org' };
const euros = (amount: number) => ({ amount, currency: 'EUR' });

let stripe: TestStripe;
let shop: Business;
let service: Json;
let mo: Json;
before(async () => {
  stripe = await openStripe();
  shop = await openBusiness(stripe.settings);
  const make = makerOf(shop, shop.tokens.owner);
  service = await make('/v1/services', { name: 'Massage', minutes: 60, price: euros(8_000) });
  mo = await make('/v1/staff', { name: 'Mo', locationId: shop.berlin, serviceIds: [service.id] });
});
after(async () => {
  await shop?.[Symbol.asyncDispose]();
  await stripe?.[Symbol.asyncDispose]();
});

const owner = () => ({ token: shop.tokens.owner });
const messagesOf = async (id: string): Promise<Json[]> => (await shop.ask('GET', `/v1/messages?appointmentId=${id}`, owner())).body.items;
const moneyOf = async (id: string) => (await shop.ask('GET', `/v1/appointments/${id}/payment`, owner())).body;

describe('a payment link', () => {
  const atDesk = () => ({ token: shop.tokens.desk });
  const phoned = async (time: string) =>
    (await shop.ask('POST', '/v1/appointments', { ...atDesk(), body: { serviceId: service.id, startsAt: berlinTime(6, time), customer } })).body;
  const linkOf = async (id: string, send = false) => shop.ask('POST', `/v1/appointments/${id}/payment-link`, { ...atDesk(), body: { send } });
  const asBearer = (url: string) => ({ headers: { 'manage-token': new URLSearchParams(new URL(url).hash.slice(1)).get('token') ?? '' } });

  test('lets the customer pay what is due, once, however often it is opened; what is paid twice all the same goes back', async () => {
    const { id } = await phoned('09:00');
    isProblem(await shop.ask('POST', `/v1/appointments/${id}/payment-link`, { token: shop.tokens.customer, body: {} }), 'forbidden');
    const misdirected = (await linkOf(id)).body;
    assert.equal((await shop.ask('PATCH', `/v1/appointments/${id}`, { ...atDesk(), body: { customer: { email: 'corrected@example.org' } } })).status, 200);
    isProblem(await shop.ask('POST', `/v1/appointments/${id}/payment`, asBearer(misdirected.url)), 'manage-token-ended');
    const link = (await linkOf(id, true)).body;
    assert.deepEqual([link.amount, link.isSent], [euros(8_000), true]);
    const trail: Json[] = (await shop.ask('GET', '/v1/audit?limit=20', owner())).body.items;
    assert.ok(trail.some(({ action, subject }) => action === 'payment.link-made' && subject.id === id));
    await eventually(async () => (await messagesOf(id)).some(({ kind, text }) => kind === 'payment-due' && /€80\.00 is still to be paid/.test(text)));
    const begun = await Promise.all(Array.from({ length: 4 }, () => shop.ask('POST', `/v1/appointments/${id}/payment`, asBearer(link.url))));
    const [first] = begun;
    assert.deepEqual(new Set(begun.filter(({ status }) => status === 201).map(({ body }) => body.id)).size, 1);
    const opened = begun.find(({ status }) => status === 201)?.body;
    assert.deepEqual([(await moneyOf(id)).payingUntil, opened.payUntil !== undefined], [opened.payUntil, true], 'the desk sees that somebody pays');
    stripe.pay(begun.find(({ status }) => status === 201)?.body.clientSecret ?? first?.text);
    await stripe.tell(shop.url);
    const { due, status, payingUntil } = await moneyOf(id);
    assert.deepEqual([due, status, payingUntil], [euros(0), 'paid', null]);
    isProblem(await linkOf(id), 'wrong-status');
    await eventually(async () => (await messagesOf(id)).some(({ kind, text }) => kind === 'receipt' && /Show and print the receipt:\n/.test(text)));
    assert.equal((await shop.ask('POST', `/v1/appointments/${id}/cancel`, { ...owner(), body: {} })).status, 200);
    await eventually(async () => (await moneyOf(id)).payments[0].refunded.amount === 8_000);
  });

  test('brings no money that is no longer due: not beside cash, and not after cancelling', async () => {
    for (const [time, settle] of [
      ['11:00', 'cash'],
      ['12:00', 'cancel'],
    ] as const) {
      const { id } = await phoned(time);
      const { url } = (await linkOf(id)).body;
      const { clientSecret } = (await shop.ask('POST', `/v1/appointments/${id}/payment`, asBearer(url))).body;
      if (settle === 'cash') await shop.ask('POST', `/v1/appointments/${id}/payments`, { ...atDesk(), body: { method: 'cash', amount: euros(8_000) } });
      else await shop.ask('POST', `/v1/appointments/${id}/cancel`, { ...owner(), body: {} });
      stripe.pay(clientSecret);
      await stripe.tell(shop.url);
      await eventually(async () => (await moneyOf(id)).payments.some(({ method, refunded }: Json) => method === 'stripe' && refunded.amount === 8_000));
      const kept = (await moneyOf(id)).payments.reduce((sum: number, one: Json) => sum + one.received.amount - one.refunded.amount, 0);
      assert.equal(kept, settle === 'cash' ? 8_000 : 0);
    }
  });

  test('is for what an appointment costs more after a change; what it costs less stays paid until it is given back', async () => {
    const { id } = await phoned('14:00');
    stripe.pay((await shop.ask('POST', `/v1/appointments/${id}/payment`, asBearer((await linkOf(id)).body.url))).body.clientSecret);
    await stripe.tell(shop.url);
    const changedTo = async (amount: number) => {
      assert.equal((await shop.ask('PATCH', `/v1/appointments/${id}`, { ...atDesk(), body: { price: euros(amount) } })).status, 200);
      const { due, overpaid, status, canPayByCard } = await moneyOf(id);
      return [due.amount, overpaid.amount, status, canPayByCard];
    };
    assert.deepEqual(await changedTo(9_000), [1_000, 0, 'partly-paid', true]);
    assert.deepEqual((await linkOf(id)).body.amount, euros(1_000));
    assert.deepEqual(await changedTo(7_500), [0, 500, 'paid', false]);
    isProblem(await linkOf(id), 'wrong-status');
    const told = async () =>
      (await messagesOf(id)).flatMap(({ kind, text }) => (kind === 'appointment-changed' && text !== undefined ? [text] : [])).join('\n');
    // Before money goes back: a message that is written after that finds nothing left over.
    await eventually(async () => /Paid: €80\.00\nStill to pay: €10\.00/.test(await told()) && /Paid: €80\.00\nMore than it costs: €5\.00/.test(await told()));
    assert.match(await told(), /Of the new price, €10\.00 is still to be paid\./);
    assert.match(await told(), /You have paid €5\.00 more than it costs now\./);
    const body = { amount: euros(500), reason: 'It costs less now.' };
    assert.equal((await shop.ask('POST', `/v1/appointments/${id}/refunds`, { ...owner(), body })).status, 201);
    await eventually(async () => (await moneyOf(id)).payments[0].refunded.amount === 500);
    const { due, overpaid, status } = await moneyOf(id);
    assert.deepEqual([due, overpaid, status], [euros(0), euros(0), 'partly-refunded']);
  });
});

describe('the message about a change', () => {
  test('names no balance where nothing was paid, or the price is the same', async () => {
    const make = makerOf(shop, shop.tokens.owner);
    const unpaid = await make('/v1/appointments', { serviceId: service.id, startsAt: berlinTime(6, '10:00'), customer });
    const paid = await make('/v1/appointments', { serviceId: service.id, startsAt: berlinTime(6, '16:00'), customer });
    await make(`/v1/appointments/${paid.id}/payments`, { method: 'cash', amount: euros(3_000) });
    for (const [id, body] of [
      [unpaid.id, { price: euros(9_000) }],
      [paid.id, { minutes: 30 }],
    ] as const) {
      assert.equal((await shop.ask('PATCH', `/v1/appointments/${id}`, { ...owner(), body })).status, 200);
      const texts = async () => (await messagesOf(id)).flatMap(({ kind, text }) => (kind === 'appointment-changed' && text !== undefined ? [text] : []));
      await eventually(async () => (await texts()).length === 1);
      assert.doesNotMatch(String(await texts()), /paid|Paid|to pay/);
    }
  });
});

describe('payments', () => {
  test('are listed by state, method, day and customer, each with its appointment and what the books say of it', async () => {
    const listed = async (query: string): Promise<Json[]> => {
      const said = await shop.ask('GET', `/v1/payments?limit=200&${query}`, owner());
      assert.equal(said.status, 200, said.text);
      assert.equal(said.body.provider, 'stripe');
      return said.body.items;
    };
    const all = await listed('');
    const matching = (is: (payment: Json) => boolean) => all.filter(is).map(({ id }) => id);
    const ids = async (query: string) => (await listed(query)).map(({ id }) => id);
    assert.ok(matching(({ method }) => method === 'cash').length > 0);
    assert.deepEqual(
      await ids('method=cash&method=terminal'),
      matching(({ method }) => method === 'cash'),
    );
    assert.deepEqual(
      await ids('state=refunded&state=closed'),
      matching(({ state }) => state === 'refunded' || state === 'closed'),
    );
    assert.deepEqual(
      await ids('alarm=true'),
      matching(({ alarm }) => alarm !== null),
    );
    assert.deepEqual(await ids(`locationId=${shop.newYork}`), []);
    const [{ createdAt, appointment, appointmentId }] = await listed('method=cash');
    const at = encodeURIComponent(createdAt);
    assert.deepEqual([...(await ids(`to=${at}`)), ...(await ids(`from=${at}`))].sort(), matching(() => true).sort());
    assert.deepEqual([appointment.customerName, appointment.serviceName], ['Grace Hopper', 'Massage']);
    assert.deepEqual(
      await ids(`q=${appointment.reference}`),
      matching((one) => one.appointmentId === appointmentId),
    );
    assert.ok((await listed('q=hopper')).every((one) => one.appointment.customerName.endsWith('Hopper')));
    assert.deepEqual(await ids('q=unheard'), []);
    isProblem(await shop.ask('GET', '/v1/payments?state=lost', owner()), 'invalid-request');

    const gone = all.find(({ method, refunded }) => method === 'stripe' && refunded.amount === 8_000);
    const record = (await shop.ask('GET', `/v1/payments/${gone?.id}`, owner())).body;
    assert.deepEqual([record.received, record.refunded, record.disputed], [euros(8_000), euros(8_000), euros(0)]);
    assert.deepEqual(
      record.entries.map(({ debit, credit }: Json) => [debit, credit]),
      [
        ['provider', 'customers'],
        ['customers', 'provider'],
      ],
    );
    assert.deepEqual(
      record.refunds.map(({ amount }: Json) => amount),
      [euros(8_000)],
    );
    assert.match(record.providerId, /^pi_/);
    isProblem(await shop.ask('GET', `/v1/payments/${gone?.id}`, { token: shop.tokens.desk }), 'forbidden');
    isProblem(await shop.ask('GET', `/v1/payments/${randomUUID()}`, owner()), 'not-found');
  });
});

describe('money of an appointment that has moved to another location', () => {
  const managers = { berlin: '', lisbon: '' };
  let moved: Json;
  before(async () => {
    const make = makerOf(shop, shop.tokens.owner);
    const { id: lisbon } = await make('/v1/locations', { name: 'Lisbon', timeZone: 'Europe/Lisbon', currency: 'EUR', weekly: everyDay('09:00', '17:00') });
    const lu = await make('/v1/staff', { name: 'Lu', locationId: lisbon, serviceIds: [service.id] });
    const people = [
      { email: 'berlin@example.org', name: 'Bea', role: 'manager', locationId: shop.berlin },
      { email: 'lisbon@example.org', name: 'Lia', role: 'manager', locationId: lisbon },
    ] as const;
    await shop.server.context.accounts.createAll(people, TEST_PASSWORD);
    for (const place of ['berlin', 'lisbon'] as const) managers[place] = await shop.login(`${place}@example.org`);
    const startsAt = berlinTime(7, '12:00');
    const name = { name: 'Katherine Johnson', email: 'katherine@example.org' };
    moved = await make('/v1/appointments', { serviceId: service.id, staffId: lu.id, startsAt, customer: name });
    await make(`/v1/appointments/${moved.id}/payments`, { method: 'cash', amount: euros(5_000) });
    const to = { ...owner(), body: { startsAt, staffId: mo.id } };
    const said = await shop.ask('POST', `/v1/appointments/${moved.id}/reschedule`, to);
    assert.deepEqual([said.status, said.body.locationId], [200, shop.berlin], said.text);
    await make(`/v1/appointments/${moved.id}/payments`, { method: 'cash', amount: euros(3_000) });
  });

  test('is given back only by those who may give money back where it was paid', async () => {
    const [atLisbon, atBerlin] = (await moneyOf(moved.id)).payments;
    assert.equal(atBerlin.locationId, shop.berlin);
    const refund = (amount: number, more: object = {}, token = managers.berlin) =>
      shop.ask('POST', `/v1/appointments/${moved.id}/refunds`, { token, body: { amount: euros(amount), reason: 'late', ...more } });
    const refused = await refund(1_000, { paymentId: atLisbon.id });
    isProblem(refused, 'forbidden');
    assert.match(refused.body.detail, /paid at Lisbon/);
    isProblem(await refund(3_001), 'invalid-request');
    assert.equal((await refund(3_000)).status, 201);
    assert.equal((await refund(1_000, { paymentId: atLisbon.id }, shop.tokens.owner)).status, 201);
    assert.deepEqual(
      (await moneyOf(moved.id)).payments.map(({ refunded }: Json) => refunded.amount),
      [1_000, 3_000],
    );
  });

  test('is told without the reference, and not found by it or by the customer, where the appointment is no longer', async () => {
    const seenBy = async (token: string) => {
      const ask = async (path: string) => (await shop.ask('GET', path, { token })).body.items as Json[];
      const of = (items: Json[]) => items.filter(({ appointmentId }) => appointmentId === moved.id);
      const csv = (await shop.ask('GET', `/v1/ledger.csv?from=${dateIn(-1)}&to=${dateIn(2)}`, { token })).text;
      return {
        references: new Set(of(await ask('/v1/payments?limit=200')).map(({ appointment }) => appointment.reference)),
        byReference: of(await ask(`/v1/payments?q=${moved.reference}`)).length,
        byName: of(await ask('/v1/payments?q=katherine')).length,
        inBooks: csv
          .split('\n')
          .filter((line) => line.includes(moved.id))
          .map((line) => line.includes(moved.reference)),
      };
    };
    const lisbon = await seenBy(managers.lisbon);
    assert.deepEqual([[...lisbon.references], lisbon.byReference, lisbon.byName, new Set(lisbon.inBooks)], [[null], 0, 0, new Set([false])]);
    const berlin = await seenBy(managers.berlin);
    assert.deepEqual([[...berlin.references], berlin.byReference, berlin.byName, new Set(berlin.inBooks)], [[moved.reference], 1, 1, new Set([true])]);
    const everywhere = await seenBy(shop.tokens.owner);
    assert.deepEqual([everywhere.byReference, everywhere.byName, new Set(everywhere.inBooks)], [2, 2, new Set([true])]);
  });
});
