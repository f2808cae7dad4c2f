import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import nodeIcal from 'node-ical';
import { readBusyTimes } from '../../src/calendars-in-and-out/busy-reader.ts';
import { type BusyQuestion, busyTimesIn, MOST_COMPONENTS, MOST_INSTANCES } from '../../src/calendars-in-and-out/busy-times.ts';
import { icsOf } from '../../src/calendars-in-and-out/ics-event.ts';
import { unpackBusy } from '../../src/model/external-busy.ts';
import { instant } from '../../src/model/instant.ts';
import { APPLE, calendarOf, event, GOOGLE, OUTLOOK } from './calendars.ts';

const DAY = 86_400_000;
const question = (text: string, change: Partial<BusyQuestion> = {}): BusyQuestion => ({
  text,
  from: Date.UTC(2027, 0, 1),
  to: Date.UTC(2028, 0, 1),
  timeZone: 'America/New_York',
  ...change,
});
const spansOf = (packed: readonly number[]) => {
  const runs = unpackBusy(packed).map((at) => new Date(at).toISOString().slice(0, 16));
  return runs.flatMap((from, index) => (index % 2 === 0 ? [`${from} ${runs[index + 1]}`] : []));
};
function busy(text: string, change?: Partial<BusyQuestion>): readonly string[] {
  const answer = busyTimesIn(question(text, change));
  assert.ok('busy' in answer, JSON.stringify(answer));
  return spansOf(answer.busy);
}
function failure(text: string, change?: Partial<BusyQuestion>): string {
  const answer = busyTimesIn(question(text, change));
  return 'failure' in answer ? answer.failure : `busy ${answer.busy.length}`;
}

describe('what is busy', () => {
  test('in the shape of Google: recurring over a change of the clocks, one left out, one moved, all day in the zone of the reader', () => {
    assert.deepEqual(busy(GOOGLE), [
      '2027-03-15T08:00 2027-03-15T09:00',
      '2027-03-29T07:00 2027-03-29T08:00',
      '2027-04-01T04:00 2027-04-03T04:00',
      '2027-04-05T12:00 2027-04-05T13:30',
      '2027-04-12T07:00 2027-04-12T08:00',
    ]);
  });

  test('in the shape of Outlook: a zone of Windows as the file describes it, and its own word for free', () => {
    assert.deepEqual(busy(OUTLOOK), [
      '2027-03-26T07:00 2027-03-26T07:30',
      '2027-03-26T14:00 2027-03-26T15:00',
      '2027-03-27T07:00 2027-03-27T07:30',
      '2027-03-28T06:00 2027-03-28T06:30',
      '2027-03-29T06:00 2027-03-29T06:30',
    ]);
  });

  test('in the shape of Apple: a duration over a change of the clocks, a time without a zone, further dates', () => {
    assert.deepEqual(busy(APPLE), [
      '2027-10-30T20:00 2027-10-31T22:00',
      '2027-11-02T13:00 2027-11-02T13:30',
      '2027-11-03T09:00 2027-11-03T09:15',
      '2027-11-05T09:00 2027-11-05T09:15',
      '2027-11-06T09:00 2027-11-06T09:15',
      '2027-11-10T05:00 2027-11-11T05:00',
    ]);
  });

  test('another program finds the same starts of single events', () => {
    for (const [text, uid] of [
      [OUTLOOK, '3'],
      [APPLE, 'A1'],
      [APPLE, 'A3'],
    ] as const) {
      const other = nodeIcal.sync.parseICS(text)[uid];
      assert.ok(other?.type === 'VEVENT');
      assert.ok(
        busy(text).some((span) => span.startsWith(other.start.toISOString().slice(0, 16))),
        uid,
      );
    }
  });

  test('and of recurring ones on both sides of the change of the clocks', () => {
    const weekly = nodeIcal.sync.parseICS(GOOGLE)['weekly@google.com'];
    assert.ok(weekly?.type === 'VEVENT' && weekly.rrule !== undefined);
    const starts = nodeIcal
      .expandRecurringEvent(weekly, { from: new Date(Date.UTC(2027, 2, 1)), to: new Date(Date.UTC(2027, 4, 1)) })
      .map(({ start }) => start.toISOString().slice(0, 16));
    const ours = busy(GOOGLE).filter((span) => !span.startsWith('2027-04-01'));
    assert.deepEqual(
      starts.toSorted(),
      ours.map((span) => span.slice(0, 16)),
    );
  });

  test('a change of this and all that follow', () => {
    const start = event('DTSTART:20270601T080000Z\nDTEND:20270601T090000Z\nRRULE:FREQ=DAILY;COUNT=4');
    const later = event('RECURRENCE-ID;RANGE=THISANDFUTURE:20270603T080000Z\nDTSTART:20270603T100000Z\nDTEND:20270603T103000Z');
    assert.deepEqual(busy(calendarOf(start, later)), [
      '2027-06-01T08:00 2027-06-01T09:00',
      '2027-06-02T08:00 2027-06-02T09:00',
      '2027-06-03T10:00 2027-06-03T10:30',
      '2027-06-04T10:00 2027-06-04T10:30',
    ]);
  });

  test('a list of busy times, without what is free in it', () => {
    const list =
      'BEGIN:VFREEBUSY\nUID:f\nFREEBUSY:20270601T080000Z/PT1H,20270601T120000Z/20270601T123000Z\nFREEBUSY;FBTYPE=FREE:20270602T080000Z/PT1H\nEND:VFREEBUSY';
    assert.deepEqual(busy(calendarOf(list)), ['2027-06-01T08:00 2027-06-01T09:00', '2027-06-01T12:00 2027-06-01T12:30']);
  });

  test('nothing that lies outside the window, has no length, or is an appointment of ours that has come back', () => {
    const own = icsOf({
      name: 'x',
      method: 'publish',
      events: [
        {
          ...{ appointmentId: '0190a0a0-0000-7000-8000-000000000001', startsAt: instant(Date.UTC(2027, 5, 1)), endsAt: instant(Date.UTC(2027, 5, 2)) },
          ...{ status: 'booked', createdAt: instant(0), changedAt: instant(0), summary: 'x', description: null, location: null },
        },
      ],
    });
    assert.deepEqual(busy(own), []);
    const past = event('DTSTART:20260101T080000Z\nDTEND:20260101T090000Z', 'past');
    const point = event('DTSTART:20270601T080000Z', 'point');
    assert.deepEqual(busy(calendarOf(past, point)), []);
    const running = event('DTSTART:20261231T230000Z\nDTEND:20270101T010000Z', 'running');
    assert.deepEqual(busy(calendarOf(running)), ['2027-01-01T00:00 2027-01-01T01:00']);
  });

  test('a recurrence that began long ago, only within the window', () => {
    const daily = event('DTSTART;TZID=Europe/Berlin:20000101T080000\nDTEND;TZID=Europe/Berlin:20000101T081500\nRRULE:FREQ=DAILY');
    const spans = busy(calendarOf(daily), { from: Date.UTC(2027, 2, 27), to: Date.UTC(2027, 2, 30) });
    assert.deepEqual(spans, ['2027-03-27T07:00 2027-03-27T07:15', '2027-03-28T06:00 2027-03-28T06:15', '2027-03-29T06:00 2027-03-29T06:15']);
  });
});

