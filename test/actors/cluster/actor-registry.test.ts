import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type JournalDatabase, ReadFailure } from '../../../src/actors/ports.ts';
import { HOUR, instant } from '../../../src/model/instant.ts';
import type { Database } from '../../../src/persistence/database/database.ts';
import { SqlJournal } from '../../../src/persistence/journal/journal-database.ts';
import { openBareLane } from '../../journal/bare-lane.ts';
import { FaultyJournal } from '../../journal/faulty-journal.ts';
import { ENGINES, openFresh } from '../../persistence/engines.ts';
import { timeNow } from '../../support/clock.ts';
import { addCalendars, appointmentOf, book, claimOf, newKey, openTestNode, placeHold, reschedule, slot, TERMS, wordOf } from '../practice.ts';
import { sweepingTimers } from '../sweeping-timers.ts';

/** PGlite alone: nothing here depends on the database. */
const [kind] = ENGINES.filter(({ name }) => name === 'PGlite');
const NOBODY = () => false;

describe('Which calendars are in memory', () => {
  let database: Database;
  let journal: JournalDatabase;
  let close = async () => {};
  before(async () => {
    assert.ok(kind);
    ({ database, close } = await openFresh(kind));
    journal = new SqlJournal(database);
  });
  after(() => close());

  it('a calendar that nobody has used for a while is put away, and one with a hold or a watcher is not', async () => {
    const [idle, held, watched] = await addCalendars(database, 3);
    assert.ok(idle && held && watched);
    const { timers, sweep } = sweepingTimers();
    await using it = await openTestNode(database, journal, timers);
    const { node } = it;
    await node.views([idle.calendarId, watched.calendarId], slot(), slot(2));
    assert.equal(wordOf(await node.ask(newKey(), placeHold(claimOf(held, slot()), { holdSeconds: 90_000 }))), 'hold.placed');
    const stop = node.watch(watched.calendarId, () => undefined);
    sweep();
    assert.deepEqual([...node.revisions([idle.calendarId, held.calendarId, watched.calendarId]).keys()].sort(), [held.calendarId, watched.calendarId].sort());
    stop();
    sweep();
    assert.deepEqual([...node.revisions([held.calendarId, watched.calendarId]).keys()], [held.calendarId]);
  });

  it('a calendar that is put away while another is loaded for the same question is found all the same', async () => {
    const [one, other] = await addCalendars(database, 2);
    assert.ok(one && other);
    using bare = await openBareLane(journal);
    await bare.actor(one.calendarId);
    const both = bare.registry.getAll([one.calendarId, other.calendarId]);
    bare.registry.sweep(instant(timeNow() + HOUR), NOBODY);
    assert.equal((await both).size, 2);
  });

  it('a command on its way to a calendar keeps it in memory', async () => {
    const [from, to] = await addCalendars(database, 2);
    assert.ok(from && to);
    const slow = new FaultyJournal(journal);
    const { timers, sweep } = sweepingTimers();
    await using it = await openTestNode(database, slow, timers);
    const { node } = it;
    const { id } = appointmentOf(await node.ask(newKey(), book(claimOf(from, slot()))));
    const { reached, go } = slow.stopAtNextRecord();
    const moving = node.ask(newKey(), reschedule(id, claimOf(to, slot(4))));
    await reached;
    sweep();
    // Somebody else wakes the calendar in the meantime: there must not be two of it.
    await node.views([to.calendarId], slot(), slot(9));
    go();
    assert.equal(wordOf(await moving), 'appointment.rescheduled');
    const query = { ...to, terms: TERMS, from: slot(4), to: slot(5), seats: 1, movingAppointmentId: null };
    assert.deepEqual((await node.slots([query]))[0]?.startsAt, []);
  });

  it('requests that have found their calendar when the node is given up are told that nothing can be read, forty of them alike', async () => {
    const [person] = await addCalendars(database, 1);
    assert.ok(person);
    using bare = await openBareLane(journal);
    const found = await Promise.all(Array.from({ length: 40 }, () => bare.actor(person.calendarId)));
    bare.registry.close();
    const asked = await Promise.allSettled(
      found.map((actor, number) => (number % 2 === 0 ? actor.read((state) => state.revision) : actor.freeze(() => false))),
    );
    for (const answer of asked) assert.ok(answer.status === 'rejected' && answer.reason instanceof ReadFailure, JSON.stringify(answer));
  });

  it('nothing is asked of a calendar that was put away', async () => {
    const [person] = await addCalendars(database, 1);
    assert.ok(person);
    using bare = await openBareLane(journal);
    const actor = await bare.actor(person.calendarId);
    bare.registry.sweep(instant(timeNow() + HOUR), NOBODY);
    await assert.rejects(
      actor.read(({ revision }) => revision),
      /was put away/,
    );
  });
});
