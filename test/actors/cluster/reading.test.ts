import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { ReadFailure } from '../../../src/actors/ports.ts';
import type { CalendarChange, CalendarView } from '../../../src/actors/scheduler.ts';
import { instant } from '../../../src/model/instant.ts';
import { SqlJournal } from '../../../src/persistence/journal/journal-database.ts';
import { FaultyJournal } from '../../journal/faulty-journal.ts';
import { onUsualDatabase } from '../on-each-database.ts';
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
  releaseHold,
  reschedule,
  slot,
  TERMS,
  until,
  wordOf,
} from '../practice.ts';

const ALWAYS = [instant(0), instant(Number.MAX_SAFE_INTEGER)] as const;

onUsualDatabase('Reading', (place) => {
  it('a list is kept while nothing changes, and never handed out in the place of a newer one', { timeout: 60_000 }, async () => {
    const journal = new FaultyJournal(new SqlJournal(place.database));
    await using practice = await openTestNode(place.database, journal);
    const { node } = practice;
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const query = { ...person, terms: TERMS, from: slot(0), to: slot(20), seats: 1, movingAppointmentId: null };
    const list = async (more: Partial<typeof query> = {}) => {
      const [found] = await node.slots([{ ...query, ...more }]);
      assert.ok(found);
      return found;
    };
    const empty = await list();
    assert.ok(empty.startsAt.includes(slot(3)));
    assert.equal(await list(), empty);
    assert.notDeepEqual((await list({ terms: { ...TERMS, slotIntervalMinutes: 2 * TERMS.slotIntervalMinutes } })).startsAt, empty.startsAt);
    const holdId = randomUUID();
    // Read while it is decided and not durable, and while it is taken back: each answer is of one revision and what that has.
    journal.failNext('lost request');
    const [placed, ...meanwhile] = await Promise.all([
      node.ask(newKey(), placeHold(claimOf(person, slot(3)), { holdId })),
      ...Array.from({ length: 20 }, () => list()),
    ]);
    assert.equal(wordOf(placed), 'hold.placed');
    for (const answer of [...meanwhile, await list()]) assert.equal(answer.startsAt.includes(slot(3)), answer.revision === empty.revision);
    const held = await list();
    assert.equal(await list(), held);
    await node.ask(newKey(), releaseHold(holdId));
    const free = await list();
    assert.deepEqual([free.startsAt, free.revision > held.revision], [empty.startsAt, true]);
  });

  it('a watcher hears every change once and in order, through lost replies and lost requests', { timeout: 60_000 }, async () => {
    const journal = new FaultyJournal(new SqlJournal(place.database));
    await using practice = await openTestNode(place.database, journal);
    const { node } = practice;
    const people = await addCalendars(place.database, 4);
    const heard = new Map<string, CalendarChange[]>(people.map(({ calendarId }) => [calendarId, []]));
    const stops = people.map(({ calendarId }) => node.watch(calendarId, (change) => heard.get(calendarId)?.push(change)));
    for (let round = 0; round < 8; round += 1) {
      if (round === 2) journal.failNext('lost reply', 'lost request', 'lost reply');
      const booked = await Promise.all(people.map((person) => node.ask(newKey(), book(claimOf(person, slot(round * 2))))));
      const [first, second, third] = booked.map((answer) => appointmentOf(answer).id);
      const [one, two] = people;
      assert.ok(first && second && third && one && two);
      await Promise.all([
        node.ask(newKey(), reschedule(first, claimOf(two, slot(round * 2 + 1)))),
        node.ask(newKey(), reschedule(second, claimOf(one, slot(round * 2 + 1)))),
        node.ask(newKey(), cancel(third)),
        ...people.slice(2).map((person) => node.ask(newKey(), placeHold(claimOf(person, slot(40)), { holdSeconds: 1 }))),
      ]);
    }
    assert.equal(journal.fired, 3);
    await until(async () => (await place.database.sql(`select 1 from claim where kind = 'hold'`)).length === 0, 'all holds to end');
    for (const { calendarId } of people) {
      const log = await node.changes(calendarId, 0, 1_000);
      assert.ok(log !== 'not-found' && log !== 'too-old');
      assert.deepEqual(
        heard.get(calendarId)?.map(({ revision, epoch, events }) => ({ revision, epoch, events })),
        log.changes.map(({ revision, epoch, events }) => ({ revision, epoch, events })),
      );
    }
    for (const stop of stops) stop();
  });

  it('nobody sees what is not durable: a list waits for the claim that it shows as taken', async () => {
    const journal = new FaultyJournal(new SqlJournal(place.database));
    await using practice = await openTestNode(place.database, journal);
    const { node } = practice;
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    await node.views([person.calendarId], ...ALWAYS);
    journal.failNext('lost reply', 'lost request');
    const booking = node.ask(newKey(), book(claimOf(person, slot())));
    await until(() => journal.sent.length === 1, 'the booking to be sent');
    const seen = await node.slots([{ ...person, terms: TERMS, from: slot(), to: slot(2), seats: 1, movingAppointmentId: null }]);
    const rows = await place.database.sql('select 1 from claim where calendar_id = $1', [person.calendarId]);
    assert.deepEqual([seen[0]?.revision, seen[0]?.startsAt, rows.length], [1, [slot(1)], 1]);
    assert.equal(wordOf(await booking), 'appointment.booked');
  });

  it('a feed whose changes are cut while it is read says so, and leaves nothing out', async () => {
    const journal = new (class extends SqlJournal {
      override async changeRange(calendarId: string) {
        const range = await super.changeRange(calendarId);
        await place.database.sql('delete from change where calendar_id = $1 and revision <= 2', [calendarId]);
        return range;
      }
    })(place.database);
    await using practice = await openTestNode(place.database, journal);
    const { node } = practice;
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    for (const index of [0, 1, 2]) await node.ask(newKey(), book(claimOf(person, slot(index))));
    assert.equal(await node.changes(person.calendarId, 0, 1_000), 'too-old');
    const rest = await node.changes(person.calendarId, 2, 1_000);
    assert.ok(typeof rest === 'object');
    assert.deepEqual(
      rest.changes.map(({ revision }) => revision),
      [3],
    );
  });

  it('a calendar as it was is what was seen of it then, at every revision', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const [person, other] = await addCalendars(place.database, 2);
    assert.ok(person && other);
    const { calendarId } = person;
    const seen: { at: CalendarChange['at']; view: CalendarView }[] = [];
    const look = async () => {
      const [view] = await node.views([calendarId], ...ALWAYS);
      const log = await node.changes(calendarId, (view?.revision ?? 0) - 1, 1);
      assert.ok(view && log !== 'not-found' && log !== 'too-old');
      const at = log.changes[0]?.at;
      if (at !== undefined) seen.push({ at, view });
      // The log dates changes by the millisecond.
      await until(() => node.now() > (at ?? 0), 'the next millisecond');
    };
    const { id } = appointmentOf(await node.ask(newKey(), book(claimOf(person, slot()))));
    await look();
    const hold = placeHold(claimOf(person, slot(1)));
    const block = { id: hold.holdId.replace(/^.{4}/, '0000'), startsAt: slot(10), endsAt: slot(12), reason: 'stocktaking' };
    const steps = [
      hold,
      { type: 'add-block', calendarId, block } as const,
      reschedule(id, claimOf(person, slot(3))),
      { type: 'change-hours', calendarId, change: { type: 'set-date-override', date: '2030-01-01', windows: [] } } as const,
      releaseHold(hold.holdId),
      { type: 'remove-block', calendarId, blockId: block.id } as const,
      reschedule(id, begunClaim(person)),
      { type: 'check-in', appointmentId: id } as const,
      { type: 'reopen', appointmentId: id } as const,
    ];
    for (const step of steps) {
      assert.equal((await node.ask(newKey(), step)).outcome, 'ok', step.type);
      await look();
    }
    assert.equal(seen.length, 10);
    for (const { at, view } of seen) assert.deepEqual(await node.viewAt(calendarId, at), view);
    const empty = await node.viewAt(calendarId, instant(0));
    assert.deepEqual(empty && 'claims' in empty ? empty.claims : null, []);
  });

  it('changes after a revision are told oldest first, and what is not known is said', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    for (let number = 0; number < 5; number += 1) await node.ask(newKey(), book(claimOf(person, slot(number))));
    const page = await node.changes(person.calendarId, 2, 2);
    assert.ok(page !== 'not-found' && page !== 'too-old');
    assert.deepEqual([page.revision, page.changes.map(({ revision }) => revision)], [5, [3, 4]]);
    await place.database.sql('delete from change where calendar_id = $1 and revision < 3', [person.calendarId]);
    assert.equal(await node.changes(person.calendarId, 1, 10), 'too-old');
    assert.equal(await node.changes('00000000-0000-4000-8000-000000000000', 0, 10), 'not-found');
  });

  it('a node whose shards another has taken says nothing definite any more, and nothing of it is written', { timeout: 30_000 }, async () => {
    const people = await addCalendars(place.database, 6);
    await using old = await openTestNode(place.database);
    const [witness] = people;
    assert.ok(witness);
    assert.equal(wordOf(await old.node.ask(newKey(), book(claimOf(witness, slot())))), 'appointment.booked');
    await using next = await openTestNode(place.database);
    const late = people.map((person) => old.node.ask(newKey(), book(claimOf(person, slot(1)))));
    await old.buried;
    const answers = await Promise.all([...late, old.node.ask(newKey(), book(claimOf(witness, slot(2)))), old.node.abandon(newKey())]);
    assert.ok(
      answers.every(({ outcome }) => outcome === 'unknown' || outcome === 'retry'),
      JSON.stringify(answers),
    );
    const rows = await place.database.sql('select starts_at from claim where calendar_id = any($1::uuid[])', [people.map(({ calendarId }) => calendarId)]);
    assert.deepEqual(rows, [[slot()]]);
    const taken = await Promise.all(people.map((person) => next.node.ask(newKey(), book(claimOf(person, slot(1))))));
    assert.ok(taken.every(({ outcome }) => outcome === 'ok'));
  });

  it('forty requests of all kinds that are in flight when their node is given up are told nothing definite, and none of them fails otherwise', {
    timeout: 30_000,
  }, async () => {
    const people = await addCalendars(place.database, 8);
    const journal = new FaultyJournal(new SqlJournal(place.database));
    await using old = await openTestNode(place.database, journal);
    const [witness] = people;
    assert.ok(witness);
    const { id } = appointmentOf(await old.node.ask(newKey(), book(claimOf(witness, slot()))));
    const query = (person: typeof witness) => ({ ...person, terms: TERMS, from: slot(), to: slot(4), seats: 1, movingAppointmentId: null });
    await using _next = await openTestNode(place.database);
    const asked = people.flatMap((person, number) => [
      old.node.ask(newKey(), book(claimOf(person, slot(1)))),
      old.node.ask(newKey(), placeHold(claimOf(people, slot(2)))),
      old.node.ask(newKey(), number % 2 === 0 ? cancel(id) : reschedule(id, claimOf(person, slot(3)))),
      old.node.slots([query(person)]),
      old.node.views([person.calendarId], ...ALWAYS),
    ]);
    assert.equal(asked.length, 40);
    const ends = await Promise.allSettled(asked);
    await old.buried;
    const late = await Promise.allSettled([
      old.node.slots([query(witness)]),
      old.node.ask(newKey(), book(claimOf(witness, slot(5)))),
      old.node.abandon(newKey()),
    ]);
    for (const end of [...ends, ...late]) {
      // A read before the end of the node shows durable state, whichever node owns the calendar.
      if (end.status === 'rejected') assert.ok(end.reason instanceof ReadFailure, String(end.reason));
      else if (typeof end.value === 'object' && 'outcome' in end.value) assert.ok(['unknown', 'retry'].includes(end.value.outcome), JSON.stringify(end.value));
    }
    const rows = await place.database.sql('select starts_at from claim where calendar_id = any($1::uuid[])', [people.map(({ calendarId }) => calendarId)]);
    assert.deepEqual(rows, [[slot()]]);
  });
});
