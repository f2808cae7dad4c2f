// How e-mails leave together: none twice, none because of another, and what a node leaves behind when it dies.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { ReadFailure } from '../../src/actors/ports.ts';
import { MOST_AT_ONCE as ACCOUNTS_AT_ONCE } from '../../src/mail/email-relay.ts';
import type { Lease } from '../../src/mail/lease-queue-port.ts';
import { MOST_UNWRITTEN } from '../../src/mail/leased-sender.ts';
import type { MailerAnswer, Message } from '../../src/mail/mailer.ts';
import type { MessageQueue } from '../../src/messages/message-queue-port.ts';
import { adoptMessageJob, MOST_AT_ONCE } from '../../src/messages/message-sender.ts';
import { MINUTE, SECOND } from '../../src/model/instant.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { messageQueue } from '../../src/persistence/messages/message-queue.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';
import { quiet } from '../consumers/followed-log.ts';
import { writeEmail } from '../mail/told.ts';
import { eventually } from '../support/eventually.ts';
import { POSTGRES_MISSING } from '../support/postgres.ts';
import { sharedPostgres } from '../support/shared-postgres.ts';
import { ABOUT, addWaiting, relayOn, type Send, senderOn } from './waiting-emails.ts';

const PATIENCE_MS = 30_000;
/** Long enough for a process that is not well, on a busy machine, to renew it. */
const LEASE_MS = 3 * SECOND;

