import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { TEST_OWNER } from '../../support/test-server.ts';
import { openSmallShop, type SmallShop } from '../socket/small-shop.ts';
import { RawConnection } from './raw-connection.ts';

let shop: SmallShop;
const open: RawConnection[] = [];
before(async () => {
  shop = await openSmallShop({}, { http: { headersMilliseconds: 300, requestMilliseconds: 600, checkMilliseconds: 50, lingerMilliseconds: 200 } });
});
after(() => shop?.[Symbol.asyncDispose]());
afterEach(async () => {
  for (const connection of open.splice(0)) connection.close();
  assert.equal((await shop.ask('GET', '/readyz')).status, 200, 'the server goes on');
});

async function say(text: string): Promise<RawConnection> {
  const connection = await RawConnection.open(shop.url);
  open.push(connection);
  connection.send(text);
  return connection;
}
const GET = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n';

/** The connection is over after one answer, which is a problem with this code and says nothing of the inside. */
async function isToldAtTheEnd(connection: RawConnection, status: number, code: string): Promise<void> {
  const answer = await connection.lastWords();
  assert.deepEqual([answer.status, answer.problem?.code, answer.problem?.status], [status, code, status], connection.text.slice(0, 300));
  assert.deepEqual([answer.headers.get('connection'), answer.headers.get('x-request-id')], ['close', answer.problem.requestId]);
  assert.doesNotMatch(answer.body, /Error|HPE_|node:|\.ts/);
}

describe('a request that does not come to its end is too slow', () => {
  test('half a header', async () => {
    const connection = await say(`${GET}X-More: `);
    await isToldAtTheEnd(connection, 408, 'too-slow');
  });
  test('a header that grows by a line now and then', async () => {
    const connection = await say(GET);
    const drip = setInterval(() => connection.send('X: y\r\n'), 20);
    await connection.over().finally(() => clearInterval(drip));
    assert.match(connection.text, /^HTTP\/1\.1 408 /);
  });
  test('silence from the beginning', async () => {
    const connection = await RawConnection.open(shop.url);
    open.push(connection);
    await isToldAtTheEnd(connection, 408, 'too-slow');
  });
  test('a body that comes a byte at a time', async () => {
    const connection = await say('POST /v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{');
    const drip = setInterval(() => connection.send(' '), 20);
    await connection.over().finally(() => clearInterval(drip));
    assert.match(connection.text, /^HTTP\/1\.1 408 .*"code":"too-slow"/s);
  });
  test('the body of a long poll', async () => {
    const handshake = await (await fetch(`${shop.url}/socket.io/?EIO=4&transport=polling`)).text();
    const { sid } = JSON.parse(handshake.slice(1));
    const connection = await say(
      `POST /socket.io/?EIO=4&transport=polling&sid=${sid} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 50\r\n\r\n4`,
    );
    await isToldAtTheEnd(connection, 408, 'too-slow');
  });
});

describe('what is "too slow" is never carried out', () => {
  async function beginning(): Promise<{ readonly connection: RawConnection; readonly id: string; readonly request: string }> {
    const id = randomUUID();
    const body = JSON.stringify({ id, serviceId: shop.haircut, startsAt: shop.nextStart() });
    const connection = await RawConnection.open(shop.url);
    open.push(connection);
    const head = `POST /v1/holds HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    return { connection, id, request: `${head}\r\n\r\n${body}` };
  }
  /** Nothing, also when it would have been there by now. */
  async function wasNotPlaced(id: string): Promise<void> {
    assert.equal((await shop.post('/v1/holds', { serviceId: shop.haircut, startsAt: shop.nextStart() })).state, 'held');
    assert.equal((await shop.ask('GET', `/v1/holds/${id}`, { token: shop.owner })).status, 404);
  }

  test('a request that has come while the process stood still is answered', async () => {
    const { connection, id, request } = await beginning();
    // Accepted, and its time has begun.
    await wait(50);
    // Behind what is read in this turn and before the timers of the next: it is found only after its time is over.
    await nextTurn();
    connection.send(request);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    const [answer] = await connection.answers(1);
    assert.deepEqual([answer?.status, JSON.parse(answer?.body ?? '').id], [201, id], connection.text);
  });
  for (const [what, split] of [
    ['a request that crosses with the answer', 0],
    ['the rest of one', -5],
  ] as const)
    test(what, async () => {
      const { connection, id, request } = await beginning();
      connection.socket.removeAllListeners('end').allowHalfOpen = true;
      if (split !== 0) connection.send(request.slice(0, split));
      await connection.answers(1);
      connection.send(request.slice(split));
      connection.socket.end();
      await connection.over();
      assert.match(connection.text, /^HTTP\/1\.1 408 /);
      await wasNotPlaced(id);
    });
});

describe('a header that is too large is refused', () => {
  test('one long field', async () => isToldAtTheEnd(await say(`${GET}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`), 431, 'header-too-large'));
  test('one that never ends', async () => isToldAtTheEnd(await say(`${GET}X-Long: ${'x'.repeat(200_000)}`), 431, 'header-too-large'));
  test('a long address', async () => isToldAtTheEnd(await say(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`), 431, 'header-too-large'));
  test('too many fields, and none of them is left out in silence', async () => {
    const many = Array.from({ length: 200 }, (_, index) => `X-${index}: y\r\n`).join('');
    await isToldAtTheEnd(await say(`GET /v1/me HTTP/1.1\r\nHost: localhost\r\n${many}Authorization: Bearer ${shop.owner}\r\n\r\n`), 431, 'header-too-large');
  });
  test('as many as are allowed are read', async () => {
    const many = Array.from({ length: 97 }, (_, index) => `X-${index}: y\r\n`).join('');
    const connection = await say(`GET /v1/me HTTP/1.1\r\nHost: localhost\r\n${many}Authorization: Bearer ${shop.owner}\r\nConnection: close\r\n\r\n`);
    const [answer] = await connection.answers(1);
    assert.deepEqual([answer?.status, JSON.parse(answer?.body ?? '').email], [200, TEST_OWNER]);
  });
});

