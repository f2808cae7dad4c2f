import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import { until } from '../actors/practice.ts';
import { startFaultProxy } from './fault-proxy.ts';

async function listening(server: Server): Promise<{ readonly host: string; readonly port: number }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

function textOf(socket: Socket): () => string {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  return () => text;
}

test('what is not read lies unread, is counted, and arrives in full when reading goes on', async () => {
  const server = createServer((socket) => socket.pipe(socket));
  await using proxy = await startFaultProxy(await listening(server));
  const client = connect(proxy.port, '127.0.0.1');
  const heard = textOf(client);
  client.write('one ');
  await until(() => heard() === 'one ', 'the first answer');
  proxy.stopReading();
  client.write('two');
  await until(() => proxy.unreadBytes === 3, 'an answer that nobody reads');
  assert.equal(heard(), 'one ');
  proxy.pass();
  await until(() => heard() === 'one two', 'the rest');
  assert.equal(proxy.counts.replyBytesLeftUnread, 3);
  client.destroy();
  server.close();
});

test('a target that is a function is asked at every connection', async () => {
  const servers = ['here', 'there'].map((name) => createServer((socket) => socket.end(name)));
  const targets = await Promise.all(servers.map(listening));
  let turn = 0;
  await using proxy = await startFaultProxy(() => targets[turn++ % 2] ?? assert.fail('no target'));
  for (const name of ['here', 'there', 'here']) {
    const client = connect(proxy.port, '127.0.0.1');
    const heard = textOf(client);
    await once(client, 'close');
    assert.equal(heard(), name);
  }
  for (const server of servers) server.close();
});
