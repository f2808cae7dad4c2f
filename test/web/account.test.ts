import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const PASSWORD = 'violet tractor umbrella';
const NEXT_PASSWORD = 'marble teapot avalanche';
let shop: Shop;
before(async () => {
  if (browser !== undefined) shop = await openShop(browser);
});
after(() => shop?.[Symbol.asyncDispose]());

async function enter(page: Page, email: string, password = TEST_PASSWORD): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

async function comeIn(email: string, password?: string, extras: Parameters<Shop['visit']>[1] = {}): Promise<Page> {
  const page = await shop.visit('/account', extras);
  await enter(page, email, password);
  await isInside(page);
  return page;
}

const isInside = (page: Page) => page.getByText('This device').waitFor();
const matter = (page: Page, title: string) => page.getByRole('region', { name: title });

async function register(page: Page, email: string, way = 'Create an account'): Promise<void> {
  await page.getByRole('link', { name: way }).click();
  await page.getByLabel('Name').fill('Grace');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByText('Check your e-mail').waitFor();
}

/** As a new user of the demo does it: the owner finds the e-mail, and what it opens is another tab. */
async function linkTo(email: string): Promise<string> {
  const owner = await comeIn('owner@demo.test');
  const link = await matter(owner, 'E-mails')
    .getByRole('link', { name: `Open link for ${email}` })
    .first()
    .getAttribute('href');
  await owner.context().close();
  return (link ?? '').slice(shop.url.length);
}

async function registered(email: string): Promise<Page> {
  const page = await shop.visit('/account');
  await register(page, email);
  await page.goto(shop.url + (await linkTo(email)));
  await verify(page);
  await isInside(page);
  return page;
}

async function verify(page: Page, password = PASSWORD): Promise<void> {
  await page.getByLabel('The password you chose').fill(password);
  await page.getByRole('button', { name: 'Yes, verify my address' }).click();
}

test('a new user registers, the owner finds the e-mail, and its link and the password log the user in', options, async () => {
  const page = await registered('grace@example.org');
  assert.equal(new URL(page.url()).hash, '');
  await page.getByRole('heading', { name: 'Grace', level: 1 }).waitFor();
  await page.getByText('grace@example.org · Customer').waitFor();
  await matter(page, 'Appointments').getByText('No upcoming appointments').waitFor();
  await page.reload();
  await isInside(page);
});

test('what is wrong with a registration is said at its fields, and the first of them has the focus', options, async () => {
  const page = await shop.visit('/account#register');
  await page.getByLabel('E-mail').fill('no address');
  await page.getByLabel('Password').fill('password123');
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByText('This must be an e-mail address').waitFor();
  await page.locator('#name:focus').waitFor();
  await page.getByLabel('Name').fill('Grace');
  await page.getByLabel('E-mail').fill('grace2@example.org');
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByText('This password is a common password').waitFor();
  await page.locator('#new-password:focus').waitFor();
  await assertAccessible(page, 'a refused registration');
});

test('the link of an e-mail works in a tab that is here already, and where another person is logged in', options, async () => {
  const page = await shop.visit('/account');
  await register(page, 'tab@example.org');
  const owner = await comeIn('owner@demo.test');
  await matter(owner, 'E-mails').getByRole('link', { name: 'Open link for tab@example.org' }).click();
  await verify(owner);
  await owner.getByRole('heading', { name: 'Done' }).waitFor();
  await assertAccessible(owner, 'somebody else is logged in');
  await owner.getByRole('button', { name: 'Log in as someone else' }).click();
  await owner.getByText('Address verified').waitFor();
  assert.equal(await owner.getByLabel('E-mail').inputValue(), 'tab@example.org');
  await enter(owner, 'tab@example.org', PASSWORD);
  await owner.getByText('tab@example.org · Customer').waitFor();
});

test('an account that another person has asked for is not verified by the reader of its e-mail, who can make it anew', options, async () => {
  const page = await shop.visit('/account');
  await register(page, 'victim@example.org');
  const foreign = { email: 'victim@example.org', name: 'Mallory', password: 'marble teapot avalanche' };
  const headers = { 'content-type': 'application/json' };
  assert.equal((await fetch(`${shop.url}/v1/auth/register`, { method: 'POST', headers, body: JSON.stringify(foreign) })).status, 202);
  await page.goto(shop.url + (await linkTo('victim@example.org')));
  await verify(page);
  await page.getByText('This is not the password you chose when you registered').waitFor();
  await page.locator('#chosen-password:focus').waitFor();
  await assertAccessible(page, 'not the password of this account');
  await register(page, 'victim@example.org', 'Create the account again');
  await page.goto(shop.url + (await linkTo('victim@example.org')));
  await verify(page);
  await isInside(page);
});

