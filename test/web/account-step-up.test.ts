import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, findBrowser, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
before(async () => {
  if (browser !== undefined) shop = await openShop(browser);
});
after(() => shop?.[Symbol.asyncDispose]());

test('a page that was loaded again shows links to owners’ accounts once the password is given', options, async () => {
  for (const email of ['owner@demo.test', 'desk@demo.test'])
    assert.ok((await askOver(shop.url, 'POST', '/v1/auth/password/forgot', { body: { email } })).status < 300);
  const page = await shop.visit('/account');
  await page.getByLabel('E-mail').fill('owner@demo.test');
  await page.getByLabel('Password').fill(TEST_PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  const letters = page.getByRole('region', { name: 'E-mails' });
  const link = (email: string) => letters.getByRole('link', { name: `Open link for ${email}` });
  await link('owner@demo.test').waitFor();
  await page.reload();
  await link('desk@demo.test').waitFor();
  assert.equal(await link('owner@demo.test').count(), 0);
  await letters.getByRole('button', { name: 'Show them' }).click();
  await letters.getByLabel('Your password').fill('not the password');
  await letters.getByRole('button', { name: 'Show the links' }).click();
  await letters.getByText('This is not your current password').waitFor();
  await assertAccessible(page, 'a wrong password for the links');
  await letters.getByLabel('Your password').fill(TEST_PASSWORD);
  await letters.getByRole('button', { name: 'Show the links' }).click();
  await link('owner@demo.test').waitFor();
  assert.equal(await letters.getByText('are hidden').count(), 0);
  assert.deepEqual(shop.faults, []);
});
