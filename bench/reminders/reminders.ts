// Very many reminders at once, on two nodes, beside customers who claim. `REMINDERS=5000 npm run bench -- reminders` measures fewer.
import { setTimeout as wait } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { DAY, HOUR } from '../../src/model/instant.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { type FreeSlot, freeSlots } from '../../test/faults/callers.ts';
import { startServer } from '../../test/faults/demo-process.ts';
import { startPostgres } from '../../test/support/postgres.ts';
import { startRedis } from '../../test/support/redis.ts';
import type { Section } from '../measure.ts';

const REMINDERS = Number(process.env.REMINDERS ?? 100_000);
const NODES = 2;
const CALLERS = 8;
/** Of one caller, between a claim and the next. */
const LONGEST_PAUSE_MS = 300;
const WITHOUT_MS = 20_000;
const LOOK_EVERY_MS = 1_000;
const MOST_MS = 2 * HOUR;
const FIRST_DAY = 20;

export async function measureReminders(): Promise<Section> {
  await using opened = new AsyncDisposableStack();
  const url = await opened.use(await startPostgres()).createDatabase();
  const redis = opened.use(await startRedis());
  const sink = await openSink();
  opened.defer(sink.close);
  const settings = {
    REDIS_URL: redis.url,
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    MAIL_FROM: 'Here <here@example.org>',
    PUBLIC_URL: 'http://127.0.0.1:3000',
    EMAILS_PER_HOUR: '1000000',
    EMAILS_PER_DAY: '1000000',
  };
  const urls: string[] = [];
  for (let node = 0; node < NODES; node += 1) {
    const server = await startServer({ kind: 'postgres', url }, settings);
    opened.defer(async () => void (await server.end('SIGTERM')));
    urls.push(server.url);
  }
  const database = opened.use(await openDatabase({ kind: 'postgres', url }, { migrates: false }));
  const slots = await freeSlots(urls[0] ?? '', FIRST_DAY);
  const without = startClaims(urls, slots);
  await wait(WITHOUT_MS);
  const before = await without.stop();
  await addAppointments(database);
  const began = performance.now();
  const meanwhile = startClaims(urls, slots);
  while ((await sentOf(database)) < REMINDERS && performance.now() - began < MOST_MS) await wait(LOOK_EVERY_MS);
  const seconds = (performance.now() - began) / 1_000;
  const during = await meanwhile.stop();
  return sectionOf({ sent: await sentOf(database), seconds, before, during, mails: sink.count() });
}

/** A mail server that takes everything and keeps nothing. */
async function openSink() {
  let taken = 0;
  const server = new SMTPServer({
    logger: false,
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      stream.resume();
      stream.once('end', () => {
        taken += 1;
        done(null);
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
  return { port: address.port, count: () => taken, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

/** All of them start within an hour, the first in 23, and have been booked for long: they are due at once. */
async function addAppointments(database: Database): Promise<void> {
  await database.sql(
    `with people as (
        insert into customer (id, name, email, created_at) select gen_random_uuid(), 'Grace', 'grace.' || n || '@customers.example.org', 0 from generate_series(1, $1::int) n returning id),
      place as (select id as location_id, (select id from staff_member order by id limit 1) as staff_id, (select id from service order by id limit 1) as service_id from location order by id limit 1),
      now as (select (extract(epoch from clock_timestamp()) * 1000)::int8 as at)
    insert into appointment (id, reference, status, calendar_id, staff_id, location_id, service_id, customer_id, starts_at, ends_at, revision, details, created_at, updated_at)
      select gen_random_uuid(), people.id::text, 'booked', place.staff_id, place.staff_id, place.location_id, place.service_id, people.id, s.at, s.at + ${HOUR}, 1,
        '{"timeZone":"Europe/Lisbon","price":{"amount":4500,"currency":"EUR"},"policy":{"cancelUntilMinutes":0,"rescheduleUntilMinutes":0,"refundRules":[]},"locale":"en"}', now.at - ${9 * DAY}, now.at - ${9 * DAY}
      from people, place, now, lateral (select now.at + ${23 * HOUR} + (random() * ${HOUR})::int8 as at) s`,
    [REMINDERS],
  );
  await database.sql('analyze appointment');
}

async function sentOf(database: Database): Promise<number> {
  const [[sent] = []] = await database.sql(`select count(*)::int from message where kind = 'appointment-reminder' and status = 'sent'`);
  return Number(sent);
}

/** Customers who keep a time and give it back, at every node, not as fast as they can. */
function startClaims(urls: readonly string[], slots: readonly FreeSlot[]) {
  const milliseconds: number[] = [];
  let isOver = false;
  const call = async (number: number) => {
    for (let count = number; !isOver; count += CALLERS) {
      await wait(Math.random() * LONGEST_PAUSE_MS);
      const url = urls[count % urls.length];
      const body = JSON.stringify(slots[Math.floor(Math.random() * slots.length)]);
      const began = performance.now();
      const reply = await fetch(`${url}/v1/holds`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      const hold = await reply.json();
      milliseconds.push(performance.now() - began);
      if (reply.status === 201) await fetch(`${url}/v1/holds/${hold.id}`, { method: 'DELETE', headers: { 'hold-token': hold.token } });
    }
  };
  const callers = Promise.all(Array.from({ length: CALLERS }, (_, number) => call(number)));
  return {
    async stop(): Promise<readonly number[]> {
      isOver = true;
      await callers;
      return milliseconds.sort((one, other) => one - other);
    },
  };
}

type Measured = {
  readonly sent: number;
  readonly seconds: number;
  readonly before: readonly number[];
  readonly during: readonly number[];
  readonly mails: number;
};

function sectionOf({ sent, seconds, before, during, mails }: Measured): Section {
  const at = (all: readonly number[], share: number) => (all[Math.min(all.length - 1, Math.floor(all.length * share))] ?? Number.NaN).toFixed(0);
  const row = (name: string, all: readonly number[]) => `| ${name} | ${all.length} | ${at(all, 0.5)} | ${at(all, 0.95)} | ${at(all, 0.99)} |`;
  return {
    title: 'Reminders of very many appointments',
    notes: [
      `${sent.toLocaleString('en')} appointments that come due at once, on two nodes with one PostgreSQL (with fsync), one Redis and a mail server that takes everything, all on this machine. Their reminders were written and sent in ${seconds.toFixed(0)} s, ${Math.round(sent / seconds)} a second (${mails.toLocaleString('en')} mails). Beside them ${CALLERS} customers keep times and give them back, over REST at both nodes.`,
    ],
    table: ['| claims | answered | median, ms | p95, ms | p99, ms |', '|---|--:|--:|--:|--:|', row('before', before), row('meanwhile', during)].join('\n'),
  };
}
