// A receiver of webhooks: a real HTTP server on loopback that keeps what it gets.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../support/test-server.ts';

/** `status`: what was answered; 0 until then. */
type Got = { readonly headers: Record<string, string>; readonly body: string; readonly json: Json; status: number };
export type Receiver = AsyncDisposable & {
  readonly url: string;
  /** Everything that has arrived, in order, and what of it was taken. */
  readonly got: Got[];
  readonly taken: Got[];
  answer: (got: Omit<Got, 'status'>) => number | Promise<number>;
  reset(): void;
};

export async function startReceiver(): Promise<Receiver> {
  const got: Got[] = [];
  const taken: Got[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const arrived: Got = { headers: request.headers as Record<string, string>, body, json: JSON.parse(body), status: 0 };
    got.push(arrived);
    arrived.status = await receiver.answer(arrived);
    if (arrived.status < 300) taken.push(arrived);
    response.writeHead(arrived.status).end('thank you');
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
