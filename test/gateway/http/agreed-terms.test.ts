import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { ServiceReply } from '../../../src/protocol/catalog.ts';
import type { HoldReply } from '../../../src/protocol/holds.ts';
import type { AppointmentPaymentReply } from '../../../src/protocol/payments.ts';
import type { SlotsReply } from '../../../src/protocol/slots.ts';
import { dateIn } from '../../support/dates.ts';
import { makerOf } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const customer = { name: 'Grace', email: 'grace@example.org' };
const MINUTE = 60_000;
let shop: Business;
let massage: ServiceReply;
let person: { readonly id: string; readonly calendarId: string };
let name = 0;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());

/** Each test has a service and a person of its own, whom it changes as it likes. */
beforeEach(async () => {
  const make = makerOf(shop, shop.tokens.owner);
  name += 1;
  massage = await make('/v1/services', { name: `Massage ${name}`, minutes: 30, slotIntervalMinutes: 30, price: { amount: 2_000, currency: 'EUR' } });
  person = await make('/v1/staff', { name: `Eve ${name}`, locationId: shop.berlin, serviceIds: [massage.id] });
});

const patch = (path: string, body: object) => shop.ask('PATCH', path, { body, token: shop.tokens.owner });
const hold = async (time = '10:00', more: object = {}) => {
  const said = await shop.ask<HoldReply>('POST', '/v1/holds', {
    body: { serviceId: massage.id, staffId: person.id, startsAt: berlinTime(4, time), ...more },
  });
  assert.equal(said.status, 201, said.text);
  return said.body;
};
const confirm = ({ id, token }: HoldReply) =>
  shop.ask<AppointmentReply>('POST', '/v1/appointments', { body: { holdId: id, customer, allowOverlap: true }, headers: { 'hold-token': token ?? '' } });
const bookAt = async (time: string) => {
  const body = { serviceId: massage.id, staffId: person.id, startsAt: berlinTime(4, time), customer, allowOverlap: true };
  const said = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body });
  assert.equal(said.status, 201, said.text);
  return said.body;
};
const lengthOf = ({ startsAt, endsAt }: { startsAt: string; endsAt: string }) => (Date.parse(endsAt) - Date.parse(startsAt)) / MINUTE;

