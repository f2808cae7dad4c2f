// A new appointment from anywhere: the first free times with anyone, a walk-in, a known customer with the person they always come to, and a squeeze.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { dateIn } from '../support/dates.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, logIn, openRoomyShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
let token: string;
before(async () => {
  if (browser === undefined) return;
  shop = await openRoomyShop(browser);
  token = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});
const ask = async (method: string, path: string, body?: Json) => (await askOver(shop.url, method, path, { token, ...(body && { body }) })).body;
const appointmentsOf = async (name: string): Promise<readonly Json[]> => {
  const [customer] = (await ask('GET', `/v1/customers?q=${encodeURIComponent(name)}`)).items;
  return customer === undefined ? [] : (await ask('GET', `/v1/customers/${customer.id}/appointments`)).items;
};

/** Clicks are counted: a front desk has a customer on the phone. */
function counting(): { readonly click: (what: Locator) => Promise<void>; readonly sum: () => number } {
  let clicks = 0;
  const click = async (what: Locator) => {
    clicks += 1;
    await what.click();
  };
  return { click, sum: () => clicks };
}

async function visitDesk(): Promise<{ readonly desk: Page; readonly panel: Locator }> {
  const desk = await shop.visit('/desk');
  await logIn(desk);
  return { desk, panel: desk.getByRole('complementary') };
}

test('N finds the first free hour with anyone, and three clicks book a walk-in there', options, async () => {
  const { desk, panel } = await visitDesk();
  await desk.locator('body').press('n');
  await panel
    .getByRole('button', { name: /^First free: / })
    .or(panel.getByText('Nothing is free'))
    .first()
    .waitFor();
  await panel.getByRole('button', { name: 'Close', exact: true }).click();
  await panel.waitFor({ state: 'detached' });
  const { click, sum } = counting();
  await click(desk.getByRole('button', { name: 'New', exact: true }));
  // A week in which something is free, whatever the hour is.
  await panel.getByRole('button', { name: 'A week later' }).click();
  await panel.getByRole('button', { name: /^First free: / }).waitFor();
  await assertAccessible(desk, 'free times of a week');
  const chip = panel.getByRole('button', { name: / with / }).nth(2);
  await chip.waitFor();
  await click(chip);
  await eventually('the name is waited for', () => panel.locator('#new-name').evaluate((field) => field === document.activeElement));
  await desk.keyboard.type('Wanda Walkin');
  await eventually('there is a free time', () => panel.getByRole('button', { name: /^Book \d/ }).isEnabled());
  await click(panel.getByRole('button', { name: /^Book \d/ }));
  await panel.waitFor({ state: 'detached' });
  await desk.locator('.claim', { hasText: 'Wanda Walkin' }).waitFor();
  assert.equal(sum(), 3);
});

test('a found customer is booked with the person they always come to, next week, in five clicks', options, async () => {
  const [service] = (await ask('GET', '/v1/services')).items;
  const staff: readonly Json[] = (await ask('GET', '/v1/staff')).items.filter(({ serviceIds }: Json) => serviceIds.includes(service.id));
  const usual = staff[1] ?? assert.fail('one person alone offers it');
  const { slots } = await ask('GET', `/v1/slots?serviceId=${service.id}&staffId=${usual.id}&from=${dateIn(3)}&to=${dateIn(12)}`);
  const customer = { name: 'Ulla Usual', email: 'ulla@example.org' };
  const made = await ask('POST', '/v1/appointments', { serviceId: service.id, staffId: usual.id, startsAt: slots[0].startsAt, customer });
  const { desk, panel } = await visitDesk();
  await desk.getByLabel('Location').selectOption(made.locationId);
  const { click, sum } = counting();
  await desk.keyboard.press('/');
  await desk.keyboard.type('ulla');
  await click(desk.getByRole('option', { name: /Ulla Usual/ }));
  await click(panel.getByRole('button', { name: `Book with ${usual.name}` }));
  await panel.getByText('For Ulla Usual').waitFor();
  await click(panel.getByRole('button', { name: 'A week later' }));
  await click(panel.getByRole('button', { name: ` with ${usual.name}` }).last());
  await panel.getByText('Ulla Usual').waitFor();
  await eventually('there is a free time', () => panel.getByRole('button', { name: /^Book \d/ }).isEnabled());
  await click(panel.getByRole('button', { name: /^Book \d/ }));
  await panel.waitFor({ state: 'detached' });
  const theirs = await appointmentsOf('Ulla Usual');
  assert.deepEqual([theirs.length, ...theirs.map(({ staffId }) => staffId)], [2, usual.id, usual.id]);
  assert.equal(sum(), 5);
});

