// A history in which every promise is kept, small enough to be read: two calendars, one day, a little of everything.
import type { Answer, Asked, AttemptLine, Change, Line, ShopFacts } from '../../chaos/history/lines.ts';

const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const ADA = { id: id(1), calendarId: id(11) };
const BO = { id: id(2), calendarId: id(12) };
const ROOM = { id: id(3), calendarId: id(13) };
const HAIRCUT = id(21);
const COURSE = id(22);
const MASSAGE = id(23);
const H1 = id(31);
const H2 = id(32);
const A1 = id(41);
const A2 = id(42);
const A3 = id(43);
const A4 = id(44);
const A5 = id(46);
const B1 = id(51);
export const LOST_HOLD = id(39);
const ERA = 'one';
const STARTED_AT = Date.parse('2030-01-01T00:00:00Z');

const SHOP: ShopFacts = {
  timeZone: 'UTC',
  opensAt: '08:00',
  closesAt: '10:00',
  from: '2030-01-07',
  to: '2030-01-08',
  services: [
    { id: HAIRCUT, minutes: 30, intervalMinutes: 30, capacity: 1, roomIds: [] },
    { id: COURSE, minutes: 60, intervalMinutes: 30, capacity: 3, roomIds: [] },
    { id: MASSAGE, minutes: 30, intervalMinutes: 30, capacity: 1, roomIds: [ROOM.id] },
  ],
  staff: [ADA, BO].map((member) => ({ ...member, serviceIds: [HAIRCUT, COURSE, MASSAGE] })),
  rooms: [ROOM],
};

const time = (text: string) => `2030-01-07T${text}:00+00:00`;
const moment = (seconds: number) => new Date(STARTED_AT + seconds * 1_000).toISOString();
const slot = (from: string, to: string) => ({ startsAt: time(from), endsAt: time(to) });
const withAda = { calendarId: ADA.calendarId, staffId: ADA.id };
const withBo = { calendarId: BO.calendarId, staffId: BO.id };
const one = { lane: 0, seats: 1 };
const haircut = { serviceId: HAIRCUT, ...one };
const course = { serviceId: COURSE, seats: 1 };
const held = { status: 'held' as const, ...haircut, ...withAda };
const booked = { type: 'appointment.booked' as const, status: 'booked' as const };
const move = {
  type: 'appointment.rescheduled' as const,
  appointmentId: A1,
  status: 'booked' as const,
  ...haircut,
  ...withBo,
  ...slot('08:00', '08:30'),
  from: { ...withAda, ...slot('08:00', '08:30'), lane: 0 },
};

const ofAda: Change['events'][] = [
  [{ type: 'hold.placed', holdId: H1, ...held, ...slot('08:00', '08:30'), expiresAt: moment(11) }],
  [{ ...booked, appointmentId: A1, holdId: H1, ...haircut, ...withAda, ...slot('08:00', '08:30') }],
  [{ type: 'hold.placed', holdId: H2, ...held, ...slot('09:00', '09:30'), expiresAt: moment(12) }],
  [{ type: 'hold.expired', holdId: H2, ...held, ...slot('09:00', '09:30'), expiresAt: moment(12) }],
  [{ type: 'block.added', blockId: B1, ...slot('09:30', '10:00'), lane: 0, reason: 'break' }],
  [{ ...booked, appointmentId: A2, ...course, lane: 0, ...withAda, ...slot('08:30', '09:30') }],
  [{ ...booked, appointmentId: A3, ...course, lane: 1, ...withAda, ...slot('08:30', '09:30') }],
  [move],
  [{ type: 'appointment.cancelled', appointmentId: A3, ...course, lane: 1, ...withAda, ...slot('08:30', '09:30'), status: 'cancelled' }],
];
const massage = { appointmentId: A5, serviceId: MASSAGE, ...one, ...withBo, resourceId: ROOM.id, ...slot('08:30', '09:00') };
const inRoom: Change['events'][] = [[{ ...booked, ...massage }], [{ type: 'appointment.cancelled', ...massage, status: 'cancelled' }]];
const ofBo: Change['events'][] = [[{ ...booked, appointmentId: A4, ...haircut, ...withBo, ...slot('09:00', '09:30') }], [move], ...inRoom];
const changes = (all: readonly Change['events'][], seconds: readonly number[]) =>
  all.map((events, index) => ({ revision: index + 1, epoch: 1, at: moment(seconds[index] ?? 0), events }));
const CHANGES = {
  ada: changes(ofAda, [1, 1.1, 2, 12, 13, 13.1, 13.2, 13.3, 14]),
  bo: changes(ofBo, [13.05, 13.3, 16, 16.5]),
  room: changes(inRoom, [16, 16.5]),
};

