// The day's work with the keyboard alone, and with a finger alone: nothing needs a mouse.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { dateIn } from '../support/dates.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { dragByFinger, eventually, findBrowser, logIn, openRoomyShop, pressInTurn, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
/** More stops than a page has. */
const MOST_STOPS = 150;
let shop: Shop;
let token: string;
let service: Json;
let people: readonly Json[];
before(async () => {
  if (browser === undefined) return;
  shop = await openRoomyShop(browser);
  token = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
  service = (await ask('GET', '/v1/services')).items[0];
  people = (await ask('GET', '/v1/staff')).items.filter(({ serviceIds, locationId }: Json, _: number, [first]: Json[]) => {
    return serviceIds.includes(service.id) && locationId === first.locationId;
  });
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});
const ask = async (method: string, path: string, body?: Json) => (await askOver(shop.url, method, path, { token, ...(body && { body }) })).body;
const readOf = ({ id }: Json): Promise<Json> => ask('GET', `/v1/appointments/${id}`);

/** How someone works who has only this. */
type Hand = {
  /** Presses a button, or opens a claim. */
  press(at: Locator): Promise<void>;
  type(at: Locator, text: string): Promise<void>;
  goToDay(day: string): Promise<void>;
  newAppointment(): Promise<void>;
  printPreview(): Promise<void>;
  /** By a part of the name. */
  findCustomer(part: string, whole: string): Promise<void>;
  shorten(claim: Locator): Promise<void>;
  nextWeek(claim: Locator): Promise<void>;
};

function keyboardOf(desk: Page): Hand {
  const { keyboard } = desk;
  /** With Tab alone, and on the grid with the arrow keys. */
  const reach = async (at: Locator) => {
    const isThere = () => at.evaluate((element) => element === document.activeElement);
    await at.waitFor();
    for (let stop = 0; stop < MOST_STOPS && !(await isThere()); stop += 1) {
      const isOnGrid = await desk.evaluate(() => document.activeElement?.matches('.claim') === true);
      const isOfSameColumn = isOnGrid && (await at.evaluate((element) => element.closest('.column') === document.activeElement?.closest('.column')));
      await keyboard.press(isOfSameColumn ? 'ArrowDown' : 'Tab');
    }
    assert.ok(await isThere(), `${at} is reached with the keyboard`);
  };
  const press = async (at: Locator) => {
    await reach(at);
    await keyboard.press('Enter');
  };
  return {
    press,
    async type(at, text) {
      await reach(at);
      await keyboard.press('ControlOrMeta+A');
      await keyboard.type(text);
    },
    async goToDay(day) {
      await keyboard.press('t');
      const now = await desk.getByLabel('Date', { exact: true }).inputValue();
      for (let { days } = Temporal.PlainDate.from(now).until(day); days > 0; days -= 1) await keyboard.press(']');
    },
    newAppointment: () => keyboard.press('n'),
    printPreview: () => press(desk.getByRole('button', { name: 'Print the day' })),
    async findCustomer(part, whole) {
      await keyboard.press('/');
      await keyboard.type(part);
      const option = desk.getByRole('option', { name: new RegExp(whole) });
      await option.waitFor();
      for (let presses = 0; presses < MOST_STOPS && (await option.getAttribute('aria-selected')) !== 'true'; presses += 1) await keyboard.press('ArrowDown');
      await keyboard.press('Enter');
    },
    async shorten(claim) {
      await reach(claim);
      await pressInTurn(desk, ['-', '-', '-', '-', 'Enter']);
    },
    async nextWeek(claim) {
      await reach(claim);
      await pressInTurn(desk, ['Shift+ArrowDown', 'Shift+PageDown', 'Enter']);
    },
  };
}

function fingerOf(desk: Page): Hand {
  const press = (at: Locator) => at.tap();
  return {
    press,
    async type(at, text) {
      await at.tap();
      await at.pressSequentially(text);
    },
    // The picker of a date is the browser's own.
    goToDay: (day) => desk.getByLabel('Date', { exact: true }).fill(day),
    newAppointment: () => press(desk.getByRole('button', { name: 'New', exact: true })),
    printPreview: () => press(desk.getByRole('button', { name: 'Print the day' })),
    async findCustomer(part, whole) {
      const field = desk.locator('.toolbar input[role="combobox"]');
      await field.tap();
      await field.pressSequentially(part);
      await press(desk.getByRole('option', { name: new RegExp(whole) }));
    },
    async shorten(claim) {
      await claim.scrollIntoViewIfNeeded();
      const { x, y, width, height } = (await claim.boundingBox()) ?? assert.fail('it is on the screen');
      const from = { x: x + width / 2, y: y + height - 5 };
      await dragByFinger(desk, from, { x: from.x, y: from.y - height / 3 });
    },
    async nextWeek(claim) {
      await claim.tap();
      await press(desk.getByRole('button', { name: 'To the shelf' }));
      await press(desk.getByRole('complementary').getByRole('button', { name: 'Close', exact: true }));
      for (let days = 0; days < 7; days += 1) await press(desk.getByRole('button', { name: 'Day after' }));
      await desk.locator('.column').first().waitFor();
      await press(desk.locator('button.parcel'));
      await press(desk.getByRole('button', { name: 'Drop it' }));
    },
  };
}

