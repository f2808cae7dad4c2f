import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { deliveryWords, topicWords } from '../../web/account/account-email-words.ts';
import { doorOf } from '../../web/account/door.ts';
import { canBeCancelled, inOrder } from '../../web/account/own-appointments.ts';
import { evolveSecondFactor, type FactorChange, inGroups, type SecondFactor } from '../../web/account/second-factor.ts';
import { ago } from '../../web/kit/ago.ts';
import type { Problem } from '../../web/kit/api.ts';
import { loginSentence, nextStep, problemShown } from '../../web/kit/login-steps.ts';

const TOKEN = 'x'.repeat(43);
const NOW = Date.parse('2026-11-24T10:00:00Z');

test('what comes after # leads to a door, and what is none of ours leads nowhere', () => {
  assert.deepEqual(doorOf(`#password-reset=${TOKEN}`), { at: 'reset', token: TOKEN, isFirst: false });
  assert.deepEqual(doorOf(`#invitation=${TOKEN}`), { at: 'reset', token: TOKEN, isFirst: true });
  assert.deepEqual(doorOf(`#email-verification=${TOKEN}`), { at: 'verify', token: TOKEN });
  assert.deepEqual(['', '#login', '#register', '#forgotten'].map(doorOf), [{ at: 'login' }, { at: 'login' }, { at: 'register' }, { at: 'forgotten' }]);
  for (const hash of ['#', '#password-reset=', `#other=${TOKEN}`, `#password-reset=${TOKEN}<script>`, `#${TOKEN}`, '#main'])
    assert.equal(doorOf(hash), undefined, hash);
});

function problem(code: string, extras: object = {}): Problem {
  return { ...JSON.parse(JSON.stringify({ code })), status: 401, title: '', ...extras };
}

test('that a code is wanted is a step and no mistake; a wrong code stays where it is', () => {
  const wanted = problem('second-factor-required');
  assert.equal(nextStep('password', wanted), 'code');
  assert.equal(problemShown('password', wanted), undefined);
  assert.equal(nextStep('password', problem('unauthenticated')), 'password');
  assert.equal(nextStep('code', problem('unauthenticated')), 'code');
  assert.equal(problemShown('code', problem('unauthenticated'))?.code, 'unauthenticated');
  assert.notEqual(loginSentence('password', problem('unauthenticated')), loginSentence('code', problem('unauthenticated')));
});

test('who has to wait is told how long', () => {
  assert.match(loginSentence('password', problem('rate-limited', { retryAfterSeconds: 20 })), /wait 20 seconds/);
  assert.match(loginSentence('code', problem('rate-limited', { retryAfterSeconds: 121 })), /wait 3 minutes/);
  assert.match(loginSentence('code', problem('rate-limited')), /wait a moment/);
});

const play = (changes: readonly FactorChange[], from: SecondFactor = { at: 'off' }) => changes.reduce(evolveSecondFactor, from);
const CODES = ['one', 'two', 'three'];

test('a second factor is on once its recovery codes are kept, and they cannot be seen again', () => {
  const shown = play([{ type: 'start' }, { type: 'started', secret: 'S', uri: 'otpauth:' }, { type: 'codes-made', recoveryCodes: CODES }]);
  assert.deepEqual(shown, { at: 'codes', recoveryCodes: CODES, isNew: true });
  const on = evolveSecondFactor(shown, { type: 'codes-kept' });
  assert.deepEqual(on, { at: 'on', recoveryCodesLeft: 3 });
  assert.ok(!JSON.stringify(evolveSecondFactor(on, { type: 'act', act: 'renew-codes' })).includes('one'));
});

test('a form of the second factor that is left leads back to where it came from', () => {
  assert.deepEqual(play([{ type: 'start' }, { type: 'leave' }]), { at: 'off' });
  assert.deepEqual(play([{ type: 'start' }, { type: 'started', secret: 'S', uri: 'u' }, { type: 'leave' }]), { at: 'off' });
  assert.deepEqual(play([{ type: 'act', act: 'remove' }, { type: 'leave' }], { at: 'on', recoveryCodesLeft: 7 }), { at: 'on', recoveryCodesLeft: 7 });
});

test('the answer to a form that has been left makes no secret appear, but recovery codes are always shown', () => {
  assert.deepEqual(play([{ type: 'start' }, { type: 'leave' }, { type: 'started', secret: 'S', uri: 'u' }]), { at: 'off' });
  assert.equal(
    play([{ type: 'act', act: 'renew-codes' }, { type: 'leave' }, { type: 'codes-made', recoveryCodes: CODES }], { at: 'on', recoveryCodesLeft: 1 }).at,
    'codes',
  );
});

test('a secret is written in groups of four', () => {
  assert.equal(inGroups('JBSWY3DPEHPK3PX'), 'JBSW Y3DP EHPK 3PX');
});

function appointment(id: string, startsAt: string, status: AppointmentReply['status'], cancellableUntil: string | null = null): AppointmentReply {
  const endsAt = new Date(Date.parse(startsAt) + 1_800_000).toISOString();
  return JSON.parse(JSON.stringify({ id, startsAt, endsAt, status, cancellableUntil }));
}

test('what is ahead comes first, the next one above, and what was or is called off comes after it, the latest above', () => {
  const { ahead, over } = inOrder(
    [
      appointment('later', '2026-12-01T10:00:00Z', 'booked'),
      appointment('past', '2026-11-01T10:00:00Z', 'completed'),
      appointment('called off', '2026-11-30T10:00:00Z', 'cancelled'),
      appointment('under way', '2026-11-24T09:45:00Z', 'checked-in'),
      appointment('never ended', '2026-11-10T09:45:00Z', 'booked'),
      appointment('asked for', '2026-11-25T10:00:00Z', 'pending'),
    ],
    NOW,
  );
  assert.deepEqual(
    ahead.map(({ id }) => id),
    ['under way', 'asked for', 'later'],
  );
  assert.deepEqual(
    over.map(({ id }) => id),
    ['called off', 'never ended', 'past'],
  );
});

test('an appointment can be cancelled until the moment that the server names, and not at it', () => {
  assert.equal(canBeCancelled(appointment('a', '2026-11-25T10:00:00Z', 'booked', '2026-11-24T10:00:01Z'), NOW), true);
  assert.equal(canBeCancelled(appointment('a', '2026-11-25T10:00:00Z', 'booked', '2026-11-24T10:00:00Z'), NOW), false);
  assert.equal(canBeCancelled(appointment('a', '2026-11-25T10:00:00Z', 'cancelled'), NOW), false);
});

test('how long ago is said roughly, and from a day on by the day', () => {
  const minutes = (count: number) => ago(NOW - count * 60_000, NOW, 'Europe/Lisbon');
  assert.deepEqual([0, 1.9, 5, 59, 61, 23 * 60].map(minutes), ['just now', 'just now', '5 minutes ago', '59 minutes ago', '1 hour ago', '23 hours ago']);
  assert.match(minutes(25 * 60), /Mon.* 23 Nov|Nov 23/);
});

test('where e-mails are only kept nothing is said of mail, and a state that is new is said as it is spelled', () => {
  assert.deepEqual(['kept', 'sent', 'put-off'].map(deliveryWords), [undefined, 'Sent', 'Put off']);
});

test('an e-mail about something new is named by its topic', () => {
  assert.equal(topicWords('password-reset'), 'Password reset');
  assert.equal(topicWords('something-new'), 'Something new');
});
