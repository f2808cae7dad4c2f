// When each step of an appointment is possible, and what takes it back.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Appointment, AppointmentStep, CalendarEvent, Decision } from '../../../src/actors/calendar/calendar.ts';
import { type Instant, instant } from '../../../src/model/instant.ts';
import { appointmentAt, booked, given, later, requested, when, word } from './scene.ts';

const LONG_AFTER = later(39 * 24 * 60);
const appointment = appointmentAt(60);
const { startsAt } = appointment;
const before = (at: Instant) => instant(at - 1);
const at = (text: string) => instant(Date.parse(text));
const asked = (type: AppointmentStep, record: Appointment, moment: Instant): Decision =>
  when(given(record.status === 'pending' ? requested(record) : booked(record)), { type, appointment: record }, moment);
const refusalOf = (decision: Decision) => ('refusal' in decision ? decision.refusal : assert.fail(word(decision)));
const afterwards = (decision: Decision): Appointment => {
  const event: CalendarEvent | undefined = 'events' in decision ? decision.events.at(-1) : undefined;
  return event !== undefined && 'appointment' in event ? event.appointment : assert.fail(word(decision));
};
/** Times on the wall of a zone, as moments. */
const inZone = (timeZone: string, from: string, to: string): Appointment => {
  const moment = (text: string) => instant(Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds);
  return appointmentAt(60, { timeZone, startsAt: moment(from), endsAt: moment(to) });
};

for (const [step, fact] of [
  ['complete', 'appointment.completed'],
  ['no-show', 'appointment.no-show'],
] as const) {
  describe(step, () => {
    it('is possible from the start on', () => {
      assert.equal(word(asked(step, appointment, startsAt)), fact);
      assert.equal(word(asked(step, appointment, LONG_AFTER)), fact);
    });

    it('is too early a millisecond before, and it is said from when on it is possible', () => {
      const { code, possible } = refusalOf(asked(step, appointment, before(startsAt)));
      assert.deepEqual([code, possible], ['too-early', { from: startsAt, timeZone: 'UTC' }]);
    });

    it('from another status is that, whatever the time is', () => {
      assert.equal(word(asked(step, appointmentAt(60, { status: 'pending' }), before(startsAt))), 'wrong-status');
    });

    it('by a record that the calendar has otherwise is stale, whatever the time is', () => {
      assert.equal(word(when(given(booked(appointmentAt(90))), { type: step, appointment }, before(startsAt))), 'stale');
    });
  });
}

describe('check-in', () => {
  const checkIn = (record: Appointment, moment: string) => word(asked('check-in', record, at(moment)));

  it('is possible on the local day of the appointment, from its first moment to its last', () => {
    // Midnight in New York is five in the morning in UTC.
    const record = inZone('America/New_York', '2027-03-05T09:00', '2027-03-05T09:30');
    assert.equal(checkIn(record, '2027-03-05T04:59:59.999Z'), 'too-early');
    assert.equal(checkIn(record, '2027-03-05T05:00:00.000Z'), 'appointment.checked-in');
    assert.equal(checkIn(record, '2027-03-06T04:59:59.999Z'), 'appointment.checked-in');
    assert.equal(checkIn(record, '2027-03-06T05:00:00.000Z'), 'too-late');
  });

  it('is too early for tomorrow, even where UTC has that date already', () => {
    const record = inZone('Pacific/Honolulu', '2027-03-05T09:00', '2027-03-05T10:00');
    assert.equal(checkIn(record, '2027-03-05T09:59:59.999Z'), 'too-early');
    assert.equal(checkIn(record, '2027-03-05T10:00:00.000Z'), 'appointment.checked-in');
  });

  it('of an appointment over midnight is possible on both its days', () => {
    const record = inZone('Europe/Berlin', '2027-03-05T23:30', '2027-03-06T00:30');
    assert.equal(checkIn(record, '2027-03-04T22:59:59.999Z'), 'too-early');
    assert.equal(checkIn(record, '2027-03-04T23:00:00.000Z'), 'appointment.checked-in');
    assert.equal(checkIn(record, '2027-03-06T22:59:59.999Z'), 'appointment.checked-in');
    assert.equal(checkIn(record, '2027-03-06T23:00:00.000Z'), 'too-late');
  });

  it('of one that ends at midnight is possible on its own day alone', () => {
    const record = inZone('Europe/Berlin', '2027-03-05T23:00', '2027-03-06T00:00');
    assert.equal(checkIn(record, '2027-03-05T22:59:59.999Z'), 'appointment.checked-in');
    assert.equal(checkIn(record, '2027-03-05T23:00:00.000Z'), 'too-late');
  });

  it('follows the clocks: a day on which they go forward is an hour shorter', () => {
    const record = inZone('Europe/Berlin', '2027-03-28T12:00', '2027-03-28T13:00');
    assert.equal(checkIn(record, '2027-03-27T22:59:59.999Z'), 'too-early');
    assert.equal(checkIn(record, '2027-03-27T23:00:00.000Z'), 'appointment.checked-in');
    assert.equal(checkIn(record, '2027-03-28T21:59:59.999Z'), 'appointment.checked-in');
    assert.equal(checkIn(record, '2027-03-28T22:00:00.000Z'), 'too-late');
  });

  it('says from when on, and until when', () => {
    const record = inZone('Europe/Berlin', '2027-03-05T09:00', '2027-03-05T10:00');
    const said = (moment: string) => refusalOf(asked('check-in', record, at(moment))).possible;
    assert.deepEqual(said('2027-03-01T12:00:00Z'), { from: at('2027-03-04T23:00:00Z'), timeZone: 'Europe/Berlin' });
    assert.deepEqual(said('2027-03-07T12:00:00Z'), { until: at('2027-03-05T23:00:00Z'), timeZone: 'Europe/Berlin' });
  });
});

