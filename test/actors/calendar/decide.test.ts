import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Appointment, AppointmentStep, CalendarCommand, CalendarEvent, HolderProof, HoursChange } from '../../../src/actors/calendar/calendar.ts';
import { MOST_OVERRIDES, MOST_TIMES_OFF } from '../../../src/actors/calendar/decide-hours.ts';
import type { CalendarHours } from '../../../src/model/calendar-hours.ts';
import { DAY, type Instant, instant } from '../../../src/model/instant.ts';
import { GUEST, TERMS } from '../practice.ts';
import {
  appointmentAt,
  blockAt,
  blocked,
  booked,
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
  USER,
  when,
  word,
} from './scene.ts';

/** The rule, what has happened, what is asked, what is said, and when. */
type Rule = readonly [rule: string, given: readonly CalendarEvent[], when: CalendarCommand, then: string, at?: Instant];
type Of<Type extends CalendarCommand['type']> = Extract<CalendarCommand, { type: Type }>;

const token: HolderProof = { tokenFor: id(10), userId: null };
const user: HolderProof = { tokenFor: null, userId: USER };
const hold = holdAt(60);
const appointment = appointmentAt(60);
const pending = appointmentAt(60, { status: 'pending' });
const strict = { cancelUntilMinutes: 60, rescheduleUntilMinutes: 60, refundRules: [] };
const euros = { amount: 1_000, currency: 'EUR' };
const due = holdAt(60, {
  terms: { serviceName: 'Cut', price: euros, due: euros, policy: strict, approval: 'automatic', locationId: id(50), timeZone: 'UTC' },
});
const paying = { ...due, state: 'paying', renewalsLeft: 0 } as const;
const long = instant(NOW + HOLD_SECONDS * 1_000);

const place = (change: Partial<Of<'place-hold'>> = {}): CalendarCommand => ({
  type: 'place-hold',
  holdId: id(11),
  staffId: STAFF,
  slot: slotAt(60),
  holder: GUEST,
  holdSeconds: HOLD_SECONDS,
  ...change,
});
const renew = (proof = token): CalendarCommand => ({ type: 'renew-hold', holdId: id(10), proof, holdSeconds: HOLD_SECONDS });
const pay = (proof = token): CalendarCommand => ({ type: 'begin-paying', holdId: id(10), proof, paySeconds: 600 });
const paidBy = (payment: string | null) => ({ appointment: newAppointment({ payment: { due: euros, paymentId: payment } }) });
const release = (proof = token): CalendarCommand => ({ type: 'release-hold', holdId: id(10), proof });
const confirm = (change: Partial<Of<'confirm-hold'>> = {}): CalendarCommand => ({
  type: 'confirm-hold',
  holdId: id(10),
  proof: token,
  appointment: newAppointment(),
  approval: 'automatic',
  ...change,
});
const book = (change: Partial<Of<'book'>> = {}): CalendarCommand => ({
  type: 'book',
  slot: slotAt(60),
  appointment: newAppointment(),
  approval: 'automatic',
  ...change,
});
const cancel = (record: Appointment, waivePolicy = false): CalendarCommand => ({ type: 'cancel', appointment: record, waivePolicy });
const status = (type: AppointmentStep, record: Appointment): CalendarCommand => ({ type, appointment: record });
const decline = (record: Appointment): CalendarCommand => ({ type: 'decline', appointment: record });
const move = (record: Appointment, minutes: number, waivePolicy = false): CalendarCommand => ({
  type: 'reschedule',
  appointment: record,
  slot: slotAt(minutes),
  waivePolicy,
});
const moveOut = (record: Appointment): CalendarCommand => ({ type: 'move-out', appointment: record, waivePolicy: false });
const moveIn = (record: Appointment, minutes: number): CalendarCommand => ({ type: 'move-in', appointment: record, staffId: STAFF, slot: slotAt(minutes) });
const addBlock = (minutes: number, change = {}): CalendarCommand => ({ type: 'add-block', block: blockAt(minutes, change) });
const moveBlock = (minutes: number): CalendarCommand => {
  const { id: blockId, startsAt, endsAt } = blockAt(minutes);
  return { type: 'move-block', blockId, startsAt, endsAt };
};
const removeBlock = (blockId: string): CalendarCommand => ({ type: 'remove-block', blockId });

