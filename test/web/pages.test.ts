import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, eventually, findBrowser, lineOf, logIn, openRoomyShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
before(async () => {
  if (browser !== undefined) shop = await openRoomyShop(browser);
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});

/** The booking page of one person's haircuts, on a day that is not tomorrow: nothing there is too soon to be booked, or to be cancelled. */
async function visitTimes(where = '', extras: Parameters<Shop['visit']>[1] = {}): Promise<Page> {
  const page = await shop.visit(where === '' ? await linkToHaircuts() : where, extras);
  await page.locator('.day[data-free="some"]').nth(2).click();
  await page.locator('.time').first().waitFor();
  return page;
}

async function linkToHaircuts(): Promise<string> {
  const read = async (what: string) => (await (await fetch(`${shop.url}/v1/${what}`)).json()).items;
  const [service] = await read('services');
  const [person] = await read('staff');
  return `/?service=${service.id}&staff=${person.id}`;
}

const timesOn = (page: Page) => page.locator('.time:not([data-lost])').allTextContents();
const timeOn = (page: Page, clock: string) => page.locator('.time:not([data-lost])', { hasText: new RegExp(`^${clock}$`) });

async function giveName(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('E-mail').fill(`${name.toLowerCase().replaceAll(' ', '.')}@example.org`);
}

async function deskOnDayOf(page: Page): Promise<Page> {
  const day = await page.locator('.day input:checked').getAttribute('value');
  const desk = await shop.visit('/desk');
  await logIn(desk);
  await desk.getByLabel('Date').fill(day ?? '');
  await desk.locator('.column').first().waitFor();
  return desk;
}

test('a time held on one page leaves the other and shows on the desk, and then the appointment does', options, async () => {
  const [here, there] = [await visitTimes(), await visitTimes()];
  const desk = await deskOnDayOf(here);
  const [clock = ''] = await timesOn(here);
  assert.ok((await timesOn(there)).includes(clock));
  await timeOn(here, clock).click();
  await here.getByLabel('Name').waitFor();
  await eventually(`${clock} leaves the other page`, async () => !(await timesOn(there)).includes(clock));
  await eventually('it is told to those who listen', async () => /no longer free/.test((await there.locator('[role=status].only-heard').textContent()) ?? ''));
  await desk.locator('.claim[data-kind="hold"]', { hasText: clock }).waitFor();
  await giveName(here, 'Ada Holm');
  await here.getByRole('button', { name: `Book ${clock}` }).click();
  await here.getByRole('heading', { name: 'You are booked' }).waitFor();
  await desk.locator('.claim[data-status="booked"]', { hasText: 'Ada Holm' }).waitFor();
  assert.equal(await desk.locator('.claim[data-kind="hold"]').count(), 0);
});

test('a time that is given back is free again everywhere', options, async () => {
  const [here, there] = [await visitTimes(), await visitTimes()];
  const [clock = ''] = await timesOn(here);
  await timeOn(here, clock).click();
  await here.getByLabel('Name').waitFor();
  await eventually(`${clock} leaves the other page`, async () => !(await timesOn(there)).includes(clock));
  await here.goBack();
  await here.getByRole('heading', { name: 'Book a time' }).waitFor();
  await eventually(`${clock} is back on both`, async () => (await timesOn(there)).includes(clock) && (await timesOn(here)).includes(clock));
});

test('who asks a moment too late is told so and offered the nearest times, and one of them can be booked', options, async () => {
  const [late, early] = [await visitTimes(), await visitTimes()];
  const [clock = ''] = await timesOn(late);
  const { promise: isTaken, resolve: taken } = Promise.withResolvers<void>();
  await late.route('**/v1/holds', async (route) => {
    await isTaken;
    await route.continue();
  });
  await timeOn(late, clock).click();
  await timeOn(early, clock).click();
  await early.getByLabel('Name').waitFor();
  taken();
  const notice = late.getByRole('alert');
  await notice.waitFor();
  assert.match((await notice.textContent()) ?? '', /has just taken this time/);
  const others = notice.getByRole('button');
  assert.ok((await others.count()) >= 3);
  await others.first().click();
  await late.getByLabel('Name').waitFor();
  await late.goBack();
  await early.goBack();
});

test('the keyboard alone books a time, and what is missing in the form is said at its field', options, async () => {
  const page = await shop.visit('/');
  const { keyboard } = page;
  const tabTo = async (selector: string) => {
    for (let presses = 0; presses < 40; presses += 1) {
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
      await keyboard.press('Tab');
    }
    assert.fail(`Tab never came to ${selector}`);
  };
  await page.locator('.service').first().waitFor();
  await tabTo('button.service');
  await keyboard.press('Enter');
  await page.locator('.day[data-free="some"]').first().waitFor();
  await tabTo('input[name="day"]');
  // To the next day that has free times: what comes next may be closed.
  const chosenDay = page.locator('.day:has(input:checked)');
  for (let presses = 0; presses === 0 || (presses < 14 && (await chosenDay.getAttribute('data-free')) !== 'some'); presses += 1)
    await keyboard.press('ArrowRight');
  await page.locator('.time').nth(2).waitFor();
  await tabTo('.time');
  await keyboard.press('ArrowRight');
  await keyboard.press('ArrowRight');
  const clock = await page.locator('.time').nth(2).textContent();
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), clock);
  await keyboard.press('Enter');
  await page.getByLabel('Name').waitFor();
  await tabTo('#name');
  await keyboard.type('Kay');
  await keyboard.press('Enter');
  await eventually('the e-mail field has the focus', () => page.evaluate(() => document.activeElement?.id === 'email'));
  assert.match((await page.locator('#email-wrong').textContent()) ?? '', /e-mail address/);
  await keyboard.type('kay@example.org');
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1');
});

