import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Work } from '../../src/actors/calendar/work.ts';
import type { Candidate } from '../../src/actors/scheduler.ts';
import type { Instant } from '../../src/model/instant.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { SqlJournal } from '../../src/persistence/journal/journal-database.ts';
import {
  addCalendars,
  book,
  bookedFor,
  claimOf,
  newDraft,
  newKey,
  openTestNode,
  placeHold,
  releaseHold,
  slot,
  TERMS,
  tallyOf,
  wordOf,
} from '../actors/practice.ts';
import { openFresh, USUAL_ENGINES } from '../persistence/engines.ts';
import { openBareLane } from './bare-lane.ts';
import { FaultyJournal } from './faulty-journal.ts';

/** Longer than any commit, shorter than the ten seconds after which a node says "unknown". */
const SOON = { timeout: 9_000 };

for (const kind of USUAL_ENGINES) {
  describe(`A lane on ${kind.name}`, { skip: kind.skip }, () => {
    let database: Database;
    let close: () => Promise<void>;
    before(async () => {
      ({ database, close } = await openFresh(kind));
    });
    after(() => close());

    it('takes a key only once into a commit: who abandons a request in flight is told what became of it', SOON, async () => {
      await using it = await openTestNode(database);
      const [person] = await addCalendars(database, 1, 0);
      assert.ok(person);
      await it.node.slots([]);
      await it.node.ask(newKey(), book(claimOf(person, slot(9))));
      const request = newKey();
      const [booked, abandoned] = await Promise.all([
        it.node.ask(request, book(claimOf(person, slot()))),
        Promise.resolve().then(() => it.node.abandon(request)),
      ]);
      assert.equal(booked.outcome === 'ok', abandoned.outcome === 'ok');
      assert.equal(wordOf(await it.node.ask(newKey(), book(claimOf(person, slot(1))))), 'appointment.booked');
    });

    it('lets one id win where two calendars are asked for the same one at once', SOON, async () => {
      await using it = await openTestNode(database);
      const people = await addCalendars(database, 6, 0);
      await Promise.all(people.map((person) => it.node.ask(newKey(), book(claimOf(person, slot(9))))));
      const id = randomUUID();
      const answers = await Promise.all(people.map((person) => it.node.ask(newKey(), book(claimOf(person, slot()), newDraft({ id })))));
      assert.deepEqual(tallyOf(answers), { 'appointment.booked': 1, 'id-in-use': 5 });
      const rows = await database.sql('select calendar_id from claim where id = $1', [id]);
      assert.equal(rows.length, 1);
      const holdId = randomUUID();
      const holds = await Promise.all(people.map((person) => it.node.ask(newKey(), placeHold(claimOf(person, slot(1)), { holdId }))));
      assert.deepEqual(tallyOf(holds), { 'hold.placed': 1, 'id-in-use': 5 });
      const winner = holds.find((answer) => answer.outcome === 'ok');
      assert.deepEqual(await database.sql('select calendar_id from claim where id = $1', [holdId]), [[winner?.calendarId]]);
    });

    it('keeps "id-in-use" under its key, also when the id has become free', SOON, async () => {
      const [one, other] = await addCalendars(database, 2, 0);
      assert.ok(one && other);
      const holdId = randomUUID();
      const request = newKey();
      {
        await using it = await openTestNode(database);
        assert.equal(wordOf(await it.node.ask(newKey(), placeHold(claimOf(one, slot()), { holdId }))), 'hold.placed');
        assert.equal(wordOf(await it.node.ask(request, placeHold(claimOf(other, slot()), { holdId }))), 'id-in-use');
        assert.equal(wordOf(await it.node.ask(newKey(), releaseHold(holdId))), 'hold.released');
      }
      await using again = await openTestNode(database);
      assert.equal(wordOf(await again.node.ask(request, placeHold(claimOf(other, slot()), { holdId }))), 'id-in-use');
    });

    it('moves the row of a claim whose id was let go and taken again in one commit', SOON, async () => {
      await using it = await openTestNode(database);
      const [person] = await addCalendars(database, 1, 0);
      assert.ok(person);
      const holdId = randomUUID();
      await it.node.ask(newKey(), placeHold(claimOf(person, slot()), { holdId }));
      const answers = await Promise.all([it.node.ask(newKey(), releaseHold(holdId)), it.node.ask(newKey(), placeHold(claimOf(person, slot(3)), { holdId }))]);
      assert.deepEqual(answers.map(wordOf), ['hold.released', 'hold.placed']);
      assert.deepEqual(await database.sql('select starts_at from claim where id = $1', [holdId]), [[slot(3)]]);
    });

    it('settles a commit whose reply was lost, also for decisions in it that leave no row of their own', SOON, async () => {
      const journal = new FaultyJournal(new SqlJournal(database));
      const [person] = await addCalendars(database, 1);
      assert.ok(person);
      using bare = await openBareLane(journal);
      const actor = await bare.actor(person.calendarId);
      const bookAt = (number: number) => actor.submit(workOf(person, slot(number)));
      journal.failNext('lost reply');
      const outcomes = await Promise.all([bookAt(0), bookAt(0), bookAt(1), bookAt(1), bookAt(2)]);
      assert.deepEqual(
        journal.sent.map((batch) => batch.changes.length),
        [3],
      );
      assert.deepEqual(
        outcomes.map(({ type }) => type),
        ['done', 'refused', 'done', 'refused', 'done'],
      );
      assert.equal(bare.changes.length, 3);
    });

    it('a commit that arrives after it was given up does nothing: no ghost of what was refused or sent again', SOON, async () => {
      const journal = new FaultyJournal(new SqlJournal(database));
      const [person] = await addCalendars(database, 1);
      assert.ok(person);
      using bare = await openBareLane(journal);
      const actor = await bare.actor(person.calendarId);
      journal.failNext('lost request');
      const outcome = await actor.submit(workOf(person, slot(0)));
      assert.equal(outcome.type, 'done');
      const [late] = journal.sent;
      assert.ok(late);
      // Again as it was sent, and as if nothing of it had been sent again.
      assert.equal((await journal.commit(0, late)).type, 'fenced');
      const [calendar] = late.calendars;
      assert.ok(calendar);
      const untouched = { ...late, calendars: [{ ...calendar, from: calendar.to, to: calendar.to + 1 }] };
      assert.equal((await journal.commit(0, untouched)).type, 'fenced');
      const entries = await database.sql('select entry_id from change where calendar_id = $1', [person.calendarId]);
      assert.equal(entries.length, 1);
    });

    it('sends again what was lost on the way, and only that', SOON, async () => {
      const journal = new FaultyJournal(new SqlJournal(database));
      const [person] = await addCalendars(database, 1);
      assert.ok(person);
      using bare = await openBareLane(journal);
      const actor = await bare.actor(person.calendarId);
      journal.failNext('lost request', 'lost request', 'lost reply');
      const outcomes = await Promise.all([actor.submit(workOf(person, slot(0))), actor.submit(workOf(person, slot(0)))]);
      assert.equal(journal.fired, 3);
      assert.deepEqual(
        outcomes.map(({ type }) => type),
        ['done', 'refused'],
      );
      assert.deepEqual(
        bare.changes.map(({ revision }) => revision),
        [1],
      );
    });
  });
}

/** A booking without a key, as it reaches a calendar. */
function workOf({ staffId }: Candidate, startsAt: Instant): Work {
  const { details } = bookedFor();
  const customerId = randomUUID();
  const command = {
    type: 'book',
    typed: { details, newCustomer: { ...details, id: customerId } },
    slot: { terms: TERMS, startsAt, seats: 1, override: null },
    appointment: { ...newDraft(), staffId, customerId },
    approval: 'automatic',
  } as const;
  return { command, request: null, isFinal: true, elaborate: null };
}
