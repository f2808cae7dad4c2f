// A server with one service and two staff members, and a web server whose answers a test sets.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../support/eventually.ts';
import type { Json, TestServer } from '../support/test-server.ts';

export type Publisher = AsyncDisposable & {
  readonly url: string;
  /** What was asked, in order. */
  readonly asked: readonly IncomingMessage[];
  answer: RequestListener;
};

/** Answers every request in the way that is set at that moment. */
export async function openPublisher(answer: RequestListener): Promise<Publisher> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    publisher.answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const publisher: Publisher = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return publisher;
}

export const publishes =
  (text: string): RequestListener =>
  (_request, response) => {
    response.setHeader('Content-Type', 'text/calendar');
    response.end(text);
  };

/** Waits until an external calendar is as it should be. */
export async function whenExternal(server: TestServer, path: string, token: string, isSo: (calendar: Json) => boolean): Promise<Json> {
  let last: Json;
  await eventually(async () => {
    last = (await server.ask('GET', path, { token })).body;
    return isSo(last);
  });
  return last;
}