onUsualDatabase('e-mails that leave together', (place) => {
  afterEach(async () => {
    for (const table of ['message', 'message_budget', 'appointment', 'customer']) await place.database.sql(`delete from ${table}`);
  });
  const messages = (count: number, given: Parameters<typeof addWaiting>[2] = {}) => addWaiting(place.database, count, given);
  const outcomes = () => place.database.sql('select status, failure, count(*)::int from message group by 1, 2 order by 1, 2');

  const senderWith = (send: Send, given: Parameters<typeof senderOn>[2] = {}) => senderOn(place.database, send, given);
  const nothingWaits = () =>
    eventually(async () => (await place.database.sql(`select 1 from message where status = 'waiting' and failure is null limit 1`)).length === 0, PATIENCE_MS);

  test('two nodes send each once, and of a budget no more than it has', async () => {
    await messages(130);
    const sent: string[] = [];
    const send = async ({ id }: Message): Promise<MailerAnswer> => {
      sent.push(id);
      return { type: 'accepted' };
    };
    await using _one = senderWith(send, { emailsPerDay: 120 });
    await using _other = senderWith(send, { emailsPerDay: 120 });
    await nothingWaits();
    assert.deepEqual([sent.length, new Set(sent).size], [120, 120]);
    assert.deepEqual(await outcomes(), [
      ['sent', null, 120],
      ['skipped', 'over-budget email-total-day', 10],
    ]);
    assert.deepEqual(await place.database.sql(`select used::int from message_budget where name = 'email-total-day'`), [[120]]);
  });

  test('one that cannot be written, one that the database refuses and one that is slow keep none of the others', async () => {
    await messages(40);
    await messages(1, { about: { ...ABOUT, timeZone: 'Nowhere/Else' } });
    const [refusedByDatabase] = await messages(1);
    const [slow] = await messages(1);
    const { promise: end, resolve: release } = Promise.withResolvers<void>();
    const queue = messageQueue(place.database);
    const picky: MessageQueue = {
      ...queue,
      prepare: (prepared) => (prepared.some(({ id }) => id === refusedByDatabase) ? Promise.reject(new Error('refused')) : queue.prepare(prepared)),
    };
    await using _sender = senderWith(
      async ({ id }) => {
        if (id === slow) await end;
        return { type: 'accepted' };
      },
      { queue: picky },
    );
    await eventually(async () => (await place.database.sql(`select 1 from message where status = 'sent'`)).length === 40, PATIENCE_MS);
    release();
    await nothingWaits();
    assert.deepEqual(await outcomes(), [
      ['sent', null, 41],
      ['waiting', 'internal-error', 2],
    ]);
  });

  test('what is put off waits longer each time, and what is refused for good is told and over', async () => {
    await messages(2);
    const [late] = await messages(1);
    await using _sender = senderWith(async ({ id }) => (id === late ? { type: 'not-now', reason: 'put-off 451' } : { type: 'refused', reason: 'refused 554' }));
    await nothingWaits();
    assert.deepEqual(await outcomes(), [
      ['failed', 'refused 554', 2],
      ['waiting', 'put-off 451', 1],
    ]);
  });

  test('a repeat says what the first attempt said, whatever has become of the appointment', async () => {
    const [id] = await messages(1);
    const mails: Message[] = [];
    const send = async (mail: Message): Promise<MailerAnswer> => {
      mails.push(mail);
      return mails.length === 1 ? { type: 'not-now', reason: 'timed-out' } : { type: 'accepted' };
    };
    {
      await using _sender = senderWith(send);
      await nothingWaits();
    }
    await place.database.sql(`update appointment set status = 'cancelled'`);
    await place.database.sql(`update message set next_attempt_at = 0 where id = $1`, [id]);
    await using _sender = senderWith(send);
    await eventually(() => mails.length === 2, PATIENCE_MS);
    assert.deepEqual(mails[1], mails[0]);
    assert.match(mails[0]?.text ?? '', /book\.example\.org/);
  });

  test('a lease keeps others out, and who comes late with it marks only what was sent', async () => {
    const [one = '', other = ''] = await messages(2);
    await messages(1, { kind: 'appointment-reminder', due: 1 });
    const queue = messageQueue(place.database);
    const taken = await queue.take(2, 0);
    assert.deepEqual(taken.map(({ message }) => message.id).sort(), [one, other].sort(), 'reminders come last');
    const again = await queue.take(10, MINUTE);
    assert.deepEqual([again.length, (await queue.take(10, MINUTE)).length], [3, 0]);
    const [late, newer] = [taken, again].map((all): Lease => {
      const found = all.find(({ message }) => message.id === other)?.message;
      assert.ok(found);
      return { id: found.id, attempts: found.attempts };
    }) as [Lease, Lease];
    assert.deepEqual([late.attempts, newer.attempts], [1, 2]);
    await queue.settle([
      { ...late, status: 'failed', failure: 'refused' },
      { id: one, attempts: 1, status: 'sent', failure: null },
    ]);
    await queue.release([newer]);
    const rows = await place.database.sql('select status, attempts from message where id = any($1::uuid[]) order by status', [[one, other]]);
    assert.deepEqual(rows, [
      ['sent', 2],
      ['waiting', 1],
    ]);
  });

  test('a database that does not answer is told once and without a stack, a fault of ours each time and with it', async () => {
    const queue = messageQueue(place.database);
    const [full, fault] = [new ReadFailure(new Error('no space left')), new TypeError('a mistake of ours')];
    const failures: Error[] = [full, full, full, fault, fault];
    const told: object[] = [];
    const taking = () => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return Promise.resolve([]);
    };
    const log = { ...quiet, warn: (facts: object) => void told.push(facts) };
    await using _sender = senderWith(async () => ({ type: 'accepted' }), {
      ...{ log, leaseMs: 300 },
      queue: { ...queue, take: async () => taking(), waiting: () => queue.waiting() },
    });
    await eventually(() => failures.length === 0 && told.length >= 3, PATIENCE_MS);
    assert.deepEqual(told, [{ reason: 'no space left' }, { error: fault }, { error: fault }]);
  });

  test('a node that is cut off from the database sends no more than it could not write down, and others the rest', async () => {
    const ids = await messages(40);
    const queue = messageQueue(place.database);
    let isCutOff = false;
    const unless =
      <Args extends readonly unknown[], T>(ask: (...args: Args) => Promise<T>) =>
      async (...args: Args): Promise<T> => {
        if (isCutOff) throw new ReadFailure(new Error('no route to host'));
        return ask(...args);
      };
    const reached = { ...queue, take: unless(queue.take), settle: unless(queue.settle), renew: unless(queue.renew), release: unless(queue.release) };
    const [before, after]: [string[], string[]] = [[], []];
    await using _cutOff = senderWith(
      async ({ id }) => {
        isCutOff = true;
        before.push(id);
        return { type: 'accepted' };
      },
      { queue: reached, leaseMs: LEASE_MS },
    );
    await eventually(() => before.length === MOST_UNWRITTEN, PATIENCE_MS);
    await using _other = senderWith(
      async ({ id }) => {
        after.push(id);
        return { type: 'accepted' };
      },
      { leaseMs: LEASE_MS },
    );
    await eventually(() => after.length === 40, PATIENCE_MS);
    await nothingWaits();
    assert.deepEqual([before.length, after.toSorted()], [MOST_UNWRITTEN, ids.toSorted()]);
  });

  test('what an earlier version has asked for with a job waits for that job', async () => {
    const [messageId = ''] = await messages(1, { due: null });
    const queue = messageQueue(place.database);
    assert.deepEqual(await queue.take(10, MINUTE), []);
    await adoptMessageJob(queue, () => undefined).work({ messageId: randomUUID() }, { jobId: '', number: 1, signal: AbortSignal.timeout(MINUTE) });
    await adoptMessageJob(queue, () => undefined).work({ messageId }, { jobId: '', number: 1, signal: AbortSignal.timeout(MINUTE) });
    assert.deepEqual(
      (await queue.take(10, MINUTE)).map(({ message }) => message.id),
      [messageId],
    );
  });
});

