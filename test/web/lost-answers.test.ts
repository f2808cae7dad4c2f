// A proxy loses the answers of writes, on a phone and on the desk: what a page does not know it does not say, and everything happens once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { dateIn } from '../support/dates.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { askOver, type Said, TEST_PASSWORD } from '../support/test-server.ts';
import { eventually, findBrowser, logIn, openRoomyShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const DEVICES = {
  'a phone': { viewport: { width: 390, height: 844 }, hasTouch: true },
  'a wide screen': { viewport: { width: 1280, height: 900 } },
} as const;
/** Each fault once: which screen it happens on makes no difference to it. */
const FAULTS = [
  ['for 2 s', 'a wide screen'],
  ['for 60 s', 'a phone'],
  ['through a reload', 'a phone'],
] as const;
type Fault = (typeof FAULTS)[number][0];
/** What none of these pages may say while the truth is a "yes". */
const FALSE_WORDS = /just taken|not done|no longer held|has expired|went wrong|cannot reach|try again\./i;

let shop: Shop;
let proxy: FaultProxy;
let token: string;
before(async () => {
  if (browser === undefined) return;
  shop = await openRoomyShop(browser);
  proxy = await startFaultProxy({ host: '127.0.0.1', port: Number(new URL(shop.url).port) });
  token = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
});
after(async () => {
  if (browser === undefined) return;
  await proxy[Symbol.asyncDispose]();
  await shop[Symbol.asyncDispose]();
});

/** A page behind the proxy whose clock can be turned, and whose every word is listened to. */
async function visit(where: string, device: keyof typeof DEVICES): Promise<Page> {
  const address = proxy.urlThrough(shop.url + where);
  const page = await shop.visit(address, DEVICES[device]);
  await page.context().addInitScript(listenForWords);
  await page.clock.install();
  await page.goto(address);
  return page;
}

/** Runs in the page: whatever alerts, notices and headings say is kept, also over a reload. */
function listenForWords(): void {
  const heard = new Set<string>(JSON.parse(sessionStorage.getItem('test-heard') ?? '[]'));
  new MutationObserver(() => {
    for (const element of document.querySelectorAll<HTMLElement>('h1, [role="alert"], .banner, [role="status"], .ghost')) heard.add(element.innerText);
    sessionStorage.setItem('test-heard', JSON.stringify([...heard]));
  }).observe(document, { childList: true, subtree: true, characterData: true });
}

const heardOn = (page: Page) => page.evaluate(() => sessionStorage.getItem('test-heard') ?? '');

async function assertNothingFalse(page: Page): Promise<void> {
  const heard = await heardOn(page);
  assert.match(heard, /\w/, 'it has been listened to');
  assert.doesNotMatch(heard, FALSE_WORDS);
}

/** Loses every answer from now on, lets the page act, and gives the answers back when the fault is over. `isDone` asks the server itself. */
async function loseAnswers(page: Page, fault: Fault, act: () => Promise<void>, isDone: () => Promise<boolean>): Promise<void> {
  const { replyBytesSwallowed } = proxy.counts;
  proxy.swallowReplies();
  await act();
  await eventually('the server has done it', isDone);
  await eventually('its answer is lost', async () => proxy.counts.replyBytesSwallowed > replyBytesSwallowed);
  if (fault === 'for 2 s') await page.clock.runFor(2_000);
  if (fault === 'for 60 s') for (let seconds = 0; seconds < 60; seconds += 5) await page.clock.runFor(5_000);
  if (fault !== 'for 2 s') {
    await page.clock.runFor(fault === 'for 60 s' ? 0 : 4_000);
    await page.locator('[data-not-sure]').first().waitFor();
  }
  // What was swallowed is lost for good. A reload finds the page still waiting; otherwise connections end, and new ones go through.
  if (fault !== 'through a reload') proxy.cutOnce();
  proxy.pass();
  if (fault === 'through a reload') await page.reload();
}

async function appointmentsOf(name: string): Promise<readonly AppointmentReply[]> {
  const items: AppointmentReply[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const said: Said = await askOver(shop.url, 'GET', `/v1/appointments?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, { token });
    items.push(...said.body.items);
    cursor = said.body.nextCursor;
  }
  return items.filter(({ customer }) => customer?.name === name);
}

/** Whether that person's haircut can still begin then. */
async function isFree(startsAt: number): Promise<boolean> {
  const search = (await linkToHaircuts()).slice(2).replace('service=', 'serviceId=').replace('staff=', 'staffId=');
  const [from, to] = [-1, 2].map((days) => new Date(startsAt + days * 86_400_000).toISOString().slice(0, 10));
  const { slots } = (await askOver(shop.url, 'GET', `/v1/slots?${search}&from=${from}&to=${to}`)).body;
  return slots.some((slot: { startsAt: string }) => Date.parse(slot.startsAt) === startsAt);
}

async function linkToHaircuts(): Promise<string> {
  const read = async (what: string) => (await askOver(shop.url, 'GET', `/v1/${what}`)).body.items;
  const [service] = await read('services');
  const [person] = await read('staff');
  return `/?service=${service.id}&staff=${person.id}`;
}

/** A booking page with a time kept and the form filled in. */
async function holdTime(name: string, device: keyof typeof DEVICES): Promise<Page> {
  const page = await visit(await linkToHaircuts(), device);
  await page.locator('.day[data-free="some"]').nth(2).click();
  await page.locator('.time').first().click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('E-mail').fill('lost@example.org');
  return page;
}

for (const [fault, device] of FAULTS) {
  test(`a booking and a cancellation whose answers are lost ${fault} happen once on ${device}, and the page says nothing else`, options, async () => {
    const name = `Lost ${fault} on ${device}`;
    const page = await holdTime(name, device);
    const isBooked = async () => (await appointmentsOf(name)).length > 0;
    await loseAnswers(page, fault, () => page.getByRole('button', { name: /^Book / }).click(), isBooked);
    await page.getByRole('heading', { name: 'You are booked' }).waitFor();
    assert.deepEqual(
      (await appointmentsOf(name)).map(({ status }) => status),
      ['booked'],
    );
    await page.getByRole('button', { name: 'Cancel this appointment' }).click();
    const isCancelled = async () => (await appointmentsOf(name))[0]?.status === 'cancelled';
    await loseAnswers(page, fault, () => page.getByRole('button', { name: 'Yes, cancel it' }).click(), isCancelled);
    await page.getByRole('heading', { name: 'This appointment is cancelled' }).waitFor();
    await assertNothingFalse(page);
    assert.equal((await appointmentsOf(name)).length, 1);
    await page.context().close();
  });

  test(`a move on the desk whose answer is lost ${fault} happens once on ${device}, and the desk says nothing else`, options, async () => {
    const name = `Moved ${fault} on ${device}`;
    const { day, shownOn } = await appointmentToMove(name);
    const desk = await visit('/desk?view=day', device);
    await logIn(desk);
    await showDay(desk, day);
    await desk.locator('.claim', { hasText: name }).click();
    await desk.getByRole('button', { name: 'Move', exact: true }).click();
    await desk.getByLabel('Time').selectOption({ index: 1 });
    const before = await shownOn();
    const isMoved = async () => (await shownOn()) !== before;
    await loseAnswers(desk, fault, () => desk.getByRole('button', { name: /^Move to/ }).click(), isMoved);
    if (fault === 'through a reload') await desk.locator('.done-notice', { hasText: `${name} is moved` }).waitFor();
    else await desk.getByRole('button', { name: 'Undo' }).waitFor();
    assert.deepEqual(await desk.locator('[data-not-sure]').count(), 0);
    await assertNothingFalse(desk);
    assert.equal((await appointmentsOf(name)).length, 1);
    await desk.context().close();
  });
}

/** An appointment the desk has made, on a day with enough free times. */
async function appointmentToMove(name: string): Promise<{ readonly day: string; shownOn(): Promise<string | undefined> }> {
  const { services, staff } = {
    services: (await askOver(shop.url, 'GET', '/v1/services')).body.items,
    staff: (await askOver(shop.url, 'GET', '/v1/staff')).body.items,
  };
  const [from, to] = [dateIn(14), dateIn(30)];
  const slots = (await askOver(shop.url, 'GET', `/v1/slots?serviceId=${services[0].id}&staffId=${staff[0].id}&from=${from}&to=${to}`)).body.slots;
  const enough = slots.find((slot: { startsAt: string }, index: number) => slots[index + 3]?.startsAt.slice(0, 10) === slot.startsAt.slice(0, 10));
  assert.ok(enough, 'there is a day with four free times');
  const { startsAt } = enough;
  const body = { serviceId: services[0].id, staffId: staff[0].id, startsAt, customer: { name, email: 'moved@example.org' } };
  const made = await askOver(shop.url, 'POST', '/v1/appointments', { token, body });
  assert.equal(made.status, 201, made.text);
  return { day: startsAt.slice(0, 10), shownOn: async () => (await appointmentsOf(name))[0]?.startsAt };
}

async function showDay(desk: Page, day: string): Promise<void> {
  await desk.getByLabel('Date').fill(day);
  await desk.locator('.column').first().waitFor();
}

test('a walk-in whose answer is lost is booked once, and the form is there until then', options, async () => {
  const { day } = await appointmentToMove('Somewhere else');
  const desk = await visit('/desk?view=day', 'a phone');
  await logIn(desk);
  await showDay(desk, day);
  await desk.getByRole('button', { name: /^New for/ }).click();
  const panel = desk.getByRole('complementary');
  await panel.getByLabel('Customer').fill('Walter Lost');
  await panel.getByLabel('E-mail').fill('walter@example.org');
  const send = panel.getByRole('button', { name: /^Book / });
  await eventually('there is a free time', () => send.isEnabled());
  await loseAnswers(
    desk,
    'for 60 s',
    () => send.click(),
    async () => (await appointmentsOf('Walter Lost')).length > 0,
  );
  await panel.waitFor({ state: 'detached' });
  await desk.locator('.done-notice', { hasText: 'Walter Lost is booked' }).waitFor();
  await assertNothingFalse(desk);
  assert.equal((await appointmentsOf('Walter Lost')).length, 1);
});

test('a time whose answer is lost is not called taken: it is kept for the customer who asked', options, async () => {
  const page = await visit(await linkToHaircuts(), 'a phone');
  await page.locator('.day[data-free="some"]').nth(3).click();
  const time = page.locator('.time').last();
  const startsAt = Number(await time.getAttribute('data-start'));
  await loseAnswers(
    page,
    'for 60 s',
    () => time.click(),
    async () => !(await isFree(startsAt)),
  );
  await page.getByLabel('Name').waitFor();
  await assertNothingFalse(page);
});

test('an answer that comes while the page is being reloaded is not lost with it', options, async () => {
  const page = await holdTime('Ada Reloading', 'a wide screen');
  // The next page is held up until the old one has its answer.
  await page.route(/\/\?/, async (route) => {
    if (route.request().isNavigationRequest()) await eventually('it is booked', async () => (await appointmentsOf('Ada Reloading')).length > 0);
    await route.continue();
  });
  await page.evaluate(() => {
    globalThis.location.reload();
    document.querySelector<HTMLElement>('button[type="submit"]')?.click();
  });
  await page.waitForLoadState();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
  assert.equal((await appointmentsOf('Ada Reloading')).length, 1);
});

test('a customer who chooses another time while unsure is told if the first one is booked', options, async () => {
  const page = await holdTime('Ada Impatient', 'a phone');
  const isBooked = async () => (await appointmentsOf('Ada Impatient')).length > 0;
  proxy.swallowReplies();
  await page.getByRole('button', { name: /^Book / }).click();
  await eventually('the server has booked it', isBooked);
  await page.clock.runFor(4_000);
  await page.locator('[data-not-sure]').waitFor();
  await page.getByRole('button', { name: 'Choose another time' }).click();
  proxy.cutOnce();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
  await assertNothingFalse(page);
  assert.equal((await appointmentsOf('Ada Impatient')).length, 1);
});

test('another time is offered once the first is given up, and the lost request never books', options, async () => {
  const page = await holdTime('Bea Elsewhere', 'a phone');
  // The request itself is lost on its way.
  proxy.blackHole();
  await page.getByRole('button', { name: /^Book / }).click();
  await eventually('it is swallowed', async () => proxy.counts.requestBytesSwallowed > 0);
  await page.clock.runFor(4_000);
  await page.locator('[data-not-sure]').waitFor();
  await page.goBack();
  await page.locator('[data-not-sure]').waitFor();
  proxy.cutOnce();
  await page.getByRole('heading', { name: 'Book a time' }).waitFor();
  await page.locator('.time:not([data-lost])').first().click();
  assert.equal(await page.getByLabel('Name').inputValue(), 'Bea Elsewhere');
  await page.getByRole('button', { name: /^Book / }).click();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
  assert.equal((await appointmentsOf('Bea Elsewhere')).length, 1);
});

test('no page has done anything that its policy forbids, and no script has failed', options, () => {
  assert.deepEqual(shop.faults, []);
});
