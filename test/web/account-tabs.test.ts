import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { TEST_PASSWORD } from '../support/test-server.ts';
import { findBrowser, logIn, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const TABS = 6;
let shop: Shop;
before(async () => {
  if (browser !== undefined) shop = await openShop(browser);
});
after(() => shop?.[Symbol.asyncDispose]());

const isInside = (page: Page) => page.getByText('This device').waitFor();

async function comeIn(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(TEST_PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await isInside(page);
}

test('tabs that renew the session at the same moment all keep it', options, async () => {
  const first = await shop.visit('/account');
  await comeIn(first, 'owner@demo.test');
  const others = await Promise.all(Array.from({ length: TABS - 1 }, () => first.context().newPage()));
  // Opening a page renews the session, and so does loading it again.
  await Promise.all(others.map((page) => page.goto(`${shop.url}/account`)));
  await Promise.all(others.map(isInside));
  await Promise.all([first, ...others].map((page) => page.reload()));
  await Promise.all([first, ...others].map(isInside));
});

test('a page that is loaded again and again, in the middle of renewing, keeps the session', options, async () => {
  const page = await shop.visit('/account');
  await comeIn(page, 'manager@demo.test');
  for (let count = 0; count < 5; count += 1) {
    const asked = page.waitForRequest('**/v1/auth/refresh');
    await page.reload({ waitUntil: 'commit' });
    await asked;
  }
  await page.reload();
  await isInside(page);
});

test('who logs out in one tab is out in all, and who logs in in one is in in all, on every page', options, async () => {
  const account = await shop.visit('/account');
  const desk = await account.context().newPage();
  await desk.goto(`${shop.url}/desk`);
  await logIn(desk, 'desk@demo.test');
  await isInside(account);
  await account.getByText('desk@demo.test').waitFor();
  await account.getByRole('button', { name: 'Log out' }).click();
  await desk.getByRole('button', { name: 'Log in' }).waitFor();
  await comeIn(account, 'owner@demo.test');
  await desk.locator('.column').first().waitFor();
});

test('a page shows whom it acts for when somebody else has logged in in another tab', options, async () => {
  const first = await shop.visit('/account');
  await comeIn(first, 'owner@demo.test');
  // Still at the login, as it was opened before: a page that has not heard of it.
  const second = await first.context().newPage();
  await second.route('**/v1/auth/refresh', (route) => route.fulfill({ status: 503, body: '' }));
  await second.goto(`${shop.url}/account`);
  await second.getByRole('alert').waitFor();
  await second.unroute('**/v1/auth/refresh');
  await comeIn(second, 'customer@demo.test');
  await first.getByText('customer@demo.test · Customer').waitFor();
});

test('no tab has done anything that its policy forbids', options, () => {
  assert.deepEqual(shop.faults, []);
});
