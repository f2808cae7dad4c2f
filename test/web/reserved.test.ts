// A price that is reserved on a card, as people see it: before they book, on the page of the appointment, in their account, and at the desk. `SHOTS=folder` keeps pictures.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { timeNow } from '../support/clock.ts';
import { dateIn } from '../support/dates.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, findBrowser, logIn, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
const PRICE = { amount: 8_000, currency: 'EUR' };
let shop: Shop;
let token: string;
let ids: { readonly serviceId: string; readonly staffId: string };
before(async () => {
  if (browser === undefined) return;
  shop = await openShop(browser);
  token = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
  const { locationId } = (await askOver(shop.url, 'GET', '/v1/staff')).body.items[0];
  const refundRules = [{ untilMinutes: 60, percent: 75 }];
  const service = await make('/v1/services', { name: 'Facial', minutes: 30, price: PRICE, paymentPolicy: 'reserve', noShowFeePercent: 50, refundRules });
  const person = await make('/v1/staff', { name: 'Vera', locationId, serviceIds: [service.id] });
  ids = { serviceId: service.id, staffId: person.id };
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});

async function make(path: string, body: object): Promise<Json> {
  const made = await askOver(shop.url, 'POST', path, { token, body });
  assert.equal(made.status, 201, made.text);
  return made.body;
}

async function shot(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS !== undefined) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true });
}
/** Light and dark. */
async function assertReadable(page: Page, where: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await assertAccessible(page, `${where}, ${colorScheme}`, colorScheme);
    await shot(page, `${where}-${colorScheme}`);
  }
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
}

/** At a time of tomorrow, by the customer whose session the page has, or by a guest. */
async function book(page: Page, name: string, email: string, look: (where: string) => Promise<void> = async () => undefined): Promise<string> {
  await page.goto(`${shop.url}/?service=${ids.serviceId}&staff=${ids.staffId}`);
  await page.locator('.day[data-free="some"]').nth(1).click();
  await page.locator('.time:not([data-lost])').first().click();
  await page.getByText('€80 is only reserved on your card now, and not paid. It is taken when you have been here').waitFor();
  await page.locator('#name').fill(name);
  await page.locator('#email').fill(email);
  await look('details');
  await page.getByRole('button', { name: /^Reserve and book / }).click();
  await page.getByRole('heading', { name: 'Reserve €80' }).waitFor();
  await page.getByText('€80 is only reserved on your card now, and not paid.').waitFor();
  await page.getByText(/If you cancel, this much is taken: €20 until .* · after that €80\./).waitFor();
  await look('card');
  const answer = page.waitForResponse((response) => /\/v1\/appointments\/[^/]+\/payment$/.test(response.url()));
  await page.getByRole('button', { name: 'Reserve €80' }).click();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
  return new URL((await answer).url()).pathname.split('/')[3] ?? '';
}

test('before the customer pays the page says that it is only reserved, when it is taken, and what of it if they cancel', options, async () => {
  const page = await shop.visit('/', PHONE);
  await book(page, 'Rita Holm', 'rita@example.org', (where) => assertReadable(page, where));
  await page.getByText('€80, not paid yet').waitFor();
  await page.getByText(/Taken at your visit, at the latest on /).waitFor();
  await assertReadable(page, 'made');
  await page.getByRole('button', { name: 'Cancel this appointment' }).click();
  await page.getByText('€20 of the €80 reserved is taken from your card.').waitFor();
  await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  await page.getByRole('heading', { name: 'This appointment is cancelled' }).waitFor();
  await page.context().close();
});

