import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { HoldReply } from '../../../src/protocol/holds.ts';
import { dateIn, everyDay } from '../../support/dates.ts';
import { type Json, makerOf, TEST_PASSWORD } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { TestScreen } from './test-screen.ts';

const customer = { name: 'Grace', email: 'grace@example.org' };
let shop: Business;
let person: { readonly id: string; readonly calendarId: string };
let number = 0;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());
/** Each test has a person of its own. At four in Berlin both places are open. */
beforeEach(async () => {
  number += 1;
  person = await makerOf(shop, shop.tokens.owner)('/v1/staff', { name: `Eve ${number}`, locationId: shop.berlin, serviceIds: [shop.haircut.id] });
});

const slot = (time: string) => ({ serviceId: shop.haircut.id, staffId: person.id, startsAt: berlinTime(4, time) });
const book = async (time: string) => {
  const { status, body, text } = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body: { ...slot(time), customer, allowOverlap: true } });
  assert.equal(status, 201, text);
  return body;
};
const moveTo = (locationId: string) => shop.ask('PATCH', `/v1/staff/${person.id}`, { body: { locationId }, token: shop.tokens.owner });
const remove = () => shop.ask('DELETE', `/v1/staff/${person.id}?appointments=keep`, { token: shop.tokens.owner });

async function boardOf(token: string, asked: object = {}, day = 4): Promise<Json> {
  const screen = await TestScreen.open(shop.url, token);
  const board = await screen.ask('watch-board', { watchId: 'b', from: dateIn(day), to: dateIn(day + 1), ...asked });
  screen.close();
  assert.ok(board.ok, JSON.stringify(board));
  return board;
}
const columnIn = (board: Json) => board.columns.find(({ calendarId }: Json) => calendarId === person.calendarId);
const claimsIn = (board: Json): Json[] => board.calendars.find(({ calendarId }: Json) => calendarId === person.calendarId)?.claims ?? [];

