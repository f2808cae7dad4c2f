// The booking page is not misled: by a payment, an answer or a move that the customer has left behind, by a device that slept or has a wrong clock, by a browser
// that keeps nothing, or by a list that is longer than one answer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page, Route } from 'playwright-core';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { eventually, findBrowser, lineOf, moveClock, openRoomyShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
let make: (path: string, body: object) => Promise<string>;
let locationId: string;
/** Of a person who does nothing else: a free service, and one with a deposit. */
let ids: { readonly staffId: string; readonly free: string; readonly deposit: string };
before(async () => {
  if (browser === undefined) return;
  shop = await openRoomyShop(browser);
  const owner = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
  make = async (path, body) => {
    const made = await askOver(shop.url, 'POST', path, { token: owner, body });
    assert.equal(made.status, 201, made.text);
    return made.body.id;
  };
  locationId = (await askOver(shop.url, 'GET', '/v1/staff')).body.items[0].locationId;
  const price = (amount: number) => ({ minutes: 30, price: { amount, currency: 'EUR' } });
  const free = await make('/v1/services', { name: 'A first talk', ...price(0) });
  const deposit = await make('/v1/services', { name: 'A long talk', ...price(16_000), paymentPolicy: 'deposit', depositPercent: 25 });
  ids = { staffId: await make('/v1/staff', { name: 'Vera Livre', locationId, serviceIds: [free, deposit] }), free, deposit };
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});

const linkTo = (serviceId: string) => `/?service=${serviceId}&staff=${ids.staffId}`;
const times = (page: Page) => page.locator('.time:not([data-lost])');

async function hold(page: Page, nth = 0): Promise<void> {
  await page.locator('.day[data-free="some"]').nth(2).click();
  await times(page).nth(nth).click();
  await page.locator('#name').fill('Lena Leaving');
  await page.locator('#email').fill('lena@example.org');
}

async function payAndBook(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Pay and book / }).click();
  await page.getByRole('heading', { name: /^Pay / }).waitFor();
  await page.getByRole('button', { name: /^Pay / }).click();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
}

/** The next answer to such a request waits; what is returned lets it through. */
async function delay(page: Page, address: string, method: string): Promise<() => Promise<void>> {
  const waiting = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  let isFirst = true;
  await page.route(address, async (route: Route) => {
    if (route.request().method() !== method || !isFirst) return route.fallback();
    isFirst = false;
    const response = await route.fetch();
    await waiting.promise;
    await route.fulfill({ response }).finally(() => gone.resolve());
  });
  return async () => {
    waiting.resolve();
    await gone.promise;
  };
}

test('after one appointment is paid, another time can be held and given back', options, async () => {
  const page = await shop.visit(linkTo(ids.deposit));
  await hold(page);
  await payAndBook(page);
  await page.getByRole('button', { name: 'Book another appointment' }).click();
  await hold(page);
  await page.getByRole('button', { name: 'Choose another time' }).click();
  await page.getByRole('heading', { name: 'Book a time' }).waitFor();
  await hold(page);
  await page.goBack();
  await page.getByRole('heading', { name: 'Book a time' }).waitFor();
  await page.context().close();
});

test('a payment that begins after the customer has left for another time is not that of the other time, also after a reload', options, async () => {
  const page = await shop.visit(linkTo(ids.deposit));
  await hold(page);
  const first = await page.getByRole('heading', { level: 1 }).textContent();
  const letThrough = await delay(page, '**/v1/holds/*/payment', 'POST');
  await page.getByRole('button', { name: /^Pay and book / }).click();
  await page.getByRole('button', { name: 'Choose another time' }).click();
  await page.getByRole('heading', { name: 'Book a time' }).waitFor();
  await hold(page, 2);
  const second = await page.getByRole('heading', { level: 1 }).textContent();
  assert.notEqual(second, first);
  await letThrough();
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  await page.reload();
  await page.getByRole('button', { name: /^Pay and book / }).waitFor();
  assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), second);
  assert.equal(await page.evaluate(() => sessionStorage.getItem('slotkeeper-paying-1')), null);
  await payAndBook(page);
  await page.context().close();
});

test('while a card is being answered nothing leads away, because it may be paid; after a lost answer everything does again', options, async () => {
  const page = await shop.visit(linkTo(ids.deposit));
  await hold(page);
  await page.getByRole('button', { name: /^Pay and book / }).click();
  await page.getByRole('heading', { name: /^Pay / }).waitFor();
  const answer = Promise.withResolvers<void>();
  await page.route('**/v1/payments/test/pay', async (route) => {
    await answer.promise;
    await route.fulfill({ status: 503, contentType: 'text/plain', body: 'a proxy' });
  });
  const another = page.getByRole('button', { name: 'Choose another time' });
  await another.waitFor();
  await page.getByRole('button', { name: /^Pay / }).click();
  await another.waitFor({ state: 'detached' });
  await page.evaluate(() => history.back());
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  await page.getByRole('heading', { name: /^Pay / }).waitFor();
  answer.resolve();
  await page.getByText('Nothing was paid yet.').waitFor();
  await page.getByRole('button', { name: 'Choose another time' }).click();
  await hold(page);
  await page.getByRole('button', { name: 'Choose another time' }).click();
  await page.getByRole('heading', { name: 'Book a time' }).waitFor();
  await page.context().close();
});

test('what is left to pay for one appointment is not asked for in the form of another', options, async () => {
  const page = await shop.visit(linkTo(ids.deposit));
  const link = async () => (await page.locator('.keep-link a').getAttribute('href')) ?? '';
  await hold(page);
  await payAndBook(page);
  const first = await link();
  await page.getByRole('button', { name: /by card$/ }).click();
  await page.getByLabel('Test card').waitFor();
  await page.getByRole('button', { name: 'Book another appointment' }).click();
  await hold(page, 1);
  await payAndBook(page);
  assert.notEqual(await link(), first);
  await page.getByRole('button', { name: /by card$/ }).waitFor();
  assert.equal(await page.getByLabel('Test card').count(), 0);
  await page.context().close();
});

