import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CalendarActor } from '../../src/actors/calendar/actor.ts';
import type { Appointment, CalendarEvent, HoursChange } from '../../src/actors/calendar/calendar.ts';
import { batchOf } from '../../src/actors/journal/batch.ts';
import type { Entry } from '../../src/actors/journal/entry.ts';
import type { Asked } from '../../src/actors/ports.ts';
import type { RequestBy } from '../../src/actors/scheduler.ts';
import { AUDIT_ACTIONS } from '../../src/audit/audit-entry.ts';
import { appointmentAt, booked, held, holdAt, id, later, NOW } from '../actors/calendar/scene.ts';
import { HOURS } from '../actors/practice.ts';

const BY: RequestBy = { kind: 'user', id: id(7), name: 'Mo', role: 'front-desk', address: '10.0.0.1', requestId: 'r-1' };
const request = { caller: 'user:7', key: 'k', fingerprint: 'f' };
const idle = () => assert.fail('a batch asks nothing of its calendars');
const calendar = new CalendarActor(
  { id: id(1), shard: 0, revision: 0, changedAt: NOW, hours: HOURS, claims: [], holds: [], blockReasons: new Map() },
  {
    laneOf: idle,
    isOurs: () => false,
    now: () => NOW,
    after: () => () => undefined,
    newEntryId: idle,
    load: idle,
    changesBetween: idle,
    onChange: idle,
    onReloadFailed: idle,
  },
);

type Deed = { readonly events: readonly CalendarEvent[]; readonly by?: RequestBy; readonly was?: Appointment; readonly answer?: Entry['answer'] };
function entryOf({ events, by, was, answer = { type: 'fact' } }: Deed): Entry {
  const parts = [{ actor: calendar, base: 0, revision: 1, at: NOW, events }];
  return { id: id(90), parts, request: { ...request, ...(by && { by }) }, answer, was, end: () => undefined };
}
const outboxOf = (deed: Deed) => batchOf([entryOf(deed)], () => 1).outbox;
const auditedIn = (deed: Deed) => outboxOf(deed).filter(({ topic }) => topic === 'audit');
function saidOf(events: readonly CalendarEvent[], was?: Appointment): object {
  const [row, ...more] = auditedIn({ events, by: BY, ...(was && { was }) });
  assert.deepEqual([row?.entryId, row?.calendarId, row?.revision, more], [id(90), id(1), 1, []]);
  assert.ok(row);
  const { at, by, ...said } = row.payload as { at: number; by: RequestBy };
  assert.deepEqual([at, by], [NOW, BY]);
  return said;
}
const askedOf = ({ by, requestId }: Asked): Asked => ({ by, requestId });
const appointment = appointmentAt(60);
const facts = (one: Appointment) => ({
  ...{ status: one.status, startsAt: one.startsAt, endsAt: one.endsAt, staffId: one.staffId, calendarId: one.calendarId },
  ...{ serviceId: one.serviceId, customerId: one.customer.id },
});

describe('What a commit says to the audit trail', () => {
  it('is nothing where nobody is named, and then the commit is the same but for who asked', () => {
    const events = [booked(appointment, null)];
    const { outbox, changes, ...named } = batchOf([entryOf({ events, by: BY })], () => 1);
    const { outbox: plain, changes: asIs, ...unnamed } = batchOf([entryOf({ events })], () => 1);
    assert.deepEqual(named, unnamed);
    assert.deepEqual(
      [changes.map(askedOf), asIs.map(askedOf)],
      [[{ by: { kind: BY.kind, id: BY.id }, requestId: BY.requestId }], [{ by: null, requestId: null }]],
    );
    assert.deepEqual(
      plain.map(({ topic }) => topic),
      ['appointment.booked'],
    );
    assert.deepEqual(outbox.slice(0, -1), plain);
  });

  it('is nothing about holds, refusals and what expires along the way', () => {
    const hold = holdAt(60);
    for (const type of ['hold.placed', 'hold.renewed', 'hold.released', 'hold.expired'] as const)
      assert.deepEqual(auditedIn({ events: [{ type, hold }], by: BY }), []);
    assert.deepEqual(auditedIn({ events: [], by: BY, answer: { type: 'refusal', refusal: { code: 'slot-taken' } } }), []);
    assert.deepEqual(auditedIn({ events: [], by: BY, answer: { type: 'none' } }), []);
    assert.equal(auditedIn({ events: [{ type: 'hold.expired', hold }, booked(appointment, null)], by: BY }).length, 1);
    assert.equal(auditedIn({ events: [held(hold)], by: BY }).length, 0);
  });

  it('is how the appointment is now and how it was, with nothing of the customer but the id, and no words', () => {
    const told = { ...appointment, notes: 'allergic to nuts', reason: 'ill', answers: { pet: 'a dog' } };
    const cancelled = { ...told, status: 'cancelled' } as const;
    const said = saidOf([{ type: 'appointment.cancelled', appointment: cancelled }], told);
    const subject = { subjectKind: 'appointment', subjectId: appointment.id };
    assert.deepEqual(said, { action: 'appointment.cancelled', ...subject, before: facts(told), after: facts(cancelled) });
    const { name, email } = appointment.customer;
    for (const word of [name, email, 'nuts', 'ill', 'dog'])
      assert.ok(!JSON.stringify(said).includes(`"${word}"`) && !JSON.stringify(said).includes(`${word}"`), word);
    assert.deepEqual(saidOf([booked(appointment, null)]), { action: 'appointment.booked', ...subject, before: null, after: facts(appointment) });
  });

  it('names the rules that were overridden', () => {
    const overridden = { ...appointment, override: { rules: ['outside-hours'], reason: 'She asked nicely', by: id(7) } } as const;
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
