// A checker that cannot fail says nothing: every promise is broken here at least once, and has to be named.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { check } from '../../chaos/checker/check.ts';
import { INVARIANTS, type Invariant } from '../../chaos/checker/invariants.ts';
import type { Line } from '../../chaos/history/lines.ts';
import { reportOf } from '../../chaos/report/report.ts';
import { timelinePage } from '../../chaos/report/timeline.ts';
import { LOST_HOLD, smallHistory } from './small-history.ts';

/** Read and written freely: what is made here is wrong on purpose. */
type Json = ReturnType<typeof JSON.parse>;
const FEEDS = ['ada', 'bo', 'room'] as const;
type Who = (typeof FEEDS)[number];
type Corrupt = (history: {
  readonly lines: Json[];
  /** The first attempt under a key. */
  readonly attempt: (key: string) => Json;
  /** What changed a calendar, by revision. */
  readonly change: (who: Who, revision: number) => Json;
  readonly feed: (who: Who) => Json;
  readonly line: (name: Line['line'], what?: string) => Json;
}) => void;

function corrupted(corrupt: Corrupt): Line[] {
  const lines: Json[] = JSON.parse(JSON.stringify(smallHistory()));
  const feed = (who: Who) => lines.filter(({ line }) => line === 'feed')[FEEDS.indexOf(who)];
  corrupt({
    lines,
    attempt: (key) => lines.find(({ line, asked }) => line === 'attempt' && asked.key === key),
    change: (who, revision) => feed(who).changes[revision - 1],
    feed,
    line: (name, what) => lines.find((each) => each.line === name && (what === undefined || each.what === what)),
  });
  return lines;
}

function refusal(code: string) {
  return { type: 'problem', problem: { type: '', title: '', status: 409, code, requestId: 'r' } };
}

test('a history in which every promise is kept has no violation', () => {
  const { violations, judged } = check(smallHistory());
  assert.deepEqual(violations, []);
  assert.deepEqual(judged, { changes: 11, refusals: 5, reads: 3, screens: 2 });
});

