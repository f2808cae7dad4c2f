// A customer who has another appointment at the time: the pages say so, keep what was typed, and book or move all the same when they are told to.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HOUR } from '../../src/model/instant.ts';
import type { BoardClaim } from '../../web/desk/board.ts';
import { type DeskCommand, elsewhere, overlapping, requestOf, undoing } from '../../web/desk/commands.ts';
import { dateIn } from '../support/dates.ts';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, logIn, openRoomyShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
let token: string;
let serviceId: string;
before(async () => {
  if (browser === undefined) return;
  shop = await openRoomyShop(browser);
  token = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
  serviceId = (await askOver(shop.url, 'GET', '/v1/services')).body.items[0].id;
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});

type Offer = { readonly startsAt: string; readonly staffId: string };

/** Two people at one location, for the desk the one that it opens with, who are free at the same time, and later on the second one's day, not before the nth such time. */
async function freeTogether(
  nth: number,
  isForDesk = true,
): Promise<{ readonly first: Offer; readonly second: Offer; readonly later: Offer; readonly day: string }> {
  const people: readonly { readonly id: string; readonly locationId: string }[] = (await askOver(shop.url, 'GET', '/v1/staff')).body.items;
  const placeOf = (staffId: string) => people.find(({ id }) => id === staffId)?.locationId;
  const place = (await askOver(shop.url, 'GET', '/v1/locations')).body.items[0].id;
  // The booking page shows a week at a time, the desk any day.
  const where = isForDesk ? `to=${dateIn(20)}&locationId=${place}` : `to=${dateIn(6)}`;
  const slots: readonly Offer[] = (await askOver(shop.url, 'GET', `/v1/slots?serviceId=${serviceId}&from=${dateIn(2)}&${where}`)).body.slots;
  const found = slots.flatMap((first) => {
    const isSame = ({ startsAt, staffId }: Offer) => startsAt === first.startsAt && staffId !== first.staffId && placeOf(staffId) === placeOf(first.staffId);
    const second = slots.find(isSame);
    const day = first.startsAt.slice(0, 10);
    const later = slots.findLast(({ startsAt, staffId }) => staffId === second?.staffId && startsAt.startsWith(day));
    return second !== undefined && later !== undefined && Date.parse(later.startsAt) - Date.parse(second.startsAt) >= 2 * HOUR
      ? [{ first, second, later, day }]
      : [];
  });
  return found[nth] ?? assert.fail('no two people are free at the same time');
}

async function book({ startsAt, staffId }: Offer, email: string, asOwner = true, name = 'Twice Booked', phone?: string): Promise<void> {
  const body = { serviceId, startsAt, staffId, customer: { name, email, ...(phone !== undefined && { phone }) } };
  const made = await askOver(shop.url, 'POST', '/v1/appointments', { body, ...(asOwner && { token }) });
  assert.equal(made.status, 201, made.text);
}

test('the booking page says it, keeps what was typed, and books it all the same', options, async () => {
  const { first, second, day } = await freeTogether(0, false);
  await book(first, 'twice@example.org', false);
  const page = await shop.visit(`/?service=${serviceId}&staff=${second.staffId}`);
  await page.locator(`.day:has(input[value="${day}"])`).click();
  await page.locator(`.time[data-start="${Date.parse(second.startsAt)}"]`).click();
  await page.getByLabel('Name').fill('Twice Booked');
  await page.getByLabel('E-mail').fill('twice@example.org');
  await page.getByRole('button', { name: /^Book \d/ }).click();
  await page.getByRole('alert').filter({ hasText: 'This e-mail address already has an appointment at this time.' }).waitFor();
  assert.equal(await page.getByLabel('Name').inputValue(), 'Twice Booked');
  await assertAccessible(page, 'a customer who is busy');
  await page.getByRole('button', { name: 'Book it anyway' }).click();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
});

