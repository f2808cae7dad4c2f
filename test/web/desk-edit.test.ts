// An appointment is edited in its panel: what it changes is said first, what someone else changed meanwhile is shown, and rules give way to a reason.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { dateIn } from '../support/dates.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, dragByFinger, dragByMouse, eventually, findBrowser, logIn, openRoomyShop, pressInTurn, type Shop } from './browser.ts';

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

/** An appointment with nothing before or after it that day, and the desk with its panel open. */
async function openPanel(
  name: string,
  nth: number,
  extras: Parameters<Shop['visit']>[1] = {},
): Promise<{ readonly desk: Page; readonly panel: Locator; readonly made: Json }> {
  const [service, member] = [(await ask('GET', '/v1/services')).items[0], (await ask('GET', '/v1/staff')).items[0]];
  const { slots } = await ask('GET', `/v1/slots?serviceId=${service.id}&staffId=${member.id}&from=${dateIn(10)}&to=${dateIn(30)}`);
  const days = [...new Set(slots.map(({ startsAt }: Json) => startsAt.slice(0, 10)))];
  const day = days[nth] as string;
  const { startsAt } = slots.findLast(({ startsAt: at }: Json) => at.startsWith(day));
  const customer = { name, email: `${name.toLowerCase()}@example.org`, phone: '+351 910 000 111' };
  const made = await ask('POST', '/v1/appointments', { serviceId: service.id, staffId: member.id, startsAt, customer });
  const desk = await shop.visit('/desk', extras);
  await logIn(desk, 'desk@demo.test');
  await desk.getByLabel('Date').fill(day);
  await desk.locator('.claim', { hasText: name }).click();
  return { desk, panel: desk.getByRole('complementary'), made };
}

test('the last appointment of the day is made longer than the day against the rule, with a reason, and that is undone', options, async () => {
  const { desk, panel, made } = await openPanel('Lea', 0);
  const minutes = async () => {
    const { startsAt, endsAt, override } = await ask('GET', `/v1/appointments/${made.id}`);
    return [(Date.parse(endsAt) - Date.parse(startsAt)) / 60_000, override?.reason];
  };
  const [was] = await minutes();
  await panel.getByRole('button', { name: 'Edit' }).click();
  await panel.getByText('Nothing is changed yet.').waitFor();
  await panel.getByRole('button', { name: '15 minutes longer' }).click();
  await panel
    .getByLabel('What changes')
    .getByText(/^Length .* until /)
    .waitFor();
  await panel.getByText('An e-mail goes to lea@example.org').or(panel.getByText('No message is sent')).first().waitFor();
  await assertAccessible(desk, 'an appointment is edited');
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.getByText('Changing Lea: not done.').waitFor();
  await assertAccessible(desk, 'an edit is refused');
  await panel.getByLabel('Reason to do it anyway').fill('Her hair is long');
  await panel.getByRole('button', { name: 'Do it anyway' }).click();
  await desk.getByText('Lea is changed.').first().waitFor();
  assert.deepEqual(await minutes(), [Number(was) + 15, 'Her hair is long']);
  await desk.getByRole('button', { name: 'Undo' }).click();
  await eventually('it is as long as before', async () => (await minutes())[0] === was);
});

test('what was paid stays: what it costs less then is said before, and shown where it can be given back', options, async () => {
  const { desk, panel, made } = await openPanel('Ines', 2);
  const euros = (amount: number) => ({ amount, currency: made.price.currency });
  await ask('POST', `/v1/appointments/${made.id}/payments`, { method: 'cash', amount: made.price });
  await panel.getByRole('button', { name: 'Edit' }).click();
  await panel.getByLabel('Price').fill('10');
  await panel.getByText(/was paid\. .* more than it costs then\. Nothing is paid back by this/).waitFor();
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.getByText('More than it costs').waitFor();
  await panel.getByText('A manager can give it back.').waitFor();
  assert.deepEqual((await ask('GET', `/v1/appointments/${made.id}/payment`)).overpaid, euros(made.price.amount - 1_000));
  await desk.context().close();
});