test('why not here: the rule is named, and a reason books it anyway', options, async () => {
  const { desk, panel } = await visitDesk();
  const column = desk.locator('.column').first();
  // A day on which the first person works, seen from its last quarter of an hour, where nothing fits.
  await desk.getByLabel('Date').fill(dateIn(9));
  for (let days = 9; (await column.getByText('Not working').count()) > 0 && days < 16; days += 1) await desk.getByLabel('Date').fill(dateIn(days + 1));
  await column.locator('.column-body').waitFor();
  const box = (await column.locator('.column-body').boundingBox()) ?? assert.fail('no column');
  await column.locator('.column-body').click({ position: { x: box.width - 4, y: box.height - 4 } });
  await panel.getByLabel('Customer').fill('Sonja Squeeze');
  const why = panel.getByRole('button', { name: /^Why not / });
  const told = panel.getByRole('region', { name: /^Why not / });
  await why.or(told).first().waitFor();
  if (await why.isVisible()) await why.click();
  await told.getByText(/outside working hours/).waitFor();
  await assertAccessible(desk, 'why not here');
  await told.getByLabel('Reason to do it anyway').fill('She leaves tomorrow');
  await told.getByRole('button', { name: /^Book .* anyway$/ }).click();
  await panel.waitFor({ state: 'detached' });
  await desk.locator('.claim', { hasText: 'Sonja Squeeze' }).waitFor();
  const [made] = await appointmentsOf('Sonja Squeeze');
  assert.equal(made?.override?.reason, 'She leaves tomorrow');
});

test('over a taken time: what is there stays, and a reason books another one beside it', options, async () => {
  const [service] = (await ask('GET', '/v1/services')).items.filter(({ capacity, active }: Json) => capacity === 1 && active);
  const [person]: readonly Json[] = (await ask('GET', '/v1/staff')).items.filter(({ serviceIds }: Json) => serviceIds.includes(service.id));
  const { slots } = await ask('GET', `/v1/slots?serviceId=${service.id}&staffId=${person?.id}&from=${dateIn(3)}&to=${dateIn(12)}`);
  const { startsAt } = slots[0];
  const customer = { name: 'Bea Beneath', email: 'bea@example.org' };
  const beneath = await ask('POST', '/v1/appointments', { serviceId: service.id, staffId: person?.id, startsAt, customer });
  const { desk, panel } = await visitDesk();
  await desk.getByLabel('Location').selectOption(beneath.locationId);
  await desk.getByLabel('Date').fill(startsAt.slice(0, 10));
  const below = desk.locator(`#claim-${beneath.id}`);
  await below.click();
  await panel.getByRole('button', { name: 'Another one at this time' }).click();
  await panel.getByLabel('Service').selectOption(service.id);
  await panel.getByLabel('Customer').fill('Otto Over');
  const why = panel.getByRole('button', { name: /^Why not / });
  const told = panel.getByRole('region', { name: /^Why not / });
  await why.or(told).first().waitFor();
  if (await why.isVisible()) await why.click();
  await told.getByText(/Bea Beneath/).waitFor();
  await assertAccessible(desk, 'why not over a taken time');
  await told.getByLabel('Reason to do it anyway').fill('Toothache');
  await told.getByRole('button', { name: /^Book .* anyway$/ }).click();
  await panel.waitFor({ state: 'detached' });
  const [made] = await appointmentsOf('Otto Over');
  assert.deepEqual([made?.overlaps, made?.override], [true, { rules: ['slot-taken'], reason: 'Toothache' }]);
  const above = desk.locator(`#claim-${made?.id}`);
  await above.getByText('overlaps on purpose').waitFor({ state: 'attached' });
  const [one, other] = [await below.boundingBox(), await above.boundingBox()];
  assert.ok(one !== null && other !== null && (one.x + one.width <= other.x || other.x + other.width <= one.x), 'side by side');
  await assertAccessible(desk, 'appointments side by side');
  await above.click();
  await panel.getByText('booked, overlaps on purpose').waitFor();
  await panel.getByRole('button', { name: 'Move', exact: true }).click();
  await panel.getByRole('button', { name: 'A time that is not offered' }).click();
  await assertAccessible(desk, 'a move to any time');
  const typed = panel.getByLabel('Time');
  const time = (await typed.inputValue()) === '12:05' ? '12:10' : '12:05';
  await typed.fill(time);
  await panel.getByRole('button', { name: `Move to ${time}` }).waitFor();
});
