import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import type { ClaimAsk, SchedulerCommand } from '../../../src/actors/scheduler.ts';
import { DAY, instant } from '../../../src/model/instant.ts';
import { onUsualDatabase, type Place } from '../on-each-database.ts';
import {
  addCalendars,
  appointmentOf,
  begunClaim,
  book,
  cancel,
  claimOf,
  newDraft,
  newKey,
  openTestNode,
  placeHold,
  reschedule,
  slot,
  TERMS,
  tallyOf,
  wordOf,
} from '../practice.ts';

onUsualDatabase('Appointments', (place) => {
  it('one of many who cancel the same appointment cancels it', async () => {
    await using practice = await openTestNode(place.database);
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const { id } = appointmentOf(await practice.node.ask(newKey(), book(claimOf(person, slot()))));
    const answers = await Promise.all(Array.from({ length: 20 }, () => practice.node.ask(newKey(), cancel(id))));
    assert.deepEqual(tallyOf(answers), { 'appointment.cancelled': 1, 'wrong-status': 19 });
    assert.equal(wordOf(await practice.node.ask(newKey(), book(claimOf(person, slot())))), 'appointment.booked');
  });

  it('who decided on a record that is out of date reads it again', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const draft = newDraft();
    const pending = { ...book(claimOf(person, slot()), draft), approval: 'manual' } as const;
    assert.equal(wordOf(await node.ask(newKey(), pending)), 'appointment.requested');
    const command = (type: 'approve' | 'check-in' | 'complete'): SchedulerCommand => ({ type, appointmentId: draft.id });
    const moves = Array.from({ length: 4 }, (_, number) => node.ask(newKey(), reschedule(draft.id, claimOf(person, slot(number + 1)))));
    const answers = await Promise.all([node.ask(newKey(), command('approve')), ...moves]);
    assert.equal(answers.filter(({ outcome }) => outcome === 'no').length, 0, JSON.stringify(answers));
    // Who was overtaken by all the others is told that nothing was done and to try again.
    if (answers[0]?.outcome === 'retry') assert.equal(wordOf(await node.ask(newKey(), command('approve'))), 'appointment.booked');
    const record = await node.appointment(draft.id);
    const rows = await place.database.sql('select starts_at, status from claim where id = $1', [draft.id]);
    assert.deepEqual(rows, [[record?.startsAt, record?.status]]);
    assert.equal(wordOf(await node.ask(newKey(), reschedule(draft.id, begunClaim(person)))), 'appointment.rescheduled');
    assert.equal(wordOf(await node.ask(newKey(), command('check-in'))), 'appointment.checked-in');
    assert.equal(wordOf(await node.ask(newKey(), cancel(draft.id))), 'wrong-status');
    assert.equal(wordOf(await node.ask(newKey(), command('complete'))), 'appointment.completed');
  });

  it('a move that is refused leaves the old time as it was, and one that is won frees it', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const [one, other] = await addCalendars(place.database, 2);
    assert.ok(one && other);
    const { id } = appointmentOf(await node.ask(newKey(), book(claimOf(one, slot()))));
    await node.ask(newKey(), book(claimOf(other, slot(1))));
    assert.equal(wordOf(await node.ask(newKey(), reschedule(id, claimOf(other, slot(1))))), 'slot-taken');
    assert.equal(wordOf(await node.ask(newKey(), book(claimOf(one, slot())))), 'slot-taken');
    const moved = appointmentOf(await node.ask(newKey(), reschedule(id, claimOf(other, slot(2)))));
    assert.deepEqual([moved.calendarId, moved.staffId, moved.startsAt], [other.calendarId, other.staffId, slot(2)]);
    assert.equal(wordOf(await node.ask(newKey(), book(claimOf(one, slot())))), 'appointment.booked');
    assert.equal(wordOf(await node.ask(newKey(), book(claimOf(other, slot(2))))), 'slot-taken');
  });

  it('what is meant for an appointment as it was seen is not done to one that has moved to another calendar, at whatever revision that is', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const [one, other] = await addCalendars(place.database, 2);
    assert.ok(one && other);
    const { id } = appointmentOf(await node.ask(newKey(), book(claimOf(one, slot()))));
    const seen = await node.appointment(id);
    assert.equal(wordOf(await node.ask(newKey(), reschedule(id, claimOf(other, slot())))), 'appointment.rescheduled');
    assert.equal((await node.appointment(id))?.revision, seen?.revision, 'the first change of either');
    const asked = { ...cancel(id), basedOn: { calendarId: one.calendarId, revision: seen?.revision ?? 0 } };
    assert.equal(wordOf(await node.ask(newKey(), asked)), 'outdated');
    assert.equal(wordOf(await node.ask(newKey(), { ...asked, basedOn: { ...asked.basedOn, calendarId: other.calendarId } })), 'appointment.cancelled');
  });

  it('an appointment may be moved to a time that it itself is in the way of', async () => {
    await using practice = await openTestNode(place.database);
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const terms = { ...TERMS, minutes: 60 };
    const { id } = appointmentOf(await practice.node.ask(newKey(), book(claimOf(person, slot(), { terms }))));
    assert.equal(wordOf(await practice.node.ask(newKey(), reschedule(id, claimOf(person, slot(1), { terms })))), 'appointment.rescheduled');
    assert.equal(wordOf(await practice.node.ask(newKey(), book(claimOf(person, slot())))), 'appointment.booked');
  });

  it('moves between calendars in both directions at once end, and every appointment has one place', { timeout: 60_000 }, async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const people = await addCalendars(place.database, 3);
    const booked = await Promise.all(
      Array.from({ length: 18 }, (_, index) => {
        const person = people[index % 3];
        assert.ok(person);
        return node.ask(newKey(), book(claimOf(person, slot(index))));
      }),
    );
    const ids = booked.map((answer) => appointmentOf(answer).id);
    for (let round = 1; round <= 3; round += 1) {
      const moves = ids.map((id, index) => {
        const target = people[(index + round) % 3];
        assert.ok(target);
        return node.ask(newKey(), reschedule(id, claimOf(target, slot(index))));
      });
      // Holds and bookings on the same calendars meanwhile, so that the moves wait for others and others for them.
      const others = people.map((person) => node.ask(newKey(), placeHold(claimOf(person, slot(30 + round)), { holdSeconds: 1 })));
      assert.deepEqual(tallyOf(await Promise.all(moves)), { 'appointment.rescheduled': 18 });
      assert.deepEqual(tallyOf(await Promise.all(others)), { 'hold.placed': 3 });
    }
    await eachHasOnePlace(place, ids);
  });

  it('two who want to move to one slot: one moves, the other stays', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const people = await addCalendars(place.database, 5);
    const [target, ...homes] = people;
    assert.ok(target);
    const booked = await Promise.all(homes.map((home) => node.ask(newKey(), book(claimOf(home, slot())))));
    const ids = booked.map((answer) => appointmentOf(answer).id);
    const answers = await Promise.all(ids.map((id) => node.ask(newKey(), reschedule(id, claimOf(target, slot(5))))));
    assert.deepEqual(tallyOf(answers), { 'appointment.rescheduled': 1, 'slot-taken': 3 });
    await eachHasOnePlace(place, ids);
  });

  it('one appointment that many move at once ends where one of them said', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const people = await addCalendars(place.database, 4);
    const [home] = people;
    assert.ok(home);
    const { id } = appointmentOf(await node.ask(newKey(), book(claimOf(home, slot()))));
    const answers = await Promise.all(people.map((person, index) => node.ask(newKey(), reschedule(id, claimOf(person, slot(10 + index))))));
    assert.ok(
      answers.every(({ outcome }) => outcome === 'ok' || outcome === 'retry'),
      JSON.stringify(answers),
    );
    await eachHasOnePlace(place, [id]);
  });

  it('a move after a lost compare-and-set is decided again', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const [one, other] = await addCalendars(place.database, 2);
    assert.ok(one && other);
    const { id } = appointmentOf(await node.ask(newKey(), book(claimOf(one, slot()))));
    await node.views([other.calendarId], slot(), slot(1));
    await place.database.sql('update calendar set revision = revision + 1 where id = any($1::uuid[])', [[one.calendarId, other.calendarId]]);
    assert.equal(wordOf(await node.ask(newKey(), reschedule(id, claimOf(other, slot(1))))), 'appointment.rescheduled');
    await eachHasOnePlace(place, [id]);
  });

  it('what ended long ago is refused for good, not asked to be tried again', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const longAgo = instant(slot() - 60 * DAY);
    const override = { rules: ['slot-in-past', 'too-soon'], reason: 'written down later', by: randomUUID() } as const;
    const { id } = appointmentOf(await node.ask(newKey(), book({ ...claimOf(person, longAgo), override })));
    assert.equal(wordOf(await node.ask(newKey(), { type: 'complete', appointmentId: id })), 'wrong-status');
    await using next = await openTestNode(place.database);
    assert.equal(wordOf(await next.node.ask(newKey(), { type: 'complete', appointmentId: id })), 'wrong-status');
  });

  it('a step is taken back by a node that has just started, as long as its calendar keeps it, and a repeat is told the same', async () => {
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const override = { rules: ['slot-in-past', 'too-soon'], reason: 'written down later', by: randomUUID() } as const;
    for (const daysAgo of [0, 39]) {
      const claim: ClaimAsk = daysAgo === 0 ? begunClaim(person) : { ...claimOf(person, instant(slot() - daysAgo * DAY)), override };
      for (const [steps, before] of [
        [['complete'], 'booked'],
        [['no-show'], 'booked'],
        ...(daysAgo === 0 ? [[['check-in', 'complete'], 'checked-in'] as const, [['check-in'], 'booked'] as const] : []),
      ] as const) {
        const draft = newDraft();
        {
          await using practice = await openTestNode(place.database);
          assert.equal(wordOf(await practice.node.ask(newKey(), book(claim, draft))), 'appointment.booked');
          for (const type of steps) assert.equal((await practice.node.ask(newKey(), { type, appointmentId: draft.id })).outcome, 'ok', type);
        }
        const key = newKey();
        const reopen: SchedulerCommand = { type: 'reopen', appointmentId: draft.id };
        {
          await using next = await openTestNode(place.database);
          const answer = await next.node.ask(key, reopen);
          assert.equal(appointmentOf(answer).status, before);
          assert.equal(wordOf(answer), 'appointment.reopened');
          assert.equal((await next.node.appointment(draft.id))?.status, before);
          assert.equal((await next.node.appointment(draft.id))?.completedFrom, undefined);
          assert.deepEqual(await place.database.sql('select status from claim where id = $1', [draft.id]), [[before]]);
        }
        await using last = await openTestNode(place.database);
        const again = await last.node.ask(key, reopen);
        assert.deepEqual([wordOf(again), 'replayed' in again && again.replayed, appointmentOf(again).status], ['appointment.reopened', true, before]);
        assert.equal(
          wordOf(await last.node.ask(newKey(), { type: 'cancel', appointmentId: draft.id, reason: null, waivePolicy: true })),
          before === 'booked' ? 'appointment.cancelled' : 'wrong-status',
        );
        if (before === 'checked-in') await last.node.ask(newKey(), reopen).then(() => last.node.ask(newKey(), { ...cancel(draft.id), waivePolicy: true }));
      }
    }
  });

  it('nobody wins the time while it is taken back: the appointment has kept it', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const claim = begunClaim(person);
    const { id } = appointmentOf(await node.ask(newKey(), book(claim)));
    assert.equal(wordOf(await node.ask(newKey(), { type: 'no-show', appointmentId: id })), 'appointment.no-show');
    const others = () => Array.from({ length: 8 }, () => node.ask(newKey(), book(claim)));
    const reopen = () => node.ask(newKey(), { type: 'reopen', appointmentId: id });
    const answers = await Promise.all([...others(), reopen(), reopen(), ...others()]);
    assert.deepEqual(tallyOf(answers), { 'slot-taken': 16, 'appointment.reopened': 1, 'wrong-status': 1 });
    await eachHasOnePlace(place, [id]);
  });

  it('an unknown appointment is not found', async () => {
    await using practice = await openTestNode(place.database);
    assert.equal(wordOf(await practice.node.ask(newKey(), cancel(randomUUID()))), 'not-found');
  });
});

/** The claim, the record and the last fact of an appointment say the same, and there is one of each. */
async function eachHasOnePlace({ database }: Place, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const claims = await database.sql('select calendar_id, starts_at, lane from claim where id = $1', [id]);
    const records = await database.sql(`select calendar_id, starts_at, (details ->> 'lane')::int from appointment where id = $1`, [id]);
    assert.equal(claims.length, 1);
    assert.deepEqual(claims, records);
    const [last] = await database.sql(
      `select h.calendar_id from change h, json_array_elements(h.events) e
        where e -> 'appointment' ->> 'id' = $1 and e -> 'appointment' ->> 'calendarId' = h.calendar_id::text order by h.at desc, h.revision desc limit 1`,
      [id],
    );
    assert.equal(last?.[0], claims[0]?.[0]);
  }
}
