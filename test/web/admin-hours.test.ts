// Calendar hours in the back office: a week is painted or typed, days are closed, and what is booked is shown before anything is changed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { dateIn } from '../support/dates.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, openOffice, openShop, pressInTurn, type Shop } from './browser.ts';

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
const dayOn = (page: Page, date: string) => page.locator(`[data-date="${date}"]`);

test('a week with two appointments is closed in three presses: both go elsewhere or are cancelled, and another person sees it at once', options, async () => {
  const location = await ask('POST', '/v1/locations', {
    ...{ name: 'Annex', timeZone: 'Europe/Lisbon', currency: 'EUR' },
    weekly: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => ({ day, from: '09:00', to: '17:00' })),
  });
  const service = await ask('POST', '/v1/services', { name: 'Fitting', minutes: 30 });
  const person = await ask('POST', '/v1/staff', { name: 'Lea Fox', locationId: location.id, serviceIds: [service.id] });
  const [first, last] = [dateIn(20), dateIn(26)];
  const { slots } = await ask('GET', `/v1/slots?serviceId=${service.id}&staffId=${person.id}&from=${first}&to=${dateIn(27)}`);
  const book = (name: string, startsAt: string) =>
    ask('POST', '/v1/appointments', { serviceId: service.id, staffId: person.id, startsAt, customer: { name, email: `${name.toLowerCase()}@example.org` } });
  const [mia, carl] = [await book('Mia', slots[0].startsAt), await book('Carl', slots.at(-1).startsAt)];
  const [ours, theirs] = [await openOffice(shop, `hours/${location.id}`), await openOffice(shop, `hours/${person.id}`, 'manager@demo.test')];

  let presses = 0;
  const press = async (act: Promise<unknown>) => {
    await act;
    presses += 1;
  };
  await dayOn(ours, first).waitFor();
  await assertAccessible(ours, 'calendar hours');
  await press(dayOn(ours, first).dragTo(dayOn(ours, last)));
  assert.equal(await ours.locator('.year-day[aria-pressed="true"]').count(), 7);
  await press(ours.getByRole('button', { name: 'Close…' }).click());
  await ours.getByText('2 appointments have no place any more').waitFor();
  const where = await Promise.all(['Mia', 'Carl'].map((name) => ours.getByLabel(new RegExp(name)).inputValue()));
  assert.ok(
    where.every((value) => value.split(' ').length === 2),
    'another time is proposed for both',
  );
  await assertAccessible(ours, 'a plan');
  await press(ours.getByRole('button', { name: /^Close from .*, move 2$/ }).click());
  await told(ours, /Annex is closed from .*2 appointments are moved/);
  assert.equal(presses, 3);
  const now = async ({ id }: Json) => Date.parse((await ask('GET', `/v1/appointments/${id}`)).startsAt);
  assert.deepEqual(
    await Promise.all([mia, carl].map(now)),
    where.map((value) => Date.parse(value.split(' ')[1] ?? '')),
  );
  assert.deepEqual(Object.keys((await ask('GET', `/v1/locations/${location.id}/hours`)).specialDates).length, 7);
  await theirs.locator(`[data-date="${first}"][data-state="closed"]`).waitFor();

  await dayOn(ours, dateIn(22)).click();
  await ours.getByRole('button', { name: 'Open as usual…' }).click();
  await ours.getByText('Nothing that is booked is touched.').waitFor();
  await ours.getByRole('button', { name: /^Open as usual on/ }).click();
  await told(ours, /The usual hours of Annex apply/);
  await ours.locator(`[data-date="${dateIn(22)}"][data-state="open"]`).waitFor();
});

