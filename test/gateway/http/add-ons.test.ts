// What is done along with a service: it is offered, held, booked and changed with its length and its price.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { ServiceReply } from '../../../src/protocol/catalog.ts';
import type { HoldReply } from '../../../src/protocol/holds.ts';
import type { SlotsReply } from '../../../src/protocol/slots.ts';
import { dateIn } from '../../support/dates.ts';
import { openStripe, type TestStripe } from '../../support/stripe.ts';
import { type Json, makerOf } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const customer = { name: 'Grace', email: 'grace@example.org' };
const MINUTE = 60_000;
const [BEARD, WASH, TEA] = [randomUUID(), randomUUID(), randomUUID()];
const ADD_ONS = [
  { id: BEARD, name: 'Beard trim', priceMinor: 1_200, durationMinutes: 15 },
  { id: WASH, name: 'Wash', priceMinor: 800, durationMinutes: 30, online: false },
  { id: TEA, name: 'Tea', priceMinor: 300 },
];
let shop: Business;
let stripe: TestStripe;
let cut: ServiceReply;
let person: { readonly id: string; readonly calendarId: string };
let nth = 0;
before(async () => {
  stripe = await openStripe();
  shop = await openBusiness(stripe.settings);
});
after(async () => {
  await shop?.[Symbol.asyncDispose]();
  await stripe?.[Symbol.asyncDispose]();
});

/** Each test has a service and a person of its own, whom it changes as it likes. */
beforeEach(async () => {
  const make = makerOf(shop, shop.tokens.owner);
  nth += 1;
  const service = { name: `Cut ${nth}`, minutes: 30, slotIntervalMinutes: 15, price: { amount: 4_000, currency: 'EUR' }, addOns: ADD_ONS };
  cut = await make('/v1/services', service);
  person = await make('/v1/staff', { name: `Eve ${nth}`, locationId: shop.berlin, serviceIds: [cut.id] });
});

const patch = (body: object) => shop.ask<ServiceReply>('PATCH', `/v1/services/${cut.id}`, { body, token: shop.tokens.owner });
const hold = (more: object, token?: string) =>
  shop.ask<HoldReply>('POST', '/v1/holds', {
    body: { serviceId: cut.id, staffId: person.id, startsAt: berlinTime(4, '10:00'), ...more },
    ...(token !== undefined && { token }),
  });
const book = async (more: object, token?: string) => {
  const body = { serviceId: cut.id, staffId: person.id, startsAt: berlinTime(4, '10:00'), customer, allowOverlap: true, ...more };
  const said = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body, ...(token !== undefined && { token }) });
  assert.equal(said.status, 201, said.text);
  return said.body;
};
const edit = ({ id }: AppointmentReply, body: object) =>
  shop.ask<AppointmentReply>('PATCH', `/v1/appointments/${id}`, { body: { ...body, allowOverlap: true }, token: shop.tokens.desk });
type Told = Pick<AppointmentReply, 'startsAt' | 'endsAt'> & Pick<HoldReply, 'price' | 'addOns'>;
const said = ({ startsAt, endsAt, price, addOns = [] }: Told) => [
  (Date.parse(endsAt) - Date.parse(startsAt)) / MINUTE,
  price?.amount,
  addOns.map(({ name }) => name).join(),
];

test('customers see and choose those that are offered online, those who work here all of them', async () => {
  const seen = async (token?: string) =>
    (await shop.ask<ServiceReply>('GET', `/v1/services/${cut.id}`, token === undefined ? {} : { token })).body.addOns.map(({ name }) => name);
  assert.deepEqual([await seen(), await seen(shop.tokens.desk)], [['Beard trim', 'Tea'], ADD_ONS.map(({ name }) => name)]);
  const listed = (await shop.ask('GET', '/v1/services')).body.items.find(({ id }: Json) => id === cut.id);
  assert.equal(listed.addOns.length, 2);
  isProblem(await hold({ addOnIds: [TEA, WASH] }), 'invalid-request', 'addOnIds.1');
  isProblem(await hold({ addOnIds: [TEA, TEA] }), 'invalid-request', 'addOnIds');
  isProblem(await hold({ addOnIds: [randomUUID()] }), 'invalid-request', 'addOnIds.0');
  assert.deepEqual(said(await book({ addOnIds: [WASH] }, shop.tokens.desk)), [60, 4_800, 'Wash']);
});

