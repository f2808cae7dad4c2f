import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { BoardEventReply, BoardSnapshot } from '../../src/protocol/socket.ts';
import { type Board, type BoardChange, type CalendarChanged, emptyBoard, evolveBoard, sinceOf } from '../../web/desk/board.ts';

const ERA = 'era-1';
const AT = '2026-11-24T08:00:00+00:00';
const RANGE = { startsAt: Date.parse('2026-11-24T00:00:00Z'), endsAt: Date.parse('2026-11-25T00:00:00Z') };
const HOURS = { timeZone: 'UTC', windows: [{ startsAt: '2026-11-24T09:00:00Z', endsAt: '2026-11-24T17:00:00Z' }], timeOff: [], external: [] };

const at = (clock: string, date = '2026-11-24') => `${date}T${clock}:00Z`;
const snapshotOf = (revision: number, claims: Extract<BoardSnapshot['calendars'][number], { claims: unknown }>['claims'] = []): BoardSnapshot => ({
  era: ERA,
  timeZone: 'UTC',
  calendars: [{ calendarId: 'ada', staffId: 'staff-ada', revision, hours: HOURS, claims }],
  resources: [],
  columns: [],
  unchanged: [],
});
const changed = (base: number, events: readonly BoardEventReply[], extras: Partial<CalendarChanged> = {}): BoardChange => ({
  type: 'changed',
  change: { era: ERA, calendarId: 'ada', base, revision: base + 1, events: [...events], ...extras },
});
const play = (...changes: readonly BoardChange[]): Board => changes.reduce(evolveBoard, emptyBoard(RANGE));
const given = (revision: number, claims?: Parameters<typeof snapshotOf>[1]): BoardChange => ({ type: 'snapshot', snapshot: snapshotOf(revision, claims) });
const claimsOf = (board: Board) => [...(board.calendars.get('ada')?.claims.values() ?? [])];
const revisionOf = (board: Board) => board.calendars.get('ada')?.revision;

const HELD: BoardEventReply = {
  type: 'hold.placed',
  at: AT,
  holdId: 'h1',
  serviceId: 'cut',
  startsAt: at('10:00'),
  endsAt: at('10:30'),
  lane: 0,
  seats: 1,
  status: 'held',
  expiresAt: at('08:05'),
};
const BOOKED: BoardEventReply = { ...HELD, type: 'appointment.booked', appointmentId: 'a1', calendarId: 'ada', status: 'booked', expiresAt: undefined };

test('a hold appears with the moment it runs out', () => {
  const [claim] = claimsOf(play(given(0), changed(0, [HELD])));
  assert.equal(claim?.kind, 'hold');
  assert.equal(claim?.expiresAt, Date.parse(at('08:05')));
});

test('a booked hold is an appointment, and nothing else is left of it', () => {
  const claims = claimsOf(play(given(0), changed(0, [HELD]), changed(1, [BOOKED])));
  assert.deepEqual(
    claims.map(({ kind, id, status }) => ({ kind, id, status })),
    [{ kind: 'appointment', id: 'a1', status: 'booked' }],
  );
});

for (const type of ['hold.released', 'hold.expired'] as const) {
  test(`${type} frees the time on the board`, () => {
    assert.deepEqual(claimsOf(play(given(0), changed(0, [HELD]), changed(1, [{ type, at: AT, holdId: 'h1' }]))), []);
  });
}

for (const type of ['appointment.cancelled', 'appointment.declined'] as const) {
  test(`${type} takes the appointment from the board`, () => {
    assert.deepEqual(claimsOf(play(given(0), changed(0, [BOOKED]), changed(1, [{ type, at: AT, appointmentId: 'a1' }]))), []);
  });
}