test('the link of an e-mail leads to a login in a browser that does not know the address', options, async () => {
  const [here, there] = [await shop.visit('/account'), await shop.visit('/account')];
  await register(here, 'phone@example.org');
  await there.goto(shop.url + (await linkTo('phone@example.org')));
  await verify(there);
  await there.getByText('Address verified').waitFor();
  await there.locator('#email:focus').waitFor();
  await enter(there, 'phone@example.org', PASSWORD);
  await isInside(there);
});

test('a forgotten password is set anew by a link, once; the answer is the same for an address without an account', options, async () => {
  const page = await registered('forget@example.org');
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('link', { name: 'Forgotten your password?' }).click();
  await page.getByLabel('E-mail').fill('forget@example.org');
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByText('Check your e-mail').waitFor();
  const answer = await page.locator('.entrance-card').textContent();
  const nobody = await shop.visit('/account#forgotten');
  await nobody.getByLabel('E-mail').fill('nobody@example.org');
  await nobody.getByRole('button', { name: 'Send the link' }).click();
  await nobody.getByText('Check your e-mail').waitFor();
  assert.equal((await nobody.locator('.entrance-card').textContent())?.replace('nobody@', 'forget@'), answer);
  const link = await linkTo('forget@example.org');
  await page.goto(shop.url + link);
  await page.getByLabel('New password').fill(NEXT_PASSWORD);
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('Password changed').waitFor();
  await enter(page, 'forget@example.org', NEXT_PASSWORD);
  await isInside(page);
  const again = await shop.visit(link);
  await again.getByLabel('New password').fill(PASSWORD);
  await again.getByRole('button', { name: 'Set password' }).click();
  await again.getByText('This link is no longer valid').waitFor();
  await again.getByRole('link', { name: 'Ask for a new link' }).click();
  await again.getByText('Reset your password').waitFor();
});

test('one session is ended from another, which shows at once, and a changed password ends all others', options, async () => {
  const [here, there] = [await registered('sessions@example.org'), await comeIn('sessions@example.org', PASSWORD)];
  await here.reload();
  const list = matter(here, 'Where you are logged in');
  await eventually('both are listed', async () => (await list.getByRole('listitem').count()) === 2);
  await list.getByRole('button', { name: /^End / }).first().click();
  await eventually('one is left', async () => (await list.getByRole('listitem').count()) === 1);
  await here.locator('#sessions:focus').waitFor();
  await there.reload();
  await there.getByRole('button', { name: 'Log in' }).waitFor();

  await enter(there, 'sessions@example.org', PASSWORD);
  await isInside(there);
  await here.getByRole('button', { name: 'Change password' }).click();
  await here.getByLabel('Current password').fill('not this one');
  await here.getByLabel('New password').fill(NEXT_PASSWORD);
  await here.getByRole('button', { name: 'Change password' }).click();
  await here.getByText('This is not your current password').waitFor();
  await here.getByLabel('Current password').fill(PASSWORD);
  await here.getByRole('button', { name: 'Change password' }).click();
  await here.getByText('Password changed').first().waitFor();
  await eventually('the other one is not listed any more', async () => (await list.getByRole('listitem').count()) === 1);
  await there.reload();
  await there.getByRole('button', { name: 'Log in' }).waitFor();
  await enter(there, 'sessions@example.org', PASSWORD);
  await there.getByText('Wrong e-mail address or password').waitFor();
});

test('all other sessions are ended together, and logging out ends this one', options, async () => {
  const [here, there] = [await comeIn('manager@demo.test'), await comeIn('manager@demo.test')];
  await here.reload();
  await here.getByRole('button', { name: 'End all other sessions' }).click();
  await here.getByRole('button', { name: 'End all other sessions' }).waitFor({ state: 'detached' });
  await there.reload();
  await there.getByRole('button', { name: 'Log in' }).waitFor();
  await here.getByRole('button', { name: 'Log out' }).click();
  await here.getByRole('button', { name: 'Log in' }).waitFor();
  await here.reload();
  await here.getByRole('button', { name: 'Log in' }).waitFor();
});

