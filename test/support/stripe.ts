// The double of Stripe on a port of its own, and what it tells a server.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Deliveries } from '../../src/integrations/stripe-double/deliveries.ts';
import { StripeDouble } from '../../src/integrations/stripe-double/stripe-double.ts';
import { timeNow } from './clock.ts';

const SECRET_KEY = 'sk_test_double';
export const WEBHOOK_SECRETS = ['whsec_old', 'whsec_new'] as const;

export type TestStripe = AsyncDisposable & {
  readonly double: StripeDouble;
  readonly settings: Readonly<Record<string, string>>;
  /** Pays with a good card. */
  pay(clientSecret: string, card?: string): void;
  /** Sends a server all that waits to be told; or loses it, without a server. */
  tell(url?: string): Promise<readonly number[]>;
  /** As `Deliveries` does. */
  readonly deliver: Deliveries['deliver'];
};

/** An event as Stripe sends it. */
export async function sendEvent(url: string, body: string, signature: string): Promise<number> {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature };
  return (await fetch(`${url}/v1/payments/stripe/webhook`, { method: 'POST', headers, body })).status;
}

export type StripeWorld = {
  /** How events travel; as they come, unless it says otherwise. */
  readonly deliveries?: Deliveries;
  /** Milliseconds; the clock of the tests, unless it says otherwise. */
  readonly now?: () => number;
};

export async function openStripe({ deliveries = new Deliveries(), now = timeNow }: StripeWorld = {}): Promise<TestStripe> {
  const double = new StripeDouble({ secretKey: SECRET_KEY, webhookSecret: WEBHOOK_SECRETS[1], now: () => Math.floor(now() / 1_000), deliveries });
  const served = await serveStripe(double);
  return {
    double,
    settings: served.settings,
    deliver: (deliver, limit) => deliveries.deliver(deliver, limit),
    pay: (clientSecret, card = '4242 4242 4242 4242') => void double.pay(clientSecret, card, null),
    async tell(url) {
      const statuses: number[] = [];
      await deliveries.deliver(async (body) => {
        if (url !== undefined) statuses.push(await sendEvent(url, body, double.sign(body)));
        return true;
      });
      return statuses;
    },
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

type Answered = ReturnType<StripeDouble['answer']>;
type Around = (answer: () => Answered, asked: { readonly method: string; readonly path: string }) => Answered | null;

/** On a port of its own. `around` may do something before or after it answers; null: the connection is cut instead. */
export async function serveStripe(double: StripeDouble, around: Around = (answer) => answer()) {
  const http = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = new Headers(Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
    const url = new URL(request.url ?? '', 'http://stripe');
    const method = request.method ?? '';
    const answered = around(() => double.answer(method, url, headers, Buffer.concat(chunks).toString()), { method, path: url.pathname });
    if (answered === null) response.destroy();
    else response.writeHead(answered.status, { 'content-type': 'application/json' }).end(JSON.stringify(answered.body));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    settings: { STRIPE_SECRET_KEY: SECRET_KEY, STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRETS.join(','), STRIPE_API_BASE: `http://127.0.0.1:${port}` },
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
