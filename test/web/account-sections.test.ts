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
  const mails = page.getByRole('region', { name: 'E-mails' });
  const link = (email: string) => mails.getByRole('link', { name: `Open link for ${email}` });
  await link('owner@demo.test').waitFor();
  await page.reload();
  await link('desk@demo.test').waitFor();
  assert.equal(await link('owner@demo.test').count(), 0);
  await mails.getByRole('button', { name: 'Show them' }).click();
  await mails.getByLabel('Your password').fill('not the password');
  await mails.getByRole('button', { name: 'Show the links' }).click();
  await mails.getByText('This is not your current password').waitFor();
  await assertAccessible(page, 'a wrong password for the links');
  await mails.getByLabel('Your password').fill(TEST_PASSWORD);
  await mails.getByRole('button', { name: 'Show the links' }).click();
  await link('owner@demo.test').waitFor();
  assert.equal(await mails.getByText('are hidden').count(), 0);
  assert.deepEqual(shop.faults, []);
});

test('a manager gives a staff member a feed, is told what is wrong with the address of a calendar, and ends the feed again', options, async () => {
  const page = await shop.visit('/account');
  await page.getByLabel('E-mail').fill('manager@demo.test');
  await page.getByLabel('Password').fill(TEST_PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  const calendars = page.getByRole('region', { name: 'Calendars elsewhere' });
  await calendars.getByText('No external calendars.').waitFor();
  await calendars.getByLabel('Calendars of').selectOption({ index: 1 });
  await calendars.getByText('No external calendars.').waitFor();
  await calendars.getByRole('button', { name: 'New address' }).click();
  await calendars.getByRole('dialog').getByRole('button', { name: 'Make a new address' }).click();
  const address = calendars.getByText(/\/v1\/calendar-feeds\/.*\.ics$/);
  const feed = new URL((await address.textContent()) ?? '');
  const answers = async () => (await fetch(shop.url + feed.pathname)).status;
  assert.equal(await answers(), 200);
  await calendars.getByLabel('Address of a calendar').fill('https://169.254.169.254/latest');
  await calendars.getByRole('button', { name: 'Follow this calendar' }).click();
  await calendars.getByText('The address leads to an address that is not public.').waitFor();
  await page.locator('#external-url:focus').waitFor();
  await assertAccessible(page, 'an address that is refused');
  await calendars.getByRole('button', { name: 'End address' }).click();
  await calendars.getByRole('dialog').getByRole('button', { name: 'End the address' }).click();
  await address.waitFor({ state: 'detached' });
  assert.equal(await answers(), 404);
  assert.deepEqual(shop.faults, []);
});
