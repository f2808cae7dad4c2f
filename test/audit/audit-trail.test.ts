// What calendars say to the audit trail, through a real node and the database.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, it } from 'node:test';
import type { RequestBy, RequestKey, SchedulerCommand } from '../../src/actors/scheduler.ts';
import type { AuditEntry } from '../../src/audit/audit-entry.ts';
import { auditEntry, SYSTEM } from '../../src/audit/audit-entry.ts';
import type { AuditTrail } from '../../src/audit/audit-trail.ts';
import type { AuditFilter, AuditPage } from '../../src/audit/audit-trail-port.ts';
import type { Consumers } from '../../src/consumers/consumers.ts';
import { instant } from '../../src/model/instant.ts';
import { addAuditEntry } from '../../src/persistence/audit/audit-rows.ts';
import type { EntityManager } from '../../src/persistence/database/database.ts';
import { auditTrailOf, openConsumers } from '../../src/wiring/open-consumers.ts';
import { onEachDatabaseAlone } from '../actors/on-each-database.ts';
import {
  addCalendars,
  appointmentOf,
  begunClaim,
  book,
  cancel,
  claimOf,
  newKey,
  openTestNode,
  placeHold,
  reschedule,
  slot,
  wordOf,
} from '../actors/practice.ts';
import { pageOf } from '../support/page.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** Somebody new, so that what they did is found again. */
function somebody(): RequestBy {
  return { kind: 'user', id: randomUUID(), name: 'Dora', role: 'front-desk', address: '10.0.0.1', requestId: 'r-1' };
}
const keyOf = (by: RequestBy): RequestKey => ({ ...newKey(), by });