/** The last free time of a day on which the same time of the next week is free as well. */
async function bookFor(name: string, member: Json): Promise<AppointmentReply> {
  const { slots } = await ask('GET', `/v1/slots?serviceId=${service.id}&staffId=${member.id}&from=${dateIn(3)}&to=${dateIn(30)}`);
  const starts = new Set<string>(slots.map(({ startsAt }: Json) => Temporal.Instant.from(startsAt).toString()));
  const aWeekLater = (at: string) =>
    Temporal.Instant.from(at)
      .add({ hours: 7 * 24 })
      .toString();
  const startsAt = [...starts].find((at) => starts.has(aWeekLater(at))) ?? assert.fail('no time is free in two weeks running');
  const customer = { name, email: `${name.toLowerCase().replaceAll(' ', '.')}@example.org` };
  const made = await ask('POST', '/v1/appointments', { serviceId: service.id, staffId: member.id, startsAt, customer });
  assert.ok(made.id, JSON.stringify(made));
  return made;
}

for (const [index, name] of (['Keyboard', 'Finger'] as const).entries()) {
  test(
    `with the ${name.toLowerCase()} alone: book, move to next week, resize, cancel with refund, approve, a colleague is ill, find a customer, print preview`,
    options,
    async () => {
      const member = people[index] ?? assert.fail('two people offer it');
      const booked = await bookFor(`Mona ${name}`, member);
      await ask('POST', `/v1/appointments/${booked.id}/payments`, { method: 'cash', amount: booked.price });
      const desk = await shop.visit(
        '/desk',
        name === 'Finger' ? { hasTouch: true, viewport: { width: 1280, height: 1_400 } } : { viewport: { width: 1280, height: 1_400 } },
      );
      await logIn(desk);
      const hand = name === 'Finger' ? fingerOf(desk) : keyboardOf(desk);
      const [panel, dialog] = [desk.getByRole('complementary'), desk.getByRole('dialog')];
      const claim = desk.locator(`#claim-${booked.id}`);
      const day = booked.startsAt.slice(0, 10);

      await hand.newAppointment();
      await hand.press(panel.getByRole('button', { name: /^First free/ }));
      await hand.type(panel.getByLabel('Customer'), `Nico ${name}`);
      await hand.press(panel.getByRole('button', { name: /^Book / }));
      await desk.locator('.claim', { hasText: `Nico ${name}` }).waitFor();

      await hand.goToDay(day);
      await claim.waitFor();
      await hand.shorten(claim);
      await hand.press(dialog.getByRole('button', { name: 'Change it' }));
      await eventually('it is shorter', async () => (await readOf(booked)).endsAt < booked.endsAt);

      await claim.waitFor();
      await hand.nextWeek(claim);
      await hand.press(dialog.getByRole('button', { name: 'Move it' }));
      await eventually('it is a week later', async () => Date.parse((await readOf(booked)).startsAt) - Date.parse(booked.startsAt) === 7 * 86_400_000);

      await hand.goToDay((await readOf(booked)).startsAt.slice(0, 10));
      await claim.waitFor();
      await hand.press(claim);
      await hand.press(panel.getByRole('button', { name: 'Cancel', exact: true }));
      await dialog.getByText(/paid/).first().waitFor();
      await hand.press(dialog.getByRole('button', { name: 'Cancel the appointment' }));
      await eventually('it is cancelled', async () => (await readOf(booked)).status === 'cancelled');

      await ask('PATCH', `/v1/services/${service.id}`, { approval: 'manual' });
      const { slots } = await ask('GET', `/v1/slots?serviceId=${service.id}&staffId=${member.id}&from=${dateIn(3)}&to=${dateIn(30)}`);
      const customer = { name: `Wilma ${name}`, email: `wilma.${name.toLowerCase()}@example.org` };
      const request = await askOver(shop.url, 'POST', '/v1/appointments', {
        body: { serviceId: service.id, staffId: member.id, startsAt: slots.at(-1).startsAt, customer },
      });
      assert.equal(request.body.status, 'pending', request.text);
      await ask('PATCH', `/v1/services/${service.id}`, { approval: 'automatic' });
      await hand.press(desk.getByRole('button', { name: /^Inbox/ }));
      await hand.press(
        panel
          .getByRole('listitem')
          .filter({ hasText: `Wilma ${name}` })
          .getByRole('button', { name: 'Approve' }),
      );
      await hand.press(dialog.getByRole('button', { name: 'Approve' }));
      await eventually('it is approved', async () => (await readOf(request.body)).status === 'booked');

      await hand.goToDay(day);
      await hand.press(desk.getByRole('button', { name: `${member.name} is ill` }));
      await hand.press(panel.getByRole('button', { name: /^Mark as away/ }));
      await panel.waitFor({ state: 'detached' });

      await hand.findCustomer('Mona', `Mona ${name}`);
      await panel.getByRole('heading', { name: `Mona ${name}` }).waitFor();

      await hand.press(panel.getByRole('button', { name: 'Close', exact: true }));
      await hand.printPreview();
      await desk.getByRole('article').waitFor();
      await desk.context().close();
      assert.deepEqual(shop.faults, []);
    },
  );
}
