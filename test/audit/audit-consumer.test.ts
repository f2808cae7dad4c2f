import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Appointment, CalendarEvent, HoursChange } from '../../src/actors/calendar/calendar.ts';
import type { LoggedChange } from '../../src/actors/change-log-port.ts';
import type { ChangedBy } from '../../src/actors/scheduler.ts';
import { deedsIn } from '../../src/audit/audit-consumer.ts';
import { AUDIT_ACTIONS } from '../../src/model/audit-actions.ts';
import { appointmentAt, booked, held, holdAt, id, later, NOW } from '../actors/calendar/scene.ts';
import { HOURS } from '../actors/practice.ts';

const BY = { kind: 'user', id: id(7), role: 'front-desk' } as const;
function changeOf(events: readonly CalendarEvent[], { calendarId = id(1), by = BY as ChangedBy | null, entryId = id(90), revision = 1 } = {}): LoggedChange {
  return { xid: '7', position: `${revision}`, calendarId, base: revision - 1, revision, epoch: 1, at: NOW, events, by, requestId: 'r-1', entryId };
}
const deedsOf = (events: readonly CalendarEvent[], by: ChangedBy | null = BY) => deedsIn([changeOf(events, { by })]);
function saidOf(events: readonly CalendarEvent[]): object {
  const [deed, ...more] = deedsOf(events);
  assert.ok(deed);
  const { id: entryId, at, by, requestId, ...said } = deed;
  assert.deepEqual([entryId, at, by, requestId, more], [id(90), NOW, BY, 'r-1', []]);
  return said;
}
const appointment = appointmentAt(60);
const facts = (one: Appointment) => ({
  ...{ status: one.status, startsAt: one.startsAt, endsAt: one.endsAt, staffId: one.staffId, calendarId: one.calendarId },
  ...{ serviceId: one.serviceId, customerId: one.customerId },
});

