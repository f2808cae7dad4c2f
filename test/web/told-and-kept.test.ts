// What pages say is so, what is typed stays, and what cannot be undone is asked first.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { dateIn } from '../support/dates.ts';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, lineOf, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
let shop: Shop;
let owner: string;
let haircuts: string;
let ids: { readonly serviceId: string; readonly staffId: string };
before(async () => {
  if (browser === undefined) return;
  shop = await openShop(browser);
  const first = async (what: string) => (await askOver(shop.url, 'GET', `/v1/${what}`)).body.items[0].id;
  const serviceId = await first('services');
  // Of a person without appointments, every day that is open has times enough, whatever day it is.
  owner = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
  const person = { name: 'Vera Livre', locationId: await first('locations'), serviceIds: [serviceId] };
  const made = await askOver(shop.url, 'POST', '/v1/staff', { token: owner, body: person });
  ids = { serviceId, staffId: made.body.id };
  haircuts = `/?service=${ids.serviceId}&staff=${ids.staffId}`;
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});

/** The booking page on the nth day with free times, from 0. What is to be cancelled is on the third: tomorrow may be too late for it. */
async function visitTimes(nth: number, extras: Parameters<Shop['visit']>[1] = {}): Promise<Page> {
  const page = await shop.visit(haircuts, extras);
  await page.locator('.day[data-free="some"]').nth(nth).click();
  await page.locator('.time').first().waitFor();
  return page;
}

/** Another customer takes a time; what is answered gives it back. */
async function takeElsewhere(startsAt: number): Promise<() => Promise<void>> {
  const held = await askOver(shop.url, 'POST', '/v1/holds', { body: { ...ids, startsAt: new Date(startsAt).toISOString() } });
  assert.equal(held.status, 201, held.text);
  return async () => void (await askOver(shop.url, 'DELETE', `/v1/holds/${held.body.id}`, { headers: { 'hold-token': held.body.token } }));
}

async function book(page: Page, name: string): Promise<void> {
  await page.locator('.time:not([data-lost])').first().click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('E-mail').fill('told@example.org');
  await page.getByRole('button', { name: /^Book / }).click();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
}

for (const [device, extras] of [
  ['a phone', PHONE],
  ['a wide screen', {}],
  ['a screen hardly higher than the question', { viewport: { width: 640, height: 320 } }],
] as const) {
  test(`a double click on "Cancel this appointment" cancels nothing on ${device}`, options, async () => {
    const page = await visitTimes(2, extras);
    await book(page, 'Dora Double');
    const ask = page.getByRole('button', { name: 'Cancel this appointment' });
    await ask.dblclick();
    await page.getByRole('dialog').waitFor();
    const box = await page.getByRole('button', { name: 'Yes, cancel it' }).boundingBox();
    assert.ok(box !== null);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'You are booked' }).waitFor();
    await page.context().close();
  });
}

test('an appointment goes into a calendar: as a file, or by the address of a new entry there', options, async () => {
  const page = await visitTimes(2, PHONE);
  await book(page, 'Cal Endar');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Calendar file' }).click();
  const file = await saving;
  assert.equal(file.suggestedFilename(), 'appointment.ics');
  const text = await readFile(await file.path(), 'utf8');
  const [, startsAt = ''] = /^DTSTART:(\S+)/m.exec(text) ?? [];
  assert.match(startsAt, /^\d{8}T\d{6}Z$/);
  const google = new URL((await page.getByRole('link', { name: 'Google Calendar' }).getAttribute('href')) ?? '');
  assert.deepEqual([google.searchParams.get('dates')?.split('/')[0], google.href.includes('Endar')], [startsAt, false]);
  await assertAccessible(page, 'an appointment that can be added to a calendar');
  await page.context().close();
});

test('the question before cancelling begins on what changes nothing, is answered by keyboard, and gives the focus back', options, async () => {
  const page = await visitTimes(2);
  await book(page, 'Kay Board');
  const ask = page.getByRole('button', { name: 'Cancel this appointment' });
  await ask.focus();
  await page.keyboard.press('Enter');
  await page.locator('dialog button:focus', { hasText: 'Keep it' }).waitFor();
  await assertAccessible(page, 'a question');
  await page.keyboard.press('Escape');
  await page.locator('button:focus', { hasText: 'Cancel this appointment' }).waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'This appointment is cancelled' }).waitFor();
});

