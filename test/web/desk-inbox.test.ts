// What waits for the desk on any day, answered in place; who cancelled; and the search that finds appointments and colleagues as well.
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

/** The desk at the place of the first staff member, and what they still have free in the weeks ahead. */
async function visitDesk(): Promise<{ readonly desk: Page; readonly panel: Locator; readonly service: Json; readonly slots: readonly Json[] }> {
  const [service, member] = [(await ask('GET', '/v1/services')).items[0], (await ask('GET', '/v1/staff')).items[0]];
  const { slots } = await ask('GET', `/v1/slots?serviceId=${service.id}&staffId=${member.id}&from=${dateIn(10)}&to=${dateIn(30)}`);
  const desk = await shop.visit('/desk');
  await logIn(desk);
  await desk.getByLabel('Location').selectOption(member.locationId);
  return { desk, panel: desk.getByRole('complementary'), service, slots };
}

test('a request for another day arrives in the inbox, is approved there in three clicks, and another is declined with a reason', options, async () => {
  const { desk, panel, service, slots } = await visitDesk();
  await ask('PATCH', `/v1/services/${service.id}`, { approval: 'manual' });
  const request = async (name: string, nth: number) => {
    const { startsAt, staffId } = slots.at(nth) ?? assert.fail('nothing is free');
    const customer = { name, email: `${name.toLowerCase()}@example.org` };
    const made = await askOver(shop.url, 'POST', '/v1/appointments', { body: { serviceId: service.id, staffId, startsAt, customer } });
    assert.equal(made.body.status, 'pending', made.text);
    return made.body.id as string;
  };
  const wished = await request('Wilma', 0);
  const button = desk.getByRole('button', { name: /^Inbox/ });
  await button.filter({ hasText: /\d/ }).waitFor();
  await button.click();
  await panel.getByRole('listitem').filter({ hasText: 'Wilma' }).waitFor();
  const refused = await request('Fred', -1);
  // It arrives while the list is open.
  await panel.getByRole('listitem').filter({ hasText: 'Fred' }).waitFor();
  await assertAccessible(desk, 'an inbox');
  await panel.getByRole('listitem').filter({ hasText: 'Wilma' }).getByRole('button', { name: 'Approve' }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await panel.getByRole('listitem').filter({ hasText: 'Wilma' }).waitFor({ state: 'detached' });
  await panel.getByRole('listitem').filter({ hasText: 'Fred' }).getByRole('button', { name: 'Decline' }).click();
  await desk.getByRole('dialog').getByLabel('Reason').fill('Full');
  await desk
    .getByRole('dialog')
    .getByRole('button', { name: /^Decline/ })
    .click();
  await panel.getByRole('listitem').filter({ hasText: 'Fred' }).waitFor({ state: 'detached' });
  const statusOf = async (id: string) => (await ask('GET', `/v1/appointments/${id}`)).status;
  assert.deepEqual([await statusOf(wished), await statusOf(refused)], ['booked', 'declined']);
  await ask('PATCH', `/v1/services/${service.id}`, { approval: 'auto' });
});

test('who cancelled is listed by the day it was cancelled, with the reason, and leads to the customer', options, async () => {
  const { desk, panel, service, slots } = await visitDesk();
  const { startsAt, staffId } = slots.at(1) ?? assert.fail('nothing is free');
  const made = await ask('POST', '/v1/appointments', { serviceId: service.id, staffId, startsAt, customer: { name: 'Carla Cancels' } });
  await ask('POST', `/v1/appointments/${made.id}/cancel`, { reason: 'Ill' });
  await desk.getByRole('button', { name: /^Inbox/ }).click();
  await panel.getByRole('button', { name: 'Who cancelled yesterday?' }).click();
  const line = panel.getByRole('button', { name: /Carla Cancels.*cancelled.*: Ill/ });
  // Where midnight has passed, it was yesterday.
  await panel.getByText('None.').or(line).waitFor();
  await panel.getByLabel('To', { exact: true }).fill(dateIn(1));
  await line.waitFor();
  await assertAccessible(desk, 'appointments by status');
  await panel.getByRole('button', { name: 'Show what is still to pay' }).click();
  await panel.getByText(/^Of the last \d+ that took place here/).waitFor();
  await line.click();
  await desk.getByRole('complementary', { name: 'Carla Cancels' }).waitFor();
});

test('the search opens the appointment of a reference on its day, and goes to a colleague’s column', options, async () => {
  const { desk, service, slots } = await visitDesk();
  const { startsAt, staffId } = slots.at(2) ?? assert.fail('nothing is free');
  const made = await ask('POST', '/v1/appointments', { serviceId: service.id, staffId, startsAt, customer: { name: 'Rita Reference' } });
  await desk.keyboard.press('/');
  await desk.keyboard.type(made.reference.toLowerCase());
  await desk.getByRole('option', { name: /Rita Reference/ }).click();
  await desk.locator('.claim[aria-current]', { hasText: 'Rita Reference' }).waitFor();
  assert.equal(await desk.getByLabel('Date').inputValue(), startsAt.slice(0, 10));
  const name = (await ask('GET', `/v1/staff/${staffId}`)).name as string;
  await desk.keyboard.press('/');
  await desk.keyboard.type(name.slice(0, 3));
  await desk.getByRole('option', { name: new RegExp(`^${name}.*show the column`) }).click();
  await eventually('the focus is in the column', () =>
    desk.evaluate((heading) => document.activeElement?.closest('.column')?.querySelector('h2')?.textContent === heading, name),
  );
});

test('a note of the day reaches another desk, and of two who write at once each sees the other’s before it is replaced', options, async () => {
  const [{ desk }, { desk: other }] = [await visitDesk(), await visitDesk()];
  for (const page of [desk, other]) {
    await page.getByLabel('Date', { exact: true }).fill(dateIn(12));
    await page.getByRole('button', { name: 'Write a note for this day' }).click();
  }
  await desk.getByLabel('Note for this day').fill('Mia pays tomorrow');
  await assertAccessible(desk, 'a note is written');
  await desk.getByRole('button', { name: 'Save the note' }).click();
  await desk.getByRole('region', { name: 'Note of the day' }).getByText('Mia pays tomorrow').waitFor();
  await assertAccessible(desk, 'a note of the day');
  await other.getByLabel('Note for this day').fill('The key is in the drawer');
  await other.getByRole('button', { name: 'Save the note' }).click();
  await other.getByRole('alert').getByText('Mia pays tomorrow').waitFor();
  assert.equal(await other.getByLabel('Note for this day').inputValue(), 'The key is in the drawer');
  await assertAccessible(other, 'a note that someone else has changed');
  await other.getByRole('button', { name: 'Save the note' }).click();
  await other.getByRole('region', { name: 'Note of the day' }).getByText('The key is in the drawer').waitFor();
  // Without a reload.
  await desk.getByRole('region', { name: 'Note of the day' }).getByText('The key is in the drawer').waitFor({ timeout: 25_000 });
});
