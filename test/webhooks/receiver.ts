// A receiver of webhooks: a real HTTP server on loopback that keeps what it gets.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../support/test-server.ts';

type Got = { readonly headers: Record<string, string>; readonly body: string; readonly json: Json; readonly status: number };
export type Receiver = AsyncDisposable & {
  readonly url: string;
  /** Everything that has arrived, in order, and what of it was taken. */
  readonly got: Got[];
  readonly taken: Got[];
  answer: (got: Omit<Got, 'status'>) => number;
  reset(): void;
};

export async function startReceiver(): Promise<Receiver> {
  const got: Got[] = [];
  const taken: Got[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const arrived = { headers: request.headers as Record<string, string>, body, json: JSON.parse(body) };
    const status = receiver.answer(arrived);
    got.push({ ...arrived, status });
    if (status < 300) taken.push({ ...arrived, status });
    response.writeHead(status).end('thank you');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    got,
    taken,
    answer: () => 200,
    reset() {
      for (const list of [got, taken]) list.splice(0);
      receiver.answer = () => 200;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
  return receiver;
}
