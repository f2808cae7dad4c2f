import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { timeNow } from '../support/clock.ts';
import { dateIn } from '../support/dates.ts';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, logIn, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const LISBON = 'Europe/Lisbon';
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
let shop: Shop;
let token: string;
before(async () => {
  if (browser === undefined) return;
  shop = await openShop(browser);
  token = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});

async function openDesk(search: string, extras: Parameters<Shop['visit']>[1] = {}): Promise<Page> {
  const desk = await shop.visit(`/desk${search}`, extras);
  await logIn(desk);
  return desk;
}

/** Booked for later at the location that the desk begins with, and its local date. */
async function somethingBooked(): Promise<{ readonly appointment: AppointmentReply; readonly date: string; readonly calendarId: string }> {
  const ask = async (path: string) => (await askOver(shop.url, 'GET', path, { token })).body.items;
  const place = (await ask('/v1/locations')).find(({ timeZone }: { timeZone: string }) => timeZone === LISBON);
  // Of a service that fits into many a day.
  const ahead: readonly AppointmentReply[] = await ask(`/v1/appointments?locationId=${place.id}&status=booked&from=${dateIn(2)}&limit=100`);
  const appointment = ahead.find(({ serviceName }) => serviceName === 'Haircut') ?? assert.fail('a haircut is booked');
  const { calendarId } = (await ask('/v1/staff')).find(({ id }: { id: string }) => id === appointment.staffId);
  return { appointment, calendarId, date: Temporal.Instant.from(appointment.startsAt).toZonedDateTimeISO(LISBON).toPlainDate().toString() };
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
  const desk = await openDesk('');
  const fold = desk.getByRole('button', { name: /not working/ });
  // Everyone has a free day in the week.
  for (let days = 0; days < 7 && (await fold.count()) === 0; days += 1) {
    await desk.getByRole('button', { name: 'Day after' }).click();
    await desk.locator('.column').first().waitFor();
  }
  const before = await desk.locator('.column').count();
  const away = Number(/\d+/.exec((await fold.textContent()) ?? '')?.[0]);
  await fold.click();
  await eventually('they are there', async () => (await desk.locator('.column').count()) === before + away);
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
  const { appointment, date } = await somethingBooked();
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
  // To the first of the next days on which the one who has it is free then; what is refused stays.
  await claim.scrollIntoViewIfNeeded();
  const target = await freeDayFor(appointment, date);
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

/** Another day of the same month at which the same time of the clock is free. */
async function freeDayFor({ id, serviceId, staffId, startsAt }: AppointmentReply, date: string): Promise<string> {
  const first = Temporal.PlainDate.from(date).with({ day: 1 });
  const range = `from=${first.subtract({ days: first.dayOfWeek - 1 })}&to=${first.add({ days: 36 - first.dayOfWeek })}`;
  const { slots } = (await askOver(shop.url, 'GET', `/v1/slots?serviceId=${serviceId}&staffId=${staffId}&${range}&movingAppointmentId=${id}`, { token })).body;
  const found = slots.find((slot: { startsAt: string }) => slot.startsAt.slice(10, 16) === startsAt.slice(10, 16) && !slot.startsAt.startsWith(date));
  return found?.startsAt.slice(0, 10) ?? assert.fail('no day is free at that time');
}

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
  assert.equal(await desk.locator('.past .column button').count(), 0);
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