const BROKEN: readonly (readonly [Invariant, string, Corrupt])[] = [
  [1, 'two appointments at the same time', ({ change }) => Object.assign(change('ada', 6).events[0], { startsAt: '2030-01-07T08:00:00Z' })],
  [
    1,
    'an appointment over another one that was not asked to be there',
    ({ change }) => Object.assign(change('ada', 6).events[0], { startsAt: '2030-01-07T08:00:00Z', overlaps: true }),
  ],
  [1, 'two guests on one seat', ({ change }) => Object.assign(change('ada', 7).events[0], { lane: 0 })],
  [
    1,
    'two claims in one room',
    ({ change }) => change('room', 1).events.push({ ...change('room', 1).events[0], type: 'block.added', appointmentId: undefined, blockId: 'x' }),
  ],
  [2, 'an "ok" at a revision that is something else', ({ attempt }) => Object.assign(attempt('course-1').answer.body, { revision: 5 })],
  [2, 'an "ok" that said another time', ({ attempt }) => Object.assign(attempt('course-1').answer.body, { endsAt: '2030-01-07T10:00:00Z' })],
  [2, 'an "ok" for another time than was asked', ({ attempt }) => Object.assign(attempt('hold').asked.body, { startsAt: '2030-01-07T08:30:00Z' })],
  [2, 'a fact that nobody asked for', ({ lines, attempt }) => lines.splice(lines.indexOf(attempt('block')), 1)],
  [2, 'two answers under one key', ({ lines, attempt }) => lines.push({ ...attempt('course-1'), answer: { type: 'ok', body: { id: 'x', revision: 6 } } })],
  [3, 'a refusal that was done', ({ attempt }) => Object.assign(attempt('block'), { answer: refusal('slot-taken') })],
  [3, 'a "did nothing" that was done', ({ attempt }) => Object.assign(attempt('block'), { answer: refusal('overloaded') })],
  [
    3,
    'an abandoned request that was done',
    ({ change }) => Object.assign(change('bo', 1).events[0], { type: 'hold.placed', holdId: LOST_HOLD, appointmentId: undefined }),
  ],
  [3, 'yes and no under one key', ({ lines, attempt }) => lines.push({ ...attempt('course-1'), answer: refusal('slot-taken') })],
  [
    4,
    'a lost request that was done twice',
    ({ feed, change }) => {
      feed('bo').changes.push({ ...change('bo', 1), revision: 3, at: change('bo', 2).at });
      feed('bo').revision = 3;
    },
  ],
  [5, 'a revision that is missing', ({ feed }) => feed('ada').changes.splice(4, 1)],
  [5, 'an epoch that falls', ({ change }) => Object.assign(change('ada', 3), { epoch: 0 })],
  [5, 'a date that falls', ({ change }) => Object.assign(change('ada', 6), { at: '2030-01-01T00:00:05Z' })],
  [5, 'a feed that is longer than its calendar', ({ feed }) => Object.assign(feed('ada'), { revision: 8 })],
  [5, 'a hold that is renewed and never was', ({ change }) => Object.assign(change('ada', 3).events[0], { type: 'hold.renewed' })],
  [6, 'a later question with an earlier revision', ({ attempt }) => Object.assign(attempt('course-1'), { askedAt: 13_250, answeredAt: 13_260 })],
  [7, 'a time that was free and called taken', ({ attempt }) => Object.assign(attempt('taken').asked.body, { startsAt: '2030-01-07T08:30:00Z' })],
  [7, 'a room that was free and called taken', ({ attempt }) => Object.assign(attempt('room-taken'), { askedAt: 16_600, answeredAt: 16_610 })],
  [7, 'a conflict with a kind of claim that was not there', ({ attempt }) => Object.assign(attempt('taken').answer.problem.conflict, { by: 'block' })],
  [7, 'a hold that lived and was called expired', ({ attempt }) => Object.assign(attempt('too-late'), { askedAt: 2_200, answeredAt: 2_210 })],
  [
    7,
    'a hold that lived and was not found',
    ({ attempt }) => Object.assign(attempt('too-late'), { askedAt: 2_200, answeredAt: 2_210, answer: refusal('hold-not-found') }),
  ],
  [7, 'a status that allowed it', ({ attempt }) => Object.assign(attempt('cancel-again'), { askedAt: 13_220, answeredAt: 13_230 })],
  [
    7,
    'an approval that was not too late',
    ({ attempt }) => Object.assign(attempt('cancel-again'), { asked: { ...attempt('cancel-again').asked, operation: 'approve' }, answer: refusal('too-late') }),
  ],
  [7, 'a cancellation that is too late for an approval', ({ attempt }) => Object.assign(attempt('cancel-again'), { answer: refusal('too-late') })],
  [7, 'a refusal that nothing here gives reason for', ({ attempt }) => Object.assign(attempt('taken'), { answer: refusal('off-grid') })],
  [8, 'a claim that is not read', ({ line }) => line('read', 'calendar').body.claims.pop()],
  [8, 'a claim that is read otherwise', ({ line }) => Object.assign(line('read', 'calendar').body.claims[0], { status: 'pending' })],
  [8, 'a taken start that is offered', ({ line }) => Object.assign(line('read', 'slots').body.slots[0], { startsAt: '2030-01-07T09:00:00Z' })],
  [8, 'a free start that is not offered', ({ line }) => line('read', 'slots').body.slots.pop()],
  [8, 'a change that is told in two ways', ({ line }) => Object.assign(line('read', 'changes').body.changes[0].events[0], { seats: 2 })],
  [8, 'another era', ({ line }) => Object.assign(line('read', 'calendar').body, { era: 'two' })],
  [9, 'a screen that stayed behind', ({ line }) => Object.assign(line('screen', 'board').columns[0], { revision: 8 })],
  [9, 'a claim that is missing on a board', ({ line }) => line('screen', 'board').columns[0].claims.pop()],
  [9, 'a calendar that is missing on a board', ({ line }) => line('screen', 'board').columns.pop()],
  [9, 'a taken start on a screen', ({ line }) => line('screen', 'slots').columns[0].starts.push(Date.parse('2030-01-07T09:30:00Z'))],
  [
    9,
    'a list that does not know what it should by now',
    ({ lines, line }) => {
      const slots = line('screen', 'slots');
      const columns = [{ ...slots.columns[0], revision: 7, starts: [] }, slots.columns[1]];
      lines.push({ ...slots, isFinal: false, columns, least: { [slots.columns[0].calendarId]: 9 } });
    },
  ],
  [9, 'screens that were late', ({ line }) => Object.assign(line('caught-up'), { after: 1_001 })],
  [9, 'screens that never caught up', ({ line }) => Object.assign(line('caught-up'), { after: null, behind: ['board'] })],
  [10, 'a departure without an arrival', ({ change }) => Object.assign(change('bo', 2).events[0], { type: 'hours.changed' })],
  [10, 'an arrival without a departure', ({ change }) => Object.assign(change('ada', 8).events[0], { type: 'hours.changed' })],
  [
    10,
    'a room that knows nothing of what takes it',
    ({ change }) => Object.assign(change('room', 1).events[0], { type: 'hours.changed', resourceId: undefined }),
  ],
  [
    10,
    'a room of which nobody who works there knows',
    ({ change }) => Object.assign(change('bo', 3).events[0], { type: 'hours.changed', resourceId: undefined }),
  ],
  [10, 'a claim that ended in half', ({ feed }) => feed('room').changes.pop()],
  [10, 'halves that say different things', ({ change }) => Object.assign(change('room', 2).events[0], { status: 'declined' })],
  [11, 'a hold that expired too early', ({ change }) => Object.assign(change('ada', 4), { at: '2030-01-01T00:00:11Z' })],
  [11, 'a hold that was promised for longer', ({ attempt }) => Object.assign(attempt('hold-2').answer.body, { expiresAt: '2030-01-01T00:00:20Z' })],
  [
    11,
    'a renewal that takes time away',
    ({ change }) => Object.assign(change('ada', 4), { events: [{ ...change('ada', 4).events[0], type: 'hold.renewed', expiresAt: '2030-01-01T00:00:11Z' }] }),
  ],
  [11, 'a hold that was booked when its time had begun', ({ change }) => Object.assign(change('ada', 2), { at: '2030-01-07T08:00:00Z' })],
  [12, 'a node that does not answer', ({ line }) => Object.assign(line('probe'), { answeredAfter: null })],
  [12, 'a node that answers late', ({ line }) => Object.assign(line('probe'), { answeredAfter: 1_001 })],
  [12, 'a calendar that nobody tried', ({ lines, line }) => lines.splice(lines.indexOf(line('probe')), 1)],
  [12, 'a node that does not come back', ({ line }) => Object.assign(line('fault'), { recoveredAt: null })],
  [13, 'a deed that the trail does not have', ({ line }) => line('trail').entries.pop()],
  [13, 'an entry about what never was', ({ line }) => line('trail').due.pop()],
  [13, 'an entry that is there twice', ({ line }) => line('trail').entries.push(line('trail').entries[0])],
  [14, 'an internal fault', ({ attempt }) => Object.assign(attempt('lost'), { answer: refusal('internal') })],
  [14, 'a process that ended by itself', ({ lines }) => lines.push({ line: 'surprise', at: 5, what: 'node 0 ended by itself with 1' })],
  [15, 'a name that is not the one that was sent', ({ line }) => Object.assign(line('typed').rows[0], { name: 'Adam' })],
  [15, 'an address that is gone', ({ line }) => Object.assign(line('typed').rows[0], { email: null })],
  [15, 'notes that are those of another', ({ attempt }) => Object.assign(attempt('book').asked.body, { notes: 'by the door' })],
  [15, 'a reason that is not there', ({ line }) => Object.assign(line('typed').rows[1], { reason: null })],
  [15, 'a row that is not there', ({ line }) => line('typed').rows.shift()],
  [15, 'something typed for what was never booked', ({ line }) => line('typed').rows.push({ ...line('typed').rows[0], appointmentId: LOST_HOLD })],
];