describe('what a hold says', () => {
  test('is what is booked, whatever has become of price, length, rules and name meanwhile', async () => {
    const held = await hold();
    assert.deepEqual([held.price?.amount, held.serviceName, held.locationName, held.staffName], [2_000, massage.name, 'Berlin', `Eve ${name}`]);
    assert.deepEqual(held.policy, { cancelUntilMinutes: null, rescheduleUntilMinutes: null, refundRules: [] });
    assert.deepEqual([held.locationId, held.timeZone, held.approval], [shop.berlin, 'Europe/Berlin', 'automatic']);
    const change = {
      name: 'Deep massage',
      minutes: 60,
      bufferAfterMinutes: 15,
      price: { amount: 9_900, currency: 'EUR' },
      cancelUntilMinutes: 10_080,
      approval: 'manual',
    };
    assert.equal((await patch(`/v1/services/${massage.id}`, change)).status, 200);
    const { status, body } = await confirm(held);
    assert.equal(status, 201);
    assert.deepEqual([body.price.amount, lengthOf(body), body.status, body.serviceName], [2_000, 30, 'booked', massage.name]);
    assert.equal(body.cancellableUntil, body.startsAt);
  });

  test('is of all seats', async () => {
    const held = await shop.ask<HoldReply>('POST', '/v1/holds', { body: { serviceId: shop.yoga.id, startsAt: berlinTime(5, '10:00'), seats: 3 } });
    assert.equal(held.body.price?.amount, 12_000);
    assert.equal((await confirm(held.body)).body.price.amount, 12_000);
  });

  test('is the place, wherever the person works by then', async () => {
    const held = await hold();
    assert.equal((await patch(`/v1/staff/${person.id}`, { locationId: shop.newYork })).status, 200);
    const again = await shop.ask<HoldReply>('GET', `/v1/holds/${held.id}`, { headers: { 'hold-token': held.token ?? '' } });
    assert.deepEqual([again.body.startsAt, again.body.locationId], [held.startsAt, shop.berlin]);
    isProblem(await shop.ask('GET', `/v1/holds/${held.id}`, { token: await shop.login('clara@example.org') }), 'hold-not-yours');
    assert.equal((await shop.ask('GET', `/v1/holds/${held.id}`, { token: shop.tokens.desk })).status, 200, 'the desk of Berlin looks after it');
    const { body } = await confirm(held);
    assert.deepEqual([body.startsAt, body.timeZone, body.locationId, body.locationName], [held.startsAt, 'Europe/Berlin', shop.berlin, 'Berlin']);
  });

  test('is the place of the staff member that was found, if several could', async () => {
    const make = makerOf(shop, shop.tokens.owner);
    const there = await make<{ id: string }>('/v1/staff', { name: 'Finn', locationId: shop.newYork, serviceIds: [massage.id] });
    const startsAt = berlinTime(4, '16:00');
    const held = [];
    for (let number = 0; number < 2; number += 1)
      held.push((await shop.ask<HoldReply>('POST', '/v1/holds', { body: { serviceId: massage.id, startsAt } })).body);
    const placeOf = (staffId: string) => (staffId === there.id ? [shop.newYork, 'America/New_York', 'New York'] : [shop.berlin, 'Europe/Berlin', 'Berlin']);
    assert.equal(new Set(held.map(({ staffId }) => staffId)).size, 2, 'at four in Berlin it is ten in New York: both are open');
    for (const one of held) assert.deepEqual([one.locationId, one.timeZone, one.locationName], placeOf(one.staffId));
    await patch(`/v1/staff/${there.id}`, { locationId: shop.berlin });
    await patch(`/v1/staff/${person.id}`, { locationId: shop.newYork });
    for (const one of held) {
      const { body } = await confirm(one);
      assert.deepEqual([body.staffId, body.locationId, body.timeZone, body.locationName], [one.staffId, ...placeOf(one.staffId)]);
    }
  });

  test('does not outlive its service', async () => {
    const held = await hold();
    assert.equal((await shop.ask('DELETE', `/v1/services/${massage.id}`, { token: shop.tokens.owner })).status, 204);
    isProblem(await confirm(held), 'not-found');
  });

  test('outlives a change of hours', async () => {
    const held = await hold();
    await patch(`/v1/staff/${person.id}`, { bookable: false });
    const away = { startsAt: berlinTime(3, '00:00'), endsAt: berlinTime(3, '23:00') };
    await shop.ask('POST', `/v1/staff/${person.id}/time-off`, { body: away, token: shop.tokens.owner });
    assert.equal((await confirm(held)).status, 201);
  });
});

describe('the tax rate', () => {
  const money = (amount: number) => ({ amount, currency: 'EUR' });
  const paymentOf = async (id: string) => (await shop.ask<AppointmentPaymentReply>('GET', `/v1/appointments/${id}/payment`, { token: shop.tokens.owner })).body;

  test('is agreed with the hold, stays with another price, and is that of another service the appointment is changed to; what was paid keeps its rate', async () => {
    assert.equal((await patch(`/v1/services/${massage.id}`, { taxPercent: 5.55 })).status, 200);
    const held = await hold();
    assert.equal((await patch(`/v1/services/${massage.id}`, { taxPercent: 19 })).status, 200);
    const { id } = (await confirm(held)).body;
    const cash = { method: 'cash', amount: money(1_234) };
    assert.equal((await shop.ask('POST', `/v1/appointments/${id}/payments`, { token: shop.tokens.owner, body: cash })).status, 201);
    assert.equal((await patch(`/v1/appointments/${id}`, { price: money(2_500) })).status, 200);
    const { taxPercent, payments } = await paymentOf(id);
    assert.deepEqual([taxPercent, payments[0]?.tax], [5.55, { net: money(1_169), tax: money(65) }]);
    const days = `from=${dateIn(-2)}&to=${dateIn(3)}`;
    const books = (await shop.ask('GET', `/v1/ledger.csv?${days}`, { token: shop.tokens.owner })).text.trim().split('\n');
    assert.ok(
      books.some((line) => line.endsWith(`,${id},5.55,${payments[0]?.receiptNumber},65,1169`)),
      'the books have the rate, and the tax',
    );
    const make = makerOf(shop, shop.tokens.owner);
    for (const rate of [7, null]) {
      const other = await make<ServiceReply>('/v1/services', { name: `Other ${name} ${rate}`, minutes: 30, price: money(2_000), taxPercent: rate });
      assert.equal((await patch(`/v1/services/${other.id}`, { staffIds: [person.id] })).status, 200);
      assert.equal((await patch(`/v1/appointments/${id}`, { serviceId: other.id })).status, 200);
      const now = await paymentOf(id);
      assert.deepEqual([now.taxPercent, now.payments[0]?.taxPercent, now.payments[0]?.tax], [rate, 5.55, payments[0]?.tax]);
    }
    const again = (await shop.ask('GET', `/v1/ledger.csv?${days}`, { token: shop.tokens.owner })).text;
    assert.ok(again.includes(`,${id},5.55,${payments[0]?.receiptNumber},65,1169`), 'a later change leaves the books alone');
    for (const wrong of [5.555, -1, 100.01]) isProblem(await patch(`/v1/services/${massage.id}`, { taxPercent: wrong }), 'invalid-request', 'taxPercent');
  });
});