test('customers see what they have booked, and cancel it after being asked once more', options, async () => {
  const page = await comeIn('customer@demo.test');
  const list = matter(page, 'Appointments');
  await list.getByText('Reference').first().waitFor();
  const ahead = list.locator(':scope .matter-body > ul > li');
  const count = await ahead.count();
  await ahead
    .first()
    .getByRole('button', { name: /^Cancel/ })
    .click();
  await list.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
  await list.locator('button:focus', { hasText: /^Cancel/ }).waitFor();
  await page.keyboard.press('Enter');
  await assertAccessible(page, 'a question before cancelling');
  await list.getByRole('button', { name: 'Yes, cancel it' }).click();
  await eventually('one less is ahead', async () => (await ahead.count()) === count - 1);
  await page.locator('#appointments:focus').waitFor();
  await list.getByText(/^Earlier and cancelled/).click();
  await list.getByText('Cancelled', { exact: true }).waitFor();
});

test('the booking page knows a customer who is logged in, and the desk lets staff of the account page in', options, async () => {
  const page = await comeIn('customer@demo.test');
  await page.getByRole('link', { name: 'Book a time' }).first().click();
  await page.getByRole('link', { name: 'My appointments' }).waitFor();
  await page.locator('.service').first().click();
  await page.locator('.time').last().click();
  await page.getByLabel('Name').waitFor();
  assert.equal(await page.getByLabel('E-mail').inputValue(), 'customer@demo.test');
  assert.notEqual(await page.getByLabel('Name').inputValue(), '');
  await page.goBack();
  const staff = await comeIn('desk@demo.test');
  await staff.getByRole('link', { name: 'Open the front desk' }).click();
  await staff.locator('.column').first().waitFor();
});

test('who has forgotten a password at the desk is led to the e-mail', options, async () => {
  const page = await shop.visit('/desk');
  await page.getByRole('link', { name: 'Forgotten your password?' }).click();
  await page.getByText('Reset your password').waitFor();
});

test('e-mails are shown to the owner alone, newest first, page by page', options, async () => {
  for (let count = 0; count < 12; count += 1) await askOver(shop.url, 'POST', '/v1/auth/password/forgot', { body: { email: `reader${count}@example.org` } });
  const owner = await comeIn('owner@demo.test');
  const rows = matter(owner, 'E-mails').getByRole('listitem');
  await rows.first().waitFor();
  assert.match((await rows.first().textContent()) ?? '', /Password reset, no account.*reader11@example\.org/);
  assert.equal(await rows.count(), 10);
  await rows.first().getByText('Read it').click();
  await rows
    .first()
    .getByText(/but there is no account with it\.\s+If it was you/)
    .waitFor();
  await owner.getByRole('button', { name: 'Show older' }).click();
  await eventually('more are shown', async () => (await rows.count()) > 10);
  await assertAccessible(owner, 'e-mails');
  const manager = await comeIn('manager@demo.test');
  assert.equal(await manager.getByRole('heading', { name: 'E-mails' }).count(), 0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing at any door or inside, and nothing is wider than a phone, ${colorScheme}`, options, async () => {
    const page = await shop.visit('/account', { colorScheme, viewport: { width: 390, height: 844 }, hasTouch: true });
    const check = async (where: string) => {
      await assertAccessible(page, where, colorScheme);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, where);
      assert.deepEqual(await tooSmall(page), [], where);
    };
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    await check('login');
    for (const [hash, words] of [
      ['register', 'Create an account'],
      ['forgotten', 'Send the link'],
      [`email-verification=${'x'.repeat(43)}`, 'Yes, verify my address'],
      [`password-reset=${'x'.repeat(43)}`, 'Set password'],
    ]) {
      await page.goto(`${shop.url}/account#${hash}`);
      await page.getByRole('button', { name: words ?? '' }).waitFor();
      await check(hash ?? '');
    }
    await page.goto(`${shop.url}/account#login`);
    await enter(page, 'customer@demo.test', 'wrong');
    await page.getByRole('alert').waitFor();
    await check('a refused login');
    await enter(page, 'customer@demo.test');
    await isInside(page);
    // What was is there on every day, whatever is still ahead.
    await matter(page, 'Appointments')
      .getByText(/^Earlier and cancelled/)
      .click();
    await matter(page, 'Appointments').locator('details').getByText('Reference').first().waitFor();
    await page.getByRole('button', { name: 'Change password' }).click();
    await check('inside');
  });
}

/** What a finger would miss, but for links within a sentence. */
function tooSmall(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, a, input, summary')]
      .filter((element) => element.checkVisibility() && !element.matches('.skip') && Math.round(element.getBoundingClientRect().height) < 44)
      .map((element) => element.outerHTML.slice(0, 120)),
  );
}

test('no account page has done anything that its policy forbids, and no script has failed', options, () => {
  assert.deepEqual(shop.faults, []);
});
