// The upgrade from the version before: what was typed about people leaves the facts, customers get ids that say nothing, and nothing is lost.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { MikroORM } from '@mikro-orm/postgresql';
import { shardOf } from '../../src/actors/cluster/shard-of.ts';
import { instant } from '../../src/model/instant.ts';
import { AppointmentReads } from '../../src/persistence/appointments/appointment-reads.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { ORM_OPTIONS } from '../../src/persistence/database/orm.ts';
import { SqlJournal } from '../../src/persistence/journal/journal-database.ts';
import { HOURS, LOCATION_ID, newDetails } from '../actors/practice.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';

const LAST_OF_BEFORE = '0020-change-positions';
/** More of them than any statement should mind: the time that they take is in docs/operations.md. */
const MANY = Number(process.env.SLOTKEEPER_MANY_CHANGES ?? 300);
const AT = 1_800_000_000_000;
const HALF_HOUR = 1_800_000;
const PERSONAL = /quagga|\+49 30 1234|"notes"|"answers"|"staffNotes"|"customer":|"reason":/;

const [calendarId, staffId, booked, cancelled, desks, holdId, user, stranger] = Array.from({ length: 8 }, () => randomUUID());
/** As the version before made them. */
const oldId = (email: string) => {
  const digest = createHash('sha256').update(`customer:${email}`).digest('hex');
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
};
const grace = { id: oldId('grace@quagga.example'), name: 'Grace quagga', email: 'grace@quagga.example', phone: '030 1234', phoneE164: '+49 30 1234' };
const dan = { id: oldId('dan@quagga.example'), name: 'Dan quagga', email: 'dan@quagga.example', phone: null };

function oldAppointment(id: string | undefined, place: number, more: object) {
  const startsAt = AT + place * HALF_HOUR;
  return {
    ...{
      id,
      reference: `R-${place}`,
      status: 'booked',
      calendarId,
      staffId,
      serviceId: staffId,
      locationId: LOCATION_ID,
      startsAt,
      endsAt: startsAt + HALF_HOUR,
    },
    ...{ bufferBeforeMinutes: 0, bufferAfterMinutes: 0, capacity: 1, seats: 1, lane: 0, timeZone: 'UTC', customer: grace },
    ...{ price: { amount: 1, currency: 'EUR' }, policy: { cancelUntilMinutes: null, rescheduleUntilMinutes: null, refundRules: [] }, source: 'online' },
    ...{ notes: 'quagga notes', staffNotes: null, answers: { 'quagga?': 'quagga!' }, override: null, reason: null, createdAt: AT, createdBy: null },
    ...more,
  };
}

