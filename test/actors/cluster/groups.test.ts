// Calendars decided together, on a database: what stands on them, whatever happens.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import type { Answer, Candidate } from '../../../src/actors/scheduler.ts';
import { SqlJournal } from '../../../src/persistence/journal/journal-database.ts';
import { FaultyJournal } from '../../journal/faulty-journal.ts';
import { onUsualDatabase, type Place } from '../on-each-database.ts';
import {
  addCalendars,
  appointmentOf,
  book,
  cancel,
  claimOf,
  confirmHold,
  newKey,
  openTestNode,
  placeHold,
  releaseHold,
  reschedule,
  roomOf,
  slot,
  TERMS,
  tallyOf,
  until,
  wordOf,
} from '../practice.ts';

onUsualDatabase('Calendars that decide together', (place) => {
  async function scene(people: number, rooms: number) {
    const calendars = await addCalendars(place.database, people + rooms);
    return { people: calendars.slice(0, people), rooms: calendars.slice(people) };
  }

  /** Where a claim stands, by an independent look at the table. */
  async function standsOn(id: string): Promise<readonly string[]> {
    const rows = await place.database.sql('select calendar_id from claim where id = $1 order by half', [id]);
    return rows.map(([calendarId]) => calendarId as string);
  }

  it('a hold with a room is on both, is booked on both, and leaves both', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const {
      people: [person],
      rooms: [room],
    } = await scene(1, 1);
    assert.ok(person && room);
    const both = [person.calendarId, room.calendarId];
    const ask = claimOf(person, slot(), { rooms: [room] });
    const held = placeHold(ask);
    const answer = await node.ask(newKey(), held);
    assert.ok(answer.outcome === 'ok' && 'hold' in answer.event);
    assert.deepEqual([answer.calendarId, answer.event.hold.resource], [person.calendarId, roomOf(room)]);
    assert.deepEqual(await standsOn(held.holdId), both);
    assert.equal(
      wordOf(await node.ask(newKey(), { type: 'renew-hold', holdId: held.holdId, proof: { tokenFor: held.holdId, userId: null }, holdSeconds: 90 })),
      'hold.renewed',
    );
    const { id, resource } = appointmentOf(await node.ask(newKey(), confirmHold(held.holdId)));
    assert.deepEqual([resource, await standsOn(held.holdId), await standsOn(id)], [roomOf(room), [], both]);
    assert.equal(wordOf(await node.ask(newKey(), cancel(id))), 'appointment.cancelled');
    assert.deepEqual(await standsOn(id), []);
    const other = placeHold(ask);
    await node.ask(newKey(), other);
    assert.equal(wordOf(await node.ask(newKey(), releaseHold(other.holdId))), 'hold.released');
    assert.deepEqual(await standsOn(other.holdId), []);
  });

  it('a hold that ends ends on both, and is found ended on either', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const {
      people: [person],
      rooms: [room],
    } = await scene(1, 1);
    assert.ok(person && room);
    const held = placeHold(claimOf(person, slot(), { rooms: [room] }), { holdSeconds: 1 });
    assert.equal(wordOf(await node.ask(newKey(), held)), 'hold.placed');
    await until(async () => (await standsOn(held.holdId)).length === 0, 'both halves to end');
    assert.equal(wordOf(await node.ask(newKey(), confirmHold(held.holdId))), 'hold-expired');
  });

  it('any of the rooms will do, a class stays in one, and what is refused for the room says so and offers what both have', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const {
      people: [ann, ben, cleo],
      rooms,
    } = await scene(3, 2);
    assert.ok(ann && ben && cleo);
    const [one, other] = rooms;
    const roomsOf = async (person: Candidate) => appointmentOf(await node.ask(newKey(), book(claimOf(person, slot(), { rooms })))).resource;
    assert.deepEqual([await roomsOf(ann), await roomsOf(ben)], [one && roomOf(one), other && roomOf(other)]);
    const refused = await node.ask(newKey(), book(claimOf(cleo, slot(), { rooms })));
    assert.ok(refused.outcome === 'no' && refused.refusal.code === 'slot-taken', JSON.stringify(refused));
    assert.ok(rooms.some(({ staffId }) => staffId === refused.refusal.conflict?.resourceId));
    const [alternative] = refused.refusal.alternatives ?? [];
    assert.ok(alternative !== undefined && alternative.startsAt !== slot());
    const yoga = { ...TERMS, serviceId: randomUUID(), capacity: 4 };
    const join = () => node.ask(newKey(), book(claimOf(cleo, slot(4), { rooms, terms: yoga }), { ...confirmHold('').draft, serviceId: yoga.serviceId }));
    const seats = await Promise.all([join(), join(), join(), join(), join()]);
    assert.deepEqual(tallyOf(seats), { 'appointment.booked': 4, 'slot-taken': 1 });
    assert.equal(new Set(seats.flatMap((answer) => (answer.outcome === 'ok' ? [appointmentOf(answer).resource?.calendarId] : []))).size, 1);
  });

  it('a move takes its room along, or another, and nothing stays where it was', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const {
      people: [ann, ben],
      rooms: [one, other],
    } = await scene(2, 2);
    assert.ok(ann && ben && one && other);
    const { id } = appointmentOf(await node.ask(newKey(), book(claimOf(ann, slot(), { rooms: [one] }))));
    for (const [person, start, rooms, expected] of [
      [ben, 0, [one, other], one],
      [ben, 0, [other], other],
      [ann, 1, [], undefined],
      [ann, 1, [one], one],
    ] as const) {
      const { resource } = appointmentOf(await node.ask(newKey(), reschedule(id, claimOf(person, slot(start), { rooms }))));
      assert.deepEqual(resource, expected && roomOf(expected));
      assert.deepEqual(await standsOn(id), [person.calendarId, ...(expected ? [expected.calendarId] : [])]);
    }
  });

  it('a room that is removed takes its holds with it, from both calendars', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const {
      people,
      rooms: [room],
    } = await scene(2, 1);
    assert.ok(room);
    const holds = people.map((person, index) => placeHold(claimOf(person, slot(index), { rooms: [room] })));
    for (const hold of holds) assert.equal(wordOf(await node.ask(newKey(), hold)), 'hold.placed');
    const retired = await node.ask(newKey(), { type: 'change-hours', calendarId: room.calendarId, change: { type: 'retire' } });
    assert.equal(wordOf(retired), 'hours.changed');
    for (const { holdId } of holds) assert.deepEqual(await standsOn(holdId), []);
  });

  it('a dry run decides the same and leaves no trace', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const {
      people: [ann, ben],
      rooms: [room],
    } = await scene(2, 1);
    assert.ok(ann && ben && room);
    const revisions = () =>
      place.database.sql('select id, revision from calendar where id = any($1::uuid[]) order by id', [[ann, ben, room].map((one) => one.calendarId)]);
    const command = book(claimOf(ann, slot(), { rooms: [room] }));
    const before = await revisions();
    const dry = await node.ask(newKey(), command, { dryRun: true });
    assert.ok(dry.outcome === 'ok' && dry.calendarId === ann.calendarId);
    assert.deepEqual(await revisions(), before);
    const { id } = appointmentOf(await node.ask(newKey(), command));
    const booked = await revisions();
    for (const [ask, expected] of [
      [claimOf(ben, slot(3), { rooms: [room] }), 'appointment.rescheduled'],
      [claimOf(ben, slot(), { rooms: [room] }), 'appointment.rescheduled'],
    ] as const)
      assert.equal(wordOf(await node.ask(newKey(), reschedule(id, ask), { dryRun: true })), expected);
    assert.equal(wordOf(await node.ask(newKey(), book(claimOf(ben, slot(), { rooms: [room] })), { dryRun: true })), 'slot-taken');
    assert.deepEqual(await revisions(), booked);
  });

  it('a key that comes again has the first answer, whatever has happened since', async () => {
    const {
      people: [ann],
      rooms: [room],
    } = await scene(1, 1);
    assert.ok(ann && room);
    const key = newKey();
    const command = book(claimOf(ann, slot(), { rooms: [room] }));
    let first: Answer;
    {
      await using practice = await openTestNode(place.database);
      first = await practice.node.ask(key, command);
      await practice.node.ask(newKey(), cancel(command.draft.id));
    }
    await using practice = await openTestNode(place.database);
    assert.deepEqual(await practice.node.ask(key, command), { ...first, replayed: true });
    assert.deepEqual(await standsOn(command.draft.id), []);
  });

  it('a commit whose reply is lost has happened on all calendars of a group, or on none', async () => {
    const journal = new FaultyJournal(new SqlJournal(place.database));
    await using practice = await openTestNode(place.database, journal);
    const { node } = practice;
    const {
      people: [ann],
      rooms: [room],
    } = await scene(1, 1);
    assert.ok(ann && room);
    for (const [index, fault] of (['lost reply', 'lost request'] as const).entries()) {
      const command = book(claimOf(ann, slot(index), { rooms: [room] }));
      journal.failNext(fault);
      assert.equal(wordOf(await node.ask(newKey(), command)), 'appointment.booked');
      assert.deepEqual(await standsOn(command.draft.id), [ann.calendarId, room.calendarId]);
    }
  });

  it('groups and ordinary commands on one calendar take turns', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const {
      people: [ann, ben],
      rooms: [room],
    } = await scene(2, 1);
    assert.ok(ann && ben && room);
    const asks = Array.from({ length: 60 }, (_, index) => {
      const person = index % 2 === 0 ? ann : ben;
      return node.ask(newKey(), book(claimOf(person, slot(index), index % 3 === 0 ? {} : { rooms: [room] })));
    });
    assert.deepEqual(tallyOf(await Promise.all(asks)), { 'appointment.booked': 60 });
    await noHalfAnywhere(place);
  });
});

/** Every claim that takes something along stands on both calendars, and no other does. */
async function noHalfAnywhere({ database }: Place): Promise<void> {
  const halves = await database.sql(
    `select m.id, m.calendar_id from claim m where m.along is not null
      and not exists (select 1 from claim o where o.id = m.id and o.calendar_id = m.along and o.along = m.calendar_id and o.during = m.during and o.half <> m.half)`,
  );
  assert.deepEqual(halves, []);
}
