// The answers of the account page are lost: it says that it does not know, and how to find out. Passwords are kept nowhere, so it cannot ask again by itself.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { findBrowser, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const NEW_PASSWORD = 'umbrella trumpet gravel';
const UNHEARD = 'We do not know whether that worked.';
let shop: Shop;
before(async () => {
  if (browser !== undefined) shop = await openShop(browser);
});
after(() => shop?.[Symbol.asyncDispose]());

async function visitAccount(email: string): Promise<Page> {
  const page = await shop.visit('/account');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(TEST_PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('This device').waitFor();
  return page;
}

/** The server does what is asked, and the page hears nothing of it. */
async function loseAnswer(page: Page, path: string): Promise<() => Promise<void>> {
  await page.route(path, async (route) => {
    await route.fetch();
    await route.abort();
  });
  return () => page.unroute(path);
}

const logIn = (email: string, password: string) => askOver(shop.url, 'POST', '/v1/auth/login', { body: { email, password } });

test('a change of the password whose answer is lost is not called a failure, and what is typed stays', options, async () => {
  const page = await visitAccount('amara@demo.test');
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByLabel('Current password').fill(TEST_PASSWORD);
  await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
  const hear = await loseAnswer(page, '**/v1/auth/password/change');
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByRole('alert').getByText(UNHEARD).waitFor();
  assert.equal(await page.getByLabel('New password', { exact: true }).inputValue(), NEW_PASSWORD);
  assert.equal((await logIn('amara@demo.test', NEW_PASSWORD)).status, 200);
  // As the page says: asking again tells, since the present password is another one now.
  await hear();
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByLabel('Current password').and(page.locator('[aria-invalid="true"]')).waitFor();
  assert.equal(await page.evaluate((password) => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]).includes(password), NEW_PASSWORD), false);
});

test('whether another session has ended is said by the list, where the answer is lost', options, async () => {
  const page = await visitAccount('milan@demo.test');
  await logIn('milan@demo.test', TEST_PASSWORD);
  await page.reload();
  // The list is read at the same address.
  await page.route('**/v1/auth/sessions', async (route) => {
    if (route.request().method() !== 'DELETE') return route.continue();
    await route.fetch();
    return route.abort();
  });
  await page.getByRole('button', { name: 'End all other sessions' }).click();
  await page.getByRole('alert').getByText(UNHEARD).waitFor();
  assert.equal(await page.getByRole('button', { name: 'End all other sessions' }).count(), 0, 'the list has only this one');
});

test('who registers or has forgotten a password, and hears nothing, is told how to find out', options, async () => {
  for (const [door, path, isNew] of [
    ['/account#register', '**/v1/auth/register', true],
    ['/account#forgotten', '**/v1/auth/password/forgot', false],
  ] as const) {
    const page = await shop.visit(door);
    await loseAnswer(page, path);
    await page.getByLabel('E-mail').fill('lost@example.org');
    if (isNew) {
      await page.getByLabel('Name').fill('Lou Lost');
      await page.getByLabel('Password', { exact: true }).fill(NEW_PASSWORD);
    }
    await page.locator('form button[type="submit"]').click();
    await page.getByRole('alert').getByText(`${UNHEARD} If you receive an e-mail, it worked. If not, please try again.`).waitFor();
  }
});

test('no page has done anything that its policy forbids', options, () => {
  // What is aborted is told to the console as a failed request.
  assert.deepEqual(
    shop.faults.filter((fault) => !/ERR_FAILED/.test(String(fault))),
    [],
  );
});
