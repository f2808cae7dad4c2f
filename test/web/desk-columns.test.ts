import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { dateIn } from '../support/dates.ts';
import { TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, findBrowser, logIn, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
before(async () => {
  if (browser !== undefined) shop = await openShop(browser);
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});

async function ask(method: string, path: string, { body, token }: { readonly body?: object; readonly token?: string } = {}) {
  const headers = { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const reply = await fetch(shop.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const text = await reply.text();
  assert.ok(reply.ok, `${method} ${path}: ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

test('a staff member who has left and still has appointments here has a marked column that offers nothing new', options, async () => {
  const logInAs = (email: string) => ask('POST', '/v1/auth/login', { body: { email, password: TEST_PASSWORD } });
  const { accessToken: token } = await logInAs('owner@demo.test');
  const [here, elsewhere] = (await ask('GET', '/v1/locations', { token })).items;
  const listed = await ask('GET', `/v1/appointments?locationId=${here.id}&status=booked&from=${dateIn(2)}&limit=200`, { token });
  const items: AppointmentReply[] = listed.items;
  const [stays] = items;
  const leaves = items.find(({ staffId }) => staffId !== stays?.staffId);
  assert.ok(stays && leaves);
  await ask('PATCH', `/v1/staff/${stays.staffId}`, { body: { locationId: elsewhere.id }, token });
  await ask('DELETE', `/v1/staff/${leaves.staffId}?appointments=keep`, { token });
  const desk = await shop.visit('/desk');
  await logIn(desk);
  for (const [appointment, words] of [[stays, 'Works elsewhere now'] as const, [leaves, 'No longer works here'] as const]) {
    await desk.getByLabel('Date', { exact: true }).fill(appointment.startsAt.slice(0, 10));
    const column = desk.getByRole('region', { name: appointment.staffName ?? '' });
    await column.getByText(words).waitFor();
    await column
      .getByRole('button', { name: new RegExp(appointment.customer?.name ?? '') })
      .first()
      .waitFor();
    assert.equal(await column.getByRole('button', { name: /^New for/ }).count(), 0);
    await assertAccessible(desk, words);
    await column
      .getByRole('button', { name: new RegExp(appointment.customer?.name ?? '') })
      .first()
      .click();
    const panel = desk.locator('.panel, aside').last();
    await panel
      .getByText(appointment.staffName ?? '')
      .first()
      .waitFor();
    await panel
      .getByText(appointment.serviceName ?? '')
      .first()
      .waitFor();
    await desk.keyboard.press('Escape');
  }
  assert.deepEqual(shop.faults, []);
});
