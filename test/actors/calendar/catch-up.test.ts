// Two nodes decide on the same calendars over one database: the loser takes in what it missed.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import type { CalendarActor } from '../../../src/actors/calendar/actor.ts';
import type { CalendarCommand, SlotAsk } from '../../../src/actors/calendar/calendar.ts';
import { MOST_MISSED } from '../../../src/actors/calendar/catch-up.ts';
import type { Outcome } from '../../../src/actors/calendar/work.ts';
import { Groups } from '../../../src/actors/cluster/groups.ts';
import type { JournalDatabase } from '../../../src/actors/ports.ts';
import type { CalendarChange, Candidate } from '../../../src/actors/scheduler.ts';
import { ids, timers } from '../../../src/integrations/this-machine.ts';
import { SqlJournal } from '../../../src/persistence/journal/journal-database.ts';
import { type BareLane, openBareLane } from '../../journal/bare-lane.ts';
import { FaultyJournal } from '../../journal/faulty-journal.ts';
import { onUsualDatabase } from '../on-each-database.ts';
import { addCalendars, GUEST, roomOf, slot, TERMS } from '../practice.ts';

const SOON = { timeout: 30_000 };

/** Counts how often calendars are loaded. */
class CountingJournal extends FaultyJournal {
  loads = 0;
  override load: JournalDatabase['load'];

  constructor(journal: JournalDatabase) {
    super(journal);
    this.load = (calendarIds, from) => {
      this.loads += 1;
      return journal.load(calendarIds, from);
    };
  }
}

