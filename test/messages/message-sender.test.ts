// How e-mails leave together: none twice, none because of another, and what a node leaves behind when it dies.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { type Log, ReadFailure } from '../../src/actors/ports.ts';
import type { MailerAnswer, Message } from '../../src/mail/mailer.ts';
import type { Lease, MessageQueue } from '../../src/messages/message-queue-port.ts';
import { adoptMessageJob, MessageSender, type SenderParts } from '../../src/messages/message-sender.ts';
import { DAY, HOUR, instant, MINUTE } from '../../src/model/instant.ts';
import { isOutage } from '../../src/persistence/database/read-failure.ts';
import { messageQueue } from '../../src/persistence/messages/message-queue.ts';
import { MESSAGE_KINDS, type MessageSettings } from '../../src/protocol/messages.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';
import { quiet } from '../consumers/followed-log.ts';
import { eventually } from '../support/eventually.ts';

const PATIENCE_MS = 30_000;
const EVERYTHING = Object.fromEntries(MESSAGE_KINDS.map((kind) => [kind, true])) as MessageSettings['email'];
const NOW = instant(30_000 * DAY);
const ABOUT = {
  ...{ reference: 'R', status: 'booked', serviceId: 's', serviceName: 'Cut', staffId: 's', locationId: 'l', timeZone: 'Europe/Berlin' },
  ...{ price: { amount: 0, currency: 'EUR' }, startsAt: NOW + DAY, endsAt: NOW + DAY + HOUR, createdAt: NOW, changedAt: NOW },
};

onUsualDatabase('e-mails that leave together', (place) => {
  afterEach(async () => {
    for (const table of ['message', 'message_budget', 'appointment', 'customer']) await place.database.sql(`delete from ${table}`);
  });
  /** So many, each about an appointment of its own. `serviceName` of null is a fault that only shows when the e-mail is written. */
  async function messages(count: number, { kind = 'appointment-booked', about = ABOUT as object, due = 0 as number | null } = {}): Promise<readonly string[]> {
    const rows = await place.database.sql(
      `with people as (insert into customer (id, name, email, created_at) select gen_random_uuid(), 'Grace', gen_random_uuid() || '@example.org', 0 from generate_series(1, $1::int) returning id),
      made as (
        insert into appointment (id, reference, status, calendar_id, staff_id, location_id, service_id, customer_id, starts_at, ends_at, revision, details, created_at, updated_at)
          select id, id::text, 'booked', id, id, id, id, id, $2::int8, $2::int8, 1, '{}', 0, 0 from people returning id)
      insert into message (id, key, kind, channel, locale, customer_id, appointment_id, about, created_at, next_attempt_at)
        select gen_random_uuid(), id::text, $3, 'email', 'en', id, id, ($4::jsonb || jsonb_build_object('id', id))::json, $5::int8, $6::int8 from made returning id`,
      [count, NOW + DAY, kind, JSON.stringify(about), NOW, due],
    );
    return rows.map(([id]) => String(id));
  }
  const outcomes = () => place.database.sql('select status, failure, count(*)::int from message group by 1, 2 order by 1, 2');

  function senderWith(
    send: (mail: Message) => Promise<MailerAnswer>,
    { emailsPerDay = 1_000, queue = messageQueue(place.database), log = quiet as Log } = {},
  ): MessageSender {
    const parts: SenderParts = {
      ...{ queue, mailer: { send }, isOutage, log, now: () => NOW, lookEveryMs: 50 },
      ...{ deskLink: '', bookingLink: '', linkTo: () => 'https://book.example.org/#', unsubscribeLinkTo: () => 'https://book.example.org/' },
      sender: () => ({ business: 'Salt & Pine', email: 'hello@pine.example', nameOfStaff: () => null, nameOfService: () => 'Cut', placeOf: () => null }),
      ...{ settings: () => ({ email: EVERYTHING }), nameOf: (recipient) => recipient, onOverBudget: () => undefined },
      limits: { emailsPerHour: 1_000, emailsPerDay, smsPerHour: 1, smsPerDay: 1, guestBookings: 1, scale: 1 },
    };
    return new MessageSender(parts);
  }
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
      log,
      queue: { ...queue, take: async () => taking(), waiting: () => queue.waiting() },
    });
    await eventually(() => failures.length === 0 && told.length >= 3, PATIENCE_MS);
    assert.deepEqual(told, [{ reason: 'no space left' }, { error: fault }, { error: fault }]);
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