test('a move that is answered after the customer has gone back to the appointment leads nowhere else', options, async () => {
  const page = await shop.visit(linkTo(ids.free));
  await hold(page);
  await page.getByRole('button', { name: /^Book / }).click();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
  const whenShown = () => page.locator('.facts dd').first().textContent();
  const before = await whenShown();
  await page.getByRole('button', { name: 'Move it to another time' }).click();
  await times(page).nth(3).click();
  const letThrough = await delay(page, '**/v1/appointments/*/reschedule', 'POST');
  await page.getByRole('button', { name: 'Yes, move it' }).click();
  await page.getByRole('button', { name: 'Keep the present time' }).click();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
  await letThrough();
  await eventually('the new time is shown', async () => (await whenShown()) !== before);
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
  assert.equal(await page.locator('.stage').getAttribute('data-stage'), 'booked');
  await page.context().close();
});

test('a hold that has ended while the page was cut off is not counted down any more', options, async () => {
  const page = await shop.visit(linkTo(ids.free));
  await hold(page);
  await page.locator('.countdown').waitFor();
  const { id, token } = JSON.parse((await page.evaluate(() => sessionStorage.getItem('slotkeeper-hold-1'))) ?? '{}');
  lineOf(page).cut();
  await page.getByText('The times may have changed.').waitFor();
  const gone = await askOver(shop.url, 'DELETE', `/v1/holds/${id}`, { headers: { 'hold-token': token } });
  assert.equal(gone.status, 204, gone.text);
  lineOf(page).mend();
  await page.getByText('Your hold on this time has expired. What you typed is still here.').waitFor();
  assert.equal(await page.locator('.countdown').count(), 0);
  await page.context().close();
});

test('an appointment that was cancelled elsewhere is shown as cancelled once the customer tries to cancel it', options, async () => {
  const page = await shop.visit(linkTo(ids.free));
  await hold(page);
  await page.getByRole('button', { name: /^Book / }).click();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
  const link = new URLSearchParams(new URL((await page.locator('.keep-link a').getAttribute('href')) ?? '').hash.slice(1));
  const headers = { 'manage-token': link.get('token') ?? '' };
  const cancelled = await askOver(shop.url, 'POST', `/v1/appointments/${link.get('appointment')}/cancel`, { headers, body: {} });
  assert.equal(cancelled.status, 200, cancelled.text);
  await page.getByRole('button', { name: 'Cancel this appointment' }).click();
  await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  await page.getByRole('heading', { name: 'This appointment is cancelled' }).waitFor();
  await page.context().close();
});

test('who changes the service is led into the list by the keyboard, and who turns the months stays at the button', options, async () => {
  const page = await shop.visit(linkTo(ids.free));
  await page.getByRole('button', { name: 'Change the service' }).press('Enter');
  await page.locator('.service[aria-pressed="true"]:focus').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.month').press('Enter');
  await page.locator('.month-day:focus').waitFor();
  const title = page.locator('.month-sheet h3');
  const first = await title.textContent();
  await page.getByRole('button', { name: 'Later month' }).press('Enter');
  await eventually('the next month is shown', async () => (await title.textContent()) !== first);
  await page.getByRole('button', { name: 'Later month' }).and(page.locator(':focus')).waitFor();
  await page.context().close();
});

test('a device whose clock is two days ahead is shown the days of the place', options, async () => {
  const page = await shop.visit(linkTo(ids.free));
  const firstDay = async () => {
    await page.locator('.time').first().waitFor();
    return page.locator('.day input').first().getAttribute('value');
  };
  const before = await firstDay();
  await page.addInitScript(moveClock, 2 * 86_400_000);
  await page.reload();
  assert.equal(await firstDay(), before);
  await page.context().close();
});

test('a browser that keeps nothing books all the same', options, async () => {
  const page = await shop.visit('/');
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(globalThis, name, {
        get() {
          throw new DOMException('refused', 'SecurityError');
        },
      });
  });
  await page.goto(shop.url + linkTo(ids.free));
  await hold(page);
  await page.getByRole('button', { name: /^Book / }).click();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
  await page.context().close();
});

test('a date that no calendar has is as good as none', options, async () => {
  const page = await shop.visit(`${linkTo(ids.free)}&date=9999-12-30`);
  await page.locator('.time').first().waitFor();
  await page.context().close();
});

test('of more services than one answer has, all can be chosen', options, async () => {
  const many = Array.from({ length: 110 }, (_, number) => `Treatment ${number}`);
  for (const name of many) await make('/v1/services', { name, minutes: 30, price: { amount: 0, currency: 'EUR' }, staffIds: [ids.staffId] });
  const page = await shop.visit(`/?location=${locationId}`);
  for (const name of many) await page.locator('.service-name', { hasText: new RegExp(`^${name}$`) }).waitFor();
  await page.context().close();
});

test('no page has done anything that its policy forbids, and no script has failed', options, () => {
  assert.deepEqual(shop.faults, []);
});

test('a question that the server is silent about is given up, and can be asked again', options, async () => {
  const page = await shop.visit('/');
  await page.clock.install();
  let isSilent = true;
  await page.route('**/v1/services*', async (route) => isSilent || (await route.continue()));
  const asked = page.waitForRequest('**/v1/services*');
  await page.reload();
  await asked;
  await page.clock.fastForward(31_000);
  isSilent = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Book a time' }).waitFor();
  await page.context().close();
});
