// One customer has two appointments at the same time only where the caller says so. Each test has a day and a customer of its own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { HoldReply } from '../../../src/protocol/holds.ts';
import type { Problem } from '../../../src/protocol/problems.ts';
import type { Asking } from '../../support/test-server.ts';
import { berlinTime } from '../business.ts';
import { type Cast, type CastMember, openCast } from '../cast.ts';
import { isProblem } from '../is-problem.ts';
import { newKey } from '../socket/small-shop.ts';
import { TestScreen } from '../socket/test-screen.ts';

let cast: Cast;
before(async () => {
  cast = await openCast({ TRUSTED_PROXIES: '1' });
});
after(() => cast?.[Symbol.asyncDispose]());

/** Who asks, from where, and what for: the rest of the booking is Ada's haircut at ten. */
type How = {
  readonly as?: CastMember;
  readonly from?: string;
  readonly email?: string;
  readonly headers?: Asking['headers'];
  readonly query?: string;
  readonly more?: object;
};
const HOME = '198.51.100.1';
const ELSEWHERE = '203.0.113.9';

let day = 2;
/** Another one in each test, nobody's account. */
let visitor = '';
function newDay(): void {
  day += 1;
  visitor = `visitor-${day}@example.org`;
}

const asking = ({ as, from = HOME, headers }: How, body: object): Asking => ({
  body,
  headers: { 'x-forwarded-for': from, ...headers },
  ...(as !== undefined && { token: cast.tokenOf[as] }),
});
const slot = (staff: 'ada' | 'bo' | 'cy', time: string, service: 'haircut' | 'yoga' | 'colour' = 'haircut') => ({
  serviceId: cast[service].id,
  staffId: cast[staff].id,
  startsAt: berlinTime(day, time),
});
const ada = () => slot('ada', '10:00');
const bo = () => slot('bo', '10:00');
const book = (place: object, how: How = {}) =>
  cast.ask<AppointmentReply & Pick<Problem, 'conflict'>>(
    'POST',
    `/v1/appointments${how.query ?? ''}`,
    asking(how, { ...place, customer: { name: 'V.', email: how.email ?? visitor }, ...how.more }),
  );
const act = (id: string, action: string, body: object, how: How = {}) =>
  cast.ask<AppointmentReply & Pick<Problem, 'conflict'>>('POST', `/v1/appointments/${id}/${action}`, asking(how, body));
async function booked(place: object, how: How = {}): Promise<AppointmentReply> {
  const answer = await book(place, how);
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}
const manageToken = ({ manageToken: token = '' }: AppointmentReply) => ({ headers: { 'manage-token': token } });
function isBusy(answer: Awaited<ReturnType<typeof book>>, other: AppointmentReply | null): void {
  isProblem(answer, 'customer-busy');
  const told = other && { by: 'appointment', startsAt: other.startsAt, endsAt: other.endsAt, appointmentId: other.id };
  assert.deepEqual(answer.body.conflict ?? null, told);
  if (other === null) assert.doesNotMatch(answer.text, /\d{4}-\d{2}-\d{2}T/);
}