test('an appointment is cancelled by its link, in two steps, and its time is free again', options, async () => {
  const [here, there] = [await visitTimes(), await visitTimes()];
  const clock = (await timesOn(here)).at(-1) ?? '';
  await timeOn(here, clock).click();
  await giveName(here, 'Cleo');
  await here.getByRole('button', { name: `Book ${clock}` }).click();
  await here.getByRole('heading', { name: 'You are booked' }).waitFor();
  await eventually(`${clock} is taken`, async () => !(await timesOn(there)).includes(clock));
  await here.reload();
  await here.getByRole('button', { name: 'Cancel this appointment' }).click();
  await here.getByRole('button', { name: 'Yes, cancel it' }).click();
  await here.getByRole('heading', { name: 'This appointment is cancelled' }).waitFor();
  await eventually(`${clock} is free`, async () => (await timesOn(there)).includes(clock));
});

test('times are shown on the clock of the place, and the page says whose clock that is', options, async () => {
  const page = await visitTimes('', { timezoneId: 'America/New_York' });
  assert.match((await page.locator('.zone-note').textContent()) ?? '', /Western European/);
  await page.context().close();
});

test('a page that was cut off says so, and shows afterwards what it has missed', options, async () => {
  const [here, there] = [await visitTimes(), await visitTimes()];
  const clock = (await timesOn(here)).at(-1) ?? '';
  lineOf(there).cut();
  await there.getByText('The connection was lost').waitFor();
  await timeOn(here, clock).click();
  await here.getByLabel('Name').waitFor();
  assert.ok((await timesOn(there)).includes(clock));
  lineOf(there).mend();
  await eventually(`${clock} leaves the page that was away`, async () => !(await timesOn(there)).includes(clock));
  await there.getByText('Live', { exact: true }).waitFor();
  await here.goBack();
});

test('a change that is lost on its way is made up for at the next beacon', options, async () => {
  const [here, there] = [await visitTimes(), await visitTimes()];
  const clock = (await timesOn(here)).at(-1) ?? '';
  lineOf(there).loses = /slots-changed/;
  await timeOn(here, clock).click();
  await here.getByLabel('Name').waitFor();
  assert.ok((await timesOn(there)).includes(clock));
  await eventually(`${clock} leaves the page that heard nothing of it`, async () => !(await timesOn(there)).includes(clock));
  await here.goBack();
});

test('a line that is dead without a word is noticed and replaced', options, async () => {
  const page = await shop.visit('/', { viewport: { width: 1280, height: 900 } });
  await page.clock.install();
  await page.goto(`${shop.url}${await linkToHaircuts()}`);
  const line = lineOf(page);
  const { beacons } = line;
  await eventually('a beacon has come', async () => line.beacons > beacons);
  const { opened } = line;
  line.loses = /beacon/;
  await page.clock.fastForward(20_000);
  await eventually('there is a new connection', async () => line.opened > opened);
  await page.getByText('Live', { exact: true }).waitFor();
});

test('on a phone nothing is wider than the screen and everything to touch is large enough', options, async () => {
  const page = await visitTimes('', { viewport: { width: 390, height: 844 }, hasTouch: true });
  const tooSmall = () =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, a, input, select, textarea')]
        .filter((element) => element.checkVisibility() && !element.matches('.skip') && Math.round(element.getBoundingClientRect().height) < 44)
        .map((element) => element.outerHTML.slice(0, 120)),
    );
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.deepEqual([await tooSmall(), await overflow()], [[], 0]);
  await page.locator('.time').first().click();
  await page.getByLabel('Name').waitFor();
  assert.deepEqual([await tooSmall(), await overflow()], [[], 0]);
  await page.goBack();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the booking page, ${colorScheme}`, options, async () => {
    const page = await shop.visit('/', { colorScheme });
    await page.locator('.service').first().waitFor();
    await assertAccessible(page, 'services', colorScheme);
    await page.locator('.service').first().click();
    await page.locator('.time').first().waitFor();
    await assertAccessible(page, 'times', colorScheme);
    await page.locator('.time').last().click();
    await page.getByRole('button', { name: /^Book / }).click();
    await assertAccessible(page, 'a form with errors', colorScheme);
    // Not the same customer twice: the last time of the day may be free with two people.
    await giveName(page, `Axel ${colorScheme}`);
    await page.getByRole('button', { name: /^Book / }).click();
    await page.locator('.confirmation').waitFor();
    await assertAccessible(page, 'confirmation', colorScheme);
  });
}

test('no page has done anything that its policy forbids, and no script has failed', options, () => {
  assert.deepEqual(shop.faults, []);
});
