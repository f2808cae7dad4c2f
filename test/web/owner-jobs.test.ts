// The twelve jobs of an owner, each from the first tab of the back office of a business that has just been opened, with its presses counted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { timeNow } from '../support/clock.ts';
import { dateIn, daysOfLastMonth, everyDay } from '../support/dates.ts';
import { askOver, type Json, TEST_OWNER, TEST_PASSWORD } from '../support/test-server.ts';
import { countPresses, findBrowser, openOffice, openShop, type Shop } from './browser.ts';

const ZONE = 'Europe/Lisbon';
/** What of the rules is waived to write down what has been. */
const OF_THE_PAST = { rules: ['slot-in-past', 'too-soon', 'off-grid'], reason: 'written down late' };
const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
let ask: (method: string, path: string, body?: Json) => Promise<Json>;
/** One location that never closes, a haircut of half an hour, and two who do it. */
let place: Json;
let haircut: Json;
let [ada, ben]: Json[] = [];

before(async () => {
  if (browser === undefined) return;
  shop = await openShop(browser, {}, false);
  const { accessToken: token } = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: TEST_OWNER, password: TEST_PASSWORD } })).body;
  ask = async (method, path, body) => {
    const said = await askOver(shop.url, method, path, { token, ...(body && { body }) });
    assert.ok(said.status < 300, `${method} ${path}: ${said.text}`);
    return said.body;
  };
  place = await ask('POST', '/v1/locations', { name: 'High Street', timeZone: ZONE, currency: 'EUR', weekly: everyDay('00:00', '24:00') });
  haircut = await ask('POST', '/v1/services', { name: 'Haircut', minutes: 30, price: { amount: 3_400, currency: 'EUR' } });
  const person = (name: string) => ask('POST', '/v1/staff', { name, locationId: place.id, serviceIds: [haircut.id] });
  [ada, ben] = [await person('Ada Holm'), await person('Ben Okoro')];
});
after(() => shop?.[Symbol.asyncDispose]());

/** The first tab, from which presses are counted. */
async function openFirstTab(): Promise<{ readonly page: Page; readonly presses: () => Promise<number> }> {
  const page = await openOffice(shop, '', TEST_OWNER);
  await page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
  return { page, presses: await countPresses(page) };
}
const menu = (page: Page, name: string) => page.locator('#menu').getByRole('link', { name, exact: true }).click();
const told = (page: Page, words: string | RegExp) => page.locator('.said', { hasText: words }).waitFor();
const book = (name: string, body: Json) =>
  ask('POST', '/v1/appointments', { serviceId: haircut.id, customer: { name, email: `${name.toLowerCase().replaceAll(' ', '.')}@example.org` }, ...body });
const atNoon = (days: number) => Temporal.PlainDate.from(dateIn(days, ZONE)).toZonedDateTime({ timeZone: ZONE, plainTime: '12:00' }).toInstant().toString();

test('change a price: three presses', options, async () => {
  const { page, presses } = await openFirstTab();
  await menu(page, 'Services');
  await page.getByRole('link', { name: 'Haircut' }).click();
  await page.getByLabel('Price in EUR').fill('35.50');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await told(page, 'Price in EUR: €34 → €35.50');
  assert.equal(await presses(), 3);
  assert.equal((await ask('GET', `/v1/services/${haircut.id}`)).price.amount, 3_550);
});

test('add a person with a login: four presses', options, async () => {
  const { page, presses } = await openFirstTab();
  await menu(page, 'Team');
  await page.getByRole('link', { name: 'Add a person' }).click();
  await page.getByLabel('Name').fill('Paula Brandão');
  await page.getByLabel('E-mail').fill('paula@example.org');
  await page.getByRole('checkbox', { name: 'Haircut' }).click();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await told(page, 'Paula Brandão is added, and gets an e-mail to set a password.');
  assert.equal(await presses(), 4);
  const { items } = await ask('GET', '/v1/users');
  assert.ok(items.some(({ email, role }: Json) => email === 'paula@example.org' && role === 'staff'));
});

