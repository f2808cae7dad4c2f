// Two nodes on PostgreSQL and Redis that are killed between a commit and what follows from it outside: mails to a real mail server, webhooks to real receivers.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { CalendarEvent } from '../../src/actors/calendar/calendar.ts';
import { WEBHOOK_TYPES } from '../../src/model/payment-facts.ts';
import { type Random, randomFrom } from '../../test/faults/load.ts';
import { freePort } from '../../test/support/free-port.ts';
import { startRedis } from '../../test/support/redis.ts';
import { startSmtp } from '../../test/support/smtp.ts';
import { startReceiver } from '../../test/webhooks/receiver.ts';
import { buildWebIfNeeded } from '../../web/build.ts';
import { within } from '../world/gone.ts';
import { NodeProcess } from '../world/node-process.ts';
import { PostgresServer, queryOnce } from '../world/postgres-server.ts';
import { login, makeShop, OWNER } from '../world/shop.ts';
import { Watchdog } from '../world/watchdog.ts';
import { startCallers } from './callers.ts';
import type { BookedMoney, LogRow, ToldHistory } from './told-history.ts';

const NODES = 2;
const LAST_WORDS = 2_000;
const READY_WITHIN_MS = 180_000;
/** A kill comes within this time, as soon as something that was committed has not left. */
const LONGEST_LIFE_MS = 2_000;
const SOMETHING_TO_LOSE_WITHIN_MS = 30_000;
/** A lease of an endpoint is over after 30 s, a job of a node that died is given up within 45 s, and what a receiver refused waits up to minutes. */
const SETTLED_WITHIN_MS = 600_000;
/** A mail server and a receiver that take their time are where most of the waiting is, so most kills land there. */
const LONGEST_MAIL_MS = 120;
const LONGEST_HOOK_MS = 60;
const REFUSED_HOOKS = 0.03;
const DOMAIN = 'customers.example.org';
const SOME_TYPES = ['appointment.booked', 'appointment.rescheduled', 'appointment.cancelled', 'payment.refunded'];

export type ToldOptions = {
  readonly rounds: number;
  readonly seed: number;
  /** Where the logs of the nodes go. */
  readonly out: string;
  readonly say: (text: string) => void;
  /** Of `TELLING_BUGS`; null: the sources as they are. */
  readonly bug?: string | null;
};
export type ToldRun = {
  readonly history: ToldHistory;
  /** How much had been committed and had not left at each kill. */
  readonly pending: readonly Pending[];
  readonly asked: { readonly done: number; readonly refused: number };
  /** Whether nothing waits any more. */
  readonly isSettled: boolean;
};
type Pending = { readonly unread: number; readonly messages: number; readonly webhooks: number };

export async function runTold({ rounds, seed, out, say, bug = null }: ToldOptions): Promise<ToldRun> {
  const random = randomFrom(seed);
  await using outside = await openOutside(random);
  await using world = await openWorld(out, outside.smtp.port, bug);
  const { nodes, databaseUrl } = world;
  const urls = nodes.map(({ url }) => url);
  const [firstUrl = ''] = urls;
  const shop = await makeShop(firstUrl, 0);
  let token = await login(firstUrl);
  const endpoints = [
    { name: outside.all.url, types: WEBHOOK_TYPES },
    { name: outside.some.url, types: SOME_TYPES },
  ];
  for (const { name: url, types } of endpoints) await addEndpoint(firstUrl, token, { url, types });
  const requiredAfter = await headOf(databaseUrl);
  const addressOf = (id: string) => `${id}@${DOMAIN}`;
  const callers = startCallers({ shop, random, urls, token: () => token, addressOf });
  const pending: Pending[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await wait(random() * LONGEST_LIFE_MS);
    const lost = await somethingToLose(databaseUrl);
    const victim = nodes[Math.floor(random() * NODES)];
    if (victim === undefined) throw new RangeError('a world without nodes');
    await victim.end('SIGKILL');
    pending.push(lost);
    say(`${round + 1}. node ${victim.index} killed with ${lost.unread} changes unread, ${lost.messages} messages and ${lost.webhooks} webhooks waiting`);
    victim.start();
    if (!(await victim.becomesReady(READY_WITHIN_MS))) throw new Error(`node ${victim.index} did not get ready again; see ${out}`);
    // One lasts for a quarter of an hour.
    token = await login(victim.url);
  }
  await callers.stop();
  say(`${callers.counts.done} done, ${callers.counts.refused} refused; waiting until nothing waits any more`);
  const isSettled = await within(SETTLED_WITHIN_MS, async () => isNothing(await pendingIn(databaseUrl)), 1_000);
  const [log, books] = [await readLog(databaseUrl), await readBooks(databaseUrl)];
  return { history: { log, books, endpoints, requiredAfter, addressOf, ...outside.arrived() }, pending, asked: callers.counts, isSettled };
}

