import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { type Business, berlinTime, openBusiness } from '../business.ts';

/** Both are JSON in UTF-8; the second is written as no client writes it, and so is left to Express. */
const [ORDINARY, UNUSUAL] = ['application/json', 'application/json;charset="utf-8"'];
/** They say how much is left, or when. */
const VARIES = /^(ratelimit|date|idempotency-replayed):/i;

let shop: Business;
before(async () => {
  shop = await openBusiness({ CORS_ORIGINS: 'https://shop.example', RATE_LIMIT_SCALE: '1' });
});
after(() => shop?.[Symbol.asyncDispose]());

/** What the server sends for these bytes, until it has sent one whole answer. */
async function answerTo(lines: readonly string[], body: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(shop.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(
    Buffer.concat([
      Buffer.from(`${[...lines, `Content-Length: ${Buffer.byteLength(body)}`, 'X-Request-Id: the-same'].join('\r\n')}\r\n\r\n`),
      Buffer.from(body),
    ]),
  );
  let text = '';
  for await (const data of socket) {
    text += data;
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
    if (Buffer.byteLength(text.slice(text.indexOf('\r\n\r\n') + 4)) >= length) break;
  }
  socket.destroy();
  return text;
}

function comparable(answer: string): { readonly head: readonly string[]; readonly body: string } {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { head: head.split('\r\n').filter((line) => !VARIES.test(line)), body };
}

describe('a route that is served without Express', () => {
  const hold = () => ({ serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(3, '10:00') });
  const customer = { name: 'Grace', email: 'grace@example.org' };
  const cases: readonly (readonly [what: string, status: number, path: string, headers: () => readonly string[], body: () => string | Buffer])[] = [
    ['a hold', 201, '/v1/holds', () => ['Idempotency-Key: a-key-that-is-long-enough'], () => JSON.stringify(hold())],
    [
      'a key that was used for something else',
      422,
      '/v1/holds',
      () => ['Idempotency-Key: a-key-that-is-long-enough'],
      () => JSON.stringify({ ...hold(), seats: 1, startsAt: berlinTime(3, '12:00') }),
    ],
    [
      'a booking by a user',
      201,
      '/v1/appointments',
      () => ['Idempotency-Key: another-key-that-is-long', `Authorization: Bearer ${shop.tokens.desk}`],
      () => JSON.stringify({ ...hold(), startsAt: berlinTime(4, '10:00'), customer }),
    ],
    ['a time that is taken', 409, '/v1/appointments', () => ['Idempotency-Key: a-third-key-that-is-long'], () => JSON.stringify({ ...hold(), customer })],
    ['a field that nobody knows', 400, '/v1/holds', () => [], () => JSON.stringify({ ...hold(), wrong: 1 })],
    ['a mark of the byte order in front', 409, '/v1/holds', () => [], () => `\uFEFF${JSON.stringify(hold())}`],
    ['text that is no JSON', 400, '/v1/holds', () => [], () => '{"serviceId":'],
    ['a single value', 400, '/v1/holds', () => [], () => 'null'],
    ['a list', 400, '/v1/holds', () => [], () => '[]'],
    ['bytes that are no UTF-8', 415, '/v1/holds', () => [], () => Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ['a token that is not good', 401, '/v1/holds', () => ['Authorization: Bearer nonsense'], () => JSON.stringify(hold())],
    ['a header for a token that is none', 403, '/v1/holds', () => ['Hold-Token: nonsense'], () => JSON.stringify(hold())],
    ['a header that is not possible here', 400, '/v1/holds', () => ['If-Match: "1"'], () => JSON.stringify(hold())],
    ['a key that is too long', 400, '/v1/holds', () => [`Idempotency-Key: ${'k'.repeat(256)}`], () => JSON.stringify(hold())],
    ['a name of another server', 421, '/v1/holds', () => ['Host: evil.example'], () => JSON.stringify(hold())],
    [
      'a page of another site that may ask',
      409,
      '/v1/holds',
      () => ['Origin: https://shop.example', 'Idempotency-Key: a-fourth-key-that-is-long'],
      () => JSON.stringify(hold()),
    ],
    [
      'a page of another site',
      409,
      '/v1/holds',
      () => ['Origin: https://evil.example', 'Idempotency-Key: a-fourth-key-that-is-long'],
      () => JSON.stringify(hold()),
    ],
  ];

  test('answers as Express does, with the same headers', async () => {
    const requests: object[] = [];
    const hear = (message: unknown) => void requests.push((message as { request: object }).request);
    subscribe('http.server.request.start', hear);
    using _heard = { [Symbol.dispose]: () => void unsubscribe('http.server.request.start', hear) };
    // Express adds the field to every request that it is given.
    const byExpress = () => requests.splice(0).map((request) => 'originalUrl' in request);
    for (const [what, status, path, headers, body] of cases) {
      const own = headers();
      const host = own.some((line) => line.startsWith('Host:')) ? [] : ['Host: localhost'];
      const said = async (type: string | undefined) => comparable(await answerTo([`POST ${path} HTTP/1.1`, ...host, `Content-Type: ${type}`, ...own], body()));
      const [fast, slow] = [await said(ORDINARY), await said(UNUSUAL)];
      assert.deepEqual(byExpress(), [false, true], `${what}: who has served it`);
      assert.equal(fast.head[0]?.split(' ')[1], String(status), `${what}: ${fast.body}`);
      assert.deepEqual(fast.head.toSorted(), slow.head.toSorted(), what);
      assert.equal(fast.body, slow.body, what);
      assert.ok(
        fast.head.some((line) => line.startsWith('Content-Security-Policy: ')),
        what,
      );
    }
  });

  test('counts what it is asked, and refuses who asks too often', async () => {
    const ask = async () => {
      const answer = await answerTo(['POST /v1/holds HTTP/1.1', 'Host: localhost', `Content-Type: ${ORDINARY}`], '{}');
      return { status: answer.split(' ')[1], left: Number(/^RateLimit: "hold-address";r=(\d+)/m.exec(answer)?.[1]) };
    };
    const { left } = await ask();
    for (let asked = 1; asked <= left; asked += 1) assert.deepEqual(await ask(), { status: '400', left: left - asked });
    assert.deepEqual(await ask(), { status: '429', left: 0 });
  });
});
