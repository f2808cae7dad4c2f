import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { linkOf } from '../../web/booking/appointment-link.ts';
import { timeNow } from '../support/clock.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, findBrowser, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const ID = '0199d2a4-7c1e-7b3a-9d51-3f6f0a1c2b3d';
const TOKEN = `${ID}.${'aB3-_'.repeat(8)}xyz`;
const HOUR = 3_600_000;

test('a link has the id of its appointment and a token for it, whole, or it is malformed', () => {
  assert.deepEqual(linkOf(`#appointment=${ID}&token=${TOKEN}`), { id: ID, token: TOKEN });
  assert.deepEqual(linkOf(`#token=${TOKEN}&appointment=${ID}`), { id: ID, token: TOKEN });
  for (const hash of ['', '#', '#main', '#login']) assert.equal(linkOf(hash), undefined, hash);
  const other = '0199d2a4-7c1e-7b3a-9d51-3f6f0a1c2b3e';
  for (const hash of [
    `#appointment=${ID}`,
    `#token=${TOKEN}`,
    `#appointment=${ID}&token=${TOKEN.slice(0, -1)}`,
    `#appointment=${ID}&token=${TOKEN}.`,
    `#appointment=${ID}&token=${TOKEN}€`,
    `#appointment=${other}&token=${TOKEN}`,
    `#appointment=../staff&token=${TOKEN}`,
  ])
    assert.equal(linkOf(hash), 'malformed', hash);
});

