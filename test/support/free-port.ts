import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port of the loopback that nobody has at this moment. Somebody else may take it before its user does, so whoever starts a server on it tries again. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port was found.');
  return address.port;
}
