// What Engine.IO is asked, request by request: which page, which name, how often. At the settings that a server has by default.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { dateIn } from '../../support/dates.ts';
import { RawConnection } from '../http/raw-connection.ts';
import { openSmallShop, type SmallShop } from './small-shop.ts';
import { TestScreen } from './test-screen.ts';

const ELSEWHERE = 'https://elsewhere.example';
const LISTED = 'https://app.example.com';

let shop: SmallShop;
before(async () => {
  shop = await openSmallShop({ RATE_LIMIT_SCALE: '1', CORS_ORIGINS: LISTED });
});
after(() => shop?.[Symbol.asyncDispose]());

type Headers = Readonly<Record<string, string>>;
const address = (query = '') => `${shop.url}/socket.io/?EIO=4&transport=polling${query}`;
const poll = (query: string, headers: Headers = {}, more: RequestInit = {}) => fetch(address(query), { headers, ...more });

/** Opens a connection by polling, as a program does, and says that it is a guest. */
async function openPolling(): Promise<string> {
  const { sid } = JSON.parse((await (await poll('')).text()).slice(1));
  assert.equal((await poll(`&sid=${sid}`, {}, { method: 'POST', body: '40' })).status, 200);
  assert.match(await (await poll(`&sid=${sid}`)).text(), /^40\{/);
  return sid;
}

/** A refusal as REST would give it. */
async function isRefused(response: Response, status: number, code: string): Promise<void> {
  const text = await response.text();
  assert.deepEqual([response.status, response.headers.get('content-type')], [status, 'application/problem+json; charset=utf-8'], text);
  assert.equal(JSON.parse(text).code, code);
}

/** The answer to a request for a WebSocket. */
async function upgrade(headers: readonly string[], query = ''): Promise<{ readonly status: number; readonly code: string | undefined }> {
  const connection = await RawConnection.open(shop.url);
  const asked = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='];
  connection.send(`GET /socket.io/?EIO=4&transport=websocket${query} HTTP/1.1\r\n${[...headers, ...asked].join('\r\n')}\r\n\r\n`);
  const [answer] = await connection.answers(1);
  connection.close();
  return { status: answer?.status ?? 0, code: answer?.body.startsWith('{') ? JSON.parse(answer.body).code : undefined };
}

describe('a page of another site', () => {
  test('loads nothing as a script: JSONP is refused for every request, with an origin or without', async () => {
    const sid = await openPolling();
    for (const query of ['&j=0', '&j=', `&j=0&sid=${sid}`, `&sid=${sid}&j=7`]) {
      await isRefused(await poll(query), 400, 'invalid-request');
      await isRefused(
        await poll(query, {}, { method: 'POST', body: 'd=40', headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
        400,
        'invalid-request',
      );
    }
  });

  test('opens no connection, whichever way its browser says where it comes from', async () => {
    for (const headers of [
      { origin: ELSEWHERE },
      { origin: 'null' },
      { origin: `${shop.url}.elsewhere.example` },
      { origin: shop.url.replace('http:', 'https:') },
      { origin: 'http://127.0.0.1' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'script', 'sec-fetch-mode': 'no-cors' },
    ])
      await isRefused(await poll('', headers), 403, 'forbidden');
  });

  test('cannot read, write or take over a connection whose id it knows', async () => {
    const sid = await openPolling();
    for (const headers of [{ origin: ELSEWHERE }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
      await isRefused(await poll(`&sid=${sid}`, headers), 403, 'forbidden');
      const message = '420["unwatch",{"watchId":"w"}]';
      await isRefused(await poll(`&sid=${sid}`, { ...headers, 'content-type': 'text/plain' }, { method: 'POST', body: message }), 403, 'forbidden');
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      assert.deepEqual(await upgrade([`Host: ${new URL(shop.url).host}`, ...lines], `&sid=${sid}`), { status: 403, code: 'forbidden' });
    }
    // It is still there, and was told nothing.
    assert.equal((await poll(`&sid=${sid}`, {}, { method: 'POST', body: '420["unwatch",{"watchId":"w"}]' })).status, 200);
    assert.equal(await (await poll(`&sid=${sid}`)).text(), '430[{"ok":true}]');
  });

  test('hears nothing from a preflight, and one whose origin is listed may go on', async () => {
    const asks = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };
    await isRefused(await poll('', { ...asks, origin: ELSEWHERE }, { method: 'OPTIONS' }), 403, 'forbidden');
    const listed = await poll('', { ...asks, origin: LISTED, 'sec-fetch-site': 'cross-site' }, { method: 'OPTIONS' });
    assert.deepEqual([listed.status, listed.headers.get('access-control-allow-origin')], [204, LISTED]);
    const opened = await poll('', { origin: LISTED, 'sec-fetch-site': 'cross-site' });
    assert.deepEqual([opened.status, opened.headers.get('access-control-allow-origin')], [200, LISTED]);
  });

  test('opens no WebSocket either; our own page and a program do', async () => {
    const { host } = new URL(shop.url);
    assert.deepEqual(await upgrade([`Host: ${host}`, `Origin: ${ELSEWHERE}`]), { status: 403, code: 'forbidden' });
    assert.deepEqual(await upgrade([`Host: ${host}`, 'Sec-Fetch-Site: cross-site']), { status: 403, code: 'forbidden' });
    for (const headers of [{ origin: shop.url }, { origin: LISTED }, {}] as const) (await TestScreen.open(shop.url, undefined, headers)).close();
  });
});

describe('a name that is not ours', () => {
  const rebinding = ['evil.example', 'evil.example:3000', '127.0.0.1.evil.example', 'localhost.evil.example', 'localhost@evil.example', '[::1].evil.example'];

  test('is refused for polls and upgrades, with an origin that fits or none', async () => {
    for (const name of rebinding) {
      for (const lines of [[], [`Origin: http://${name}`], ['Sec-Fetch-Site: same-origin']]) {
        const connection = await RawConnection.open(shop.url);
        connection.send(`GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n${[`Host: ${name}`, ...lines].join('\r\n')}\r\n\r\n`);
        const { status, problem } = await connection.lastWords();
        assert.deepEqual([status, problem?.code], [421, 'misdirected-request'], name);
        assert.deepEqual(await upgrade([`Host: ${name}`, ...lines]), { status: 421, code: 'misdirected-request' }, name);
      }
    }
  });

  test('beside one that is ours, or no name at all, is no request', async () => {
    for (const hosts of [['Host: localhost', 'Host: localhost'], ['Host: localhost', 'Host: evil.example'], []]) {
      const connection = await RawConnection.open(shop.url);
      connection.send(`GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n${hosts.map((line) => `${line}\r\n`).join('')}\r\n`);
      const { status, problem } = await connection.lastWords();
      assert.deepEqual([status, problem?.code], [400, 'invalid-request'], hosts.join());
      assert.deepEqual(await upgrade(hosts), { status: 400, code: 'invalid-request' });
    }
  });
});

describe('what Engine.IO answers', () => {
  const guarded = ['x-content-type-options', 'cross-origin-resource-policy', 'content-security-policy', 'x-frame-options', 'referrer-policy'];

  test('has the headers of every other answer, whatever it says', async () => {
    const elsewhere = await fetch(`${shop.url}/v1/business`);
    const expected = guarded.map((name) => elsewhere.headers.get(name));
    assert.ok(!expected.includes(null));
    const sid = await openPolling();
    const posted = await poll(`&sid=${sid}`, {}, { method: 'POST', body: '420["unwatch",{"watchId":"w"}]' });
    for (const answer of [
      await poll(''),
      posted,
      await poll(`&sid=${sid}`),
      await poll('&sid=nobody'),
      await poll('&j=0'),
      await poll('', { origin: ELSEWHERE }),
    ]) {
      assert.deepEqual(
        guarded.map((name) => answer.headers.get(name)),
        expected,
        answer.url,
      );
      assert.match(answer.headers.get('x-request-id') ?? '', /^[\w-]{36}$/);
    }
  });

  test('is for GET and POST; another method ends no connection', async () => {
    const sid = await openPolling();
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      const answer = await poll(`&sid=${sid}`, {}, { method });
      assert.equal(answer.headers.get('allow'), 'GET, POST, OPTIONS');
      await isRefused(answer, 405, 'method-not-allowed');
    }
    assert.equal((await poll(`&sid=${sid}`, {}, { method: 'POST', body: '41' })).status, 200);
  });
});

describe('how often Engine.IO is asked', () => {
  test('a screen that polls hears the changes of a rush, and is refused nothing', async () => {
    const screen = await TestScreen.open(shop.url, undefined, {}, ['polling']);
    assert.ok((await screen.ask('watch-slots', { watchId: 'w', serviceId: shop.haircut, from: dateIn(0), to: dateIn(10) })).ok);
    for (let round = 0; round < 5; round += 1) {
      const startsAt = Array.from({ length: 5 }, () => shop.nextStart());
      await Promise.all(startsAt.map((at) => shop.post('/v1/holds', { serviceId: shop.haircut, startsAt: at })));
    }
    await screen.hears('slots-changed');
    assert.deepEqual([(await screen.ask('unwatch', { watchId: 'w' })).ok, screen.socket.io.engine.transport.name], [true, 'polling']);
    screen.close();
  });

  // The last one, since nothing is left of this address afterwards.
  test('an address that does nothing else is refused, and costs nothing more; another is served', async () => {
    const most = 6_000;
    const head = 'GET /socket.io/?EIO=4&transport=polling&sid=nobody HTTP/1.1\r\nHost: localhost\r\n';
    const flood = await RawConnection.open(shop.url);
    flood.send(`${`${head}\r\n`.repeat(most)}${head}Connection: close\r\n\r\n`);
    await flood.over();
    const statuses = Map.groupBy(flood.text.matchAll(/HTTP\/1\.1 (\d+) /g), ([, status]) => status);
    assert.deepEqual([...statuses.keys()].toSorted(), ['400', '429']);
    const refused = await poll('');
    assert.match(refused.headers.get('ratelimit-policy') ?? '', /^"transport-address";q=6000;w=60$/);
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);
    await isRefused(refused, 429, 'rate-limited');
    assert.deepEqual(await upgrade([`Host: ${new URL(shop.url).host}`]), { status: 429, code: 'rate-limited' });
    const other = await RawConnection.open(shop.url, '127.0.0.2');
    other.send('GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\n\r\n');
    assert.equal((await other.answers(1))[0]?.status, 200);
    other.close();
    assert.equal((await shop.ask('GET', '/v1/business')).status, 200, 'what REST is asked is counted apart');
  });
});
