import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ENDED_HOLDS } from '../../../src/actors/calendar/calendar-state.ts';
import { HoldEnds } from '../../../src/actors/calendar/hold-ends.ts';
import { appointmentAt, booked, given, held, holdAt, id } from './scene.ts';

describe('How holds have ended', () => {
  const expired = (number: number) => ({ type: 'hold.expired', hold: holdAt(60, { id: id(number) }) }) as const;

  it('outlives the loading of a calendar, as it was made durable last', () => {
    const ends = new HoldEnds();
    ends.note([expired(1), { type: 'hold.released', hold: holdAt(60, { id: id(2) }) }, booked(appointmentAt(60), id(3))]);
    const state = given();
    ends.putInto(state);
    assert.deepEqual(
      [...state.endedHolds],
      [
        [id(1), 'expired'],
        [id(2), 'released'],
        [id(3), 'booked'],
      ],
    );
  });

  it('says nothing about a hold that is there', () => {
    const ends = new HoldEnds();
    ends.note([expired(10)]);
    const state = given(held(holdAt(60)));
    ends.putInto(state);
    assert.equal(state.endedHolds.size, 0);
  });

  it('is remembered of the last ones only', () => {
    const ends = new HoldEnds();
    for (let number = 0; number < 3 * ENDED_HOLDS; number += 1) ends.note([expired(number)]);
    const state = given();
    ends.putInto(state);
    assert.ok(state.endedHolds.size >= ENDED_HOLDS && state.endedHolds.size <= 2 * ENDED_HOLDS);
    assert.ok(state.endedHolds.has(id(3 * ENDED_HOLDS - 1)) && !state.endedHolds.has(id(0)));
  });
});
