import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import type { OfferedTerms } from '../../../src/actors/calendar/calendar.ts';
import type { CalendarChange } from '../../../src/actors/scheduler.ts';
import { onUsualDatabase } from '../on-each-database.ts';
import { addCalendars, book, claimOf, confirmHold, newDraft, newKey, openTestNode, placeHold, releaseHold, slot, until, wordOf } from '../practice.ts';

const NO_LIMITS = { cancelUntilMinutes: null, rescheduleUntilMinutes: null, refundRules: [] };

onUsualDatabase('Holds', (place) => {
  it('a hold ends by itself, everybody hears of it, and the slot is free again', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const holdId = randomUUID();
    const heard: CalendarChange[] = [];
    using _ = { [Symbol.dispose]: node.watch(person.calendarId, (change) => heard.push(change)) };
    const placed = await node.ask(newKey(), placeHold(claimOf(person, slot()), { holdId, holdSeconds: 2 }));
    assert.equal(wordOf(placed), 'hold.placed');
    assert.equal(wordOf(await node.ask(newKey(), book(claimOf(person, slot())))), 'slot-taken');
    await until(() => heard.length === 2, 'the hold to end');
    assert.deepEqual(
      heard.flatMap(({ events }) => events).map(({ type }) => type),
      ['hold.placed', 'hold.expired'],
    );
    const [start, end] = heard;
    assert.ok(start && end && end.at - start.at >= 2_000, `it was held for ${(end?.at ?? 0) - (start?.at ?? 0)} ms`);
    assert.equal(wordOf(await node.ask(newKey(), confirmHold(holdId))), 'hold-expired');
    assert.equal(wordOf(await node.ask(newKey(), book(claimOf(person, slot())))), 'appointment.booked');
    assert.deepEqual(await place.database.sql(`select kind from claim where calendar_id = $1`, [person.calendarId]), [['appointment']]);
  });

  it('a hold that was running when its node ended is ended by the next one', async () => {
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    {
      await using practice = await openTestNode(place.database);
      await practice.node.ask(newKey(), placeHold(claimOf(person, slot()), { holdSeconds: 1 }));
    }
    await using next = await openTestNode(place.database);
    await until(async () => (await place.database.sql('select 1 from claim where calendar_id = $1', [person.calendarId])).length === 0, 'the hold to end');
    const { changes } = (await next.node.changes(person.calendarId, 0, 10)) as { changes: readonly CalendarChange[] };
    assert.deepEqual(
      changes.flatMap(({ events }) => events).map(({ type }) => type),
      ['hold.placed', 'hold.expired'],
    );
  });

  it('a hold is booked under its own terms by a node that did not place it, and where an older version left them out under those of the booking', async () => {
    const people = await addCalendars(place.database, 2);
    const terms: OfferedTerms = { serviceName: 'Haircut', price: { amount: 2_000, currency: 'EUR' }, policy: NO_LIMITS, approval: 'manual' };
    const there = { locationId: randomUUID(), timeZone: 'Europe/Berlin', locationName: 'Berlin' };
    const holdIds = people.map(() => randomUUID());
    {
      await using practice = await openTestNode(place.database);
      for (const [index, person] of people.entries()) {
        const ask = claimOf({ ...person, place: there }, slot());
        const placed = await practice.node.ask(newKey(), { ...placeHold(ask, { holdId: holdIds[index] ?? '' }), terms });
        assert.ok(placed.outcome === 'ok' && placed.event.type === 'hold.placed');
        assert.deepEqual(placed.event.hold.terms, { ...terms, ...there });
      }
    }
    await place.database.sql(`update claim set details = (details::jsonb - 'terms')::json where id = $1`, [holdIds[1]]);
    await using next = await openTestNode(place.database);
    const draft = () => newDraft({ serviceName: 'Cut', price: { amount: 9_900, currency: 'EUR' }, locationName: 'New York' });
    const booked = [];
    for (const holdId of holdIds) {
      const answer = await next.node.ask(newKey(), confirmHold(holdId, draft()));
      assert.ok(answer.outcome === 'ok' && 'appointment' in answer.event, wordOf(answer));
      const { status, serviceName, price, locationName, locationId } = answer.event.appointment;
      booked.push([status, serviceName, price.amount, locationName, locationId]);
    }
    assert.deepEqual(booked, [
      ['pending', 'Haircut', 2_000, 'Berlin', there.locationId],
      ['booked', 'Cut', 9_900, 'New York', newDraft().locationId],
    ]);
  });

  it('confirm and expiry at the same moment have one winner', { timeout: 60_000 }, async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const people = await addCalendars(place.database, 60);
    const words = await Promise.all(
      people.map(async (person, index) => {
        const holdId = randomUUID();
        const placed = await node.ask(newKey(), placeHold(claimOf(person, slot()), { holdId, holdSeconds: 1 }));
        assert.ok(placed.outcome === 'ok' && placed.event.type === 'hold.placed');
        const { expiresAt } = placed.event.hold;
        // From 15 ms before the end to 15 ms after it.
        await until(() => node.now() >= expiresAt - 15 + index / 2, 'the end of the hold');
        const confirmed = wordOf(await node.ask(newKey(), confirmHold(holdId)));
        await until(async () => (await node.hold(holdId)) === undefined, 'the hold to have ended');
        return { person, confirmed };
      }),
    );
    for (const { person, confirmed } of words) {
      const { changes } = (await node.changes(person.calendarId, 0, 10)) as { changes: readonly CalendarChange[] };
      const facts = changes.flatMap(({ events }) => events).map(({ type }) => type);
      const kinds = (await place.database.sql('select kind from claim where calendar_id = $1', [person.calendarId])).flat();
      if (confirmed === 'appointment.booked') assert.deepEqual([facts, kinds], [['hold.placed', 'appointment.booked'], ['appointment']]);
      else assert.deepEqual([confirmed, facts, kinds], ['hold-expired', ['hold.placed', 'hold.expired'], []]);
    }
    const won = words.filter(({ confirmed }) => confirmed === 'appointment.booked').length;
    assert.ok(won > 0 && won < people.length, `${won} of ${people.length} were confirmed in time`);
  });

  it('more time may be asked for twice, and only by the holder', async () => {
    await using practice = await openTestNode(place.database);
    const { node } = practice;
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const holdId = randomUUID();
    await node.ask(newKey(), placeHold(claimOf(person, slot()), { holdId }));
    const renew = (tokenFor: string | null) => node.ask(newKey(), { type: 'renew-hold', holdId, proof: { tokenFor, userId: null }, holdSeconds: 90 });
    assert.equal(wordOf(await renew(null)), 'hold-not-yours');
    assert.deepEqual(
      [wordOf(await renew(holdId)), wordOf(await renew(holdId)), wordOf(await renew(holdId))],
      ['hold.renewed', 'hold.renewed', 'limit-reached'],
    );
    assert.equal((await node.hold(holdId))?.renewalsLeft, 0);
    assert.equal(wordOf(await node.ask(newKey(), releaseHold(holdId))), 'hold.released');
    assert.equal(await node.hold(holdId), undefined);
  });

  it('the same user and slot again is the same hold, renewed', async () => {
    await using practice = await openTestNode(place.database);
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const ask = { ...placeHold(claimOf(person, slot())), holder: { tokenFor: null, userId: randomUUID() } };
    const first = await practice.node.ask(newKey(), ask);
    const again = await practice.node.ask(newKey(), { ...ask, holdId: randomUUID() });
    assert.ok(first.outcome === 'ok' && first.event.type === 'hold.placed' && again.outcome === 'ok' && again.event.type === 'hold.renewed');
    assert.equal(again.event.hold.id, first.event.hold.id);
  });
});
