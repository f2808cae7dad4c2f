// Several desks and customers at once: who has what open, what is heard of the others, and what is left of it without a connection.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { dateIn } from '../support/dates.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, lineOf, logIn, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const stack = new AsyncDisposableStack();
let shop: Shop;
let token: string;
let member: Json;
let ids: { readonly serviceId: string; readonly staffId: string };
before(async () => {
  if (browser === undefined) return;
  shop = stack.use(await openShop(browser));
  token = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
  const first = async (what: string) => (await askOver(shop.url, 'GET', `/v1/${what}`)).body.items[0];
  member = await first('staff');
  ids = { serviceId: (await first('services')).id, staffId: member.id };
});
after(() => stack.disposeAsync());

const ask = async (method: string, path: string, body?: Json) => (await askOver(shop.url, method, path, { token, ...(body && { body }) })).body;

/** The nth day with free times from so many days on. */
async function freeDay(from: number): Promise<{ readonly day: string; readonly starts: readonly string[] }> {
  const { slots } = await ask('GET', `/v1/slots?serviceId=${ids.serviceId}&staffId=${ids.staffId}&from=${dateIn(from)}&to=${dateIn(from + 20)}`);
  const days = Map.groupBy(slots as readonly { startsAt: string }[], ({ startsAt }) => startsAt.slice(0, 10));
  const [day, free] = [...days].find(([, { length }]) => length > 8) ?? assert.fail('no day has room');
  return { day, starts: free.map(({ startsAt }) => startsAt) };
}

async function book(name: string, startsAt: string | undefined): Promise<AppointmentReply> {
  const customer = { name, email: `${name.toLowerCase().replaceAll(' ', '.')}@example.org` };
  return ask('POST', '/v1/appointments', { ...ids, startsAt, customer });
}

async function openDesk(day: string, email = 'owner@demo.test'): Promise<Page> {
  const desk = await shop.visit(`/desk?date=${day}`);
  await logIn(desk, email);
  return desk;
}

test('colleagues see who else has an appointment open, on it and in its panel, until it is closed or the page is gone', options, async () => {
  const { day, starts } = await freeDay(10);
  const booked = await book('Paula Present', starts[0]);
  const [one, other] = [await openDesk(day), await openDesk(day, 'desk@demo.test')];
  const names = { owner: (await ask('GET', '/v1/me')).name as string };
  await one.locator(`#claim-${booked.id}`).click();
  const badge = other.locator(`#claim-${booked.id} .open-at`);
  await badge.waitFor();
  assert.match((await other.locator(`#claim-${booked.id}`).textContent()) ?? '', new RegExp(`open at the desk of ${names.owner}`));
  await other.locator(`#claim-${booked.id}`).click();
  await other.getByText(`Also open: ${names.owner}`).waitFor();
  await assertAccessible(other, 'an appointment that a colleague has open');
  await one.getByRole('button', { name: 'Close', exact: true }).click();
  await badge.waitFor({ state: 'detached' });
  await one.locator(`#claim-${booked.id}`).click();
  await badge.waitFor();
  await one.context().close();
  await badge.waitFor({ state: 'detached' });
  await other.context().close();
});

test('a note that one desk writes is on the other at once', options, async () => {
  const { day } = await freeDay(10);
  const [one, other] = [await openDesk(day), await openDesk(day, 'desk@demo.test')];
  await other.getByRole('button', { name: 'Write a note for this day' }).waitFor();
  await one.getByRole('button', { name: 'Write a note for this day' }).click();
  await one.getByLabel('Note for this day').fill('The tap drips.');
  await one.getByRole('button', { name: 'Save the note' }).click();
  await other.getByText('The tap drips.').waitFor();
  for (const desk of [one, other]) await desk.context().close();
});

test('what comes in while the page is in the background is counted in its title, and heard by those who want a sound', options, async () => {
  const { day, starts } = await freeDay(10);
  const desk = await openDesk(day);
  await desk.evaluate(() => {
    const { createOscillator } = AudioContext.prototype;
    AudioContext.prototype.createOscillator = function count(this: AudioContext) {
      document.documentElement.dataset.sounds = String(Number(document.documentElement.dataset.sounds ?? 0) + 1);
      return createOscillator.call(this);
    };
  });
  const see = (state: 'hidden' | 'visible') =>
    desk.evaluate((value) => {
      Object.defineProperty(document, 'visibilityState', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  const sounds = () => desk.evaluate(() => Number(document.documentElement.dataset.sounds ?? 0));
  await desk.locator('.column').first().waitFor();
  await see('hidden');
  await book('Nele News', starts[0]);
  await eventually('it is counted', async () => (await desk.title()).startsWith('(1) '));
  assert.equal(await sounds(), 0, 'there is no sound by itself');
  await see('visible');
  await eventually('it is seen', async () => !(await desk.title()).startsWith('('));
  await desk.getByRole('button', { name: /^Inbox/ }).click();
  const box = desk.getByLabel('A sound when something is booked or someone has come');
  await box.check();
  const before = await sounds();
  await book('Nora News', starts.at(-1));
  await eventually('it is heard', async () => (await sounds()) > before);
  await desk.reload();
  await desk.getByRole('button', { name: /^Inbox/ }).click();
  assert.equal(await box.isChecked(), true, 'it is remembered');
  await desk.context().close();
});

test('without a connection the desk shows what it last knew, with the time, changes nothing, and catches up with what it has missed', options, async () => {
  const { day, starts } = await freeDay(12);
  const booked = await book('Olga Offline', starts[0]);
  const desk = await openDesk(day);
  const claim = desk.locator(`#claim-${booked.id}`);
  await claim.waitFor();
  await desk.getByRole('button', { name: 'Day after' }).click();
  await desk.locator('.column').first().waitFor();
  await claim.waitFor({ state: 'detached' });
  lineOf(desk).cut();
  await desk.context().setOffline(true);
  await desk.getByText(/Shown is what was known at \d?\d:\d\d/).waitFor();
  await desk.getByRole('button', { name: 'Day before' }).click();
  await claim.waitFor();
  await assertAccessible(desk, 'a day without a connection');
  const before = await claim.textContent();
  await claim.focus();
  for (const key of ['Shift+ArrowDown', 'ArrowDown', 'Enter']) await desk.keyboard.press(key);
  await desk.getByRole('dialog').getByRole('button', { name: 'Move it' }).click();
  await desk.getByRole('alert', { name: 'Not done' }).getByText('nothing can be changed').waitFor();
  assert.equal(await claim.textContent(), before);
  await desk.getByLabel('Date', { exact: true }).fill(dateIn(60));
  await desk.getByText('These days were not looked at before the connection was lost.').waitFor();
  assert.equal((await askOver(shop.url, 'POST', `/v1/appointments/${booked.id}/cancel`, { token, body: {} })).status, 200);
  await desk.getByLabel('Date', { exact: true }).fill(day);
  await claim.waitFor();
  await desk.context().setOffline(false);
  lineOf(desk).mend();
  await desk.getByText('Live', { exact: true }).waitFor();
  await claim.waitFor({ state: 'detached' });
  assert.equal(await desk.getByRole('alert', { name: 'Not done' }).getByText('not done').count(), 1, 'what was refused is not done later');
});

test('no page has done anything that its policy forbids, and no script has failed', options, () => {
  assert.deepEqual(shop.faults, []);
});
