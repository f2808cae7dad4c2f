// What is sent compressed, to whom, and what never is.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { buildWebIfNeeded } from '../../../web/build.ts';
import { dateIn } from '../../support/dates.ts';
import { openTestServer, TEST_PASSWORD, type TestServer } from '../../support/test-server.ts';

let shop: TestServer;
before(async () => {
  shop = await openTestServer({ isDemo: true, webDirectory: await buildWebIfNeeded() });
});
after(() => shop?.[Symbol.asyncDispose]());

type Got = { readonly status: number; readonly headers: Record<string, string | string[] | undefined>; readonly bytes: Buffer };

/** As it comes over the line. */
function get(path: string, encodings: string, { method = 'GET', headers = {}, body = '' } = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asking = request(`${shop.url}${path}`, { method, headers: { ...headers, 'accept-encoding': encodings }, agent: false }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk);
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes: Buffer.concat(chunks) });
    });
    asking.on('error', reject).end(body);
  });
}

const UNPACK = { br: brotliDecompressSync, gzip: gunzipSync } as const;

async function sameInEveryEncoding(path: string): Promise<number> {
  const plain = await get(path, 'identity');
  assert.equal(plain.status, 200, plain.bytes.toString());
  assert.equal(plain.headers['content-encoding'], undefined);
  assert.match(String(plain.headers.vary), /accept-encoding/i);
  let best = plain.bytes.length;
  for (const [encoding, unpack] of Object.entries(UNPACK)) {
    const packed = await get(path, encoding);
    assert.equal(packed.headers['content-encoding'], encoding, path);
    assert.match(String(packed.headers.vary), /accept-encoding/i);
    assert.equal(packed.headers['content-type'], plain.headers['content-type']);
    assert.deepEqual(unpack(packed.bytes), plain.bytes);
    best = Math.min(best, packed.bytes.length);
  }
  assert.equal((await get(path, 'gzip, deflate, br')).headers['content-encoding'], 'br');
  assert.equal((await get(path, 'br;q=0, gzip;q=0.5')).headers['content-encoding'], 'gzip');
  return best / plain.bytes.length;
}

test('free times are compressed for clients that accept it', async () => {
  const services = await shop.ask('GET', '/v1/services');
  const path = `/v1/slots?serviceId=${services.body.items[0].id}&from=${dateIn(1)}&to=${dateIn(15)}`;
  assert.ok((await sameInEveryEncoding(path)) < 0.2, 'a fifth of the bytes at most');
});

test('the document of the API and the metrics are compressed as well', async () => {
  await sameInEveryEncoding('/openapi.json');
});

test('what is short, what has a tag, and what a write is answered is sent as it is', async () => {
  const login = await get('/v1/auth/login', 'br', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'owner@demo.test', password: TEST_PASSWORD, padding: undefined }),
  });
  assert.equal(login.status, 200, login.bytes.toString());
  const token = JSON.parse(login.bytes.toString()).accessToken;
  const services = await shop.ask('GET', '/v1/services', { token });
  const tagged = await get(`/v1/services/${services.body.items[0].id}`, 'br', { headers: { authorization: `Bearer ${token}` } });
  assert.ok(tagged.headers.etag);
  for (const sent of [login, tagged, await get('/healthz', 'br'), await get('/openapi.json', 'br', { method: 'HEAD' })])
    assert.equal(sent.headers['content-encoding'], undefined);
});

test('pages and what they are made of were compressed when they were bundled', async () => {
  const desk = await get('/desk', 'identity');
  const assets = [...desk.bytes.toString().matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path ?? '');
  assert.ok(assets.length > 1);
  let packed = 0;
  for (const path of ['/', '/desk', '/account', ...assets]) {
    const plain = await get(path, 'identity');
    if (plain.bytes.length < 1_000) continue;
    packed += 1;
    assert.ok((await sameInEveryEncoding(path)) < 0.7, path);
    assert.equal((await get(path, 'br')).headers['cache-control'], plain.headers['cache-control']);
  }
  assert.ok(packed > 3);
});

test('a page that is known already is not sent again, compressed or not', async () => {
  for (const encoding of ['br', 'identity']) {
    const { headers } = await get('/desk', encoding);
    const again = await get('/desk', encoding, { headers: { 'if-modified-since': String(headers['last-modified']) } });
    assert.deepEqual([again.status, again.bytes.length], [304, 0]);
  }
});