test('a time that is taken keeps its place until the list is next opened, and its neighbours do not move', options, async () => {
  const page = await visitTimes(2, PHONE);
  const places = (): Promise<readonly (string | number | undefined)[][]> =>
    page
      .locator('.time')
      .evaluateAll((times) => times.map((time) => [time.dataset.start, time.getBoundingClientRect().top, time.getBoundingClientRect().left]));
  const before = await places();
  const taken = Number(await page.locator('.time').nth(1).getAttribute('data-start'));
  const giveBack = await takeElsewhere(taken);
  await page.locator(`.time[data-start="${taken}"][data-lost][aria-disabled="true"]`).waitFor();
  assert.deepEqual(await places(), before);
  await page.locator('.day[data-free="some"]').nth(3).click();
  await page.locator('.day[data-free="some"]').nth(2).click();
  await eventually('the list is in order again', async () => (await page.locator('.time[data-lost]').count()) === 0);
  assert.equal(await page.locator(`.time[data-start="${taken}"]`).count(), 0);
  // What becomes free moves nothing either: it stands after the list.
  const shorter = await places();
  await giveBack();
  await page.getByRole('heading', { name: 'Just became free' }).waitFor();
  assert.deepEqual((await places()).slice(0, shorter.length), shorter);
});

test('the booking form keeps what was typed through a time that ran out and was taken, another time, and a reload', options, async () => {
  const page = await shop.visit(haircuts);
  await page.clock.install();
  await page.goto(shop.url + haircuts);
  await page.locator('.day[data-free="some"]').nth(3).click();
  const startsAt = Number(await page.locator('.time').first().getAttribute('data-start'));
  await page.locator('.time').first().click();
  await page.getByLabel('Name').fill('Ada Patient');
  await page.getByLabel('E-mail').fill('ada@example.org');
  await page.getByLabel('Anything we should know?').fill('I come with a dog');
  await page.clock.fastForward(301_000);
  await page.getByText('has expired').first().waitFor();
  // It ends on the server as well, and another customer takes the time.
  const hold = await page.evaluate(() => JSON.parse(sessionStorage.getItem('slotkeeper-hold-1') ?? '{}'));
  await askOver(shop.url, 'DELETE', `/v1/holds/${hold.id}`, { headers: { 'hold-token': hold.token } });
  await takeElsewhere(startsAt);
  await page.getByRole('button', { name: 'Hold it again' }).click();
  await page.getByRole('alert').getByRole('listitem').first().getByRole('button').click();
  const typed = async () => [
    await page.getByLabel('Name').inputValue(),
    await page.getByLabel('E-mail').inputValue(),
    await page.getByLabel('Anything we should know?').inputValue(),
  ];
  await page.getByLabel('Name').waitFor();
  assert.deepEqual(await typed(), ['Ada Patient', 'ada@example.org', 'I come with a dog']);
  const heading = await page.getByRole('heading', { level: 1 }).textContent();
  await page.reload();
  await page.getByLabel('Name').waitFor();
  assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), heading);
  assert.deepEqual(await typed(), ['Ada Patient', 'ada@example.org', 'I come with a dog']);
  // A refused field is marked in the form, which stays.
  await page.getByLabel('Phone').fill('x');
  await page.getByRole('button', { name: /^Book / }).click();
  await page.locator('#phone[aria-invalid="true"]:focus').waitFor();
  assert.match((await page.locator('#phone-wrong').textContent()) ?? '', /^The phone number /);
  await page.getByLabel('Phone').fill('');
  await page.getByRole('button', { name: /^Book / }).click();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
  await page.getByRole('button', { name: 'Book another appointment' }).click();
  await page.locator('.time:not([data-lost])').first().click();
  assert.equal(await page.getByLabel('Name').inputValue(), '');
});

