import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Appointment, CalendarEvent } from '../../src/actors/calendar/calendar.ts';
import type { LoggedChange } from '../../src/actors/change-log-port.ts';
import { HOUR, instant } from '../../src/model/instant.ts';
import type { NotifiedPerson } from '../../src/notifications/notification.ts';
import { newsAbout } from '../../src/notifications/notification-consumer.ts';
import { recipientsOf } from '../../src/notifications/recipients.ts';

const person = (userId: string, role: NotifiedPerson['role'], more: Partial<NotifiedPerson> = {}): NotifiedPerson => ({
  ...{ userId, role, staffId: null, locationId: null, choices: {} },
  ...more,
});
const PEOPLE = [
  person('owner', 'owner'),
  person('manager here', 'manager', { locationId: 'here' }),
  person('manager there', 'manager', { locationId: 'there' }),
  person('desk here', 'front-desk', { locationId: 'here' }),
  person('ada', 'staff', { staffId: 'ada' }),
  person('bo', 'staff', { staffId: 'bo' }),
];
const told = (...news: Parameters<typeof recipientsOf>) => recipientsOf(...news).map(({ userId }) => userId);
const OF_ADA = [{ staffId: 'ada', locationId: 'here' }] as const;

describe('who is told', () => {
  test('of an appointment: the staff member booked, those who look after the location, and the owner', () => {
    assert.deepEqual(told({ kind: 'appointment-booked', places: OF_ADA, by: null }, PEOPLE), ['owner', 'manager here', 'desk here', 'ada']);
  });

  test('nobody is told of what they did themselves, or have switched off', () => {
    const people = PEOPLE.map((one) => (one.userId === 'ada' ? { ...one, choices: { inApp: { 'appointment-cancelled': false } } } : one));
    assert.deepEqual(told({ kind: 'appointment-cancelled', places: OF_ADA, by: 'desk here' }, people), ['owner', 'manager here']);
  });

  test('messages that failed are for those who may read messages, webhooks for those who manage them', () => {
    assert.deepEqual(told({ kind: 'message-failed', places: OF_ADA, by: null }, PEOPLE), ['owner', 'manager here', 'desk here']);
    assert.deepEqual(told({ kind: 'webhook-disabled', places: [{ staffId: null, locationId: null }], by: null }, PEOPLE), ['owner']);
  });
});

const AT = instant(1_800_000_000_000);
const APPOINTMENT = {
  ...{ id: 'a', reference: 'K7QM-2FXR', status: 'booked', calendarId: 'c', staffId: 'bo', serviceId: 'v', locationId: 'here', customerId: 'grace' },
  ...{ startsAt: instant(AT + 24 * HOUR), endsAt: instant(AT + 25 * HOUR), timeZone: 'Europe/Berlin', price: { amount: 0, currency: 'EUR' }, createdAt: AT },
} as unknown as Appointment;
const changeWith = (events: readonly CalendarEvent[], given: Partial<LoggedChange> = {}): LoggedChange => ({
  ...{ calendarId: 'c', base: 0, revision: 1, epoch: 0, at: AT, events, xid: '1', position: '1', by: null, requestId: null, entryId: randomUUID() },
  ...given,
});

const newsOf = (...changes: readonly LoggedChange[]) => newsAbout(changes, () => OF_ADA[0]);

describe('what follows from the log', () => {
  test('what an external calendar now overlaps is told to the staff member and those who look after the location', () => {
    const conflicts = [{ appointmentId: 'a', calendarId: 'c', startsAt: APPOINTMENT.startsAt }];
    const changed = { type: 'external.changed', externalCalendarId: 'x', hours: { timeZone: 'Europe/Berlin' }, conflicts } as unknown as CalendarEvent;
    const [news, ...more] = newsOf(changeWith([changed]));
    assert.deepEqual([news?.kind, more], ['external-calendar-conflict', []]);
    assert.deepEqual(news && told(news, PEOPLE), ['owner', 'manager here', 'desk here', 'ada']);
  });

  test('a move between two staff members is told once, to both of them', () => {
    const from = { calendarId: 'd', staffId: 'ada', startsAt: APPOINTMENT.startsAt, endsAt: APPOINTMENT.endsAt };
    const moved = { type: 'appointment.rescheduled', appointment: APPOINTMENT, from } as unknown as CalendarEvent;
    const entryId = randomUUID();
    const news = newsOf(changeWith([moved], { entryId }), changeWith([moved], { entryId, calendarId: 'd' }));
    assert.equal(news.length, 1);
    assert.deepEqual(
      news.flatMap((one) => told(one, PEOPLE)),
      ['owner', 'manager here', 'desk here', 'ada', 'bo'],
    );
    const [elsewhere] = newsAbout([changeWith([moved])], (calendarId) => (calendarId === 'd' ? { staffId: 'ada', locationId: 'there' } : undefined));
    assert.deepEqual(
      elsewhere && told(elsewhere, PEOPLE),
      ['owner', 'manager here', 'manager there', 'desk here', 'ada', 'bo'],
      'and at the location that it leaves',
    );
  });

  test('what was over by then, or is to be kept quiet, is not told, and what is told names nobody', () => {
    const booked = (appointment: Appointment): CalendarEvent => ({ type: 'appointment.booked', appointment, isNew: true, holdId: null });
    assert.deepEqual(newsOf(changeWith([booked({ ...APPOINTMENT, endsAt: AT })])), []);
    assert.deepEqual(newsOf(changeWith([booked(APPOINTMENT)], { by: { kind: 'user', id: 'ada', notify: { staff: false } } })), []);
    const [news] = newsOf(changeWith([booked(APPOINTMENT)], { by: { kind: 'user', id: 'ada' } }));
    assert.equal(news?.by, 'ada');
    assert.deepEqual(Object.keys(news?.about.appointment ?? {}).sort(), ['endsAt', 'id', 'serviceId', 'staffId', 'startsAt', 'timeZone']);
  });
});
