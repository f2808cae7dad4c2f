import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { boundedSocket } from '../../src/persistence/database/postgres/bounded-socket.ts';

test('a bounded socket hangs up on a peer that stays silent, so that a pool does not wait for it', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const socket = boundedSocket(50);
  socket.connect(address.port, '127.0.0.1');
  const [error] = await once(socket, 'close').then(
    () => [undefined],
    (failure: unknown) => [failure],
  );
  assert.match(String(error), /silent for 50 ms/);
  server.close();
});
