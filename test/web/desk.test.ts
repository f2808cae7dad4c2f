import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { timeNow } from '../support/clock.ts';
import { dateIn } from '../support/dates.ts';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, dragByMouse, eventually, findBrowser, lineOf, logIn, openRoomyShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const HOLD_SECONDS = 6;
let shop: Shop;
before(async () => {
  if (browser !== undefined) shop = await openRoomyShop(browser, { HOLD_SECONDS: String(HOLD_SECONDS) });
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});

/** The next day on which somebody has something in the calendar: whatever the weekday is, and nothing there has passed. */
async function visitDesk(extras: Parameters<Shop['visit']>[1] = {}, email?: string): Promise<Page> {
  const desk = await shop.visit('/desk', extras);
  await logIn(desk, email);
  for (let days = 0; days < 4; days += 1) {
    await desk.getByRole('button', { name: 'Day after' }).click();
    await desk.locator('.grid').waitFor();
    if ((await desk.locator('.claim[data-status="booked"]').count()) > 2) return desk;
  }
  assert.fail('nothing is booked in the next days');
}

const wordsOf = (desk: Page) => desk.locator('.claim:focus').textContent();
const heard = (desk: Page) => desk.locator('[role=status].only-heard').textContent();

/** A booking page with the first free time of a person on the second free day, which `hold` holds for HOLD_SECONDS. */
async function findSomething(): Promise<{ readonly page: Page; readonly clock: string; readonly day: string; hold(): Promise<void> }> {
  const read = async (what: string) => (await (await fetch(`${shop.url}/v1/${what}`)).json()).items;
  const [service] = await read('services');
  const [person] = await read('staff');
  const page = await shop.visit(`/?service=${service.id}&staff=${person.id}`);
  await page.locator('.day[data-free="some"]').nth(1).click();
  const clock = (await page.locator('.time').first().textContent()) ?? '';
  const day = (await page.locator('.day input:checked').getAttribute('value')) ?? '';
  const hold = async () => {
    await page.locator('.time').first().click();
    await page.getByLabel('Name').waitFor();
  };
  return { page, clock, day, hold };
}

test('the demo says who to log in as, and not the password', options, async () => {
  const desk = await shop.visit('/desk');
  await desk.getByText('log in as desk@demo.test with the password printed when the server started').waitFor();
  assert.ok(!(await desk.content()).includes(TEST_PASSWORD));
});

test('a wrong password is refused in plain words, the right one opens the day, and a reload keeps it open', options, async () => {
  const desk = await shop.visit('/desk');
  await desk.getByLabel('E-mail').fill('desk@demo.test');
  await desk.getByLabel('Password').fill('not the password');
  await desk.getByRole('button', { name: 'Log in' }).click();
  assert.match((await desk.getByRole('alert').textContent()) ?? '', /Wrong e-mail/);
  await logIn(desk, 'desk@demo.test');
  await desk.reload();
  await desk.locator('.column').first().waitFor();
  await desk.getByRole('button', { name: 'Log out' }).click();
  await desk.getByRole('button', { name: 'Log in' }).waitFor();
  await desk.reload();
  await desk.getByRole('button', { name: 'Log in' }).waitFor();
});

test('staff see their own day only', options, async () => {
  const desk = await shop.visit('/desk');
  await logIn(desk, 'ines@demo.test');
  assert.deepEqual(await desk.locator('.column h2').allTextContents(), ['Inês Carvalho']);
});

