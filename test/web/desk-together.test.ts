// Several desks and customers at once: who has what open, what is heard of the others, and what is left of it without a connection and after a restart.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { dateIn } from '../support/dates.ts';
import { type SharedServer, sharedPostgres } from '../support/shared-postgres.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, lineOf, logIn, openRoomyShop, pressInTurn, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const LISBON = 'Europe/Lisbon';
const OUTAGE_MS = 30_000;
const stack = new AsyncDisposableStack();
let shop: Shop;
let token: string;
let member: Json;
let ids: { readonly serviceId: string; readonly staffId: string };
before(async () => {
  if (browser === undefined) return;
  // Kept through the restart of the server.
  const postgres: SharedServer = stack.use(await sharedPostgres());
  const { url } = stack.use(await postgres.fresh());
  shop = stack.use(await openRoomyShop(browser, { DATABASE_URL: url }));
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
  await pressInTurn(desk, ['Shift+ArrowDown', 'ArrowDown', 'Enter']);
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

/** Runs in the page: what alerts, notices and headings say is kept. */
function listenForWords(): void {
  const heard = new Set<string>();
  Object.assign(globalThis, { testHeard: heard });
  new MutationObserver(() => {
    for (const element of document.querySelectorAll<HTMLElement>('h1, [role="alert"], .banner, [role="status"], .done-notice')) heard.add(element.innerText);
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
}
const heardOn = (page: Page) => page.evaluate(() => [...(Reflect.get(globalThis, 'testHeard') as Set<string>)].join('\n'));

/** What the column of the member shows, and what the server has there: the id and the beginning of each claim. */
async function columnOn(desk: Page): Promise<readonly string[]> {
  const claims = desk.locator(`[data-calendar="${member.calendarId}"] .claim[id]`);
  const shown = await claims.evaluateAll((all) =>
    all.map((claim) => `${claim.id.slice('claim-'.length)} ${/\d?\d:\d\d/.exec(claim.querySelector('.claim-rest')?.textContent ?? '')?.[0].padStart(5, '0')}`),
  );
  return shown.toSorted();
}
async function columnOnServer(day: string): Promise<readonly string[]> {
  const { claims } = await ask('GET', `/v1/calendars/${member.calendarId}`);
  const clockOf = (at: string) => Temporal.Instant.from(at).toZonedDateTimeISO(LISBON).toPlainTime().toString().slice(0, 5);
  const ofDay = claims.filter(({ startsAt }: Json) => Temporal.Instant.from(startsAt).toZonedDateTimeISO(LISBON).toPlainDate().toString() === day);
  return ofDay.map(({ id, startsAt }: Json) => `${id} ${clockOf(startsAt)}`).toSorted();
}

async function assertAsOnServer(desk: Page, day: string): Promise<void> {
  const until = performance.now() + OUTAGE_MS;
  while (String(await columnOn(desk)) !== String(await columnOnServer(day)) && performance.now() < until) await wait(100);
  assert.deepEqual(await columnOn(desk), await columnOnServer(day));
}

async function cut(page: Page): Promise<void> {
  lineOf(page).cut();
  await page.context().setOffline(true);
}
async function mend(page: Page): Promise<void> {
  lineOf(page).mend();
  await page.context().setOffline(false);
}

test(
  'two desks and three customers compete through a restart and half a minute without network: every screen ends equal to the server, and no one was told anything false',
  options,
  async () => {
    const { day, starts } = await freeDay(14);
    const fought = await book('Fiona Fought', starts[0]);
    const [one, other] = [await openDesk(day), await openDesk(day, 'desk@demo.test')];
    const where = `/?service=${ids.serviceId}&staff=${ids.staffId}&date=${day}`;
    const customers = await Promise.all([1, 2, 3].map(() => shop.visit(where)));
    for (const page of [one, other, ...customers]) await page.evaluate(listenForWords);
    // All three want the same time; the two who come too late are offered others.
    const wanted = customers.map((page) => page.locator(`.time[data-start="${Date.parse(starts[3] ?? '')}"]`));
    await Promise.all(wanted.map((time) => time.waitFor()));
    await Promise.all(wanted.map((time) => time.click()));
    for (const [index, page] of customers.entries()) {
      const [form, alert] = [page.getByLabel('Name'), page.getByRole('alert')];
      const instead = alert.getByRole('listitem').getByRole('button');
      // What is offered instead may have gone as well.
      for (let tries = 0; tries < 6; tries += 1) {
        const [gone, busy] = [page.locator(`.time[data-start="${Date.parse(starts[3] ?? '')}"][data-lost]`), page.locator('.time[aria-busy]')];
        const isHeld = () => form.isVisible();
        const isRefused = async () => (await instead.count()) > 0;
        const isMissed = async () => (await gone.count()) > 0 && (await busy.count()) === 0;
        await eventually('it is held, or refused, or went before it was clicked', async () => (await isHeld()) || (await isRefused()) || isMissed());
        if (await isHeld()) break;
        if (!(await isRefused())) {
          await page.locator('.time:not([data-lost])').nth(index).click();
          continue;
        }
        const before = await alert.first().textContent();
        await instead.nth(index + tries < (await instead.count()) ? index + tries : 0).click();
        await eventually(
          'it is answered',
          async () => (await form.isVisible()) || (await alert.count()) === 0 || (await alert.first().textContent()) !== before,
        );
      }
      await form.fill(`Customer ${index}`);
      await page.getByLabel('E-mail').fill(`customer.${index}@example.org`);
    }
    // One desk moves it while the server goes away; the other has no network, and neither has one customer.
    await one.locator(`#claim-${fought.id}`).click();
    await one.getByRole('button', { name: 'Move', exact: true }).click();
    const send = one.getByRole('button', { name: /^Move to/ });
    await eventually('free times have come', () => send.isEnabled());
    await one.getByLabel('Time').selectOption({ index: 4 });
    const [offline, online] = [customers[2] ?? assert.fail(), customers.slice(0, 2)];
    const since = performance.now();
    await Promise.all([cut(other), cut(offline)]);
    const restarted = shop.restart();
    await Promise.all([send.click(), ...[...online, offline].map((page) => page.getByRole('button', { name: /^Book / }).click())]);
    await other.getByText(/Shown is what was known at/).waitFor();
    await other.locator(`#claim-${fought.id}`).focus();
    await pressInTurn(other, ['Shift+ArrowDown', 'ArrowDown', 'Enter']);
    await other.getByRole('dialog').getByRole('button', { name: 'Move it' }).click();
    await other.getByRole('alert', { name: 'Not done' }).waitFor();
    await restarted;
    await wait(Math.max(0, OUTAGE_MS - (performance.now() - since)));
    await Promise.all([mend(other), mend(offline)]);
    for (const page of customers) await page.getByRole('heading', { name: 'You are booked' }).waitFor({ timeout: OUTAGE_MS });
    await eventually('the move is settled', async () => (await one.locator('[data-flying]').count()) === 0);
    // Everything as the server has it, and each customer once.
    for (const desk of [one, other]) {
      await desk.getByText('Live', { exact: true }).waitFor();
      await assertAsOnServer(desk, day);
    }
    // Who came too late may have taken another day, or another person.
    const { items } = await ask('GET', `/v1/appointments?from=${day}&limit=200`);
    const named = (name: string) => items.filter(({ customer }: Json) => customer?.name === name);
    for (const [index, page] of customers.entries()) {
      const [booked, ...more] = named(`Customer ${index}`);
      assert.deepEqual([booked?.status, more.length], ['booked', 0]);
      assert.ok((await page.locator('main').textContent())?.includes(booked.reference), 'it has the reference that the server has');
    }
    const moved = await ask('GET', `/v1/appointments/${fought.id}`);
    const clock = Temporal.Instant.from(moved.startsAt).toZonedDateTimeISO(LISBON).toPlainTime().toString().slice(0, 5);
    const [told, refused] = [await heardOn(one), await heardOn(other)];
    assert.equal(/Fiona Fought is moved to (\d?\d:\d\d)/.exec(told)?.[1]?.padStart(5, '0'), clock, 'what the desk was told is so');
    assert.doesNotMatch(refused, /Fiona Fought is moved/);
    for (const page of [one, other, ...customers]) await page.context().close();
  },
);

test('no page has done anything that its policy forbids, and no script has failed', options, () => {
  assert.deepEqual(shop.faults, []);
});
