import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { openTestServer } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

let shop: Business;
before(async () => {
  shop = await openBusiness({ CORS_ORIGINS: 'https://app.example.com' });
});
after(() => shop?.[Symbol.asyncDispose]());

const customer = { name: 'Grace', email: 'grace@example.org' };
const ask = () => ({ serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(3, '10:00') });

describe('a body', () => {
  test('that is no JSON', async () => {
    for (const body of ['{"serviceId":', 'hello', '{} {}', '"text"', '\0']) isProblem(await shop.ask('POST', '/v1/holds', { body }), 'invalid-request');
  });
  test('that is JSON, but no object', async () => {
    for (const body of [[], [[]]]) isProblem(await shop.ask('POST', '/v1/holds', { body }), 'invalid-request', '');
  });
  test('of a megabyte, and is told how much the route takes', async () => {
    const body = { report: 'x'.repeat(1_000_000) };
    for (const [path, most, token] of [
      ['/v1/holds', '64 kB'],
      ['/v1/messages/bounces', '256 kB', shop.tokens.owner],
    ] as const) {
      const said = await shop.ask('POST', path, { body, ...(token && { token }) });
      isProblem(said, 'too-large');
      assert.ok(said.body.detail.includes(most), said.text);
    }
  });
  test('of another type, charset or encoding', async () => {
    for (const headers of [{ 'content-type': 'text/plain' }, { 'content-type': 'application/json; charset=klingon' }, { 'content-encoding': 'zip' }]) {
      isProblem(await shop.ask('POST', '/v1/holds', { body: '{"a":1}', headers }), 'unsupported-media-type');
    }
  });
  test('with wrong fields, each of which is named', async () => {
    const body = {
      serviceId: 5,
      startsAt: null,
      staffId: 'ada',
      seats: '2',
      customer: { name: '', email: 'nobody', phone: 'call me' },
      answers: [],
      notes: { a: 1 },
      override: { rules: ['no-coffee'] },
    };
    const fields = [
      'serviceId',
      'startsAt',
      'staffId',
      'seats',
      'customer.name',
      'customer.email',
      'customer.phone',
      'answers',
      'notes',
      'override.rules.0',
      'override.reason',
    ];
    isProblem(await shop.ask('POST', '/v1/appointments', { body }), 'invalid-request', ...fields);
  });
  test('that tries to be more than an object', async () => {
    const body = `{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}},"serviceId":"${shop.haircut.id}"}`;
    isProblem(await shop.ask('POST', '/v1/holds', { body }), 'invalid-request', 'startsAt', '__proto__', 'constructor');
    assert.equal(({} as { isAdmin?: boolean }).isAdmin, undefined);
  });
  test('nested a thousand times', async () =>
    isProblem(await shop.ask('POST', '/v1/holds', { body: `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}` }), 'invalid-request', 'serviceId', 'startsAt', 'a'));
});

describe('a start', () => {
  const hold = (startsAt: unknown, more: object = {}) => shop.ask('POST', '/v1/holds', { body: { ...ask(), startsAt, ...more } });
  test('without an offset, or that is no time', async () => {
    for (const startsAt of ['2027-03-01T10:00:00', 'soon', 1_795_507_200_000, '', '2027-02-30T10:00:00Z', '+275760-09-13T00:00:00Z'])
      isProblem(await hold(startsAt), 'invalid-request', 'startsAt');
  });
  test('that does not exist where it is meant', async () =>
    isProblem(await hold('2027-03-28T02:30', { timeZone: 'Europe/Berlin' }), 'nonexistent-local-time', 'startsAt'));
  test('that is past, off the grid or outside hours', async () => {
    isProblem(await hold('2020-01-01T10:00:00Z'), 'slot-in-past');
    isProblem(await hold(berlinTime(3, '10:07')), 'off-grid');
    isProblem(await hold(berlinTime(3, '10:00').replace(':00+', ':01+')), 'off-grid');
    isProblem(await hold(berlinTime(3, '22:00')), 'outside-hours');
  });
  test('to queue for is not possible yet, which is said', async () =>
    isProblem(await hold(ask().startsAt, { onConflict: 'queue' }), 'invalid-request', 'onConflict'));
});