test('a status that changes keeps what the fact does not repeat', () => {
  const customer = { id: 'c1', name: 'Mia Berg', email: 'mia@example.org', phone: null };
  const arrived: BoardEventReply = { type: 'appointment.checked-in', at: AT, appointmentId: 'a1', status: 'checked-in' };
  const [claim] = claimsOf(play(given(0), changed(0, [{ ...BOOKED, customer }]), changed(1, [arrived])));
  assert.equal(claim?.status, 'checked-in');
  assert.equal(claim?.customer?.name, 'Mia Berg');
  assert.equal(claim?.startsAt, Date.parse(at('10:00')));
});

test('an appointment that moves to another day leaves the board', () => {
  const moved: BoardEventReply = { ...BOOKED, type: 'appointment.rescheduled', startsAt: at('10:00', '2026-11-26'), endsAt: at('10:30', '2026-11-26') };
  assert.deepEqual(claimsOf(play(given(0), changed(0, [BOOKED]), changed(1, [moved]))), []);
});

test('an appointment that moves to another calendar leaves this one and appears there', () => {
  const both: BoardSnapshot = {
    ...snapshotOf(0),
    calendars: ['ada', 'bo'].map((calendarId) => ({ calendarId, staffId: calendarId, revision: 0, hours: HOURS, claims: [] })),
  };
  const moved: BoardEventReply = { ...BOOKED, type: 'appointment.rescheduled', calendarId: 'bo', startsAt: at('11:00'), endsAt: at('11:30') };
  const board = play({ type: 'snapshot', snapshot: both }, changed(0, [BOOKED]), changed(1, [moved]), changed(0, [moved], { calendarId: 'bo' }));
  assert.deepEqual(claimsOf(board), []);
  assert.equal(board.calendars.get('bo')?.claims.get('a1')?.startsAt, Date.parse(at('11:00')));
});

test('a block comes with its reason and goes again', () => {
  const added: BoardEventReply = { type: 'block.added', at: AT, blockId: 'b1', startsAt: at('12:00'), endsAt: at('13:00'), reason: 'Stocktaking' };
  const board = play(given(0), changed(0, [added]));
  assert.deepEqual(
    claimsOf(board).map(({ kind, reason }) => ({ kind, reason })),
    [{ kind: 'block', reason: 'Stocktaking' }],
  );
  assert.deepEqual(claimsOf(evolveBoard(board, changed(1, [{ type: 'block.removed', at: AT, blockId: 'b1' }]))), []);
});

test('changed hours replace the hours and nothing else', () => {
  const hours = { ...HOURS, windows: [] };
  const board = play(given(0), changed(0, [BOOKED]), changed(1, [{ type: 'hours.changed', at: AT }], { hours }));
  assert.deepEqual(board.calendars.get('ada')?.hours.windows, []);
  assert.equal(claimsOf(board).length, 1);
});

test('a change that is already in the snapshot changes nothing', () => {
  const board = play(given(5));
  assert.equal(evolveBoard(board, changed(3, [HELD])), board);
});

test('a change that does not build on what is there is not applied: its calendar is behind', () => {
  const board = play(given(5), changed(7, [HELD]));
  assert.deepEqual([...board.behind], ['ada']);
  assert.deepEqual(claimsOf(board), []);
  assert.equal(revisionOf(board), 5);
});

test('a change of another era is not applied', () => {
  assert.deepEqual([...play(given(5), changed(5, [HELD], { era: 'era-2' })).behind], ['ada']);
});

test('a beacon that is ahead puts the calendar behind; one that is met does not', () => {
  const beacon = (revision: number, era = ERA): BoardChange => ({ type: 'beacon', beacon: { era, revisions: { ada: revision } } });
  assert.deepEqual([...play(given(5), beacon(6)).behind], ['ada']);
  assert.deepEqual([...play(given(5), beacon(5)).behind], []);
  assert.deepEqual([...play(given(5), beacon(1, 'era-2')).behind], ['ada']);
});