describe('the desk', () => {
  test('says when the other appointment is, and books it all the same', options, async () => {
    const { first, second, day } = await freeTogether(1);
    await book(first, 'walk-in@example.org');
    const desk = await shop.visit('/desk');
    await logIn(desk, 'owner@demo.test');
    await desk.getByLabel('Date').fill(day);
    const name = (await askOver(shop.url, 'GET', `/v1/staff/${second.staffId}`)).body.name;
    await desk.getByRole('button', { name: `New for ${name}` }).click();
    const panel = desk.getByRole('complementary');
    await panel.getByLabel('Service').selectOption(serviceId);
    await panel.locator('#new-start').selectOption(String(Date.parse(second.startsAt)));
    await panel.getByLabel('Customer').fill('Walter Twice');
    await panel.getByLabel('E-mail').fill('walk-in@example.org');
    await panel.getByRole('button', { name: /^Book \d/ }).click();
    await panel.getByText(/This customer has another appointment from \d+:\d+ to \d+:\d+\./).waitFor();
    assert.equal(await panel.getByLabel('Customer').inputValue(), 'Walter Twice');
    await assertAccessible(desk, 'a customer who is busy');
    await panel.getByRole('button', { name: 'Book it anyway' }).click();
    await desk.locator('.claim', { hasText: 'Walter Twice' }).waitFor();
  });

  test('moves it all the same', options, async () => {
    const { first, second, later, day } = await freeTogether(2);
    await book(first, 'moved@example.org');
    await book(later, 'moved@example.org', true, 'Mona Moved');
    const desk = await shop.visit('/desk');
    await logIn(desk, 'owner@demo.test');
    await desk.getByLabel('Date').fill(day);
    const claim = desk.locator('.claim', { hasText: 'Mona Moved' });
    const before = await claim.textContent();
    await claim.click();
    await desk.getByRole('button', { name: 'Move', exact: true }).click();
    await desk.locator('#move-start').selectOption(String(Date.parse(second.startsAt)));
    await desk.getByRole('button', { name: /^Move to/ }).click();
    await desk.getByText('This customer has another appointment from').waitFor();
    await desk.getByRole('button', { name: 'Move it anyway' }).click();
    await eventually('it has moved', async () => (await claim.textContent()) !== before);
  });

  test('finds a customer by half a number with the keyboard, and corrects them in place', options, async () => {
    const { first } = await freeTogether(0);
    await book(first, 'found@example.org', false, 'Fiona Found', '+49 30 7654321');
    const desk = await shop.visit('/desk');
    await logIn(desk);
    await desk.keyboard.press('/');
    await desk.keyboard.type('65432');
    const option = desk.getByRole('option', { name: /Fiona Found.*Next:/ });
    await option.waitFor();
    await assertAccessible(desk, 'customers found');
    await desk.keyboard.press('Enter');
    const panel = desk.getByRole('complementary', { name: 'Fiona Found' });
    await panel.getByRole('listitem').filter({ hasText: 'with' }).first().waitFor();
    await assertAccessible(desk, 'a customer');
    await panel.getByRole('button', { name: 'Edit' }).click();
    await panel.getByLabel('Phone').fill('030 1111111');
    await panel.getByLabel('Notes for staff').fill('Rings twice');
    await panel.getByLabel('Tags').fill('regular, window seat');
    await assertAccessible(desk, 'a customer who is edited');
    await panel.getByRole('button', { name: 'Save' }).click();
    await panel.getByText('window seat').waitFor();
    await panel.getByText('030 1111111').waitFor();
    await desk.getByLabel(/^Find a customer/).fill('no such person');
    await desk.getByText('No customer found. Try part').waitFor();
  });

  test('books for somebody known without typing who they are, and a walk-in by name alone', options, async () => {
    const { first, second, day } = await freeTogether(0);
    await book(first, 'known@example.org', false, 'Kim Known', '+49 30 2223334');
    const desk = await shop.visit('/desk');
    await logIn(desk, 'owner@demo.test');
    await desk.getByLabel('Date').fill(day);
    const name = (await askOver(shop.url, 'GET', `/v1/staff/${second.staffId}`)).body.name;
    const panel = desk.getByRole('complementary');
    const open = async (start: string) => {
      await desk.getByRole('button', { name: `New for ${name}` }).click();
      await panel.getByLabel('Service').selectOption(serviceId);
      await panel.locator('#new-start').selectOption(String(Date.parse(start)));
    };
    await open(second.startsAt);
    await panel.getByText('No message is sent: there is no e-mail address and no phone number.').waitFor();
    await panel.getByLabel('Phone').fill('030 2223334');
    await panel.getByRole('button', { name: 'Kim Known?' }).waitFor();
    await panel.getByLabel('Phone').fill('');
    await panel.getByLabel('Customer').pressSequentially('kim kn');
    await panel.getByRole('option', { name: /Kim Known/ }).waitFor();
    await desk.keyboard.press('ArrowDown');
    await desk.keyboard.press('Enter');
    await panel.getByText('No message is sent: no mail server is set up.').waitFor();
    await assertAccessible(desk, 'a known customer in the form');
    await panel.getByRole('button', { name: /^Book \d/ }).click();
    // Somebody who is known has the other appointment too.
    await panel.getByRole('button', { name: 'Book it anyway' }).click();
    await eventually('there are two', async () => (await desk.locator('.claim', { hasText: 'Kim Known' }).count()) === 2);
  });

  const claim: BoardClaim = { kind: 'appointment', id: 'a', startsAt: 0, endsAt: 1, lane: 0, seats: 1, serviceId: null, status: 'booked' };
  const [ada, bo] = [
    { staffId: 'ada', calendarId: 'a' },
    { staffId: 'bo', calendarId: 'b' },
  ];
  const move: DeskCommand = { type: 'move', claim, from: ada, to: bo, startsAt: 60_000 };
  const isAllowed = (command: DeskCommand | undefined) => command && (requestOf(command).body as { readonly allowOverlap?: boolean }).allowOverlap;

  test('allows an overlap only for the time at which it was told to', () => {
    assert.equal(isAllowed(move), undefined);
    const both = overlapping(move) ?? assert.fail();
    assert.equal(isAllowed(both), true);
    assert.equal(isAllowed(elsewhere(both, ada, 120_000)), undefined);
  });

  test('takes a move back to where it was, whatever else the customer has then', () => {
    assert.equal(isAllowed(undoing(move, {})), true);
  });
});
