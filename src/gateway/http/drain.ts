import type { Server } from 'node:http';

/** Idle keep-alive connections would hold the server open for seconds; they are looked for this often. */
const SWEEP_MILLISECONDS = 50;

/**
 * Stops taking connections, lets requests that run come to their end, and cuts what is left after `mostMilliseconds`.
 * Replies carry `Connection: close` from the moment readiness says that the server drains.
 */
export async function drainServer(server: Server, mostMilliseconds: number): Promise<void> {
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MILLISECONDS);
  const cut = setTimeout(() => server.closeAllConnections(), mostMilliseconds);
  try {
    await new Promise<void>((resolve, reject) => {
      server.close((failure) => (failure === undefined || isNotRunning(failure) ? resolve() : reject(failure)));
      server.closeIdleConnections();
    });
  } finally {
    clearInterval(sweep);
    clearTimeout(cut);
  }
}

function isNotRunning(failure: Error): boolean {
  return 'code' in failure && failure.code === 'ERR_SERVER_NOT_RUNNING';
}
