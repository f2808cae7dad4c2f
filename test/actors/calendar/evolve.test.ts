import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CalendarEvent } from '../../../src/actors/calendar/calendar.ts';
import { type CalendarState, emptyState, firstExpiry } from '../../../src/actors/calendar/calendar-state.ts';
import { evolve } from '../../../src/actors/calendar/evolve.ts';
import { holds } from '../../model/random.ts';
import { HOURS } from '../practice.ts';
import { RandomHistory, steps } from './random-history.ts';
import { appointmentAt, booked, given, held, holdAt, id } from './scene.ts';

describe('What has happened', () => {
  it('played from its log is the state that decided it, after every step', () => {
    holds(
      fc.property(steps, (history) => {
        const random = new RandomHistory();
        const played = random.states.map(({ id: calendarId }) => emptyState(calendarId, HOURS));
        for (const step of history) {
          for (const { calendar, events } of random.take(step)) {
            const state = played[calendar];
            assert.ok(state);
            // As it comes back from the database.
            for (const event of JSON.parse(JSON.stringify(events)) as CalendarEvent[]) evolve(state, event);
          }
          assert.deepEqual(played.map(plainOf), random.states.map(plainOf));
        }
      }),
      150,
    );
  });

  it('never puts two claims on one time, except seats of one class', () => {
    holds(
      fc.property(steps, (history) => {
        const random = new RandomHistory();
        for (const step of history) random.take(step);
        for (const { claims } of random.states) {
          for (let index = 0; index < claims.size; index += 1) {
            const claim = claims.claimAt(index);
            for (const other of claims.overlapping(claim.startsAt, claim.endsAt)) {
              if (other.id === claim.id) continue;
              assert.deepEqual([other.startsAt, other.serviceId, other.capacity, claim.capacity], [claim.startsAt, claim.serviceId, 3, 3]);
              assert.notEqual(other.lane, claim.lane);
            }
          }
        }
      }),
      150,
    );
  });

  it('a booking takes the place of its hold', () => {
    const state = given(held(holdAt(60)), booked(appointmentAt(60), id(10)));
    assert.deepEqual(
      plainOf(state).claims.map(({ kind }) => kind),
      ['appointment'],
    );
    assert.deepEqual([state.holds.size, state.endedHolds.get(id(10)), state.nextExpiryAt], [0, 'booked', Number.POSITIVE_INFINITY]);
  });

  it('an appointment that has moved away leaves the calendar, and comes to the other', () => {
    const before = appointmentAt(60);
    const { calendarId, staffId, startsAt, endsAt, lane } = before;
    const moved: CalendarEvent = {
      type: 'appointment.rescheduled',
      appointment: { ...before, calendarId: id(3) },
      from: { calendarId, staffId, startsAt, endsAt, lane },
    };
    const state = given(booked(before), moved);
    assert.equal(state.claims.size, 0);
    const other = emptyState(id(3), HOURS);
    evolve(other, moved);
    assert.equal(other.claims.size, 1);
  });

  it('only the last ended holds are remembered', () => {
    const state = given();
    for (let number = 0; number < 300; number += 1) {
      const hold = holdAt(60, { id: id(1_000 + number) });
      evolve(state, held(hold));
      evolve(state, { type: 'hold.expired', hold });
    }
    assert.deepEqual([state.endedHolds.size, state.endedHolds.has(id(1_043)), state.endedHolds.has(id(1_044))], [256, false, true]);
  });
});

/** All that a calendar knows, in a form that can be compared; the next expiry as it would be worked out afresh. */
function plainOf(state: CalendarState) {
  assert.equal(state.nextExpiryAt, firstExpiry(state.holds.values()));
  const claims = Array.from({ length: state.claims.size }, (_, index) => state.claims.claimAt(index));
  return {
    claims: claims.sort((one, other) => (one.id < other.id ? -1 : 1)),
    holds: [...state.holds.values()],
    blockReasons: state.blockReasons,
    endedHolds: state.endedHolds,
    hours: state.hours,
  };
}
