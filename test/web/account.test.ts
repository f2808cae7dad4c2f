import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readLink } from '../../web/account/link.ts';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, findBrowser, openShop, type Shop } from './browser.ts';

const TOKEN = 'x'.repeat(43);

test('a link says what it is for, and what is none of ours is no link', () => {
  assert.deepEqual(readLink(`#password-reset=${TOKEN}`), { topic: 'password-reset', token: TOKEN });
  assert.deepEqual(readLink(`#email-verification=${TOKEN}`), { topic: 'email-verification', token: TOKEN });
  assert.deepEqual(readLink(`#invitation=${TOKEN}`), { topic: 'invitation', token: TOKEN });
  for (const hash of ['', '#', '#password-reset=', `#other=${TOKEN}`, `#password-reset=${TOKEN}<script>`, `#${TOKEN}`])
    assert.equal(readLink(hash), undefined, hash);
});

const browser = findBrowser();
describe('the account page', { skip: browser === undefined ? 'no Chromium or Chrome on this machine' : false }, () => {
  let shop: Shop;
  before(async () => {
    if (browser !== undefined) shop = await openShop(browser);
  });
  after(() => shop?.[Symbol.asyncDispose]());

  const login = (email: string, password: string) => askOver(shop.url, 'POST', '/v1/auth/login', { body: { email, password } });
  async function lastLink(): Promise<string> {
    const token = (await login('owner@demo.test', TEST_PASSWORD)).body.accessToken;
    return new URL((await askOver(shop.url, 'GET', '/v1/notifications', { token })).body.items[0].link).href.slice(shop.url.length);
  }

  test('registers, verifies an address and sets a new password, with the links of the letters', async () => {
    const page = await shop.visit('/account');
    await page.getByLabel('Name').fill('Grace');
    await page.getByLabel('E-mail').fill('grace@example.org');
    await page.getByLabel('Password').fill('password123');
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByText('tried first').waitFor();
    await assertAccessible(page, 'a refused registration');
    await page.getByLabel('Password').fill('violet tractor umbrella');
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByText('Look into your mail').waitFor();

    const verifying = await shop.visit(await lastLink());
    await verifying.getByRole('button', { name: 'Yes, verify it' }).waitFor();
    assert.equal(new URL(verifying.url()).hash, '');
    await assertAccessible(verifying, 'a link that verifies');
    assert.equal((await login('grace@example.org', 'violet tractor umbrella')).body.code, 'email-not-verified');
    await verifying.getByRole('button', { name: 'Yes, verify it' }).click();
    await verifying.getByText('You can log in now').waitFor();
    assert.equal((await login('grace@example.org', 'violet tractor umbrella')).status, 200);

    await askOver(shop.url, 'POST', '/v1/auth/password/forgot', { body: { email: 'grace@example.org' } });
    const link = await lastLink();
    const resetting = await shop.visit(link);
    await resetting.getByLabel('New password').fill('marble teapot avalanche');
    await resetting.getByRole('button', { name: 'Set password' }).click();
    await resetting.getByText('Your new password holds').waitFor();
    assert.equal((await login('grace@example.org', 'marble teapot avalanche')).status, 200);

    const again = await shop.visit(link);
    await again.getByLabel('New password').fill('violet tractor umbrella');
    await again.getByRole('button', { name: 'Set password' }).click();
    await again.getByText('This link is not good any more').waitFor();
    assert.deepEqual(shop.faults, []);
  });
});
