// Busy times from calendars elsewhere: they take free time and push nothing aside.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CalendarCommand, CalendarEvent, ExternalChange } from '../../../src/actors/calendar/calendar.ts';
import { MOST_BUSY_STRETCHES } from '../../../src/actors/calendar/decide-external.ts';
import { evolve } from '../../../src/actors/calendar/evolve.ts';
import { externalBusy, packBusy, unpackBusy } from '../../../src/model/external-busy.ts';
import { MINUTE } from '../../../src/model/instant.ts';
import { GUEST, HOURS } from '../practice.ts';
import { appointmentAt, blockAt, booked, given, HOLD_SECONDS, held, holdAt, id, later, newAppointment, STAFF, slotAt, when, word } from './scene.ts';

const ELSEWHERE = id(60);
const appointment = appointmentAt(60);
const change = (asked: ExternalChange): CalendarCommand => ({ type: 'change-external', externalCalendarId: ELSEWHERE, change: asked });

/** Calendars elsewhere are followed: this one, and so many others that were busy long ago. */
function elsewhere(from = 0, to = 0, others = 0): CalendarEvent {
  const idle = Array.from({ length: others }, (_, number) => [id(70 + number), [1, 1]] as const);
  const hours = { ...HOURS, external: { ...Object.fromEntries(idle), [ELSEWHERE]: packBusy([later(from), later(to)]) } };
  return { type: 'external.changed', externalCalendarId: ELSEWHERE, change: 'replace', hours, was: HOURS };
}

const place: CalendarCommand = { type: 'place-hold', holdId: id(11), staffId: STAFF, slot: slotAt(60), holder: GUEST, holdSeconds: HOLD_SECONDS };
const book = (minutes = 60): CalendarCommand => ({ type: 'book', slot: slotAt(minutes), appointment: newAppointment({ id: id(22) }), approval: 'automatic' });
const proof = { tokenFor: id(10), userId: null };
const confirm: CalendarCommand = { type: 'confirm-hold', holdId: id(10), proof, appointment: newAppointment(), approval: 'automatic' };
const move: CalendarCommand = { type: 'reschedule', appointment, slot: slotAt(90), waivePolicy: true };

const RULES: readonly (readonly [rule: string, given: readonly CalendarEvent[], when: CalendarCommand, then: string])[] = [
  ['a calendar elsewhere is followed', [], change({ type: 'add' }), 'external.changed'],
  ['once', [elsewhere()], change({ type: 'add' }), 'id-in-use'],
  ['times of one that is not followed any more come too late', [], change({ type: 'replace', busy: [] }), 'not-found'],
  ['nor is it left twice', [], change({ type: 'remove' }), 'not-found'],
  ['what is busy elsewhere cannot be held', [elsewhere(60, 90)], place, 'slot-taken'],
  ['nor booked', [elsewhere(60, 90)], book(), 'slot-taken'],
  ['nor is an appointment moved there', [booked(appointment), elsewhere(90, 120)], move, 'slot-taken'],
  ['its neighbours are free, as it has no buffer', [elsewhere(30, 60)], book(), 'appointment.booked'],
  ['a hold that was there first is booked', [held(holdAt(60)), elsewhere(60, 90)], confirm, 'appointment.booked'],
  ['an appointment that was there first stays', [booked(appointment), elsewhere()], change({ type: 'replace', busy: [1, 1] }), 'external.changed'],
  ['it may be blocked as well', [elsewhere(60, 90)], { type: 'add-block', block: blockAt(60) }, 'block.added'],
  ['with any rules waived', [elsewhere(60, 90)], waived(), 'slot-taken'],
];

function waived(): CalendarCommand {
  const slot = { ...slotAt(60), override: { rules: ['outside-hours', 'off-grid'], by: id(1) } as const };
  return { type: 'book', slot, appointment: newAppointment(), approval: 'automatic' };
}

describe('Busy times elsewhere', () => {
  for (const [rule, events, command, then] of RULES) it(rule, () => assert.equal(word(when(given(...events), command)), then));

  it('say so when they are in the way, and no more', () => {
    assert.deepEqual(when(given(elsewhere(60, 90)), book()), { refusal: { code: 'slot-taken', conflict: { by: 'external' } } });
  });
});

describe('What busy times elsewhere do to appointments', () => {
  const two = appointmentAt(120, { id: id(21) });
  const take = (state: ReturnType<typeof given>, asked: ExternalChange) => {
    const decision = when(state, change(asked));
    const [event] = 'events' in decision ? decision.events : [];
    assert.ok(event?.type === 'external.changed', word(decision));
    evolve(state, event);
    return event;
  };
  const busy = (...minutes: readonly number[]): ExternalChange => ({ type: 'replace', busy: packBusy(minutes.map(later)) });

  it('those that they overlap are named once, and stay where they are', () => {
    const state = given(booked(appointment), booked(two));
    take(state, { type: 'add' });
    const named = (asked: ExternalChange) => take(state, asked).conflicts?.map(({ appointmentId }) => appointmentId) ?? [];
    assert.deepEqual(named(busy(80, 100)), [appointment.id]);
    assert.deepEqual(named(busy(80, 100, 119, 121)), [two.id]);
    assert.deepEqual(named(busy(90, 120)), []);
    const statuses = [appointment, two].map((each) => state.claims.get(each.id)?.status);
    assert.deepEqual(statuses, ['booked', 'booked']);
  });

  it('all of them are replaced at once, and gone with the calendar', () => {
    const state = given(elsewhere(60, 90));
    take(state, busy(300, 330));
    assert.equal(word(when(state, book(60))), 'appointment.booked');
    assert.equal(word(when(state, book(300))), 'slot-taken');
    assert.deepEqual(take(state, { type: 'remove' }).hours, HOURS);
  });

  it('no more calendars than five, and no more busy times than two thousand together', () => {
    const state = given(elsewhere(0, 0, 5));
    assert.equal(word(when(state, { type: 'change-external', externalCalendarId: id(99), change: { type: 'add' } })), 'limit-reached');
    const many = (stretches: number) => change({ type: 'replace', busy: Array.from({ length: 2 * stretches }, () => 10) });
    assert.equal(word(when(state, many(MOST_BUSY_STRETCHES - 5))), 'external.changed');
    assert.equal(word(when(state, many(MOST_BUSY_STRETCHES - 4))), 'limit-reached');
  });

  it('of a staff member who was removed they are not taken in, and can still be left', () => {
    const state = given(elsewhere(60, 90));
    state.hours = { ...state.hours, retired: true };
    assert.equal(word(when(state, change({ type: 'replace', busy: [] }))), 'not-found');
    assert.equal(word(when(state, change({ type: 'remove' }))), 'external.changed');
  });
});

describe('How busy times are kept', () => {
  it('to the minute, never shorter than they are', () => {
    const runs = [later(0) + 1, later(10) - 1, later(10) + 1, later(11), later(500), later(501)];
    assert.deepEqual(unpackBusy(packBusy(runs)), [later(0), later(10), later(10), later(11), later(500), later(501)]);
  });

  it('of several calendars as one, whatever overlaps', () => {
    const packed = (...minutes: readonly number[]) => packBusy(minutes.map((each) => each * MINUTE));
    const external = { one: packed(0, 10, 20, 30), two: packed(5, 20, 40, 50), three: [] };
    assert.deepEqual(externalBusy({ ...HOURS, external }), [0, 30 * MINUTE, 40 * MINUTE, 50 * MINUTE]);
  });
});