/** What is outside: a mail server and two receivers, slow and now and then unwilling. */
async function openOutside(random: Random) {
  await using opened = new AsyncDisposableStack();
  const smtp = opened.use(await startSmtp({ untilTaken: () => wait(random() * LONGEST_MAIL_MS) }));
  const newReceiver = async () => {
    const receiver = opened.use(await startReceiver());
    receiver.answer = async () => {
      await wait(random() * LONGEST_HOOK_MS);
      return random() < REFUSED_HOOKS ? 503 : 200;
    };
    return receiver;
  };
  const [all, some] = [await newReceiver(), await newReceiver()];
  const arrivalsAt = ({ url, got }: typeof all) =>
    got.map(({ headers, json: body, status }) => ({ endpoint: url, headerId: headers['webhook-id'] ?? '', body, status }));
  const arrived = (): Pick<ToldHistory, 'arrivals' | 'mails'> => ({
    arrivals: [...arrivalsAt(all), ...arrivalsAt(some)],
    mails: smtp.mails
      .map((mail) => ({
        messageId: mail.header('message-id'),
        recipient: mail.recipients.join(' '),
        text: mail.text,
        calendar: mail.part('text/calendar'),
      }))
      .filter(({ recipient }) => recipient.endsWith(DOMAIN)),
  });
  const parts = opened.move();
  return { smtp, all, some, arrived, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

async function openWorld(out: string, smtpPort: number, bug: string | null) {
  await using opened = new AsyncDisposableStack();
  mkdirSync(out, { recursive: true });
  const directory = mkdtempSync(join(tmpdir(), 'slotkeeper-told-'));
  // PostgreSQL, which does not run as root, has to find its way in.
  chmodSync(directory, 0o711);
  const watchdog = opened.use(new Watchdog(directory));
  await buildWebIfNeeded();
  mkdirSync(join(directory, 'postgres'));
  const postgres = opened.use(await PostgresServer.start(join(directory, 'postgres'), watchdog));
  const redis = opened.use(await startRedis());
  const databaseUrl = await postgres.createDatabase();
  const environment = {
    HOST: '127.0.0.1',
    DATABASE_URL: databaseUrl,
    REDIS_URL: redis.url,
    JWT_SECRET: randomBytes(32).toString('base64url'),
    OWNER_EMAIL: OWNER.email,
    OWNER_PASSWORD: OWNER.password,
    PUBLIC_URL: 'http://127.0.0.1:3000',
    SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
    MAIL_FROM: 'Here <here@example.org>',
    OUTSIDE_ALLOW: '127.0.0.1',
    RATE_LIMIT_SCALE: '100000',
    LOG_LEVEL: 'warn',
    ...(bug !== null && { PLANTED_BUG: bug, NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, 'planted-node.ts')).href}` }),
  };
  const nodes: NodeProcess[] = [];
  for (let index = 0; index < NODES; index += 1) {
    const settings = { index, port: await freePort(), environment, logFile: join(out, `node-${index}.log`), watchdog, tell: () => undefined };
    const node = opened.use(new NodeProcess(settings));
    nodes.push(node);
    node.start();
    // The first one makes the tables and the owner.
    if (!(await node.becomesReady(READY_WITHIN_MS))) throw new Error(`node ${index} did not get ready: ${await lastWordsIn(settings.logFile)}`);
  }
  const parts = opened.move();
  return { nodes, databaseUrl, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

async function lastWordsIn(logFile: string): Promise<string> {
  return (await readFile(logFile, 'utf8')).slice(-LAST_WORDS);
}

async function addEndpoint(url: string, token: string, body: object): Promise<void> {
  const reply = await fetch(`${url}/v1/webhooks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`an endpoint could not be added: ${await reply.text()}`);
}

/** Changes and payments that a consumer has not read, messages that wait, and webhooks that wait. */
const PENDING = `select
  (select count(*)::int from change h where exists (select 1 from consumer c where c.name in ('messages', 'webhooks') and (h.xid, h.position) > (c.xid, c.position)))
    + (select count(*)::int from payment_fact f, consumer c where c.name = 'webhooks' and (f.xid, f.position) > (c.xid, c.position)),
  (select count(*)::int from message where status = 'waiting'), (select count(*)::int from webhook_delivery where state = 'waiting')`;

async function pendingIn(databaseUrl: string): Promise<Pending> {
  const [row = []] = await queryOnce(databaseUrl, PENDING);
  const [unread, messages, webhooks] = row.map(Number);
  return { unread: unread ?? 0, messages: messages ?? 0, webhooks: webhooks ?? 0 };
}

function isNothing({ unread, messages, webhooks }: Pending): boolean {
  return unread + messages + webhooks === 0;
}

async function somethingToLose(databaseUrl: string): Promise<Pending> {
  let lost = await pendingIn(databaseUrl);
  const isThere = await within(SOMETHING_TO_LOSE_WITHIN_MS, async () => {
    lost = await pendingIn(databaseUrl);
    return !isNothing(lost);
  });
  if (!isThere) throw new Error('nothing was under way when a node was to be killed');
  return lost;
}

async function headOf(databaseUrl: string): Promise<ToldHistory['requiredAfter']> {
  const [row] = await queryOnce(databaseUrl, 'select h.xid::text, h.position::text from change h order by h.xid desc, h.position desc limit 1');
  return { xid: String(row?.[0] ?? 0), position: String(row?.[1] ?? 0) };
}

async function readBooks(databaseUrl: string): Promise<readonly BookedMoney[]> {
  const rows = await queryOnce(
    databaseUrl,
    `select key, appointment_id, amount, debit = 'customers' from ledger_entry where 'customers' in (debit, credit) order by number`,
  );
  return rows.map(([key, appointmentId, amount, isBack]) => ({
    key: String(key),
    appointmentId: String(appointmentId),
    amount: Number(amount),
    isBack: isBack === true,
  }));
}

async function readLog(databaseUrl: string): Promise<readonly LogRow[]> {
  const rows = await queryOnce(
    databaseUrl,
    `select h.xid::text, h.position::text, calendar_id, revision, at, entry_id, events, by -> 'notify' ->> 'customer' = 'false' from change h order by h.xid, h.position`,
  );
  return rows.map(([xid, position, calendarId, revision, at, entryId, events, isQuiet]) => ({
    ...{ xid: String(xid), position: String(position), calendarId: String(calendarId), revision: Number(revision) },
    ...{ at: Number(at), entryId: String(entryId), events: events as readonly CalendarEvent[], isQuiet: isQuiet === true },
  }));
}
