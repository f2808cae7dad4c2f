import { randomUUID } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import packageJson from '../package.json' with { type: 'json' };
import type { AccountStore } from './accounts/account-store-port.ts';
import { type AccountSettings, Accounts } from './accounts/accounts.ts';
import { BCRYPT_COST, DEMO_BCRYPT_COST } from './accounts/passwords.ts';
import { textSeal } from './accounts/sealed-secrets.ts';
import { openNode } from './actors/cluster/node.ts';
import type { NodeLoss, NodeOptions, SchedulerNode } from './actors/cluster/scheduler-node.ts';
import type { Log } from './actors/ports.ts';
import { heardDayNotes } from './booking/day-notes.ts';
import { CatalogKeeper } from './catalog/catalog-keeper.ts';
import { type DemoLogin, demoLogins } from './demo/demo-logins.ts';
import { type DemoParts, isEmpty, seedDemo } from './demo/seed-demo.ts';
import { composeGateway, type Gateway } from './gateway/compose.ts';
import { createApp } from './gateway/http/app.ts';
import { drainServer } from './gateway/http/drain.ts';
import { watchExchanges } from './gateway/http/exchanges.ts';
import { HTTP_LIMITS, type HttpLimits } from './gateway/http/http-limits.ts';
import { createHttpServer, type LimitedServer } from './gateway/http/http-server.ts';
import type { GatewayConfig } from './gateway/parts.ts';
import { attachSockets, type SocketLimits } from './gateway/socket/socket-gateway.ts';
import { guardedFetch } from './integrations/outside/guarded-fetch.ts';
import { openRedis } from './integrations/redis/open-redis.ts';
import { ids, timers } from './integrations/this-machine.ts';
import type { EmailRelay } from './mail/email-relay.ts';
import { SECOND } from './model/instant.ts';
import { accountStore } from './persistence/accounts/account-store.ts';
import { AppointmentReads } from './persistence/appointments/appointment-reads.ts';
import { dayNoteStore } from './persistence/appointments/day-note-rows.ts';
import { voucherStore } from './persistence/appointments/voucher-rows.ts';
import { catalogStore } from './persistence/catalog/catalog-store.ts';
import { timeOffRequestStore } from './persistence/catalog/time-off-request-rows.ts';
import { ChangeLogReads } from './persistence/change-log/change-log-reads.ts';
import { SqlCluster } from './persistence/cluster/sql-cluster.ts';
import type { Database } from './persistence/database/database.ts';
import { databaseMadeAt, holdsDemo, markDemo } from './persistence/database/demo-mark.ts';
import { oneAtATime } from './persistence/database/one-at-a-time.ts';
import { openDatabase } from './persistence/database/open-database.ts';
import { asReadFailure } from './persistence/database/read-failure.ts';
import { SqlJournal } from './persistence/journal/journal-database.ts';
import type { Config, DemoConfig } from './settings/config.ts';
import { keptSecret } from './settings/kept-secret.ts';
import { openCalendars } from './wiring/open-calendars.ts';
import { auditTrailOf, openConsumers, watchConsumers } from './wiring/open-consumers.ts';
import { openCustomers } from './wiring/open-customers.ts';
import { healthOf } from './wiring/open-health.ts';
import { openInsights, reportsOf } from './wiring/open-insights.ts';
import { openJobs, watchJobs } from './wiring/open-jobs.ts';
import { messagePartsOf, openMessages } from './wiring/open-messages.ts';
import { openNotifications } from './wiring/open-notifications.ts';
import { openPayments, watchPayments } from './wiring/open-payments.ts';
import { openRelay } from './wiring/open-relay.ts';
import { openSms } from './wiring/open-sms.ts';
import { openWebhooks, watchWebhooks } from './wiring/open-webhooks.ts';
import { resealingJob } from './wiring/resealing.ts';
import { forgettingJob } from './wiring/retention.ts';