describe('the upgrade that takes people out of the facts', { skip: POSTGRES_MISSING }, () => {
  const stack = new AsyncDisposableStack();
  let database: Database;
  before(async () => {
    const postgres = stack.use(await startPostgres({ fsync: false }));
    const url = await postgres.createDatabase();
    const orm = await MikroORM.init({ ...ORM_OPTIONS, clientUrl: url });
    await orm.migrator.up({ to: LAST_OF_BEFORE });
    await orm.close();
    {
      await using old = await openDatabase({ kind: 'postgres', url }, { migrates: false });
      await plant(old);
    }
    const begun = performance.now();
    database = stack.use(await openDatabase({ kind: 'postgres', url }));
    console.log(`${MANY} changes: ${Math.round(performance.now() - begun)} ms`);
  });
  after(() => stack.disposeAsync());

  async function plant(old: Database): Promise<void> {
    await old.sql(`insert into location (id, name, time_zone, currency, weekly, special_dates) values ($1, 'Here', 'UTC', 'EUR', '[]', '{}')`, [LOCATION_ID]);
    await old.sql(
      `insert into calendar (id, kind, shard, revision, hours, location_id, created_at) values ($1::uuid, 'staff', $2::int, $4::int8, $3::jsonb, $5, 0)`,
      [...[calendarId, shardOf(calendarId ?? ''), JSON.stringify(HOURS), 4 + MANY, LOCATION_ID]],
    );
    for (const { id, name, email, phone } of [grace, dan])
      await old.sql('insert into customer (id, name, email, phone, created_at) values ($1, $2, $3, $4, 0)', [id, name, email, phone]);
    await old.sql(
      `insert into user_account (id, email, name, role, password_hash, customer_id, created_at) values ($1, $2, 'Dan', 'customer', '', $3, 0), ($4, $5, 'Quagga Erin', 'customer', '', $6, 0)`,
      [user, dan.email, dan.id, stranger, 'erin@quagga.example', oldId('erin@quagga.example')],
    );
    const one = oldAppointment(booked, 0, {});
    const ended = oldAppointment(cancelled, 1, { customer: dan, status: 'cancelled', reason: 'quagga ill', reasonBy: 'customer' });
    const override = { rules: ['too-soon'], reason: 'quagga asked', by: user };
    const { staffNotes: _, ...byDesk } = oldAppointment(desks, 2, { source: 'desk', override });
    const hold = { id: holdId, calendarId, startsAt: AT + 9 * HALF_HOUR };
    await change(old, 1, [{ type: 'hold.placed', hold }]);
    await change(old, 2, [
      { type: 'hold.expired', hold },
      { type: 'appointment.booked', appointment: one, isNew: true, holdId: null },
    ]);
    await change(old, 3, [{ type: 'appointment.cancelled', appointment: ended }]);
    await change(old, 4, [{ type: 'appointment.booked', appointment: byDesk, isNew: true, holdId: null }]);
    await old.sql(
      `insert into change (calendar_id, revision, epoch, at, events, entry_id) select $1, 4 + n, 0, $2, $3::jsonb, gen_random_uuid() from generate_series(1, $4::int) n`,
      [calendarId, AT, JSON.stringify([{ type: 'appointment.checked-in', appointment: one }]), MANY],
    );
    for (const record of [one, ended, byDesk]) {
      const { id, reference, status, startsAt, endsAt, createdAt, createdBy, customer, ...details } = record;
      await old.sql(
        `insert into appointment (id, reference, status, calendar_id, staff_id, location_id, service_id, customer_id, starts_at, ends_at, revision, details, created_at, updated_at)
          values ($1, $2, $3, $4, $5, $6, $5, $7, $8, $9, 1, $10, $11, $11)`,
        [id, reference, status, calendarId, staffId, LOCATION_ID, customer.id, startsAt, endsAt, { ...details, customer }, createdAt],
      );
    }
    await old.sql(
      `insert into request (caller, key, fingerprint, entry_id, outcome, calendar_id, revision, event_index, created_at) values ('guest', 'a key', 'print', gen_random_uuid(), 'ok', $1, 2, 1, $2)`,
      [calendarId, AT],
    );
    await old.sql(
      `insert into audit_entry (id, at, by_kind, action, subject_kind, subject_id, before, after) values (gen_random_uuid(), 0, 'user', 'appointment.booked', 'appointment', $1, $2, $3)`,
      [booked, { customerId: grace.id, status: 'pending' }, { customerId: grace.id, status: 'booked' }],
    );
  }

  async function change(old: Database, revision: number, events: readonly object[]): Promise<void> {
    await old.sql('insert into change (calendar_id, revision, epoch, at, events, entry_id) values ($1, $2, 0, $3, $4::text::jsonb, gen_random_uuid())', [
      ...[calendarId, revision, AT, JSON.stringify(events)],
    ]);
  }

  const customerOf = async (email: string) => (await database.sql('select id from customer where email = $1', [email]))[0]?.[0];

  test('customers get new ids, the same everywhere, and an account without bookings a customer of its own', async () => {
    const [id, dans, erins] = await Promise.all([grace.email, dan.email, 'erin@quagga.example'].map(customerOf));
    assert.ok(id !== undefined && dans !== undefined && erins !== undefined);
    assert.ok(![grace.id, dan.id, oldId('erin@quagga.example')].some((old) => [id, dans, erins].includes(old)));
    assert.deepEqual(await database.sql('select id, customer_id from user_account order by email'), [
      [user, dans],
      [stranger, erins],
    ]);
    const record = await new AppointmentReads(database).byId(booked ?? '');
    assert.equal(record?.customerId, id);
    const trail = await database.sql(`select before, after from audit_entry where action = 'appointment.booked'`);
    assert.deepEqual(trail, [
      [
        { customerId: id, status: 'pending' },
        { customerId: id, status: 'booked' },
      ],
    ]);
    await assert.rejects(database.sql('update audit_entry set at = 1'), { sqlState: 'SK002' });
  });

  test('an appointment is read with what was typed for it; what the desk wrote before there were notes for staff is those', async () => {
    const found = await new AppointmentReads(database).byIds([booked, cancelled, desks].map((id) => id ?? ''));
    const { phone, phoneE164, name, email } = grace;
    const typed = newDetails({ name, email, phone, phoneE164, notes: 'quagga notes', answers: { 'quagga?': 'quagga!' } });
    assert.deepEqual(found.get(booked ?? '')?.details, typed);
    const { details, reasonBy } = found.get(cancelled ?? '') ?? assert.fail();
    assert.deepEqual([details?.name, details?.reason, reasonBy], [dan.name, 'quagga ill', 'customer']);
    const byDesk = found.get(desks ?? '');
    assert.deepEqual([byDesk?.details?.notes, byDesk?.details?.staffNotes, byDesk?.details?.overrideReason], [null, 'quagga notes', 'quagga asked']);
    assert.deepEqual(byDesk?.override, { rules: ['too-soon'], by: user });
  });

  test('the log has every fact in its order, and a repeat of an old key finds its answer', async () => {
    const journal = new SqlJournal(database);
    const changes = await journal.changes(calendarId ?? '', 0, 10);
    assert.equal(Number((await database.sql('select count(*) from change'))[0]?.[0]), 4 + MANY);
    assert.deepEqual(
      changes[1]?.events.map(({ type }) => type),
      ['hold.expired', 'appointment.booked'],
    );
    const stored = await journal.request('guest', 'a key');
    const event = stored?.event ?? assert.fail();
    assert.ok('appointment' in event && event.type === 'appointment.booked');
    const { details: _, revision: _r, ...record } = (await new AppointmentReads(database).byId(booked ?? '')) ?? assert.fail();
    assert.deepEqual(event.appointment, record);
    assert.equal(changes[0]?.at, instant(AT));
  });

  test('no table names them but those that are there for it', async () => {
    const tables = await database.sql(`select tablename::text from pg_tables where schemaname = 'public'`);
    for (const [table] of tables) {
      if (['customer', 'appointment_person', 'user_account'].includes(String(table))) continue;
      const rows = await database.sql(`select t::text from ${table} t`);
      for (const [text] of rows) assert.doesNotMatch(String(text).replaceAll('""', '"'), PERSONAL, String(table));
    }
  });
});
