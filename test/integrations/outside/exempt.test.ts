import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { guardedFetch } from '../../../src/integrations/outside/guarded-fetch.ts';
import { outsideAllowOf } from '../../../src/settings/outside-config.ts';
import { eventually } from '../../support/eventually.ts';

const LIMITS = { timeoutMilliseconds: 20_000, mostBytes: 1_000, mostRedirects: 0 };

describe('what OUTSIDE_ALLOW lists', () => {
  let server: Server;
  let port: number;
  const open: ServerResponse[] = [];
  const hosts: (string | undefined)[] = [];
  before(async () => {
    server = createServer((request, response) => {
      hosts.push(request.headers.host);
      if (request.url === '/wait') open.push(response);
      else response.end('inside');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  after(() => {
    server?.close();
    server?.closeAllConnections();
  });
  beforeEach(() => {
    for (const list of [open, hosts]) list.splice(0);
  });

  const names: Record<string, readonly string[]> = {
    'hooks.internal': ['127.0.0.1'],
    'other.internal': ['127.0.0.1'],
    'mixed.internal': ['127.0.0.1', '10.0.0.1'],
  };
  const resolve = async (name: string) => names[name] ?? (name === 'localhost' ? ['127.0.0.1'] : []);
  const outside = (...exempt: readonly string[]) => guardedFetch({ resolve, exempt: new Set(exempt) });
  const said = async (allowed: string, host: string, scheme = 'http') => {
    const answer = await outside(allowed).ask({ ...LIMITS, url: `${scheme}://${host}:${port}/` });
    return 'refusal' in answer ? answer.refusal : Buffer.from(answer.body).toString();
  };

  test('is asked on any port, and without TLS', async () => {
    assert.equal(await said('hooks.internal', 'hooks.internal'), 'inside');
    assert.equal(await said('hooks.internal', 'hooks.internal.'), 'inside');
    assert.equal(await said('127.0.0.1', '127.0.0.1'), 'inside');
    assert.equal(await said('127.0.0.1', 'localhost'), 'inside');
    assert.equal(await said('127.0.0.1', '0x7f.1'), 'inside');
    assert.deepEqual(hosts[0], `hooks.internal:${port}`);
  });
  test('as an address, may have any name that has no other address', async () => {
    assert.equal(await said('127.0.0.1', 'other.internal'), 'inside');
    assert.equal(await said('127.0.0.1', 'mixed.internal'), 'scheme-not-allowed');
    assert.equal(await outside('127.0.0.1').judge({ url: 'https://mixed.internal/', timeoutMilliseconds: 20_000 }), 'not-public');
  });
  test('as a host, opens nothing for other names of its address', async () => {
    assert.equal(await said('hooks.internal', 'other.internal'), 'scheme-not-allowed');
    assert.equal(await said('hooks.internal', 'other.internal', 'https'), 'port-not-allowed');
    assert.equal(await said('hooks.internal', '127.0.0.1'), 'scheme-not-allowed');
  });
  test('opens nothing by another spelling of a protocol', async () => {
    assert.equal(await said('127.0.0.1', '[::ffff:127.0.0.1]', 'https'), 'port-not-allowed');
    assert.equal(await outside('127.0.0.1').judge({ url: 'https://[::ffff:127.0.0.1]/', timeoutMilliseconds: 20_000 }), 'not-public');
    assert.equal(await said('127.0.0.1', '127.0.0.1', 'ftp'), 'scheme-not-allowed');
  });
  test('is judged without a request', async () => {
    assert.equal(await outside('127.0.0.1').judge({ url: `http://127.0.0.1:${port}/`, timeoutMilliseconds: 20_000 }), undefined);
    assert.equal(await outside().judge({ url: 'https://localhost/', timeoutMilliseconds: 20_000 }), 'not-public');
    assert.equal(await outside().judge({ url: 'nonsense', timeoutMilliseconds: 20_000 }), 'not-an-address');
    assert.deepEqual(hosts, []);
  });
  test('is read from a list in any spelling', () => {
    const wrong: string[] = [];
    const read = (text: string) => outsideAllowOf(text.split(','), (_, message) => wrong.push(message));
    assert.deepEqual(read('Hooks.Internal.,10.0.0.5,0x7f.1,[::1],fd00:0::1'), ['hooks.internal', '10.0.0.5', '127.0.0.1', '::1', 'fd00::1']);
    assert.deepEqual(wrong, []);
    for (const text of ['http://a', 'a:80', '10.0.0.5:443', '[::1]:80', '*.internal', 'a/b', '10.0.0.0/8', 'a b', 'u@a', ':', '1.2.3.4.5']) read(text);
    assert.equal(wrong.length, 11);
  });

  test('few requests go to one host at a time; the others wait, and do not keep other hosts waiting', async () => {
    const some = guardedFetch({ resolve, exempt: new Set(['127.0.0.1']) }, { perHost: 2, total: 3, waiting: 3 });
    const ask = (host: string, timeoutMilliseconds = 20_000) => some.ask({ ...LIMITS, timeoutMilliseconds, url: `http://${host}:${port}/wait` });
    const first = [ask('localhost'), ask('localhost'), ask('localhost'), ask('localhost')];
    await eventually(() => open.length === 2);
    const other = ask('other.internal');
    await eventually(() => open.length === 3);
    assert.equal(hosts.at(-1), `other.internal:${port}`);
    assert.deepEqual(await ask('hooks.internal', 50), { refusal: 'busy' });
    const waiting = ask('hooks.internal');
    assert.deepEqual(await ask('hooks.internal'), { refusal: 'busy' });
    for (let ended = 0; ended < 6; ended += 1) {
      await eventually(() => open.length > ended);
      open[ended]?.end('done');
    }
    for (const answer of await Promise.all([...first, other, waiting])) assert.equal('status' in answer && answer.status, 200);
  });
});