/** Requests that still run when the server closes get this long. */
const DRAIN_MS = 10_000;
/**
 * Connections that the kernel keeps until they are taken; where it keeps fewer, its own limit holds. Of those that find no room it tells nobody: they knock again after one,
 * three, seven, fifteen seconds. With Node's 511, a customer who came among 900 others waited half a minute.
 */
const LISTEN_BACKLOG = 4_096;
/** Another purpose would be another key: nodes would not understand each other. */
const NODES_PURPOSE = 'slotkeeper commands between nodes';

/** The settings do not fit the database, so nothing starts. The message goes to the console and says what to do. */
export class UnfitDatabase extends Error {
  override readonly name = 'UnfitDatabase';
}
const DEMO_IN_THE_WAY =
  'The database holds the demo, whose passwords everybody knows: stop and run `npm run leave-demo`, which empties it, or set DEMO=on to go on with the demo on this machine.';
const OWNER_IS_SOMEBODY_ELSE =
  'OWNER_EMAIL has an account already that is not an owner’s, and there is no owner who could change that: set OWNER_EMAIL to another address.';

export type Server = AsyncDisposable & {
  readonly url: string;
  readonly context: ReturnType<typeof composeGateway>;
  readonly demoLogins: readonly DemoLogin[];
  /** Resolves when there is nothing left to do but end: other nodes have given this one up, the database has begun a new life, or the embedded one has died. */
  readonly lost: Promise<NodeLoss | 'database-gone'>;
};

export type ServerParts = {
  readonly logger: Logger;
  /** The bundled pages; null: none are served. */
  readonly webDirectory: string | null;
  /** log2 of the rounds of bcrypt for every password; 12 if left out, and 8 for the demo. */
  readonly bcryptCost?: number | undefined;
  /** What tests make small; the rest is as in `http-limits.ts` and `socket/limits.ts`. */
  readonly limits?: { readonly http?: Partial<HttpLimits>; readonly sockets?: Partial<SocketLimits> };
};