describe('who works for the business', () => {
  const EVERYBODY = ['owner@example.org', 'manager@example.org', 'desk@example.org', 'ada@example.org', 'a program for everything'] as const;
  for (const as of EVERYBODY) {
    test(`${as} is told which appointment is in the way, and books all the same when they say so`, async () => {
      newDay();
      const other = await booked(ada(), { from: ELSEWHERE });
      isBusy(await book(bo(), { as }), other);
      const both = await booked(bo(), { as, more: { allowOverlap: true } });
      assert.equal(both.customer?.id ?? other.customer?.id, other.customer?.id);
    });
  }

  test('at another location hears that the customer is busy, and nothing of what is in the way', async () => {
    newDay();
    await booked(slot('ada', '16:00'));
    isBusy(await book(slot('cy', '16:00'), { as: 'desk.newyork@example.org' }), null);
  });

  test('by a hold', async () => {
    newDay();
    const other = await booked(ada());
    const as = 'desk@example.org';
    const held = await cast.ask<HoldReply>('POST', '/v1/holds', asking({ as }, bo()));
    assert.equal(held.status, 201, held.text);
    const how = { as, headers: { 'hold-token': held.body.token ?? '' } } as const;
    isBusy(await book({ holdId: held.body.id }, how), other);
    await booked({ holdId: held.body.id }, { ...how, more: { allowOverlap: true } });
  });

  test('by messages, a booking and a move', async () => {
    newDay();
    const screen = await TestScreen.open(cast.url, cast.tokenOf['desk@example.org']);
    try {
      const customer = { name: 'V.', email: visitor };
      const other = await booked(ada());
      const refused = await screen.ask('book', { key: newKey(), ...bo(), customer });
      assert.equal(refused.problem?.code, 'customer-busy');
      assert.equal((refused.problem?.conflict as { appointmentId?: string })?.appointmentId, other.id);
      const later = await screen.ask('book', { key: newKey(), ...slot('bo', '11:00'), customer });
      assert.equal(later.ok, true, JSON.stringify(later));
      const move = { appointmentId: later.id, startsAt: berlinTime(day, '10:00') };
      assert.equal((await screen.ask('reschedule', { key: newKey(), ...move })).problem?.code, 'customer-busy');
      const moved = await screen.ask('reschedule', { key: newKey(), ...move, allowOverlap: true });
      assert.equal(moved.ok, true, JSON.stringify(moved));
    } finally {
      screen.close();
    }
  });
});

describe('what overlaps', () => {
  const as = 'desk@example.org';
  test('is not what ends when the other starts, whatever the calendar', async () => {
    newDay();
    await booked(ada(), { as });
    await booked(slot('bo', '10:30'), { as });
    await booked(slot('bo', '09:30'), { as });
  });

  test('is what begins before the other is over, also of another length', async () => {
    newDay();
    const other = await booked(slot('bo', '10:00', 'yoga'), { as });
    isBusy(await book(slot('ada', '10:30'), { as }), other);
    isBusy(await book(slot('ada', '09:30', 'colour'), { as }), other);
  });

  test('is one more place in the same class, but not two places that are booked together', async () => {
    newDay();
    const other = await booked(slot('bo', '10:00', 'yoga'), { as, more: { seats: 2 } });
    isBusy(await book(slot('bo', '10:00', 'yoga'), { as }), other);
    await booked(slot('bo', '10:00', 'yoga'), { as, more: { allowOverlap: true } });
  });

  test('is what waits for an answer or is being served, and nothing that was cancelled, declined or completed', async () => {
    newDay();
    const colour = await booked(slot('ada', '10:00', 'colour'), { as });
    assert.equal(colour.status, 'pending');
    isBusy(await book(bo(), { as }), colour);
    await act(colour.id, 'decline', {}, { as });
    const cut = await booked(bo(), { as });
    isBusy(await book(ada(), { as }), cut);
    await act(cut.id, 'cancel', {}, { as });
    await booked(ada(), { as });
  });

  test('is not the appointment that is moved', async () => {
    newDay();
    const moved = await booked(slot('bo', '10:00', 'yoga'), { as });
    const later = await act(moved.id, 'reschedule', { startsAt: berlinTime(day, '10:30') }, { as });
    assert.equal(later.status, 200, later.text);
  });
});

describe('a move', () => {
  test('of the desk is refused and allowed like a booking', async () => {
    newDay();
    const as = 'desk@example.org';
    const other = await booked(ada());
    const { id } = await booked(slot('bo', '12:00'));
    const startsAt = berlinTime(day, '10:00');
    isBusy(await act(id, 'reschedule', { startsAt }, { as }), other);
    const moved = await act(id, 'reschedule', { startsAt, allowOverlap: true }, { as });
    assert.equal(moved.status, 200, moved.text);
  });

  test('of the customer who is logged in is compared with all that is theirs', async () => {
    newDay();
    const clara = { as: 'clara@example.org', email: 'clara@example.org' } as const;
    const other = await booked(ada(), { email: 'clara@example.org', from: ELSEWHERE });
    const { id } = await booked(slot('bo', '12:00'), clara);
    isBusy(await act(id, 'reschedule', { startsAt: berlinTime(day, '10:00') }, clara), other);
  });

  test('by a manage token tells a guest nothing of the owner of the address', async () => {
    newDay();
    await booked(ada(), { as: 'desk@example.org' });
    const typed = await booked(slot('bo', '12:00'), { from: ELSEWHERE });
    const moved = await act(typed.id, 'reschedule', { startsAt: berlinTime(day, '10:00') }, { from: ELSEWHERE, ...manageToken(typed) });
    assert.equal(moved.status, 200, moved.text);
  });
});

