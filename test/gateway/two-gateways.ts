// Two gateways over one business and one Redis: what two nodes are, as far as the gateway is concerned.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { Accounts } from '../../src/accounts/accounts.ts';
import { openNode } from '../../src/actors/cluster/node.ts';
import type { SchedulerNode } from '../../src/actors/cluster/scheduler-node.ts';
import { heardDayNotes } from '../../src/booking/day-notes.ts';
import { CatalogKeeper } from '../../src/catalog/catalog-keeper.ts';
import { composeGateway, type Gateway } from '../../src/gateway/compose.ts';
import { createApp } from '../../src/gateway/http/app.ts';
import { drainServer } from '../../src/gateway/http/drain.ts';
import { attachSockets } from '../../src/gateway/socket/socket-gateway.ts';
import { guardedFetch } from '../../src/integrations/outside/guarded-fetch.ts';
import { openRedis } from '../../src/integrations/redis/open-redis.ts';
import { ids, timers } from '../../src/integrations/this-machine.ts';
import { Messages } from '../../src/messages/messages.ts';
import { Templates } from '../../src/messages/templates.ts';
import { instant } from '../../src/model/instant.ts';
import { accountStore } from '../../src/persistence/accounts/account-store.ts';
import { AppointmentReads } from '../../src/persistence/appointments/appointment-reads.ts';
import { dayNoteStore } from '../../src/persistence/appointments/day-note-rows.ts';
import { voucherStore } from '../../src/persistence/appointments/voucher-rows.ts';
import { catalogStore } from '../../src/persistence/catalog/catalog-store.ts';
import { timeOffRequestStore } from '../../src/persistence/catalog/time-off-request-rows.ts';
import { ChangeLogReads } from '../../src/persistence/change-log/change-log-reads.ts';
import { SqlCluster } from '../../src/persistence/cluster/sql-cluster.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { SqlJournal } from '../../src/persistence/journal/journal-database.ts';
import { messageStore } from '../../src/persistence/messages/message-store.ts';
import { bookReads } from '../../src/persistence/payments/book-reads.ts';
import { paymentStore } from '../../src/persistence/payments/payment-store.ts';
import { openCalendars } from '../../src/wiring/open-calendars.ts';
import { auditTrailOf, openConsumers } from '../../src/wiring/open-consumers.ts';
import { openCustomers } from '../../src/wiring/open-customers.ts';
import { openInsights, reportsOf } from '../../src/wiring/open-insights.ts';
import { openNotifications } from '../../src/wiring/open-notifications.ts';
import { openWebhooks } from '../../src/wiring/open-webhooks.ts';
import { TEST_SEAL } from '../actors/practice.ts';
import { sharedPostgres } from '../support/shared-postgres.ts';
import { TEST_BCRYPT_COST, TEST_OWNER, TEST_PASSWORD, TEST_SECRET } from '../support/test-server.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const DRAIN_MS = 5_000;

/** `ahead`: by how many milliseconds the clock of its accounts goes ahead of the database's. */
export type TestGateway = AsyncDisposable & { readonly url: string; readonly context: Gateway; readonly clock: { ahead: number } };
export type TwoGateways = AsyncDisposable & { readonly one: TestGateway; readonly other: TestGateway; readonly database: Database };

/** What a gateway signs with, and what it accepts besides. */
export type Secrets = { readonly jwtSecret: string; readonly otherJwtSecrets: readonly string[] };
const SAME_SECRETS: Secrets = { jwtSecret: TEST_SECRET, otherJwtSecrets: [] };

