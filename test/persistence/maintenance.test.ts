import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Database } from '../../src/persistence/database/database.ts';
import {
  purgeOldAudit,
  purgeOldDayNotes,
  purgeOldEmails,
  purgeOldMessages,
  purgeOldNodes,
  purgeOldPayments,
  purgeOldReplies,
  purgeOldSessions,
  purgeOldTimeOffRequests,
} from '../../src/persistence/database/maintenance.ts';
import { timeNow } from '../support/clock.ts';
import { ENGINES, openFresh } from './engines.ts';

const HOUR = 3_600_000;

for (const kind of ENGINES) {
  describe(`forgetting old replies on ${kind.name}`, { skip: kind.skip }, () => {
    let database: Database;
    let close: () => Promise<void>;
    before(async () => {
      ({ database, close } = await openFresh(kind));
    });
    after(() => close());

    const keep = (rows: number, hoursAgo: number) =>
      Promise.all([
        database.sql(
          `insert into request (caller, key, fingerprint, entry_id, outcome, created_at)
            select 'c', $3::text || n, 'f', gen_random_uuid(), 'ok', (extract(epoch from clock_timestamp()) * 1000)::int8 - $2::int8 from generate_series(1, $1::int) n`,
          [rows, hoursAgo * HOUR, `${hoursAgo}-`],
        ),
        database.sql(
          `insert into http_reply (caller, key, fingerprint, status, body, created_at)
            select 'c', $3::text || n, 'f', 200, '{}', (extract(epoch from clock_timestamp()) * 1000)::int8 - $2::int8 from generate_series(1, $1::int) n`,
          [rows, hoursAgo * HOUR, `${hoursAgo}-`],
        ),
      ]);

    test('a reply is kept for a day and forgotten soon after', async () => {
      await keep(2_300, 26);
      await keep(3, 24);
      await keep(1, 0);
      assert.deepEqual(await purgeOldReplies(database, 24), { requests: 2_300, httpReplies: 2_300 });
      assert.deepEqual(await database.sql('select (select count(*) from request), (select count(*) from http_reply)'), [[4, 4]]);
      assert.deepEqual(await purgeOldReplies(database, 24), { requests: 0, httpReplies: 0 });
    });

    test('entries of the audit trail go when they are older than the setting, and are kept from every other delete', async () => {
      const add = (count: number, daysAgo: number) =>
        database.sql(
          `insert into audit_entry (id, at, by_kind, action, subject_kind, subject_id)
            select gen_random_uuid(), (extract(epoch from clock_timestamp()) * 1000)::int8 - $2::int8, 'system', 'settings.changed', 'settings', 'x' from generate_series(1, $1::int)`,
          [count, daysAgo * 24 * HOUR],
        );
      await add(2_300, 91);
      await add(2, 89);
      assert.equal(await purgeOldAudit(database, 90), 2_300);
      assert.deepEqual(await database.sql('select count(*)::int from audit_entry'), [[2]]);
      for (const statement of ['delete from audit_entry', 'update audit_entry set at = 1', 'truncate audit_entry'])
        await assert.rejects(database.sql(statement), { sqlState: 'SK002' });
    });

    test('a node that has been gone for a day is forgotten, unless shards still name it', async () => {
      const add = (hoursAgo: number, isGone: boolean) =>
        database.sql(
          `insert into node (id, started_at, seen_at, steady_since, gone) select gen_random_uuid(), m, m, m, $2 from (select clock_timestamp() - make_interval(hours => $1) m) x returning id`,
          [hoursAgo, isGone],
        );
      const [[owner] = []] = await add(30, true);
      await database.sql('update shard set owner = $1 where id = 3', [owner]);
      for (const [hoursAgo, isGone] of [
        [30, true],
        [30, false],
        [1, true],
      ] as const)
        await add(hoursAgo, isGone);
      assert.deepEqual([await purgeOldNodes(database), await purgeOldNodes(database)], [1, 0]);
      assert.deepEqual(await database.sql('select count(*) from node'), [[3]]);
    });

    test('a session that nobody can use any more is forgotten with its tokens, and no other', async () => {
      const DAYS = 24 * HOUR;
      await database.sql(
        `insert into user_account (id, email, name, role, password_hash, created_at) values (gen_random_uuid(), 'a@example.org', 'A', 'customer', '', 0)`,
      );
      const now = timeNow();
      for (const daysAgo of [32, 30, 0]) {
        const session = `insert into login_session (id, user_id, device, address, created_at, last_used_at) select gen_random_uuid(), id, '', '', $1, $1 from user_account`;
        await database.sql(session, [now - daysAgo * DAYS]);
        const token = `insert into refresh_token (id, user_id, family, token_hash, expires_at, created_at) select gen_random_uuid(), id, gen_random_uuid(), $2, $1, $1 from user_account`;
        await database.sql(token, [now - daysAgo * DAYS, String(daysAgo)]);
      }
      assert.deepEqual([await purgeOldSessions(database), await purgeOldSessions(database)], [1, 0]);
      assert.deepEqual(await database.sql('select (select count(*) from login_session), (select count(*) from refresh_token)'), [[2, 2]]);
    });

    test('failed logins are forgotten a day after the last', async () => {
      for (const hoursAgo of [25, 23])
        await database.sql('insert into failed_login (subject, count, last_at, blocked_until) values ($1, 1, $2, 0)', [
          `${hoursAgo}`,
          timeNow() - hoursAgo * HOUR,
        ]);
      await purgeOldSessions(database);
      assert.deepEqual(await database.sql('select subject from failed_login'), [['23']]);
    });

    test('a link that has expired is forgotten, also in its e-mail, and the e-mail after a season', async () => {
      const now = timeNow();
      for (const [index, minutesLeft] of [-1, 5].entries()) {
        const expiresAt = now + minutesLeft * 60_000;
        await database.sql(`insert into registration values ($1, 'N', 'h', $1, 0, $2)`, [`r${index}`, expiresAt]);
        await database.sql('insert into password_reset values ($1, $1, $2)', [`p${index}`, expiresAt]);
        const user = `insert into user_account (id, email, name, role, password_hash, created_at) values (gen_random_uuid(), $1, '', 'staff', '', 0) returning id`;
        const [[userId] = []] = await database.sql(user, [`i${index}`]);
        await database.sql('insert into invitation values ($1, $2, $3)', [userId, `i${index}`, expiresAt]);
        await database.sql(`insert into notification values (gen_random_uuid(), 'password-reset', 'e', $1, $2, $3)`, [`t${index}`, expiresAt, now]);
      }
      await database.sql(`insert into notification values (gen_random_uuid(), 'password-changed', 'old', null, null, $1)`, [now - 91 * 24 * HOUR]);
      assert.deepEqual([await purgeOldEmails(database), await purgeOldEmails(database)], [1, 0]);
      assert.deepEqual(
        await database.sql(
          'select (select array_agg(email) from registration), (select array_agg(email) from password_reset), (select array_agg(token_hash) from invitation)',
        ),
        [[['r1'], ['p1'], ['i1']]],
      );
      assert.deepEqual(await database.sql('select token from notification order by token'), [['t1'], [null]]);
    });

    test('a note of a day is forgotten 30 days after its last change', async () => {
      for (const daysAgo of [31, 29])
        await database.sql(`insert into day_note values (gen_random_uuid(), '2031-03-01', $1, 1, $2)`, [String(daysAgo), timeNow() - daysAgo * 24 * HOUR]);
      assert.deepEqual([await purgeOldDayNotes(database), await purgeOldDayNotes(database)], [1, 0]);
      assert.deepEqual(await database.sql('select text from day_note'), [['29']]);
    });

    test('a request for time off is forgotten 400 days after its last day', async () => {
      for (const daysAgo of [401, 399])
        await database.sql(
          `insert into time_off_request (id, staff_id, starts_at, ends_at, kind, note, status, created_at)
            values (gen_random_uuid(), gen_random_uuid(), $2::int8 - 1, $2::int8, 'holiday', $1, 'approved', $2)`,
          [String(daysAgo), timeNow() - daysAgo * 24 * HOUR],
        );
      assert.deepEqual([await purgeOldTimeOffRequests(database), await purgeOldTimeOffRequests(database)], [1, 0]);
      assert.deepEqual(await database.sql('select note from time_off_request'), [['399']]);
    });

    test('a message to a customer is forgotten after 90 days, with its text and address', async () => {
      for (const daysAgo of [91, 89])
        await database.sql(
          `insert into message (id, key, kind, locale, customer_id, appointment_id, about, created_at, status, recipient)
            values (gen_random_uuid(), $1, 'appointment-booked', 'en', gen_random_uuid(), gen_random_uuid(), '{}', $2, 'sent', 'grace@example.org')`,
          [String(daysAgo), timeNow() - daysAgo * 24 * HOUR],
        );
      assert.deepEqual([await purgeOldMessages(database), await purgeOldMessages(database)], [1, 0]);
      assert.deepEqual(await database.sql('select key from message'), [['89']]);
    });

    test('a payment that brought no money is forgotten after 30 days, and of others what somebody typed', async () => {
      const at = timeNow() - 31 * 24 * HOUR;
      for (const [state, received] of [
        ['closed', 0],
        ['paying', 0],
        ['booked', 500],
      ])
        await database.sql(
          `insert into payment (id, appointment_id, location_id, state, method, amount, currency, received, booking, created_at)
            values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), $1, 'test', 500, 'EUR', $2::int8, '{}', $3::int8)`,
          [state, received, at],
        );
      await database.sql(`insert into payment_event (id, at) values ('old', $1::int8), ('new', $2::int8)`, [at, timeNow()]);
      assert.equal(await purgeOldPayments(database), 1);
      assert.deepEqual(await database.sql('select state, booking from payment order by state'), [
        ['booked', null],
        ['paying', null],
      ]);
      assert.deepEqual(await database.sql('select id from payment_event'), [['new']]);
    });

    test('a second factor that nobody has finished setting up is forgotten when its time is over', async () => {
      for (const minutesLeft of [-1, 5]) {
        await database.sql(
          `with u as (insert into user_account (id, email, name, role, password_hash, created_at) values (gen_random_uuid(), $1, 'A', 'customer', '', 0) returning id)
            insert into second_factor_setup (user_id, id, key_id, sealed_secret, expires_at) select id, id, $1, '', $2 from u`,
          [`s${minutesLeft}`, timeNow() + minutesLeft * 60_000],
        );
      }
      await purgeOldSessions(database);
      assert.deepEqual(await database.sql('select key_id from second_factor_setup'), [['s5']]);
    });

    test('it stops between two batches when it is told to', async () => {
      await keep(5, 27);
      assert.deepEqual(await purgeOldReplies(database, 24, AbortSignal.abort()), { requests: 0, httpReplies: 0 });
    });
  });
}
