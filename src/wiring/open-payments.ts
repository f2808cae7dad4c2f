import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Log } from '../actors/ports.ts';
import type { Scheduler } from '../actors/scheduler.ts';
import type { CatalogKeeper } from '../catalog/catalog-keeper.ts';
import type { Consumers } from '../consumers/consumers.ts';
import type { GatewayMetrics } from '../gateway/metrics.ts';
import { stripePayments } from '../integrations/stripe/stripe-payments.ts';
import { Deliveries } from '../integrations/stripe-double/deliveries.ts';
import type { DoubleState } from '../integrations/stripe-double/objects.ts';
import { StripeDouble } from '../integrations/stripe-double/stripe-double.ts';
import type { JobKind } from '../jobs/job.ts';
import { SECOND } from '../model/instant.ts';
import type { Notifications } from '../notifications/notifications.ts';
import type { TestPaying } from '../payments/begin-payment.ts';
import type { WithPayments } from '../payments/parts.ts';
import { paymentCalendars } from '../payments/payment-calendars.ts';
import type { PaymentProvider } from '../payments/payment-provider-port.ts';
import { Payments } from '../payments/payments.ts';
import { PAYMENT_CONSUMER, refundConsumer } from '../payments/refund-consumer.ts';
import { AppointmentReads } from '../persistence/appointments/appointment-reads.ts';
import { ChangeLogReads } from '../persistence/change-log/change-log-reads.ts';
import type { Database, EntityManager } from '../persistence/database/database.ts';
import { bookReads } from '../persistence/payments/book-reads.ts';
import { movementBooks } from '../persistence/payments/movement-books.ts';
import { paymentEffects } from '../persistence/payments/payment-effects.ts';
import { paymentStore } from '../persistence/payments/payment-store.ts';
import type { Config } from '../settings/config.ts';
import { followLog } from './open-consumers.ts';
import type { OpenJobs } from './open-jobs.ts';

/** What the demo’s provider keeps, beside the demo’s database. */
const TEST_PAYMENTS_FILE = 'test-payments.json';
/** For the log to be read. What comes late and is not settled then is looked at again. */
const LONGEST_WAIT_MS = 2_000;
/** Longer than all that is looked at in one minute takes with a slow provider. */
const LOOK_EXPIRES_SECONDS = 600;

type Needs = {
  readonly database: Database;
  readonly node: Scheduler;
  readonly catalog: CatalogKeeper;
  readonly notifications: Pick<Notifications, 'onChanged'>;
  /** Consumers that look soon after a commit; that of payments is added. */
  readonly following: Pick<Consumers<EntityManager>, 'onCommit'>[];
  readonly log: Log;
};

type OpenPayments = AsyncDisposable & { readonly parts: WithPayments & { readonly testPaying: TestPaying | null } };

/** Stripe where it is set up, a double of it in the demo, and nothing otherwise: then nothing is sold as paid. */
export async function openPayments(config: Config, { jobs, store: { add } }: Pick<OpenJobs, 'jobs' | 'store'>, needs: Needs): Promise<OpenPayments> {
  const { database, node: scheduler, catalog, notifications, following, log } = needs;
  const store = paymentStore(
    database,
    { add, channelsOf: (kind) => (catalog.snapshot().business.messages.sms[kind] ? ['email', 'sms'] : ['email']) },
    notifications.onChanged,
  );
  const open = providerOf(config);
  let reading: Consumers<EntityManager> | null = null;
  const knowsGivenUp = async () => {
    const head = await new ChangeLogReads(database).head();
    return head === null || (await reading?.pass(PAYMENT_CONSUMER, head, LONGEST_WAIT_MS)) === true;
  };
  const online =
    open === null
      ? null
      : new Payments({
          store,
          provider: open.provider,
          calendars: paymentCalendars({ scheduler, catalog, appointments: new AppointmentReads(database), store, knowsGivenUp }),
          movements: movementBooks(database),
          now: () => scheduler.now(),
          paySeconds: config.paySeconds,
          log,
        });
  if (online !== null) await jobs.work(lookJob(online));
  if (online !== null) await jobs.work(disputesJob(online));
  if (online !== null) await jobs.work(cardsJob(online));
  if (online !== null) await jobs.work(movementsJob(online));
  if (online !== null) open?.tell?.(online, log);
  const testPaying = open?.testPaying ?? null;
  const lookSoon = () =>
    void online?.lookAtOpen(new AbortController().signal).catch((error: unknown) => log.warn({ error }, 'payments could not be looked at'));
  const consumers = followLog(database, log, [refundConsumer(paymentEffects, lookSoon)]);
  reading = consumers;
  following.push(consumers);
  return { parts: { payments: { store, books: bookReads(database), online }, testPaying }, [Symbol.asyncDispose]: () => consumers[Symbol.asyncDispose]() };
}