const HOLDS: readonly Rule[] = [
  ['a free slot can be held', [], place(), 'hold.placed'],
  ['a slot that is held cannot be held by another', [held(hold)], place(), 'slot-taken'],
  ['a slot that is booked cannot be held', [booked(appointment)], place(), 'slot-taken'],
  ['a slot in a block cannot be held', [blocked(blockAt(60))], place(), 'slot-taken'],
  ['an id that a claim has already is refused before the slot is looked at', [held(hold)], place({ holdId: id(10) }), 'id-in-use'],
  ['the holder who holds the same slot again gets more time, whatever the new id', [held({ ...hold, holder: USER })], place({ holder: user }), 'hold.renewed'],
  [
    'the same slot of another service is not the same slot',
    [held({ ...hold, holder: USER })],
    place({ holder: user, slot: slotAt(60, { ...TERMS, serviceId: id(9) }) }),
    'slot-taken',
  ],
  ['a slot whose hold is due is free', [held(hold)], place(), 'hold.placed', long],
  ['a start in the past cannot be held', [], place({ slot: slotAt(-30) }), 'slot-in-past'],
  ['the holder gets more time', [held(hold)], renew(), 'hold.renewed'],
  ['nobody else gets more time', [held(hold)], renew(user), 'hold-not-yours'],
  ['nobody is the holder of a hold that is for nobody', [held(hold)], renew(GUEST), 'hold-not-yours'],
  ['a hold is renewed twice, not more', [held({ ...hold, renewalsLeft: 0 })], renew(), 'limit-reached'],
  ['a hold that is not one’s own is that before anything else', [held({ ...hold, renewalsLeft: 0 })], renew(user), 'hold-not-yours'],
  ['a hold that is unknown is not found', [], renew(), 'hold-not-found'],
  ['a hold that has ended by itself is said to be expired', [held(hold)], renew(), 'hold-expired', long],
  ['the holder lets go', [held(hold)], release(), 'hold.released'],
  ['nobody else lets go', [held(hold)], release(user), 'hold-not-yours'],
  ['a hold that was let go is not found', [held(hold), { type: 'hold.released', hold }], release(), 'hold-not-found'],
  ['a hold that is due is expired, not let go', [held(hold)], release(), 'hold-expired', long],
  ['a customer begins to pay what is due', [held(due)], pay(), 'payment.begun'],
  ['nobody else begins to pay', [held(due)], pay(user), 'hold-not-yours'],
  ['where nothing is due nothing is paid', [held(hold)], pay(), 'wrong-status'],
  ['paying begins once', [held(due), { type: 'payment.begun', hold: paying }], pay(), 'wrong-status'],
  ['nobody prolongs paying', [held(paying)], renew(), 'limit-reached'],
  ['a customer who pays may let go', [held(paying)], release(), 'hold.released'],
  ['a hold that is being paid for ends with the time for paying', [held(paying)], pay(), 'hold-expired', long],
  ['its slot is free then', [held(paying)], place(), 'hold.placed', long],
];

const BOOKINGS: readonly Rule[] = [
  ['the holder books', [held(hold)], confirm(), 'appointment.booked'],
  ['what is due is not booked without', [held(due)], confirm(), 'payment-required'],
  ['what is due is booked by its payment', [held(paying)], confirm(paidBy('payment')), 'appointment.booked'],
  ['the business books what is due without', [held(due)], confirm(paidBy(null)), 'appointment.booked'],
  ['while its customer pays, only that payment books it', [held(paying)], confirm(paidBy(null)), 'payment-required'],
  ['a payment does not bring back a hold whose time is over', [held(paying)], confirm(paidBy('payment')), 'hold-expired', long],
  ['a service that is approved by hand is only requested', [held(hold)], confirm({ approval: 'manual' }), 'appointment.requested'],
  ['nobody else books a hold', [held(hold)], confirm({ proof: user }), 'hold-not-yours'],
  ['a hold is for one service', [held(hold)], confirm({ appointment: newAppointment({ serviceId: id(9) }) }), 'hold-not-found'],
  ['a hold that is due cannot be booked any more', [held(hold)], confirm(), 'hold-expired', long],
  ['a hold can be booked until the last millisecond', [held(hold)], confirm(), 'appointment.booked', instant(long - 1)],
  ['a hold that was booked is gone', [held(hold), booked(appointment, id(10))], confirm(), 'hold-not-found'],
  ['an appointment has an id of its own', [held(hold), booked(appointmentAt(120))], confirm(), 'id-in-use'],
  ['a free slot can be booked directly', [], book(), 'appointment.booked'],
  ['a slot that is held cannot be booked by another', [held(hold)], book(), 'slot-taken'],
  ['an id that is in use is refused before the slot is looked at', [booked(appointment)], book(), 'id-in-use'],
  ['what was cancelled has left the time free', [booked(appointment), { type: 'appointment.cancelled', appointment }], book(), 'appointment.booked'],
  ['what was declined has left the time free', [requested(pending), { type: 'appointment.declined', appointment: pending }], book(), 'appointment.booked'],
  [
    'who did not come keeps the time',
    [booked(appointment), { type: 'appointment.no-show', appointment: { ...appointment, status: 'no-show' } }],
    book({ appointment: newAppointment({ id: id(21) }) }),
    'slot-taken',
  ],
  ['lead time binds', [], book({ slot: slotAt(60, { ...TERMS, leadTimeMinutes: 61 }) }), 'too-soon'],
  [
    'what is waived does not',
    [],
    book({ slot: { ...slotAt(60, { ...TERMS, leadTimeMinutes: 61 }), override: { rules: ['too-soon'], by: USER } } }),
    'appointment.booked',
  ],
];

