import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { guardedFetch } from '../../../src/integrations/outside/guarded-fetch.ts';
import type { OutsideRequest } from '../../../src/model/outside.ts';
import { certificateFor, type TestCertificate, whileTrusting } from '../../support/certificates.ts';

/** Stands for the public Internet. */
const OUTSIDE = '127.0.0.2';

describe('a guarded fetch over TLS', () => {
  let certificate: TestCertificate;
  let server: Server;
  let port: number;
  /** Where the server sends on to; null: it answers. */
  let redirect: string | null = null;
  const asked: IncomingMessage[] = [];
  /** The names that clients have asked for in their first words (SNI). */
  const names: (string | false | null)[] = [];

  before(async () => {
    certificate = await certificateFor('shop.example');
    server = createServer(certificate, (request, response) => {
      asked.push(request);
      if (redirect !== null && request.url === '/start') response.writeHead(302, { location: redirect }).end();
      else response.end('hello');
    }).listen(0, OUTSIDE);
    server.on('secureConnection', ({ servername }) => names.push(servername));
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  after(() => {
    server?.close();
    server?.closeAllConnections();
  });
  beforeEach(() => {
    redirect = null;
    for (const list of [asked, names]) list.splice(0);
  });

  const ask = async (name: string, path = '/', more: Partial<OutsideRequest> = {}) => {
    const outside = guardedFetch({ isAllowed: (address) => address === OUTSIDE, ports: new Set([port]), resolve: async () => [OUTSIDE] });
    const limits = { timeoutMilliseconds: 10_000, mostBytes: 10_000, mostRedirects: 3 };
    const said = await outside.ask({ ...limits, url: `https://${name}:${port}${path}`, ...more });
    return 'refusal' in said ? said.refusal : Buffer.from(said.body).toString();
  };
  const askTrusting = (...asking: Parameters<typeof ask>) => whileTrusting(certificate, () => ask(...asking));

  test('reaches the address that was judged, by its name, whose certificate it has seen', async () => {
    assert.equal(await askTrusting('shop.example'), 'hello');
    assert.deepEqual([names, asked[0]?.headers.host], [['shop.example'], `shop.example:${port}`]);
  });

  test('says nothing to a server whose certificate nobody vouches for', async () => {
    assert.equal(await ask('shop.example'), 'unreachable');
    assert.deepEqual(asked, []);
  });

  test('says nothing to a server with the certificate of another name', async () => {
    assert.equal(await askTrusting('other.example'), 'unreachable');
    assert.deepEqual(asked, []);
  });

  test('follows a redirect without what it was told to say, and none that leads out of TLS', async () => {
    redirect = `https://shop.example:${port}/there`;
    assert.equal(await askTrusting('shop.example', '/start', { headers: { authorization: 'Bearer secret' } }), 'hello');
    assert.deepEqual(
      asked.map(({ url, headers }) => [url, headers.authorization]),
      [
        ['/start', 'Bearer secret'],
        ['/there', undefined],
      ],
    );
    redirect = `http://shop.example:${port}/there`;
    for (const allowsHttp of [false, true]) assert.equal(await askTrusting('shop.example', '/start', { allowsHttp }), 'scheme-not-allowed');
  });
});