const KILLED = [
  {
    about: 'appointments',
    table: 'message',
    sent: `status = 'sent'`,
    atOnce: MOST_AT_ONCE,
    write: (database: Database) => addWaiting(database, 8),
    sending: senderOn,
  },
  {
    about: 'accounts',
    table: 'notification',
    sent: `delivery = 'sent' and token is null`,
    atOnce: ACCOUNTS_AT_ONCE,
    write: (database: Database) => Promise.all(Array.from({ length: 8 }, () => writeEmail(database))),
    sending: relayOn,
  },
] as const;

describe('e-mails whose node is killed', { skip: POSTGRES_MISSING }, () => {
  for (const { about, table, sent: isSent, atOnce, write, sending } of KILLED)
    test(`about ${about} are its own while it lives, however long the mail server takes, and leave within a lease after`, async () => {
      await using server = await sharedPostgres();
      await using fresh = await server.fresh();
      await using database = await openDatabase({ kind: 'postgres', url: fresh.url });
      await write(database);
      const child = spawn(process.execPath, [join(import.meta.dirname, 'sender-process.ts'), fresh.url, String(LEASE_MS), about], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const begun = new Set<string>();
      child.stdout.setEncoding('utf8').on('data', (lines: string) => {
        for (const line of lines.trim().split('\n')) begun.add(line);
      });
      try {
        await eventually(() => begun.size === atOnce, PATIENCE_MS);
        const sent: string[] = [];
        const send: Send = async ({ id }) => {
          sent.push(id);
          return { type: 'accepted' };
        };
        await using _other = sending(database, send, { leaseMs: LEASE_MS });
        const leaseEnd = async () => Number((await database.sql(`select min(next_attempt_at) from ${table}`))[0]?.[0]);
        const firstEnd = await leaseEnd();
        await eventually(async () => (await leaseEnd()) > firstEnd + LEASE_MS, PATIENCE_MS);
        assert.deepEqual(sent, []);
        child.kill('SIGKILL');
        const killedAt = performance.now();
        await eventually(() => sent.length === 8, PATIENCE_MS);
        assert.ok(performance.now() - killedAt < LEASE_MS + 10 * SECOND, 'the lease is all that they wait for, beside a busy machine');
        assert.equal(new Set([...sent, ...begun]).size, 8);
        await eventually(async () => (await database.sql(`select 1 from ${table} where ${isSent} and attempts = 2`)).length === 8, PATIENCE_MS);
      } finally {
        child.kill('SIGKILL');
      }
    });
});
