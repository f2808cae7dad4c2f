import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import ICAL from 'ical.js';
import nodeIcal from 'node-ical';
import { type IcsEvent, icsOf, isOwnUid, sequenceOf, uidOf } from '../../src/calendars-in-and-out/ics-event.ts';
import { instant, parseInstant } from '../../src/model/instant.ts';

const at = (text: string) => parseInstant(text) ?? assert.fail(text);
const ID = '0190a0a0-0000-7000-8000-000000000001';
const EVENT: IcsEvent = {
  appointmentId: ID,
  startsAt: at('2026-03-29T02:30:00+01:00'),
  endsAt: at('2026-03-29T04:00:00+02:00'),
  status: 'booked',
  createdAt: at('2026-01-10T10:00:00Z'),
  changedAt: at('2026-01-10T10:00:00Z'),
  summary: 'Haircut',
  description: 'Robin Vale',
  location: 'Old Town',
};

const written = (event: Partial<IcsEvent>, more: Partial<Parameters<typeof icsOf>[0]> = {}) =>
  icsOf({ name: 'Salt & Pine', method: 'publish', events: [{ ...EVENT, ...event }], ...more });
const parsed = (text: string) => new ICAL.Component(ICAL.parse(text));
const vevent = (text: string) => parsed(text).getFirstSubcomponent('vevent') ?? assert.fail('there is no event');

describe('an appointment as an entry of a calendar', () => {
  test('is read by two other programs as the same instants, across both changes of the clocks', () => {
    const times = [
      ['2026-03-29T00:30:00Z', '2026-03-29T02:00:00Z'],
      ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'],
      ['2026-10-25T01:30:00Z', '2026-10-25T02:30:00Z'],
      ['2028-02-29T23:45:00Z', '2028-03-01T00:15:00Z'],
    ] as const;
    for (const [from, to] of times) {
      const text = written({ startsAt: at(from), endsAt: at(to) });
      const one = new ICAL.Event(vevent(text));
      assert.deepEqual([one.startDate.toUnixTime() * 1_000, one.endDate.toUnixTime() * 1_000], [at(from), at(to)]);
      const other = nodeIcal.sync.parseICS(text)[uidOf(ID)];
      assert.ok(other?.type === 'VEVENT');
      assert.deepEqual([other.start.getTime(), other.end?.getTime()], [at(from), at(to)]);
    }
  });

  test('keeps its UID, and its SEQUENCE rises with every change', () => {
    const booked = vevent(written({}));
    const moved = vevent(written({ startsAt: at('2026-03-30T08:00:00Z'), endsAt: at('2026-03-30T09:00:00Z'), changedAt: at('2026-01-10T10:00:00.250Z') }));
    const cancelled = vevent(written({ status: 'cancelled', changedAt: at('2026-02-01T10:00:00Z') }, { method: 'cancel' }));
    for (const each of [booked, moved, cancelled]) assert.equal(each.getFirstPropertyValue('uid'), uidOf(ID));
    const sequences = [booked, moved, cancelled].map((each) => Number(each.getFirstPropertyValue('sequence')));
    assert.deepEqual(
      sequences,
      [...sequences].sort((one, other) => one - other),
    );
    assert.equal(new Set(sequences).size, 3);
    assert.equal(cancelled.getFirstPropertyValue('status'), 'CANCELLED');
  });

  test('has a SEQUENCE that fits into 31 bits, whenever it is changed', () => {
    assert.equal(sequenceOf({ createdAt: instant(0), changedAt: instant(8.64e15) }), 2 ** 31 - 1);
    assert.equal(sequenceOf({ createdAt: instant(1_000), changedAt: instant(0) }), 0);
  });

  test('is tentative while it is not approved', () => assert.equal(vevent(written({ status: 'pending' })).getFirstPropertyValue('status'), 'TENTATIVE'));

  test('no text makes a property of its own, or breaks a line', () => {
    const hostile = 'x\r\nATTENDEE:mailto:a@b.test\rEND:VEVENT\nBEGIN:VALARM\u2028\u0000\u0007;,\\"😀'.repeat(3);
    const organizer = { name: hostile, email: 'desk@example.org' };
    const text = written({ summary: hostile, description: hostile, location: hostile }, { name: hostile, method: 'request', organizer });
    const calendar = parsed(text);
    assert.equal(calendar.getAllSubcomponents('vevent').length, 1);
    assert.equal(calendar.getAllSubcomponents().length, 1);
    assert.equal(vevent(text).getAllProperties('attendee').length, 0);
    assert.equal(vevent(text).getAllSubcomponents().length, 0);
    assert.doesNotMatch(text, /^ATTENDEE/m);
    assert.doesNotMatch(text.replaceAll('\r\n', ''), /[\p{Cc}\u2028]/u);
    for (const line of text.split('\r\n')) assert.doesNotMatch(line, /[\r\n]/);
    assert.equal(Object.values(nodeIcal.sync.parseICS(text)).filter((part) => part?.type === 'VEVENT').length, 1);
  });

  test('the same events make the same text, and a feed says how often it changes', () => {
    assert.equal(written({}, { refreshHours: 1 }), written({}, { refreshHours: 1 }));
    assert.match(written({}, { refreshHours: 1 }), /REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n/);
    assert.match(written({}), /METHOD:PUBLISH\r\n/);
  });

  test('one that comes back is known as one of ours', () => {
    assert.ok(isOwnUid(uidOf(ID)));
    for (const uid of ['', ID, `${ID}@elsewhere`, `x${uidOf(ID)}`, `${uidOf(ID)}\nx`]) assert.ok(!isOwnUid(uid), uid);
  });
});
