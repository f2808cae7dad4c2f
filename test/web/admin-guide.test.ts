import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { WORKING_WEEK, weeklyOf, wrongWith } from '../../web/admin/guide/week.ts';
import { TEST_OWNER, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, countPresses, findBrowser, openShop, type Shop } from './browser.ts';

/** Of a person who looks for each key: a second for each one, so that this many are less than five minutes. */
const MOST_KEYS = 299;
/** Further on than this, no one looks for something with the Tab key. */
const MOST_TABS = 20;
const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
before(async () => {
  if (browser !== undefined) shop = await openShop(browser, {}, false);
});
after(() => shop?.[Symbol.asyncDispose]());

/** Someone without a mouse: types where the focus is, moves it by Tab, and sees where it is. */
class Hands {
  keys = 0;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async press(key: string): Promise<void> {
    this.keys += 1;
    await this.#page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    this.keys += text.length;
    await this.#page.keyboard.type(text);
  }

  /** The place where the page has put the focus by itself. */
  async isAt(where: Locator): Promise<void> {
    await where.and(this.#page.locator(':focus')).waitFor();
    await this.#seesFocus(where);
  }

  async tabTo(where: Locator): Promise<void> {
    await where.first().waitFor();
    for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
      await this.press('Tab');
      if ((await where.first().and(this.#page.locator(':focus')).count()) === 0) continue;
      await this.#seesFocus(where.first());
      return;
    }
    assert.fail(
      `${where} is not reached by ${MOST_TABS} tabs; the focus is at ${await this.#page.locator(':focus').evaluateAll(([at]) => at?.outerHTML.slice(0, 200))}`,
    );
  }

  async #seesFocus(where: Locator): Promise<void> {
    const { outline, shadow, box, height } = await where.evaluate((element) => {
      const style = getComputedStyle(element);
      const { top, bottom } = element.getBoundingClientRect();
      return { outline: style.outlineStyle, shadow: style.boxShadow, box: [top, bottom], height: innerHeight };
    });
    assert.ok(outline !== 'none' || shadow !== 'none', `the focus is seen at ${where}`);
    assert.ok((box[0] ?? -1) >= 0 && (box[1] ?? height + 1) <= height, `${where} is on the screen`);
  }
}

test(
  'an owner comes from an empty database to a time that is chosen on the booking page, by keyboard alone and in fewer keys than five minutes have seconds',
  options,
  async () => {
    const page = await shop.visit('/admin');
    const presses = await countPresses(page);
    const hands = new Hands(page);

    // The server has made the first owner from its settings: this is the first login there is.
    await hands.isAt(page.getByLabel('E-mail'));
    await hands.type(TEST_OWNER);
    await hands.press('Tab');
    await hands.type(TEST_PASSWORD);
    await hands.press('Enter');

    await hands.isAt(page.getByLabel('Name of your business'));
    await assertAccessible(page, 'the first step');
    await hands.type('Hair & Co');
    await hands.tabTo(page.getByLabel('Currency'));
    await hands.type('?');
    await hands.press('Enter');
    // What is wrong takes the focus, and says so.
    await hands.isAt(page.getByLabel('Currency'));
    await page.getByText(/^The currency /).waitFor();
    await assertAccessible(page, 'a step with a mistake');
    await hands.press('Control+a');
    await hands.type('EUR');
    await hands.press('Enter');

    await hands.isAt(page.getByRole('checkbox', { name: 'Monday' }));
    await assertAccessible(page, 'the hours');
    // Saturday and Sunday, too, so that there is a free time whatever day it is.
    for (const day of ['Saturday', 'Sunday']) {
      await hands.tabTo(page.getByRole('checkbox', { name: day }));
      await hands.press('Space');
    }
    await hands.press('Enter');

    await hands.isAt(page.getByRole('textbox', { name: 'What can be booked' }));
    await assertAccessible(page, 'the service');
    await hands.type('Haircut');
    await hands.tabTo(page.getByLabel('Price in EUR'));
    await hands.type('35');
    await hands.press('Enter');

    await hands.isAt(page.getByRole('textbox', { name: 'Who does it' }));
    await hands.type('Ada Holm');
    await hands.press('Enter');

    await hands.isAt(page.getByRole('link', { name: 'Open your booking page' }));
    await assertAccessible(page, 'the last step');
    await hands.press('Enter');

    await page.getByText('€35').first().waitFor();
    await page.locator('.day[data-free="some"]').first().waitFor();
    await hands.tabTo(page.locator('.soon-time, .time'));
    await hands.press('Enter');
    await page.getByLabel('Name').first().waitFor();
    assert.ok(hands.keys <= MOST_KEYS, `${hands.keys} keys`);
    assert.equal(await presses(), 0);
    assert.deepEqual(shop.faults, []);
  },
);

test('the hours of the guide are the same for all open days, or of each day its own, and a day may end at midnight', () => {
  assert.deepEqual(weeklyOf({ ...WORKING_WEEK, open: ['sunday', 'monday'], all: { from: '10:00', to: '00:00' } }), [
    { day: 'monday', from: '10:00', to: '24:00' },
    { day: 'sunday', from: '10:00', to: '24:00' },
  ]);
  const own = { ...WORKING_WEEK, isSame: false, open: ['monday', 'tuesday'], own: { tuesday: { from: '12:00', to: '20:00' } } } as const;
  assert.deepEqual(weeklyOf(own), [
    { day: 'monday', from: '09:00', to: '17:00' },
    { day: 'tuesday', from: '12:00', to: '20:00' },
  ]);
  assert.equal(wrongWith(own), undefined);
  assert.equal(wrongWith({ ...own, open: [] })?.at, 'days');
  assert.equal(wrongWith({ ...own, own: { tuesday: { from: '12:00', to: '11:00' } } })?.at, 'tuesday');
  assert.equal(wrongWith({ ...WORKING_WEEK, all: { from: '', to: '17:00' } })?.at, 'all');
  assert.equal(wrongWith({ ...WORKING_WEEK, all: { from: '00:00', to: '00:00' } }), undefined);
});