onUsualDatabase('a calendar that loses its place', (place) => {
  async function open(): Promise<{ readonly journal: CountingJournal; readonly lane: BareLane }> {
    const journal = new CountingJournal(new SqlJournal(place.database));
    return { journal, lane: await openBareLane(journal) };
  }

  /** A calendar that two nodes have in memory, and what the second of them has loaded so far. */
  async function contest() {
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const [one, other] = [await open(), await open()];
    // Each node raises the epochs when it opens; the first learns of that with its first commit.
    const actors = { one: await one.lane.actor(person.calendarId), other: await other.lane.actor(person.calendarId) };
    assert.equal(other.journal.loads, 1);
    return {
      person,
      ...actors,
      journal: other.journal,
      heard: other.lane.changes,
      [Symbol.dispose]: () => [one, other].forEach(({ lane }) => void lane[Symbol.dispose]()),
    };
  }

  it('takes in the changes that it missed, tells of them in order, and is not loaded', SOON, async () => {
    using it = await contest();
    for (let number = 0; number < 5; number += 1) assert.equal(wordOf(await it.one.submit(workOf(hold(it.person, number)))), 'hold.placed');
    const answers = await Promise.all([0, 4, 5].map((number) => it.other.submit(workOf(hold(it.person, number)))));
    assert.deepEqual(answers.map(wordOf), ['slot-taken', 'slot-taken', 'hold.placed']);
    assert.deepEqual(revisionsOf(it.heard), [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(revisionsOf(await it.journal.changes(it.person.calendarId, 0, 100)), [1, 2, 3, 4, 5, 6]);
    assert.equal(it.journal.loads, 1);
  });

  it('takes back what it has decided on the way, however much that is', SOON, async () => {
    using it = await contest();
    const first = hold(it.person, 0);
    assert.equal(wordOf(await it.other.submit(workOf(first))), 'hold.placed');
    // In one turn: the hold is let go, its time is taken again, and the hour after it. Nothing of that is durable when another node has taken the hour.
    await it.one.submit(workOf(hold(it.person, 1)));
    const answers = await Promise.all([release(first), hold(it.person, 0), hold(it.person, 1), hold(it.person, 2)].map((one) => it.other.submit(workOf(one))));
    assert.deepEqual(answers.map(wordOf), ['hold.released', 'hold.placed', 'slot-taken', 'hold.placed']);
    const [stored] = await it.journal.load([it.person.calendarId], TERMS_FROM);
    assert.deepEqual(claimsOf(it.other), stored?.claims.map(({ id }) => id).sort());
  });

  it('takes in as many changes as fit into one look, and is loaded if it has missed more', SOON, async () => {
    for (const [missed, loads] of [
      [MOST_MISSED, 1],
      [MOST_MISSED + 1, 2],
    ] as const) {
      using it = await contest();
      const commands: CalendarCommand[] = [];
      for (let held = hold(it.person, 0); commands.length < missed - 1; held = hold(it.person, 0)) commands.push(held, release(held));
      if (commands.length < missed) commands.push(hold(it.person, 0));
      await Promise.all(commands.slice(0, missed).map((command) => it.one.submit(workOf(command))));
      assert.equal(it.one.durableRevision, missed);
      assert.equal(wordOf(await it.other.submit(workOf(hold(it.person, 1)))), 'hold.placed');
      assert.deepEqual(
        revisionsOf(it.heard),
        Array.from({ length: missed + 1 }, (_, index) => index + 1),
      );
      assert.equal(it.journal.loads, loads);
    }
  });

  it('is loaded where the log has been cut, or never had all of it', SOON, async () => {
    using it = await contest();
    for (let number = 0; number < 5; number += 1) await it.one.submit(workOf(hold(it.person, number)));
    await place.database.sql('delete from change where calendar_id = $1 and revision <= 2', [it.person.calendarId]);
    assert.equal(wordOf(await it.other.submit(workOf(hold(it.person, 1)))), 'slot-taken');
    assert.equal(it.journal.loads, 2);
  });

  it('with a room takes in what it has missed of each, and decides on both', SOON, async () => {
    const [ann, ben, room] = (await addCalendars(place.database, 3)) as [Candidate, Candidate, Candidate];
    const [one, other] = [await open(), await open()];
    using _ = one.lane;
    using __ = other.lane;
    const everyone = [ann, ben, room].map(({ calendarId }) => calendarId);
    for (const { lane } of [one, other]) await lane.registry.getAll(everyone);
    const { loads } = other.journal;
    assert.equal(wordOf(await holdTogether(one.lane, ann, room, 0)), 'hold.placed');
    // Ann's calendar and the room's have moved on, Ben's has not.
    assert.equal(wordOf(await holdTogether(other.lane, ben, room, 0)), 'slot-taken');
    const answers = await Promise.all([holdTogether(other.lane, ben, room, 1), holdTogether(other.lane, ann, room, 2), holdTogether(other.lane, ann, room, 0)]);
    assert.deepEqual(answers.map(wordOf), ['hold.placed', 'hold.placed', 'slot-taken']);
    for (const stored of await other.journal.load(everyone, TERMS_FROM)) {
      assert.deepEqual(claimsOf(await other.lane.actor(stored.id)), stored.claims.map(({ id }) => id).sort());
    }
    assert.equal(other.journal.loads, loads + 1, 'but for this very look');
  });
});

const TERMS_FROM = slot(-96);

function slotAsk(number: number): SlotAsk {
  return { terms: TERMS, startsAt: slot(number), seats: 1, override: null };
}

function hold({ staffId }: Candidate, number: number): Extract<CalendarCommand, { type: 'place-hold' }> {
  return { type: 'place-hold', holdId: randomUUID(), staffId, slot: slotAsk(number), holder: GUEST, holdSeconds: 600 };
}

function release({ holdId }: Extract<CalendarCommand, { type: 'place-hold' }>): CalendarCommand {
  return { type: 'release-hold', holdId, proof: { tokenFor: holdId, userId: null } };
}

function workOf(command: CalendarCommand) {
  return { command, request: null, isFinal: true, elaborate: null };
}

async function holdTogether(lane: BareLane, person: Candidate, room: Candidate, number: number): Promise<Outcome> {
  const command = { ...hold(person, number), slot: { ...slotAsk(number), resource: roomOf(room) } };
  const actors = await lane.registry.getAll([person.calendarId, room.calendarId]);
  const groups = new Groups({ lane: lane.lane, newEntryId: (at) => ids.next(at), after: (milliseconds, run) => timers.after(milliseconds, run) });
  const parts = [
    { calendarId: person.calendarId, command },
    { calendarId: room.calendarId, command: { type: 'go-along' } },
  ] as const;
  return groups.decide({ parts, actors, request: null, isFinal: true, elaborate: null });
}

function wordOf(outcome: Outcome): string {
  if (outcome.type === 'done') return outcome.event?.type ?? 'nothing';
  return outcome.type === 'refused' ? outcome.refusal.code : outcome.type;
}

function revisionsOf(changes: readonly CalendarChange[]): readonly number[] {
  return changes.map(({ revision }) => revision);
}

function claimsOf({ head: { claims } }: CalendarActor): readonly string[] {
  return Array.from({ length: claims.size }, (_, index) => claims.claimAt(index).id).sort();
}
