// Length and price with each person: what is listed with someone is what is held, booked and paid with them, also where anyone will do.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { MINUTE } from '../../../src/model/instant.ts';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { ServiceReply } from '../../../src/protocol/catalog.ts';
import type { HoldReply } from '../../../src/protocol/holds.ts';
import type { SlotsReply } from '../../../src/protocol/slots.ts';
import { dateIn } from '../../support/dates.ts';
import { openStripe, type TestStripe } from '../../support/stripe.ts';
import { type Json, makerOf } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

type Person = { readonly id: string; readonly calendarId: string };
type Told = Pick<AppointmentReply, 'startsAt' | 'endsAt' | 'staffId'> & Pick<HoldReply, 'price'>;
const customer = { name: 'Grace', email: 'grace@example.org' };
const euros = (amount: number) => ({ amount, currency: 'EUR' });
const WASH = { id: randomUUID(), name: 'Wash', priceMinor: 800, durationMinutes: 15 };
let shop: Business;
let stripe: TestStripe;
let cut: ServiceReply;
/** Half an hour for €40 with the first, three quarters for €55 with the second, half an hour for nothing with the third. */
let [usual, slow, free]: Person[] = [];
let nth = 0;
before(async () => {
  stripe = await openStripe();
  shop = await openBusiness(stripe.settings);
});
after(async () => {
  await shop?.[Symbol.asyncDispose]();
  await stripe?.[Symbol.asyncDispose]();
});

beforeEach(async () => {
  const make = makerOf(shop, shop.tokens.owner);
  nth += 1;
  cut = await make('/v1/services', { name: `Cut ${nth}`, minutes: 30, slotIntervalMinutes: 15, price: euros(4_000), addOns: [WASH] });
  [usual, slow, free] = await Promise.all(
    ['Una', 'Sol', 'Fay'].map((name) => make<Person>('/v1/staff', { name: `${name} ${nth}`, locationId: shop.berlin, serviceIds: [cut.id] })),
  );
  const staffTerms = [
    { staffId: idOf(slow), minutes: 45, price: euros(5_500) },
    { staffId: idOf(free), price: euros(0) },
  ];
  assert.equal((await patch({ staffTerms })).status, 200);
});

function idOf(person: Person | undefined): string {
  return person?.id ?? assert.fail('there is nobody');
}
const patch = (body: object) => shop.ask<ServiceReply>('PATCH', `/v1/services/${cut.id}`, { body, token: shop.tokens.owner });
const hold = (more: object) => shop.ask<HoldReply>('POST', '/v1/holds', { body: { serviceId: cut.id, startsAt: berlinTime(4, '10:00'), ...more } });
const bookAs = (token: string | undefined, more: object) =>
  shop.ask<AppointmentReply>('POST', '/v1/appointments', {
    body: { serviceId: cut.id, startsAt: berlinTime(4, '10:00'), customer, allowOverlap: true, ...more },
    ...(token !== undefined && { token }),
  });
const book = async (more: object) => {
  const said = await bookAs(shop.tokens.desk, more);
  assert.equal(said.status, 201, said.text);
  return said.body;
};
const slotsWith = async (more = '') =>
  (await shop.ask<SlotsReply>('GET', `/v1/slots?serviceId=${cut.id}&from=${dateIn(4)}&to=${dateIn(5)}&timeZone=Europe/Berlin${more}`)).body.slots ?? [];
const lengthOf = ({ startsAt, endsAt }: Pick<Told, 'startsAt' | 'endsAt'>) => (Date.parse(endsAt) - Date.parse(startsAt)) / MINUTE;
const said = (told: Told) => [told.staffId, lengthOf(told), told.price?.amount];

test('each start is listed as long as it is with its person, and what is listed, for that long, is what a claim gets; nothing else is', async () => {
  await book({ staffId: idOf(slow), startsAt: berlinTime(4, '11:00') });
  const listed = await slotsWith();
  const lengths = new Map(listed.map((slot) => [slot.staffId, lengthOf(slot)]));
  assert.deepEqual(
    [usual, slow, free].map((person) => lengths.get(idOf(person))),
    [30, 45, 30],
  );
  for (const person of [usual, slow, free]) {
    const own = new Map(listed.filter(({ staffId }) => staffId === idOf(person)).map((slot) => [Date.parse(slot.startsAt), Date.parse(slot.endsAt)]));
    for (let at = Date.parse(berlinTime(4, '09:00')); at <= Date.parse(berlinTime(4, '17:00')); at += 15 * MINUTE) {
      const body = { serviceId: cut.id, staffId: idOf(person), startsAt: new Date(at).toISOString() };
      const tried = await shop.ask<HoldReply>('POST', '/v1/holds?dryRun=true', { body });
      assert.equal(tried.status === 200, own.has(at), `${body.startsAt}: ${tried.text}`);
      if (tried.status === 200) assert.equal(Date.parse(tried.body.endsAt), own.get(at));
      const explained = await shop.ask('GET', `/v1/slots/explain?serviceId=${cut.id}&staffId=${idOf(person)}&startsAt=${body.startsAt}`);
      assert.equal(explained.body.bookable, own.has(at));
    }
  }
  const counted = await shop.ask<SlotsReply>('GET', `/v1/slots?serviceId=${cut.id}&staffId=${idOf(slow)}&from=${dateIn(4)}&to=${dateIn(5)}&grain=day`);
  assert.equal(counted.body.days?.[0]?.slots, listed.filter(({ staffId }) => staffId === idOf(slow)).length);
});

