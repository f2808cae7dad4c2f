// A voucher as people use it: the owner makes one, a customer gives it before they book, and the desk sees what it took off. `SHOTS=folder` keeps pictures.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, openOffice, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
let shop: Shop;
let owner: string;
let ids: { readonly serviceId: string; readonly locationId: string };
before(async () => {
  if (browser === undefined) return;
  shop = await openShop(browser);
  owner = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
  const { locationId } = (await askOver(shop.url, 'GET', '/v1/staff')).body.items[0];
  const made = await askOver(shop.url, 'POST', '/v1/services', {
    token: owner,
    body: { name: 'Dear cut', minutes: 30, price: { amount: 8_000, currency: 'EUR' }, paymentPolicy: 'none' },
  });
  assert.equal(made.status, 201, made.text);
  const person = await askOver(shop.url, 'POST', '/v1/staff', { token: owner, body: { name: 'Vera', locationId, serviceIds: [made.body.id] } });
  assert.equal(person.status, 201, person.text);
  ids = { serviceId: made.body.id, locationId };
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});

async function shot(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS !== undefined) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true });
}
const overflowOf = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

test('the owner makes a voucher, finds it, and ends it', options, async () => {
  const page = await openOffice(shop, 'payments/vouchers');
  await page.getByRole('button', { name: 'New voucher' }).click();
  await shot(page, 'admin-form');
  await assertAccessible(page, 'the form');
  await page.getByRole('button', { name: 'Make the voucher' }).click();
  await page.getByText('must be there if amount is not').waitFor();
  await page.getByLabel('Code').fill('spring-25');
  await page.getByLabel('Percent off').fill('25');
  await page.getByLabel('Uses in all').fill('2');
  await page.getByRole('button', { name: 'Make the voucher' }).click();
  await page.getByText('The voucher SPRING-25 is made.', { exact: true }).waitFor();
  await page.getByRole('cell', { name: '0 of 2' }).waitFor();
  await shot(page, 'admin-list');
  await assertAccessible(page, 'the list');
  assert.equal(await overflowOf(page), 0);
  await askOver(shop.url, 'POST', '/v1/vouchers', { token: owner, body: { code: 'OLD-ONE', percent: 10 } });
  await page.reload();
  await page.getByRole('button', { name: 'End OLD-ONE' }).click();
  await page.getByRole('button', { name: 'End it' }).click();
  await page.getByText('The voucher OLD-ONE is ended.', { exact: true }).waitFor();
  await eventually('it is not in the list', async () => (await page.getByRole('button', { name: 'End OLD-ONE' }).count()) === 0);
  assert.deepEqual(shop.faults, []);
  await page.context().close();
});

test('a customer gives it before they book: the price is the new one, through another time and a reload, and the desk sees it', options, async () => {
  const page = await shop.visit(`/?location=${ids.locationId}&service=${ids.serviceId}`, PHONE);
  // Tomorrow or later: of today little may be left.
  await page.locator('.day[data-free="some"]').nth(1).tap();
  await page.locator('.time').first().tap();
  await page.getByRole('button', { name: 'I have a voucher' }).tap();
  await page.getByLabel('Voucher code').fill('never made');
  await page.getByRole('button', { name: 'Use it' }).tap();
  await page.getByText('We do not know this voucher code.').waitFor();
  await shot(page, 'booking-refused');
  await page.getByLabel('Voucher code').fill('spring-25');
  await page.getByRole('button', { name: 'Use it' }).tap();
  await page.getByText('Your voucher takes €20 off the price.').waitFor();
  await shot(page, 'booking-given');
  await assertAccessible(page, 'the voucher of a hold');
  assert.equal(await overflowOf(page), 0);
  await page.getByRole('button', { name: 'Choose another time' }).tap();
  await page.locator('.time').nth(2).tap();
  await page.getByText('Your voucher takes €20 off the price.').waitFor();
  await page.reload();
  await page.getByText('Your voucher takes €20 off the price.').waitFor();
  await page.getByRole('button', { name: 'Without the voucher' }).tap();
  await page.getByRole('button', { name: 'I have a voucher' }).waitFor();
  await page.getByRole('button', { name: 'I have a voucher' }).tap();
  await page.getByLabel('Voucher code').fill('SPRING-25');
  await page.getByRole('button', { name: 'Use it' }).tap();
  await page.getByText('Your voucher takes €20 off the price.').waitFor();
  await page.locator('#name').fill('Ada Holm');
  await page.locator('#email').fill('voucher@example.org');
  await page.getByRole('button', { name: /^Book / }).tap();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
  await eventually(
    'the price lines',
    async () => /Voucher\s*−€20/.test(await page.locator('.facts').innerText()) && /€60/.test(await page.locator('.facts').innerText()),
  );
  await shot(page, 'booked');
  const { items } = (await askOver(shop.url, 'GET', '/v1/vouchers?isOpen=true', { token: owner })).body;
  assert.equal(items.find(({ code }: { code: string }) => code === 'SPRING-25').used, 1, 'holds that were let go have given theirs back');
  assert.deepEqual(shop.faults, []);
  await page.context().close();
});