describe('a customer who is logged in', () => {
  const clara = { as: 'clara@example.org', email: 'clara@example.org' } as const;
  test('is told which of their appointments is in the way, whatever user made it', async () => {
    newDay();
    const other = await booked(ada(), { as: 'desk@example.org', email: 'clara@example.org' });
    isBusy(await book(bo(), clara), other);
    await booked(bo(), { ...clara, more: { allowOverlap: true } });
  });

  test('learns of the owner of another address only what they have booked for them', async () => {
    newDay();
    const dan = { as: 'clara@example.org', email: 'dan@example.org' } as const;
    await booked(ada(), { as: 'dan@example.org', email: 'dan@example.org' });
    const forDan = await booked(bo(), dan);
    isBusy(await book(slot('cy', '16:00'), { ...dan, more: { startsAt: berlinTime(day, '10:00') } }), forDan);
  });
});

describe('a guest', () => {
  test('a customer who types another person’s address is booked and told nothing about the other appointment', async () => {
    newDay();
    await booked(ada(), { from: ELSEWHERE });
    await booked(bo());
    newDay();
    await booked(ada(), { as: 'desk@example.org' });
    await booked(bo());
    newDay();
    await booked(ada(), { as: 'clara@example.org', email: 'clara@example.org' });
    const answer = await book(bo(), { email: 'clara@example.org', query: '?dryRun=true' });
    assert.equal(answer.status, 200, answer.text);
  });

  test('is compared with what guests have booked from the same network, and hears no more than that', async () => {
    newDay();
    await booked(ada());
    isBusy(await book(bo()), null);
    const held = await cast.ask<HoldReply>('POST', '/v1/holds', asking({}, bo()));
    const headers = { 'hold-token': held.body.token ?? '' };
    isBusy(await book({ holdId: held.body.id }, { headers }), null);
    isProblem(await book({ holdId: held.body.id }), 'hold-not-yours');
    await booked({ holdId: held.body.id }, { headers, more: { allowOverlap: true } });
  });

  test('of an IPv6 network is compared within its /64', async () => {
    newDay();
    await booked(ada(), { from: '2001:db8:7:1::1' });
    isBusy(await book(bo(), { from: '2001:db8:7:1::2' }), null);
    await booked(bo(), { from: '2001:db8:7:2::1' });
  });
});

describe('a repeat', () => {
  test('under the same key gets its stored answer, and a refusal leaves the key unused', async () => {
    newDay();
    const as = 'desk@example.org';
    const how = { as, headers: { 'idempotency-key': crypto.randomUUID() } } as const;
    const first = await booked(ada(), how);
    const again = await book(ada(), how);
    assert.equal(again.status, 201, again.text);
    assert.equal(again.body.id, first.id);
    const another = { as, headers: { 'idempotency-key': crypto.randomUUID() } } as const;
    isBusy(await book(bo(), another), first);
    await booked(bo(), { ...another, more: { allowOverlap: true } });
  });

  test('of a move under the same key gets its stored answer, though something has been booked beside it since', async () => {
    newDay();
    const as = 'desk@example.org';
    const { id } = await booked(ada(), { as });
    const how = { as, headers: { 'idempotency-key': crypto.randomUUID() } } as const;
    const body = { startsAt: berlinTime(day, '12:00') };
    assert.equal((await act(id, 'reschedule', body, how)).status, 200);
    await booked(slot('bo', '12:00'), { as, more: { allowOverlap: true } });
    const again = await act(id, 'reschedule', body, how);
    assert.equal(again.status, 200, again.text);
  });

  test('a dry run is refused like the request itself', async () => {
    newDay();
    const as = 'desk@example.org';
    const other = await booked(ada(), { as });
    isBusy(await book(bo(), { as, query: '?dryRun=true' }), other);
  });
});