function lookJob(online: Payments): JobKind<object> {
  return {
    name: 'look-at-payments',
    payload: z.object({}),
    ...{ atOnce: 1, expireSeconds: LOOK_EXPIRES_SECONDS, retries: { most: 0, firstDelaySeconds: 0, longestDelaySeconds: 0 }, schedule: '* * * * *' },
    work: (_, { signal }) => online.lookAtOpen(signal),
  };
}

function disputesJob(online: Payments): JobKind<object> {
  return {
    name: 'look-at-disputes',
    payload: z.object({}),
    ...{ atOnce: 1, expireSeconds: LOOK_EXPIRES_SECONDS, retries: { most: 0, firstDelaySeconds: 0, longestDelaySeconds: 0 }, schedule: '17 * * * *' },
    work: (_, { signal }) => online.lookAtDisputes(signal),
  };
}

function cardsJob(online: Payments): JobKind<object> {
  return {
    name: 'forget-cards',
    payload: z.object({}),
    ...{ atOnce: 1, expireSeconds: LOOK_EXPIRES_SECONDS, retries: { most: 0, firstDelaySeconds: 0, longestDelaySeconds: 0 }, schedule: '47 * * * *' },
    work: () => online.forgetCards(),
  };
}

function movementsJob(online: Payments): JobKind<object> {
  return {
    name: 'read-fees-and-payouts',
    payload: z.object({}),
    ...{ atOnce: 1, expireSeconds: LOOK_EXPIRES_SECONDS, retries: { most: 0, firstDelaySeconds: 0, longestDelaySeconds: 0 }, schedule: '37 * * * *' },
    work: (_, { signal }) => online.readMovements(signal),
  };
}

export function watchPayments(metrics: GatewayMetrics, { payments: { online } }: WithPayments): void {
  metrics.watchEach('payment_alarms_total', 'why', 'Payments on this node that were not as they should be.', () => online?.alarms() ?? []);
}

type OpenProvider = { readonly provider: PaymentProvider; readonly testPaying: TestPaying | null; readonly tell?: (online: Payments, log: Log) => void };

function providerOf({ stripe, demo, dataDirectory }: Config): OpenProvider | null {
  if (stripe !== null) return { provider: stripePayments({ name: 'stripe', ...stripe }), testPaying: null };
  return demo.isOn ? testProvider(join(dataDirectory, TEST_PAYMENTS_FILE)) : null;
}

/** In this process, with no network: what it tells arrives at once, signed as Stripe signs. */
function testProvider(file: string): OpenProvider {
  const [secretKey, webhookSecret] = [`sk_test_${randomBytes(16).toString('hex')}`, `whsec_${randomBytes(24).toString('base64')}`];
  let online: Payments | null = null;
  let log: Log | null = null;
  const deliver = async (body: string) => {
    await online?.takeEvent(Buffer.from(body), double.sign(body));
    return true;
  };
  const deliverAll = () =>
    void deliveries.deliver(deliver).catch((error: unknown) => log?.warn({ error }, 'an event of the test provider was not followed up'));
  const deliveries = new Deliveries(undefined, undefined, () => setImmediate(deliverAll));
  const state = keptState(file);
  const double = new StripeDouble({
    ...{ secretKey, webhookSecret, now: () => Math.floor(Date.now() / SECOND), deliveries, ...(state && { state }) },
    onChange: (changed) => keepState(file, changed),
  });
  const provider = stripePayments({ name: 'test', secretKey, webhookSecrets: [webhookSecret], publishableKey: null, apiBase: null, fetch: double.fetch });
  return {
    provider,
    testPaying: { pay: (clientSecret, card, authenticated) => paidBy(double.pay(clientSecret, card, authenticated)) },
    tell(opened, told) {
      online = opened;
      log = told;
    },
  };
}

function paidBy(paid: ReturnType<StripeDouble['pay']>): ReturnType<TestPaying['pay']> {
  if (paid === undefined) return undefined;
  const status =
    paid.status === 'succeeded' || paid.status === 'requires_capture'
      ? 'paid'
      : paid.status === 'requires_action'
        ? 'needs-confirmation'
        : paid.status === 'canceled'
          ? 'cancelled'
          : null;
  return status === null ? { status: 'declined', message: paid.message ?? 'The card was declined.' } : { status };
}

function keptState(file: string): Partial<DoubleState> | undefined {
  try {
    // Written by this server, so it is what it says.
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<DoubleState>;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** All or nothing. */
function keepState(file: string, state: DoubleState): void {
  writeFileSync(`${file}.next`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${file}.next`, file);
}