describe('What the change log says to the audit trail', () => {
  it('is nothing where no user and no key has asked', () => assert.deepEqual(deedsOf([booked(appointment, null)], null), []));

  it('is nothing about holds, and of several facts the last, which answered', () => {
    const hold = holdAt(60);
    for (const type of ['hold.placed', 'hold.renewed', 'hold.released', 'hold.expired'] as const) assert.deepEqual(deedsOf([{ type, hold }]), []);
    assert.equal(deedsOf([{ type: 'hold.expired', hold }, booked(appointment, null)]).length, 1);
    assert.equal(deedsOf([booked(appointment, null), held(hold)]).length, 0);
  });

  it('is one entry of a decision about several calendars, about the first', () => {
    const events = [booked(appointment, null)];
    const both = [changeOf(events, { calendarId: id(2) }), changeOf(events, { calendarId: id(1), revision: 2 })];
    const rest = changeOf([{ type: 'block.added', block: { id: id(40), startsAt: later(60), endsAt: later(90), reason: null } }], {
      entryId: id(91),
      revision: 3,
    });
    assert.deepEqual(
      deedsIn([...both, rest]).map(({ id: entryId, action }) => [entryId, action]),
      [
        [id(90), 'appointment.booked'],
        [id(91), 'block.added'],
      ],
    );
  });

  it('is how the appointment is now and how it was, with nothing of the customer but the id, and no words', () => {
    const told = appointment;
    const cancelled = { ...told, status: 'cancelled' } as const;
    const said = saidOf([{ type: 'appointment.cancelled', appointment: cancelled, was: { status: 'booked' } }]);
    const subject = { subjectKind: 'appointment', subjectId: appointment.id };
    assert.deepEqual(said, { action: 'appointment.cancelled', ...subject, before: facts(told), after: facts(cancelled) });
    assert.deepEqual(saidOf([booked(appointment, null)]), { action: 'appointment.booked', ...subject, before: null, after: facts(appointment) });
  });

  it('says nothing of before where a fact of an earlier version does not', () => {
    assert.deepEqual(saidOf([{ type: 'appointment.cancelled', appointment: { ...appointment, status: 'cancelled' } }]), {
      ...{ action: 'appointment.cancelled', subjectKind: 'appointment', subjectId: appointment.id, before: null },
      after: { ...facts(appointment), status: 'cancelled' },
    });
  });

  it('tells of a move from where, with the rules that were overridden there', () => {
    const { calendarId, staffId, startsAt, endsAt, lane } = appointment;
    const from = { calendarId, staffId, startsAt, endsAt, lane, overriddenRules: ['too-soon'] } as const;
    const moved = { ...appointment, calendarId: id(2), staffId: id(3), startsAt: later(120), endsAt: later(150) };
    assert.deepEqual(saidOf([{ type: 'appointment.rescheduled', appointment: moved, from }]), {
      ...{ action: 'appointment.rescheduled', subjectKind: 'appointment', subjectId: appointment.id },
      before: { ...facts(appointment), overriddenRules: ['too-soon'] },
      after: facts(moved),
    });
  });

  it('names the rules that were overridden', () => {
    const overridden = { ...appointment, override: { rules: ['outside-hours'], by: id(7) } } as const;
    assert.deepEqual(saidOf([booked(overridden, null)]), {
      ...{ action: 'appointment.booked', subjectKind: 'appointment', subjectId: appointment.id, before: null },
      after: { ...facts(overridden), overriddenRules: ['outside-hours'] },
    });
  });

  it('is when a block is, on both sides of its life', () => {
    const block = { id: id(40), startsAt: later(60), endsAt: later(90), reason: 'At the dentist' };
    const when = { calendarId: id(1), startsAt: later(60), endsAt: later(90) };
    const subject = { subjectKind: 'block', subjectId: id(40) };
    assert.deepEqual(saidOf([{ type: 'block.added', block }]), { action: 'block.added', ...subject, before: null, after: when });
    assert.deepEqual(saidOf([{ type: 'block.removed', block }]), { action: 'block.removed', ...subject, before: when, after: null });
  });

  it('is of hours only what the change is about', () => {
    const timeOff = { id: id(50), startsAt: later(60), endsAt: later(90), reason: 'Moving house' };
    const windows = [{ from: '09:00', to: '12:00' }];
    const weekly = [{ day: 'monday', from: '09:00', to: '12:00' }] as const;
    const shown = { timeOff: { id: id(50), startsAt: later(60), endsAt: later(90) } };
    const changes: readonly [HoursChange, typeof HOURS, typeof HOURS, object | null, object | null][] = [
      [{ type: 'set-weekly', weekly }, HOURS, { ...HOURS, weekly }, { weekly: null }, { weekly }],
      [
        { type: 'set-date-override', date: '2027-03-01', windows },
        { ...HOURS, overrides: { '2027-03-02': [] } },
        { ...HOURS, overrides: { '2027-03-02': [], '2027-03-01': windows } },
        { dateOverrides: { '2027-03-01': null } },
        { dateOverrides: { '2027-03-01': windows } },
      ],
      [{ type: 'add-time-off', timeOff }, HOURS, { ...HOURS, timeOff: [timeOff] }, null, shown],
      [{ type: 'remove-time-off', timeOffId: id(50) }, { ...HOURS, timeOff: [timeOff] }, HOURS, shown, null],
      [
        { type: 'set-zone', timeZone: 'Europe/Berlin', ownHours: true },
        HOURS,
        { ...HOURS, timeZone: 'Europe/Berlin', ownHours: true },
        { timeZone: null, ownHours: false },
        { timeZone: 'Europe/Berlin', ownHours: true },
      ],
    ];
    for (const [change, was, hours, before, after] of changes)
      assert.deepEqual(saidOf([{ type: 'hours.changed', was, hours, change }]), {
        action: 'hours.changed',
        subjectKind: 'calendar',
        subjectId: id(1),
        before,
        after,
      });
  });

  it('has an action that the trail knows for every fact of a calendar but those about holds', () => {
    const types = ['requested', 'booked', 'rescheduled', 'cancelled', 'declined', 'checked-in', 'completed', 'no-show', 'reopened'].map(
      (word) => `appointment.${word}`,
    );
    for (const type of [...types, 'block.added', 'block.removed', 'hours.changed'])
      assert.ok(
        AUDIT_ACTIONS.some((action) => action === type),
        type,
      );
  });
});
