// What a change of hours, or the removal of its staff member, does to a calendar that people have booked.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CalendarCommand, CalendarEvent, HoursChange } from '../../../src/actors/calendar/calendar.ts';
import { decide } from '../../../src/actors/calendar/decide.ts';
import { evolve } from '../../../src/actors/calendar/evolve.ts';
import { MOST_NAMED } from '../../../src/actors/calendar/stranded.ts';
import type { AppointmentStatus } from '../../../src/model/appointment-status.ts';
import { listSlots } from '../../../src/model/slot-engine.ts';
import { GUEST, TERMS } from '../practice.ts';
import {
  appointmentAt,
  blockAt,
  booked,
  CALENDAR,
  given,
  HOLD_SECONDS,
  held,
  holdAt,
  id,
  later,
  NOW,
  newAppointment,
  requested,
  STAFF,
  slotAt,
  when,
  word,
} from './scene.ts';

const change = (asked: HoursChange, unless?: 'in-use'): CalendarCommand => ({ type: 'change-hours', change: asked, ...(unless && { unless }) });
const carefully = (asked: HoursChange) => change(asked, 'in-use');
const RETIRE = { type: 'retire' } as const;
const off = (from: number, to: number): HoursChange => ({
  type: 'add-time-off',
  timeOff: { id: id(5), startsAt: later(from), endsAt: later(to), reason: null },
});
const appointment = appointmentAt(60);
const factsOf = (state: ReturnType<typeof given>, command: CalendarCommand): readonly CalendarEvent[] => {
  const decision = when(state, command);
  assert.ok('events' in decision, word(decision));
  return decision.events;
};
const retired = (...events: readonly CalendarEvent[]) => {
  const state = given(...events);
  for (const event of factsOf(state, change(RETIRE))) evolve(state, event);
  return state;
};
const refusalOf = (state: ReturnType<typeof given>, command: CalendarCommand) => {
  const decision = when(state, command);
  assert.ok('refusal' in decision, word(decision));
  return decision.refusal;
};

describe('A calendar that retires', () => {
  const later1 = { ...appointmentAt(120), id: id(21) };

  it('is refused while appointments are ahead, with how many and the first', () => {
    const state = given(booked(later1), requested({ ...appointment, status: 'pending' }));
    assert.deepEqual(refusalOf(state, carefully(RETIRE)), {
      code: 'still-in-use',
      inTheWay: { appointments: 2, next: { id: appointment.id, calendarId: CALENDAR, startsAt: appointment.startsAt } },
    });
  });

  it('counts appointments under way, and none that are over, settled or only held', () => {
    const now = appointmentAt(-10, { status: 'checked-in' });
    assert.equal(word(when(given(booked(now)), carefully(RETIRE))), 'still-in-use');
    for (const status of ['completed', 'no-show'] satisfies AppointmentStatus[])
      assert.equal(word(when(given(booked({ ...appointment, status })), carefully(RETIRE))), 'hours.changed');
    assert.equal(word(when(given(booked(appointmentAt(-60))), carefully(RETIRE))), 'hours.changed');
    assert.equal(word(when(given(held(holdAt(60))), carefully(RETIRE))), 'hold.released hours.changed');
  });

  it('keeps its appointments where that is said, and ends every hold', () => {
    const holds = [holdAt(180), { ...holdAt(240), id: id(11) }];
    const state = retired(booked(appointment), ...holds.map(held));
    assert.equal(state.claims.size, 1);
    assert.deepEqual([state.holds.size, state.hours.retired], [0, true]);
  });

  it('takes no claim any more, whatever is waived', () => {
    const state = retired(booked(appointment));
    const waived = { ...slotAt(180), override: { rules: ['outside-hours', 'off-grid'], reason: 'all the same', by: STAFF } } as const;
    const commands: readonly CalendarCommand[] = [
      { type: 'place-hold', holdId: id(11), staffId: STAFF, slot: slotAt(180), holder: GUEST, holdSeconds: HOLD_SECONDS },
      { type: 'book', slot: waived, appointment: newAppointment({ id: id(22) }), approval: 'automatic' },
      { type: 'reschedule', appointment, slot: slotAt(180), waivePolicy: true },
      { type: 'move-in', appointment: { ...appointment, id: id(23), calendarId: id(3) }, staffId: STAFF, slot: slotAt(180) },
      { type: 'add-block', block: blockAt(180) },
      change({ type: 'set-weekly', weekly: null }),
      change(off(300, 360)),
    ];
    for (const command of commands) assert.equal(word(decide(state, command, NOW)), 'not-found', command.type);
    const world = { hours: state.hours, claims: [state.claims] };
    assert.deepEqual(listSlots(world, TERMS, { from: NOW, to: later(600), now: NOW, seats: 1, ignoreClaimId: null }).startsAt, []);
    const hold = {
      type: 'confirm-hold',
      holdId: id(10),
      proof: { tokenFor: id(10), userId: null },
      appointment: newAppointment(),
      approval: 'automatic',
    } as const;
    assert.equal(word(decide(retired(held(holdAt(180))), hold, NOW)), 'hold-not-found');
  });

  it('still lets its appointments be settled, cancelled and moved to somebody else', () => {
    const state = retired(booked(appointment));
    assert.equal(word(decide(state, { type: 'check-in', appointment }, NOW)), 'appointment.checked-in');
    assert.equal(word(decide(state, { type: 'cancel', appointment, waivePolicy: true }, NOW)), 'appointment.cancelled');
    assert.equal(word(decide(state, { type: 'move-out', appointment, waivePolicy: true }, NOW)), 'nothing');
  });

  it('takes claims again once it is reinstated, and hears of its location’s hours all the while', () => {
    const state = retired();
    const location = { ...state.hours.location, version: state.hours.location.version + 1 };
    for (const asked of [{ type: 'set-location-hours', location }, { type: 'reinstate' }] as const)
      for (const event of factsOf(state, change(asked))) evolve(state, event);
    assert.deepEqual(state.hours, { ...given().hours, location });
    assert.equal(word(when(state, { type: 'book', slot: slotAt(60), appointment: newAppointment(), approval: 'automatic' })), 'appointment.booked');
  });
});