describe('a broken promise is found', () => {
  for (const [invariant, name, corrupt] of BROKEN) {
    test(`(${invariant}) ${name}`, () => {
      const { violations } = check(corrupted(corrupt));
      const found = violations.map((violation) => violation.invariant);
      assert.ok(found.includes(invariant), `found ${found.join(', ') || 'nothing'}:\n${violations.map(({ what }) => what).join('\n')}`);
    });
  }

  test('every promise is broken at least once', () => {
    assert.deepEqual(Object.keys(INVARIANTS).map(Number), [...new Set(BROKEN.map(([invariant]) => invariant))]);
  });
});

test('a step is refused as too late once its time has passed', () => {
  const isDoubted = (moment: string, operation: string) => {
    const history = corrupted(({ attempt, line }) => {
      const askedAt = Date.parse(moment) - line('run').startedAt;
      // What `lost-and-done` booked begins at 09:00 on the 7th.
      const asked = { operation, key: 'late', appointmentId: attempt('lost-and-done').asked.body.id, body: {} };
      Object.assign(attempt('cancel-again'), { asked, askedAt, answeredAt: askedAt + 10, answer: refusal('too-late') });
    });
    return check(history).violations.some(({ what }) => what.includes('too-late'));
  };
  // The clocks may differ by two seconds.
  assert.deepEqual([isDoubted('2030-01-07T08:59:00Z', 'approve'), isDoubted('2030-01-07T09:00:00Z', 'approve')], [true, false]);
  assert.deepEqual([isDoubted('2030-01-07T23:59:00Z', 'check-in'), isDoubted('2030-01-08T00:00:00Z', 'check-in')], [true, false]);
  assert.equal(isDoubted('2030-01-08T00:00:00Z', 'complete'), true, 'no other step ends with a day');
});

test('the report names the first broken promise, and shows what it is about', () => {
  const verdict = check(corrupted(({ attempt }) => Object.assign(attempt('taken').asked.body, { startsAt: '2030-01-07T08:30:00Z' })));
  const report = reportOf(verdict);
  assert.deepEqual([report.isGood, report.first?.invariant, report.violations], [false, 7, { 7: 1 }]);
  assert.match(report.first?.window.join('\n') ?? '', /taken/);
  assert.match(timelinePage(verdict), /\(7\) every refusal was true/);
});

test('a fault that did not fire is not a good run', () => {
  const report = reportOf(check(corrupted(({ line }) => Object.assign(line('fault'), { fired: 0 }))));
  assert.deepEqual([report.isGood, report.violations, report.unfired.length], [false, {}, 1]);
});