test('times are long enough for all of it, in lists, for a day, and in what is explained', async () => {
  const ask = async (more: string) =>
    (await shop.ask<SlotsReply>('GET', `/v1/slots?serviceId=${cut.id}&staffId=${person.id}&from=${dateIn(4)}&to=${dateIn(5)}&timeZone=Europe/Berlin${more}`))
      .body;
  const [plain, along] = [await ask(''), await ask(`&addOnIds=${BEARD}&addOnIds=${TEA}`)];
  const [last, shorter] = [plain.slots?.at(-1), along.slots?.at(-1)];
  assert.ok(last !== undefined && shorter !== undefined);
  assert.deepEqual([said(last)[0], said(shorter)[0]], [30, 45]);
  assert.equal(Date.parse(last.endsAt), Date.parse(shorter.endsAt), 'both end when the day does');
  const counted = await ask(`&addOnIds=${BEARD}&grain=day`);
  assert.equal(counted.days?.[0]?.slots, along.slots?.length);
  const explain = async (more: string) => {
    const at = encodeURIComponent(last.startsAt);
    return (await shop.ask('GET', `/v1/slots/explain?serviceId=${cut.id}&staffId=${person.id}&startsAt=${at}${more}`)).body.bookable;
  };
  assert.deepEqual([await explain(''), await explain(`&addOnIds=${BEARD}`)], [true, false]);
  isProblem(await shop.ask('GET', `/v1/slots?serviceId=${cut.id}&from=${dateIn(4)}&to=${dateIn(5)}&addOnIds=${WASH}`), 'invalid-request', 'addOnIds.0');
});

test('what was held is booked with the length, the price and the names that were agreed, whatever the catalog says by now', async () => {
  const held = await hold({ addOnIds: [TEA, BEARD] });
  assert.deepEqual(said(held.body), [45, 5_500, 'Beard trim,Tea'], held.text);
  assert.equal((await patch({ addOns: [{ id: BEARD, name: 'Beard', priceMinor: 9_900 }] })).status, 200);
  const body = { holdId: held.body.id, customer, allowOverlap: true };
  isProblem(await shop.ask('POST', '/v1/appointments', { body: { ...body, addOnIds: [BEARD] } }), 'invalid-request', 'holdId');
  const booked = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body, headers: { 'hold-token': held.body.token ?? '' } });
  assert.deepEqual(said(booked.body), [45, 5_500, 'Beard trim,Tea'], booked.text);
  const changes = await shop.ask('GET', `/v1/calendars/${person.calendarId}/changes`, { token: shop.tokens.owner });
  const fact = changes.body.changes.flatMap(({ events }: Json) => events).find(({ type }: Json) => type === 'appointment.booked');
  assert.deepEqual([fact.addOnIds, JSON.stringify(fact).includes('Beard')], [[BEARD, TEA], false]);
  const file = await shop.ask('GET', `/v1/appointments/${booked.body.id}/calendar.ics`, { token: shop.tokens.owner });
  assert.match(file.text.replaceAll('\r\n ', ''), /SUMMARY:Cut \d+ \+ Beard trim \+ Tea/);
});

test('another choice for the same time is another hold, the same choice is the same one', async () => {
  const [first, again] = [await hold({ addOnIds: [BEARD] }, shop.tokens.customer), await hold({ addOnIds: [BEARD] }, shop.tokens.customer)];
  assert.equal(again.body.id, first.body.id);
  isProblem(await hold({}, shop.tokens.customer), 'slot-taken');
});

test('what is due before is a share of the price of all of it, for all seats', async () => {
  assert.equal((await patch({ addOns: [ADD_ONS[2]], capacity: 4, paymentPolicy: 'deposit', depositPercent: 50 })).status, 200);
  const held = await hold({ addOnIds: [TEA], seats: 3 });
  assert.deepEqual([held.body.price?.amount, held.body.due?.amount], [12_900, 6_450], held.text);
});

test('an appointment that is moved keeps its own: the times for it are asked for without any', async () => {
  const { id: movingAppointmentId } = await book({ addOnIds: [BEARD] });
  const times = (more: string) =>
    shop.ask<SlotsReply>(
      'GET',
      `/v1/slots?serviceId=${cut.id}&staffId=${person.id}&from=${dateIn(4)}&to=${dateIn(5)}&movingAppointmentId=${movingAppointmentId}${more}`,
      { token: shop.tokens.desk },
    );
  const [first] = (await times('')).body.slots ?? [];
  assert.ok(first !== undefined);
  assert.equal(said(first)[0], 45);
  isProblem(await times(`&addOnIds=${TEA}`), 'invalid-request', 'addOnIds');
});

