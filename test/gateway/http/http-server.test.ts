import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { io } from 'socket.io-client';
import { HTTP_LIMITS } from '../../../src/gateway/http/http-limits.ts';
import { createHttpServer } from '../../../src/gateway/http/http-server.ts';
import { eventually } from '../../support/eventually.ts';
import { openTestServer } from '../../support/test-server.ts';
import { RawConnection } from './raw-connection.ts';

const GET = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
const sample = (metrics: string, name: string) => Number(new RegExp(`^slotkeeper_${name} (\\d+)$`, 'm').exec(metrics)?.[1]);

describe('connections', () => {
  test('five hundred that say nothing hold nobody up, and are sent away', async () => {
    await using server = await openTestServer({ isDemo: false, limits: { http: { headersMilliseconds: 5_000, checkMilliseconds: 100 } } });
    const silent = await Promise.all(Array.from({ length: 500 }, () => RawConnection.open(server.url)));
    assert.equal((await server.ask('GET', '/v1/services')).status, 200);
    // Answered while they are all still there.
    assert.ok(sample((await server.ask('GET', '/metrics')).text, 'connections') >= 500);
    await Promise.all(silent.map((connection) => connection.over()));
    await eventually(async () => sample((await server.ask('GET', '/metrics')).text, 'connections') < 10);
  });

  test('there are only so many, in all', async () => {
    await using server = await openTestServer({ isDemo: false, limits: { http: { connections: 20 } } });
    const open = await Promise.all(Array.from({ length: 20 }, () => RawConnection.open(server.url)));
    const oneMore = await RawConnection.open(server.url);
    await oneMore.over();
    assert.equal(oneMore.text, '');
    for (const connection of open) connection.send(GET);
    for (const connection of open) assert.equal((await connection.answers(1))[0]?.status, 200);
    for (const connection of open) connection.close();
    await eventually(async () => (await server.ask('GET', '/healthz').catch(() => undefined))?.status === 200);
    assert.ok(sample((await server.ask('GET', '/metrics')).text, 'refused_connections_total') >= 1);
  });

  test('there are only so many from one address, and others are served', async () => {
    await using server = await openTestServer({ isDemo: false, limits: { http: { connectionsPerAddress: 5 } } });
    const open = await Promise.all(Array.from({ length: 5 }, () => RawConnection.open(server.url)));
    const oneMore = await RawConnection.open(server.url);
    await oneMore.over();
    const elsewhere = await RawConnection.open(server.url, '127.0.0.2');
    elsewhere.send(GET);
    assert.equal((await elsewhere.answers(1))[0]?.status, 200);
    open.pop()?.close();
    await eventually(async () => (await server.ask('GET', '/healthz').catch(() => undefined))?.status === 200);
    for (const connection of [...open, elsewhere]) connection.close();
  });

  test('a network of one customer is one address', () => {
    const { http, openConnections, refusedConnections } = createHttpServer({ ...HTTP_LIMITS, connectionsPerAddress: 2 }, { countsAddresses: true });
    const comeFrom = (remoteAddress: string) => {
      const connection = Object.assign(new PassThrough(), { remoteAddress });
      http.emit('connection', connection);
      return connection;
    };
    const connections = ['2001:db8:1:2::1', '2001:db8:1:2::2', '2001:db8:1:2:ffff::3', '2001:db8:1:3::1'].map(comeFrom);
    assert.deepEqual(
      connections.map(({ destroyed }) => destroyed),
      [false, false, true, false],
    );
    assert.deepEqual([openConnections(), refusedConnections()], [3, 1]);
    for (const connection of connections) connection.destroy();
  });

  test('behind proxies, which all visitors come from, addresses are not counted', async () => {
    await using server = await openTestServer({ isDemo: false, settings: { TRUSTED_PROXIES: '1' }, limits: { http: { connectionsPerAddress: 5 } } });
    const open = await Promise.all(Array.from({ length: 10 }, () => RawConnection.open(server.url)));
    for (const connection of open) connection.send(GET);
    for (const connection of open) assert.equal((await connection.answers(1))[0]?.status, 200);
    for (const connection of open) connection.close();
  });

  test('one that is kept alive for nothing is closed, and one that has had enough requests says so', async () => {
    await using server = await openTestServer({
      isDemo: false,
      limits: { http: { keepAliveMilliseconds: 200, requestsPerConnection: 2, checkMilliseconds: 50 } },
    });
    const idle = await RawConnection.open(server.url);
    idle.send(GET);
    assert.equal((await idle.answers(1))[0]?.headers.get('connection'), 'keep-alive');
    await idle.over();
    const busy = await RawConnection.open(server.url);
    busy.send(GET + GET);
    assert.deepEqual(
      (await busy.answers(2)).map(({ headers }) => headers.get('connection')),
      ['keep-alive', 'close'],
    );
    await busy.over();
  });

  test('who does not read a large answer is cut off, and who reads it is not', async () => {
    await using server = await openTestServer({ isDemo: false, limits: { http: { exchangeMilliseconds: 500, checkMilliseconds: 50 } } });
    const connection = await RawConnection.open(server.url);
    connection.socket.pause();
    // More than the buffers of both systems hold.
    for (let number = 0; number < 200; number += 1) connection.send('GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await eventually(async () => sample((await server.ask('GET', '/metrics')).text, 'connections') <= 1);
    connection.socket.resume();
    await connection.over();
    assert.ok(connection.text.length > 0);
    assert.ok((await connection.answers(1)).length < 200);
  });
});

describe('sockets that do not say who they are', () => {
  const handshake = (url: string) => fetch(`${url}/socket.io/?EIO=4&transport=polling`);

  test('are closed when their time is up', async () => {
    await using server = await openTestServer({ isDemo: false, limits: { sockets: { greetingMilliseconds: 200 } } });
    const sid = JSON.parse((await (await handshake(server.url)).text()).slice(1)).sid;
    await eventually(async () => (await fetch(`${server.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`)).status === 400);
  });

  test('are only so many from one address; who has come in does not count', async () => {
    await using server = await openTestServer({ isDemo: false, limits: { sockets: { mostPerAddress: 3 } } });
    const screens = await Promise.all(Array.from({ length: 3 }, () => comeIn(server.url)));
    screens.push(await comeIn(server.url));
    const waiting = [];
    for (let number = 0; number < 4; number += 1) waiting.push((await handshake(server.url)).status);
    assert.deepEqual(waiting, [200, 200, 200, 403]);
    for (const screen of screens) screen.disconnect();
  });

  test('are counted by the network that a proxy names, as many as the scale allows', async () => {
    await using server = await openTestServer({ isDemo: false, settings: { TRUSTED_PROXIES: '1', RATE_LIMIT_SCALE: '0.01' } });
    const from = async (address: string) =>
      (await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, { headers: { 'x-forwarded-for': `203.0.113.9, ${address}` } })).status;
    const statuses = [];
    for (const address of ['2001:db8:1:2::1', '2001:db8:1:2::2', '2001:db8:1:2:ffff::3', '2001:db8:1:3::1']) statuses.push(await from(address));
    assert.deepEqual(statuses, [200, 200, 403, 200]);
  });

  test('are only so many in all', async () => {
    await using server = await openTestServer({ isDemo: false, limits: { sockets: { most: 2, greetingMilliseconds: 500 } } });
    const [first, second, third] = [await handshake(server.url), await handshake(server.url), await handshake(server.url)];
    assert.deepEqual([first.status, second.status, third.status], [200, 200, 403]);
    const { sid } = JSON.parse((await first.text()).slice(1));
    await fetch(`${server.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`); // answered when it is closed
    await eventually(async () => (await handshake(server.url)).status === 200);
  });
});

async function comeIn(url: string) {
  const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}
