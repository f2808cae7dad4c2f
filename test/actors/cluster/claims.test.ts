import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { SchedulerNode } from '../../../src/actors/cluster/scheduler-node.ts';
import type { Answer, Candidate } from '../../../src/actors/scheduler.ts';
import { instant } from '../../../src/model/instant.ts';
import { onUsualDatabase, type Place } from '../on-each-database.ts';
import { addCalendars, book, claimOf, HOURS, newDraft, newKey, openTestNode, placeHold, slot, TERMS, tallyOf, until, wordOf } from '../practice.ts';

const CROWD = 500;
const DAY_END = slot(48);

onUsualDatabase('Claims', (place) => {
  const rounds = place.kind === 'PostgreSQL' ? 100 : 10;

  it(`five hundred want one slot: one gets it, the others are told when else, ${rounds} times in a row`, { timeout: 120_000 }, async () => {
    await using practice = await openTestNode(place.database);
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    for (let round = 0; round < rounds; round += 1) {
      const answers = await crowd(practice.node, () => [person], slot(round));
      assert.deepEqual(tallyOf(answers), { 'appointment.booked': 1, 'slot-taken': CROWD - 1 });
      for (const answer of answers) if (answer.outcome === 'no') assert.ok((answer.refusal.alternatives?.length ?? 0) >= 3, JSON.stringify(answer));
    }
    assert.deepEqual(await overlaps(place), []);
  });

  it('five hundred want sixteen slots: sixteen get one', async () => {
    await using practice = await openTestNode(place.database);
    const people = await addCalendars(place.database, 4);
    const answers = await Promise.all(
      Array.from({ length: CROWD }, (_, index) => {
        const person = people[index % 4];
        assert.ok(person);
        return practice.node.ask(newKey(), book(claimOf(person, slot(Math.floor(index / 4) % 4))));
      }),
    );
    assert.deepEqual(tallyOf(answers), { 'appointment.booked': 16, 'slot-taken': CROWD - 16 });
  });

  it('when anyone will do, the next one takes it, nobody is taken twice, and the last refusal is for good', async () => {
    await using practice = await openTestNode(place.database);
    const people = await addCalendars(place.database, 5);
    const answers = await crowd(practice.node, () => people, slot());
    assert.deepEqual(tallyOf(answers), { 'appointment.booked': 5, 'slot-taken': CROWD - 5 });
    const winners = answers.flatMap((answer) => (answer.outcome === 'ok' ? [answer.calendarId] : []));
    assert.equal(new Set(winners).size, 5);
  });

  it('when anyone will do, who has least to do that day comes first', async () => {
    await using practice = await openTestNode(place.database);
    const people = await addCalendars(place.database, 3);
    const taken: Record<string, number> = {};
    for (let number = 0; number < 12; number += 1) {
      const answer = await practice.node.ask(newKey(), book(claimOf(people, slot(number))));
      assert.equal(answer.outcome, 'ok');
      if (answer.outcome === 'ok') taken[answer.calendarId] = (taken[answer.calendarId] ?? 0) + 1;
    }
    assert.deepEqual(Object.values(taken), [4, 4, 4]);
  });

  it('seats of a class are taken one by one until none is left', async () => {
    await using practice = await openTestNode(place.database);
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const terms = { ...TERMS, capacity: 6 };
    const answers = await Promise.all(Array.from({ length: 20 }, () => practice.node.ask(newKey(), book(claimOf(person, slot(), { terms })))));
    assert.deepEqual(tallyOf(answers), { 'appointment.booked': 6, 'slot-taken': 14 });
    const lanes = await place.database.sql('select lane from claim where calendar_id = $1 order by lane', [person.calendarId]);
    assert.deepEqual(lanes.flat(), [0, 1, 2, 3, 4, 5]);
    const wide = await Promise.all(Array.from({ length: 5 }, () => practice.node.ask(newKey(), book(claimOf(person, slot(2), { terms, seats: 2 })))));
    assert.deepEqual(tallyOf(wide), { 'appointment.booked': 3, 'slot-taken': 2 });
  });

  it('a dry run says what would be and leaves no trace', async () => {
    await using practice = await openTestNode(place.database);
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const request = newKey();
    assert.equal(wordOf(await practice.node.ask(request, book(claimOf(person, slot())), { dryRun: true })), 'appointment.booked');
    assert.deepEqual(practice.node.revisions([person.calendarId]), new Map([[person.calendarId, 0]]));
    assert.equal(await practice.node.recall(request), undefined);
    assert.deepEqual(
      await freeStarts(practice.node, person),
      Array.from({ length: 48 }, (_, number) => slot(number)),
    );
    assert.equal(wordOf(await practice.node.ask(request, book(claimOf(person, slot())))), 'appointment.booked');
    assert.equal(wordOf(await practice.node.ask(newKey(), book(claimOf(person, slot())), { dryRun: true })), 'slot-taken');
  });

  it('an entry that the database refuses fails alone', async () => {
    await using practice = await openTestNode(place.database);
    const people = await addCalendars(place.database, 5);
    const [first] = people;
    assert.ok(first);
    const draft = newDraft();
    assert.equal(wordOf(await practice.node.ask(newKey(), book(claimOf(first, slot(40)), draft))), 'appointment.booked');
    const asked = Array.from({ length: 101 }, (_, index) => {
      const person = people[index % people.length];
      assert.ok(person);
      const spoilt = index === 50 ? { reference: draft.reference } : {};
      return practice.node.ask(newKey(), book(claimOf(person, slot(Math.floor(index / people.length))), newDraft(spoilt)));
    });
    const settled = await Promise.allSettled(asked);
    assert.deepEqual(
      settled.flatMap(({ status }, index) => (status === 'rejected' ? [index] : [])),
      [50],
    );
    assert.deepEqual(tallyOf(settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))), { 'appointment.booked': 100 });
    const again = people[50 % people.length];
    assert.ok(again);
    assert.equal(wordOf(await practice.node.ask(newKey(), book(claimOf(again, slot(50 / people.length))))), 'appointment.booked');
  });

  it('who has lost the compare-and-set loads the calendar and decides again', async () => {
    await using practice = await openTestNode(place.database);
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const { calendarId } = person;
    assert.equal(wordOf(await practice.node.ask(newKey(), book(claimOf(person, slot())))), 'appointment.booked');
    const closed = { ...HOURS, overrides: { [new Date(slot()).toISOString().slice(0, 10)]: [] } };
    await place.database.sql('update calendar set revision = revision + 1, hours = $2::jsonb where id = $1', [calendarId, JSON.stringify(closed)]);
    const nextWeek = slot(7 * 48);
    const answers = await Promise.all([
      practice.node.ask(newKey(), book(claimOf(person, slot(1)))),
      practice.node.ask(newKey(), book(claimOf(person, nextWeek))),
      practice.node.ask(newKey(), book(claimOf(person, nextWeek))),
    ]);
    assert.deepEqual(answers.map(wordOf), ['outside-hours', 'appointment.booked', 'slot-taken']);
    assert.deepEqual(practice.node.revisions([calendarId]), new Map([[calendarId, 3]]));
  });

  it('a crowd behind a calendar that moved on twice gets its answers all the same', async () => {
    await using practice = await openTestNode(place.database);
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const bump = () => place.database.sql('update calendar set revision = revision + 1 where id = $1', [person.calendarId]);
    await practice.node.views([person.calendarId], slot(), DAY_END);
    await bump();
    const asked = Promise.all(Array.from({ length: 40 }, (_, number) => practice.node.ask(newKey(), placeHold(claimOf(person, slot(number))))));
    await bump();
    assert.deepEqual(tallyOf(await asked), { 'hold.placed': 40 });
    await until(async () => (await freeStarts(practice.node, person)).length === 8, 'forty slots to be gone from the list');
  });
});

/** All at once, each with a key of its own. */
function crowd(node: SchedulerNode, candidates: () => readonly Candidate[], startsAt: ReturnType<typeof slot>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: CROWD }, () => node.ask(newKey(), book(claimOf(candidates(), startsAt)))));
}

async function freeStarts(node: SchedulerNode, person: Candidate): Promise<readonly number[]> {
  const query = { ...person, terms: TERMS, from: slot(), to: instant(DAY_END), seats: 1, movingAppointmentId: null };
  return (await node.slots([query]))[0]?.startsAt ?? [];
}

async function overlaps({ database }: Place): Promise<unknown> {
  return database.sql(`select a.id, b.id from appointment a join appointment b on a.calendar_id = b.calendar_id and a.id < b.id
    and a.starts_at < b.ends_at and b.starts_at < a.ends_at where a.status = 'booked' and b.status = 'booked' and (a.details ->> 'capacity')::int = 1`);
}
