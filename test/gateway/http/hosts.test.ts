// Under which names the server answers, at the settings that it has by default and with names of its own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isOwnHost } from '../../../src/gateway/security/origins.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { RawConnection } from './raw-connection.ts';

/** What a GET of this address is answered when `Host` says this. */
async function asked(server: TestServer, target: string, host: string): Promise<{ readonly status: number; readonly code: string | undefined }> {
  const connection = await RawConnection.open(server.url);
  connection.send(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  const { status, problem } = await connection.lastWords();
  return { status, code: problem?.code };
}
const REFUSED = { status: 421, code: 'misdirected-request' };

describe('a server that nobody has given a name', () => {
  let server: TestServer;
  let port: string;
  before(async () => {
    server = await openTestServer({ isDemo: false, settings: { RATE_LIMIT_SCALE: '1' } });
    port = new URL(server.url).port;
  });
  after(() => server?.[Symbol.asyncDispose]());

  test('answers at its addresses and as localhost', async () => {
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`, `10.0.0.7:${port}`, 'localhost'])
      assert.equal((await asked(server, '/v1/business', host)).status, 200, host);
  });

  test('serves nothing under a name that anybody may have made point here, neither data nor pages', async () => {
    for (const host of [
      `evil.example:${port}`,
      'evil.example',
      `localhost.evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
      'localhost/evil',
      'a@localhost',
    ])
      for (const path of ['/v1/business', '/v1/nothing', '/metrics', '/openapi.json', '/docs', '/problems', '/'])
        assert.deepEqual(await asked(server, path, host), REFUSED, `${host} ${path}`);
  });

  test('looks at the name in the address as well, which counts more', async () => {
    assert.deepEqual(await asked(server, 'http://evil.example/v1/business', 'localhost'), REFUSED);
    assert.equal((await asked(server, `http://localhost:${port}/v1/business`, 'localhost')).status, 200);
  });

  test('answers probes under whatever name they know the machine by', async () => {
    for (const path of ['/healthz', '/readyz', '/readyz?from=balancer']) assert.equal((await asked(server, path, 'node-1:3000')).status, 200, path);
    assert.deepEqual(await asked(server, '/healthz/../metrics', 'node-1:3000'), REFUSED);
  });
});

test('a server with names answers to PUBLIC_URL, to HOST, and to ALLOWED_HOSTS, whatever port a proxy or a tunnel puts behind them, and to no other', async () => {
  const settings = {
    RATE_LIMIT_SCALE: '1',
    PUBLIC_URL: 'https://Book.Example.org/shop',
    HOST: 'localhost',
    ALLOWED_HOSTS: 'node-1, www.example.org',
    CORS_ORIGINS: 'https://app.example.com',
  };
  await using server = await openTestServer({ isDemo: false, settings });
  for (const host of ['book.example.org', 'book.example.org:443', 'BOOK.example.org', 'node-1:3000', 'www.example.org', 'localhost', '127.0.0.1'])
    assert.equal((await asked(server, '/v1/business', host)).status, 200, host);
  for (const host of ['example.org', 'other.example.org', 'node-2:3000', 'app.example.com', 'book.example.org.evil.example'])
    assert.deepEqual(await asked(server, '/v1/business', host), REFUSED, host);
});

test('what is no Host is nobody’s', () => {
  for (const host of [
    '',
    ' ',
    'localhost ',
    'localhost:',
    'localhost:x',
    'localhost:123456',
    'localhost:1:2',
    '[::1',
    '::1',
    '[127.0.0.1]',
    '[localhost]',
    'localhost,localhost',
    'localhost#',
    'localhost?',
  ])
    assert.equal(isOwnHost(host, []), false, JSON.stringify(host));
});