test('what is held with a person is booked for the length and the price it had with them then', async () => {
  const held = await hold({ staffId: idOf(slow), addOnIds: [WASH.id] });
  assert.deepEqual(said(held.body), [idOf(slow), 60, 6_300], held.text);
  assert.equal((await patch({ staffTerms: [] })).status, 200);
  const body = { holdId: held.body.id, customer, allowOverlap: true };
  const booked = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body, headers: { 'hold-token': held.body.token ?? '' } });
  assert.deepEqual(said(booked.body), [idOf(slow), 60, 6_300], booked.text);
  assert.deepEqual(said((await hold({ staffId: idOf(slow), startsAt: berlinTime(4, '12:00') })).body), [idOf(slow), 30, 4_000]);
});

test('where anyone will do, it has the length and the price of the one who takes it', async () => {
  const terms = new Map([
    [idOf(usual), [30, 4_000]],
    [idOf(slow), [45, 5_500]],
    [idOf(free), [30, 0]],
  ]);
  const taken = new Set<string>();
  for (const _ of terms) {
    const { body, text } = await hold({});
    taken.add(body.staffId);
    assert.deepEqual(said(body), [body.staffId, ...(terms.get(body.staffId) ?? [])], text);
  }
  assert.equal(taken.size, 3);
  isProblem(await hold({}), 'slot-taken');
  // Of the last half hour only those who need no more.
  const late = { startsAt: berlinTime(4, '16:30') };
  assert.deepEqual(new Set([(await hold(late)).body.staffId, (await hold(late)).body.staffId]), new Set([idOf(usual), idOf(free)]));
  const refused = await hold(late);
  isProblem(refused, 'slot-taken');
  const { alternatives } = refused.body as Json;
  assert.ok(alternatives.some(({ staffId }: Json) => staffId === idOf(slow)));
  for (const other of alternatives) assert.equal(lengthOf(other), terms.get(other.staffId)?.[0], JSON.stringify(alternatives));
});

test('what is due before follows the person, and with one who asks for nothing a guest books at once', async () => {
  assert.equal((await patch({ paymentPolicy: 'deposit', depositPercent: 50, noShowFeePercent: 10, staffTerms: [] })).status, 200);
  isProblem(await patch({ staffTerms: [{ staffId: idOf(free), price: euros(0) }] }), 'invalid-request', 'staffTerms.0');
  const staffTerms = [
    { staffId: idOf(slow), price: euros(8_000) },
    { staffId: idOf(free), price: euros(0) },
  ];
  assert.equal((await patch({ noShowFeePercent: null, staffTerms })).status, 200);
  const dueOf = async (person: Person | undefined) => (await hold({ staffId: idOf(person), startsAt: berlinTime(5, '10:00') })).body.due?.amount;
  assert.deepEqual([await dueOf(usual), await dueOf(slow), await dueOf(free)], [2_000, 4_000, undefined]);
  isProblem(await bookAs(undefined, { staffId: idOf(slow) }), 'payment-required');
  isProblem(await bookAs(undefined, {}), 'payment-required');
  const guest = await bookAs(undefined, { staffId: idOf(free) });
  assert.deepEqual(said(guest.body), [idOf(free), 30, 0], guest.text);
  const open = await book({ staffId: idOf(slow) });
  const paid = await shop.ask('GET', `/v1/appointments/${open.id}/payment`, { token: shop.tokens.desk });
  assert.deepEqual([paid.body.policy, paid.body.price.amount, paid.body.due.amount], ['deposit', 8_000, 8_000], paid.text);
});

test('a voucher takes its share off the price with the person, whoever that turns out to be', async () => {
  const code = `HALFPRICE${nth}`;
  await makerOf(shop, shop.tokens.owner)('/v1/vouchers', { code, percent: 50 });
  assert.deepEqual(said(await book({ staffId: idOf(slow), voucherCode: code })), [idOf(slow), 45, 2_750]);
  isProblem(await bookAs(shop.tokens.desk, { voucherCode: code }), 'voucher-not-for-this');
  assert.equal(
    (
      await patch({
        staffTerms: [
          { staffId: idOf(slow), price: euros(5_500) },
          { staffId: idOf(free), price: euros(2_000) },
        ],
      })
    ).status,
    200,
  );
  const halves = new Map([idOf(usual), idOf(free)].map((staffId, index) => [staffId, [2_000, 1_000][index]]));
  for (const _ of halves) {
    const booked = await book({ voucherCode: code });
    assert.equal(booked.price.amount, halves.get(booked.staffId));
  }
  const held = await hold({ staffId: idOf(slow), startsAt: berlinTime(4, '15:00') });
  const given = await shop.ask<HoldReply>('PUT', `/v1/holds/${held.body.id}/voucher`, { body: { code }, headers: { 'hold-token': held.body.token ?? '' } });
  assert.equal(given.body.price?.amount, 2_750, given.text);
});