/** An appointment on another day, where the next time is free as well. */
async function bookWithRoomBelow(): Promise<{ readonly id: string; readonly date: string }> {
  const serviceId = (await askOver(shop.url, 'GET', '/v1/services')).body.items[0].id;
  const staffId = (await askOver(shop.url, 'GET', '/v1/staff')).body.items[0].id;
  const { slots, timeZone } = (await askOver(shop.url, 'GET', `/v1/slots?serviceId=${serviceId}&staffId=${staffId}&from=${dateIn(2)}&to=${dateIn(9)}`)).body;
  const slot = slots.find(({ endsAt }: { endsAt: string }) => slots.some(({ startsAt }: { startsAt: string }) => startsAt === endsAt));
  const customer = { name: 'Marian Mover', email: 'mover@example.org' };
  const booked = await askOver(shop.url, 'POST', '/v1/appointments', { body: { serviceId, staffId, startsAt: slot.startsAt, customer } });
  assert.equal(booked.status, 201, booked.text);
  return { id: booked.body.id, date: Temporal.Instant.from(slot.startsAt).toZonedDateTimeISO(timeZone).toPlainDate().toString() };
}

test('an appointment moved with the keyboard on one desk moves on the other', options, async () => {
  const booked = await bookWithRoomBelow();
  const [here, there] = [await visitDesk(), await visitDesk()];
  for (const desk of [here, there]) await desk.getByLabel('Date', { exact: true }).fill(booked.date);
  await here.locator(`#claim-${booked.id}`).focus();
  const before = await wordsOf(here);
  await here.keyboard.press('Shift+ArrowDown');
  await eventually('the server has said what is free', async () => {
    await here.keyboard.press('ArrowDown');
    return / free$/.test((await heard(here)) ?? '') && !/not free/.test((await heard(here)) ?? '');
  });
  await here.keyboard.press('Enter');
  await here.getByRole('dialog').getByRole('button', { name: 'Move it' }).click();
  await here.locator(`#claim-${booked.id}`).focus();
  await eventually('it has moved', async () => (await wordsOf(here)) !== before);
  const moved = (await wordsOf(here)) ?? '';
  await eventually('it has moved there too', async () => (await there.locator(`#claim-${booked.id}`).textContent()) === moved);
});

test('Escape leaves a moving appointment where it was', options, async () => {
  const desk = await visitDesk();
  await desk.locator('.claim[data-status="booked"]').first().focus();
  const before = await wordsOf(desk);
  await desk.keyboard.press('Shift+ArrowDown');
  await desk.locator('.ghost').waitFor();
  await desk.keyboard.press('Escape');
  assert.equal(await desk.locator('.ghost').count(), 0);
  assert.equal(await wordsOf(desk), before);
});

test('an appointment dragged to where another one is stays, and the reason and the nearest times are shown', options, async () => {
  // The whole day fits into this window, so both are on the screen.
  const desk = await visitDesk({ viewport: { width: 1280, height: 2_400 } });
  const column = desk
    .locator('.column')
    .filter({ has: desk.locator('.claim[data-status="booked"]').nth(1) })
    .first();
  const both = [0, 1].map((index) => column.locator('.claim[data-status="booked"]').nth(index));
  const placed = await Promise.all(both.map(async (claim) => ({ claim, box: (await claim.boundingBox()) ?? assert.fail('is on the screen') })));
  // The shorter one goes to where the longer one is, so that it ends there within the hours.
  const [moved, other] = placed.toSorted((one, another) => one.box.height - another.box.height);
  if (moved === undefined || other === undefined) assert.fail('two are booked');
  const [from, to] = [moved.box, other.box];
  const before = await moved.claim.textContent();
  await desk.route('**/v1/slots?**', (route) => route.abort());
  await dragByMouse(desk, { x: from.x + 30, y: from.y + 4 }, { x: to.x + 30, y: to.y + 4 });
  await desk.getByRole('dialog').getByRole('button', { name: 'Move it' }).click();
  const notice = desk.getByRole('alert', { name: 'Not done' });
  await notice.waitFor();
  assert.match((await notice.textContent()) ?? '', /There is an appointment at this time/);
  assert.ok((await notice.getByRole('listitem').count()) >= 3);
  assert.equal(await moved.claim.textContent(), before);
});