onEachDatabaseAlone('The audit trail of calendars', (place) => {
  let trail: AuditTrail;
  let consumers: Consumers<EntityManager>;
  before(() => {
    consumers = openConsumers(place.database, log);
    trail = auditTrailOf(place.database, consumers);
  });
  after(() => consumers[Symbol.asyncDispose]());
  /** A user who has done nothing yet. */
  async function newcomer(): Promise<RequestBy> {
    const by = somebody();
    const user = `insert into user_account (id, email, name, role, password_hash, created_at) values ($1, $2, $3, $4, '', 0)`;
    await place.database.sql(user, [by.id, `${by.id}@example.org`, by.name, by.role]);
    return by;
  }
  const of = async (filter: AuditFilter): Promise<readonly AuditEntry[]> => (await pageOf(trail.list(filter, 200, null))).items.toReversed();

  it('has every deed of somebody who is logged in, with what was before and after, once', async () => {
    await using practice = await openTestNode(place.database);
    const [one, other] = await addCalendars(place.database, 2);
    assert.ok(one && other);
    const by = await newcomer();
    const begun = begunClaim(other);
    const ask = (command: SchedulerCommand, key = keyOf(by)) => practice.node.ask(key, command);
    const bookKey = keyOf(by);
    const command = book(claimOf(one, slot()));
    const booked = appointmentOf(await ask(command, bookKey));
    assert.equal(wordOf(await ask(command, bookKey)), 'appointment.booked');
    assert.equal(wordOf(await ask(book(claimOf(one, slot())))), 'slot-taken');
    assert.equal(wordOf(await ask(reschedule(booked.id, claimOf(one, slot(2))))), 'appointment.rescheduled');
    assert.equal(wordOf(await ask(reschedule(booked.id, begun))), 'appointment.rescheduled');
    assert.equal(wordOf(await ask({ type: 'check-in', appointmentId: booked.id })), 'appointment.checked-in');
    assert.equal(wordOf(await ask({ type: 'no-show', appointmentId: booked.id })), 'wrong-status');
    assert.equal(wordOf(await ask({ type: 'reopen', appointmentId: booked.id })), 'appointment.reopened');
    assert.equal(wordOf(await ask({ type: 'no-show', appointmentId: booked.id })), 'appointment.no-show');
    const entries = await of({ userId: by.id });
    assert.deepEqual(
      entries.map(({ action, subject }) => [action, subject.id]),
      ['booked', 'rescheduled', 'rescheduled', 'checked-in', 'reopened', 'no-show'].map((word) => [`appointment.${word}`, booked.id]),
    );
    assert.deepEqual(entries[0]?.by, { kind: 'user', id: by.id, name: 'Dora', role: 'front-desk', address: '10.0.0.1' });
    assert.equal(entries[0]?.requestId, 'r-1');
    assert.equal(entries[0]?.before, null);
    // Each begins where the one before has ended.
    for (const [index, entry] of entries.slice(1).entries()) assert.deepEqual(entry.before, entries[index]?.after);
    const last = entries.at(-1)?.after;
    assert.deepEqual([last?.calendarId, last?.startsAt, last?.status], [other.calendarId, begun.startsAt, 'no-show']);
    const [change] = await practice.node.changes(one.calendarId, 0, 1).then((read) => (typeof read === 'string' ? [] : read.changes));
    assert.equal(entries[0]?.at, change?.at);
  });

  it('has the status before of what was only asked for', async () => {
    await using practice = await openTestNode(place.database);
    const [one] = await addCalendars(place.database, 1);
    assert.ok(one);
    const by = await newcomer();
    const { id } = appointmentOf(await practice.node.ask(newKey(), { ...book(claimOf(one, slot())), approval: 'manual' }));
    assert.equal(wordOf(await practice.node.ask(keyOf(by), { type: 'approve', appointmentId: id })), 'appointment.booked');
    assert.deepEqual(
      (await of({ subjectId: id })).map(({ action, before: was, after: is }) => [action, was?.status, is?.status]),
      [['appointment.booked', 'pending', 'booked']],
    );
  });

  it('has nothing of guests, of holds and of what is only tried', async () => {
    await using practice = await openTestNode(place.database);
    const [one] = await addCalendars(place.database, 1);
    assert.ok(one);
    const by = await newcomer();
    const { node } = practice;
    assert.equal(wordOf(await node.ask(keyOf(by), placeHold(claimOf(one, slot())))), 'hold.placed');
    await node.ask(keyOf(by), book(claimOf(one, slot(2))), { dryRun: true });
    const { id } = appointmentOf(await node.ask(newKey(), book(claimOf(one, slot(3)))));
    await node.ask(newKey(), cancel(id));
    assert.deepEqual([await of({ userId: by.id }), await of({ subjectId: id })], [[], []]);
    assert.deepEqual(await place.database.sql('select count(*) from entry_source'), [[0]]);
  });

  it('takes where a request came from out of the way, and knows the name of a key that was removed', async () => {
    await using practice = await openTestNode(place.database);
    const [one] = await addCalendars(place.database, 1);
    assert.ok(one);
    const by: RequestBy = { kind: 'api-key', id: randomUUID(), name: 'Website', role: null, address: '10.0.0.9', requestId: null };
    await place.database.transaction((em) =>
      addAuditEntry(em, auditEntry(SYSTEM, instant(0), { action: 'api-key.added', subject: { kind: 'api-key', id: by.id, name: 'Website' } })),
    );
    await practice.node.ask(keyOf(by), book(claimOf(one, slot())));
    assert.deepEqual(
      (await of({ userId: by.id })).map((entry) => entry.by),
      [{ kind: 'api-key', id: by.id, name: 'Website', role: null, address: '10.0.0.9' }],
    );
    assert.deepEqual(await place.database.sql('select count(*) from entry_source'), [[0]]);
  });

  it('says that it is not complete, and until when it is, while something holds it up', async () => {
    await using practice = await openTestNode(place.database);
    const [one] = await addCalendars(place.database, 1);
    assert.ok(one);
    const by = await newcomer();
    await practice.node.ask(keyOf(by), book(claimOf(one, slot())));
    const [change] = await practice.node.changes(one.calendarId, 0, 1).then((read) => (typeof read === 'string' ? [] : read.changes));
    const late = await auditTrailOf(place.database, { pass: async () => false }, 10).list({ userId: by.id }, 10, null);
    assert.deepEqual(late, { items: [], nextCursor: null, isComplete: false, completeUntil: change?.at });
    const soon = await pageOf(trail.list({ userId: by.id }, 10, null));
    assert.deepEqual([soon.isComplete, soon.items.length], [true, 1]);
  });

  it('waits for a transaction that holds readers of the log back, for as long as it may', async (context) => {
    if (place.kind !== 'PostgreSQL') return context.diagnostic('only where transactions overlap');
    await using practice = await openTestNode(place.database);
    const [one] = await addCalendars(place.database, 1);
    assert.ok(one);
    const by = await newcomer();
    const slow = await place.database.connect();
    await slow.run('begin', []);
    await slow.run('select pg_current_xact_id()', []);
    await practice.node.ask(keyOf(by), book(claimOf(one, slot())));
    const held = await pageOf(auditTrailOf(place.database, consumers, 100).list({ userId: by.id }, 10, null));
    assert.deepEqual([held.isComplete, held.items.length], [false, 0]);
    await slow.run('commit', []);
    slow.destroy();
    assert.equal((await of({ userId: by.id })).length, 1);
  });

  it('has each deed once, however many nodes read it at once', async () => {
    await using practice = await openTestNode(place.database);
    const [one] = await addCalendars(place.database, 1);
    assert.ok(one);
    const by = await newcomer();
    await Promise.all(Array.from({ length: 30 }, (_, number) => practice.node.ask(keyOf(by), book(claimOf(one, slot(number))))));
    await using others = new AsyncDisposableStack();
    const trails = Array.from({ length: 3 }, () => auditTrailOf(place.database, others.use(openConsumers(place.database, log))));
    await Promise.all(trails.map((other) => pageOf(other.list({ userId: by.id }, 100, null))));
    assert.equal(new Set((await of({ userId: by.id })).map(({ subject }) => subject.id)).size, 30);
    assert.equal((await of({ userId: by.id })).length, 30);
  });

  it('is read page by page, newest first, by whatever is asked for', async () => {
    const userId = randomUUID();
    const by = { kind: 'user', id: userId, name: 'Mo', role: 'manager', address: '' } as const;
    const at = (number: number) => instant(1_000_000 + Math.floor(number / 3));
    const actions = ['service.changed', 'location.changed'] as const;
    const made = Array.from({ length: 20 }, (_, number) =>
      auditEntry({ by, requestId: null }, at(number), {
        action: actions[number % 2] ?? 'service.changed',
        subject: { kind: 'service', id: `s-${userId}-${number % 4}`, name: null },
      }),
    );
    await place.database.transaction(async (em) => {
      for (const entry of made) await addAuditEntry(em, entry);
      await addAuditEntry(em, auditEntry(SYSTEM, at(0), { action: 'service.changed', subject: { kind: 'service', id: 'another', name: null } }));
    });
    const newestFirst = made.toSorted((one, other) => other.at - one.at || (one.id < other.id ? 1 : -1));
    for (const limit of [1, 3, 7, 20, 50]) {
      const read: AuditEntry[] = [];
      let cursor: string | null = null;
      do {
        const page: AuditPage = await pageOf(trail.list({ userId }, limit, cursor));
        assert.ok(page.items.length <= limit);
        read.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null);
      assert.deepEqual(read, newestFirst);
    }
    const idsOf = async (filter: AuditFilter) => (await pageOf(trail.list(filter, 100, null))).items.map(({ id }) => id);
    const expected = (keep: (entry: AuditEntry) => boolean) => newestFirst.filter(keep).map(({ id }) => id);
    assert.deepEqual(
      await idsOf({ userId, action: 'location.changed' }),
      expected(({ action }) => action === 'location.changed'),
    );
    assert.deepEqual(
      await idsOf({ subjectId: `s-${userId}-3` }),
      expected(({ subject }) => subject.id.endsWith('-3')),
    );
    assert.deepEqual(
      await idsOf({ userId, from: at(6), to: at(12) }),
      expected((entry) => entry.at >= at(6) && entry.at < at(12)),
    );
    assert.equal(await trail.list({}, 10, 'not a cursor'), 'unknown-cursor');
  });

  it('is found by an index in every order that is asked for', async () => {
    // The planner takes whatever is cheapest in a small table; without the other ways it shows what there is.
    const plan = (where: string) =>
      place.database.transaction(async (em) => {
        await em.execute('set local enable_seqscan = off');
        await em.execute('set local enable_sort = off');
        await em.execute('set local enable_bitmapscan = off');
        return JSON.stringify(await em.execute(`explain select id from audit_entry ${where} order by at desc, id desc limit 10`));
      });
    assert.match(await plan('where at < 5'), /Scan Backward using audit_entry_at /);
    assert.match(await plan(`where by_id = '${randomUUID()}'`), /Scan Backward using audit_entry_by /);
    assert.match(await plan(`where subject_id = 'x'`), /Scan Backward using audit_entry_subject /);
    assert.match(await plan(`where action = 'x'`), /Scan Backward using audit_entry_action /);
  });
});