test('a snapshot heals what was behind', () => {
  const board = play(given(5), changed(7, [HELD]), given(8));
  assert.deepEqual([...board.behind], []);
  assert.equal(revisionOf(board), 8);
});

test('a board that asks again with what it knows gets only what it missed', () => {
  const board = play(given(0), changed(0, [HELD]));
  assert.deepEqual(sinceOf(board), { era: ERA, revisions: { ada: 1 } });
  const missed = { calendarId: 'ada', staffId: 'staff-ada', base: 1, revision: 2, events: [BOOKED] };
  const healed = evolveBoard(board, {
    type: 'snapshot',
    snapshot: { era: ERA, timeZone: 'UTC', calendars: [missed], resources: [], columns: [], unchanged: [] },
  });
  assert.deepEqual(
    claimsOf(healed).map(({ id }) => id),
    ['a1'],
  );
  const same = evolveBoard(healed, {
    type: 'snapshot',
    snapshot: { era: ERA, timeZone: 'UTC', calendars: [], resources: [], columns: [], unchanged: ['ada'] },
  });
  assert.equal(same.calendars.get('ada'), healed.calendars.get('ada'));
});

test('an empty board knows nothing to ask from', () => {
  assert.equal(sinceOf(emptyBoard(RANGE)), undefined);
});

test('a snapshot of a new era forgets everything of the old one', () => {
  const board = play(given(5, []), {
    type: 'snapshot',
    snapshot: { era: 'era-2', timeZone: 'UTC', calendars: [], resources: [], columns: [], unchanged: ['ada'] },
  });
  assert.equal(board.calendars.size, 0);
});

const claimId = fc.integer({ min: 1, max: 5 }).map((number) => `c${number}`);
const span = fc.integer({ min: 0, max: 40 }).map((quarter) => ({
  startsAt: new Date(RANGE.startsAt + quarter * 900_000).toISOString(),
  endsAt: new Date(RANGE.startsAt + (quarter + 2) * 900_000).toISOString(),
}));
const anyEvent: fc.Arbitrary<BoardEventReply> = fc.oneof(
  fc.tuple(claimId, span).map(([holdId, when]): BoardEventReply => ({ type: 'hold.placed', at: AT, holdId, ...when, status: 'held' })),
  claimId.map((holdId): BoardEventReply => ({ type: 'hold.expired', at: AT, holdId })),
  fc
    .tuple(claimId, claimId, span)
    .map(([holdId, appointmentId, when]): BoardEventReply => ({ type: 'appointment.booked', at: AT, holdId, appointmentId, ...when, status: 'booked' })),
  fc
    .tuple(claimId, span)
    .map(([appointmentId, when]): BoardEventReply => ({ type: 'appointment.rescheduled', at: AT, calendarId: 'ada', appointmentId, ...when })),
  claimId.map((appointmentId): BoardEventReply => ({ type: 'appointment.cancelled', at: AT, appointmentId })),
);

test('however messages are lost, doubled or caught up with, a healed board equals one that heard everything', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 30 }), fc.nat(30), fc.nat(30), (events, lostFrom, lostCount) => {
      const all = events.map((event, base) => changed(base, [event]));
      const whole = play(given(0), ...all);
      const isLost = (place: number) => place >= lostFrom && place < lostFrom + lostCount;
      const patchy = play(given(0), ...all.filter((_, place) => !isLost(place)).flatMap((change) => [change, change]));
      const base = revisionOf(patchy) ?? 0;
      const missed = { calendarId: 'ada', staffId: 'staff-ada', base, revision: events.length, events: events.slice(base) };
      const healed = evolveBoard(patchy, {
        type: 'snapshot',
        snapshot: { era: ERA, timeZone: 'UTC', calendars: [missed], resources: [], columns: [], unchanged: [] },
      });
      assert.deepEqual(healed.calendars, whole.calendars);
      assert.equal(healed.behind.size, 0);
    }),
    { numRuns: 300 },
  );
});