/** With an owner. `redisUrls`: how each reaches Redis. */
export async function openTwoGateways(
  redisUrls: readonly [string, string],
  [secretsOfOne, secretsOfOther] = [SAME_SECRETS, SAME_SECRETS],
): Promise<TwoGateways> {
  await using stack = new AsyncDisposableStack();
  const { url } = stack.use(await stack.use(await sharedPostgres()).fresh());
  const database = stack.use(await openDatabase({ kind: 'postgres', url }));
  const node = await openNode({
    nodeId: randomUUID(),
    database: new SqlJournal(database),
    cluster: new SqlCluster(database),
    bus: null,
    seal: TEST_SEAL,
    timers,
    ids,
    log: quiet,
    onLost: () => undefined,
  });
  stack.defer(() => node.close());
  const one = stack.use(await openGateway(database, node, { redisUrl: redisUrls[0], secrets: secretsOfOne }));
  const other = stack.use(await openGateway(database, node, { redisUrl: redisUrls[1], secrets: secretsOfOther }));
  await one.context.accounts.ensureOwner(TEST_OWNER, TEST_PASSWORD);
  const parts = stack.move();
  return { one, other, database, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

async function openGateway(database: Database, node: SchedulerNode, { redisUrl, secrets }: { redisUrl: string; secrets: Secrets }): Promise<TestGateway> {
  await using stack = new AsyncDisposableStack();
  const redis = stack.use(await openRedis(redisUrl, quiet));
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const clock = { ahead: 0 };
  const catalog = await CatalogKeeper.open(catalogStore(database));
  const now = () => instant(node.now() + clock.ahead);
  const { webhooks } = openWebhooks({
    database,
    catalog,
    outside: guardedFetch(),
    secrets: [secrets.jwtSecret],
    era: () => node.era,
    now,
    isMailed: false,
    log: quiet,
  });
  const { notifications, consumer } = openNotifications(database, catalog);
  const accounts = await Accounts.open(accountStore(database), {
    ...secrets,
    bcryptCost: TEST_BCRYPT_COST,
    now,
    hasLeft: (id) => catalog.hasLeft(id),
  });
  const insights = stack.use(await openInsights(database, catalog, quiet));
  const consumers = stack.use(openConsumers(database, quiet, [consumer, insights.consumer]));
  const context = composeGateway({
    scheduler: node,
    catalog,
    accounts,
    ...(await openCustomers(database, accounts, now, quiet)),
    dayNotes: heardDayNotes(dayNoteStore(database)),
    vouchers: voucherStore(database),
    timeOffRequests: timeOffRequestStore(database, { onTold: () => undefined, delivery: 'kept' }),
    appointments: new AppointmentReads(database),
    changeLog: new ChangeLogReads(database),
    webhooks,
    calendars: stack.use(openCalendars({ database, catalog, scheduler: node, outside: guardedFetch(), secrets: [secrets.jwtSecret], log: quiet })),
    templates: new Templates({ store: messageStore(database, async () => undefined), hosts: [], now: () => node.now() }),
    messages: new Messages({ store: messageStore(database, async () => undefined), now: () => node.now() }),
    jobs: { dead: async () => [], retry: async () => false, gauges: () => ({ queues: [], dead: 0, attempts: [] }) },
    system: async () => ({ now: now(), thisNode: '', nodes: [], consumers: [] }),
    notifications,
    payments: { store: paymentStore(database, { add: async () => undefined, channelsOf: () => ['email'] }), books: bookReads(database), online: null },
    testPaying: null,
    sms: null,
    audit: auditTrailOf(database, consumers),
    reports: reportsOf(database, catalog, consumers, insights.lostDemand),
    lostDemand: insights.lostDemand,
    database: { kind: database.kind, condition: async () => 'ready' },
    shared: { namespace: `test:${node.era}`, counters: redis.counters, adapter: redis.adapter },
    config: {
      version: '0.0.0',
      publicUrl: url,
      corsOrigins: [],
      sends: { email: false, sms: false },
      hostNames: [],
      holdSeconds: 300,
      isDemo: false,
      guestBookings: { perAddress: 20, perEmail: 10, perHour: 20 },
      rateLimitScale: 1_000,
      trustedProxies: 0,
      webDirectory: null,
      docsDirectory: null,
    },
    logger: pino({ level: 'silent' }),
  });
  http.on('request', createApp(context));
  stack.defer(() => drainServer(http, DRAIN_MS));
  stack.use(attachSockets(http, context));
  context.readiness.state = 'ready';
  const parts = stack.move();
  return { url, context, clock, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}