describe('A change of hours over appointments', () => {
  const closed: HoursChange = { type: 'set-weekly', weekly: [] };
  const stranded = [{ appointmentId: appointment.id, calendarId: CALENDAR, startsAt: appointment.startsAt }];
  const CLOSING: Readonly<Record<string, HoursChange>> = {
    'weekly hours': closed,
    'a date override': { type: 'set-date-override', date: '2027-03-01', windows: [] },
    'hours of the location': { type: 'set-location-hours', location: { ...given().hours.location, weekly: [], specialDates: {}, version: 9 } },
    'an opening that ends in the middle': { type: 'set-date-override', date: '2027-03-01', windows: [{ from: '00:00', to: '13:15' }] },
    'time off': off(70, 80),
  };

  for (const [what, asked] of Object.entries(CLOSING)) {
    it(`${what}: refused with those that it strands, or made and told`, () => {
      const state = given(booked(appointment));
      assert.deepEqual(refusalOf(state, carefully(asked)), {
        code: 'still-in-use',
        inTheWay: { appointments: 1, next: { id: appointment.id, calendarId: CALENDAR, startsAt: appointment.startsAt }, stranded },
      });
      const [fact] = factsOf(state, change(asked));
      assert.ok(fact?.type === 'hours.changed');
      assert.deepEqual(fact.stranded, stranded);
    });
  }

  it('says nothing of an appointment that still fits, that is over, or that was outside already', () => {
    const [fact] = factsOf(given(booked(appointment)), carefully({ type: 'set-date-override', date: '2027-03-02', windows: [] }));
    assert.ok(fact?.type === 'hours.changed' && !('stranded' in fact));
    assert.equal(word(when(given(booked(appointmentAt(-60))), carefully(closed))), 'hours.changed');
    const state = given(booked(appointment));
    for (const event of factsOf(state, change(closed))) evolve(state, event);
    assert.equal(word(when(state, carefully({ type: 'set-date-override', date: '2027-03-01', windows: [] }))), 'hours.changed');
    // Time off is told also over what was booked outside the hours on purpose.
    assert.equal(word(when(state, carefully(off(70, 80)))), 'still-in-use');
  });

  it('time off ends where the next appointment begins', () => {
    assert.equal(word(when(given(booked(appointment)), carefully(off(0, 60)))), 'hours.changed');
  });

  it('of very many the first are named, by start, and all are counted', () => {
    const many = Array.from({ length: MOST_NAMED + 7 }, (_, index) => booked({ ...appointmentAt(60 * (MOST_NAMED + 7 - index)), id: id(100 + index) }));
    const { inTheWay } = refusalOf(given(...many), carefully(closed));
    assert.equal(inTheWay?.appointments, MOST_NAMED + 7);
    assert.equal(inTheWay?.stranded?.length, MOST_NAMED);
    assert.deepEqual(inTheWay?.stranded?.[0]?.startsAt, later(60));
  });
});