test('the account says so, too, and what would be taken', options, async () => {
  const page = await shop.visit('/account', PHONE);
  await page.getByLabel('E-mail').fill('customer@demo.test');
  await page.getByLabel('Password').fill(TEST_PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page
    .getByRole('button', { name: /^Cancel / })
    .first()
    .waitFor();
  await book(page, 'Clara', 'customer@demo.test');
  await page.goto(`${shop.url}/account`);
  const row = page.locator('li.row', { hasText: 'Facial' });
  await row.getByText(/^€80 reserved on your card, and not paid yet: it is taken at your visit, at the latest on /).waitFor();
  await assertReadable(page, 'account');
  await row.getByRole('button', { name: /^Cancel/ }).click();
  await page.getByText('€20 is taken from the card, of the €80 reserved.').waitFor();
  await page.context().close();
});

/** Booked over the API, by a customer whose card has reserved the price; then moved into the past and checked in. */
async function arrived(halfHoursAgo: number): Promise<string> {
  const { slots } = (await askOver(shop.url, 'GET', `/v1/slots?serviceId=${ids.serviceId}&staffId=${ids.staffId}&from=${dateIn(2)}&to=${dateIn(4)}`)).body;
  const held = await askOver(shop.url, 'POST', '/v1/holds', { body: { ...{ serviceId: ids.serviceId, staffId: ids.staffId }, startsAt: slots[0].startsAt } });
  const asHolder = { headers: { 'hold-token': held.body.token } };
  const customer = { name: 'Rita Holm', email: 'rita@example.org' };
  const begun = await askOver(shop.url, 'POST', `/v1/holds/${held.body.id}/payment`, { ...asHolder, body: { customer } });
  assert.equal(begun.status, 201, begun.text);
  const card = { clientSecret: begun.body.clientSecret, card: '4242 4242 4242 4242' };
  await askOver(shop.url, 'POST', '/v1/payments/test/pay', { body: card });
  const { appointmentId: id } = (await askOver(shop.url, 'GET', `/v1/holds/${held.body.id}/payment`, asHolder)).body;
  const startsAt = new Date(Math.floor(timeNow() / 60_000) * 60_000 - halfHoursAgo * 30 * 60_000).toISOString();
  const override = { rules: ['slot-in-past', 'too-soon', 'outside-hours', 'off-grid', 'slot-taken'], reason: 'It was a while ago.' };
  const moved = await askOver(shop.url, 'POST', `/v1/appointments/${id}/reschedule`, { token, body: { startsAt, staffId: ids.staffId, override } });
  assert.equal(moved.status, 200, moved.text);
  const here = await askOver(shop.url, 'POST', `/v1/appointments/${id}/check-in`, { token, body: {} });
  assert.equal(here.status, 200, here.text);
  return id;
}

async function openedAtDesk(page: Page, id: string): Promise<Locator> {
  const { startsAt } = (await askOver(shop.url, 'GET', `/v1/appointments/${id}`, { token })).body;
  await page.goto(`${shop.url}/desk?x=${id}#appointment=${id}&staff=${ids.staffId}&at=${encodeURIComponent(startsAt)}`);
  const money = page.getByRole('region', { name: 'Payment' });
  await money.getByText('Reserved on the card').first().waitFor();
  return money;
}

test('the desk sees until when it is reserved, takes a part of it, and lets go of another one', options, async () => {
  const [first, other] = [await arrived(2), await arrived(4)];
  const page = await shop.visit('/desk', { viewport: { width: 1440, height: 1000 } });
  await logIn(page, 'desk@demo.test');
  const money = await openedAtDesk(page, first);
  await money.getByText('Taken by itself').waitFor();
  await assertReadable(page, 'desk-reserved');
  await money.getByRole('button', { name: 'Take payment' }).click();
  await money.getByText('The card, of the €80 reserved; the rest is let go').waitFor({ state: 'attached' });
  await money.getByLabel('Amount (EUR)').fill('90');
  await money.getByRole('button', { name: 'Take it from the card' }).click();
  await money.getByText(/must be 0, or from 50 to 8000/).waitFor();
  await money.getByLabel('Amount (EUR)').fill('55');
  await assertReadable(page, 'desk-take');
  await money.getByRole('button', { name: 'Take it from the card' }).click();
  await money.getByText('Partly paid').waitFor();
  assert.match((await money.innerText()).replaceAll(/\s+/g, ' '), /Paid €55 Still due €25/);
  await assertReadable(page, 'desk-taken');
  const otherMoney = await openedAtDesk(page, other);
  await otherMoney.getByRole('button', { name: 'Let go of the card' }).click();
  await otherMoney.getByText('Nothing of the €80 is taken from the card, and it cannot be reserved again.').waitFor();
  await assertReadable(page, 'desk-let-go');
  await otherMoney.getByRole('button', { name: 'Let go of it' }).click();
  await otherMoney.getByText('Not paid').waitFor();
  assert.equal(await otherMoney.getByText('Reserved on the card').count(), 0);
  await page.context().close();
});

test('no page has done anything that its policy forbids, and no script has failed', options, () => {
  assert.deepEqual(shop.faults, []);
});
