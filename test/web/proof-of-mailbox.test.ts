import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, findBrowser, openRoomyShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
let owner: string;
before(async () => {
  if (browser === undefined) return;
  shop = await openRoomyShop(browser);
  owner = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
  assert.equal((await askOver(shop.url, 'PATCH', '/v1/settings', { token: owner, body: { guestProof: 'email' } })).status, 200);
});
after(() => shop?.[Symbol.asyncDispose]());

test('a guest types the code of the e-mail and is booked; a wrong one is marked, and what was typed stays', options, async () => {
  const read = async (what: string) => (await askOver(shop.url, 'GET', `/v1/${what}`)).body.items;
  const [[service], [person]] = [await read('services'), await read('staff')];
  const page = await shop.visit(`/?service=${service.id}&staff=${person.id}`, { viewport: { width: 390, height: 844 } });
  await page.locator('.day[data-free="some"]').nth(1).click();
  await page.locator('.time').first().click();
  await page.getByLabel('Name').fill('Ada Holm');
  await page.getByLabel('E-mail').fill('ada.holm@example.org');
  await page.getByRole('button', { name: /^Send me a code/ }).click();
  await page.getByText('We sent a code to ada.holm@example.org.').first().waitFor();
  assert.equal(await page.getByRole('button', { name: /^Send again in 0:/ }).isDisabled(), true);
  await page.getByRole('timer').waitFor();
  const [{ code }] = (await askOver(shop.url, 'GET', '/v1/account-emails', { token: owner })).body.items;
  const field = page.getByLabel('Code');
  await field.fill(String((Number(code) + 1) % 1_000_000).padStart(6, '0'));
  await page.getByRole('button', { name: /^Book / }).click();
  await page.locator('#code[aria-invalid="true"]').waitFor();
  await page.getByText('The code is not the code sent to this address for this time.').waitFor();
  assert.equal(await page.getByLabel('Name').inputValue(), 'Ada Holm');
  await assertAccessible(page, 'with a wrong code');
  if (process.env.SHOTS !== undefined) await page.screenshot({ path: process.env.SHOTS, fullPage: true });
  await field.fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  await page.getByRole('button', { name: /^Book / }).click();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
  assert.deepEqual(shop.faults, []);
});
