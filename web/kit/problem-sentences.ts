// What a refusal means for the user. Every code has a sentence; codes are not shown.
import type { Problem } from './api.ts';
import { problemWords, say } from './language.ts';

const SENTENCES = {
  'slot-taken': 'Someone else has just taken this time.',
  'customer-busy': 'This e-mail address already has an appointment at this time.',
  'slot-in-past': 'This time has already passed. Please choose a later one.',
  'too-soon': 'This time is too soon to book. Please choose a later one.',
  'too-far': 'This date cannot be booked yet. Please choose an earlier one.',
  'outside-hours': 'This time is outside opening hours.',
  'off-grid': 'This start time is not offered. Please choose one from the list.',
  'limit-reached': 'Limit reached: this day is full, or too many times are held or booked from your connection. Please log in, or call us.',
  'nonexistent-local-time': 'The clocks change at that hour, so this time does not exist.',
  'hold-expired': 'Your hold on this time has expired.',
  'hold-not-found': 'This time is no longer held for you.',
  'hold-not-yours': 'This time is held for someone else.',
  'cancel-too-late': 'It is too late to cancel online. Please call us.',
  'reschedule-too-late': 'It is too late to move this appointment. Please call us.',
  'payment-required': 'This appointment must be paid for first.',
  'payment-failed': 'The card was declined. Nothing was paid; please try another card.',
  'voucher-unknown': 'We do not know this voucher code.',
  'voucher-expired': 'This voucher is not valid at the moment.',
  'voucher-used-up': 'This voucher has been used up.',
  'voucher-not-for-this': 'This voucher does not apply to this booking.',
  'payments-off': 'Payments are not set up here.',
  'wrong-status': 'That is no longer possible: the appointment has changed.',
  'too-early': 'It is too early for that.',
  'too-late': 'It is too late for that.',
  'version-mismatch': 'Someone else has changed this. Please check it and try again.',
  'idempotency-key-reused': 'Something went wrong. Please try again.',
  'invalid-request': 'Please check the marked fields.',
  abandoned: 'This was cancelled before it was carried out. Please try again.',
  'revision-too-old': 'That is too far in the past to look up.',
  'cursor-too-old': 'That is too far in the past to look up.',
  'cursor-unknown': 'This list has changed. Please reload the page.',
  'plan-outdated': 'The calendars have changed meanwhile. Please look at the plan again.',
  'still-in-use': 'An upcoming appointment depends on this.',
  'id-in-use': 'This already exists.',
  'email-taken': 'This address is already in use.',
  'method-not-allowed': 'That is not possible here.',
  'too-large': 'That text is too long.',
  'header-too-large': 'That request is too large.',
  'too-slow': 'That took too long to reach us. Please try again.',
  'misdirected-request': 'This page was opened at an unknown address. Please use our usual one.',
  'unsupported-media-type': 'That is not possible here.',
  'not-found': 'We could not find that any more.',
  unauthenticated: 'Please log in again.',
  'second-factor-required': 'Please enter the code from your app.',
  'email-not-verified': 'Please open the link in the e-mail we sent you first.',
  'link-not-valid': 'This link is no longer valid. Please ask for a new one.',
  'manage-token-ended':
    'This link no longer works. Links end two days after the appointment or its cancellation, and when the e-mail address is corrected: use the link in the latest e-mail.',
  'proof-required': 'Please enter the code we sent to your e-mail address.',
  'step-up-required': 'Please enter your password again to do this.',
  forbidden: 'Your account is not allowed to do that.',
  blocked: 'Please contact us to book.',
  csrf: 'Please reload the page and try again.',
  'rate-limited': 'Too many attempts. Please wait a moment and try again.',
  overloaded: 'We are very busy right now. Please try again in a moment.',
  'outcome-unknown': 'We do not know whether that worked. Please check before you try again.',
  unreachable: 'We cannot reach the server. Please check your connection and try again.',
  internal: 'Something went wrong on our side. Please try again.',
} as const satisfies Record<Problem['code'], string>;

/** One or two plain sentences: what happened, without technical terms. */
export function sentenceOf(problem: Problem, translated = problemWords.value): string {
  const { code, retryAfterSeconds = 0, appointments = 0 } = problem;
  if (translated !== undefined) return say(translated[code as keyof typeof translated] ?? translated.other);
  if (code === 'rate-limited' && retryAfterSeconds > 1) return `Too many attempts. Please wait ${pauseWords(retryAfterSeconds)} and try again.`;
  if (code === 'still-in-use' && appointments > 1) return `${appointments} upcoming appointments depend on this.`;
  return SENTENCES[problem.code] ?? problem.title;
}

/** "20 seconds", "2 minutes" */
function pauseWords(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}
