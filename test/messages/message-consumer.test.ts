import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Appointment, CalendarEvent } from '../../src/actors/calendar/calendar.ts';
import type { LoggedChange } from '../../src/actors/change-log-port.ts';
import { emailsForStaff, messagesAbout } from '../../src/messages/message-consumer.ts';
import { HOUR, instant } from '../../src/model/instant.ts';

const AT = instant(1_800_000_000_000);
const APPOINTMENT = {
  ...{ id: randomUUID(), reference: 'K7QM-2FXR', status: 'booked', calendarId: 'c', staffId: 's', serviceId: 'v', locationId: 'l', customerId: randomUUID() },
  ...{
    startsAt: instant(AT + 24 * HOUR),
    endsAt: instant(AT + 25 * HOUR),
    timeZone: 'Europe/Berlin',
    price: { amount: 0, currency: 'EUR' },
    policy: {},
    createdAt: AT,
  },
} as unknown as Appointment;

const changeWith = (events: readonly CalendarEvent[], given: Partial<LoggedChange> = {}): LoggedChange => ({
  ...{ calendarId: 'c', base: 0, revision: 1, epoch: 0, at: AT, events, xid: '1', position: '1', by: null, requestId: null, entryId: randomUUID() },
  ...given,
});
const booked = (appointment: Partial<Appointment> = {}, isNew = true): CalendarEvent => ({
  type: 'appointment.booked',
  appointment: { ...APPOINTMENT, ...appointment },
  isNew,
  holdId: null,
});
const kinds = (...changes: readonly LoggedChange[]) => messagesAbout(changes).map(({ kind }) => kind);

describe('what staff are told by e-mail', () => {
  const told = (...changes: readonly LoggedChange[]) => emailsForStaff(changes).map(({ kind, by, about }) => [kind, about.toStaffId, by]);
  const moved = (from: { readonly staffId?: string; readonly startsAt?: number }) =>
    ({ type: 'appointment.rescheduled', appointment: APPOINTMENT, from: { ...APPOINTMENT, ...from } }) as unknown as CalendarEvent;
  const edited = (...fields: readonly string[]) => ({ type: 'appointment.edited', appointment: APPOINTMENT, edited: { fields } }) as unknown as CalendarEvent;

  test('is one e-mail for a decision, with who did it, to the calendar and to the one it has left', () => {
    const entryId = randomUUID();
    const by = { kind: 'user', id: 'u' } as const;
    const both = [changeWith([booked()], { entryId, by }), changeWith([booked()], { entryId, by, calendarId: 'room' })];
    assert.deepEqual(told(...both), [['staff-booked', 's', 'u']]);
    assert.equal(emailsForStaff(both.slice(1))[0]?.key, emailsForStaff(both)[0]?.key);
    assert.deepEqual(told(changeWith([moved({ staffId: 'other' })])), [
      ['staff-changed', 's', null],
      ['staff-changed', 'other', null],
    ]);
    assert.deepEqual(told(changeWith([moved({ startsAt: AT })])), [['staff-changed', 's', null]]);
  });

  test('is nothing where it is over, was to be quiet, or is about another room or a note', () => {
    const quiet = { kind: 'user', id: 'u', notify: { staff: false } } as const;
    const changes = [
      changeWith([booked({ endsAt: AT })]),
      changeWith([booked()], { by: quiet }),
      changeWith([moved({})]),
      changeWith([edited('notes', 'price')]),
    ];
    assert.deepEqual(told(...changes), []);
    assert.deepEqual(told(changeWith([edited('length')]), changeWith([booked()], { by: { ...quiet, notify: { customer: false } } })), [
      ['staff-changed', 's', null],
      ['staff-booked', 's', 'u'],
    ]);
  });
});

describe('what customers are told', () => {
  test('a decision on several calendars is told once, and again as the same message', () => {
    const entryId = randomUUID();
    const both = [changeWith([booked()], { entryId }), changeWith([booked()], { entryId, calendarId: 'room' })];
    const [message, ...others] = messagesAbout(both);
    assert.deepEqual([message?.kind, others.length], ['appointment-booked', 0]);
    assert.equal(messagesAbout(both.slice(1))[0]?.key, message?.key);
  });

  test('an approval is told as one, a step at the desk not at all', () => {
    const { endsAt: _, ...rest } = APPOINTMENT;
    const checkedIn = { type: 'appointment.checked-in', appointment: { ...rest, endsAt: APPOINTMENT.endsAt } } as CalendarEvent;
    assert.deepEqual(kinds(changeWith([booked({}, false)]), changeWith([checkedIn])), ['appointment-approved']);
  });

  test('nothing is told of what is over, or where it was asked not to be', () => {
    const silent = { kind: 'user', id: 'u', notify: { customer: false } } as const;
    assert.deepEqual(kinds(changeWith([booked({ endsAt: AT })]), changeWith([booked()], { by: silent })), []);
    assert.deepEqual(kinds(changeWith([booked()], { by: { ...silent, notify: { customer: true } } })), ['appointment-booked']);
  });

  test('messages of one batch have ids in the order of the decisions', () => {
    const references = Array.from({ length: 50 }, (_, index) => `K7QM-${index}`);
    const messages = messagesAbout(references.map((reference) => changeWith([booked({ id: randomUUID(), reference } as Partial<Appointment>)])));
    const byId = messages.toSorted((one, other) => (one.id < other.id ? -1 : 1));
    assert.deepEqual(
      byId.map(({ about }) => about.reference),
      references,
    );
  });

  test('a message names nobody', () => {
    const [message] = messagesAbout([changeWith([booked({ sourceGroup: 'abc' })])]);
    assert.deepEqual(Object.keys(message?.about ?? {}).sort(), [
      ...['changedAt', 'createdAt', 'endsAt', 'id', 'locationId', 'price', 'reference', 'serviceId', 'staffId', 'startsAt', 'status', 'timeZone'],
    ]);
  });
});
