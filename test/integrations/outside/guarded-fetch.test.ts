import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createGzip, gzipSync } from 'node:zlib';
import { guardedFetch } from '../../../src/integrations/outside/guarded-fetch.ts';
import type { OutsideRequest } from '../../../src/model/outside.ts';

/** Stands for the public Internet; every other address of this machine is inside. */
const OUTSIDE = '127.0.0.2';
const ask = { allowsHttp: true, timeoutMilliseconds: 10_000, mostBytes: 10_000, mostRedirects: 3 } as const;

describe('a guarded fetch', () => {
  let server: Server;
  let inside: Server;
  let port: number;
  let answer: RequestListener;
  const asked: IncomingMessage[] = [];
  /** Requests that went where none may go. */
  const trespasses: string[] = [];
  const lookups: string[] = [];
  /** What names resolve to; a list of lists is one answer after the other. */
  let names: Record<string, readonly (readonly string[])[]>;

  before(async () => {
    server = createServer((request, response) => {
      asked.push(request);
      answer(request, response);
    }).listen(0, OUTSIDE);
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
    inside = createServer((request, response) => {
      trespasses.push(String(request.url));
      response.end('the inside');
    }).listen(port, '127.0.0.1');
    await once(inside, 'listening');
  });
  after(() => {
    for (const each of [server, inside]) {
      each?.close();
      each?.closeAllConnections();
    }
  });
  beforeEach(() => {
    for (const list of [asked, trespasses, lookups]) list.splice(0);
    names = { 'shop.example': [[OUTSIDE]] };
    answer = (_request, response) => void response.end('hello');
  });

  const outside = () =>
    guardedFetch({
      isAllowed: (address) => address === OUTSIDE,
      ports: new Set([port]),
      async resolve(name) {
        const answers = names[name] ?? [];
        const before = lookups.filter((earlier) => earlier === name).length;
        lookups.push(name);
        return answers[Math.min(before, answers.length - 1)] ?? [];
      },
    });
  const get = (url: string, more: Partial<OutsideRequest> = {}) => outside().ask({ ...ask, url, ...more });
  const refusalOf = async (url: string, more: Partial<OutsideRequest> = {}): Promise<string | undefined> => {
    const said = await get(url, more);
    return 'refusal' in said ? said.refusal : undefined;
  };
  const bodyOf = async (url: string, more: Partial<OutsideRequest> = {}): Promise<string> => {
    const said = await get(url, more);
    return 'refusal' in said ? `refused: ${said.refusal}` : Buffer.from(said.body).toString();
  };
  const redirect =
    (location: string, status = 302): RequestListener =>
    (request, response) => {
      if (request.url === '/start') response.writeHead(status, { location }).end();
      else response.end('arrived');
    };
  const start = () => `http://shop.example:${port}/start`;

  test('answers what the other side says, by the name it was asked for', async () => {
    assert.equal(await bodyOf(`http://shop.example:${port}/calendar?a=b`), 'hello');
    assert.deepEqual([asked[0]?.url, asked[0]?.headers.host], ['/calendar?a=b', `shop.example:${port}`]);
  });

  test('says itself for whom a request is, how long it is and that nothing follows, whatever else it is told to say', async () => {
    const headers = { host: 'inner.example', connection: 'keep-alive', 'content-length': '3' };
    assert.equal(await bodyOf(start(), { method: 'POST', body: 'whole', headers }), 'hello');
    const said = asked[0]?.headers;
    assert.deepEqual([said?.host, said?.connection, said?.['content-length']], [`shop.example:${port}`, 'close', '5']);
  });

  test('sends a body as it is', async () => {
    let received = '';
    answer = async (request, response) => {
      for await (const part of request) received += part;
      response.writeHead(202).end();
    };
    const said = await get(start(), { method: 'POST', body: 'Olá', headers: { 'content-type': 'text/plain', 'x-signature': 's' } });
    assert.deepEqual(['status' in said && said.status, received, asked[0]?.headers['x-signature']], [202, 'Olá', 's']);
  });

  describe('never goes', () => {
    const nowhere = async (url: string, refusal: string, more: Partial<OutsideRequest> = {}) => {
      assert.equal(await refusalOf(url, more), refusal, url);
      assert.deepEqual([asked.length, trespasses], [0, []], url);
    };
    test('to an inner address, however it is spelled', async () => {
      const spellings = [
        '127.0.0.1',
        '127.1',
        '2130706433',
        '0x7f000001',
        '0x7f.1',
        '0177.0.0.1',
        '017700000001',
        '127.0.0.1.',
        '１２７.０.０.１',
        '127。0。0。1',
        '%31%32%37.0.0.1',
      ];
      const others = [
        '[::1]',
        '[::ffff:127.0.0.1]',
        '[::ffff:7f00:1]',
        '[0:0:0:0:0:ffff:127.0.0.1]',
        '[::]',
        '0',
        '0.0.0.0',
        '169.254.169.254',
        '10.0.0.1',
        '[fd00::1]',
        '[64:ff9b::7f00:1]',
      ];
      for (const host of [...spellings, ...others]) await nowhere(`http://${host}:${port}/`, 'not-public');
    });
    test('to a name that has an inner address, alone or beside a public one', async () => {
      names['inner.example'] = [['127.0.0.1']];
      names['mixed.example'] = [[OUTSIDE, '127.0.0.1']];
      names['disguised.example'] = [['::ffff:127.0.0.1']];
      names['junk.example'] = [['not an address']];
      for (const name of ['inner', 'mixed', 'disguised', 'junk']) await nowhere(`http://${name}.example:${port}/`, 'not-public');
    });
    test('to a name that nobody knows', async () => nowhere(`http://nobody.example:${port}/`, 'name-not-known'));
    test('to another port', async () => {
      await nowhere('http://shop.example/', 'port-not-allowed');
      await nowhere('http://shop.example:6379/', 'port-not-allowed');
    });
    test('by another scheme, nor by http where that is not allowed', async () => {
      for (const url of ['file:///etc/passwd', `ftp://shop.example:${port}/`, 'data:text/plain,x', `ws://shop.example:${port}/`])
        await nowhere(url, 'scheme-not-allowed');
      await nowhere(start(), 'scheme-not-allowed', { allowsHttp: false });
    });
    test('with a name and a password in the address', async () => {
      for (const login of ['user:password', 'user', ':password']) await nowhere(`http://${login}@shop.example:${port}/`, 'credentials-in-address');
      await nowhere(`http://127.0.0.1:${port}@shop.example:${port}/`, 'credentials-in-address');
    });
    test('to what is no address', async () => {
      for (const url of ['', 'shop.example', 'http://', 'http://[', `http://sh op.example:${port}/`, `http://1.2.3.4.5:${port}/`, 'https:///'])
        await nowhere(url, 'not-an-address');
    });
  });

  test('connects to the address that was judged, whatever the name says a moment later', async () => {
    names['rebinding.example'] = [[OUTSIDE], ['127.0.0.1']];
    assert.equal(await bodyOf(`http://rebinding.example:${port}/`), 'hello');
    assert.deepEqual([lookups, trespasses], [['rebinding.example'], []]);
  });

  describe('a redirect', () => {
    test('is followed, and judged like the first address', async () => {
      answer = redirect('/there');
      assert.equal(await bodyOf(start()), 'arrived');
      names['other.example'] = [[OUTSIDE]];
      answer = redirect(`http://other.example:${port}/there`);
      const said = await get(start());
      assert.equal('url' in said && said.url, `http://other.example:${port}/there`);
    });
    test('to the inside is refused', async () => {
      names['inner.example'] = [['127.0.0.1']];
      for (const host of ['127.0.0.1', 'inner.example', '[::ffff:127.0.0.1]', '2130706433']) {
        answer = redirect(`http://${host}:${port}/secrets`);
        assert.equal(await refusalOf(start()), 'not-public', host);
      }
      answer = redirect(`//127.0.0.1:${port}/secrets`);
      assert.equal(await refusalOf(start()), 'not-public');
      assert.deepEqual(trespasses, []);
    });
    test('to the same name, which has another address by now, is refused', async () => {
      names['shop.example'] = [[OUTSIDE], ['127.0.0.1']];
      answer = redirect('/there');
      assert.equal(await refusalOf(start()), 'not-public');
      assert.deepEqual(trespasses, []);
    });
    test('to another scheme, a port, credentials or nothing at all is refused', async () => {
      for (const [location, refusal] of [
        ['file:///etc/passwd', 'scheme-not-allowed'],
        ['http://shop.example:22/', 'port-not-allowed'],
        [`http://a:b@shop.example:${port}/`, 'credentials-in-address'],
        ['http://[', 'not-an-address'],
      ] as const) {
        answer = redirect(location);
        assert.equal(await refusalOf(start()), refusal);
      }
    });
    test('takes no header of the first request along', async () => {
      for (const status of [301, 302, 303, 307, 308]) {
        asked.splice(0);
        answer = redirect('/there', status);
        assert.equal(await bodyOf(start(), { headers: { authorization: 'Bearer secret', cookie: 'a=b', 'x-signature': 's' } }), 'arrived');
        const [first, second] = asked;
        assert.equal(first?.headers.authorization, 'Bearer secret');
        for (const name of ['authorization', 'cookie', 'x-signature', 'referer']) assert.equal(second?.headers[name], undefined, name);
      }
    });
    test('is followed so often and no more', async () => {
      answer = (_request, response) => void response.writeHead(302, { location: '/again' }).end();
      assert.equal(await refusalOf(start()), 'too-many-redirects');
      assert.equal(asked.length, 4);
    });
    test('is an answer where none is to be followed, and to what is posted', async () => {
      answer = redirect('/there');
      for (const more of [{ mostRedirects: 0 }, { method: 'POST', body: 'x' }] as const) {
        const said = await get(start(), more);
        assert.equal('status' in said && said.status, 302);
      }
    });
  });

  describe('an answer that is too much', () => {
    test('is refused when it says so, when it never ends, and when it unfolds', async () => {
      const answers: readonly RequestListener[] = [
        (_request, response) => void response.writeHead(200, { 'content-length': 50_000_000 }).write('x'.repeat(20_000)),
        (_request, response) => {
          const more = () => response.write('x'.repeat(1_000)) && setImmediate(more);
          response.on('drain', more).on('close', () => response.removeAllListeners('drain'));
          more();
        },
        (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000_000))),
        (_request, response) => {
          const gzip = createGzip();
          gzip.pipe(response.writeHead(200, { 'content-encoding': 'gzip' }));
          const more = () => gzip.write(Buffer.alloc(10_000)) && !response.destroyed && setImmediate(more);
          gzip.on('drain', more);
          more();
          response.on('close', () => gzip.destroy());
        },
      ];
      for (const each of answers) {
        answer = each;
        assert.equal(await refusalOf(start()), 'too-large');
      }
    });
    test('is taken up to the last byte that is allowed', async () => {
      answer = (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000, 'a')));
      assert.equal((await bodyOf(start())).length, 10_000);
      assert.equal(await refusalOf(start(), { mostBytes: 9_999 }), 'too-large');
    });
    test('is no answer when its header is larger than any needs to be, when it breaks off, or when it is packed in another way', async () => {
      const answers: readonly RequestListener[] = [
        (_request, response) => void response.writeHead(200, { 'x-long': 'x'.repeat(60_000) }).end(),
        (request, response) => {
          response.writeHead(200, { 'content-length': 100 });
          response.write('half', () => request.socket.destroy());
        },
        (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end('x'),
        (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('not packed'),
        (request) => void request.socket.end('garbage\r\n\r\n'),
        (request) => void request.socket.destroy(),
      ];
      for (const each of answers) {
        answer = each;
        assert.equal(await refusalOf(start()), 'unreachable');
      }
    });
  });

  describe('too slow is', () => {
    const soon = { timeoutMilliseconds: 200 };
    test('a server that says nothing', async () => {
      answer = () => undefined;
      assert.equal(await refusalOf(start(), soon), 'too-slow');
    });
    test('a body that drips', async () => {
      answer = (_request, response) => {
        const drip = setInterval(() => response.write('.'), 10);
        response.on('close', () => clearInterval(drip));
      };
      assert.equal(await refusalOf(start(), soon), 'too-slow');
    });
    test('a chain of redirects, each of which is fast enough', async () => {
      answer = (_request, response) => void setTimeout(() => response.writeHead(302, { location: '/again' }).end(), 90);
      assert.equal(await refusalOf(start(), { ...soon, mostRedirects: 50 }), 'too-slow');
    });
    test('a name server that does not answer', async () => {
      const waiting = guardedFetch({ resolve: () => new Promise(() => undefined) });
      assert.deepEqual(await waiting.ask({ ...ask, ...soon, url: 'https://shop.example/' }), { refusal: 'too-slow' });
    });
  });

  test('by default, only public addresses and the ports of the web are asked', async () => {
    const plain = guardedFetch({ resolve: async () => [OUTSIDE] });
    assert.deepEqual(await plain.ask({ ...ask, url: 'https://shop.example/' }), { refusal: 'not-public' });
    assert.deepEqual(await plain.ask({ ...ask, url: `http://shop.example:${port}/` }), { refusal: 'port-not-allowed' });
    assert.deepEqual(await plain.ask({ ...ask, url: 'https://shop.example:80/' }), { refusal: 'port-not-allowed' });
    assert.deepEqual(await guardedFetch().ask({ ...ask, url: 'https://localhost/' }), { refusal: 'not-public' });
    assert.equal(asked.length, 0);
  });
});
