// What the answers of providers mean, and what is believed of what they send.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { guardedFetch } from '../../src/integrations/outside/guarded-fetch.ts';
import { httpSms } from '../../src/integrations/sms/http-sms.ts';
import { twilioSms } from '../../src/integrations/sms/twilio-sms.ts';
import { timeNow } from '../support/clock.ts';
import { freePort } from '../support/free-port.ts';
import { startTwilio, type TestTwilio, TWILIO_ACCOUNT, TWILIO_TOKEN, twilioSignature } from '../support/twilio.ts';

const ID = '01890000-0000-7000-8000-000000000001';
const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const PUBLIC = 'https://book.example.org';
const SMS = { id: ID, to: '+4915112345678', text: 'Salt & Pine: booked. 50 % off? €5 + more' };
const outside = guardedFetch({ exempt: new Set(['127.0.0.1']) });

describe('Twilio', () => {
  let twilio: TestTwilio;
  before(async () => {
    twilio = await startTwilio();
  });
  after(() => twilio?.[Symbol.asyncDispose]());
  const provider = (settings: Partial<Parameters<typeof twilioSms>[1]> = {}) =>
    twilioSms(outside, { url: twilio.url, account: TWILIO_ACCOUNT, token: TWILIO_TOKEN, from: '+4915735985555', publicUrl: PUBLIC, ...settings });

  test('takes a text as it is, and says what it calls it', async () => {
    const answer = await provider().send(SMS);
    const [taken] = twilio.taken;
    assert.deepEqual(answer, { type: 'accepted', providerId: taken?.sid });
    assert.deepEqual([taken?.to, taken?.text, taken?.callback], [SMS.to, SMS.text, `${PUBLIC}/v1/sms/twilio/status?messageId=${ID}`]);
  });

  test('every "no" means what the documentation says: for good, later, or nobody knows', async () => {
    const troubles = [
      [
        { status: 429, code: 20_429 },
        { type: 'not-now', reason: 'put-off 429 20429' },
      ],
      [
        { status: 503, code: 20_503 },
        { type: 'not-now', reason: 'put-off 503 20503' },
      ],
      [
        { status: 500, code: 20_500 },
        { type: 'unknown', reason: 'refused 500 20500' },
      ],
      ['hang-up', { type: 'unknown', reason: 'unreachable' }],
    ] as const;
    for (const [trouble, meant] of troubles) {
      twilio.trouble(trouble);
      assert.deepEqual(await provider().send(SMS), meant);
    }
    assert.deepEqual(await provider({ token: 'wrong' }).send(SMS), { type: 'not-now', reason: 'login-refused 401 20003' });
    assert.deepEqual(await provider().send({ ...SMS, to: '+4915112345601' }), { type: 'refused', reason: 'refused 400 21211' });
    assert.deepEqual(await provider().send({ ...SMS, to: '+4915112345603' }), { type: 'refused', reason: 'opted-out', isOptedOut: true });
    assert.deepEqual(await provider({ url: `http://127.0.0.1:${await freePort()}` }).send(SMS), { type: 'not-now', reason: 'unreachable' });
  });

  test('only what it has signed is believed, to the last byte and for this address', () => {
    const url = `${PUBLIC}/v1/sms/twilio/status?messageId=${ID}`;
    const fields = { MessageSid: 'SM1', MessageStatus: 'undelivered', ErrorCode: '30005', Zeta: 'é+ &', 'A b': '' };
    const read = (given: Partial<{ url: string; signature: string; body: string }> = {}) =>
      provider().readReport({
        url: given.url ?? url,
        headers: { 'x-twilio-signature': given.signature ?? twilioSignature(url, fields) },
        body: Buffer.from(given.body ?? new URLSearchParams(fields).toString()),
      });
    assert.deepEqual(read(), { messageId: ID, providerId: 'SM1', state: 'undelivered', reason: 'undelivered 30005' });
    assert.equal(read({ url: url.replace(ID, ID.replace('1', '2')) }), 'not-signed');
    assert.equal(read({ body: `${new URLSearchParams(fields)}&More=1` }), 'not-signed');
    assert.equal(read({ signature: twilioSignature(url, fields, 'another token') }), 'not-signed');
    const changed = { url, headers: { 'x-twilio-signature': twilioSignature(url, fields) }, body: Buffer.from(new URLSearchParams(fields).toString()) };
    assert.notEqual(provider({ token: 'a new token', oldToken: TWILIO_TOKEN }).readReport(changed), 'not-signed');
    assert.equal(provider({ token: 'a new token' }).readReport(changed), 'not-signed');
    assert.equal(read({ signature: '' }), 'not-signed');
    assert.equal(provider().readReport({ url, headers: {}, body: Buffer.alloc(0) }), 'not-signed');
  });
});

describe('a provider behind the HTTP contract', () => {
  let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    bodies.push(Buffer.concat(parts).toString('utf8'));
    answer(request, response);
  });
  let url = '';
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`;
  });
  after(() => server.close());
  const provider = () => httpSms(outside, { url, token: 'token', secret: SECRET, from: 'Salt', publicUrl: PUBLIC });

  test('is told everything under an idempotency key, and its answers mean what their status means', async () => {
    answer = (request, response) => {
      assert.deepEqual([request.headers.authorization, request.headers['idempotency-key']], ['Bearer token', ID]);
      response.end(JSON.stringify({ id: 'x-1' }));
    };
    assert.deepEqual(await provider().send(SMS), { type: 'accepted', providerId: 'x-1' });
    assert.deepEqual(JSON.parse(bodies[0] ?? ''), { ...SMS, from: 'Salt', statusUrl: `${PUBLIC}/v1/sms/http/status` });
    const meant = { 400: 'refused', 422: 'refused', 401: 'not-now', 429: 'not-now', 503: 'not-now', 302: 'unknown', 500: 'unknown' } as const;
    for (const [status, type] of Object.entries(meant)) {
      answer = (_, response) => response.writeHead(Number(status), { location: 'http://169.254.169.254/' }).end('{"code":"<b>no</b>"}');
      assert.deepEqual(await provider().send(SMS), { type, reason: ((await provider().send(SMS)) as { reason: string }).reason });
    }
    answer = (_, response) => response.writeHead(400).end('{"code":"opted-out"}');
    assert.deepEqual(await provider().send(SMS), { type: 'refused', reason: 'opted-out', isOptedOut: true });
  });

  test('what it sends has to be signed, and not long ago', () => {
    const body = JSON.stringify({ messageId: ID, id: 'x-1', status: 'delivered' });
    const read = (sent: string, at = new Date(timeNow()), id = 'one') =>
      provider().readReport({
        url: `${PUBLIC}/v1/sms/http/status`,
        headers: {
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
          'webhook-signature': new Webhook(SECRET).sign('one', at, body),
        },
        body: Buffer.from(sent),
      });
    assert.deepEqual(read(body), { messageId: ID, providerId: 'x-1', state: 'delivered', reason: 'delivered' });
    assert.equal(read(`${body} `), 'not-signed');
    assert.equal(read(body, new Date(timeNow()), 'two'), 'not-signed');
    assert.equal(read(body, new Date(timeNow() - 600_000)), 'not-signed');
  });
});
