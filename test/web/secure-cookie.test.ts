// The login of a browser over TLS: the server behind a proxy that has the certificate, as it is meant to run.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { certificateFor } from '../support/certificates.ts';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { findBrowser, openShop, type Shop } from './browser.ts';

const NAME = '__Host-slotkeeper_refresh';
/** The ticket that a login leaves on the device. */
const DEVICE_NAME = '__Host-slotkeeper_device';
const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
let proxy: Server;
let url: string;
before(async () => {
  if (browser === undefined) return;
  proxy = createServer(await certificateFor('localhost'), (incoming, outgoing) => {
    const { method, headers, url: path } = incoming;
    const passed = request(shop.url + path, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  url = `https://localhost:${(proxy.address() as AddressInfo).port}`;
  shop = await openShop(browser, { PUBLIC_URL: url });
});
after(async () => {
  proxy?.close();
  proxy?.closeAllConnections();
  await shop?.[Symbol.asyncDispose]();
});

const login = (email: string) => askOver(shop.url, 'POST', '/v1/auth/login', { body: { email, password: TEST_PASSWORD } });
const open = async () => {
  const page = await shop.visit('/account', { ignoreHTTPSErrors: true });
  await page.goto(`${url}/account`);
  return page;
};

test('is kept under a name that this host alone can set, and outlives a reload', options, async () => {
  const page = await open();
  await page.getByLabel('E-mail').fill('customer@demo.test');
  await page.getByLabel('Password').fill(TEST_PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('This device').waitFor();
  for (const when of ['after the login', 'after a reload']) {
    const cookies = await page.context().cookies();
    assert.deepEqual(
      cookies.map(({ name, path, secure, httpOnly, sameSite }) => ({ name, path, secure, httpOnly, sameSite })).sort((a, b) => a.name.localeCompare(b.name)),
      [DEVICE_NAME, NAME].map((name) => ({ name, path: '/', secure: true, httpOnly: true, sameSite: 'Strict' })),
      when,
    );
    await page.reload();
    await page.getByText('This device').waitFor();
  }
});

test('is not taken from a cookie that a neighbour has put there', options, async () => {
  const page = await open();
  const { refreshToken, user } = (await login('manager@demo.test')).body;
  await page.context().addCookies([{ name: 'slotkeeper_refresh', value: refreshToken, domain: 'localhost', path: '/v1/auth', httpOnly: true }]);
  await page.evaluate((id) => localStorage.setItem('slotkeeper-was-here', id), user.id);
  const answered = page.waitForResponse(/\/v1\/auth\/refresh$/);
  await page.reload();
  assert.equal((await answered).status(), 401);
  await page.getByRole('button', { name: 'Log in' }).waitFor();
});