describe('an appointment that is moved', () => {
  const slotsToMove = (made: AppointmentReply, more: object = {}) => {
    const query = new URLSearchParams({ serviceId: massage.id, from: dateIn(4), to: dateIn(5), staffId: person.id, movingAppointmentId: made.id, ...more });
    return shop.ask<SlotsReply>('GET', `/v1/slots?${query}`, { headers: { 'manage-token': made.manageToken ?? '' } });
  };
  const move = (made: AppointmentReply, startsAt: string) =>
    shop.ask<AppointmentReply>('POST', `/v1/appointments/${made.id}/reschedule`, {
      body: { startsAt, allowOverlap: true },
      headers: { 'manage-token': made.manageToken ?? '' },
    });

  test('stays as long as it was booked, and what is offered for it can be booked', async () => {
    const [made, next] = [await bookAt('10:00'), await bookAt('11:00')];
    const change = { minutes: 60, bufferBeforeMinutes: 20, bufferAfterMinutes: 20, price: { amount: 9_900, currency: 'EUR' } };
    assert.equal((await patch(`/v1/services/${massage.id}`, change)).status, 200);
    const offered = (await slotsToMove(made)).body.slots ?? [];
    assert.ok(offered.every((slot) => lengthOf(slot) === 30));
    const starts = offered.map(({ startsAt }) => startsAt);
    assert.ok(starts.includes(berlinTime(4, '16:30')), 'half an hour before the end of the day is enough for it');
    assert.ok(starts.includes(berlinTime(4, '10:30')) && !starts.includes(next.startsAt), 'it stands in its own way no more than before');
    for (const startsAt of starts) {
      const { status, body, text } = await move(made, startsAt);
      assert.equal(status, 200, text);
      assert.deepEqual([lengthOf(body), body.price.amount], [30, 2_000]);
    }
    const others = await shop.ask<SlotsReply>('GET', `/v1/slots?serviceId=${massage.id}&from=${dateIn(4)}&to=${dateIn(5)}&staffId=${person.id}`);
    assert.ok(others.body.slots?.every((slot) => lengthOf(slot) === 60));
  });

  test('is only offered times for what it is', async () => {
    const made = await bookAt('10:00');
    isProblem(await slotsToMove(made, { serviceId: shop.haircut.id, staffId: shop.ada.id }), 'invalid-request');
  });

  test('is offered times whatever has become of its service and of what its person does', async () => {
    const made = await bookAt('10:00');
    const other = await makerOf(shop, shop.tokens.owner)('/v1/staff', { name: 'Zoe', locationId: shop.berlin, serviceIds: [massage.id] });
    const offeredTo = async (of: AppointmentReply, query: Record<string, string>) => {
      const asked = new URLSearchParams({ serviceId: massage.id, from: dateIn(4), to: dateIn(5), movingAppointmentId: of.id, ...query });
      const said = await shop.ask<SlotsReply>('GET', `/v1/slots?${asked}`, { headers: { 'manage-token': of.manageToken ?? '' } });
      assert.equal(said.status, 200, said.text);
      return new Set(said.body.slots?.map(({ staffId }) => staffId));
    };
    const changes = [
      () => patch(`/v1/services/${massage.id}`, { active: false }),
      () => patch(`/v1/staff/${person.id}`, { serviceIds: [], bookable: false }),
      () => shop.ask('DELETE', `/v1/services/${massage.id}?appointments=keep`, { token: shop.tokens.owner }),
    ];
    for (const change of changes) {
      assert.ok((await change()).status < 300);
      assert.deepEqual(await offeredTo(made, {}), new Set([person.id, other.id]));
      assert.deepEqual(await offeredTo(made, { staffId: person.id }), new Set([person.id]));
      assert.deepEqual(await offeredTo(made, { staffId: other.id }), new Set([other.id]));
    }
    const [first] = (await slotsToMove(made)).body.slots ?? [];
    assert.equal((await move(made, first?.startsAt ?? '')).status, 200);
    const away = { serviceId: massage.id, from: dateIn(4), to: dateIn(5) };
    isProblem(await shop.ask('GET', `/v1/slots?${new URLSearchParams(away)}`), 'not-found', 'serviceId');
    assert.equal((await shop.ask('DELETE', `/v1/staff/${person.id}?appointments=keep`, { token: shop.tokens.owner })).status, 204);
    assert.deepEqual(await offeredTo(made, {}), new Set([other.id]));
    isProblem(await slotsToMove(made), 'not-found', 'staffId');
  });

  test('comes to where its calendar is by now, and says so everywhere', async () => {
    const made = await bookAt('16:00');
    await patch(`/v1/staff/${person.id}`, { locationId: shop.newYork });
    const read = () => shop.ask<AppointmentReply>('GET', `/v1/appointments/${made.id}`, { headers: { 'manage-token': made.manageToken ?? '' } });
    assert.deepEqual([(await read()).body.locationId, (await read()).body.startsAt], [shop.berlin, made.startsAt], 'until it is moved it stays where it is');
    const startsAt = (await slotsToMove(made)).body.slots?.find((slot) => Date.parse(slot.startsAt) !== Date.parse(made.startsAt))?.startsAt ?? '';
    const dry = await shop.ask<AppointmentReply>('POST', `/v1/appointments/${made.id}/reschedule?dryRun=true`, {
      body: { startsAt, allowOverlap: true },
      headers: { 'manage-token': made.manageToken ?? '' },
    });
    const { body } = await move(made, startsAt);
    for (const said of [dry.body, body, (await read()).body])
      assert.deepEqual([said.locationId, said.timeZone, said.locationName], [shop.newYork, 'America/New_York', 'New York']);
    const listed = await shop.ask<{ items: AppointmentReply[] }>('GET', `/v1/appointments?locationId=${shop.newYork}&serviceId=${massage.id}`, {
      token: shop.tokens.owner,
    });
    assert.deepEqual(
      listed.body.items.map(({ id }) => id),
      [made.id],
    );
    isProblem(await shop.ask('GET', `/v1/appointments/${made.id}`, { token: shop.tokens.desk }), 'forbidden');
  });

  test('says what everything was called when it was booked, and what the person is called now', async () => {
    const made = await bookAt('12:00');
    await patch(`/v1/services/${massage.id}`, { name: 'Deep massage' });
    await patch(`/v1/staff/${person.id}`, { name: 'Eva' });
    assert.equal((await shop.ask('DELETE', `/v1/staff/${person.id}?appointments=keep`, { token: shop.tokens.owner })).status, 204);
    const { body } = await shop.ask<AppointmentReply>('GET', `/v1/appointments/${made.id}`, { headers: { 'manage-token': made.manageToken ?? '' } });
    assert.deepEqual([body.serviceName, body.staffName, body.locationName], [massage.name, 'Eva', 'Berlin']);
  });
});
