// The booking page in pages of other sites: one that the owner has listed, and one that is not listed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { dateIn } from '../support/dates.ts';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, logIn, openOffice, openRoomyShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const OWN_SCRIPT = "document.addEventListener('slotkeeper:booked', ({ detail }) => { document.body.dataset.booked = JSON.stringify(detail); });";
const opened = new AsyncDisposableStack();
let shop: Shop;
let owner: string;
let listed: string;
let unlisted: string;

before(async () => {
  if (browser === undefined) return;
  shop = opened.use(await openRoomyShop(browser));
  owner = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
  const { origin } = new URL(shop.url);
  listed = await openSite(`default-src 'none'; style-src 'self'; script-src 'self' ${origin}; frame-src ${origin}; require-trusted-types-for 'script'`);
  unlisted = await openSite();
});
after(() => opened.disposeAsync());

/** A page of another site. A strict policy of its own has to let in what the documentation says. */
async function openSite(policy?: string): Promise<string> {
  const { origin } = new URL(shop.url);
  const tag = `<script async src="${origin}/embed.js" data-lang="de" data-title="Termin buchen"></script>`;
  const site = createServer(({ url }, response) => {
    if (url === '/own.js') response.setHeader('content-type', 'text/javascript').end(OWN_SCRIPT);
    else {
      if (policy !== undefined) response.setHeader('content-security-policy', policy);
      response
        .setHeader('content-type', 'text/html')
        .end(`<!doctype html><html lang="de"><title>Elsewhere</title><script src="/own.js"></script><main><h1>Elsewhere</h1>${tag}</main></html>`);
    }
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  opened.defer(() => {
    site.closeAllConnections();
    site.close();
  });
  // Another name than the server has, so another site as well.
  return `http://localhost:${(site.address() as AddressInfo).port}`;
}

const setOrigins = (embedOrigins: readonly string[]) => askOver(shop.url, 'PATCH', '/v1/settings', { token: owner, body: { embedOrigins } });
const heightOf = (page: Page) => page.locator('iframe').evaluate((frame) => frame.getBoundingClientRect().height);

test('an owner lists a site in Settings, pastes one line into it, and its visitors book there as guests', options, async () => {
  const office = await openOffice(shop, 'settings');
  await office.getByLabel('Sites that may show the booking page').fill(`${listed}/any/page?of=it`);
  const line = await office.locator('.snippet').textContent();
  assert.equal(line, `<script async src="${new URL(shop.url).origin}/embed.js"></script>`);
  await office.getByRole('button', { name: 'Save' }).first().click();
  await office.getByText(`no other site → ${listed}`).first().waitFor();
  await assertAccessible(office, 'settings');
  await office.context().close();

  const page = await shop.visit('/desk');
  await logIn(page);
  await page.goto(listed);
  const inside = page.frameLocator('iframe');
  await inside.getByRole('heading', { name: 'Termin buchen' }).waitFor();
  assert.equal(await inside.locator('a[href^="/account"]').count(), 0, 'an account of this browser makes no difference');
  await inside.locator('.service').first().click();
  await inside.locator('.day[data-free="some"]').nth(2).click();
  await inside.locator('.time:not([data-lost])').first().waitFor();
  const heightInside = () => inside.locator('body').evaluate((body) => Math.ceil(body.getBoundingClientRect().height));
  await eventually('the frame is as tall as the page in it', async () => (await heightOf(page)) === (await heightInside()));
  const hidden = await inside.locator('html').evaluate((html) => [html.scrollHeight - innerHeight, html.scrollWidth - innerWidth]);
  assert.deepEqual(hidden, [0, 0], 'nothing scrolls inside');
  await assertAccessible(page, 'the page in a page');
  await inside.locator('.time:not([data-lost])').first().click();
  await inside.locator('#name').fill('Gast Secret');
  await inside.locator('#email').fill('gast@secret.example');
  const [request] = await Promise.all([
    page.waitForRequest((sent) => sent.url().endsWith('/v1/appointments') && sent.method() === 'POST'),
    inside.locator('button[type="submit"]').click(),
  ]);
  const { cookie, authorization } = await request.allHeaders();
  assert.deepEqual([cookie, authorization], [undefined, undefined]);
  await inside.locator('.confirmation').waitFor();
  await page.locator('body[data-booked]').waitFor();
  const told = JSON.parse((await page.locator('body').getAttribute('data-booked')) ?? '');
  assert.deepEqual(Object.keys(told).toSorted(), ['locationId', 'serviceId'], 'nothing about the customer');
  const link = await inside.locator('.keep-link a').getAttribute('href');
  assert.match(link ?? '', new RegExp(`^${new URL(shop.url).origin}/#appointment=`), 'the link is that of the booking page itself');
  await page.context().close();
});

test('a dialog opens in the part of the page that the visitor sees, wherever the site is scrolled to', options, async () => {
  assert.equal((await setOrigins([listed])).status, 200);
  const [width, height] = [390, 520];
  const page = await shop.visit(listed, { viewport: { width, height } });
  const inside = page.frameLocator('iframe');
  await inside.locator('.service').first().click();
  await inside.locator('.time:not([data-lost])').first().waitFor();
  const inSight = async () => {
    const box = await inside.locator('dialog[open]').boundingBox();
    // Browsers round what is in sight to whole pixels.
    return box !== null && box.y >= -2 && box.y + box.height <= height + 2;
  };
  for (const press of ['Enter', 'click']) {
    await inside.locator('.month').scrollIntoViewIfNeeded();
    assert.ok((await heightOf(page)) > 2 * height - 100, 'most of the page is out of sight');
    if (press === 'click') await inside.locator('.month').click();
    else await inside.locator('.month').press(press);
    await eventually(`the month is in sight after ${press}`, inSight);
    await page.keyboard.press('Escape');
    await inside.locator('dialog[open]').waitFor({ state: 'detached' });
  }
  await page.context().close();
});

test('a site that is not listed cannot show it, read what is free, or hold a time', options, async () => {
  assert.equal((await setOrigins([listed])).status, 200);
  const page = await shop.visit('about:blank');
  // Playwright answers preflights itself while it listens to requests, and lets everything pass.
  await page.context().unrouteAll();
  await page.clock.install();
  await page.goto(unlisted);
  await eventually('the browser refuses the page', async () => page.frames().some((frame) => frame.url().startsWith('chrome-error:')));
  await eventually('a link is there instead', async () => {
    await page.clock.runFor(1_000);
    return (await page.locator(`a[href="${shop.url}/"]`).count()) === 1;
  });
  const { items } = (await askOver(shop.url, 'GET', '/v1/services')).body;
  const offered = await askOver(shop.url, 'GET', `/v1/slots?serviceId=${items[0].id}&from=${dateIn(2, 'UTC')}&to=${dateIn(9, 'UTC')}`);
  const free = offered.body.slots[0];
  const hold = JSON.stringify({ serviceId: items[0].id, startsAt: free.startsAt, staffId: free.staffId });
  const attempts = await page.evaluate(
    async ([url, body]) => {
      const tried = (path: string, init: RequestInit) =>
        fetch(`${url}${path}`, init).then(
          (answer) => answer.type,
          () => 'refused',
        );
      return [
        await tried('/v1/services', {}),
        await tried('/v1/holds', { method: 'POST', body, headers: { 'content-type': 'application/json' } }),
        await tried('/v1/holds', { method: 'POST', body, mode: 'no-cors' }),
      ];
    },
    [shop.url, hold] as const,
  );
  assert.deepEqual(attempts.slice(0, 2), ['refused', 'refused']);
  const own = await askOver(shop.url, 'POST', '/v1/holds', { body: JSON.parse(hold) });
  assert.equal(own.status, 201, `the time is still free: ${own.text}`);
  await page.context().close();
});

test('only that page can be shown by others, and with an empty list by none', options, async () => {
  const framing = async (path: string) => {
    const { headers } = await fetch(`${shop.url}${path}`, { redirect: 'manual' });
    const policy = headers.get('content-security-policy') ?? '';
    return [/frame-ancestors ([^;]*)/.exec(policy)?.[1], headers.get('x-frame-options')];
  };
  const others = ['/', '/desk', '/account', '/admin', '/receipt', '/embed/', '/EMBED/try', '/embed/try', '/docs', '/problems', '/v1/services', '/embed.js'];
  for (const origins of [[listed, 'https://www.example.com'], []]) {
    assert.equal((await setOrigins(origins)).status, 200);
    assert.deepEqual(await framing('/embed'), origins.length === 0 ? ["'none'", 'DENY'] : [origins.join(' '), null]);
    for (const path of others) assert.deepEqual(await framing(path), ["'none'", 'DENY'], path);
  }
  const page = await fetch(`${shop.url}/embed`);
  assert.equal(page.headers.get('cache-control'), 'no-store', 'a browser keeps an old policy with a page that it keeps');
  assert.equal(page.headers.get('set-cookie'), null);
});

test('there is a page to try it, which shows it once the address of this server is on the list', options, async () => {
  const own = `http://localhost:${new URL(shop.url).port}`;
  assert.equal((await setOrigins([own])).status, 200);
  const page = await shop.visit(`${own}/embed/try`);
  await page.frameLocator('iframe').getByRole('heading', { name: 'Book a time' }).waitFor();
  await assertAccessible(page, 'the page to try it');
  await page.context().close();
});

test('an entry of the list that is not an origin is refused by its place', options, async () => {
  const wrong = [
    ...['http://www.example.com', 'https://example.com/', 'https://*.example.com', 'https://example.com;script-src', 'https://example.com:443'],
    ...['https://user@example.com', 'https://Example.com', 'null', '*', "'self'", 'https://localhost.', 'data:text/html,x'],
  ];
  for (const origin of wrong) {
    const { status, body } = await setOrigins(['https://www.example.com', origin]);
    assert.deepEqual([status, body.errors?.[0]?.path], [400, 'embedOrigins.1'], origin);
  }
  assert.equal((await setOrigins(['https://a.example', 'https://a.example'])).body.errors[0].path, 'embedOrigins');
  assert.equal((await setOrigins(['https://a.example:8443', 'http://localhost:8080', 'https://xn--bcher-kva.example'])).status, 200);
});

test('no page has done anything that its policy forbids, and no script has failed', options, () => {
  assert.deepEqual(shop.faults, []);
});
