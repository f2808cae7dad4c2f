// Who is told what of their day, and when.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, test } from 'node:test';
import type { Message } from '../../src/mail/mailer.ts';
import { agendaJob } from '../../src/messages/agenda.ts';
import { MessageSender } from '../../src/messages/message-sender.ts';
import { type Instant, instant, MINUTE } from '../../src/model/instant.ts';
import { agendaStore } from '../../src/persistence/messages/agenda-store.ts';
import { messageQueue } from '../../src/persistence/messages/message-queue.ts';
import { addStaffEmails } from '../../src/persistence/messages/message-store.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';
import { quiet } from '../consumers/followed-log.ts';
import { eventually } from '../support/eventually.ts';

const PATIENCE_MS = 30_000;
/** Clocks go back in Berlin on that day, so it has 25 hours. */
const at = (time: string) => instant(Temporal.ZonedDateTime.from(`2026-10-25T${time}[Europe/Berlin]`).epochMilliseconds);

onUsualDatabase('the agenda of a day', (place) => {
  afterEach(async () => {
    for (const table of ['message', 'message_template', 'appointment', 'customer', 'notified_person', 'user_account', 'staff_member', 'calendar', 'location'])
      await place.database.sql(`delete from ${table}`);
  });
  const locationId = randomUUID();

  /** With an account, at the one location. */
  async function member(locale: string | null = null): Promise<{ readonly userId: string; readonly staffId: string }> {
    const [userId, staffId] = [randomUUID(), randomUUID()];
    const { sql } = place.database;
    await sql(
      `insert into location (id, name, time_zone, currency, weekly, special_dates) values ($1, 'Harbour', 'Europe/Berlin', 'EUR', '[]', '{}') on conflict (id) do nothing`,
      [locationId],
    );
    await sql(`insert into calendar (id, kind, shard, hours, location_id, created_at) values ($1, 'staff', 0, '{}', $2, 0)`, [staffId, locationId]);
    await sql(`insert into staff_member (id, calendar_id, name, location_id) values ($1::uuid, $1::uuid, 'Mara', $2)`, [staffId, locationId]);
    await sql(
      `insert into user_account (id, email, name, role, staff_id, password_hash, created_at, version, locale) values ($1::uuid, $1::uuid || '@pine.example', 'Mara', 'staff', $2, '', 0, 1, $3)`,
      [userId, staffId, locale],
    );
    return { userId, staffId };
  }
  async function appointment(staffId: string, startsAt: Instant, status = 'booked'): Promise<void> {
    await place.database.sql(
      `with person as (insert into customer (id, name, email, created_at) values (gen_random_uuid(), 'Grace', gen_random_uuid() || '@example.org', 0) returning id)
      insert into appointment (id, reference, status, calendar_id, staff_id, location_id, service_id, customer_id, starts_at, ends_at, revision, details, created_at, updated_at)
        select id, id::text, $2, $1::uuid, $1::uuid, $4::uuid, $1::uuid, id, $3::int8, $3::int8 + ${30 * MINUTE}, 1, '{"serviceName":"Cut"}', 0, 0 from person`,
      [staffId, status, startsAt, locationId],
    );
  }
  const look = (now: Instant) =>
    agendaJob({
      ...{ store: agendaStore(place.database), locations: () => [{ id: locationId, timeZone: 'Europe/Berlin' }], onAdded: () => undefined, now: () => now },
    }).work({}, { jobId: '', number: 1, signal: AbortSignal.timeout(MINUTE) });
  async function send(now: Instant): Promise<readonly Message[]> {
    const mails: Message[] = [];
    const queue = messageQueue(place.database);
    await using _sender = new MessageSender({
      ...{ queue, isOutage: () => false, log: quiet, now: () => now, settings: () => ({ email: {} as never }), nameOf: (recipient) => recipient },
      mailer: {
        async send(mail) {
          mails.push(mail);
          return { type: 'accepted' };
        },
      },
      sender: () => ({ business: 'Salt & Pine', email: '', nameOfStaff: () => null, nameOfService: () => null, placeOf: () => null }),
      ...{ deskLink: 'https://book.example.org/desk', bookingLink: '', linkTo: () => '', unsubscribeLinkTo: () => '', onOverBudget: () => undefined },
      limits: { emailsPerHour: 99, emailsPerDay: 99, smsPerHour: 1, smsPerDay: 1, guestBookings: 1, scale: 1 },
    });
    await eventually(async () => (await queue.waiting()).emails === 0, PATIENCE_MS);
    return mails;
  }
  const written = async () => (await place.database.sql('select user_id, locale, status, failure from message order by user_id')).map((row) => [...row]);

  test('comes once, in the morning of the location, to who has appointments that day and wants it', async () => {
    const [busy, free, silent] = [await member('fr'), await member(), await member()];
    await appointment(busy.staffId, at('23:30'));
    await appointment(silent.staffId, at('12:00'));
    await appointment(free.staffId, instant(at('23:30') + 60 * MINUTE));
    await appointment(free.staffId, at('12:00'), 'cancelled');
    await place.database.sql(`insert into notified_person (user_id, last_number, revision, choices) values ($1, 0, 0, '{"email":{"daily-agenda":false}}')`, [
      silent.userId,
    ]);
    for (const early of ['05:59', '11:00']) await look(at(early));
    assert.deepEqual(await written(), []);
    await Promise.all([look(at('06:00')), look(at('06:00'))]);
    await look(at('07:00'));
    assert.deepEqual(await written(), [[busy.userId, 'fr', 'waiting', null]]);
  });

  test('lists what is booked and asked for when it leaves, by the clock there, in the words of the business, and names no customer', async () => {
    const { staffId } = await member();
    const { sql } = place.database;
    for (const [time, status] of [
      ['14:00', 'pending'],
      ['09:15', 'booked'],
    ] as const)
      await appointment(staffId, at(time), status);
    await look(at('06:10'));
    const [mail] = await send(at('06:10'));
    assert.equal(mail?.subject, '2 appointments on Sunday 25 October');
    assert.match(mail.text, /^09:15 – 09:45: Cut\n14:00 – 14:30: Cut \(requested\)$/m);
    assert.ok(mail.text.includes('https://book.example.org/desk') && !/Grace/.test(mail.text + mail.html));
    assert.deepEqual((await written())[0]?.slice(2), ['sent', null]);

    await sql('delete from message');
    await sql(`insert into message_template (kind, channel, locale, subject, body, version)
      values ('daily-agenda', 'email', 'en', '{{appointments}} today', E'Good morning\\n\\n{{details}}', 1)`);
    await look(at('06:20'));
    const [own] = await send(at('06:20'));
    assert.equal(own?.subject, '2 appointments today');
    assert.match(own.text, /^Good morning\n\n09:15 – 09:45: Cut\n14:00 – 14:30: Cut \(requested\)\n\nSalt & Pine/);
  });

  test('and e-mails about single appointments go to who has that calendar and an account, wants them and has not done it, in their language', async () => {
    const [reader, doer, other, left] = [await member('fr'), await member(), await member(), await member()];
    const choices = { email: { 'staff-booked': true } };
    for (const { userId } of [reader, doer, left])
      await place.database.sql(`insert into notified_person (user_id, last_number, revision, choices) values ($1, 0, 0, $2)`, [userId, choices]);
    const about = {
      id: randomUUID(),
      reference: 'K7QM-2FXR',
      status: 'booked',
      serviceId: 's',
      serviceName: 'Cut',
      locationId,
      timeZone: 'Europe/Berlin',
    } as const;
    const times = { startsAt: at('12:00'), endsAt: at('13:00'), createdAt: at('06:00'), changedAt: at('06:00') };
    const emails = [reader, doer, other, left].map(({ staffId }) => ({
      ...{ id: randomUUID(), key: `entry/${about.id}/staff/${staffId}`, kind: 'staff-booked' as const, by: doer.userId, createdAt: at('06:00') },
      about: { ...about, ...times, price: { amount: 0, currency: 'EUR' }, staffId, toStaffId: staffId },
    }));
    for (let time = 0; time < 2; time += 1) await place.database.transaction((em) => addStaffEmails(em, emails));
    assert.deepEqual((await written()).map(([userId]) => userId).sort(), [reader.userId, left.userId].sort());
    await place.database.sql('update user_account set staff_id = null where id = $1', [left.userId]);
    const mails = await send(at('06:10'));
    assert.deepEqual(
      mails.map(({ to, subject }) => [to.slice(0, 36), subject]),
      [[reader.userId, 'Nouvelle réservation : Cut, 25 octobre à 12:00']],
    );
    await place.database.sql(`insert into message_template (kind, channel, locale, subject, body, version)
      values ('staff-booked', 'email', 'fr', 'Réservé : {{reference}}', E'Bonjour\\n\\n{{details}}', 1)`);
    const again = emails.map((email) => ({ ...email, id: randomUUID(), key: `${email.key}/again` }));
    await place.database.transaction((em) => addStaffEmails(em, again));
    assert.deepEqual(
      (await send(at('06:10'))).map(({ subject }) => subject),
      ['Réservé : K7QM-2FXR'],
    );
    assert.equal((await written()).find(([userId]) => userId === left.userId)?.[3], 'no-address');
  });

  test('does not leave when nothing is left of the day, or its reader is gone', async () => {
    const [cancelled, gone] = [await member(), await member()];
    for (const { staffId } of [cancelled, gone]) await appointment(staffId, at('12:00'));
    await look(at('06:00'));
    await place.database.sql(`update appointment set status = 'cancelled' where staff_id = $1`, [cancelled.staffId]);
    await place.database.sql('update user_account set disabled_at = 1 where id = $1', [gone.userId]);
    assert.deepEqual(await send(at('06:00')), []);
    const failures = (await written()).map((row) => row[3]).sort();
    assert.deepEqual(failures, ['no-address', 'nothing-that-day']);
  });
});
