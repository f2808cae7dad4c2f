import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Appointment, CalendarCommand, Decision, HoldTerms } from '../../../src/actors/calendar/calendar.ts';
import { instant, MINUTE } from '../../../src/model/instant.ts';
import { TERMS } from '../practice.ts';
import { appointmentAt, given, HOLD_SECONDS, holdAt, id, later, NOW, newAppointment, STAFF, slotAt, when, word } from './scene.ts';

const terms: HoldTerms = {
  serviceName: 'Haircut',
  price: { amount: 2_000, currency: 'EUR' },
  taxPercent: 7,
  policy: { cancelUntilMinutes: 60, rescheduleUntilMinutes: null, refundRules: [] },
  approval: 'manual',
  locationId: id(70),
  timeZone: 'Europe/Berlin',
  locationName: 'Berlin',
};
const elsewhere = { locationId: id(71), timeZone: 'America/New_York', locationName: 'New York' };
const draft = newAppointment({
  ...elsewhere,
  serviceName: 'Cut',
  price: { amount: 9_900, currency: 'EUR' },
  taxPercent: 19,
  policy: { cancelUntilMinutes: 10_080, rescheduleUntilMinutes: 10_080, refundRules: [] },
});
const confirm = (change: Partial<Extract<CalendarCommand, { type: 'confirm-hold' }>> = {}): CalendarCommand => ({
  type: 'confirm-hold',
  holdId: id(10),
  proof: { tokenFor: id(10), userId: null },
  appointment: draft,
  approval: 'automatic',
  ...change,
});
const longer = { ...TERMS, minutes: TERMS.minutes * 2, bufferBeforeMinutes: 15, bufferAfterMinutes: 15 };

function appointmentOf(decision: Decision): Appointment {
  const event = 'events' in decision ? decision.events.at(-1) : undefined;
  assert.ok(event !== undefined && 'appointment' in event, word(decision));
  return event.appointment;
}

describe('Terms that were agreed', () => {
  test('a hold keeps the terms it was placed with, also when it is renewed', () => {
    const asked: CalendarCommand = {
      type: 'place-hold',
      holdId: id(10),
      staffId: STAFF,
      slot: slotAt(60),
      holder: { tokenFor: id(10), userId: null },
      holdSeconds: HOLD_SECONDS,
      terms,
    };
    const placed = when(given(), asked);
    assert.ok('events' in placed && placed.events[0]?.type === 'hold.placed');
    assert.deepEqual(placed.events[0].hold.terms, terms);
    const dearer = { ...asked, terms: { ...terms, price: { amount: 9_900, currency: 'EUR' } } };
    const again = when(given(...placed.events), dearer);
    assert.ok('events' in again && again.events[0]?.type === 'hold.renewed');
    assert.deepEqual(again.events[0].hold.terms, terms);
  });

  test('a hold is booked under its own terms, whatever comes with the booking', () => {
    const { approval: _, ...agreed } = terms;
    const booked = appointmentOf(when(given({ type: 'hold.placed', hold: holdAt(60, { terms }) }), confirm()));
    assert.deepEqual({ ...booked, ...agreed }, booked);
    assert.equal(booked.status, 'pending', 'and approved or not as it said');
    const { taxPercent: _tax, ...untaxed } = terms;
    const silent = appointmentOf(when(given({ type: 'hold.placed', hold: holdAt(60, { terms: untaxed }) }), confirm()));
    assert.ok(!('taxPercent' in silent), 'it said no tax rate');
  });

  test('a hold of a version that kept no terms is booked under those of the booking', () => {
    const booked = appointmentOf(when(given({ type: 'hold.placed', hold: holdAt(60) }), confirm()));
    assert.deepEqual({ ...booked, ...draft, status: 'booked' }, booked);
  });

  test('a hold cannot be confirmed once it has begun, unless it was placed later than that or the rule is waived', () => {
    const hold = holdAt(2, { terms });
    const state = () => given({ type: 'hold.placed', hold });
    const waived = { rules: ['slot-in-past'], reason: 'walked in', by: id(90) } as const;
    assert.equal(word(when(state(), confirm(), instant(later(2) - 1))), 'appointment.requested');
    assert.equal(word(when(state(), confirm(), later(2))), 'slot-in-past');
    assert.equal(word(when(state(), confirm(), later(3))), 'slot-in-past');
    assert.equal(word(when(state(), confirm({ appointment: { ...draft, override: waived } }), later(3))), 'appointment.requested');
    const late = { ...hold, startsAt: instant(NOW - MINUTE), endsAt: later(29) };
    assert.equal(word(when(given({ type: 'hold.placed', hold: late }), confirm(), later(1))), 'appointment.requested');
  });

  test('a move keeps length and buffers that were booked, whatever the service has become', () => {
    const appointment = appointmentAt(60, elsewhere);
    const state = given({ type: 'appointment.booked', appointment, isNew: true, holdId: null });
    const moved = appointmentOf(when(state, { type: 'reschedule', appointment, slot: slotAt(180, longer), waivePolicy: false }));
    assert.equal(moved.endsAt, later(180 + TERMS.minutes));
    assert.deepEqual([moved.bufferBeforeMinutes, moved.bufferAfterMinutes], [appointment.bufferBeforeMinutes, appointment.bufferAfterMinutes]);
    const arrived = appointmentOf(when(given(), { type: 'move-in', appointment, staffId: STAFF, slot: slotAt(180, longer) }));
    assert.equal(arrived.endsAt, later(180 + TERMS.minutes));
  });

  test('a move gives the place where the calendar is, as a whole; without one it stays where it was', () => {
    const appointment = appointmentAt(60, elsewhere);
    const state = () => given({ type: 'appointment.booked', appointment, isNew: true, holdId: null });
    const move: CalendarCommand = { type: 'reschedule', appointment, slot: slotAt(180), waivePolicy: false };
    const placeOf = ({ locationId, timeZone, locationName }: Appointment) => ({ locationId, timeZone, locationName });
    const there = { locationId: id(70), timeZone: 'Europe/Berlin' };
    assert.deepEqual(placeOf(appointmentOf(when(state(), move))), elsewhere);
    assert.deepEqual(placeOf(appointmentOf(when(state(), { ...move, place: there }))), { ...there, locationName: undefined });
    const arrived = appointmentOf(when(given(), { type: 'move-in', appointment, staffId: STAFF, slot: slotAt(180), place: there }));
    assert.deepEqual(placeOf(arrived), { ...there, locationName: undefined });
  });
});