describe('the link to an appointment', options, () => {
  let shop: Shop;
  let owner: string;
  /** A person whom nothing of the demo is with, at whatever hour the test runs. */
  let idle: { readonly serviceId: string; readonly staffId: string };
  before(async () => {
    if (browser === undefined) return;
    shop = await openShop(browser, { RATE_LIMIT_SCALE: '1' });
    owner = (await ask('POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).accessToken;
    const [[service], [location]] = [(await ask('GET', '/v1/services')).items, (await ask('GET', '/v1/locations')).items];
    const member = { name: 'Ida Idle', locationId: location.id, serviceIds: [service.id] };
    idle = { serviceId: service.id, staffId: (await ask('POST', '/v1/staff', { body: member, token: owner })).id };
  });
  after(() => shop?.[Symbol.asyncDispose]());

  async function ask(method: string, path: string, asking: { body?: object; token?: string; headers?: Record<string, string> } = {}): Promise<Json> {
    const said = await askOver(shop.url, method, path, asking);
    assert.ok(said.status < 300, said.text);
    return said.body;
  }

  /** The desk makes an appointment that begins so many hours from now. */
  async function appointmentIn(hours: number): Promise<AppointmentReply> {
    const rules = ['slot-in-past', 'too-soon', 'outside-hours', 'off-grid', 'too-far', 'limit-reached'];
    const startsAt = new Date(Math.floor(timeNow() / 60_000) * 60_000 + hours * HOUR).toISOString();
    const customer = { name: 'Grace Hopper', email: 'grace@example.org' };
    return ask('POST', '/v1/appointments', { body: { ...idle, startsAt, customer, override: { rules, reason: 'a test' } }, token: owner });
  }

  const hashOf = ({ id, manageToken }: AppointmentReply) => `#appointment=${id}&token=${manageToken}`;
  const heading = (name: string) => ({ name, level: 1 });

  test('shows what was paid, and what was paid beyond a price that is lower now', async () => {
    const made = await appointmentIn(24 * 47);
    await ask('POST', `/v1/appointments/${made.id}/payments`, { token: owner, body: { method: 'cash', amount: made.price } });
    await ask('PATCH', `/v1/appointments/${made.id}`, { token: owner, body: { price: { ...made.price, amount: made.price.amount - 1_234 } } });
    const page = await shop.visit(`/${hashOf(made)}`, { viewport: { width: 390, height: 844 } });
    await page.locator('dl div', { hasText: 'More than it costs' }).getByText('12.34').waitFor();
    await page.context().close();
  });

  test('opens it and leaves the address, which a reload does not need; no request and no log has had the token in an address', async () => {
    const made = await appointmentIn(24 * 40);
    const page = await shop.visit('/');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url(), request.headers().referer ?? ''));
    await page.goto(`${shop.url}/${hashOf(made)}`);
    for (const arrive of [() => page.reload(), () => page.waitForLoadState()]) {
      await page.getByRole('heading', heading('You are booked')).waitFor();
      await page.getByText('See you soon, Grace Hopper.').waitFor();
      assert.equal(await page.evaluate(() => location.hash), '');
      await arrive();
    }
    assert.deepEqual(
      asked.filter((address) => address.includes(made.manageToken ?? '-')),
      [],
    );
    assert.equal(await page.getByRole('link', { name: 'the link to this appointment' }).getAttribute('href'), `${shop.url}/${hashOf(made)}`);
    await assertAccessible(page, 'an appointment by its link');
    await page.context().close();
  });

  test('shows no name once it is cancelled, and says so', async () => {
    const made = await appointmentIn(24 * 41);
    await ask('POST', `/v1/appointments/${made.id}/cancel`, { body: {}, headers: { 'manage-token': made.manageToken ?? '' } });
    const page = await shop.visit(`/${hashOf(made)}`);
    await page.getByRole('heading', heading('This appointment is cancelled')).waitFor();
    await page.getByText('Your name and details are no longer shown here').waitFor();
    assert.doesNotMatch((await page.locator('body').textContent()) ?? '', /Grace|Hopper/);
    assert.equal(await page.getByRole('button', { name: 'Cancel this appointment' }).count(), 0);
    await assertAccessible(page, 'a cancelled appointment by its link');
    await page.context().close();
  });

  test('shows that the appointment has passed, and neither a name nor a way to cancel', async () => {
    const page = await shop.visit(`/${hashOf(await appointmentIn(-20))}`);
    await page.getByRole('heading', heading('This appointment has passed')).waitFor();
    assert.doesNotMatch((await page.locator('body').textContent()) ?? '', /Grace|cancel/i);
    await page.context().close();
  });

  test('has ended two days after the appointment, and the page says so and can be booked on', async () => {
    const page = await shop.visit(`/${hashOf(await appointmentIn(-24 * 5))}`);
    await page.getByRole('alert').getByText('This link no longer works').waitFor();
    await page.getByRole('heading', heading('Book a time')).waitFor();
    assert.equal(await page.evaluate(() => location.hash), '');
    await assertAccessible(page, 'a link that has ended');
    await page.context().close();
  });

  test('that was damaged is said to be so, whether the page sees it or the server', async () => {
    const made = await appointmentIn(24 * 42);
    const token = made.manageToken ?? '';
    const forged = token.slice(0, -3) + (token.endsWith('AAA') ? 'BBB' : 'AAA');
    for (const hash of [hashOf(made).slice(0, -2), `#appointment=${made.id}`, `${hashOf(made)}…`, `#appointment=${made.id}&token=${forged}`]) {
      const page = await shop.visit(`/${hash}`);
      await page.getByRole('alert').getByText('Part of the link is missing or was changed.').waitFor();
      assert.equal(await page.evaluate(() => location.hash), '', hash);
      await page.context().close();
    }
  });

  test('opens in a tab that shows the page already', async () => {
    const made = await appointmentIn(24 * 43);
    const page = await shop.visit('/');
    await page.locator('.service').first().waitFor();
    await page.evaluate((hash) => {
      location.hash = hash;
    }, hashOf(made));
    await page.getByRole('heading', heading('You are booked')).waitFor();
    assert.equal(await page.evaluate(() => location.hash), '');
    await page.context().close();
  });

  test('does nothing that the policy of the pages forbids', () => assert.deepEqual(shop.faults, []));
});
