import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { timeNow } from '../support/clock.ts';
import { dateIn } from '../support/dates.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, logIn, openRoomyShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const LISBON = 'Europe/Lisbon';
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
let shop: Shop;
let token: string;
before(async () => {
  if (browser === undefined) return;
  shop = await openRoomyShop(browser);
  token = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});

async function ask(method: string, path: string, body?: object): Promise<Json> {
  const said = await askOver(shop.url, method, path, { token, ...(body && { body }) });
  assert.ok(said.status < 300, `${method} ${path}: ${said.text}`);
  return said.body;
}
const firstOf = async (what: 'locations' | 'services' | 'staff'): Promise<Json> => (await ask('GET', `/v1/${what}`)).items[0];

async function openDesk(search: string, extras: Parameters<Shop['visit']>[1] = {}): Promise<Page> {
  const desk = await shop.visit(`/desk${search}`, extras);
  await logIn(desk);
  return desk;
}

type Booked = { readonly appointment: AppointmentReply; readonly date: string; readonly calendarId: string };
let customers = 0;

/** A haircut of a customer who has no other appointment, at the location that the desk begins with, and its local date: the next on which the demo has one. */
async function somethingBooked(): Promise<Booked> {
  const { items } = await ask('GET', `/v1/appointments?locationId=${(await firstOf('locations')).id}&status=booked&from=${dateIn(2)}&limit=100`);
  const haircut: AppointmentReply = items.find(({ serviceName }: Json) => serviceName === 'Haircut') ?? assert.fail('a haircut is booked');
  return bookedOn(Temporal.Instant.from(haircut.startsAt).toZonedDateTimeISO(LISBON).toPlainDate());
}

/** With the first person, who has come before all others. */
async function bookedOn(day: Temporal.PlainDate): Promise<Booked> {
  const [service, { id: staffId, calendarId }] = [await firstOf('services'), await firstOf('staff')];
  const { slots } = await ask('GET', `/v1/slots?serviceId=${service.id}&staffId=${staffId}&from=${day}&to=${day.add({ days: 1 })}`);
  customers += 1;
  const customer = { name: `Vera View ${customers}`, email: `vera${customers}@example.org` };
  const appointment = await ask('POST', '/v1/appointments', { serviceId: service.id, staffId, startsAt: slots[0].startsAt, customer });
  return { appointment, calendarId, date: day.toString() };
}

test('each view shows the appointment, is in the address, and follows the server; reload and the back button work', options, async () => {
  const { appointment, date, calendarId } = await somethingBooked();
  const desk = await openDesk(`?date=${date}`);
  const claim = desk.locator(`#claim-${appointment.id}`);
  await claim.waitFor();
  await desk.keyboard.press('2');
  await eventually('three days are drawn', async () => new Set(await desk.locator('.column h2').allTextContents()).size % 3 === 0);
  await claim.waitFor();
  await assertAccessible(desk, 'three days');
  await desk.keyboard.press('3');
  await eventually('seven days are drawn', async () => (await desk.locator('.column').count()) === 7);
  await desk.getByLabel('Whose calendar').selectOption(calendarId);
  await claim.waitFor();
  await assertAccessible(desk, 'a week');
  await desk.keyboard.press('4');
  const row = desk.locator('.agenda-row', { hasText: appointment.customer?.name ?? '' });
  await row.first().waitFor();
  assert.match((await row.first().textContent()) ?? '', /booked$/);
  await assertAccessible(desk, 'the agenda');
  assert.deepEqual(
    ['view', 'date', 'calendar'].map((name) => new URL(desk.url()).searchParams.get(name)),
    ['agenda', date, calendarId],
  );
  await desk.reload();
  await row.first().waitFor();
  await desk.goBack();
  await claim.waitFor();
  assert.equal(new URL(desk.url()).searchParams.get('view'), 'week');
  assert.equal((await askOver(shop.url, 'POST', `/v1/appointments/${appointment.id}/cancel`, { token, body: {} })).status, 200);
  await claim.waitFor({ state: 'detached' });
});

test('the keys are explained under ?, and do nothing while something is typed', options, async () => {
  const desk = await openDesk('');
  await desk.keyboard.press('?');
  const help = desk.getByRole('dialog', { name: 'Keys and signs' });
  await help.getByText('did not come').waitFor();
  await assertAccessible(desk, 'keys and signs');
  await desk.keyboard.press('Escape');
  await help.waitFor({ state: 'detached' });
  await desk.keyboard.press('/');
  await desk.keyboard.type('4?');
  assert.equal(await desk.locator('.agenda').count(), 0);
  assert.equal(await help.count(), 0);
});