/** Opens everything in order and joins it; what has been opened is closed in reverse, also when a later step fails. */
export async function openServer(settings: Config, { logger, webDirectory, limits = {}, bcryptCost }: ServerParts): Promise<Server> {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await openDatabase(settings.database));
  const config = { ...settings, demo: await demoFor(database, settings, logger) };
  const jwtSecret = config.jwtSecret ?? (await keptSecret(config.dataDirectory));
  const { promise: nodeLost, resolve: onLost } = Promise.withResolvers<NodeLoss>();
  const lost = Promise.race([nodeLost, database.gone.then(() => 'database-gone' as const)]);
  const catalog = await CatalogKeeper.open(catalogStore(database));
  const redis = config.redis === null ? null : opened.use(await openRedis(config.redis.url, logOf(logger, 'redis')));
  const secrets = [jwtSecret, ...config.otherJwtSecrets];
  const followed = await openFollowedNode(opened, config, { database, bus: redis?.bus ?? null, secrets, catalog, logger, onLost });
  const { node, consumers, hooks, calendars, notifications, outside, insights } = followed;
  catalog.onChange((version) => node.announceCatalog(version));
  let relay: EmailRelay | null = null;
  const store = accountStore(database, { isMailed: config.mail !== null, onWritten: () => relay?.nudge() });
  const accounts = await openAccounts(store, config, { jwtSecret, bcryptCost, tokensSince: await databaseMadeAt(database), now: () => node.now(), catalog });
  await prepareBusiness(database, config, { catalog, accounts, scheduler: node }, logger);
  const doing = opened.use(await openJobs(database, upkeepOf(database, config, secrets, logger), logOf(logger, 'jobs')));

  const money = opened.use(await openPayments(config, doing, { ...followed, catalog, database, log: logOf(logger, 'payments') }));
  const httpLimits = { ...HTTP_LIMITS, connectionsPerAddress: HTTP_LIMITS.connectionsPerAddress * config.rateLimitScale, ...limits.http };
  const limited = createHttpServer(httpLimits, { countsAddresses: config.trustedProxies === 0 });
  const { http } = limited;
  const url = await listen(http, config);
  const context = composeGateway({
    scheduler: node,
    catalog,
    accounts,
    appointments: new AppointmentReads(database),
    changeLog: new ChangeLogReads(database),
    ...{ audit: auditTrailOf(database, consumers), reports: reportsOf(database, catalog, consumers, insights.lostDemand), lostDemand: insights.lostDemand },
    webhooks: hooks.webhooks,
    calendars,
    ...{ ...storesOf(database, config, notifications.onChanged), ...(await openCustomers(database, accounts, () => node.now(), logOf(logger, 'customers'))) },
    ...messagePartsOf(database, doing, { hosts: linkHostsOf(config, url), now: () => node.now(), onTold: notifications.onChanged }),
    ...{ ...money.parts, jobs: doing.jobs, notifications, sms: openSms(config, outside, database, notifications) },
    ...healthOf(database, node, followed.nodeId),
    shared: redis && { namespace: `slotkeeper:${node.era}`, counters: redis.counters, adapter: redis.adapter },
    config: gatewayConfigOf(config, { url, webDirectory }),
    logger,
  });
  relay = await openDelivery(opened, config, { ...followed, database, context, doing, logger });
  watchConnections(context, limited);
  limited.serve(createApp(context));
  opened.defer(() => drainServer(http, DRAIN_MS));
  opened.use(attachSockets(http, context, limits.sockets));
  opened.use(watchExchanges(http, httpLimits));
  // The first step of closing: load balancers see that this node is leaving and other nodes take its calendars, while it still serves requests.
  opened.defer(async () => {
    context.readiness.state = 'draining';
    await Promise.all([Promise.race([wait(config.drainSeconds * SECOND), lost]), node.handOver()]);
  });
  context.readiness.state = 'ready';
  const parts = opened.move();
  return { url, context, demoLogins: config.demo.isOn ? demoLogins() : [], lost, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

/** What people who work here write down and ask for. */
function storesOf(database: Database, { mail }: Config, onTold: (userIds: readonly string[]) => void) {
  const timeOffRequests = timeOffRequestStore(database, { onTold, delivery: mail === null ? 'kept' : 'waiting' });
  return { dayNotes: heardDayNotes(dayNoteStore(database)), timeOffRequests, vouchers: voucherStore(database) };
}

type NodeParts = Omit<SchedulerParts, 'nodeId' | 'onCatalog' | 'onBatch'> & { readonly catalog: CatalogKeeper };

/** Consumers of the change log that look soon after a commit. */
type Following = ReturnType<typeof openConsumers>;

/** The node, and what follows its decisions. More may follow later: what is pushed to `following` is told of every commit from then on. */
async function openFollowedNode(opened: AsyncDisposableStack, { outsideAllow, mail }: Config, { catalog, ...parts }: NodeParts) {
  const { database, secrets, logger } = parts;
  const following: Following[] = [];
  const onBatch = () => {
    for (const { onCommit } of following) onCommit();
  };
  const nodeId = randomUUID();
  const node = await openScheduler({ ...parts, nodeId, onCatalog: catchingUp(catalog), onBatch });
  opened.defer(() => node.close());
  const outside = guardedFetch({ exempt: new Set(outsideAllow) });
  const hooks = openWebhooks({
    database,
    catalog,
    outside,
    secrets,
    era: () => node.era,
    now: () => node.now(),
    isMailed: mail !== null,
    log: logOf(logger, 'webhooks'),
  });
  const { notifications, consumer: notifying } = openNotifications(database, catalog);
  const insights = opened.use(await openInsights(database, catalog, logOf(logger, 'insights')));
  const consumers = opened.use(openConsumers(database, logOf(logger, 'consumers'), [insights.consumer]));
  following.push(consumers, opened.use(hooks.follow()));
  const calendars = opened.use(openCalendars({ database, catalog, scheduler: node, outside, secrets, log: logOf(logger, 'calendars') }));
  return { node, nodeId, consumers, following, hooks, calendars, notifications, notifying, outside, insights };
}

type DeliveryParts = Pick<Awaited<ReturnType<typeof openFollowedNode>>, 'node' | 'following' | 'hooks' | 'notifying'> & {
  readonly database: Database;
  readonly context: Gateway;
  readonly doing: Awaited<ReturnType<typeof openJobs>>;
  readonly logger: Logger;
};

/** All that leaves the building: messages, account e-mails (null without a mail server) and webhooks. */
async function openDelivery(
  opened: AsyncDisposableStack,
  config: Config,
  { node, following, hooks, notifying, database, context, doing, logger }: DeliveryParts,
) {
  following.push(opened.use(await openMessages(config, { ...doing, database, context, others: [notifying], log: logOf(logger, 'messages') })).consumers);
  watchNode(context, node, following);
  watchJobs(context.metrics, doing.jobs);
  watchPayments(context.metrics, context);
  const { catalog, metrics } = context;
  const relay = opened.use(openRelay(config, { database, catalog, publicUrl: context.config.publicUrl, metrics, log: logOf(logger, 'mail') }));
  watchWebhooks(metrics, opened.use(hooks.deliver(context)));
  return relay;
}

type AccountParts = Pick<AccountSettings, 'jwtSecret' | 'tokensSince' | 'now'> & Pick<ServerParts, 'bcryptCost'> & { readonly catalog: CatalogKeeper };

function openAccounts(store: AccountStore, config: Config, { bcryptCost, catalog, ...given }: AccountParts): Promise<Accounts> {
  const cost = bcryptCost ?? (config.demo.isOn ? DEMO_BCRYPT_COST : BCRYPT_COST);
  const hasLeft = (staffId: string) => catalog.hasLeft(staffId);
  return Accounts.open(store, { ...given, hasLeft, otherJwtSecrets: config.otherJwtSecrets, bcryptCost: cost, rateLimitScale: config.rateLimitScale });
}

/** The demo goes on in a database that holds it and begins in one without an owner. A business is never opened on a demo, and a demo never on a business. */
async function demoFor(database: Database, { demo }: Config, logger: Logger): Promise<DemoConfig> {
  const isDemo = await holdsDemo(
    database,
    demoLogins().map(({ email }) => email),
  );
  if (!demo.isOn && isDemo) throw new UnfitDatabase(DEMO_IN_THE_WAY);
  if (!demo.isOn || isDemo || !(await accountStore(database).hasOwner())) return demo;
  logger.info('the database holds a business; opening it without the demo');
  return { isOn: false };
}

/** What has to be there before anybody is served: the demo or the first owner, and calendars that know the hours of their locations. */
async function prepareBusiness(database: Database, { demo, firstOwner }: Config, parts: DemoParts, logger: Logger): Promise<void> {
  const { catalog, accounts, scheduler } = parts;
  if (demo.isOn) {
    await oneAtATime(database, 'seeding', async () => {
      await catalog.refresh();
      if (!(await isEmpty(parts))) return;
      await markDemo(database);
      await seedDemo(parts, demo.password);
    });
  }
  if (firstOwner !== null) await makeFirstOwner(accounts, firstOwner, logger);
  else if (!(await accounts.hasOwner())) logger.warn('there is no owner yet, so no one can log in; restart with OWNER_EMAIL and OWNER_PASSWORD set');
  await catalog.tellCalendars(scheduler);
}

/** OWNER_EMAIL is done or said not to be, and never repeated: the log names nobody. */
async function makeFirstOwner(accounts: Accounts, { email, password }: NonNullable<Config['firstOwner']>, logger: Logger): Promise<void> {
  const outcome = await accounts.ensureOwner(email, password);
  if (outcome === 'email-taken') throw new UnfitDatabase(OWNER_IS_SOMEBODY_ELSE);
  if (outcome === 'guessable') throw new UnfitDatabase('OWNER_PASSWORD is a common password; choose three unrelated words, for example.');
  if (outcome === 'made') logger.info('the first owner is created');
  else if (outcome === 'is-owner') logger.info('OWNER_EMAIL is already an owner; OWNER_PASSWORD is ignored');
  else logger.warn('OWNER_EMAIL was not made an owner, because there is already one; have them invite the address (POST /v1/users) and unset OWNER_EMAIL');
}

type SchedulerParts = Pick<NodeOptions, 'nodeId' | 'bus' | 'onLost' | 'onCatalog' | 'onBatch'> & {
  readonly database: Database;
  /** What nodes seal commands to each other with: the first, and all are tried in opening. */
  readonly secrets: readonly string[];
  readonly logger: Logger;
};

function openScheduler({ database, secrets, logger, ...given }: SchedulerParts): Promise<SchedulerNode> {
  return openNode({
    ...given,
    database: new SqlJournal(database),
    cluster: new SqlCluster(database),
    seal: textSeal(secrets, NODES_PURPOSE),
    timers,
    ids,
    log: logOf(logger, 'journal'),
  });
}

function logOf(logger: Logger, part: string): Log {
  const log = logger.child({ part });
  return {
    info: (facts, message) => log.info(facts, message),
    warn: (facts, message) => log.warn(facts, message),
    error: (facts, message) => log.error(facts, message),
  };
}

/** What another node has changed is read again; if it cannot be now, the next beat says it again. */
function catchingUp(catalog: CatalogKeeper): (version: number) => Promise<void> {
  return (version) => catalog.catchUp(version).catch(asReadFailure);
}

function gatewayConfigOf(config: Config, { url, ...given }: { url: string; webDirectory: string | null }): GatewayConfig {
  return {
    ...given,
    version: packageJson.version,
    publicUrl: config.publicUrl ?? url,
    corsOrigins: config.corsOrigins,
    hostNames: hostNamesOf(config),
    holdSeconds: config.holdSeconds,
    sends: { email: config.mail !== null, sms: config.sms !== null },
    isDemo: config.demo.isOn,
    ...{ rateLimitScale: config.rateLimitScale, guestBookings: config.guestBookings },
    trustedProxies: config.trustedProxies,
    docsDirectory: join(import.meta.dirname, '..', 'docs'),
  };
}

/** What keeps the tables in order. */
function upkeepOf(database: Database, { retention }: Config, secrets: readonly string[], logger: Logger) {
  return [forgettingJob(database, retention, logger), resealingJob(database, secrets)];
}

/** Where links in messages may lead. */
function linkHostsOf(config: Config, url: string): readonly string[] {
  return [new URL(config.publicUrl ?? url).host, ...hostNamesOf(config)];
}

/** `HOST` and `PUBLIC_URL` may be addresses, which need not be named. */
function hostNamesOf({ host, publicUrl, allowedHosts }: Config): readonly string[] {
  return [host.toLowerCase(), ...(publicUrl === null ? [] : [new URL(publicUrl).hostname]), ...allowedHosts];
}

function watchNode({ metrics }: Gateway, node: SchedulerNode, consumers: readonly Following[]): void {
  watchConsumers(metrics, consumers);
  metrics.watch('calendars_in_memory', 'Calendars that are in memory.', () => node.gauges().calendars);
  metrics.watch('open_requests', 'Requests that wait for the answer of a calendar.', () => node.gauges().openRequests);
  metrics.watch('shards', 'Shards that this node owns, of 256.', () => node.gauges().shards);
  metrics.watch('nodes', 'Nodes that live, this one included.', () => node.gauges().livingNodes);
  metrics.watch('journal_queue', 'Decisions that wait to be sent to the database.', () => node.gauges().queued);
}

function watchConnections({ metrics, logWaiters }: Gateway, { openConnections, refusedConnections }: LimitedServer): void {
  metrics.watch('connections', 'Open connections.', openConnections);
  metrics.watch('change_waiters', 'Requests that wait for the next change.', () => logWaiters.count);
  metrics.watchTotal('refused_connections_total', 'Connections that were refused because there were too many.', refusedConnections);
}

async function listen(http: HttpServer, { host, port }: Config): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, LISTEN_BACKLOG, resolve);
  });
  const { address, port: given, family } = http.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${given}`;
}
