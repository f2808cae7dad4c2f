// Choosing a time and changing it afterwards, as a customer does it: on a phone, in another language, by a link, and back again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, openRoomyShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
const LONG_NAME = 'Maximiliane-Theodora Freifrau von Hohenstein-Wallburg';
let shop: Shop;
let owner: string;
let ids: { readonly serviceId: string; readonly staffId: string; readonly locationId: string };
before(async () => {
  if (browser === undefined) return;
  shop = await openRoomyShop(browser);
  owner = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
  const first = async (what: string) => (await askOver(shop.url, 'GET', `/v1/${what}`)).body.items[0];
  const { id: staffId, locationId } = await first('staff');
  ids = { serviceId: (await first('services')).id, staffId, locationId };
  for (const name of [LONG_NAME, ...Array.from({ length: 11 }, (_, number) => `Person ${number}`)]) {
    const made = await askOver(shop.url, 'POST', '/v1/staff', { token: owner, body: { name, locationId, serviceIds: [ids.serviceId] } });
    assert.equal(made.status, 201, made.text);
  }
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});

const overflowOf = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

async function fillIn(page: Page, email: string): Promise<void> {
  await page.locator('#name').fill('Ada Holm');
  await page.locator('#email').fill(email);
}

test('on a phone a service, the next free time and "Book" are all that is tapped, with the first free time in sight at once', options, async () => {
  const page = await shop.visit(`/?location=${ids.locationId}`, PHONE);
  await page.locator('.service').first().tap();
  const next = page.locator('.soon-time');
  await next.first().waitFor();
  assert.equal(await next.count(), 3);
  const bar = await page.locator('.summary').boundingBox();
  for (const free of [next.first(), page.locator('.time').first()]) {
    const box = await free.boundingBox();
    assert.ok(box !== null && bar !== null && box.y + box.height <= bar.y, `${JSON.stringify(box)} is above the bar`);
  }
  assert.ok((await page.locator('.people .pill').count()) >= 13);
  const row = await page.locator('.people').evaluate((people) => ({ inside: people.scrollWidth - people.clientWidth, height: people.clientHeight }));
  assert.ok(row.inside > 0 && row.height < 80, 'people are in one row, which scrolls');
  assert.equal(await overflowOf(page), 0);
  await next.first().tap();
  await fillIn(page, 'taps@example.org');
  await page.getByRole('button', { name: /^Book / }).tap();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
  await page.context().close();
});

test('a chosen day, person and service are in the address: Back, a reload and a link lead to them', options, async () => {
  const page = await shop.visit(`/?location=${ids.locationId}`);
  await page.locator('.service').first().click();
  await page.locator('.day[data-free="some"]').nth(2).click();
  const day = await page.locator('.day input:checked').getAttribute('value');
  await page.getByLabel(LONG_NAME).check({ force: true });
  await page.reload();
  await page.locator('.time').first().waitFor();
  assert.equal(await page.locator('.day input:checked').getAttribute('value'), day);
  assert.equal(await page.getByLabel(LONG_NAME).isChecked(), true);
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'BODY', 'a link takes no focus');
  await page.goBack();
  await page.locator('.service').first().waitFor();
  await page.goForward();
  await page.locator('.time').first().waitFor();
  // The month by keyboard: from the chosen day to the one a week later, as far as there is one.
  await page.locator('.month').focus();
  await page.keyboard.press('Enter');
  await page.locator('.month-day[data-free="some"]').first().waitFor();
  await assertAccessible(page, 'a month');
  const later = await page.locator('.month-day[data-free="some"]').last().getAttribute('data-day');
  const count = await page.locator(`.month-day[data-day="${later}"] .day-count`).textContent();
  await page.locator(`.month-day[data-day="${later}"]`).focus();
  await page.keyboard.press('Enter');
  await page.locator('.month-sheet').waitFor({ state: 'detached' });
  await page.locator('.time').first().waitFor();
  assert.equal(await page.locator('.time').count(), Number(count));
  assert.equal(await page.locator('.day input:checked').getAttribute('value'), later);
  await page.context().close();
});

