// What a refusal means for the person in front of the screen. Every code has a sentence; codes stay out of sight.
import type { Problem } from './api.ts';

const SENTENCES = {
  'slot-taken': 'Somebody else was a moment faster: this time has just been taken.',
  'customer-busy': 'There is another appointment for this e-mail address at this time.',
  'slot-in-past': 'This time has already passed. Please choose a later one.',
  'too-soon': 'This time is too close to now to be booked. Please choose a later one.',
  'too-far': 'This date is further ahead than can be booked yet.',
  'outside-hours': 'This time is outside opening hours.',
  'off-grid': 'This start time is not offered. Please choose one from the list.',
  'limit-reached':
    'No more are possible: that day is full, or too many times are being kept or booked at once from your connection. Log in to have places of your own, or call us.',
  'nonexistent-local-time': 'The clocks change at that hour, so this time does not exist.',
  'hold-expired': 'The time we kept for you has run out.',
  'hold-not-found': 'The time we kept for you is no longer reserved.',
  'hold-not-yours': 'This time is being kept for somebody else.',
  'cancel-too-late': 'It is too late to cancel online. Please call us.',
  'reschedule-too-late': 'It is too late to move this appointment. Please call us.',
  'payment-required': 'This appointment has to be paid for first.',
  'wrong-status': 'That is no longer possible: the appointment has changed in the meantime.',
  'too-early': 'It is too early for that.',
  'too-late': 'It is too late for that.',
  'version-mismatch': 'Somebody else changed this in the meantime. Please look again.',
  'idempotency-key-reused': 'Something got mixed up. Please try again.',
  'invalid-request': 'Something in the form is not right. Please check the marked fields.',
  abandoned: 'This was cancelled before it was done. Please try again.',
  'revision-too-old': 'This is too long ago to be looked up.',
  'cursor-too-old': 'This is too long ago to be looked up.',
  'cursor-unknown': 'That place in the list no longer exists. Please reload the page.',
  'still-in-use': 'There is an appointment ahead that depends on this.',
  'id-in-use': 'There is one like this already.',
  'email-taken': 'This address has an account already.',
  'method-not-allowed': 'That is not possible here.',
  'too-large': 'That is too much text at once.',
  'header-too-large': 'That is too much at once.',
  'too-slow': 'That took too long to reach us. Please try again.',
  'misdirected-request': 'This page was opened at an address we do not know. Please use our usual one.',
  'unsupported-media-type': 'That is not possible here.',
  'not-found': 'We could not find that any more.',
  unauthenticated: 'Please log in again.',
  'second-factor-required': 'Please type the code that your app shows.',
  'email-not-verified': 'Please open the link in the letter we sent you first.',
  'link-not-valid': 'This link is not good any more. Please ask for a new one.',
  'manage-token-ended': 'This link has ended, as links do two days after the appointment or its cancellation.',
  'proof-required': 'Please type the code that we have sent to your e-mail address.',
  'step-up-required': 'Please type your password once more to do this.',
  forbidden: 'Your account is not allowed to do that.',
  csrf: 'Please reload the page and try again.',
  'rate-limited': 'That was a little fast. Please wait a moment and try again.',
  overloaded: 'A great many people are booking right now. Please try again in a moment.',
  'outcome-unknown': 'We did not hear whether that worked. Please look before you try again.',
  unreachable: 'We cannot reach the server. Please check your connection and try again.',
  internal: 'Something went wrong on our side. Please try again.',
} as const satisfies Record<Problem['code'], string>;

/** One or two plain sentences. A refusal says what happened; nothing of the machinery. */
export function sentenceOf(problem: Problem): string {
  const { code, retryAfterSeconds = 0, appointments = 0 } = problem;
  if (code === 'rate-limited' && retryAfterSeconds > 1) return `That was too often. Please wait ${pauseWords(retryAfterSeconds)} and try again.`;
  if (code === 'still-in-use' && appointments > 1) return `There are ${appointments} appointments ahead that depend on this.`;
  return SENTENCES[problem.code] ?? problem.title;
}

/** "20 seconds", "2 minutes" */
function pauseWords(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}