test('in a week an appointment is moved to another day with the keyboard', options, async () => {
  const { appointment, date, calendarId } = await somethingBooked();
  const desk = await openDesk(`?view=week&date=${date}&calendar=${calendarId}`);
  const claim = desk.locator(`#claim-${appointment.id}`);
  await claim.focus();
  await desk.keyboard.press('Shift+ArrowRight');
  const ownDay = Temporal.PlainDate.from(date).toLocaleString('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
  // Some days are full or free of work, and the week ends somewhere: back and forth until a day has a free time.
  let presses = 0;
  await eventually('a free time on another day is found', async () => {
    await desk.keyboard.press(Math.floor(presses / 6) % 2 === 0 ? 'ArrowRight' : 'ArrowLeft');
    presses += 1;
    const heard = (await desk.locator('[role=status].only-heard').textContent()) ?? '';
    return heard.endsWith(', free') && !heard.startsWith(ownDay);
  });
  await desk.keyboard.press('Enter');
  await desk.getByRole('dialog').getByRole('button', { name: 'Move it' }).click();
  await eventually('it is on another day', async () => {
    const { startsAt } = (await askOver(shop.url, 'GET', `/v1/appointments/${appointment.id}`, { token })).body;
    return Temporal.Instant.from(startsAt).toZonedDateTimeISO(LISBON).toPlainDate().toString() !== date;
  });
});

test('people who do not work are folded away with their number, and unfolded', options, async () => {
  // Beyond the demo's appointments: who has any has a column all the same.
  const date = dateIn(35);
  const away = (await ask('GET', '/v1/staff')).items.slice(1, 3);
  for (const { id } of away) await ask('PUT', `/v1/staff/${id}/date-overrides/${date}`, { windows: [] });
  const desk = await openDesk(`?date=${date}`);
  const fold = desk.getByRole('button', { name: /not working/ });
  await fold.waitFor();
  const before = await desk.locator('.column').count();
  assert.equal(Number(/\d+/.exec((await fold.textContent()) ?? '')?.[0]), away.length);
  await fold.click();
  await eventually('they are there', async () => (await desk.locator('.column').count()) === before + away.length);
});

test('on a phone the desk begins with the agenda of all, and a swipe goes to the person beside', options, async () => {
  const { date } = await somethingBooked();
  const desk = await openDesk(`?date=${date}`, PHONE);
  assert.equal(await desk.getByLabel('All', { exact: true }).isChecked(), true);
  const everything = await desk.locator('.agenda-row').count();
  await desk.locator('.agenda').evaluate((agenda) => {
    const finger = (clientX: number) => new Touch({ identifier: 1, target: agenda, clientX, clientY: 400 });
    agenda.dispatchEvent(new TouchEvent('touchstart', { touches: [finger(300)], changedTouches: [finger(300)], bubbles: true }));
    agenda.dispatchEvent(new TouchEvent('touchend', { touches: [], changedTouches: [finger(120)], bubbles: true }));
  });
  await eventually('the first person is chosen', async () => desk.locator('.person input').nth(1).isChecked());
  assert.ok((await desk.locator('.agenda-row').count()) < everything);
  await assertAccessible(desk, 'the agenda on a phone');
  await desk.getByLabel('View').selectOption('Day');
  await desk.locator('.column').waitFor();
  await desk.locator('.person').nth(1).click();
  assert.match((await desk.locator('.column h2').textContent()) ?? '', /^Tiago/);
  assert.equal(await desk.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
});

test('the month shows how many appointments each day has; a day opens, and beside a day it takes what is dropped on it', options, async () => {
  // In the middle of a month, so that other days of it are shown with it.
  const { appointment, date } = await bookedOn(Temporal.PlainDate.from(dateIn(2, LISBON)).add({ months: 1 }).with({ day: 12 }));
  const desk = await openDesk(`?view=month&date=${date}`);
  const cell = (day: string) => desk.locator(`.month:not(.mini) [data-day="${day}"]`);
  await cell(date).locator('.month-load').waitFor();
  await desk.locator('.duty li').first().waitFor();
  await assertAccessible(desk, 'a month');
  await cell(date).focus();
  await desk.keyboard.press('ArrowRight');
  await eventually('the next day has the focus', async () => (await desk.locator('.month-day:focus').count()) === 1);
  const load = Number(await cell(date).locator('.month-load').textContent());
  await cell(date).click();
  const claim = desk.locator(`#claim-${appointment.id}`);
  await claim.waitFor();
  assert.equal((await desk.locator('.claim[data-kind="appointment"]').count()) >= load, true);
  // To the day after, on which the one who has it is free then.
  await claim.scrollIntoViewIfNeeded();
  const target = Temporal.PlainDate.from(date).add({ days: 1 }).toString();
  const [from, to] = [await claim.boundingBox(), await desk.locator(`.mini [data-day="${target}"]`).boundingBox()];
  if (from === null || to === null) assert.fail('both are on the screen');
  await desk.mouse.move(from.x + 30, from.y + 6);
  await desk.mouse.down();
  await desk.mouse.move(to.x + 10, to.y + 10, { steps: 6 });
  await desk.locator(`.mini [data-day="${target}"][data-target]`).waitFor();
  await desk.mouse.up();
  await desk.getByRole('dialog').getByRole('button', { name: 'Move it' }).click();
  await claim.waitFor({ state: 'detached' });
  const { startsAt } = (await askOver(shop.url, 'GET', `/v1/appointments/${appointment.id}`, { token })).body;
  assert.equal(startsAt.slice(0, 10), target);
});

test('the day of all is printed by time, with telephone numbers, and of one person alone', options, async () => {
  const { appointment, date, calendarId } = await somethingBooked();
  const phone = { token, body: { customer: { phone: '+351 912 345 678' } } };
  assert.equal((await askOver(shop.url, 'PATCH', `/v1/appointments/${appointment.id}`, phone)).status, 200);
  const desk = await openDesk(`?date=${date}`);
  await desk.keyboard.press('p');
  const sheet = desk.getByRole('article');
  const row = sheet.getByRole('row', { name: appointment.customer?.name ?? '' });
  await row.first().waitFor();
  assert.match((await row.first().textContent()) ?? '', /\+351 912 345 678/);
  for (const part of await sheet.locator('.sheet-part').all()) {
    const times = (await part.locator('tbody th').allTextContents()).map((words) => words.padStart(13, '0').slice(0, 5));
    assert.deepEqual(times, times.toSorted());
  }
  await assertAccessible(desk, 'the page for the printer');
  await desk.emulateMedia({ media: 'print' });
  for (const hidden of ['.toolbar', '.sheet-bar']) assert.equal(await desk.locator(hidden).isVisible(), false, hidden);
  assert.equal((await desk.pdf()).subarray(0, 5).toString(), '%PDF-');
  await desk.emulateMedia({ media: 'screen' });
  await desk.getByLabel('Whose calendar').selectOption(calendarId);
  await eventually('one is left', async () => (await sheet.locator('.sheet-part').count()) === 1);
  await row.first().waitFor();
});

test('the day is shown as it was at a moment of the past, and what is not known any more is said', options, async () => {
  const { appointment, date } = await somethingBooked();
  const before = new Date(timeNow()).toISOString();
  assert.equal((await askOver(shop.url, 'POST', `/v1/appointments/${appointment.id}/cancel`, { token, body: {} })).status, 200);
  const desk = await openDesk(`?date=${date}&at=${before}`);
  const row = desk.getByRole('article').getByRole('row', { name: appointment.customer?.name ?? '' });
  // On the grid, where nothing can be pressed; and in a list.
  await desk
    .locator('.past .claim', { hasText: appointment.customer?.name ?? '' })
    .first()
    .waitFor();
  // Everyone works that day, so there is not even a button for those who are away.
  assert.equal(await desk.locator('.past .grid button').count(), 0);
  await desk.getByText(/^As it was on /).waitFor();
  await assertAccessible(desk, 'the past');
  await desk.keyboard.press('4');
  await row.first().waitFor();
  await assertAccessible(desk, 'the past as a list');
  await desk.route('**/v1/calendars/**', (route) =>
    route.fulfill({
      status: 410,
      contentType: 'application/problem+json',
      json: {
        type: '/problems/revision-too-old',
        title: 'Too old',
        status: 410,
        code: 'revision-too-old',
        requestId: 'none',
        detail: 'Available from May on.',
      },
    }),
  );
  await desk.getByLabel('As it was at', { exact: true }).fill(`${dateIn(-400)}T12:00`);
  await desk.getByRole('alert').getByText('That is too far in the past to look up. Available from May on.').waitFor();
  assert.equal(await desk.getByRole('article').count(), 0);
  await desk.getByRole('button', { name: 'Back to now' }).click();
  await desk.keyboard.press('1');
  await desk.locator('.column').first().waitFor();
  assert.equal(await desk.locator(`#claim-${appointment.id}`).count(), 0);
});

test('the desk has done nothing that its policy forbids, and no script has failed', options, () => {
  assert.deepEqual(shop.faults, []);
});