test('the desk changes them in one decision: length and price follow by what was agreed, unless they are given', async () => {
  const booked = await book({ addOnIds: [BEARD] });
  assert.deepEqual(said((await edit(booked, { addOnIds: [BEARD, WASH] })).body), [75, 6_000, 'Beard trim,Wash']);
  assert.equal((await patch({ addOns: [{ id: WASH, name: 'Wash', priceMinor: 100, durationMinutes: 5 }] })).status, 200);
  const without = await edit(booked, { addOnIds: [WASH] });
  assert.deepEqual(said(without.body), [60, 4_800, 'Wash'], 'what it keeps stays as it was agreed');
  isProblem(await edit(booked, { addOnIds: [BEARD] }), 'invalid-request', 'addOnIds.0');
  const given = await edit(booked, { addOnIds: [], minutes: 45, price: { amount: 5_000, currency: 'EUR' } });
  assert.deepEqual(said(given.body), [45, 5_000, '']);
  await book({ startsAt: berlinTime(4, '10:45') });
  isProblem(await edit(booked, { addOnIds: [WASH] }), 'slot-taken');
  assert.equal((await patch({ addOns: [{ id: BEARD, name: 'Beard trim', durationMinutes: 1_400 }] })).status, 200);
  isProblem(await edit(booked, { addOnIds: [BEARD] }), 'invalid-request', 'addOnIds');
  const read = await shop.ask<AppointmentReply>('GET', `/v1/appointments/${booked.id}`, { token: shop.tokens.desk });
  assert.deepEqual(said(read.body), [45, 5_000, '']);
});

test('with another service they go, and those of the other one can be named; with the one before they come back; a move keeps them', async () => {
  const make = makerOf(shop, shop.tokens.owner);
  const other = await make<ServiceReply>('/v1/services', { name: `Colour ${nth}`, minutes: 60, addOns: [{ id: TEA, name: 'Tea', priceMinor: 500 }] });
  assert.equal((await shop.ask('PATCH', `/v1/staff/${person.id}`, { body: { serviceIds: [cut.id, other.id] }, token: shop.tokens.owner })).status, 200);
  const booked = await book({ addOnIds: [BEARD] });
  const moved = await shop.ask<AppointmentReply>('POST', `/v1/appointments/${booked.id}/reschedule`, {
    body: { startsAt: berlinTime(4, '13:00') },
    token: shop.tokens.desk,
  });
  assert.deepEqual(said(moved.body), [45, 5_200, 'Beard trim'], moved.text);
  isProblem(await edit(booked, { serviceId: other.id, addOnIds: [BEARD] }), 'invalid-request', 'addOnIds.0');
  assert.deepEqual(said((await edit(booked, { serviceId: other.id })).body), [60, 0, '']);
  assert.equal((await patch({ addOns: [ADD_ONS[2]] })).status, 200);
  assert.deepEqual(said((await edit(booked, { serviceId: cut.id })).body), [45, 5_200, 'Beard trim'], 'as they were agreed');
  assert.deepEqual(said((await edit(booked, { serviceId: other.id, addOnIds: [TEA] })).body), [60, 500, 'Tea']);
  assert.deepEqual(said((await edit(booked, { serviceId: cut.id, addOnIds: [TEA, BEARD] })).body), [45, 5_500, 'Tea,Beard trim']);
});

test('a service has at most twenty, each with an id and a name of its own, and no more than a day in all; those of a class take no time', async () => {
  const many = Array.from({ length: 21 }, (_, index) => ({ id: randomUUID(), name: `Extra ${index}` }));
  isProblem(await patch({ addOns: many }), 'invalid-request', 'addOns');
  assert.equal((await patch({ addOns: many.slice(1) })).status, 200);
  isProblem(await patch({ addOns: [ADD_ONS[0], { ...ADD_ONS[1], id: BEARD }] }), 'invalid-request', 'addOns.1.id');
  isProblem(await patch({ addOns: [ADD_ONS[0], { ...ADD_ONS[1], name: 'Beard trim' }] }), 'invalid-request', 'addOns.1.name');
  isProblem(await patch({ addOns: [{ ...ADD_ONS[0], durationMinutes: 1_420 }] }), 'invalid-request', 'addOns');
  const few = [{ ...ADD_ONS[2], priceMinor: 20 }];
  isProblem(await patch({ addOns: few, price: { amount: 0, currency: 'EUR' }, paymentPolicy: 'full' }), 'invalid-request', 'addOns');
  const both = [...few, { id: BEARD, name: 'Beard trim', priceMinor: 90 }];
  isProblem(await patch({ addOns: both, price: { amount: 0, currency: 'EUR' }, paymentPolicy: 'full' }), 'invalid-request', 'addOns.0.priceMinor');
  isProblem(await patch({ addOns: [{ ...ADD_ONS[0], priceMinor: -1 }] }), 'invalid-request', 'addOns.0.priceMinor');
  isProblem(await patch({ addOns: [{ ...ADD_ONS[0], durationMinutes: 1.5 }] }), 'invalid-request', 'addOns.0.durationMinutes');
  isProblem(await patch({ addOns: ADD_ONS, capacity: 4 }), 'invalid-request', 'addOns.0.durationMinutes', 'addOns.1.durationMinutes');
  assert.equal((await patch({ addOns: [ADD_ONS[2]], capacity: 4 })).status, 200);
  assert.deepEqual(said(await book({ addOnIds: [TEA], seats: 3 })), [30, 12_900, 'Tea'], 'for each seat');
});
