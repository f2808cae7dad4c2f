import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { after, beforeEach, describe, test } from 'node:test';
import { hash } from 'bcrypt';
import { guardedFetch } from '../../../src/integrations/outside/guarded-fetch.ts';
import { nameServers } from '../../../src/integrations/outside/name-servers.ts';

const A = 1;
const AAAA = 28;

describe('names', () => {
  const open: Socket[] = [];
  const asked: string[] = [];
  after(() => {
    for (const socket of open) socket.close();
  });
  beforeEach(() => void asked.splice(0));

  /** A name server on loopback; `answerTo` gives the bytes of the addresses, null: it says nothing at all. */
  async function serve(answerTo: (type: number) => readonly (readonly number[])[] | null): Promise<string> {
    const socket = createSocket('udp4');
    open.push(socket);
    socket.on('message', (query, { port, address }) => {
      const end = query.indexOf(0, 12) + 5;
      const type = query.readUInt16BE(end - 4);
      asked.push(`${type}`);
      const found = answerTo(type);
      if (found === null) return;
      const header = Buffer.from([...query.subarray(0, 2), 0x81, 0x80, 0, 1, 0, found.length, 0, 0, 0, 0]);
      const answers = found.map((bytes) => Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, bytes.length, ...bytes]));
      socket.send(Buffer.concat([header, query.subarray(12, end), ...answers]), port, address);
    });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return `127.0.0.1:${socket.address().port}`;
  }

  const LOOPBACK_V6 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

  test('have the addresses that the name servers say, IPv4 first', async () => {
    const server = await serve((type) => (type === A ? [[192, 0, 2, 1]] : [LOOPBACK_V6]));
    assert.deepEqual(await nameServers([server])('shop.example'), ['192.0.2.1', '::1']);
    assert.deepEqual([...asked].sort(), [`${A}`, `${AAAA}`]);
  });
  test('have none if the name servers say none', async () => assert.deepEqual(await nameServers([await serve(() => [])])('shop.example'), []));
  test('that mean this machine are not asked for', async () => {
    const resolve = nameServers([await serve(() => [[192, 0, 2, 1]])]);
    for (const name of ['localhost', 'LOCALHOST.', 'a.localhost']) assert.deepEqual(await resolve(name), ['127.0.0.1']);
    assert.deepEqual(asked, []);
  });
  test('that a name server sends inside are refused', async () => {
    const resolve = nameServers([await serve((type) => (type === A ? [[169, 254, 169, 254]] : []))]);
    assert.equal(await guardedFetch({ resolve }).judge({ url: 'https://shop.example/', timeoutMilliseconds: 10_000 }), 'not-public');
  });

  test('for which twenty name servers hang make no login wait', async () => {
    const servers = await Promise.all(Array.from({ length: 20 }, () => serve(() => null)));
    const outside = guardedFetch({ resolve: nameServers(servers) });
    let ended = 0;
    const asking = Array.from({ length: 32 }, async (_, index) => {
      const said = await outside.judge({ url: `https://${index}.example/`, timeoutMilliseconds: 3_000 });
      ended += 1;
      return said;
    });
    assert.ok(!process.getActiveResourcesInfo().includes('GetAddrInfoReqWrap'));
    await hash('a password', 4);
    assert.equal(ended, 0);
    assert.deepEqual(new Set(await Promise.all(asking)), new Set(['too-slow']));
  });
});
