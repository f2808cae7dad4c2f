// The bell of staff: live, by keyboard, on the desk and the account page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { dateIn } from '../support/dates.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, logIn, openOffice, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
before(async () => {
  if (browser !== undefined) shop = await openShop(browser);
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});

let booked = 0;
/** As a guest, with anyone or with this person. */
async function book(name: string, withName?: string): Promise<void> {
  const { id } = (await askOver(shop.url, 'GET', '/v1/staff')).body.items.find((one: Json) => one.name === withName) ?? {};
  const services: Json[] = (await askOver(shop.url, 'GET', '/v1/services')).body.items;
  const service = services.find(({ staffIds }) => id === undefined || staffIds.includes(id));
  const { slots } = (
    await askOver(shop.url, 'GET', `/v1/slots?serviceId=${service.id}&from=${dateIn(5)}&to=${dateIn(20)}${id === undefined ? '' : `&staffId=${id}`}`)
  ).body;
  const { startsAt, staffId } = slots[booked * 7];
  booked += 1;
  const said = await askOver(shop.url, 'POST', '/v1/appointments', {
    body: { serviceId: service.id, startsAt, staffId, customer: { name, email: `bell${booked}@example.org` } },
  });
  assert.equal(said.status, 201, said.text);
}
const bellOf = (page: Page) => page.getByRole('button', { name: /^Notifications/ });
const panelOf = (page: Page) => page.getByRole('region', { name: 'Notifications' });

test('a booking rings the bell, is read out, opens its appointment at the desk, and its message can be read', options, async () => {
  const desk = await shop.visit('/desk');
  await logIn(desk);
  await bellOf(desk).waitFor();
  await bellOf(desk).press('Enter');
  await panelOf(desk).getByText('Nothing new.').waitFor();
  await desk.keyboard.press('Escape');
  await eventually('the focus is on the bell again', () => bellOf(desk).evaluate((element) => element === document.activeElement));
  await book('Belinda Ring');
  await eventually('the booking and its message are counted', async () => (await bellOf(desk).getAttribute('aria-label')) === 'Notifications, 2 unread');
  await bellOf(desk).press('Enter');
  const item = panelOf(desk).getByRole('listitem').filter({ hasText: 'Belinda Ring' });
  await item.waitFor();
  await assertAccessible(desk, 'the list of the bell');
  await item.getByRole('link', { name: /New booking/ }).click();
  await desk.getByRole('complementary').getByRole('heading', { name: 'Belinda Ring' }).waitFor();
  await eventually('what was followed is read', async () => (await bellOf(desk).getAttribute('aria-label')) === 'Notifications, 1 unread');
  await bellOf(desk).click();
  const kept = panelOf(desk).getByRole('listitem').filter({ hasText: 'A message was written and not sent' });
  await kept.getByText(/^No mail server is set up\. /).waitFor();
  await kept.getByRole('button', { name: 'Read the message' }).click();
  await kept.getByText('Your appointment is booked').first().waitFor();
});

test('on the account page kinds are switched off, and everything is marked as read', options, async () => {
  const account = await shop.visit('/account');
  await account.getByLabel('E-mail').fill('owner@demo.test');
  await account.getByLabel('Password').fill(TEST_PASSWORD);
  await account.getByRole('button', { name: 'Log in' }).click();
  await bellOf(account).waitFor();
  await book('Clara Clapper');
  await eventually('it rings here too', async () => /unread/.test((await bellOf(account).getAttribute('aria-label')) ?? ''));
  await bellOf(account).click();
  await panelOf(account).getByRole('link', { name: 'New booking: Clara Clapper' }).waitFor();
  await panelOf(account).getByRole('button', { name: 'Mark all as read' }).click();
  await eventually('nothing is unread', async () => (await bellOf(account).getAttribute('aria-label')) === 'Notifications');
  await panelOf(account).getByText('What I am told').click();
  const bookings = panelOf(account).getByLabel('New bookings, in the app');
  await bookings.uncheck();
  await account.reload();
  await bellOf(account).click();
  await panelOf(account).getByText('What I am told').click();
  assert.equal(await bookings.isChecked(), false);
  await bookings.check();
  assert.equal(await panelOf(account).getByLabel('New bookings, by e-mail').count(), 0, 'the owner has no calendar');

  const staff = await shop.visit('/desk');
  await logIn(staff, 'ines@demo.test');
  await bellOf(staff).click();
  await panelOf(staff).getByText('What I am told').click();
  const byEmail = panelOf(staff).getByLabel('New bookings, by e-mail');
  await byEmail.check();
  await assertAccessible(staff, 'what a person is told');
  await staff.reload();
  await bellOf(staff).click();
  await panelOf(staff).getByText('What I am told').click();
  await eventually('bookings come by e-mail, the rest as it was', async () => {
    const shown = await panelOf(staff)
      .getByRole('checkbox', { name: /by e-mail$/ })
      .all();
    const isOn = await Promise.all(shown.map((one) => one.isChecked()));
    return isOn.join() === 'true,false,false,false,true,true';
  });
  assert.deepEqual(shop.faults, []);
});

test('a person of the team reads the e-mail to them in the bell, in the language of their browser', options, async () => {
  const staff = await shop.visit('/desk', { locale: 'de-AT' });
  await logIn(staff, 'ines@demo.test');
  const bell = staff.getByRole('button', { name: /^Mitteilungen/ });
  await bell.click();
  const panel = staff.getByRole('region', { name: 'Mitteilungen' });
  await panel.getByText('Was ich erfahren möchte').click();
  await panel.getByLabel('Neue Buchungen, per E-Mail').check();
  await book('Dora Dialekt', 'Inês Carvalho');
  await panel.getByRole('link', { name: 'Neue Buchung: Dora Dialekt' }).waitFor();
  await assertAccessible(staff, 'the notification centre in German');
  await panel.getByRole('button', { name: 'Nachrichten' }).click();
  await panel.getByText('E-Mails an Sie über Ihren Tag und Ihre Termine.').waitFor();
  const email = panel.getByRole('listitem').filter({ hasText: 'Buchung, an Mitarbeiter, E-Mail' });
  await eventually('it is written and kept', async () => {
    await panel.getByRole('button', { name: 'Neuigkeiten' }).click();
    await panel.getByRole('button', { name: 'Nachrichten' }).click();
    await panel.getByText('Noch keine Nachricht.').or(email.first()).first().waitFor();
    return (await email.getByText(/nicht gesendet: es ist kein Mailserver eingerichtet$/).count()) === 1;
  });
  await email.getByRole('button', { name: /^Nachricht lesen/ }).click();
  await email.getByText(/\/desk#appointment=/).waitFor();
  await assertAccessible(staff, 'a message in the notification centre');
  assert.equal(await panel.getByText('Dora Dialekt').count(), 0, 'the e-mail names no customer');
  assert.deepEqual(shop.faults, []);
});

test('the owner reads every message in the bell, to customers and to staff', options, async () => {
  const owner = await openOffice(shop, 'today');
  await bellOf(owner).click();
  await panelOf(owner).getByRole('button', { name: 'Messages' }).click();
  for (const [what, words] of [
    ['Booking, to staff, e-mail', /\/desk#appointment=/],
    ['Booking, e-mail', /Your appointment is booked/],
  ] as const) {
    const message = panelOf(owner).getByRole('listitem').filter({ hasText: what }).first();
    await message.getByRole('button', { name: /^Read the message/ }).click();
    await message.getByText(words).first().waitFor();
  }
  await assertAccessible(owner, 'messages in the bell');
  assert.deepEqual(shop.faults, []);
});