test('close a week with two appointments stranded and moved: four presses, of which the week is one', options, async () => {
  const [mia, carl] = [
    await book('Mia Stranded', { staffId: ada.id, startsAt: atNoon(21) }),
    await book('Carl Stranded', { staffId: ben.id, startsAt: atNoon(25) }),
  ];
  const { page, presses } = await openFirstTab();
  await menu(page, 'Calendar hours');
  const day = (days: number) => page.locator(`[data-date="${dateIn(days, ZONE)}"]`);
  await day(20).dragTo(day(26));
  await page.getByRole('button', { name: 'Close…' }).click();
  await page.getByText('2 appointments have no place any more').waitFor();
  await page.getByRole('button', { name: /^Close from .*, move 2$/ }).click();
  await told(page, /is closed from .*2 appointments are moved/);
  assert.equal(await presses(), 4);
  for (const { id, startsAt } of [mia, carl]) {
    const now = await ask('GET', `/v1/appointments/${id}`);
    assert.ok(now.status === 'booked' && now.startsAt !== startsAt, JSON.stringify(now));
  }
});

test('a sick call: three presses, from the back office', options, async () => {
  const booked = await book('Sam Sick', { staffId: ada.id, startsAt: atNoon(12) });
  const { page, presses } = await openFirstTab();
  await page.getByRole('link', { name: 'Open the front desk' }).click();
  await page.getByLabel('Date').fill(dateIn(12, ZONE));
  await page.locator('.claim', { hasText: 'Sam Sick' }).waitFor();
  await page.getByRole('button', { name: 'Ada Holm is ill' }).click();
  const panel = page.getByRole('complementary');
  await panel.getByLabel(/Sam Sick/).waitFor();
  await panel.getByRole('button', { name: /^Mark as away/ }).click();
  await panel.waitFor({ state: 'detached' });
  assert.equal(await presses(), 3);
  const { status, staffId, startsAt } = await ask('GET', `/v1/appointments/${booked.id}`);
  assert.ok(status === 'booked' && (staffId !== ada.id || startsAt !== booked.startsAt), 'it has another time or another person');
});

test('import 10,000 customers: five presses, of which the file takes two', options, async () => {
  const { page, presses } = await openFirstTab();
  await menu(page, 'Customers');
  await page.getByRole('link', { name: 'Import' }).click();
  const lines = Array.from({ length: 10_000 }, (_, at) => `Person ${at},person${at}@example.net,+351 91 ${String(2_000_000 + at)}`);
  const table = { name: 'customers.csv', mimeType: 'text/csv', buffer: Buffer.from(`name,email,phone\n${lines.join('\n')}\n`) };
  await page.getByLabel('The file', { exact: true }).setInputFiles(table);
  await page.getByRole('button', { name: 'Import 10000 customers' }).click();
  await told(page, '10000 customers are added.');
  assert.equal(await presses(), 5);
});

test('find a customer by half a telephone number: two presses', options, async () => {
  const { page, presses } = await openFirstTab();
  await menu(page, 'Customers');
  await page.getByPlaceholder('Name, phone, e-mail or reference').fill('2004711');
  await page.getByRole('link', { name: 'Person 4711', exact: true }).click();
  await page.getByRole('heading', { name: 'Person 4711', level: 1 }).waitFor();
  assert.equal(await presses(), 2);
});

test('merge two records of one person: four presses', options, async () => {
  await ask('POST', '/v1/customers', { name: 'Zuzanna Twice', phone: '+351 91 555 99 01' });
  await ask('POST', '/v1/customers', { name: 'Zuzana Twice', email: 'zuzana@example.org' });
  const { page, presses } = await openFirstTab();
  await menu(page, 'Customers');
  await page.getByPlaceholder('Name, phone, e-mail or reference').fill('zuzana@example.org');
  await page.getByRole('link', { name: 'Zuzana Twice', exact: true }).click();
  await page.getByLabel('The same person as').fill('5559901');
  await page.getByRole('option', { name: /Zuzanna Twice/ }).click();
  await page.getByRole('button', { name: 'Merge into Zuzanna Twice' }).click();
  await told(page, 'Zuzanna Twice has everything now.');
  assert.equal(await presses(), 4);
  assert.equal((await ask('GET', '/v1/customers?q=Zuzanna')).items.length, 1);
});