const ok = (body: object): Answer => ({ type: 'ok', body });
const no = (code: 'slot-taken' | 'hold-expired' | 'wrong-status', more: object = {}): Answer => ({
  type: 'problem',
  problem: { type: `/problems/${code}`, title: '', status: 409, code, requestId: 'r', ...more },
});
const LOST: Answer = { type: 'lost', why: 'ECONNRESET' };

function attempt(askedAt: number, asked: Asked, answer: Answer, answeredAt = askedAt + 10): AttemptLine {
  return { line: 'attempt', person: 'somebody', transport: 'rest', as: 'guest', node: 0, askedAt, answeredAt, asked, answer };
}

const DEEDS = ['appointment.booked', 'appointment.cancelled'].map((action, index) => ({ entryId: `e${index}`, action, subjectId: A1 }));

const EVE = { name: 'Eve', email: 'eve@example.org' };
const NOTHING = { name: null, email: null, notes: null, reason: null };
const TYPED = [
  { appointmentId: A1, ...EVE, notes: 'by the window', reason: null },
  { appointmentId: A3, ...NOTHING, reason: 'ill' },
];

function attempts(): AttemptLine[] {
  const wish = (from: string, staffId: string, serviceId = HAIRCUT) => ({ serviceId, startsAt: time(from), staffId });
  return [
    attempt(
      1_000,
      { operation: 'place-hold', key: 'hold', body: { id: H1, ...wish('08:00', ADA.id) } },
      ok({ id: H1, ...withAda, revision: 1, expiresAt: moment(11) }),
    ),
    attempt(
      1_100,
      { operation: 'book', key: 'book', holdToken: 't', body: { id: A1, holdId: H1, customer: EVE, notes: 'by the window' } },
      ok({ id: A1, ...withAda, revision: 2, status: 'booked' }),
    ),
    attempt(
      2_000,
      { operation: 'place-hold', key: 'hold-2', body: { id: H2, ...wish('09:00', ADA.id) } },
      ok({ id: H2, ...withAda, revision: 3, expiresAt: moment(12) }),
    ),
    attempt(2_100, { operation: 'book', key: 'taken', body: { id: id(99), ...wish('08:00', ADA.id) } }, no('slot-taken', { conflict: { by: 'appointment' } })),
    attempt(12_500, { operation: 'book', key: 'too-late', holdToken: 't', body: { id: id(98), holdId: H2 } }, no('hold-expired')),
    attempt(
      13_000,
      { operation: 'add-block', key: 'block', staffId: ADA.id, body: { id: B1, ...slot('09:30', '10:00') } },
      ok({ id: B1, ...withAda, revision: 5 }),
    ),
    attempt(13_050, { operation: 'book', key: 'lost-and-done', body: { id: A4, ...wish('09:00', BO.id) } }, LOST),
    attempt(13_060, { operation: 'book', key: 'lost', body: { id: id(45), ...wish('09:30', BO.id) } }, LOST),
    attempt(13_070, { operation: 'place-hold', key: 'given-up', body: { id: LOST_HOLD, ...wish('09:30', BO.id) } }, LOST),
    attempt(13_500, { operation: 'abandon', key: 'given-up', body: {} }, ok({ outcome: 'abandoned' })),
    attempt(
      13_100,
      { operation: 'book', key: 'course-1', body: { id: A2, ...wish('08:30', ADA.id, COURSE) } },
      ok({ id: A2, ...withAda, revision: 6, ...slot('08:30', '09:30') }),
    ),
    attempt(13_200, { operation: 'book', key: 'course-2', body: { id: A3, ...wish('08:30', ADA.id, COURSE) } }, ok({ id: A3, ...withAda, revision: 7 })),
    attempt(
      13_300,
      { operation: 'reschedule', key: 'move', appointmentId: A1, body: { startsAt: time('08:00'), staffId: BO.id } },
      ok({ id: A1, ...withBo, revision: 2 }),
    ),
    attempt(
      14_000,
      { operation: 'cancel', key: 'cancel', appointmentId: A3, body: { reason: 'ill' } },
      ok({ id: A3, ...withAda, revision: 9, status: 'cancelled' }),
    ),
    attempt(16_000, { operation: 'book', key: 'with-room', body: { id: A5, ...wish('08:30', BO.id, MASSAGE) } }, ok({ id: A5, ...withBo, revision: 3 })),
    attempt(16_100, { operation: 'book', key: 'room-taken', body: { id: id(97), ...wish('08:30', BO.id, MASSAGE) } }, no('slot-taken')),
    attempt(16_500, { operation: 'cancel', key: 'cancel-room', appointmentId: A5, body: {} }, ok({ id: A5, ...withBo, revision: 4, status: 'cancelled' })),
    attempt(14_100, { operation: 'cancel', key: 'cancel-again', appointmentId: A3, body: {} }, no('wrong-status')),
  ];
}