describe('a calendar that is too much', () => {
  const rule = (text: string) => calendarOf(event(`DTSTART:20270101T000000Z\nDTEND:20270101T000001Z\nRRULE:${text}`));

  test('recurs too often, or has too many occurrences', () => {
    for (const text of ['FREQ=SECONDLY', 'FREQ=MINUTELY;INTERVAL=5']) assert.equal(failure(rule(text)), 'too-frequent');
    assert.equal(failure(rule('FREQ=HOURLY')), 'too-many-events');
    const inside = Math.ceil(MOST_INSTANCES / 24);
    assert.equal(failure(rule('FREQ=HOURLY'), { to: Date.UTC(2027, 0, 1) + inside * DAY }), 'too-many-events');
    assert.equal(busy(rule('FREQ=HOURLY'), { to: Date.UTC(2027, 0, 1) + (inside - 1) * DAY }).length, (inside - 1) * 24);
  });

  test('has too many components, whatever they are', () => {
    const alarms = Array.from({ length: MOST_COMPONENTS }, () => 'BEGIN:VALARM\nEND:VALARM').join('\n');
    assert.equal(failure(calendarOf(event(`DTSTART:20270601T080000Z\n${alarms}`))), 'too-many-components');
  });

  test('is none: a page, nothing, half of one, an event without a start, a date that does not exist', () => {
    const half = GOOGLE.slice(0, GOOGLE.length / 2);
    for (const text of [
      '',
      '<!doctype html><title>Log in</title>',
      'BEGIN:VCARD\r\nEND:VCARD\r\n',
      half,
      calendarOf(event('SUMMARY:x')),
      calendarOf(event('DTSTART:2027')),
    ])
      assert.equal(failure(text), 'not-a-calendar', text.slice(0, 40));
  });

  test('names a zone that nobody knows', () => {
    assert.equal(failure(calendarOf(event('DTSTART;TZID=Moon/Tranquility:20270601T080000\nDTEND;TZID=Moon/Tranquility:20270601T090000'))), 'unknown-time-zone');
  });

  test('never ends, or fills the memory: the thread is given up, and the next calendar is read all the same', { timeout: 120_000 }, async () => {
    const never = calendarOf(event('DTSTART:20270101T000000Z\nDTEND:20270101T010000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'));
    const deep = `BEGIN:VCALENDAR\r\n${'BEGIN:X\r\n'.repeat(4_900)}END:VCALENDAR\r\n`;
    const long = calendarOf(event(`DTSTART:20270101T000000Z\nX-A:${'\n '.repeat(300_000)}x`));
    const answers = await Promise.all([readBusyTimes(question(never), 3_000), readBusyTimes(question(deep)), readBusyTimes(question(long))]);
    for (const [number, answer] of answers.entries()) assert.ok('failure' in answer || answer.busy.length === 0, `${number}: ${JSON.stringify(answer)}`);
    const fine = await readBusyTimes(question(GOOGLE));
    assert.ok('busy' in fine && fine.busy.length === 10);
  });
});