test('erase a customer: four presses', options, async () => {
  const { id } = await ask('POST', '/v1/customers', { name: 'Edith Erased', email: 'edith@example.org' });
  const { page, presses } = await openFirstTab();
  await menu(page, 'Customers');
  await page.getByPlaceholder('Name, phone, e-mail or reference').fill('edith');
  await page.getByRole('link', { name: 'Edith Erased', exact: true }).click();
  await page.getByRole('button', { name: 'Erase…' }).click();
  await page.getByRole('button', { name: 'Erase for good' }).click();
  await told(page, 'The customer is erased.');
  assert.equal(await presses(), 4);
  assert.ok(!(await ask('GET', '/v1/customers?q=edith')).items.some((one: Json) => one.id === id));
});

test("read last month's utilisation by person: five presses, of which each list takes two", options, async () => {
  for (const day of daysOfLastMonth(ZONE)) {
    const startsAt = day.toZonedDateTime({ timeZone: ZONE, plainTime: '10:00' }).toInstant().toString();
    await book('Ursula Used', { staffId: ada.id, startsAt, override: OF_THE_PAST });
  }
  const { page, presses } = await openFirstTab();
  await menu(page, 'Reports');
  await page.getByLabel('Report', { exact: true }).selectOption('By person');
  await page.getByLabel('Days', { exact: true }).selectOption('Last month');
  await page.getByRole('row', { name: /^Ada Holm 0\.1% / }).waitFor();
  assert.equal(await presses(), 5);
});

test('make an API key: four presses', options, async () => {
  const { page, presses } = await openFirstTab();
  await menu(page, 'Integrations');
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('What it is for').fill('Website');
  await page.getByRole('checkbox', { name: 'appointments:write' }).click();
  await page.getByRole('button', { name: 'Make the key' }).click();
  assert.match((await page.locator('.once code').textContent()) ?? '', /^slk_/);
  assert.equal(await presses(), 4);
});

test('edit and preview a reminder: four presses', options, async () => {
  const { page, presses } = await openFirstTab();
  await menu(page, 'Messages');
  await page.getByRole('link', { name: 'What they say' }).click();
  await page
    .getByRole('row', { name: /Reminder.*E-mail.*English/ })
    .getByRole('link')
    .click();
  await page.getByLabel('Subject').fill('See you soon at {{business}}');
  await page.getByText(/^See you soon at (?!\{)/).waitFor();
  await page.frameLocator('iframe[title="The e-mail"]').getByRole('heading').first().waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await told(page, 'The text is saved.');
  assert.equal(await presses(), 4);
});

test('undo a wrong no-show: four presses, from the customer who calls', options, async () => {
  const startsAt = Temporal.Instant.fromEpochMilliseconds(timeNow()).subtract({ hours: 1 }).round('minute').toString();
  const missed = await book('Nora Wronged', { staffId: ben.id, startsAt, override: OF_THE_PAST });
  await ask('POST', `/v1/appointments/${missed.id}/no-show`, {});
  const { page, presses } = await openFirstTab();
  await menu(page, 'Customers');
  await page.getByPlaceholder('Name, phone, e-mail or reference').fill('nora wr');
  await page.getByRole('link', { name: 'Nora Wronged', exact: true }).click();
  await page.getByText('0 visits · 1 no-shows').waitFor();
  await page.getByRole('region', { name: 'Appointments' }).getByRole('link').click();
  await page.getByRole('complementary').getByRole('button', { name: 'Reopen' }).click();
  await page.locator('.claim[data-status="booked"]', { hasText: 'Nora Wronged' }).waitFor();
  assert.equal(await presses(), 4);
  assert.equal((await ask('GET', `/v1/appointments/${missed.id}`)).status, 'booked');
  const { items } = await ask('GET', '/v1/customers?q=nora%20wronged');
  assert.deepEqual(
    items.map(({ counts }: Json) => counts.noShows),
    [0],
  );
});

test('no page did anything that its policy forbids', options, () => {
  assert.deepEqual(shop.faults, []);
});
