import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { shownCode, wrongCode } from '../accounts/authenticator.ts';
import { timeNow } from '../support/clock.ts';
import { TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, findBrowser, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
before(async () => {
  if (browser !== undefined) shop = await openShop(browser);
});
after(() => shop?.[Symbol.asyncDispose]());

async function enter(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(TEST_PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
}

const isInside = (page: Page) => page.getByText('This device').waitFor();
const factorOf = (page: Page) => page.getByRole('region', { name: 'Second factor' });
const codeField = (page: Page) => page.getByRole('textbox', { name: 'Code' });

async function setUp(page: Page): Promise<string> {
  await factorOf(page).getByRole('button', { name: 'Set up' }).click();
  await page.getByLabel('Your password').fill(TEST_PASSWORD);
  await page.getByRole('button', { name: 'Continue' }).click();
  await codeField(page).waitFor();
  return ((await factorOf(page).locator('.secret').textContent()) ?? '').replaceAll(' ', '');
}

async function recoveryCodes(page: Page): Promise<readonly string[]> {
  await page.getByRole('button', { name: 'I have saved them' }).waitFor();
  const codes = await factorOf(page).getByRole('listitem').allTextContents();
  await page.getByRole('button', { name: 'I have saved them' }).click();
  return codes;
}

test('a second factor is set up, asked for at every login, and removed', options, async () => {
  const page = await shop.visit('/account', { colorScheme: 'dark', viewport: { width: 390, height: 844 } });
  await enter(page, 'customer@demo.test');
  await isInside(page);
  const secret = await setUp(page);
  assert.match((await page.getByRole('link', { name: 'Open in an app' }).getAttribute('href')) ?? '', new RegExp(`^otpauth://totp/.*secret=${secret}`));
  await page.getByRole('img', { name: /^QR code/ }).waitFor();
  await assertAccessible(page, 'setting up');
  await codeField(page).fill(wrongCode(secret, timeNow()));
  await page.getByRole('button', { name: 'Switch on' }).click();
  await page.getByText('This code is wrong').waitFor();
  await page.locator('#factor-code:focus').waitFor();
  // A code is good once; the login below takes the one after it, which is good already, so that nobody has to wait.
  await codeField(page).fill(shownCode(secret, timeNow()));
  await page.getByRole('button', { name: 'Switch on' }).click();
  await page.getByRole('heading', { name: /^Second factor is on/ }).waitFor();
  await assertAccessible(page, 'recovery codes');
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
  const [spare = '', ...rest] = await recoveryCodes(page);
  assert.equal(rest.length, 9);
  await factorOf(page).getByText('10 recovery codes are left').waitFor();

  const desk = await shop.visit('/account');
  await enter(desk, 'customer@demo.test');
  await codeField(desk).waitFor();
  await desk.locator('#code:focus').waitFor();
  await assertAccessible(desk, 'the code at the login');
  await codeField(desk).fill(wrongCode(secret, timeNow()));
  await desk.getByRole('button', { name: 'Log in', exact: true }).click();
  await desk.getByText('This code is wrong').waitFor();
  await desk.locator('#code:focus').waitFor();
  await desk.getByRole('button', { name: 'Log in as someone else' }).click();
  await desk.locator('#password:focus').waitFor();
  assert.equal(await desk.getByRole('alert').count(), 0);
  await enter(desk, 'customer@demo.test');
  await codeField(desk).fill(shownCode(secret, timeNow(), 1));
  await desk.getByRole('button', { name: 'Log in', exact: true }).click();
  await isInside(desk);
  await desk.getByRole('button', { name: 'Log out' }).click();
  await enter(desk, 'customer@demo.test');
  await codeField(desk).fill(spare.toLowerCase());
  await desk.getByRole('button', { name: 'Log in', exact: true }).click();
  await factorOf(desk).getByText('9 recovery codes are left').waitFor();

  await desk.getByRole('button', { name: 'New recovery codes' }).click();
  await desk.getByLabel('Your password').fill('not this one');
  await codeField(desk).fill(rest[0] ?? '');
  await desk.getByRole('button', { name: 'Create new codes' }).click();
  await desk.getByText('This is not your current password').waitFor();
  await desk.getByLabel('Your password').fill(TEST_PASSWORD);
  await desk.getByRole('button', { name: 'Create new codes' }).click();
  const [fresh = ''] = await recoveryCodes(desk);
  await desk.getByRole('button', { name: 'Remove' }).click();
  await assertAccessible(desk, 'removing');
  await desk.getByLabel('Your password').fill(TEST_PASSWORD);
  await codeField(desk).fill(fresh);
  await desk.getByRole('button', { name: 'Remove', exact: true }).click();
  await factorOf(desk).getByText('Off: you log in with your password').waitFor();
});

test('the desk asks for the code, too, and a form that is left changes nothing', options, async () => {
  const account = await shop.visit('/account');
  await enter(account, 'desk@demo.test');
  await isInside(account);
  await setUp(account);
  await account.getByRole('button', { name: 'Keep it off' }).click();
  await factorOf(account).getByText('Off: you log in with your password').waitFor();
  await account.locator('#second-factor:focus').waitFor();
  const secret = await setUp(account);
  await codeField(account).fill(shownCode(secret, timeNow()));
  await account.getByRole('button', { name: 'Switch on' }).click();
  await recoveryCodes(account);
  const desk = await shop.visit('/desk');
  await enter(desk, 'desk@demo.test');
  await codeField(desk).fill(shownCode(secret, timeNow(), 1));
  await desk.getByRole('button', { name: 'Log in', exact: true }).click();
  await desk.locator('.column').first().waitFor();
});

test('nothing about the second factor needs what the policy forbids', options, () => {
  assert.deepEqual(shop.faults, []);
});