describe('approve and decline', () => {
  const pending = appointmentAt(60, { status: 'pending' });

  it('a request is approved until its start, and not a millisecond later', () => {
    assert.equal(word(asked('approve', pending, startsAt)), 'appointment.booked');
    const { code, possible } = refusalOf(asked('approve', pending, instant(startsAt + 1)));
    assert.deepEqual([code, possible], ['too-late', { until: startsAt, timeZone: 'UTC' }]);
  });

  it('a request is declined after its start, too', () => {
    assert.equal(word(when(given(requested(pending)), { type: 'decline', appointment: pending }, LONG_AFTER)), 'appointment.declined');
  });
});

describe('reopen', () => {
  const of = (record: Partial<Appointment>): Appointment => ({ ...appointment, ...record });

  it('takes back a check-in, a completion and a no-show, at any time while the calendar has it', () => {
    for (const moment of [startsAt, LONG_AFTER]) {
      for (const status of ['checked-in', 'completed', 'no-show'] as const) {
        const decision = asked('reopen', of({ status }), moment);
        assert.equal(word(decision), 'appointment.reopened');
        assert.deepEqual(afterwards(decision), appointment);
      }
    }
    assert.equal(word(when(given(), { type: 'reopen', appointment: of({ status: 'no-show' }) }, later(41 * 24 * 60))), 'wrong-status');
  });

  it('a check-in of later today is taken back before the start', () => {
    assert.equal(word(asked('reopen', of({ status: 'checked-in' }), before(startsAt))), 'appointment.reopened');
  });

  it('what was completed becomes what it was: booked, or checked in', () => {
    for (const status of ['booked', 'checked-in'] as const) {
      const completed = afterwards(asked('complete', of({ status }), startsAt));
      assert.deepEqual([completed.status, completed.completedFrom], ['completed', status]);
      const reopened = afterwards(asked('reopen', completed, startsAt));
      assert.deepEqual(reopened, of({ status }), 'nothing of it is left');
    }
  });

  it('nothing else is taken back', () => {
    for (const status of ['pending', 'booked', 'cancelled', 'declined'] as const) assert.equal(word(asked('reopen', of({ status }), startsAt)), 'wrong-status');
  });

  it('an old record decides nothing', () => {
    assert.equal(word(when(given(booked(appointment)), { type: 'reopen', appointment: of({ status: 'no-show' }) }, startsAt)), 'stale');
  });

  it('the time has stayed theirs in the meantime, so it needs not be won again', () => {
    for (const status of ['checked-in', 'completed', 'no-show'] as const) {
      const state = given(booked(of({ status })));
      assert.equal(state.claims.overlapping(startsAt, appointment.endsAt).length, 1, status);
    }
  });
});