test('someone else was faster: their change shows, what was typed stays, and saving again keeps both', options, async () => {
  const { desk, panel, made } = await openPanel('Nora', 1);
  await panel.getByRole('button', { name: 'Edit' }).click();
  await panel.getByLabel('Notes for staff').fill('Tea, no milk');
  await panel.getByLabel('Phone').fill('+351 910 000 222');
  await ask('PATCH', `/v1/appointments/${made.id}`, { price: { amount: 12_345, currency: made.price.currency }, customer: { phone: '+351 910 000 333' } });
  await panel.getByRole('button', { name: 'Save' }).click();
  const theirs = panel.getByRole('alert').filter({ hasText: 'Someone else has changed this appointment meanwhile.' });
  await theirs.getByText(/^Price .*123\.45/).waitFor();
  await theirs.getByText(/^Phone .*333/).waitFor();
  assert.deepEqual(
    [await panel.getByLabel('Notes for staff').inputValue(), await panel.getByLabel('Phone').inputValue()],
    ['Tea, no milk', '+351 910 000 222'],
  );
  assert.equal(await panel.getByLabel('Price').inputValue(), '123.45');
  await assertAccessible(desk, 'an edit that someone else was faster with');
  await panel.getByText('The customer is not told of this.').waitFor();
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.getByRole('button', { name: 'Edit' }).waitFor();
  const now = await ask('GET', `/v1/appointments/${made.id}`);
  assert.deepEqual([now.price.amount, now.staffNotes, now.customer.phone], [12_345, 'Tea, no milk', '+351 910 000 222']);
  await panel.getByText('Tea, no milk').waitFor();
});

/** What a block or an appointment of the demo's first person takes, as a place on the screen. */
async function boxOf(at: Locator) {
  await at.scrollIntoViewIfNeeded();
  return (await at.boundingBox()) ?? assert.fail('it is on the screen');
}

const minutesOf = ({ startsAt, endsAt }: Json) => (Date.parse(endsAt) - Date.parse(startsAt)) / 60_000;

test(
  'the lower edge changes the length, by mouse, by a finger that rests, and with keys; whether the customer is told is asked, and it is undone',
  options,
  async () => {
    const { desk, panel, made } = await openPanel('Rosa', 3, { hasTouch: true });
    await panel.getByRole('button', { name: 'Close', exact: true }).click();
    const claim = desk.locator(`#claim-${made.id}`);
    const now = async () => minutesOf(await ask('GET', `/v1/appointments/${made.id}`));
    const was = minutesOf(made);
    const dialog = desk.getByRole('dialog', { name: 'Change the length of Rosa?' });
    const edge = async () => {
      const { x, y, width, height } = await boxOf(claim);
      return { from: { x: x + width / 2, y: y + height - 4 }, to: { x: x + width / 2, y: y + height - 4 - (height / (await now())) * 15 } };
    };
    const byMouse = async () => {
      const { from, to } = await edge();
      await dragByMouse(desk, from, to);
    };
    const byFinger = async () => {
      const { from, to } = await edge();
      await dragByFinger(desk, from, to);
    };
    const byKeys = async () => {
      await claim.focus();
      await pressInTurn(desk, ['-', '-', '-', 'ArrowUp', 'Enter']);
    };
    for (const shorten of [byMouse, byFinger, byKeys]) {
      await shorten();
      await dialog.waitFor();
      await assertAccessible(desk, shorten.name);
      await dialog.getByLabel('Tell the customer').uncheck();
      await dialog.getByRole('button', { name: 'Change it' }).click();
      await eventually(`it is shorter ${shorten.name}`, async () => (await now()) === was - 15);
      await desk.getByRole('button', { name: 'Undo' }).click();
      await eventually('it is as long as before', async () => (await now()) === was);
    }
    await byMouse();
    await dialog.getByRole('button', { name: 'Leave it' }).click();
    assert.equal(await now(), was);
    const kinds = (await ask('GET', `/v1/messages?appointmentId=${made.id}`)).items.map(({ kind }: Json) => kind);
    assert.ok(!kinds.includes('appointment-changed'), 'no one was told');
    await desk.context().close();
  },
);

