import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type CalendarState, emptyState, firstExpiry } from '../../../src/actors/calendar/calendar-state.ts';
import { takeIn } from '../../../src/actors/calendar/evolve.ts';
import { Provisional } from '../../../src/actors/calendar/provisional.ts';
import type { CalendarChange } from '../../../src/actors/scheduler.ts';
import { holds } from '../../model/random.ts';
import { HOURS } from '../practice.ts';
import { RandomHistory, type Step, steps } from './random-history.ts';
import { appointmentAt, blockAt, booked, CALENDAR, given, held, holdAt, id, NOW } from './scene.ts';

describe('What is taken back', () => {
  it('leaves the calendar as it was when it was durable last, wherever a history is cut', () => {
    holds(
      fc.property(steps, fc.nat(60), fc.nat(60), (history, first, second) => {
        for (const [calendarId, changes] of changesOf(history)) {
          const [durable, later] = [first, second].sort((one, other) => one - other);
          const state = playedFrom(calendarId, changes.slice(0, durable));
          const provisional = new Provisional();
          for (const change of changes.slice(durable)) decideOn(state, provisional, change);
          const confirmed = changes.slice(durable, later).at(-1);
          if (confirmed !== undefined) provisional.becameDurable(confirmed.revision);
          provisional.takeBack(state);
          assert.deepEqual(plainOf(state), plainOf(playedFrom(calendarId, changes.slice(0, later))));
        }
      }),
      150,
    );
  });

  it('is gone: what is decided afterwards is taken back by itself', () => {
    const state = given();
    const provisional = new Provisional();
    provisional.take(state, [held(holdAt(60))]);
    provisional.takeBack(state);
    takeIn(state, { ...NOTHING, revision: 1, events: [booked(appointmentAt(60), null)] });
    provisional.takeBack(state);
    assert.deepEqual([state.revision, state.claims.size, state.holds.size], [1, 1, 0]);
  });

  it('brings back a hold that had been booked, a block with its reason, and the moment at which the hold ends', () => {
    const hold = holdAt(60);
    const block = blockAt(120, { id: id(20), reason: 'painters' });
    const state = given(held(hold), { type: 'block.added', block });
    const provisional = new Provisional();
    provisional.take(state, [booked(appointmentAt(60), hold.id)]);
    provisional.take(state, [{ type: 'block.removed', block }]);
    assert.deepEqual([state.holds.size, state.blockReasons.size, state.nextExpiryAt], [0, 0, Number.POSITIVE_INFINITY]);
    provisional.takeBack(state);
    assert.deepEqual([state.holds.get(hold.id), state.blockReasons.get(block.id), state.nextExpiryAt], [hold, 'painters', hold.expiresAt]);
    assert.equal(state.claims.get(hold.id)?.kind, 'hold');
  });

  it('brings back the half that stands in a room, and which calendar the other half is on', () => {
    const hold = holdAt(60, { resource: { calendarId: id(5), resourceId: id(6) } });
    const room = emptyState(id(5), HOURS);
    takeIn(room, { ...NOTHING, calendarId: room.id, revision: 1, events: [held(hold)] });
    const before = plainOf(room);
    const provisional = new Provisional();
    provisional.take(room, [{ type: 'hold.released', hold }]);
    assert.equal(room.claims.size, 0);
    provisional.takeBack(room);
    assert.deepEqual(plainOf(room), before);
    assert.equal(room.claims.get(hold.id)?.along, CALENDAR);
  });
});

const NOTHING: CalendarChange = { calendarId: CALENDAR, base: 0, revision: 0, epoch: 0, at: NOW, events: [] };

/** The changes of each of the two calendars. */
function changesOf(history: readonly Step[]): readonly (readonly [calendarId: string, changes: readonly CalendarChange[]])[] {
  const random = new RandomHistory();
  const parts = history.flatMap((step) => random.take(step)).filter(({ events }) => events.length > 0);
  return random.states.map(({ id: calendarId }, number) => {
    const own = parts.filter(({ calendar }) => calendar === number);
    return [calendarId, own.map(({ base, revision, at, events }) => ({ calendarId, base, revision, epoch: 0, at, events }))] as const;
  });
}

function playedFrom(calendarId: string, changes: readonly CalendarChange[]): CalendarState {
  const state = emptyState(calendarId, HOURS);
  for (const change of changes) takeIn(state, change);
  return state;
}

/** As an actor does. */
function decideOn(state: CalendarState, provisional: Provisional, { events, revision, at }: CalendarChange): void {
  for (const event of events) provisional.take(state, [event]);
  state.revision = revision;
  state.changedAt = at;
}

/** Besides how holds have ended, which the actor knows. */
function plainOf(state: CalendarState) {
  assert.equal(state.nextExpiryAt, firstExpiry(state.holds.values()));
  const { revision, changedAt, holds: held, blockReasons, hours } = state;
  const claims = Array.from({ length: state.claims.size }, (_, index) => state.claims.claimAt(index));
  const byId = [...held.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  return { revision, changedAt, claims: claims.sort((one, other) => (one.id < other.id ? -1 : 1)), holds: byId, blockReasons, hours };
}
