// What the desk says is so, what is typed there stays, and what was done is undone.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { dateIn } from '../support/dates.ts';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, logIn, openRoomyShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
let token: string;
let ids: { readonly serviceId: string; readonly staffId: string };
before(async () => {
  if (browser === undefined) return;
  shop = await openRoomyShop(browser);
  token = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
  const first = async (what: string) => (await askOver(shop.url, 'GET', `/v1/${what}`)).body.items[0].id;
  ids = { serviceId: await first('services'), staffId: await first('staff') };
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});

/** The desk on a day two weeks ahead, at the place of the first staff member. */
async function visitDesk(day: string, extras: Parameters<Shop['visit']>[1] = {}): Promise<Page> {
  const desk = await shop.visit('/desk?view=day', extras);
  await logIn(desk);
  await desk.getByLabel('Date').fill(day);
  await desk.locator('.column').first().waitFor();
  return desk;
}

async function firstFreeDay(): Promise<{ readonly day: string; readonly starts: readonly string[] }> {
  const search = `serviceId=${ids.serviceId}&staffId=${ids.staffId}&from=${dateIn(10)}&to=${dateIn(30)}`;
  const slots: readonly { readonly startsAt: string }[] = (await askOver(shop.url, 'GET', `/v1/slots?${search}`)).body.slots;
  const day = slots[0]?.startsAt.slice(0, 10) ?? '';
  return { day, starts: slots.map(({ startsAt }) => startsAt).filter((startsAt) => startsAt.startsWith(day)) };
}

test('the form of the desk stays open until yes: a refused field is marked, and a click elsewhere or a reload loses nothing', options, async () => {
  const { day } = await firstFreeDay();
  const desk = await visitDesk(day);
  const panel = desk.getByRole('complementary');
  const send = panel.getByRole('button', { name: /^Book / });
  await desk
    .getByRole('button', { name: /^New for/ })
    .first()
    .click();
  await panel.getByLabel('Customer').fill('Walter Inn');
  await panel.getByLabel('E-mail').fill('walter@');
  await panel.getByLabel('Notes').fill('By the window');
  await eventually('there is a free time', () => send.isEnabled());
  await send.click();
  await panel.locator('#new-email[aria-invalid="true"]').waitFor();
  assert.match((await panel.locator('#new-email-wrong').textContent()) ?? '', /^The e-mail address /);
  assert.equal(await panel.getByLabel('Customer').inputValue(), 'Walter Inn');
  await panel.getByRole('button', { name: 'Close', exact: true }).first().click();
  await desk.reload();
  await desk.getByLabel('Date').fill(day);
  await desk
    .getByRole('button', { name: /^New for/ })
    .first()
    .click();
  await panel.getByText('This draft is not booked yet').waitFor();
  assert.deepEqual([await panel.getByLabel('Customer').inputValue(), await panel.getByLabel('Notes').inputValue()], ['Walter Inn', 'By the window']);
  await panel.getByLabel('E-mail').fill('walter@example.org');
  await eventually('there is a free time', () => send.isEnabled());
  await send.click();
  await panel.waitFor({ state: 'detached' });
  await desk.locator('.claim', { hasText: 'Walter Inn' }).waitFor();
  await desk
    .getByRole('button', { name: /^New for/ })
    .first()
    .click();
  assert.equal(await panel.getByLabel('Customer').inputValue(), '');
});

test('a move of the desk is undone within eight seconds', options, async () => {
  const { day, starts } = await firstFreeDay();
  const made = await askOver(shop.url, 'POST', '/v1/appointments', {
    token,
    body: { ...ids, startsAt: starts[0], customer: { name: 'Una Undo', email: 'una@example.org' } },
  });
  assert.equal(made.status, 201, made.text);
  const desk = await visitDesk(day);
  const claim = desk.locator('.claim', { hasText: 'Una Undo' });
  const before = await claim.textContent();
  await claim.click();
  await desk.getByRole('button', { name: 'Move', exact: true }).click();
  await desk.getByLabel('Time').selectOption({ index: 3 });
  await desk.getByRole('button', { name: /^Move to/ }).click();
  await eventually('it has moved', async () => (await claim.textContent()) !== before);
  await desk.getByRole('button', { name: 'Undo', exact: true }).click();
  await eventually('it is back', async () => (await claim.textContent()) === before);
  await eventually('nothing is left to undo', async () => (await desk.getByRole('button', { name: 'Undo', exact: true }).count()) === 0);
});

test('a hold that is looked at on the desk is followed into its appointment', options, async () => {
  const { day, starts } = await firstFreeDay();
  const desk = await visitDesk(day);
  const held = await askOver(shop.url, 'POST', '/v1/holds', { body: { ...ids, startsAt: starts[1] } });
  await desk.locator('.claim[data-kind="hold"]').click();
  await desk.getByRole('heading', { name: 'On hold' }).waitFor();
  const body = { holdId: held.body.id, customer: { name: 'Flora Followed', email: 'flora@example.org' } };
  await askOver(shop.url, 'POST', '/v1/appointments', { body, headers: { 'hold-token': held.body.token } });
  await desk.getByRole('complementary').getByRole('heading', { name: 'Flora Followed' }).waitFor();
  assert.equal(await desk.getByText('No longer here').count(), 0);
});

