// Appointments that are put over others on purpose.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Candidate, ClaimAsk, SchedulerCommand } from '../../../src/actors/scheduler.ts';
import type { Instant } from '../../../src/model/instant.ts';
import { onEachDatabase } from '../on-each-database.ts';
import {
  type Asked,
  addCalendars,
  appointmentOf,
  book,
  cancel,
  claimOf,
  LOCATION_ID,
  newDraft,
  newKey,
  openTestNode,
  placeHold,
  reschedule,
  slot,
  TERMS,
  wordOf,
} from '../practice.ts';

const override = { rules: ['slot-taken'], by: LOCATION_ID } as const;
const over = (who: Candidate | readonly Candidate[], startsAt: Instant, asked: Asked = {}): ClaimAsk => ({ ...claimOf(who, startsAt, asked), override });
const edit = (appointmentId: string, minutes: number | null, ask: ClaimAsk | null): SchedulerCommand => ({
  type: 'edit',
  appointmentId,
  edit: { fields: ['notes'], terms: {}, minutes },
  ask,
  details: { notes: 'by the window' },
});

onEachDatabase('What overlaps on purpose', (place) => {
  const sessions = (id: string) => place.database.sql('select session is null from claim where id = $1', [id]);

  it('stands beside what it overlaps, and keeps its time from all who come later', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const ask = (command: SchedulerCommand) => node.ask(newKey(), command);
    const hour = { terms: { ...TERMS, minutes: 60 } };
    const beneath = appointmentOf(await ask(book(claimOf(person, slot()))));
    const above = appointmentOf(await ask(book(over(person, slot(), hour))));
    assert.deepEqual([above.overlaps, above.override, beneath.overlaps], [true, override, undefined]);
    assert.deepEqual([...(await sessions(above.id)), ...(await sessions(beneath.id))], [[true], [false]]);
    assert.equal(wordOf(await ask(book(claimOf(person, slot(1))))), 'slot-taken');
  });

  it('changes and ends as any other, and so does what it overlaps', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const ask = (command: SchedulerCommand) => node.ask(newKey(), command);
    const beneath = appointmentOf(await ask(book(claimOf(person, slot()))));
    const above = appointmentOf(await ask(book(over(person, slot()))));
    assert.equal(wordOf(await ask(edit(beneath.id, null, null))), 'appointment.edited', 'its notes are no matter of time');
    assert.equal(appointmentOf(await ask(edit(above.id, null, null))).overlaps, true);
    assert.equal(wordOf(await ask(edit(beneath.id, 20, claimOf(person, slot())))), 'slot-taken', 'its length is');
    assert.equal(appointmentOf(await ask(edit(beneath.id, 20, over(person, slot())))).overlaps, true);
    const free = appointmentOf(await ask(reschedule(above.id, claimOf(person, slot(4)))));
    assert.deepEqual([free.overlaps, free.override], [undefined, override], 'in free time it is as any other');
    assert.deepEqual(await sessions(above.id), [[false]]);
    assert.equal(wordOf(await ask(reschedule(above.id, claimOf(person, slot())))), 'slot-taken');
    assert.equal(appointmentOf(await ask(reschedule(above.id, over(person, slot())))).overlaps, true);
    assert.equal(wordOf(await ask(cancel(beneath.id))), 'appointment.cancelled');
    assert.equal(wordOf(await ask(book(claimOf(person, slot())))), 'slot-taken');
    assert.equal(wordOf(await ask(cancel(above.id))), 'appointment.cancelled');
    assert.equal(wordOf(await ask(book(claimOf(person, slot())))), 'appointment.booked');
  });

  it('goes over blocks, not over holds, and a class has the seats it has', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const ask = (command: SchedulerCommand) => node.ask(newKey(), command);
    const { calendarId } = person;
    const block = { id: newDraft().id, startsAt: slot(), endsAt: slot(1), reason: null };
    assert.equal(wordOf(await ask({ type: 'add-block', calendarId, block })), 'block.added');
    assert.equal(appointmentOf(await ask(book(over(person, slot())))).overlaps, true);
    await ask(placeHold(claimOf(person, slot(1))));
    const refused = await ask(book(over(person, slot(), { terms: { ...TERMS, minutes: 60 } })));
    assert.deepEqual([refused.outcome === 'no' && refused.refusal.code, refused.outcome === 'no' && refused.refusal.conflict?.by], ['slot-taken', 'hold']);
    const course = { terms: { ...TERMS, capacity: 2 } };
    assert.equal(wordOf(await ask(book(claimOf(person, slot(4), { ...course, seats: 2 })))), 'appointment.booked');
    assert.equal(wordOf(await ask(book(over(person, slot(4), course)))), 'slot-taken');
    assert.equal(wordOf(await ask(book(over(person, slot(), course)))), 'slot-taken');
    assert.equal(wordOf(await ask(book(over(person, slot(4))))), 'appointment.booked', 'one customer more, beside the class');
  });

  it('takes one who is free first, and any of them where none is', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const people = await addCalendars(place.database, 2);
    const rooms = await addCalendars(place.database, 2);
    const [one] = people;
    assert.ok(one);
    const ask = async (claim: ClaimAsk) => appointmentOf(await node.ask(newKey(), book(claim)));
    const first = await ask(over(one, slot(), { rooms }));
    const second = await ask(over(people, slot(), { rooms }));
    const third = await ask(over(people, slot(), { rooms }));
    assert.deepEqual([first.overlaps, second.overlaps, third.overlaps], [undefined, undefined, true]);
    assert.notEqual(second.calendarId, first.calendarId);
    assert.notEqual(second.resource?.calendarId, first.resource?.calendarId);
    assert.deepEqual(await sessions(third.id), [[true], [true]], 'on both of its calendars');
  });
});
