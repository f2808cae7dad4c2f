// Length and price with each person on the pages: the owner writes them, the booking page and the desk show those of the person who is chosen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { everyDay } from '../support/dates.ts';
import { askOver, type Json, TEST_OWNER, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, findBrowser, logIn, openOffice, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
let ask: (method: string, path: string, body?: Json) => Promise<Json>;
let place: Json;
before(async () => {
  if (browser === undefined) return;
  shop = await openShop(browser, {}, false);
  const { accessToken: token } = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: TEST_OWNER, password: TEST_PASSWORD } })).body;
  ask = async (method, path, body) => (await askOver(shop.url, method, path, { token, ...(body && { body }) })).body;
  place = await ask('POST', '/v1/locations', { name: 'High Street', timeZone: 'Europe/Lisbon', currency: 'EUR', weekly: everyDay('00:00', '24:00') });
});
after(() => shop?.[Symbol.asyncDispose]());

test('what a person takes and costs is written in the form of the service, by keyboard, and said on the page of the person', options, async () => {
  const service = await ask('POST', '/v1/services', { name: 'Fringe', minutes: 30, price: { amount: 3_400, currency: 'EUR' } });
  const person = await ask('POST', '/v1/staff', { name: 'Sol Lima', locationId: place.id, serviceIds: [service.id] });
  const page = await openOffice(shop, `services/${service.id}`, TEST_OWNER);
  await page.getByLabel('Another length or price with').selectOption('Sol Lima');
  await page.getByLabel('Minutes with Sol Lima').fill('long');
  await page.getByRole('button', { name: 'Save', exact: true }).press('Enter');
  await page.getByText('Length and price by person need another look: for Sol Lima the minutes are no whole number.').waitFor();
  await page.getByLabel('Minutes with Sol Lima').fill('45');
  await page.getByLabel('Price in EUR with Sol Lima').fill('50');
  await page.getByLabel('Preview').getByText('€50').waitFor();
  await assertAccessible(page, 'terms of a person');
  await page.getByRole('button', { name: 'Save', exact: true }).press('Enter');
  await page.locator('.said', { hasText: 'Length and price by person: as with everybody → Sol Lima 45 min, €50.' }).waitFor();
  assert.deepEqual((await ask('GET', `/v1/services/${service.id}`)).staffTerms, [
    { staffId: person.id, minutes: 45, price: { amount: 5_000, currency: 'EUR' } },
  ]);
  await page.goto(`${shop.url}/admin#team/${person.id}`);
  await page.getByRole('link', { name: 'Fringe: 45 min, €50' }).click();
  await page.getByRole('heading', { name: 'Fringe', level: 1 }).waitFor();
  await page.getByRole('button', { name: /As with everybody.*Sol Lima/ }).press('Enter');
  await page.getByRole('button', { name: 'Save', exact: true }).press('Enter');
  await page.locator('.said', { hasText: '→ as with everybody' }).waitFor();
});

test('the booking page says from what to what, then what it is with the person, and what is held is just that', options, async () => {
  const service = await ask('POST', '/v1/services', { name: 'Trim', minutes: 30, price: { amount: 2_000, currency: 'EUR' } });
  await ask('POST', '/v1/staff', { name: 'Una Reis', locationId: place.id, serviceIds: [service.id] });
  const slow = await ask('POST', '/v1/staff', { name: 'Sol Reis', locationId: place.id, serviceIds: [service.id] });
  await ask('PATCH', `/v1/services/${service.id}`, { staffTerms: [{ staffId: slow.id, minutes: 60, price: { amount: 3_500, currency: 'EUR' } }] });
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await shop.visit('/', { colorScheme, viewport: { width: 390, height: 844 } });
    const card = page.locator('.service', { hasText: 'Trim' });
    await card.getByText('30 min – 1 h').waitFor();
    await card.getByText('€20 – €35').waitFor();
    await card.click();
    const summary = page.locator('.summary');
    await summary.locator('strong', { hasText: /^€20 – €35$/ }).waitFor();
    await page.locator('.pill', { hasText: 'Una Reis' }).getByText('30 min · €20').waitFor();
    await page.getByRole('radio', { name: /Sol Reis/ }).check();
    await summary.locator('strong', { hasText: /^€35$/ }).waitFor();
    await page.locator('.folded-line', { hasText: 'Trim 1 h €35' }).waitFor();
    await assertAccessible(page, `prices of people, ${colorScheme}`, colorScheme);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.locator('.soon-time').first().click();
    await page.locator('#name').waitFor();
    await summary.locator('strong', { hasText: /^€35$/ }).waitFor();
    await page.context().close();
  }
});

test('the desk books with a person for their length and price, and an edit takes those of the next person', options, async () => {
  const service = await ask('POST', '/v1/services', { name: 'Perm', minutes: 30, price: { amount: 4_000, currency: 'EUR' } });
  const colour = await ask('POST', '/v1/services', { name: 'Colour', minutes: 30, price: { amount: 6_000, currency: 'EUR' } });
  const [una, sol] = await Promise.all(
    ['Una Paz', 'Sol Paz'].map((name) => ask('POST', '/v1/staff', { name, locationId: place.id, serviceIds: [service.id, colour.id] })),
  );
  for (const { id } of [service, colour])
    await ask('PATCH', `/v1/services/${id}`, { staffTerms: [{ staffId: sol.id, minutes: 75, price: { amount: 9_500, currency: 'EUR' } }] });
  const desk = await shop.visit('/desk');
  await logIn(desk, TEST_OWNER);
  const panel = desk.getByRole('complementary');
  await desk.getByRole('button', { name: 'New', exact: true }).click();
  const choice = panel.getByLabel('Service');
  await choice.selectOption({ label: 'Perm, 30 min – 1 h 15 min, €40 – €95' });
  await panel.getByLabel('With', { exact: true }).selectOption('Sol Paz');
  await choice.locator('option', { hasText: /^Perm, 1 h 15 min, €95$/ }).waitFor({ state: 'attached' });
  await panel.getByRole('button', { name: 'A week later' }).click();
  await panel
    .getByRole('button', { name: / with Sol Paz/ })
    .first()
    .click();
  await panel.getByLabel('Customer').fill('Petra Perm');
  await panel.getByRole('button', { name: /^Book \d/ }).click();
  await panel.waitFor({ state: 'detached' });
  await desk.locator('.claim', { hasText: 'Petra Perm' }).click();
  await panel.getByRole('button', { name: 'Edit' }).click();
  assert.deepEqual([await panel.getByLabel('Length (min)').inputValue(), await panel.getByLabel('Price (EUR)').inputValue()], ['75', '95']);
  await panel.getByLabel('Service').selectOption({ label: 'Colour, 1 h 15 min, €95' });
  await panel.getByLabel('With', { exact: true }).selectOption('Una Paz');
  assert.deepEqual([await panel.getByLabel('Length (min)').inputValue(), await panel.getByLabel('Price (EUR)').inputValue()], ['30', '60']);
  await panel.getByRole('button', { name: 'Save', exact: true }).click();
  await panel.getByText('Colour').first().waitFor();
  const [customer] = (await ask('GET', '/v1/customers?q=Petra%20Perm')).items;
  const [{ staffId, price, startsAt, endsAt }] = (await ask('GET', `/v1/customers/${customer.id}/appointments`)).items;
  assert.deepEqual([staffId, price.amount, Date.parse(endsAt) - Date.parse(startsAt)], [una.id, 6_000, 30 * 60_000]);
});

test('no page did anything that its policy forbids', options, () => {
  assert.deepEqual(shop.faults, []);
});
