import type { Server } from 'node:http';

/** Idle keep-alive connections would hold the server open for seconds; they are looked for this often. */
const SWEEP_MILLISECONDS = 50;

/**
 * Stops taking connections, lets requests that run come to their end, and cuts what is left after `mostMilliseconds`.
 * Replies carry `Connection: close` from the moment readiness says that the server drains.
 */
export async function drainServer(server: Server, mostMilliseconds: number): Promise<void> {
  const sweep = setInterval(() => afterReading(() => server.closeIdleConnections()), SWEEP_MILLISECONDS);
  const cut = setTimeout(() => server.closeAllConnections(), mostMilliseconds);
  try {
    await new Promise<void>((resolve, reject) => {
      afterReading(() => server.close((failure) => (failure === undefined || isNotRunning(failure) ? resolve() : reject(failure))));
    });
  } finally {
    clearInterval(sweep);
    clearTimeout(cut);
  }
}

/**
 * A connection looks idle as long as its request has arrived and has not been read, which may be a while on a busy loop. What is set immediately
 * runs once the loop has read everything that is there, so that nobody is cut off who has already asked.
 */
function afterReading(close: () => void): void {
  setImmediate(() => setImmediate(close));
}

function isNotRunning(failure: Error): boolean {
  return 'code' in failure && failure.code === 'ERR_SERVER_NOT_RUNNING';
}
