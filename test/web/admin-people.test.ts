import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { dateIn, everyDay } from '../support/dates.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, openOffice, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
let ask: (method: string, path: string, body?: Json) => Promise<Json>;
before(async () => {
  if (browser === undefined) return;
  shop = await openShop(browser);
  const { accessToken: token } = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body;
  ask = async (method, path, body) => (await askOver(shop.url, method, path, { token, ...(body && { body }) })).body;
});
after(() => shop?.[Symbol.asyncDispose]());

const told = (page: Page, words: string | RegExp) => page.locator('.said', { hasText: words }).waitFor();
const rows = (page: Page) => page.locator('.listing-table tbody tr');

test('a person is added with a login in one form, in three clicks beside typing', options, async () => {
  const page = await openOffice(shop, 'team');
  await page.getByRole('link', { name: 'Add a person' }).click();
  await page.getByLabel('Name').fill('Paula Brandão');
  await page.getByRole('checkbox', { name: 'Haircut' }).click();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('E-mail is needed for a login.').waitFor();
  await page.getByLabel('E-mail').fill('paula@demo.test');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await told(page, 'Paula Brandão is added, and gets an e-mail to set a password.');
  await page.getByText('Staff · invited, no password yet').waitFor();
});

test('a person is removed by a plan: what depends on them is shown first, each is moved, cancelled or stays, and Escape changes nothing', options, async () => {
  const location = await ask('POST', '/v1/locations', {
    ...{ name: 'Outpost', timeZone: 'Europe/Lisbon', currency: 'EUR' },
    weekly: everyDay('09:00', '17:00'),
  });
  const service = await ask('POST', '/v1/services', { name: 'Polish', minutes: 30 });
  const hire = (name: string) => ask('POST', '/v1/staff', { name, locationId: location.id, serviceIds: [service.id] });
  const [leaving, staying] = [await hire('Noor Salah'), await hire('Ona Pires')];
  const { slots } = await ask('GET', `/v1/slots?serviceId=${service.id}&staffId=${leaving.id}&from=${dateIn(20)}&to=${dateIn(21)}`);
  const book = (name: string, at: number) =>
    ask('POST', '/v1/appointments', { serviceId: service.id, staffId: leaving.id, startsAt: slots[at].startsAt, customer: { name } });
  const [mia, carl, nora] = [await book('Mia', 0), await book('Carl', 2), await book('Nora', 4)];

  const page = await openOffice(shop, `team/${leaving.id}`);
  const remove = page.getByRole('button', { name: 'Remove…' });
  await remove.press('Enter');
  const question = page.getByRole('dialog', { name: 'Remove Noor Salah?' });
  await question.getByText('3 appointments ahead depend on it.').waitFor();
  await assertAccessible(page, 'what depends on a person');
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  assert.ok(await remove.evaluate((button) => button === document.activeElement), 'the focus is where it was');

  await remove.press('Enter');
  await question.getByLabel(/Carl/).selectOption('cancel');
  await question.getByLabel(/Nora/).selectOption('keep');
  assert.equal((await ask('POST', `/v1/appointments/${nora.id}/reschedule`, { startsAt: slots[6].startsAt })).status, 'booked');
  const confirm = question.getByRole('button', { name: 'Remove, move 1, cancel 1' });
  await confirm.press('Enter');
  await question.getByText('Something was booked or moved meanwhile.').waitFor();
  assert.equal((await ask('GET', `/v1/staff/${leaving.id}`)).name, 'Noor Salah');
  await confirm.press('Enter');
  await told(page, 'Noor Salah is removed.1 appointment is moved, 1 cancelled.');
  const now = await Promise.all([mia, carl, nora].map(({ id }) => ask('GET', `/v1/appointments/${id}`)));
  assert.deepEqual(
    now.map(({ status, staffId }) => [status, staffId]),
    [
      ['booked', staying.id],
      ['cancelled', leaving.id],
      ['booked', leaving.id],
    ],
  );

  await page.goto(`${shop.url}/admin#services/${service.id}`);
  await remove.click();
  const ofService = page.getByRole('dialog', { name: 'Remove Polish?' });
  await ofService.getByText('2 appointments ahead depend on it.').waitFor();
  assert.deepEqual(await ofService.getByRole('combobox').evaluateAll((all) => all.map((one) => (one as HTMLSelectElement).value)), ['keep', 'keep']);
  await ofService.getByRole('button', { name: 'Remove', exact: true }).click();
  await told(page, 'Polish is removed.');

  await page.goto(`${shop.url}/admin#settings/location/${location.id}`);
  await remove.click();
  await page.getByText('Staff members still work at this location; move or remove them first.').waitFor();
  await ask('PATCH', `/v1/staff/${staying.id}`, { locationId: (await ask('GET', '/v1/locations')).items[0].id });
  await remove.click();
  const ofLocation = page.getByRole('dialog', { name: 'Remove Outpost?' });
  await ofLocation.getByText('2 appointments ahead depend on it.').waitFor();
  await assertAccessible(page, 'what depends on a location');
  await ofLocation.getByRole('button', { name: /^Remove/ }).click();
  await told(page, 'Outpost is removed.');
});

