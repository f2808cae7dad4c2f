// What a page of somebody else gets out of this server from the browser of a visitor, at the settings that a server has by default.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { openTestServer, type TestServer } from '../support/test-server.ts';
import { FLAGS, findBrowser } from './browser.ts';

const executablePath = findBrowser();
/** A name of the attacker's, which their name server makes point to this machine. */
const REBOUND = 'rebound.example';

/** Newer browsers ask before a page of the Internet reaches into this network; older ones, and others, do not. */
const UNGUARDED = ['--disable-features=LocalNetworkAccessChecks,PrivateNetworkAccessRespectPreflightResults,BlockInsecurePrivateNetworkRequests'];

describe('a page of another site', { skip: executablePath === undefined && 'no Chromium or Chrome on this machine' }, () => {
  const opened = new AsyncDisposableStack();
  let server: TestServer;
  let browser: Browser;
  /** The other site: another port is another origin, and another name another site. */
  let elsewhere: string;

  before(async () => {
    server = opened.use(await openTestServer({ isDemo: false, settings: { RATE_LIMIT_SCALE: '1' } }));
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: [...FLAGS, `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`, ...UNGUARDED] });
    opened.defer(() => browser.close());
    const site = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><title>Elsewhere</title>'));
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    opened.defer(() => {
      site.closeAllConnections();
      site.close();
    });
    elsewhere = `http://localhost:${(site.address() as AddressInfo).port}`;
  });
  after(() => opened.disposeAsync());

  const visit = async (url = elsewhere): Promise<Page> => {
    const page = await browser.newPage();
    await page.goto(url);
    return page;
  };
  const socketUrl = (query: string) => `${server.url}/socket.io/?EIO=4&transport=polling${query}`;

  /** Loads an address as a script; what it calls `___eio[0]` with is what the page reads. */
  const asScript = (page: Page, url: string) =>
    page.evaluate(
      (src) =>
        new Promise<string>((resolve) => {
          Reflect.set(globalThis, '___eio', [(text: string) => resolve(`read ${text}`)]);
          const script = Object.assign(document.createElement('script'), { src });
          script.addEventListener('error', () => resolve('nothing'));
          script.addEventListener('load', () => resolve('nothing'));
          document.head.append(script);
        }),
      url,
    );

  test('reads no socket through a script tag', async () => {
    const page = await visit();
    assert.equal(await asScript(page, socketUrl('&j=0')), 'nothing');
    const { sid } = JSON.parse((await (await fetch(socketUrl(''))).text()).slice(1));
    await fetch(socketUrl(`&sid=${sid}`), { method: 'POST', body: '40' });
    assert.equal(await asScript(page, socketUrl(`&j=0&sid=${sid}`)), 'nothing');
    assert.match(await (await fetch(socketUrl(`&sid=${sid}`))).text(), /^40\{/, 'what was meant for its owner is still there');
  });

  test('writes to no socket whose id it knows', async () => {
    const page = await visit();
    const { sid } = JSON.parse((await (await fetch(socketUrl(''))).text()).slice(1));
    await page.evaluate((url) => fetch(url, { method: 'POST', mode: 'no-cors', body: '40' }).then(String, String), socketUrl(`&sid=${sid}`));
    // Had it come in, the answer to it would be the first thing to be read.
    const waiting = fetch(socketUrl(`&sid=${sid}`));
    assert.equal((await fetch(socketUrl(`&sid=${sid}`), { method: 'POST', body: '40{"token":"x"}' })).status, 200);
    assert.match(await (await waiting).text(), /^44\{"message":"unauthenticated"/);
  });

  test('opens no WebSocket', async () => {
    const page = await visit();
    const open = (url: string) =>
      page.evaluate(
        (address) =>
          new Promise<string>((resolve) => {
            const socket = new WebSocket(address);
            socket.addEventListener('message', ({ data }) => resolve(`read ${data}`));
            socket.addEventListener('close', () => resolve('nothing'));
          }),
        url,
      );
    assert.equal(await open(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`), 'nothing');
  });

  test('gets nothing by a name of its own that it makes point here', async () => {
    const rebound = `http://${REBOUND}:${new URL(server.url).port}`;
    const page = await browser.newPage();
    // The page was loaded while the name still pointed to the attacker.
    await page.route(`${rebound}/attack`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Rebound</title>' }));
    await page.goto(`${rebound}/attack`);
    const ask = (path: string) => page.evaluate((where) => fetch(where).then(async (said) => `${said.status} ${await said.text()}`), path);
    for (const path of ['/v1/business', '/metrics', '/openapi.json', '/', '/socket.io/?EIO=4&transport=polling'])
      assert.match(await ask(path), /^421 .*"code":"misdirected-request"/, path);
  });
});