test('a walk-in is booked from the day, and cancelled with a reason', options, async () => {
  const desk = await visitDesk();
  const panel = desk.getByRole('complementary');
  const send = panel.getByRole('button', { name: /^Book / });
  const isFull = panel.getByText('This person has no free times on that day.');
  // On some days the first one has nothing free.
  for (const person of await desk.getByRole('button', { name: /^New for/ }).all()) {
    await person.click();
    await eventually('it is known what is free', async () => (await isFull.isVisible()) || (await send.isEnabled()));
    if (await send.isEnabled()) break;
  }
  await panel.getByLabel('Customer').fill('Walter Inn');
  await panel.getByLabel('E-mail').fill('walter@example.org');
  await send.click();
  const claim = desk.locator('.claim', { hasText: 'Walter Inn' });
  await claim.click();
  await panel.getByText('walter@example.org').waitFor();
  await panel.getByRole('button', { name: 'Cancel' }).click();
  const dialog = desk.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('Fell ill');
  await dialog.getByRole('button', { name: 'Cancel the appointment' }).click();
  await claim.waitFor({ state: 'detached' });
  await panel.getByText('This appointment was cancelled.').waitFor();
});

test('blocked time appears, says why, and is removed again', options, async () => {
  const desk = await visitDesk();
  await desk
    .getByRole('button', { name: /^New for/ })
    .last()
    .click();
  const panel = desk.getByRole('complementary');
  await panel.getByLabel('Blocked time').check();
  await panel.getByLabel('From').fill('06:00');
  await panel.getByLabel('To').fill('06:30');
  await panel.getByLabel('Reason').fill('Inventory');
  await panel.getByRole('button', { name: 'Block this time' }).click();
  const block = desk.locator('.claim[data-kind="block"]', { hasText: 'Inventory' });
  await block.click();
  await panel.getByRole('button', { name: 'Remove the block' }).click();
  await block.waitFor({ state: 'detached' });
});

test('a hold is seen running out on the desk, and the customer can take the time once more', options, async () => {
  const { page, clock, day, hold } = await findSomething();
  const desk = await shop.visit('/desk');
  await logIn(desk);
  await desk.getByLabel('Date').fill(day);
  const held = desk.locator('.claim[data-kind="hold"]', { hasText: clock });
  await hold();
  // On a busy machine it may have run out already.
  await page.getByRole('button', { name: /^Hold it (longer|again)$/ }).click();
  await held.waitFor();
  assert.match((await held.textContent()) ?? '', /0:0\d/);
  await held.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Hold it again' }).click();
  await held.waitFor();
  await page.getByLabel('Name').fill('Otto');
  await page.getByLabel('E-mail').fill('otto@example.org');
  await page.getByRole('button', { name: `Book ${clock}` }).click();
  await desk.locator('.claim', { hasText: 'Otto' }).waitFor();
});

test('a desk that was cut off says so, and hears afterwards only what it has missed', options, async () => {
  const { page, clock, day, hold } = await findSomething();
  const desk = await shop.visit('/desk');
  await logIn(desk);
  await desk.getByLabel('Date').fill(day);
  const held = desk.locator('.claim[data-kind="hold"]', { hasText: clock });
  await hold();
  await held.waitFor();
  lineOf(desk).cut();
  await desk.getByText('The connection was lost').waitFor();
  await page.getByRole('button', { name: 'Hold it again' }).waitFor();
  assert.equal(await held.count(), 1);
  lineOf(desk).mend();
  await held.waitFor({ state: 'detached' });
  await desk.getByText('Live', { exact: true }).waitFor();
});

test('when its session is renewed, the desk goes on over the same line and asks for nothing again', options, async () => {
  const desk = await visitDesk();
  const line = lineOf(desk);
  const askedBefore = line.sent.filter((message) => message.includes('"watch-board"')).length;
  // Of one second there is one token only, and the line would have been told of it already.
  const cameIn = Math.floor(timeNow() / 1_000);
  await eventually('a second has passed', async () => Math.floor(timeNow() / 1_000) > cameIn);
  // What a token that has just run out is answered, once: the page renews its session and asks again.
  const unauthenticated = { type: '/problems/unauthenticated', title: 'Log in first', status: 401, code: 'unauthenticated', requestId: 'none' };
  await desk.route('**/v1/appointments/*', (route) => route.fulfill({ status: 401, contentType: 'application/problem+json', json: unauthenticated }), {
    times: 1,
  });
  await desk.locator('.claim[data-status="booked"]').first().click();
  await eventually('the line has been told of the new token', async () => line.sent.filter((message) => message.includes('"refresh-token"')).length === 1);
  await desk.locator('.panel a[href^="mailto:"]').waitFor();
  const beacons = line.beacons;
  await eventually('the line goes on', async () => line.beacons > beacons);
  assert.deepEqual([line.opened, line.sent.filter((message) => message.includes('"watch-board"')).length], [1, askedBefore]);
});