test('a block is moved and made longer by hand, and that is undone; where something is it stays, and says why', options, async () => {
  const { desk, panel, made } = await openPanel('Bela', 4);
  await panel.getByRole('button', { name: 'Close', exact: true }).click();
  const startsAt = Date.parse(made.startsAt) - 90 * 60_000;
  const span = { startsAt: new Date(startsAt).toISOString(), endsAt: new Date(startsAt + 30 * 60_000).toISOString() };
  const block = await ask('POST', `/v1/staff/${made.staffId}/blocks`, { ...span, reason: 'Deliveries' });
  assert.ok(block.id, JSON.stringify(block));
  const now = async () => {
    const { claims } = await ask('GET', `/v1/calendars/${made.calendarId}`);
    const { startsAt: from, endsAt } = claims.find(({ id }: Json) => id === block.id);
    return [(Date.parse(from) - startsAt) / 60_000, (Date.parse(endsAt) - startsAt) / 60_000];
  };
  const claim = desk.locator(`#claim-${block.id}`);
  const quarter = async () => (await boxOf(claim)).height / 2;
  const grab = async (share: number) => {
    const { x, y, width, height } = await boxOf(claim);
    return { x: x + width / 2, y: y + height * share };
  };
  let from = await grab(0.3);
  await dragByMouse(desk, from, { x: from.x, y: from.y + (await quarter()) });
  await eventually('it is a quarter of an hour later', async () => String(await now()) === '15,45');
  from = await grab(0.95);
  await dragByMouse(desk, from, { x: from.x, y: from.y + (await quarter()) });
  await eventually('it is longer', async () => String(await now()) === '15,60');
  await desk.getByText('The block is moved').first().waitFor();
  await desk.getByRole('button', { name: 'Undo' }).click();
  await eventually('it is as long as before', async () => String(await now()) === '15,45');
  await claim.focus();
  await desk.keyboard.press('Shift+ArrowDown');
  for (let press = 0; press < 16; press += 1) await desk.keyboard.press('ArrowDown');
  await desk.getByText('not free').first().waitFor();
  await desk.keyboard.press('Enter');
  await desk.getByRole('alert', { name: 'Not done' }).getByText('There is an appointment at this time.').waitFor();
  assert.deepEqual(await now(), [15, 45]);
  await desk.context().close();
});

test('a block is given to another person by mouse, by a finger that rests and with keys, and comes back with Undo', options, async () => {
  const { desk, panel, made } = await openPanel('Berta', 6, { hasTouch: true });
  await panel.getByRole('button', { name: 'Close', exact: true }).click();
  // The first person has the first column, and those who do not work that day have none.
  const besideName = (await desk.locator('.column h2').nth(1).textContent())?.trim();
  const beside = (await ask('GET', '/v1/staff')).items.find(({ name }: Json) => name === besideName);
  // After the last appointment of either, so that nothing of the demo is in its way.
  const ends = await Promise.all(
    [made.calendarId, beside.calendarId].map(async (id) => {
      const { claims } = await ask('GET', `/v1/calendars/${id}`);
      return claims.filter(({ startsAt }: Json) => startsAt.startsWith(made.startsAt.slice(0, 10))).map(({ endsAt }: Json) => Date.parse(endsAt));
    }),
  );
  const startsAt = Math.max(...ends.flat()) + 15 * 60_000;
  const span = { startsAt: new Date(startsAt).toISOString(), endsAt: new Date(startsAt + 30 * 60_000).toISOString() };
  const block = await ask('POST', `/v1/staff/${made.staffId}/blocks`, { ...span, reason: 'Training' });
  const claim = desk.locator(`#claim-${block.id}`);
  const columnOf = (name: string) => desk.locator('.column', { has: desk.getByRole('heading', { name }) });
  const names = [made.staffName, beside.name];
  await columnOf(names[0]).locator(claim).waitFor();
  const across = async () => {
    const { x, y, width, height } = await boxOf(claim);
    const [here, there] = await Promise.all(names.map(async (name) => (await columnOf(name).boundingBox()) ?? assert.fail(name)));
    const from = { x: x + width / 2, y: y + height * 0.3 };
    return { from, to: { x: from.x + (there?.x ?? 0) - (here?.x ?? 0), y: from.y } };
  };
  const byMouse = async () => {
    const { from, to } = await across();
    await dragByMouse(desk, from, to);
  };
  const byFinger = async () => {
    const { from, to } = await across();
    await dragByFinger(desk, from, to);
  };
  const byKeys = async () => {
    await claim.focus();
    await pressInTurn(desk, ['Shift+ArrowRight', 'ArrowRight', 'Enter']);
  };
  for (const give of [byMouse, byFinger, byKeys]) {
    await give();
    await columnOf(names[1]).locator(claim).waitFor();
    const { claims } = await ask('GET', `/v1/calendars/${beside.calendarId}`);
    const { startsAt: at, reason } = claims.find(({ id }: Json) => id === block.id);
    assert.deepEqual([Date.parse(at), reason], [startsAt, 'Training'], give.name);
    await desk.getByRole('button', { name: 'Undo' }).click();
    await columnOf(names[0]).locator(claim).waitFor();
  }
  await desk.context().close();
});