describe('an id of nothing', () => {
  test('in a body is named', async () => {
    for (const field of ['serviceId', 'staffId', 'locationId'])
      isProblem(await shop.ask('POST', '/v1/holds', { body: { ...ask(), [field]: crypto.randomUUID() } }), 'not-found', field);
    isProblem(await shop.ask('POST', '/v1/holds', { body: { ...ask(), locationId: shop.newYork } }), 'invalid-request', 'staffId');
  });
  test('in an address is not found', async () => {
    for (const id of [crypto.randomUUID(), 'x', '1', '%00', '..%2f..%2fetc%2fpasswd', 'a'.repeat(5_000)])
      isProblem(await shop.ask('GET', `/v1/services/${id}`), 'not-found');
    isProblem(await shop.ask('POST', `/v1/holds/${crypto.randomUUID()}/renew`), 'hold-not-found');
    isProblem(await shop.ask('POST', `/v1/appointments/${crypto.randomUUID()}/cancel`, { body: {}, token: shop.tokens.owner }), 'not-found');
  });
});

describe('an address', () => {
  test('where nothing is', async () => {
    for (const path of ['/v1', '/v1/nothing', '/v2/slots', '/%2e%2e/x', '/v1/slots/', '//', '/V1/SLOTS']) {
      const { status } = await shop.ask('GET', path);
      assert.ok([200, 400, 404].includes(status), `${path}: ${status}`);
    }
    isProblem(await shop.ask('GET', '/v1/nothing'), 'not-found');
  });
  test('that is not properly encoded', async () => isProblem(await shop.ask('GET', '/v1/services/%E0%A4%A'), 'invalid-request'));
  test('with another method says which it takes', async () => {
    const answer = await shop.ask('PUT', '/v1/holds', { body: {} });
    isProblem(answer, 'method-not-allowed');
    assert.equal(answer.headers.get('allow'), 'OPTIONS, POST');
  });
});

describe('headers', () => {
  test('a token that is not good is refused, not taken for a guest', async () => {
    for (const authorization of ['Bearer x.y.z', 'Bearer', 'Basic YTpi', `Bearer ${shop.tokens.owner}x`]) {
      const answer = await shop.ask('GET', '/v1/services', { headers: { authorization } });
      isProblem(answer, 'unauthenticated');
      assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
    }
  });
  test('a key has 1 to 255 characters', async () =>
    isProblem(await shop.ask('POST', '/v1/holds', { body: ask(), headers: { 'idempotency-key': 'k'.repeat(256) } }), 'invalid-request', 'Idempotency-Key'));
  test('the caller’s request id comes back, if it can stand in a log', async () => {
    assert.equal((await shop.ask('GET', '/v1/business', { headers: { 'x-request-id': 'mine-1' } })).headers.get('x-request-id'), 'mine-1');
    assert.notEqual((await shop.ask('GET', '/v1/business', { headers: { 'x-request-id': 'not mine' } })).headers.get('x-request-id'), 'not mine');
  });
  test('another origin may read if it is on the list', async () => {
    const allowed = async (origin: string) => (await shop.ask('GET', '/v1/business', { headers: { origin } })).headers.get('access-control-allow-origin');
    assert.equal(await allowed('https://app.example.com'), 'https://app.example.com');
    assert.equal(await allowed('https://evil.example'), null);
  });
  test('rights are told apart: nobody, somebody, somebody who may', async () => {
    const body = { name: 'X', minutes: 30 };
    isProblem(await shop.ask('POST', '/v1/services', { body }), 'unauthenticated');
    isProblem(await shop.ask('POST', '/v1/services', { body, token: shop.tokens.desk }), 'forbidden');
    isProblem(await shop.ask('POST', '/v1/appointments', { body: { ...ask(), customer, source: 'integration' } }), 'forbidden', 'source');
  });
});

test('bytes that are no HTTP do not stop the server', async () => {
  const { port } = new URL(shop.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.end('GET /\0 HTTP/9.9\r\n\r\n\r\n');
  const text = await socket.setEncoding('utf8').toArray();
  assert.match(text.join(''), /^HTTP\/1\.1 400/);
  assert.equal((await shop.ask('GET', '/v1/business')).status, 200);
});

test('who asks too often is told when to come back', async () => {
  await using strict = await openTestServer({ isDemo: false, settings: { RATE_LIMIT_SCALE: '0.05' } });
  const answers = [];
  for (let asked = 0; asked < 4; asked += 1) answers.push(await strict.ask('POST', '/v1/holds', { body: {} }));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [400, 400, 400, 429],
  );
  const last = answers.at(-1);
  assert.ok(last !== undefined);
  isProblem(last, 'rate-limited');
  assert.match(last.headers.get('retry-after') ?? '', /^[1-9]\d?$/);
  assert.equal(last.headers.get('ratelimit-policy'), '"hold-address";q=3;w=60');
  assert.equal((await strict.ask('POST', '/v1/appointments', { body: {} })).status, 400, 'other writes have an allowance of their own');
  assert.equal((await strict.ask('GET', '/v1/business')).status, 200);
});
