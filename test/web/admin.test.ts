import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { timeNow } from '../support/clock.ts';
import { daysOfLastMonth } from '../support/dates.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
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
  await page.getByLabel('Tax rate in %').fill('5,555');
  await save(page);
  await page.getByText('Tax rate in % must be from 0 to 100, such as 19 or 5.5, with at most two decimals.').waitFor();
  await page.getByLabel('Tax rate in %').fill('5,5');
  await save(page);
  await told(page, /Price in EUR: €34 → €35.50\.\s*Tax rate in %: 23% → 5\.5%\.\s*This counts for new bookings/);
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

/** One who was not here yet gets an appointment at five in the morning of a day of last month. */
async function bookLastMonth(token: string): Promise<{ readonly name: string; readonly staffId: string }> {
  const { ask } = asker(token);
  const [{ items: services }, { items: staff }, { items: locations }] = await Promise.all([
    ask('GET', '/v1/services'),
    ask('GET', '/v1/staff'),
    ask('GET', '/v1/locations'),
  ]);
  const service = services.find(({ name }: Json) => name === 'Haircut');
  const person = staff.find(({ id }: Json) => service.staffIds.includes(id));
  const { timeZone } = locations.find(({ id }: Json) => id === person.locationId);
  const override = { rules: ['slot-in-past', 'too-soon', 'outside-hours', 'off-grid'], reason: 'written down late' };
  for (const day of daysOfLastMonth(timeZone)) {
    const startsAt = day.toZonedDateTime({ timeZone, plainTime: '05:00' }).toInstant().toString();
    await ask('POST', '/v1/appointments', { serviceId: service.id, staffId: person.id, startsAt, override, customer: { name: 'Ivy Late' } });
  }
  return { name: person.name, staffId: person.id };
}

function asker(token: string) {
  return {
    ask: async (method: string, path: string, body?: object): Promise<Json> => {
      const said = await askOver(shop.url, method, path, { token, ...(body !== undefined && { body }) });
      assert.ok(said.status < 300, said.text);
      return said.body;
    },
  };
}

test('the utilisation of each person in the last month is read in three clicks, as sentences, chart and table', options, async () => {
  const login = await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } });
  const { name, staffId } = await bookLastMonth(login.body.accessToken);
  const page = await open('');
  await page.locator('#menu').getByRole('link', { name: 'Reports' }).click();
  await page.getByLabel('Report', { exact: true }).selectOption('By person');
  await page.getByLabel('Days', { exact: true }).selectOption('Last month');
  const day = Temporal.Instant.fromEpochMilliseconds(timeNow()).toZonedDateTimeISO('Europe/Lisbon').toPlainDate();
  const [from, to] = [day.subtract({ months: 1 }).with({ day: 1 }), day.with({ day: 1 })];
  const { rows } = await asker(login.body.accessToken).ask('GET', `/v1/analytics/staff?from=${from}&to=${to}&by=month`);
  const { utilisation } = rows.find((row: Json) => row.staffId === staffId);
  assert.ok(utilisation > 0);
  await page.getByRole('row', { name: `${name} ${Math.round(utilisation * 1_000) / 10}%` }).waitFor();
  await page.locator('.chart canvas').waitFor();
  await page.getByText(/ of .* were booked: a utilisation of/).waitFor();
  await page.getByLabel('Compare with the period before').check();
  await page.getByRole('columnheader', { name: 'Utilisation before' }).waitFor();
  await assertAccessible(page, 'a report that is compared');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as CSV' }).click();
  const file = await readFile(await (await download).path(), 'utf8');
  assert.ok(file.startsWith('\ufeffperiod,staffId,staffName') && file.includes(name));
});

test('a report that is not complete says up to when it is, and goes on by itself; days without anything are said', options, async () => {
  const page = await open('reports/bookings');
  await page.locator('.report').waitFor();
  let isBehind = true;
  await page.route(/\/v1\/analytics\/customers\?/, async (route) => {
    const report = await (await route.fetch()).json();
    await route.fulfill({ json: isBehind ? { ...report, complete: false, countedTo: '2026-11-24T09:30:00Z' } : report });
  });
  await page.getByLabel('Report', { exact: true }).selectOption('New and returning customers');
  await page.getByText('Numbers up to 9:30 on Tue').waitFor();
  isBehind = false;
  await page.getByText('Numbers up to').waitFor({ state: 'detached' });
  await page.getByLabel('Days', { exact: true }).selectOption('Other days…');
  await page.getByText('Choose the first and the last day').waitFor();
  await page.getByLabel('From').fill('2001-02-03');
  await page.getByLabel('To, with this day').fill('2001-02-03');
  await page.getByRole('heading', { name: 'New and returning customers, 3 February 2001' }).waitFor();
  await page.getByText('There is nothing on these days.').waitFor();
});

test('the trail is narrowed to a person, an action, days and one thing, shows before and after, and is a table', options, async () => {
  const { ask } = asker((await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken);
  const service = (await ask('GET', '/v1/services')).items.find(({ name }: Json) => name === 'Beard trim');
  await ask('PATCH', `/v1/services/${service.id}`, { description: 'With hot towels.' });
  const page = await open('audit');
  await page.getByLabel('Action', { exact: true }).selectOption('service.changed');
  await page.getByLabel('Person', { exact: true }).selectOption({ index: 1 });
  const entry = page.getByRole('row', { name: /the service Beard trim.*description: none → With hot towels/ });
  await page.getByLabel('Person', { exact: true }).selectOption('');
  await entry.waitFor();
  await entry.getByRole('link', { name: 'Only this service' }).click();
  await page.getByText('Only what was done to the service Beard trim.').waitFor();
  await assertAccessible(page, 'the trail of one thing');
  await page.getByLabel('Up to').fill('2001-02-03');
  await page.getByText('Nothing like that was done.').waitFor();
  await page.getByLabel('Up to').fill('');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as CSV' }).click();
  const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\n');
  assert.ok(lines.length > 1 && lines.slice(1).every((line) => line.includes(',service.changed,service,') && line.includes(service.id)));
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
      await assertAccessible(page, href, colorScheme);
      await page.setViewportSize({ width: 390, height: 844 });
      await assertAccessible(page, `${href} on a phone`, colorScheme);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${href} fits on a phone`);
      await page.setViewportSize({ width: 1280, height: 900 });
    }
  });

test('no page did anything that its policy forbids', options, () => {
  assert.deepEqual(shop.faults, []);
});