describe('what is no request is refused', () => {
  for (const [what, text] of [
    ['garbage', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n'],
    ['a made-up method', 'GETT / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['another protocol', 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n'],
    ['a field without a name', `${GET}: x\r\n\r\n`],
    ['a folded line', `${GET}X-One: 1\r\n two\r\n\r\n`],
    ['a control character', `${GET}X-One: a\x00b\r\n\r\n`],
    ['a length that is no number', 'POST /v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1x\r\n\r\n{'],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    ['two hosts', `${GET}Host: there\r\n\r\n`],
  ] as const)
    test(what, async () => isToldAtTheEnd(await say(text), 400, 'invalid-request'));
});

describe('a request that two servers could read differently is refused, and what hides behind it is not answered', () => {
  const hidden = 'GET /v1/services HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const post = (headers: string, body: string) => `POST /v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;
  for (const [what, text] of [
    ['a length and chunks', post('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${hidden}`)],
    ['chunks and a length', post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `0\r\n\r\n${hidden}`)],
    ['two lengths', post('Content-Length: 2\r\nContent-Length: 60\r\n', `{}${hidden}`)],
    ['a list of lengths', post('Content-Length: 2, 60\r\n', `{}${hidden}`)],
    ['chunks that are not last', post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${hidden}`)],
    ['a space before the colon', post('Transfer-Encoding : chunked\r\n', `0\r\n\r\n${hidden}`)],
    ['another encoding', post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${hidden}`)],
    ['a length with a sign', post('Content-Length: +2\r\n', `{}${hidden}`)],
    ['a chunk that is no number', post('Transfer-Encoding: chunked\r\n', `xyz\r\n${hidden}`)],
  ] as const)
    test(what, async () => {
      const connection = await say(text);
      const { status } = await connection.lastWords();
      assert.equal(status, 400, connection.text.slice(0, 200));
    });
});

describe('a request that is being answered comes first', () => {
  test('garbage behind it ends the connection after its answer', async () => {
    const connection = await say(`GET /v1/services HTTP/1.1\r\nHost: localhost\r\n\r\n\x00\x01\x02garbage\r\n\r\n`);
    const { status, body } = await connection.lastWords();
    assert.deepEqual([status, JSON.parse(body).items.length], [200, 3]);
  });
  test('and so it is with one that has come with its whole body, however soon what is broken comes behind it', async () => {
    const body = JSON.stringify({ serviceId: shop.haircut, startsAt: shop.nextStart() });
    const header = `POST /v1/holds HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const connection = await say(`${header}${body}\x00\x01\x02garbage\r\n\r\n`);
    const answer = await connection.lastWords();
    assert.deepEqual([answer.status, Object.keys(JSON.parse(answer.body))[0]], [201, 'id'], connection.text);
  });
  test('two of them are both answered, in their order', async () => {
    const connection = await say('GET /v1/services HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n\x00\r\n\r\n');
    await connection.over();
    assert.deepEqual(
      (await connection.answers(2)).map(({ status, body }) => [status, Object.keys(JSON.parse(body))[0]]),
      [
        [200, 'items'],
        [200, 'status'],
      ],
    );
  });
  test('a write whose body breaks off is not begun', async () => {
    const { id, token } = await (
      await fetch(`${shop.url}/v1/holds`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ serviceId: shop.haircut, startsAt: shop.nextStart() }),
      })
    ).json();
    const connection = await say(`DELETE /v1/holds/${id} HTTP/1.1\r\nHost: localhost\r\nHold-Token: ${token}\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n`);
    await connection.over();
    assert.doesNotMatch(connection.text, /^HTTP\/1\.1 2/);
    const kept = await fetch(`${shop.url}/v1/holds/${id}`, { headers: { 'hold-token': token } });
    assert.equal(kept.status, 200, 'the hold is still there');
  });
});

describe('an upgrade that is none', () => {
  const upgrade = (address: string) =>
    `GET ${address} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;
  for (const address of ['//', '/elsewhere', 'http://[', '*', '/socket.io/../', '/socket.io/?EIO=4&transport=websocket&sid=nobody'])
    test(`to ${address} ends, and the server does not`, async () => {
      const connection = await say(upgrade(address));
      await connection.over();
      assert.doesNotMatch(connection.text, / 101 /);
    });
  test('to another protocol than WebSocket is answered in this one', async () => {
    const body = '{}';
    const heads = [
      'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
      `POST /v1/auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    ];
    for (const [index, status] of [200, 400].entries()) {
      const connection = await say(heads[index] ?? '');
      await connection.over();
      assert.match(connection.text, new RegExp(`^HTTP/1\\.1 ${status} `));
    }
  });
  test('that is reset at once hurts nobody', async () => {
    for (const address of ['/elsewhere', '/socket.io/?EIO=4&transport=websocket', '//']) {
      const connection = await say(upgrade(address));
      connection.socket.resetAndDestroy();
      await connection.over();
    }
  });
});
