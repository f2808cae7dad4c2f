import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import express, { type RequestHandler } from 'express';
import { allowedOrigins, securityHeaders, withStripe } from '../../../src/gateway/security/headers.ts';

const LISTED = 'https://app.example.com';

/** What a server with this in front of it says to a page of `origin`. */
async function headersOf(handler: RequestHandler, { method = 'GET', origin }: { method?: string; origin?: string } = {}): Promise<Headers> {
  const server = express()
    .use(handler, (_request, response) => void response.end())
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const preflight = method === 'OPTIONS' ? { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' } : {};
  try {
    return (await fetch(`http://127.0.0.1:${port}/`, { method, headers: { ...(origin && { origin }), ...preflight, connection: 'close' } })).headers;
  } finally {
    server.close();
  }
}

describe('what browsers are told', () => {
  test('nothing foreign and nothing inline runs, and nobody shows a page of ours in theirs', async () => {
    const headers = await headersOf(securityHeaders(false));
    assert.deepEqual(headers.get('content-security-policy')?.split(';'), [
      ...["default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'"],
      ...["object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"],
    ]);
    const others = ['x-frame-options', 'x-content-type-options', 'cross-origin-resource-policy', 'cross-origin-opener-policy', 'referrer-policy'];
    assert.deepEqual(
      others.map((name) => headers.get(name)),
      ['DENY', 'nosniff', 'same-site', 'same-origin', 'no-referrer'],
    );
  });
  test('the form of the payment provider is let in, and nothing else', async () => {
    const usual = (await headersOf(securityHeaders(false))).get('content-security-policy') ?? '';
    const wider = withStripe(usual).split(';');
    const more = wider.filter((directive) => !usual.split(';').includes(directive.trim())).map((directive) => directive.trim());
    const scripts = 'https://js.stripe.com https://*.js.stripe.com';
    assert.deepEqual(more, [`frame-src ${scripts} https://hooks.stripe.com`, `script-src 'self' ${scripts}`, "connect-src 'self' https://api.stripe.com"]);
  });
  test('TLS is for ever where there is TLS, and only there', async () => {
    assert.match((await headersOf(securityHeaders(true))).get('strict-transport-security') ?? '', /^max-age=31536000/);
    assert.equal((await headersOf(securityHeaders(false))).get('strict-transport-security'), null);
  });
});

describe('pages of other origins', () => {
  const allowed = async (origins: readonly string[], origin: string, method = 'GET') => {
    const headers = await headersOf(allowedOrigins(origins), { method, origin });
    return [headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')];
  };
  test('may ask with what they are logged in with if they are on the list', async () => {
    for (const method of ['GET', 'OPTIONS']) assert.deepEqual(await allowed(['https://other.example', LISTED], LISTED, method), [LISTED, 'true']);
  });
  test('may not read anything if they are not on it, or if there is none', async () => {
    for (const origin of ['https://evil.example', `${LISTED}.evil.example`, 'https://app.example.com:8443', 'http://app.example.com', 'null'])
      for (const method of ['GET', 'OPTIONS']) {
        assert.equal((await allowed([LISTED], origin, method))[0], null, origin);
        assert.deepEqual(await allowed([], origin, method), [null, null], origin);
      }
  });
  test('hear what they have to know to ask again: when, how much is left, and under which version', async () => {
    const exposed = (await headersOf(allowedOrigins([LISTED]), { origin: LISTED })).get('access-control-expose-headers')?.split(',') ?? [];
    for (const name of ['ETag', 'Idempotency-Replayed', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id', 'Location'])
      assert.ok(exposed.includes(name), name);
  });
});
