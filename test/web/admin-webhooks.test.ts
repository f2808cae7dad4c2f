// Webhooks in the back office, with a real receiver: made, tried, looked after and ended.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { dateIn } from '../support/dates.ts';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { type Receiver, startReceiver } from '../webhooks/receiver.ts';
import { assertAccessible, eventually, findBrowser, openOffice, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
let receiver: Receiver;
before(async () => {
  if (browser === undefined) return;
  receiver = await startReceiver();
  shop = await openShop(browser, { OUTSIDE_ALLOW: '127.0.0.1' });
});
after(async () => {
  await shop?.[Symbol.asyncDispose]();
  await receiver?.[Symbol.asyncDispose]();
});

let booked = 0;
async function book(): Promise<string> {
  const [service] = (await askOver(shop.url, 'GET', '/v1/services')).body.items;
  const { slots } = (await askOver(shop.url, 'GET', `/v1/slots?serviceId=${service.id}&from=${dateIn(5)}&to=${dateIn(20)}`)).body;
  const { startsAt, staffId } = slots[booked * 7];
  booked += 1;
  const customer = { name: 'Grace Hook', email: `hook${booked}@example.org` };
  const said = await askOver(shop.url, 'POST', '/v1/appointments', { body: { serviceId: service.id, startsAt, staffId, customer } });
  assert.equal(said.status, 201, said.text);
  return said.body.id;
}
/** A part of it, in cash. */
async function pay(appointmentId: string): Promise<void> {
  const { accessToken: token } = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body;
  const body = { method: 'cash', amount: { amount: 100, currency: 'EUR' } };
  const said = await askOver(shop.url, 'POST', `/v1/appointments/${appointmentId}/payments`, { token, body });
  assert.equal(said.status, 201, said.text);
}
/** The ids under which this booking was taken. */
const takenOf = (appointmentId: string) =>
  receiver.taken
    .filter(({ json: { type, data } }) => type === 'appointment.booked' && data.appointmentId === appointmentId)
    .map(({ headers }) => headers['webhook-id']);
const arrives = (appointmentId: string) => eventually('the booking is told', () => Promise.resolve(takenOf(appointmentId).length > 0));

function isSignedWith(secret: string): boolean {
  const { body = '', headers = {} } = receiver.got.at(-1) ?? {};
  try {
    return new Webhook(secret).verify(body, headers) !== undefined;
  } catch {
    return false;
  }
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const secretOn = async (page: Page) => (await page.getByLabel('The secret').locator('code').textContent()) ?? '';
const log = (page: Page) => page.getByRole('region', { name: 'Deliveries' }).getByRole('row', { name: /^appointment\.booked/ });
/** The log is read when the page is. The newest is the first. */
async function rereadLog(page: Page, count: number, state: RegExp): Promise<void> {
  await eventually(`${count} bookings are in the log`, async () => {
    await page.reload();
    await page.getByRole('heading', { name: 'Deliveries' }).waitFor();
    return (await log(page).filter({ hasText: state }).count()) === count;
  });
}
async function turn(page: Page, state: 'Active' | 'Disabled'): Promise<void> {
  await page.getByLabel('State').first().selectOption(state);
  await press(page, 'Save');
  await page.getByText(new RegExp(`^${state.toLowerCase()} · `)).waitFor();
}

test('a webhook is made, tried, and its deliveries are sent again, one and all after it', options, async () => {
  const page = await openOffice(shop, 'integrations/webhooks/new');
  await page.getByLabel('Address').fill(receiver.url);
  for (const type of ['payment.succeeded', 'payment.failed', 'payment.refunded']) assert.ok(await page.getByLabel(type, { exact: true }).isChecked());
  await press(page, 'Add');
  await page.getByRole('heading', { name: 'The webhook is made' }).waitFor();
  const secret = await secretOn(page);
  assert.match(secret, /^whsec_/);
  await assertAccessible(page, 'the secret of a new webhook');
  await page.getByRole('link', { name: 'Go on' }).click();
  await press(page, 'Send a test');
  await page.getByText(/^The test was taken with 200 in \d+ ms\./).waitFor();
  await page.getByText('It answered: thank you').waitFor();
  assert.equal(receiver.got.at(-1)?.json.type, 'webhook.test');
  assert.ok(isSignedWith(secret));
  assert.equal(await page.getByText(secret).count(), 0, 'it is not shown again');
  receiver.answer = () => 503;
  await press(page, 'Send a test');
  await page.getByText(/^The test has failed: /).waitFor();
  receiver.answer = () => 200;

  const [first, second] = [await book(), await book()];
  for (const id of [first, second]) await arrives(id);
  await pay(second);
  const money = page.getByRole('region', { name: 'Deliveries' }).getByRole('row', { name: /^payment\.succeeded/ });
  await eventually('the payment is in the log', async () => {
    await page.reload();
    await page.getByRole('heading', { name: 'Deliveries' }).waitFor();
    return (await money.filter({ hasText: /sent, 1 attempt/ }).count()) === 1;
  });
  await rereadLog(page, 2, /sent, 1 attempt/);
  await assertAccessible(page, 'a webhook and its log');
  await log(page)
    .last()
    .getByRole('button', { name: /^Send again/ })
    .click();
  await eventually('the first one alone is told again', () => Promise.resolve(takenOf(first).length === 2));
  await log(page)
    .last()
    .getByRole('button', { name: /^And all after it/ })
    .click();
  await eventually('so are both', () => Promise.resolve(takenOf(first).length === 3 && takenOf(second).length === 2));
  assert.equal(new Set(takenOf(first)).size, 1, 'under the same id');
  assert.equal(new Set(takenOf(second)).size, 1);
  assert.deepEqual(shop.faults, []);
});

test('a secret is replaced while the old one is good, and a webhook is disabled, goes on, and is removed', options, async () => {
  const page = await openOffice(shop, 'integrations/webhooks/new');
  await page.getByLabel('Address').fill(receiver.url);
  await press(page, 'Add');
  const old = await secretOn(page);
  await page.getByRole('link', { name: 'Go on' }).click();
  await press(page, 'New secret');
  const secret = await secretOn(page);
  assert.notEqual(secret, old);
  await press(page, 'Send a test');
  await page.getByText(/^The test was taken/).waitFor();
  assert.deepEqual([isSignedWith(old), isSignedWith(secret)], [true, true]);

  const earlier = await book();
  await arrives(earlier);

  await page.goto(`${shop.url}/admin#integrations/webhooks`);
  await page.getByRole('link', { name: receiver.url }).first().waitFor();
  assert.equal(await page.getByRole('link', { name: receiver.url }).count(), 2);
  for (const one of [0, 1]) {
    await page.getByRole('link', { name: receiver.url }).nth(one).click();
    await turn(page, 'Disabled');
    await page.getByText('It was disabled by hand.').waitFor();
    await page.getByRole('link', { name: 'All webhooks' }).click();
    await page
      .getByRole('row', { name: /disabled/ })
      .nth(one)
      .waitFor();
  }
  await page.getByRole('link', { name: receiver.url }).first().click();
  const meanwhile = await book();
  await turn(page, 'Active');
  const later = await book();
  await arrives(later);
  assert.deepEqual(takenOf(meanwhile), [], 'what came first would have been told first');
  await eventually('both are in the log', async () => {
    await page.reload();
    await page.getByRole('heading', { name: 'Deliveries' }).waitFor();
    return (await log(page).count()) >= 2;
  });
  await log(page)
    .nth(1)
    .getByRole('button', { name: /^And all after it/ })
    .click();
  await arrives(meanwhile);
  await page.getByRole('button', { name: /^Remove/ }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Remove/ })
    .click();
  await page.getByRole('row', { name: /disabled/ }).waitFor();
  assert.equal(await page.getByRole('link', { name: receiver.url }).count(), 1);
  assert.deepEqual(shop.faults, []);
});

test('one that is gone is disabled at once, and the bell leads to it and to why', options, async () => {
  const page = await openOffice(shop, 'integrations/webhooks/new');
  await page.getByLabel('Address').fill(receiver.url);
  await press(page, 'Add');
  await page.getByRole('heading', { name: 'The webhook is made' }).waitFor();
  receiver.answer = () => 410;
  await book();
  await page.getByRole('button', { name: /^Notifications, / }).click();
  await page.getByRole('link', { name: 'A webhook was disabled' }).click();
  await page.getByText(/^Its receiver answered 410/).waitFor();
  receiver.answer = () => 200;
  await assertAccessible(page, 'a webhook that was disabled');
  assert.deepEqual(shop.faults, []);
});
