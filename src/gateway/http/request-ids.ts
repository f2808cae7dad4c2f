import { randomUUIDv7 } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

const requestIds = new WeakMap<IncomingMessage, string>();
/** A caller's own id is echoed if it can stand in a log line. */
const ACCEPTABLE = /^[\w.:/+=-]{1,128}$/;

/** The id in a reply, a problem and the log. Set by `giveRequestIds`. */
export function requestIdOf(request: IncomingMessage): string {
  return requestIds.get(request) ?? 'none';
}

export function giveRequestIds(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && ACCEPTABLE.test(given) ? given : randomUUIDv7();
  requestIds.set(request, id);
  response.setHeader('X-Request-Id', id);
  next();
}