test('a renewal that is not answered is tried again, and the line comes back with it', options, async () => {
  const desk = await visitDesk();
  const line = lineOf(desk);
  const overloaded = {
    type: '/problems/overloaded',
    title: 'Too much at once',
    status: 503,
    code: 'overloaded',
    requestId: 'none',
    retryAfterSeconds: 1,
  } as const;
  await desk.route('**/v1/auth/refresh', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', json: overloaded }), { times: 1 });
  // The server has lost patience with the token, and takes no connection with it.
  line.refuses = { ...overloaded, code: 'unauthenticated', status: 401 };
  line.cut();
  line.mend();
  await desk.getByText('The connection was lost').waitFor();
  await desk.getByText('Live', { exact: true }).waitFor();
  assert.equal(line.refuses, undefined);
});

test('a line that is refused because there are too many is tried again, without another session', options, async () => {
  const desk = await visitDesk();
  const line = lineOf(desk);
  let renewals = 0;
  await desk.route('**/v1/auth/refresh', (route) => {
    renewals += 1;
    return route.continue();
  });
  line.refuses = { type: '/problems/rate-limited', title: 'Too often', status: 429, code: 'rate-limited', requestId: 'none', retryAfterSeconds: 1 };
  line.cut();
  line.mend();
  await desk.getByText('The connection was lost').waitFor();
  await desk.getByText('Live', { exact: true }).waitFor();
  assert.deepEqual([line.refuses, renewals], [undefined, 0]);
});

test('a change that the desk does not hear of is made up for at the next beacon', options, async () => {
  const desk = await visitDesk();
  const { page, clock, day, hold } = await findSomething();
  await desk.getByLabel('Date').fill(day);
  const held = desk.locator('.claim[data-kind="hold"]', { hasText: clock });
  await hold();
  // On a busy machine it may have run out already.
  await page.getByRole('button', { name: /^Hold it (longer|again)$/ }).click();
  await held.waitFor();
  // Its end comes as a message that is lost.
  lineOf(desk).loses = /board-changed/;
  await held.waitFor({ state: 'detached' });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the desk, ${colorScheme}`, options, async () => {
    const entrance = await shop.visit('/desk', { colorScheme });
    await entrance.getByRole('button', { name: 'Log in' }).waitFor();
    await assertAccessible(entrance, 'login', colorScheme);
    const desk = await visitDesk({ colorScheme });
    await assertAccessible(desk, 'the day', colorScheme);
    await desk.locator('.claim[data-status="booked"]').first().click();
    await desk.getByRole('complementary').waitFor();
    await assertAccessible(desk, 'an appointment', colorScheme);
    await desk.getByRole('button', { name: 'Move', exact: true }).click();
    await eventually('free times have come', () => desk.getByRole('button', { name: /^Move to/ }).isEnabled());
    await assertAccessible(desk, 'moving by form', colorScheme);
    await desk
      .getByRole('button', { name: /^New for/ })
      .first()
      .click();
    await eventually('they have come again', () =>
      desk
        .getByRole('complementary')
        .getByRole('button', { name: /^Book / })
        .isEnabled(),
    );
    await assertAccessible(desk, 'a new appointment', colorScheme);
  });
}

test('the desk has done nothing that its policy forbids, and no script has failed', options, () => {
  assert.deepEqual(shop.faults, []);
});