const CHANGES: readonly Rule[] = [
  ['a booked appointment can be cancelled', [booked(appointment)], cancel(appointment), 'appointment.cancelled'],
  ['a pending one too', [requested(pending)], cancel(pending), 'appointment.cancelled'],
  [
    'until the last moment of its policy',
    [booked({ ...appointment, policy: strict })],
    cancel({ ...appointment, policy: strict }),
    'appointment.cancelled',
    NOW,
  ],
  ['and not later', [booked({ ...appointment, policy: strict })], cancel({ ...appointment, policy: strict }), 'cancel-too-late', later(1)],
  [
    'unless the policy is waived',
    [booked({ ...appointment, policy: strict })],
    cancel({ ...appointment, policy: strict }, true),
    'appointment.cancelled',
    later(1),
  ],
  ['without a policy it can be cancelled until it starts', [booked(appointment)], cancel(appointment), 'cancel-too-late', later(61)],
  ['what is over cannot be cancelled, and that is said before it is too late', [], cancel({ ...appointment, status: 'completed' }), 'wrong-status', later(61)],
  ['an old record decides nothing, not even that it is too late', [booked(appointmentAt(300))], cancel(appointment), 'stale', later(61)],
  ['a pending appointment is approved', [requested(pending)], status('approve', pending), 'appointment.booked'],
  ['only a pending one', [booked(appointment)], status('approve', appointment), 'wrong-status'],
  ['a pending appointment is declined', [requested(pending)], decline(pending), 'appointment.declined'],
  ['a booked one is not', [booked(appointment)], decline(appointment), 'wrong-status'],
  ['who is there is checked in', [booked(appointment)], status('check-in', appointment), 'appointment.checked-in'],
  ['a pending one is not checked in', [requested(pending)], status('check-in', pending), 'wrong-status'],
  ['a record that the calendar has otherwise is stale', [requested(pending)], status('check-in', appointment), 'stale'],
  ['also in another lane', [booked({ ...appointment, lane: 1 })], status('check-in', appointment), 'stale'],
  ['also when it has moved away', [], status('check-in', appointment), 'stale'],
  ['what ended forty days ago is left alone', [], status('complete', appointment), 'wrong-status', instant(NOW + 41 * DAY)],
];

const MOVES: readonly Rule[] = [
  ['an appointment is moved', [booked(appointment)], move(appointment, 120), 'appointment.rescheduled'],
  [
    'to where it is itself in the way',
    [booked(appointmentAt(60, { endsAt: later(120) }))],
    move(appointmentAt(60, { endsAt: later(120) }), 90),
    'appointment.rescheduled',
  ],
  ['not to where another is', [booked(appointment), held(holdAt(120))], move(appointment, 120), 'slot-taken'],
  ['not too late', [booked({ ...appointment, policy: strict })], move({ ...appointment, policy: strict }, 120), 'reschedule-too-late', later(1)],
  [
    'unless that is waived',
    [booked({ ...appointment, policy: strict })],
    move({ ...appointment, policy: strict }, 120, true),
    'appointment.rescheduled',
    later(1),
  ],
  ['not when it is over', [booked(appointment)], move({ ...appointment, status: 'completed' }, 120), 'wrong-status'],
  ['not from an old record', [booked(appointmentAt(90))], move(appointment, 120), 'stale'],
  [
    'that it may not move is said before that the slot is taken',
    [booked({ ...appointment, policy: strict }), held(holdAt(120))],
    move({ ...appointment, policy: strict }, 120),
    'reschedule-too-late',
    later(1),
  ],
  ['it may leave for another calendar', [booked(appointment)], moveOut(appointment), 'nothing'],
  ['it may not leave when it is over', [booked(appointment)], moveOut({ ...appointment, status: 'cancelled' }), 'wrong-status'],
  ['it comes in from another calendar', [], moveIn({ ...appointment, calendarId: id(3) }, 90), 'appointment.rescheduled'],
  ['not to where another is', [held(holdAt(90))], moveIn({ ...appointment, calendarId: id(3) }, 90), 'slot-taken'],
];