/** The first customer in the list who has a number. */
async function someoneWithPhone(page: Page): Promise<{ readonly name: string; readonly phone: string }> {
  const row = rows(page)
    .filter({ has: page.locator('td[data-name="Phone"] span') })
    .first();
  const name = (await row.locator('th').textContent()) ?? '';
  return { name, phone: (await row.locator('td[data-name="Phone"]').textContent()) ?? '' };
}

test('a customer is found by half a telephone number, and opened with one key', options, async () => {
  const page = await openOffice(shop, 'customers');
  const { name, phone } = await someoneWithPhone(page);
  await page.keyboard.press('/');
  await page.keyboard.type(phone.replaceAll(/\D/g, '').slice(-6));
  await rows(page).nth(1).waitFor({ state: 'detached' });
  await page.getByRole('link', { name }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name, level: 1 }).waitFor();
});

test('two records of one person become one after a look at both, and erasing warns before it is done', options, async () => {
  const page = await openOffice(shop, 'customers/new');
  await page.getByLabel('Name').fill('Zuzanna Twice');
  await page.getByLabel('Phone').fill('+351 91 555 99 01');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('heading', { name: 'Zuzanna Twice', level: 1 }).waitFor();
  await page.goto(`${shop.url}/admin#customers/new`);
  await page.getByLabel('Name').fill('Zuzana Twice');
  await page.getByLabel('E-mail').first().fill('zuzana@example.org');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('heading', { name: 'Zuzana Twice', level: 1 }).waitFor();
  await page.getByLabel('The same person as').fill('5559901');
  await page.getByRole('option', { name: /Zuzanna Twice/ }).click();
  const question = page.getByRole('dialog');
  await question.getByText('+351 91 555 99 01').waitFor();
  await question.getByText('zuzana@example.org').waitFor();
  await assertAccessible(page, 'merging');
  await question.getByRole('button', { name: 'Merge into Zuzanna Twice' }).click();
  await told(page, 'Zuzanna Twice has everything now.');
  await page.getByRole('heading', { name: 'Zuzanna Twice', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Erase…' }).click();
  await page.getByText('Nobody can bring them back.').waitFor();
  await page.getByRole('button', { name: 'Erase for good' }).click();
  await told(page, 'The customer is erased.');
  await page.getByPlaceholder('Name, phone, e-mail or reference').fill('5559901');
  await page.getByText('No customer is like “5559901”.').waitFor();
});

test('a table of 10,000 customers is tried, read about and imported in three clicks, and the same again adds none', options, async () => {
  const page = await openOffice(shop, 'customers');
  await page.getByRole('link', { name: 'Import' }).click();
  const lines = Array.from({ length: 9_999 }, (_, at) => `Person ${at};person${at}@example.net;`);
  const table = (text: string) => ({ name: 'customers.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByLabel('The file', { exact: true }).setInputFiles(table(`\ufeffname;email;phone\n${lines.join('\n')}\nWrong;nobody@;\n`));
  await page.getByRole('heading', { name: '10000 lines in the file' }).waitFor();
  await page.getByRole('row', { name: /^Line 10001 email must be an e-mail address/ }).waitFor();
  await assertAccessible(page, 'what becomes of a table');
  await page.getByRole('button', { name: 'Import the 9999 without errors' }).click();
  await told(page, '9999 customers are added.');
  await page.getByRole('link', { name: 'Import' }).click();
  await page.getByLabel('The file', { exact: true }).setInputFiles(table(`name;email\nPerson 1;PERSON1@example.net`));
  await page.getByText('No customers to add.').waitFor();
  await page.getByLabel('The file', { exact: true }).setInputFiles(table('Ivy,ivy@example.org'));
  await page.getByText('The header has a column “ivy”').waitFor();
});

test('an API key is made after the password was entered again, shown once, and revoked', options, async () => {
  const page = await openOffice(shop, 'integrations');
  // A login counts for five minutes, but not for the token of a page that is loaded again.
  await page.reload();
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('What it is for').fill('Website');
  await page.getByRole('checkbox', { name: 'appointments:write' }).click();
  await page.getByRole('button', { name: 'Make the key' }).click();
  await page.getByRole('heading', { name: 'Is it you?' }).waitFor();
  await assertAccessible(page, 'the password again');
  await page.getByLabel('Your password').fill(TEST_PASSWORD);
  await page.getByRole('button', { name: 'Go on' }).click();
  assert.match((await page.locator('.once code').textContent()) ?? '', /^slk_/);
  await page.getByRole('button', { name: 'Revoke Website' }).click();
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  await told(page, 'The key “Website” is revoked.');
});

test('a reminder is edited with a preview that follows the typing, and the default comes back', options, async () => {
  const page = await openOffice(shop, 'messages/texts/appointment-reminder/email/de');
  await page.getByText('Ihr Termin steht bevor').last().waitFor();
  const chosen = page.getByLabel('With');
  assert.match((await chosen.locator('option:checked').textContent()) ?? '', / · /, 'an appointment that is coming up');
  const mail = page.frameLocator('iframe[title="The e-mail"]');
  await mail.getByRole('heading', { name: 'Ihr Termin steht bevor' }).waitFor();
  const colours = () => mail.locator('.card').evaluate((card) => getComputedStyle(card).backgroundColor);
  for (const [name, colour] of [
    ['Dark', 'rgb(32, 38, 42)'],
    ['Light', 'rgb(255, 255, 255)'],
  ] as const) {
    await page.getByLabel(name, { exact: true }).check();
    await eventually(name, async () => (await colours()) === colour);
  }
  await assertAccessible(page, 'a text and how it looks');
  await page.getByLabel('Subject').fill('Bis bald bei {{business}}');
  await page.getByText('Bis bald bei Salt & Pine').waitFor();
  await page.getByLabel('Subject').fill('Bis bald, {{nobody}}');
  await page.locator('#preview ~ .wrong').waitFor();
  await page.getByLabel('Subject').fill('Bis bald bei {{business}}');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await told(page, 'The text is saved.');
  await page.getByRole('button', { name: 'Back to the default' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Back to the default' }).click();
  await told(page, 'The text that comes with the program is back.');
  await page.getByRole('button', { name: 'Use this text of version 1' }).click();
  await page.getByText('Bis bald bei Salt & Pine').waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await told(page, 'The text is saved.');
  await page.getByRole('button', { name: 'Use this text of version 2' }).waitFor();
});

test('what was written is listed with the reason why it did not leave, and can be read as it would have been sent', options, async () => {
  const [service] = (await askOver(shop.url, 'GET', '/v1/services')).body.items;
  const { slots } = (await askOver(shop.url, 'GET', `/v1/slots?serviceId=${service.id}&from=${dateIn(5)}&to=${dateIn(20)}`)).body;
  const { startsAt, staffId } = slots[0];
  const customer = { name: 'Rita Reader', email: 'rita@example.org' };
  const booked = await askOver(shop.url, 'POST', '/v1/appointments', { body: { serviceId: service.id, startsAt, staffId, customer } });
  assert.equal(booked.status, 201, booked.text);
  const page = await openOffice(shop, 'messages');
  await eventually('it is written', async () => {
    await page.reload();
    await page.getByLabel('State').selectOption('not sent');
    return (await page.getByRole('row', { name: /rita@example\.org.*not sent: no mail server is set up/ }).count()) === 1;
  });
  const read = page.getByRole('button', { name: 'Read the message to rita@example.org' });
  await read.press('Enter');
  const dialog = page.getByRole('dialog', { name: `Booked: ${service.name}` });
  await dialog.getByText('Your appointment is booked').waitFor();
  await assertAccessible(page, 'a message that is read');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await eventually('the focus is where it was', () => read.evaluate((element) => element === document.activeElement));
  await page.getByLabel('Channel').selectOption('Text');
  await page.getByText('No such message yet.').waitFor();
});

test('payments are filtered by how they were paid, and each says what it was for and what the books say', options, async () => {
  const page = await openOffice(shop, 'payments');
  await page.getByText('Nothing was paid yet.').waitFor();
  await page.getByText('Only test cards are taken here').waitFor();
  const token = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
  const found = (await askOver(shop.url, 'GET', '/v1/appointments?limit=100&order=-startsAt', { token })).body.items;
  const priced = found.filter(({ price, status }: Json) => price.amount > 3_000 && status === 'booked');
  for (const [index, method] of ['cash', 'terminal'].entries()) {
    const body = { method, amount: { amount: 1_500, currency: 'EUR' } };
    assert.equal((await askOver(shop.url, 'POST', `/v1/appointments/${priced[index].id}/payments`, { token, body })).status, 201);
  }
  await page.reload();
  await rows(page).nth(1).waitFor();
  await page.getByLabel('How it was paid').selectOption('Cash');
  await page.getByRole('row', { name: /Cash.*€15.*Paid/ }).waitFor();
  await rows(page).nth(1).waitFor({ state: 'detached' });
  await assertAccessible(page, 'payments');
  await rows(page).getByRole('link').click();
  await page.getByRole('heading', { name: '€15, paid', level: 1 }).waitFor();
  await page.getByText('€15 from customer to till').waitFor();
  await page.getByRole('link', { name: new RegExp(priced[0].serviceName) }).waitFor();
  await assertAccessible(page, 'a payment');
  const [paper] = await Promise.all([page.waitForEvent('popup'), page.getByRole('link', { name: /^Receipt \d{4}-\d{6}$/ }).click()]);
  await paper.getByRole('heading', { name: /^Receipt \d{4}-\d{6}$/ }).waitFor();
  await paper.getByRole('row', { name: 'Received €15' }).waitFor();
  await paper.getByRole('row', { name: /^(23% €12\.20 €2\.80|6% €14\.15 €0\.85) €15$/ }).waitFor();
  await assertAccessible(paper, 'a receipt');
  await paper.emulateMedia({ media: 'print' });
  await paper.getByRole('button', { name: 'Print' }).waitFor({ state: 'hidden' });
  const link = (await askOver(shop.url, 'POST', `/v1/appointments/${priced[0].id}/payment-link`, { token, body: {} })).body;
  const theirs = await shop.visit(`/receipt?lang=de${new URL(link.url).hash}`);
  await theirs.getByRole('row', { name: /^Erhalten 15/ }).waitFor();
  assert.doesNotMatch(theirs.url(), /token/, 'the address does not show the token');
  await theirs.reload();
  await theirs.getByRole('row', { name: /^Erhalten 15/ }).waitFor();
  await page.getByRole('link', { name: 'All payments' }).click();
  await page.getByRole('link', { name: 'Takings' }).click();
  await page.getByRole('row', { name: /^All: Cash €15 €0 €15$/ }).waitFor();
  await page.getByLabel('Of a day or a week').selectOption('One week');
  await page.getByRole('row', { name: /^All: Card terminal €15 €0 €15$/ }).waitFor();
  await page
    .getByRole('row', { name: /^(23|6)% €[\d.]+ €[\d.]+ €(15|30)$/ })
    .first()
    .waitFor();
  await assertAccessible(page, 'takings');
  const file = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the books as CSV' }).click();
  assert.match((await file).suggestedFilename(), /^ledger-.*\.csv$/);
  await page.getByRole('link', { name: 'Payouts' }).click();
  await page.getByText('Nothing was paid out yet.').waitFor();
  await assertAccessible(page, 'payouts');
});

test('no page did anything that its policy forbids', options, () => {
  assert.deepEqual(shop.faults, []);
});