test('the shelf keeps an appointment while days are changed: nothing is changed until it is dropped, by mouse, by finger and with keys', options, async () => {
  const { desk, panel, made } = await openPanel('Sela', 5, { hasTouch: true });
  await panel.getByRole('button', { name: 'Close', exact: true }).click();
  const claim = desk.locator(`#claim-${made.id}`);
  const now = async () => (await ask('GET', `/v1/appointments/${made.id}`)).startsAt;
  const shelf = desk.getByRole('region', { name: 'Shelf' });
  const grabbed = await boxOf(claim);
  await desk.mouse.move(grabbed.x + 20, grabbed.y + 6);
  await desk.mouse.down();
  await desk.mouse.move(grabbed.x + 30, grabbed.y + 30, { steps: 4 });
  const target = await boxOf(shelf);
  await desk.mouse.move(target.x + 40, target.y + target.height / 2, { steps: 4 });
  await desk.locator('.shelf[data-target]').waitFor();
  await desk.mouse.up();
  const parcel = shelf.getByRole('button', { name: /^Sela/ });
  await parcel.waitFor();
  await assertAccessible(desk, 'the shelf');
  await desk.reload();
  await parcel.waitFor();
  assert.equal(await now(), made.startsAt, 'nothing is changed');
  // To another day, where the server says what is free.
  const { slots } = await ask(
    'GET',
    `/v1/slots?serviceId=${made.serviceId}&staffId=${made.staffId}&from=${dateIn(10)}&to=${dateIn(30)}&movingAppointmentId=${made.id}`,
  );
  const ownDay = made.startsAt.slice(0, 10);
  const slot = slots.find(({ startsAt }: Json) => !startsAt.startsWith(ownDay) && startsAt > made.startsAt);
  await desk.getByLabel('Date').fill(slot.startsAt.slice(0, 10));
  await desk.locator('.column').first().waitFor();
  await parcel.getByText(/ now /).waitFor();
  await parcel.focus();
  await desk.keyboard.press('Enter');
  const steering = desk.locator('.steering');
  await steering.waitFor();
  await assertAccessible(desk, 'an appointment on its way');
  let presses = 0;
  await eventually('a free time is found', async () => {
    if (/, free/.test((await steering.textContent()) ?? '')) return true;
    await desk.keyboard.press(Math.floor(presses / 40) % 2 === 0 ? 'ArrowDown' : 'ArrowUp');
    presses += 1;
    return false;
  });
  await desk.keyboard.press('Enter');
  await desk.getByRole('dialog').getByRole('button', { name: 'Move it' }).click();
  await eventually('it is on the other day', async () => (await now()).slice(0, 10) === slot.startsAt.slice(0, 10));
  await shelf.waitFor({ state: 'detached' });
  // And back: with S, and pressed with a finger where it is to be.
  await claim.focus();
  await desk.keyboard.press('s');
  await desk.getByLabel('Date').fill(ownDay);
  await parcel.tap();
  await steering.getByRole('button', { name: 'Drop it' }).tap();
  await desk.getByRole('dialog').getByRole('button', { name: 'Move it' }).tap();
  await eventually('it is back on its day', async () => (await now()).slice(0, 10) === ownDay);
  await desk.context().close();
});