describe('the board of a location', () => {
  test('shows who works there, in order, and says that they do', async () => {
    const board = await boardOf(shop.tokens.owner, { locationId: shop.newYork });
    assert.deepEqual(board.columns, [{ calendarId: shop.cy.calendarId, staffId: shop.cy.id, staffName: 'Cy', presence: 'here' }]);
  });

  test('keeps the appointments that are there of somebody who works elsewhere by now, and those of elsewhere are busy times', async () => {
    const made = await book('16:00');
    await moveTo(shop.newYork);
    const there = await book('17:00');
    assert.equal(there.locationId, shop.newYork);
    const board = await boardOf(shop.tokens.desk);
    assert.deepEqual(columnIn(board), { calendarId: person.calendarId, staffId: person.id, staffName: `Eve ${number}`, presence: 'moved' });
    const told = claimsIn(board).map(({ id, customer: whom, serviceName }) => [id, whom?.name, serviceName]);
    assert.deepEqual(told, [
      [made.id, 'Grace', 'Haircut'],
      [there.id, undefined, 'Haircut'],
    ]);
    assert.equal(columnIn(await boardOf(shop.tokens.owner, { locationId: shop.newYork })).presence, 'here');
    assert.equal(columnIn(await boardOf(shop.tokens.desk, {}, 5)), undefined, 'on a day without any of them there is no column');
  });

  test('shows a hold there as well', async () => {
    const held = await shop.ask<HoldReply>('POST', '/v1/holds', { body: slot('16:00') });
    await moveTo(shop.newYork);
    assert.deepEqual(
      claimsIn(await boardOf(shop.tokens.desk)).map(({ kind, id }) => [kind, id]),
      [['hold', held.body.id]],
    );
  });

  test('keeps the appointments of somebody who has been removed, and so does the board of everything', async () => {
    const made = await book('16:00');
    assert.equal((await remove()).status, 204);
    for (const [token, asked] of [
      [shop.tokens.desk, {}] as const,
      [shop.tokens.owner, { locationId: shop.berlin }] as const,
      [shop.tokens.owner, {}] as const,
    ]) {
      const board = await boardOf(token, asked);
      assert.equal(columnIn(board)?.presence, 'left');
      assert.deepEqual(
        claimsIn(board).map(({ id, customer: whom }) => [id, whom?.name]),
        [[made.id, 'Grace']],
      );
    }
    assert.equal(columnIn(await boardOf(shop.tokens.owner, { locationId: shop.newYork })), undefined);
    await shop.ask('POST', `/v1/appointments/${made.id}/cancel`, { body: {}, token: shop.tokens.desk });
    assert.equal(columnIn(await boardOf(shop.tokens.desk)), undefined, 'with the last one the column is gone');
  });

  test('goes on when the location itself has been removed, in its zone and for those who are bound to it', async () => {
    const make = makerOf(shop, shop.tokens.owner);
    const gone = await make('/v1/locations', { name: 'Gone', timeZone: 'Asia/Tokyo', currency: 'JPY', weekly: everyDay('00:00', '24:00') });
    const people = [{ email: 'desk.gone@example.org', name: 'Gil', role: 'front-desk', locationId: gone.id }] as const;
    await shop.server.context.accounts.createAll(people, TEST_PASSWORD);
    await moveTo(gone.id);
    const made = await book('12:00');
    await remove();
    assert.equal((await shop.ask('DELETE', `/v1/locations/${gone.id}?appointments=keep`, { token: shop.tokens.owner })).status, 204);
    for (const [token, asked] of [[await shop.login(people[0].email)], [shop.tokens.owner, { locationId: gone.id }]] as const) {
      const board = await boardOf(token, asked);
      assert.deepEqual([board.timeZone, board.columns.map(({ presence }: Json) => presence)], ['Asia/Tokyo', ['left']]);
      assert.deepEqual(
        claimsIn(board).map(({ id, customer: whom }) => [id, whom?.name]),
        [[made.id, 'Grace']],
      );
    }
  });

  test('is asked for again as soon as somebody moves, leaves or is called something else, and hears what happens to what they leave behind', async () => {
    const made = await book('16:00');
    const screen = await TestScreen.open(shop.url, shop.tokens.desk);
    let watchId = 'b0';
    const watch = () => screen.ask('watch-board', { watchId, from: dateIn(4), to: dateIn(5) });
    assert.equal(columnIn(await watch()).presence, 'here');
    const steps = [
      [() => shop.ask('PATCH', `/v1/staff/${person.id}`, { body: { name: 'Eva' }, token: shop.tokens.owner }), 'here'],
      [() => moveTo(shop.newYork), 'moved'],
      [() => remove(), 'left'],
    ] as const;
    for (const [index, [step, presence]] of steps.entries()) {
      const ended = watchId;
      const told = screen.hears('resync', (body) => body.watchId === ended);
      assert.ok((await step()).status < 300);
      await told;
      watchId = `b${index + 1}`;
      const column = columnIn(await watch());
      assert.deepEqual([column.staffName, column.presence], ['Eva', presence]);
    }
    const heard = screen.hears('board-changed', ({ events }) => events[0]?.appointmentId === made.id);
    await shop.ask('POST', `/v1/appointments/${made.id}/cancel`, { body: {}, token: shop.tokens.desk });
    assert.equal((await heard).events[0].type, 'appointment.cancelled');
    screen.close();
  });
});

test('a hold is booked over a socket as it was shown there, after price, length and place have changed', async () => {
  const screen = await TestScreen.open(shop.url);
  const held: Json = await screen.ask('place-hold', { key: crypto.randomUUID(), ...slot('16:00') });
  assert.deepEqual([held.price.amount, held.locationName, held.policy.cancelUntilMinutes], [4_000, 'Berlin', null]);
  const change = { price: { amount: 9_900, currency: 'EUR' }, minutes: 45, cancelUntilMinutes: 10_080 };
  const path = `/v1/services/${shop.haircut.id}`;
  assert.equal((await shop.ask('PATCH', path, { body: change, token: shop.tokens.owner })).status, 200);
  await moveTo(shop.newYork);
  const booked: Json = await screen.ask('book', { key: crypto.randomUUID(), holdId: held.id, holdToken: held.token, customer, allowOverlap: true });
  assert.ok(booked.ok, JSON.stringify(booked));
  assert.deepEqual([booked.price.amount, booked.endsAt, booked.locationId, booked.cancellableUntil], [4_000, held.endsAt, shop.berlin, booked.startsAt]);
  screen.close();
  await shop.ask('PATCH', path, { body: { price: { amount: 4_000, currency: 'EUR' }, minutes: 30, cancelUntilMinutes: null }, token: shop.tokens.owner });
});
