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
};

/** An event as Stripe sends it. */
export async function sendEvent(url: string, body: string, signature: string): Promise<number> {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature };
  return (await fetch(`${url}/v1/payments/stripe/webhook`, { method: 'POST', headers, body })).status;
}

export async function openStripe(): Promise<TestStripe> {
  const deliveries = new Deliveries();
  const double = new StripeDouble({ secretKey: SECRET_KEY, webhookSecret: WEBHOOK_SECRETS[1], now: () => Math.floor(timeNow() / 1_000), deliveries });
  const http = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = new Headers(Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
    const { status, body } = double.answer(request.method ?? '', new URL(request.url ?? '', 'http://stripe'), headers, Buffer.concat(chunks).toString());
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    double,
    settings: { STRIPE_SECRET_KEY: SECRET_KEY, STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRETS.join(','), STRIPE_API_BASE: `http://127.0.0.1:${port}` },
    pay: (clientSecret, card = '4242 4242 4242 4242') => void double.pay(clientSecret, card, null),
    async tell(url) {
      const statuses: number[] = [];
      await deliveries.deliver(async (body) => {
        if (url !== undefined) statuses.push(await sendEvent(url, body, double.sign(body)));
        return true;
      });
      return statuses;
    },
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