test('the week of a person is painted with the pointer and typed by keyboard, and a change of another person is said in place', options, async () => {
  const { items } = await ask('GET', '/v1/staff');
  const person = items[0];
  const page = await openOffice(shop, `hours/${person.id}`, 'owner@demo.test', { viewport: { width: 1440, height: 1000 } });
  const sunday = page.getByRole('group', { name: 'Sunday' });
  await sunday.waitFor();
  const remove = sunday.getByRole('button', { name: /^Remove/ });
  while ((await remove.count()) > 0) await remove.first().click();
  const strip = sunday.locator('.week-strip');
  await strip.scrollIntoViewIfNeeded();
  const stroke = async (from: number, to: number) => {
    const box = (await strip.boundingBox()) ?? assert.fail();
    await page.mouse.move(box.x + (box.width * from) / 24 + 1, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + (box.width * to) / 24 - 1, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
  };
  await stroke(9, 18);
  await stroke(12, 13);
  const times = () => sunday.locator('input').evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value));
  assert.deepEqual(await times(), ['09:00', '12:00', '13:00', '18:00']);
  await sunday.getByLabel('Sunday to').last().fill('17:30');
  await sunday.getByLabel('Sunday to').last().blur();
  await page.getByRole('button', { name: 'Save the week…' }).click();
  await page.getByText('Nothing that is booked is touched.').waitFor();
  await ask('POST', `/v1/staff/${person.id}/time-off`, { startsAt: `${dateIn(300)}T10:00:00Z`, endsAt: `${dateIn(300)}T11:00:00Z` });
  // The other change is heard of before the press, or met by it: either way the plan is read anew, and its button goes and comes back.
  const save = page.getByRole('button', { name: 'Save the week', exact: true });
  await eventually('the week is saved', async () => {
    if ((await save.count()) > 0) await save.click({ timeout: 2_000 }).catch(() => undefined);
    return (await page.locator('.said', { hasText: `The week of ${person.name} is saved.` }).count()) > 0;
  });
  const { weekly } = await ask('GET', `/v1/staff/${person.id}/hours`);
  assert.deepEqual(
    weekly.filter(({ day }: Json) => day === 'sunday'),
    [
      { day: 'sunday', from: '09:00', to: '12:00' },
      { day: 'sunday', from: '13:00', to: '17:30' },
    ],
  );
  await page.locator('.year-day[tabindex="0"]').focus();
  await pressInTurn(page, ['ArrowDown', 'ArrowRight', 'Enter', 'Shift+ArrowRight']);
  assert.equal(await page.locator('.year-day[aria-pressed="true"]').count(), 2);
  await page.getByRole('button', { name: 'Mark as away…' }).press('Enter');
  await page.getByRole('heading', { name: /^Away from/ }).waitFor();
});

test('the week is painted by keyboard, and a screen reader hears where the mark is and what a stretch becomes', options, async () => {
  const page = await openOffice(shop, `hours/${(await ask('GET', '/v1/staff')).items[1].id}`);
  const sunday = page.getByRole('group', { name: 'Sunday' });
  await sunday.waitFor();
  const remove = sunday.getByRole('button', { name: /^Remove/ });
  while ((await remove.count()) > 0) await remove.first().press('Enter');
  const strip = page.getByRole('slider', { name: 'Paint Sunday' });
  const press = async (...keys: readonly string[]) => {
    await pressInTurn(page, keys);
    return strip.getAttribute('aria-valuetext');
  };
  const times = () => sunday.locator('input').evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value));
  const hours = (count: number) => Array<string>(count).fill('PageUp');
  await strip.focus();
  assert.equal(await press('Home', ...hours(9)), '09:00, closed');
  assert.equal(await press('Enter', ...hours(3), 'ArrowLeft'), 'Opening 09:00 to 12:00');
  await assertAccessible(page, 'a stretch by keyboard');
  assert.equal(await press('Enter'), '11:45, open');
  assert.deepEqual(await times(), ['09:00', '12:00']);
  await page.locator('[aria-live]', { hasText: 'Sunday: 09:00 – 12:00' }).waitFor({ state: 'attached' });
  assert.equal(await press('Space', 'ArrowLeft', 'ArrowLeft'), 'Closing 11:15 to 12:00');
  assert.equal(await press('Escape'), '11:15, open');
  assert.deepEqual(await times(), ['09:00', '12:00']);
  assert.equal(await press('End', 'Enter', 'ArrowLeft', 'Enter'), '23:30, open');
  assert.deepEqual(await times(), ['09:00', '12:00', '23:30', '00:00'], 'up to the end of the day');
});