test('on a phone a lost connection is shown wherever the page is scrolled to', options, async () => {
  const page = await visitTimes(2, PHONE);
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  lineOf(page).cut();
  const banner = page.getByText('The connection was lost');
  await banner.waitFor();
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  const box = await banner.boundingBox();
  assert.ok(box !== null && box.y >= 0 && box.y + box.height <= 844, JSON.stringify(box));
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing where it is not sure, refused, or nothing is there, ${colorScheme}`, options, async () => {
    const page = await visitTimes(2, { colorScheme });
    await page.route('**/v1/holds', (route) => route.abort());
    await page.locator('.time').first().click();
    await page.locator('[data-not-sure]').waitFor();
    await assertAccessible(page, 'not sure of a time', colorScheme);
    await page.getByRole('button', { name: 'Choose another time' }).click();
    await page.locator('[data-not-sure]').waitFor({ state: 'detached' });
    const gone = await shop.visit('/nothing-here', { colorScheme });
    await gone.getByRole('heading', { name: 'There is nothing at this address' }).waitFor();
    await assertAccessible(gone, 'nothing here', colorScheme);
    await gone.goto(`${shop.url}/problems/slot-taken`);
    await assertAccessible(gone, 'a problem', colorScheme);
  });
}

/** A service of the same person. */
async function offer(terms: object): Promise<string> {
  const body = { minutes: 30, price: { amount: 16_000, currency: 'EUR' }, staffIds: [ids.staffId], ...terms };
  const made = await askOver(shop.url, 'POST', '/v1/services', { token: owner, body });
  assert.equal(made.status, 201, made.text);
  return made.body.id;
}

/** The card never gets there, and the page does not know it. */
async function payIsLost(page: Page): Promise<void> {
  await page.route('**/v1/payments/test/pay', (route) => route.abort());
  await page.getByRole('button', { name: /^Pay / }).click();
  await page.getByText('We are checking the payment.').waitFor();
  await page.getByText('Nothing was paid yet.').or(page.getByText('The card was declined. Nothing was paid.')).waitFor();
  await page.unroute('**/v1/payments/test/pay');
}

test('what is due is paid before it is booked, through a declined card, a reload and the question of a bank, and the rest by its link', options, async () => {
  const id = await offer({ name: 'Styling', depositPercent: 25, paymentPolicy: 'deposit' });
  for (const extras of [PHONE, {}]) {
    const page = await shop.visit(`/?service=${id}`, extras);
    await page.locator('.day[data-free="some"]').nth(1).click();
    await page.locator('.time:not([data-lost])').first().click();
    await page.getByLabel('Name').fill('Paula Paying');
    await page.getByLabel('E-mail').fill(`paula${extras === PHONE ? 1 : 2}@example.org`);
    await page.getByRole('button', { name: /^Pay and book / }).dblclick();
    await page.getByRole('heading', { name: /^Pay .*40/ }).waitFor();
    await page.getByLabel('Test card').fill('4000 0000 0000 0002');
    await page.getByRole('button', { name: /^Pay / }).click();
    await page.getByText('Your card was declined.').waitFor();
    await assertAccessible(page, 'the page where a customer pays');
    await page.reload();
    await page.getByText('The card was declined. Nothing was paid.').waitFor();
    await page.getByText(/We are holding this time for you for \d+:\d\d/).waitFor();
    if (extras === PHONE) await payIsLost(page);
    await page.getByLabel('Test card').fill('4000 0025 0000 3155');
    await page.getByRole('button', { name: /^Pay / }).click();
    await page.getByRole('button', { name: 'Yes, confirm' }).dblclick();
    await page.getByRole('heading', { name: 'You are booked' }).waitFor();
    await page.getByText('Still to pay').waitFor();
    await page.getByRole('button', { name: /^Pay .*120.* by card$/ }).dblclick();
    await page.getByLabel('Test card').waitFor();
    await assertAccessible(page, 'an appointment that is being paid');
    await page.getByRole('button', { name: /^Pay / }).dblclick();
    await page.getByText('Still to pay').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Cancel this appointment' }).click();
    await page.getByText(/goes back to the card/).waitFor();
    await page.getByRole('button', { name: 'Yes, cancel it' }).click();
    await page.getByRole('heading', { name: 'This appointment is cancelled' }).waitFor();
    await page.context().close();
  }
});

test('a card is kept before it is booked where a no-show costs something, and the page says how much, when and why', options, async () => {
  const id = await offer({ name: 'Peeling', noShowFeePercent: 50, noShowFeeCard: true });
  const page = await shop.visit(`/?service=${id}`, PHONE);
  await page.locator('.day[data-free="some"]').nth(1).click();
  await page.locator('.time:not([data-lost])').first().click();
  const agreed = page.getByText(/^If you do not come and have not cancelled in time, we charge €80 to your card: once, and at most 7 days after/);
  await agreed.waitFor();
  await page.getByLabel('Name').fill('Karla Karte');
  await page.getByLabel('E-mail').fill('karla@example.org');
  await page.getByRole('button', { name: /^Enter a card for / }).dblclick();
  await page.getByRole('heading', { name: 'Keep a card' }).waitFor();
  await agreed.waitFor();
  await page.getByLabel('Test card').fill('4000 0000 0000 0002');
  await page.getByRole('button', { name: 'Keep this card' }).click();
  await page.getByText('Your card was declined.').waitFor();
  await assertAccessible(page, 'the page where a card is kept');
  await page.reload();
  await page.getByText(/It is booked as soon as the card is confirmed/).waitFor();
  await page.getByLabel('Test card').fill('4000 0025 0000 3155');
  await page.getByRole('button', { name: 'Keep this card' }).click();
  await page.getByRole('button', { name: 'Yes, confirm' }).dblclick();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
  await page.getByText('€80, charged to your card').waitFor();
});

test('who leaves the payment for another time gives the time back', options, async () => {
  const id = await offer({ name: 'Styling', depositPercent: 25, paymentPolicy: 'deposit' });
  const page = await shop.visit(`/?service=${id}`);
  await page.locator('.day[data-free="some"]').nth(1).click();
  for (const leave of ['Choose another time', 'Back']) {
    await page.locator('.time:not([data-lost])').first().click();
    await page.getByLabel('Name').fill('Lena Leaving');
    await page.getByLabel('E-mail').fill('lena@example.org');
    await page.getByRole('button', { name: /^Pay and book / }).click();
    await page.getByRole('heading', { name: /^Pay / }).waitFor();
    const { holdId, token } = JSON.parse((await page.evaluate(() => sessionStorage.getItem('slotkeeper-paying-1'))) ?? '{}');
    if (leave === 'Back') await page.goBack();
    else await page.getByRole('button', { name: leave }).click();
    await page.getByRole('heading', { name: 'Book a time' }).waitFor();
    await eventually('the hold is given back', async () => {
      const said = await askOver(shop.url, 'GET', `/v1/holds/${holdId}`, { headers: { 'hold-token': token } });
      return said.status !== 200;
    });
  }
  await page.context().close();
});

test('no page has done anything that its policy forbids, and no script has failed', options, () => {
  assert.deepEqual(shop.faults, []);
});

test('a day on which the place is closed says so, in the strip and in place of the times', options, async () => {
  const day = dateIn(3);
  const { body: staff } = await askOver(shop.url, 'GET', `/v1/staff/${ids.staffId}`);
  const owner = await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } });
  const { accessToken: token } = owner.body;
  const specialDate = `/v1/locations/${staff.locationId}/special-dates/${day}`;
  // Who has hours of their own would work all the same.
  const own = `/v1/staff/${ids.staffId}/date-overrides/${day}`;
  for (const path of [specialDate, own]) {
    const closed = await askOver(shop.url, 'PUT', `${path}?appointments=keep`, { token, body: { windows: [] } });
    assert.ok(closed.status < 300, closed.text);
  }
  for (const extras of [PHONE, {}]) {
    const page = await shop.visit(haircuts, extras);
    const cell = page.getByRole('radio', { name: /, closed$/ }).and(page.locator(`[value="${day}"]`));
    await cell.waitFor({ state: 'attached' });
    await page.locator('.day', { has: cell }).click();
    await page.getByText(/^Closed on /).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
    const isCut = await page.locator('.day', { has: cell }).evaluate((box) => box.scrollWidth > box.clientWidth + 1);
    assert.equal(isCut, false, 'the word has room');
  }
});