test('a move to another person keeps length and price; another service has those of the person it is then with', async () => {
  const booked = await book({ staffId: idOf(usual) });
  const moved = await shop.ask<AppointmentReply>('POST', `/v1/appointments/${booked.id}/reschedule`, {
    body: { startsAt: berlinTime(4, '13:00'), staffId: idOf(slow) },
    token: shop.tokens.desk,
  });
  assert.deepEqual(said(moved.body), [idOf(slow), 30, 4_000], moved.text);
  const times = await shop.ask<SlotsReply>(
    'GET',
    `/v1/slots?serviceId=${cut.id}&staffId=${idOf(slow)}&from=${dateIn(4)}&to=${dateIn(5)}&movingAppointmentId=${booked.id}`,
    { token: shop.tokens.desk },
  );
  assert.deepEqual(new Set(times.body.slots?.map(lengthOf)), new Set([30]));
  const make = makerOf(shop, shop.tokens.owner);
  const staffTerms = [{ staffId: idOf(slow), minutes: 80, price: euros(9_000) }];
  const other = await make<ServiceReply>('/v1/services', {
    name: `Colour ${nth}`,
    minutes: 60,
    price: euros(7_000),
    staffTerms,
    staffIds: [idOf(usual), idOf(slow)],
  });
  const edit = (body: object) =>
    shop.ask<AppointmentReply>('PATCH', `/v1/appointments/${booked.id}`, { body: { ...body, allowOverlap: true }, token: shop.tokens.desk });
  assert.deepEqual(said((await edit({ serviceId: other.id })).body), [idOf(slow), 80, 9_000]);
  assert.deepEqual(said((await edit({ serviceId: cut.id })).body), [idOf(slow), 45, 4_000], 'the price is as it was agreed');
  assert.deepEqual(said((await edit({ serviceId: other.id, staffId: idOf(usual) })).body), [idOf(usual), 60, 9_000], 'and here, too');
});

test('the public reads them of those who do it; they are checked one by one, and one who has left may stay', async () => {
  const seen = async (token?: string) =>
    (await shop.ask<ServiceReply>('GET', `/v1/services/${cut.id}`, token === undefined ? {} : { token })).body.staffTerms.map(({ staffId }) => staffId);
  assert.deepEqual(await seen(), [idOf(slow), idOf(free)]);
  const [first, second] = [idOf(slow), idOf(free)];
  isProblem(await patch({ staffTerms: [{ staffId: first }] }), 'invalid-request', 'staffTerms.0');
  isProblem(await patch({ staffTerms: [{ staffId: randomUUID(), minutes: 20 }] }), 'invalid-request', 'staffTerms.0.staffId');
  isProblem(await patch({ staffTerms: [first, first].map((staffId) => ({ staffId, minutes: 20 })) }), 'invalid-request', 'staffTerms.1.staffId');
  isProblem(await patch({ staffTerms: [{ staffId: first, minutes: 0 }] }), 'invalid-request', 'staffTerms.0.minutes');
  isProblem(await patch({ staffTerms: [{ staffId: first, minutes: 1_430 }] }), 'invalid-request', 'staffTerms.0');
  isProblem(await patch({ staffTerms: [{ staffId: first, price: { amount: 1, currency: 'USD' } }] }), 'invalid-request', 'staffTerms.0.price.currency');
  isProblem(
    await patch({ paymentPolicy: 'deposit', deposit: euros(4_000), staffTerms: [{ staffId: first, price: euros(3_900) }] }),
    'invalid-request',
    'staffTerms.0',
  );
  const many = Array.from({ length: 201 }, () => ({ staffId: randomUUID(), minutes: 20 }));
  isProblem(await patch({ staffTerms: many }), 'invalid-request', 'staffTerms');
  assert.equal((await shop.ask('PATCH', `/v1/staff/${second}`, { body: { bookable: false }, token: shop.tokens.owner })).status, 200);
  assert.deepEqual([await seen(), await seen(shop.tokens.desk)], [[first], [first, second]]);
  assert.equal((await shop.ask('DELETE', `/v1/staff/${first}`, { token: shop.tokens.owner })).status, 204);
  const staffTerms = [first, second].map((staffId) => ({ staffId, minutes: 20 }));
  assert.equal((await patch({ staffTerms })).status, 200);
});
