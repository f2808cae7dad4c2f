import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { drainServer } from '../../../src/gateway/http/drain.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

test('a request that has arrived on an idle connection is answered, however busy the loop was when the server began to stop', async () => {
  const server = createServer((_request, response) => void response.end('yes'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(REQUEST);
  await once(socket, 'data');
  // In one turn: the question is on its way, the loop is busy until it is there, and the server is told to stop.
  socket.write(REQUEST);
  await new Promise(setImmediate);
  const until = performance.now() + 20;
  while (performance.now() < until);
  const drained = drainServer(server, 5_000);
  const [answer] = await once(socket, 'data');
  assert.match(String(answer), /yes$/);
  await drained;
  socket.destroy();
});

test('an idle connection does not hold the server open', async () => {
  const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => void response.end('yes'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(REQUEST);
  await once(socket, 'data');
  // It would be held open for as long as that; half of it is for a busy machine.
  const limitMs = 30_000;
  const startedAt = performance.now();
  await drainServer(server, limitMs);
  assert.ok(performance.now() - startedAt < limitMs / 2);
  socket.destroy();
});