test('the page is in the language of the visitor or the one they choose, also after a reload, and the booking is told in it', options, async () => {
  const page = await shop.visit(`/?service=${ids.serviceId}&location=${ids.locationId}`, { ...PHONE, locale: 'de-AT' });
  await page.getByRole('heading', { name: 'Termin buchen' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
  await assertAccessible(page, 'in German');
  await page.getByLabel('Sprache').selectOption('fr');
  await page.getByRole('heading', { name: 'Prendre rendez-vous' }).waitFor();
  assert.equal(await overflowOf(page), 0);
  await page.reload();
  await page.getByRole('heading', { name: 'Prendre rendez-vous' }).waitFor();
  assert.equal(await page.title(), `Prendre rendez-vous – ${await page.locator('.wordmark').textContent()}`);
  await page.locator('.day[data-free="some"]').nth(2).click();
  await page.locator('.time:not([data-lost])').first().click();
  await page.locator('button[type="submit"]').click();
  await page.getByText('Saisissez votre nom.').waitFor();
  await fillIn(page, 'francophone@example.org');
  const [request] = await Promise.all([
    page.waitForRequest((sent) => sent.url().endsWith('/v1/appointments') && sent.method() === 'POST'),
    page.getByRole('button', { name: /^Réserver / }).click(),
  ]);
  assert.equal(request.postDataJSON().locale, 'fr');
  await page.getByRole('heading', { name: 'Votre rendez-vous est réservé' }).waitFor();
  await assertAccessible(page, 'booked in French');
  await page.context().close();
});

test('with a friend: both seats of a class are held and booked together, for the price of both, and others see at once what is left', options, async () => {
  const services = (await askOver(shop.url, 'GET', '/v1/services')).body.items;
  const group = services.find(({ capacity }: { capacity: number }) => capacity > 1);
  const page = await shop.visit(`/?service=${group.id}`, PHONE);
  const more = page.getByRole('button', { name: 'One seat more' });
  await more.tap();
  await page.getByRole('button', { name: 'One seat fewer' }).tap();
  for (let seats = 1; seats < group.capacity; seats += 1) await more.tap();
  assert.equal(await more.getAttribute('aria-disabled'), 'true', 'no more than there are');
  assert.match((await page.locator('.stepper output').textContent()) ?? '', new RegExp(`^${group.capacity} seats$`));
  for (let seats = group.capacity; seats > 2; seats -= 1) await page.getByRole('button', { name: 'One seat fewer' }).tap();
  await assertAccessible(page, 'how many');
  assert.equal(new URL(page.url()).searchParams.get('seats'), '2');
  await page.reload();
  await page.locator('.day[data-free="some"]').last().click();
  const time = page.locator('.time:not([data-lost])').first();
  await time.waitFor();
  const [start, day] = [await time.getAttribute('data-start'), await page.locator('.day input:checked').getAttribute('value')];
  const other = await shop.visit(`/?service=${group.id}&date=${day}`);
  const seen = other.locator(`.time[data-start="${start}"] .seats`);
  const leftOf = async () => Number(/\d+/.exec((await seen.textContent()) ?? '')?.[0]);
  await seen.waitFor();
  const before = await leftOf();
  const price = Number(/[\d.]+/.exec((await page.locator('.summary-line strong').textContent()) ?? '')?.[0]);
  assert.equal(price * 100, group.price.amount * 2);
  await time.tap();
  await fillIn(page, 'friends@example.org');
  await page.getByRole('button', { name: /^Book / }).tap();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
  assert.match(await page.locator('.facts').innerText(), /Seats\s+2/);
  if (before > 2) await eventually('two seats are gone', async () => (await leftOf()) === before - 2);
  else await other.locator(`.time[data-start="${start}"][data-lost]`).waitFor();
  assert.equal(await overflowOf(page), 0);
  await page.context().close();
  await other.context().close();
});

test('a page that is read from the right is no wider than the screen, its arrow keys go the other way, and numbers are read as ever', options, async () => {
  const page = await shop.visit(`/?service=${ids.serviceId}&location=${ids.locationId}`, PHONE);
  await page.evaluate(() => {
    document.documentElement.dir = 'rtl';
  });
  await page.locator('.day[data-free="some"]').nth(2).click();
  await page.locator('.time').nth(1).waitFor();
  assert.equal(await overflowOf(page), 0);
  const [first, second] = [await page.locator('.time').first().boundingBox(), await page.locator('.time').nth(1).boundingBox()];
  assert.ok((first?.x ?? 0) > (second?.x ?? 0));
  await page.locator('.time').first().focus();
  await page.keyboard.press('ArrowLeft');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), await page.locator('.time').nth(1).textContent());
  const [plus, last] = await page.locator('.work a[href^="tel:+"]').evaluate((link) => {
    const leftOf = (place: number) => {
      const character = document.createRange();
      character.setStart(link.firstChild as Text, place);
      character.setEnd(link.firstChild as Text, place + 1);
      return character.getBoundingClientRect().left;
    };
    return [leftOf(0), leftOf((link.textContent?.length ?? 0) - 1)];
  });
  assert.ok((plus ?? 0) < (last ?? 0), 'the + of a telephone number stands before it');
  await page.context().close();
});