const BLOCKS: readonly Rule[] = [
  ['free time can be blocked', [], addBlock(60), 'block.added'],
  ['time that is taken cannot', [booked(appointment)], addBlock(60), 'slot-taken'],
  ['an id in use is refused first', [blocked(blockAt(60))], addBlock(60), 'id-in-use'],
  ['a block is moved over its own old time', [blocked(blockAt(60))], moveBlock(75), 'block.removed block.added'],
  ['not to where something is', [blocked(blockAt(180)), booked(appointment)], moveBlock(45), 'slot-taken'],
  ['and not if it is gone', [booked(appointment)], moveBlock(120), 'not-found'],
  ['a block is taken away', [blocked(blockAt(60))], removeBlock(id(30)), 'block.removed'],
  ['what is no block is not found', [booked(appointment)], removeBlock(appointment.id), 'not-found'],
  ['hours are changed whatever is booked', [booked(appointment)], { type: 'change-hours', change: { type: 'set-weekly', weekly: [] } }, 'hours.changed'],
  ['time off that is unknown is not found', [], { type: 'change-hours', change: { type: 'remove-time-off', timeOffId: id(5) } }, 'not-found'],
];

for (const [title, rules] of Object.entries({
  Holds: HOLDS,
  Bookings: BOOKINGS,
  'Changes of an appointment': CHANGES,
  Moves: MOVES,
  'Blocks and hours': BLOCKS,
})) {
  describe(title, () => {
    for (const [rule, events, command, then, at = NOW] of rules) {
      it(rule, () => assert.equal(word(when(given(...events), command, at)), then));
    }
  });
}

describe('How many dates and times off one calendar has', () => {
  const change = (hours: Partial<CalendarHours>, asked: HoursChange) =>
    word(when({ ...given(), hours: { ...given().hours, ...hours } }, { type: 'change-hours', change: asked }));
  const dates = Array.from({ length: MOST_OVERRIDES }, (_, day) => Temporal.PlainDate.from('2027-01-01').add({ days: day }).toString());
  const overrides = Object.fromEntries(dates.map((date) => [date, []]));
  const timeOff = Array.from({ length: MOST_TIMES_OFF }, (_, number) => ({
    id: id(1_000 + number),
    startsAt: later(number),
    endsAt: later(number + 1),
    reason: null,
  }));
  const one = { id: id(5), startsAt: later(0), endsAt: later(1), reason: null };

  it('no more dates with hours of their own, but those that are there change and go', () => {
    assert.equal(change({ overrides }, { type: 'set-date-override', date: '2047-01-01', windows: [] }), 'limit-reached');
    assert.equal(change({ overrides }, { type: 'set-date-override', date: '2027-01-01', windows: [{ from: '09:00', to: '10:00' }] }), 'hours.changed');
    assert.equal(change({ overrides }, { type: 'set-date-override', date: '2027-01-01', windows: null }), 'hours.changed');
  });

  it('no more times off, but those that are there go', () => {
    assert.equal(change({ timeOff }, { type: 'add-time-off', timeOff: one }), 'limit-reached');
    assert.equal(change({ timeOff }, { type: 'remove-time-off', timeOffId: id(1_000) }), 'hours.changed');
    assert.equal(change({ timeOff: timeOff.slice(1) }, { type: 'add-time-off', timeOff: one }), 'hours.changed');
  });
});

describe('What is said with a decision', () => {
  it('a refusal for a held slot says until when', () => {
    assert.deepEqual(when(given(held(hold)), place()), { refusal: { code: 'slot-taken', conflict: { by: 'hold', until: hold.expiresAt } } });
  });

  it('more time is never less', () => {
    const far = { ...hold, expiresAt: later(600) };
    const decision = when(given(held(far)), renew());
    assert.ok('events' in decision);
    assert.deepEqual(decision.events, [{ type: 'hold.renewed', hold: { ...far, renewalsLeft: 1 } }]);
  });

  it('a booking keeps the place of its hold, whatever has become of the hours', () => {
    const state = given(held({ ...hold, lane: 2, capacity: 4 }), {
      type: 'hours.changed',
      hours: { ...given().hours, weekly: [] },
      was: given().hours,
      change: { type: 'set-weekly', weekly: [] },
    });
    const decision = when(state, confirm());
    assert.ok('events' in decision);
    const [event] = decision.events;
    assert.ok(event?.type === 'appointment.booked');
    assert.deepEqual([event.appointment.startsAt, event.appointment.lane, event.appointment.capacity, event.holdId], [hold.startsAt, 2, 4, id(10)]);
  });
});
