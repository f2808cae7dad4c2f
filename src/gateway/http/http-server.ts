import { randomUUIDv7 } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { AddressPlaces } from '../../accounts/address-places.ts';
import { problemOf } from '../../protocol/problems.ts';
import { answerBrokenRequests } from './broken-requests.ts';
import type { HttpLimits } from './http-limits.ts';
import { sendProblem } from './send.ts';

/** The HTTP server with its limits, and what it counts. Requests are answered 503 until `serve` has put an app on it; the sockets follow. */
export type LimitedServer = {
  readonly http: Server;
  serve(app: RequestListener): void;
  /** Connections that are open. */
  openConnections(): number;
  /** Connections that were refused since the start. */
  refusedConnections(): number;
};

/** `countsAddresses`: no more than so many connections from one address; not to be used where all come from a proxy. */
export function createHttpServer(limits: HttpLimits, { countsAddresses }: { readonly countsAddresses: boolean }): LimitedServer {
  const http = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMilliseconds,
    requestTimeout: limits.requestMilliseconds,
    keepAliveTimeout: limits.keepAliveMilliseconds,
    connectionsCheckingInterval: limits.checkMilliseconds,
    // Refused by `refuseMalformed`, which says why.
    requireHostHeader: false,
    shouldUpgradeCallback: isWebSocket,
  });
  http.maxConnections = limits.connections;
  http.maxRequestsPerSocket = limits.requestsPerConnection;
  // All of them are kept, so that too many can be refused rather than some left out.
  http.maxHeadersCount = 0;
  answerBrokenRequests(http, limits.lingerMilliseconds);
  let refused = 0;
  let open = 0;
  const places = new AddressPlaces(limits.connectionsPerAddress);
  http.on('drop', () => {
    refused += 1;
  });
  http.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (countsAddresses && !places.hasRoomFor(address)) {
      refused += 1;
      socket.destroy();
      return;
    }
    open += 1;
    const leave = places.take(address);
    socket.once('close', () => {
      open -= 1;
      leave();
    });
  });
  http.on('request', refuseYet);
  return {
    http,
    serve: (app) => void http.off('request', refuseYet).on('request', app),
    openConnections: () => open,
    refusedConnections: () => refused,
  };
}

const STARTING = problemOf('overloaded', { detail: 'This server is starting.', retryAfterSeconds: 1 });

/** It listens before everything is open: without an answer, who asks then would wait for ever. */
const refuseYet: RequestListener = (_request, response) => {
  sendProblem(response, randomUUIDv7(), STARTING);
};

/** Whatever else a client would rather speak, it is answered in HTTP/1.1 (RFC 9110, 7.8): some ask for HTTP/2 with everything they send. */
function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}