test('with a clock of twelve hours, and with letters twice as large, the page is no wider than the screen, and no time is cut off', options, async () => {
  const page = await shop.visit(`/?service=${ids.serviceId}&location=${ids.locationId}`, { ...PHONE, locale: 'en-US' });
  await page.locator('.day[data-free="some"]').nth(2).click();
  await page.locator('.time').nth(1).waitFor();
  assert.match((await page.locator('.time').last().textContent()) ?? '', /[AP]M/);
  const cut = () =>
    page.evaluate(() => [...document.querySelectorAll('.time, .soon-when, .day')].filter((one) => one.scrollWidth > one.clientWidth + 1).length);
  assert.deepEqual([await overflowOf(page), await cut()], [0, 0]);
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%';
  });
  assert.deepEqual([await overflowOf(page), await cut()], [0, 0]);
  await page.locator('.time:not([data-lost])').last().click();
  await page.locator('#name').waitFor();
  assert.equal(await overflowOf(page), 0);
  await page.context().close();
  // The longest words above the page are Spanish.
  const spanish = await shop.visit('/?lang=es', PHONE);
  await spanish.getByText('Iniciar sesión').waitFor();
  await spanish.evaluate(() => {
    document.documentElement.style.fontSize = '200%';
  });
  assert.equal(await overflowOf(spanish), 0);
  await spanish.context().close();
});

test(
  'a customer moves an appointment: the old time stays theirs until the new one is won, and a time that is taken meanwhile changes nothing',
  options,
  async () => {
    const page = await shop.visit(`/?service=${ids.serviceId}&staff=${ids.staffId}`);
    await page.locator('.day[data-free="some"]').nth(2).click();
    const start = Number(await page.locator('.time:not([data-lost])').first().getAttribute('data-start'));
    await page.locator(`.time[data-start="${start}"]`).click();
    await fillIn(page, 'moves@example.org');
    await page.getByRole('button', { name: /^Book / }).click();
    await page.getByRole('heading', { name: 'You are booked' }).waitFor();
    const whenShown = () => page.locator('.facts dd').first().textContent();
    const before = await whenShown();
    await page.getByRole('button', { name: 'Move it to another time' }).click();
    await page.locator('.time').nth(3).waitFor();
    await assertAccessible(page, 'another time');
    // The last time of the day is taken by another customer between the question and the answer.
    const last = page.locator('.time:not([data-lost])').last();
    const taken = new Date(Number(await last.getAttribute('data-start'))).toISOString();
    await last.click();
    await page.getByRole('dialog').waitFor();
    const held = await askOver(shop.url, 'POST', '/v1/holds', { body: { ...ids, startsAt: taken } });
    assert.equal(held.status, 201, held.text);
    await page.getByRole('button', { name: 'Yes, move it' }).click();
    await page.getByRole('alert').getByText('Your appointment is as it was.').waitFor();
    await page.getByRole('button', { name: 'Keep the present time' }).click();
    await page.getByRole('heading', { name: 'You are booked' }).waitFor();
    assert.equal(await whenShown(), before);
    await page.getByRole('button', { name: 'Move it to another time' }).click();
    await page.locator(`.time:not([data-lost]):not([data-start="${start}"])`).nth(2).click();
    await page.getByRole('button', { name: 'Yes, move it' }).click();
    await page.getByRole('heading', { name: 'You are booked' }).waitFor();
    await eventually('the new time is shown', async () => (await whenShown()) !== before);
    const free = await askOver(shop.url, 'POST', '/v1/holds', { body: { ...ids, startsAt: new Date(start).toISOString() } });
    assert.equal(free.status, 201, 'the old time is free');
    await page.context().close();
  },
);

test('no page has done anything that its policy forbids, and no script has failed', options, () => {
  assert.deepEqual(shop.faults, []);
});