test('a day off is called all day, and a day on which no one works closed', options, async () => {
  const { day } = await firstFreeDay();
  const staff: readonly { id: string }[] = (await askOver(shop.url, 'GET', '/v1/staff')).body.items;
  const later = dateIn(40);
  for (const { id } of staff) {
    const off = await askOver(shop.url, 'POST', `/v1/staff/${id}/time-off`, {
      token,
      body: { startsAt: `${dateIn(39)}T00:00:00Z`, endsAt: `${dateIn(42)}T00:00:00Z`, reason: 'Outing' },
    });
    assert.ok(off.status < 300, off.text);
  }
  const desk = await visitDesk(later);
  await desk.getByText('Outing, all day').first().waitFor();
  await desk.getByText('Closed: no one works on this day.').waitFor();
  await desk.getByText('Not working').first().waitFor();
  await desk.getByLabel('Date').fill(day);
  await desk.getByText('Closed: no one works on this day.').waitFor({ state: 'detached' });
});

test('a customer who opens the desk is told so and led to their own appointments', options, async () => {
  const page = await shop.visit('/desk');
  await page.getByLabel('E-mail').fill('customer@demo.test');
  await page.getByLabel('Password').fill(TEST_PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'The front desk is for staff' }).waitFor();
  assert.equal(await page.locator('[aria-busy="true"]').count(), 0);
  await assertAccessible(page, 'a customer at the desk');
  await page.getByRole('link', { name: 'My appointments' }).click();
  await page.getByRole('heading', { name: 'Appointments' }).waitFor();
});

test('a login after a session that has ended says so, and one after logging out says nothing', options, async () => {
  const desk = await shop.visit('/desk');
  await logIn(desk, 'desk@demo.test');
  // Ended from elsewhere, as by a new password.
  const login = await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'desk@demo.test', password: TEST_PASSWORD } });
  await askOver(shop.url, 'DELETE', '/v1/auth/sessions', { token: login.body.accessToken });
  await desk.getByText('Your session has ended.').waitFor();
  await logIn(desk, 'desk@demo.test');
  // The live connection hears that the session is over before the page has its answer.
  await desk.route('**/v1/auth/logout', async (route) => {
    const response = await route.fetch();
    await wait(300);
    await route.fulfill({ response });
  });
  await desk.getByRole('button', { name: 'Log out' }).click();
  await desk.getByRole('button', { name: 'Log in' }).waitFor();
  await wait(300);
  assert.equal(await desk.getByText('Your session has ended.').count(), 0);
});

for (const width of [390, 1024, 1280, 1440]) {
  test(`nothing in the toolbar of the desk is drawn over anything else at ${width} px`, options, async () => {
    const desk = await visitDesk(dateIn(9), { viewport: { width, height: 800 } });
    const overlaps = await desk.evaluate(() => {
      const parts = [...document.querySelectorAll<HTMLElement>('.toolbar :is(h1 > span, select, button, input, .wordmark, .connection)')]
        .filter((part) => part.checkVisibility() && part.getBoundingClientRect().width > 2)
        .map((part) => ({ words: part.outerHTML.slice(0, 60), box: part.getBoundingClientRect() }));
      return parts.flatMap((one, place) =>
        parts
          .slice(place + 1)
          .filter(({ box }) => box.left < one.box.right - 1 && one.box.left < box.right - 1 && box.top < one.box.bottom - 1 && one.box.top < box.bottom - 1)
          .map((other) => `${one.words} and ${other.words}`),
      );
    });
    assert.deepEqual(overlaps, []);
    assert.equal(await desk.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
    await desk.context().close();
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in a refused form of the desk, ${colorScheme}`, options, async () => {
    const desk = await visitDesk((await firstFreeDay()).day, { colorScheme });
    await desk
      .getByRole('button', { name: /^New for/ })
      .first()
      .click();
    const panel = desk.getByRole('complementary');
    await panel.getByLabel('Customer').fill('Axel');
    await panel.getByLabel('E-mail').fill('axel@');
    await eventually('there is a free time', () => panel.getByRole('button', { name: /^Book / }).isEnabled());
    await panel.getByRole('button', { name: /^Book / }).click();
    await panel.locator('[aria-invalid="true"]').waitFor();
    await assertAccessible(desk, 'a refused form', colorScheme);
  });
}

test('no page has done anything that its policy forbids, and no script has failed', options, () => {
  assert.deepEqual(shop.faults, []);
});

test('a flood of bookings is seen from any one of them and cancelled in one action', options, async () => {
  const { day, starts } = await firstFreeDay();
  const booked: string[] = [];
  for (const startsAt of [starts[0], starts.at(-1)]) {
    const body = { ...ids, startsAt, customer: { name: 'Ina Invented', email: 'ina@example.org' } };
    const made = await askOver(shop.url, 'POST', '/v1/appointments', { body });
    assert.equal(made.status, 201, made.text);
    booked.push(made.body.id);
  }
  const desk = await visitDesk(day);
  await desk.locator('.claim', { hasText: 'Ina Invented' }).first().click();
  await desk.getByRole('button', { name: 'Bookings from the same source' }).click();
  const dialog = desk.getByRole('dialog');
  await dialog.getByRole('heading', { name: /^Cancel \d+ appointments\?$/ }).waitFor();
  await dialog
    .getByText(/^Ina Invented, /)
    .first()
    .waitFor();
  await assertAccessible(desk, 'what comes from one source');
  await dialog.getByRole('button', { name: 'Cancel all of them' }).click();
  for (const id of booked)
    await eventually('it is cancelled', async () => (await askOver(shop.url, 'GET', `/v1/appointments/${id}`, { token })).body.status === 'cancelled');
  await eventually('they are gone from the board', async () => (await desk.locator('.claim', { hasText: 'Ina Invented' }).count()) === 0);
});