const claimOf = { a1: { kind: 'appointment' as const, id: A1, ...slot('08:00', '08:30'), ...haircut, status: 'booked' as const } };
const CLAIMS = {
  a1: claimOf.a1,
  a2: { kind: 'appointment' as const, id: A2, ...slot('08:30', '09:30'), ...course, lane: 0, status: 'booked' as const },
  a3: { kind: 'appointment' as const, id: A3, ...slot('08:30', '09:30'), ...course, lane: 1, status: 'booked' as const },
  a4: { kind: 'appointment' as const, id: A4, ...slot('09:00', '09:30'), ...haircut, status: 'booked' as const },
  b1: { kind: 'block' as const, id: B1, ...slot('09:30', '10:00'), ...one, serviceId: null, status: null },
};
const FREE = { ada: ['08:00'], bo: ['08:30', '09:30'] };

function shown(): Line[] {
  const read = (
    what: 'calendar',
    askedAt: number,
    body: { calendarId: string; staffId: string; revision: number; claims: (typeof CLAIMS)[keyof typeof CLAIMS][] },
  ): Line => ({
    line: 'read',
    what,
    node: 0,
    askedAt,
    answeredAt: askedAt + 10,
    body: { era: ERA, timeZone: 'UTC', at: moment(askedAt / 1_000), ...body },
  });
  const { ada, bo, room } = CHANGES;
  const question = { serviceId: HAIRCUT, from: SHOP.from, to: SHOP.to };
  const free = (starts: readonly string[], staffId: string) => starts.map((from) => ({ startsAt: time(from), endsAt: time(from), staffId, remaining: 1 }));
  const screen = { line: 'screen', at: 20_000, era: ERA, isFinal: true } as const;
  const column = { ada: { calendarId: ADA.calendarId, revision: 9 }, bo: { calendarId: BO.calendarId, revision: 4 } };
  const starts = (texts: readonly string[]) => texts.map((text) => Date.parse(time(text)));
  return [
    {
      line: 'read',
      what: 'changes',
      node: 0,
      askedAt: 1_500,
      answeredAt: 1_510,
      after: 0,
      body: { era: ERA, calendarId: ADA.calendarId, revision: 2, changes: ada.slice(0, 2), nextAfter: 2 },
    },
    read('calendar', 13_250, { ...withAda, revision: 7, claims: [CLAIMS.a1, CLAIMS.b1, CLAIMS.a2, CLAIMS.a3] }),
    {
      line: 'read',
      what: 'slots',
      node: 0,
      askedAt: 15_000,
      answeredAt: 15_010,
      question,
      body: {
        timeZone: 'UTC',
        slots: [...free(FREE.ada, ADA.id), ...free(FREE.bo, BO.id)],
        calendars: [
          { ...withAda, revision: 9, era: ERA },
          { ...withBo, revision: 2, era: ERA },
        ],
      },
    },
    {
      ...screen,
      what: 'board',
      screen: 'board',
      from: SHOP.from,
      to: SHOP.to,
      columns: [
        { ...column.ada, claims: [CLAIMS.a2, CLAIMS.b1] },
        { ...column.bo, claims: [CLAIMS.a4, CLAIMS.a1] },
        { calendarId: ROOM.calendarId, revision: 2, claims: [] },
      ],
    },
    {
      ...screen,
      what: 'slots',
      screen: 'slots',
      question,
      columns: [
        { ...column.ada, starts: starts(FREE.ada) },
        { ...column.bo, starts: starts(FREE.bo) },
      ],
    },
    { line: 'feed', calendarId: ADA.calendarId, era: ERA, revision: 9, changes: ada },
    { line: 'feed', calendarId: BO.calendarId, era: ERA, revision: 4, changes: bo },
    { line: 'feed', calendarId: ROOM.calendarId, era: ERA, revision: 2, changes: room },
  ];
}

export function smallHistory(): Line[] {
  return [
    { line: 'run', seed: 1, nodes: 1, startedAt: STARTED_AT, shop: SHOP, bounds: { probeMilliseconds: 1_000, screensMilliseconds: 1_000 } },
    ...attempts(),
    { line: 'fault', id: 1, kind: 'node-killed', node: 0, beganAt: 13_045, endedAt: 13_090, recoveredAt: 13_095, fired: 1, proof: 'process 1 was killed' },
    { line: 'probe', node: 0, calendarId: ADA.calendarId, answeredAfter: 12 },
    { line: 'probe', node: 0, calendarId: BO.calendarId, answeredAfter: 15 },
    { line: 'caught-up', after: 200, behind: [] },
    ...shown(),
    { line: 'trail', due: DEEDS, entries: [...DEEDS] },
    { line: 'typed', rows: TYPED },
  ];
}
