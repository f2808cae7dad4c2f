import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, openOffice, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
before(async () => {
  if (browser !== undefined) shop = await openShop(browser);
});
after(() => shop?.[Symbol.asyncDispose]());

const open = (where: string, email?: string, extras?: Parameters<Shop['visit']>[1]) => openOffice(shop, where, email, extras);

const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click();
const told = (page: Page, words: string | RegExp) => page.locator('.said', { hasText: words }).waitFor();

test('a price is changed in two clicks, and the page says from what to what and for whom', options, async () => {
  const page = await open('services');
  await page.getByRole('link', { name: 'Haircut' }).click();
  await page.getByLabel('Price in EUR').fill('35.50');
  await page.getByLabel('Preview').getByText('€35.50').waitFor();
  await save(page);
  await told(page, /Price in EUR: €34 → €35.50\.\s*This counts for new bookings/);
  await page.goBack();
  await page.getByRole('row', { name: /Haircut.*€35.50/ }).waitFor();
});

test('two people who edit one service see what the other has saved, and nothing that was typed is lost', options, async () => {
  const [ours, theirs] = [await open('services'), await open('services', 'manager@demo.test')];
  for (const page of [ours, theirs]) await page.getByRole('link', { name: 'Manicure' }).click();
  await ours.getByLabel('Price in EUR').fill('41');
  await theirs.getByLabel('Price in EUR').fill('39');
  await theirs.getByLabel('Description').fill('Shape and polish.');
  await save(theirs);
  await told(theirs, 'Price in EUR: €36 → €39.');
  await save(ours);
  await ours.getByText('Price in EUR: €36 → €39, and you typed €41').waitFor();
  await ours.getByText('→ “Shape and polish.”').waitFor();
  assert.equal(await ours.getByLabel('Price in EUR').inputValue(), '41');
  assert.equal(await ours.getByLabel('Description').inputValue(), 'Shape and polish.');
  await ours.reload();
  await ours.getByRole('button', { name: 'Keep what I typed' }).click();
  await save(ours);
  await told(ours, 'Price in EUR: €39 → €41.');
});

test('what is wrong is said at its field, and a page that is loaded again has what was typed', options, async () => {
  const page = await open('services/new');
  await page.getByLabel('Name').fill('Hot stones');
  await page.getByLabel('Price in EUR').fill('ten');
  await page.getByRole('button', { name: 'Add the service' }).click();
  await page.getByText('Price in EUR must be a number such as 45 or 45.50.').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid')), 'true');
  await page.reload();
  assert.equal(await page.getByLabel('Name').inputValue(), 'Hot stones');
  await page.getByLabel('Price in EUR').fill('80');
  await page.getByRole('button', { name: 'Add the service' }).click();
  await page.getByRole('heading', { name: 'Hot stones', level: 1 }).waitFor();
});

test('staff and customers are told where to go instead', options, async () => {
  for (const [email, words] of [
    ['tiago@demo.test', 'Open the front desk'],
    ['customer@demo.test', 'My appointments'],
  ] as const) {
    const page = await shop.visit('/admin#services');
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(TEST_PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'The back office is for owners and managers' }).waitFor();
    await page.getByRole('link', { name: words }).waitFor();
  }
});

test('a list is searched, filtered and walked by keyboard alone', options, async () => {
  const page = await open('services');
  await page.getByRole('link', { name: 'Haircut' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('massage');
  await page.getByRole('link', { name: 'Haircut' }).waitFor({ state: 'detached' });
  await page
    .getByRole('link', { name: /massage/ })
    .first()
    .focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Deep-tissue massage', level: 1 }).waitFor();
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`every tab passes axe, wide and narrow (${colorScheme})`, options, async () => {
    const page = await open('', 'owner@demo.test', { colorScheme });
    const links = page.locator('#menu a[href^="#"]');
    await links.first().waitFor();
    for (const href of await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))) {
      await page.goto(`${shop.url}/admin${href}`);
      await eventually(`${href} is loaded`, () =>
        page.evaluate(() => document.querySelector('h1') !== null && document.querySelector('.office main .loading') === null),
      );
      await assertAccessible(page, href);
      await page.setViewportSize({ width: 390, height: 844 });
      await assertAccessible(page, `${href} on a phone`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${href} fits on a phone`);
      await page.setViewportSize({ width: 1280, height: 900 });
    }
  });

test('no page did anything that its policy forbids', options, () => {
  assert.deepEqual(shop.faults, []);
});
