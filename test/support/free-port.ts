import { once } from 'node:events';
import { createServer } from 'node:net';

/** A loopback port that is free now. Another process may take it first, so callers that start a server on it retry. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port was found.');
  return address.port;
}
