import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** A request whose reply has not been sent to its end. */
export type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse; readonly startedAt: number };

const unanswered = new WeakMap<Duplex, Set<Exchange>>();
const requests = new WeakMap<Duplex, number>();

/** The requests that have come over a connection and whose replies are not out yet, in their order. Known once `watchExchanges` watches. */
export function exchangesOn(socket: Duplex): readonly Exchange[] {
  return [...(unanswered.get(socket) ?? [])];
}

/** How many requests have come over a connection so far, answered or not. */
export function requestsOn(socket: Duplex): number {
  return requests.get(socket) ?? 0;
}

/**
 * Cuts connections whose request is not answered to its end in time: the other side does not read. Call it when everybody who serves requests is on the
 * server, since Socket.IO puts itself in front of all who were there before.
 */
export function watchExchanges(http: Server, limits: { readonly exchangeMilliseconds: number; readonly checkMilliseconds: number }): Disposable {
  const open = new Set<Exchange>();
  const watch = (request: IncomingMessage, response: ServerResponse) => {
    const exchange = { request, response, startedAt: performance.now() };
    const { socket } = request;
    open.add(exchange);
    requests.set(socket, requestsOn(socket) + 1);
    const here = unanswered.get(socket) ?? new Set();
    unanswered.set(socket, here.add(exchange));
    response.once('close', () => {
      open.delete(exchange);
      here.delete(exchange);
    });
  };
  http.prependListener('request', watch);
  const timer = setInterval(() => {
    const longAgo = performance.now() - limits.exchangeMilliseconds;
    for (const { request, startedAt } of open) {
      if (startedAt > longAgo) break; // the rest is younger
      request.socket.destroy();
    }
  }, limits.checkMilliseconds);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      http.off('request', watch);
    },
  };
}
