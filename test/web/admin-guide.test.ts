import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TEST_OWNER } from '../support/test-server.ts';
import { assertAccessible, findBrowser, openOffice, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
before(async () => {
  if (browser !== undefined) shop = await openShop(browser, {}, false);
});
after(() => shop?.[Symbol.asyncDispose]());

test('an owner comes from an empty database to the first time that can be booked, by keyboard alone', options, async () => {
  const page = await openOffice(shop, '', TEST_OWNER);
  await page.getByLabel('Name of your business').waitFor();
  await assertAccessible(page, 'the first step');
  await page.keyboard.type('Hair & Co');
  await page.keyboard.press('Enter');
  await page.getByRole('checkbox', { name: 'Monday' }).waitFor();
  await assertAccessible(page, 'the hours');
  // Saturday and Sunday, too, so that there is a free time whatever day it is.
  for (const day of ['Saturday', 'Sunday']) {
    await page.getByRole('checkbox', { name: day }).focus();
    await page.keyboard.press('Space');
  }
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'What can be booked' }).waitFor();
  await page.keyboard.type('Haircut');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('35');
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Who does it' }).waitFor();
  await page.keyboard.type('Ada Holm');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Open your booking page' }).waitFor();
  await assertAccessible(page, 'the last step');
  await page.keyboard.press('Enter');
  await page.getByText('€35').first().waitFor();
  await page.locator('.day[data-free="some"]').first().waitFor();
  assert.deepEqual(shop.faults, []);
});