test('public holidays of a region are closed but for those that are not ticked, and what is booked on one is shown before that', options, async () => {
  const location = await ask('POST', '/v1/locations', {
    ...{ name: 'Werkstatt', timeZone: 'Europe/Berlin', currency: 'EUR' },
    weekly: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => ({ day, from: '09:00', to: '17:00' })),
  });
  const service = await ask('POST', '/v1/services', { name: 'Repair', minutes: 30 });
  const person = await ask('POST', '/v1/staff', { name: 'Jo Klein', locationId: location.id, serviceIds: [service.id] });
  const year = Number(dateIn(0, 'Europe/Berlin').slice(0, 4)) + 1;
  const [unity, labour, women] = [`${year}-10-03`, `${year}-05-01`, `${year}-03-08`];
  const freeOn = async (date: string): Promise<Json[]> => {
    const to = Temporal.PlainDate.from(date).add({ days: 1 });
    return (await ask('GET', `/v1/slots?serviceId=${service.id}&staffId=${person.id}&from=${date}&to=${to}`)).slots;
  };
  const [{ startsAt }] = (await freeOn(unity)) as [Json];
  await ask('POST', '/v1/appointments', { serviceId: service.id, staffId: person.id, startsAt, customer: { name: 'Nora' } });

  const page = await openOffice(shop, `hours/${location.id}`);
  await page.getByRole('button', { name: 'Public holidays…' }).click();
  await page.getByLabel('Region').selectOption('BE');
  await page.getByLabel('Year', { exact: true }).selectOption(String(year));
  const tick = (words: RegExp) => page.getByRole('checkbox', { name: words });
  await tick(/\b8 March/).waitFor();
  assert.ok(await tick(/\b3 October/).isChecked());
  await tick(/\b1 May/).uncheck();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await assertAccessible(page, `public holidays, ${colorScheme}`, colorScheme);
  }
  await page.getByRole('button', { name: 'Close these days…' }).click();
  await page.getByText('1 appointment has no place any more').waitFor();
  assert.equal(await page.getByRole('checkbox', { name: /May/ }).count(), 0, 'what is planned cannot be changed meanwhile');
  await page.getByLabel(/Nora/).selectOption('keep');
  assert.deepEqual((await ask('GET', `/v1/locations/${location.id}/hours`)).specialDates, {}, 'nothing is closed before it is confirmed');
  await page.getByRole('button', { name: /^Close on \d+ public holidays$/ }).click();
  await told(page, /Werkstatt is closed on \d+ public holidays/);
  const { specialDates } = await ask('GET', `/v1/locations/${location.id}/hours`);
  assert.deepEqual([specialDates[unity], specialDates[women], specialDates[labour]], [[], [], undefined]);
  assert.deepEqual([(await freeOn(women)).length > 0, (await freeOn(labour)).length > 0], [false, true]);
  await page.getByText('closed already').first().waitFor();
  assert.deepEqual([await tick(/\b3 October/).isDisabled(), await tick(/\b1 May/).isChecked()], [true, false]);
});

test('a staff member asks for time off and reads the answer; a manager sees what is booked before it is approved, or declines it', options, async () => {
  const staff = await shop.visit('/account');
  await staff.getByLabel('E-mail').fill('milan@demo.test');
  await staff.getByLabel('Password').fill(TEST_PASSWORD);
  await staff.getByRole('button', { name: 'Log in' }).click();
  const section = staff.getByRole('region', { name: 'Time off' });
  await section.getByText('You have not asked for time off.').waitFor();
  const ask = async (from: string, to: string) => {
    await section.getByLabel('First day').fill(from);
    await section.getByLabel('Last day').fill(to);
    await section.getByLabel('Note for those who decide').fill('A wedding.');
    await section.getByRole('button', { name: 'Ask for time off' }).press('Enter');
  };
  await ask(dateIn(-3), dateIn(-3));
  await section.getByText('The last day must be ahead.').waitFor();
  await assertAccessible(staff, 'asking for time off');
  await ask(dateIn(200), dateIn(202));
  const items = section.getByRole('listitem');
  await items.filter({ hasText: 'Waiting for an answer' }).waitFor();
  await ask(dateIn(220), dateIn(220));
  await items.nth(1).waitFor();

  const page = await openOffice(shop, 'hours');
  const requests = page.getByRole('region', { name: '2 requests for time off' });
  await requests.getByText('Holiday: A wedding.').first().waitFor();
  await assertAccessible(page, 'requests for time off');
  await requests.getByRole('button', { name: 'Approve… Milan Petrov' }).first().press('Enter');
  await page.getByText('Nothing that is booked is touched.').waitFor();
  await page
    .getByRole('button', { name: /^Approve/ })
    .last()
    .press('Enter');
  await told(page, /Milan Petrov is away .* and is told/);
  await page.getByRole('region', { name: '1 request for time off' }).getByRole('button', { name: 'Decline… Milan Petrov' }).press('Enter');
  await page.getByLabel('Why, for Milan Petrov').fill('All hands are needed.');
  await page.getByRole('button', { name: 'Decline', exact: true }).press('Enter');
  await told(page, 'The request of Milan Petrov is declined, and they are told.');
  await page.getByRole('region', { name: /for time off/ }).waitFor({ state: 'detached' });

  await staff.reload();
  await items.filter({ hasText: 'Approved' }).waitFor();
  await items.filter({ hasText: 'Answer: All hands are needed.' }).waitFor();
});
