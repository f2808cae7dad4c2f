// Every "no" that goes over the wire, in one place. `docs/problems.md` explains each; a test keeps the two lists equal.
import { z } from 'zod';
import type { FieldError } from '../model/field-error.ts';
import { instantText, uuid } from './scalars.ts';

export const PROBLEMS = {
  'slot-taken': { status: 409, title: 'This time is taken' },
  'customer-busy': { status: 409, title: 'The customer has another appointment at this time' },
  'slot-in-past': { status: 422, title: 'This time has passed' },
  'too-soon': { status: 422, title: 'This time is too soon to book' },
  'too-far': { status: 422, title: 'This time is too far ahead to book yet' },
  'outside-hours': { status: 422, title: 'This time is outside the working hours' },
  'off-grid': { status: 422, title: 'No slot starts at this time' },
  'limit-reached': { status: 422, title: 'Limit reached' },
  'nonexistent-local-time': { status: 422, title: 'This local time does not exist on that day' },
  'hold-not-found': { status: 404, title: 'Hold not found' },
  'hold-expired': { status: 410, title: 'The hold has expired' },
  'hold-not-yours': { status: 403, title: 'This hold belongs to someone else' },
  'cancel-too-late': { status: 422, title: 'It is too late to cancel this appointment' },
  'reschedule-too-late': { status: 422, title: 'It is too late to move this appointment' },
  'wrong-status': { status: 409, title: 'Not possible in the current status' },
  'too-early': { status: 409, title: 'It is too early for this step' },
  'too-late': { status: 409, title: 'It is too late for this step' },
  'payment-required': { status: 402, title: 'Payment required' },
  'payment-failed': { status: 402, title: 'The payment was declined' },
  'payments-off': { status: 422, title: 'No payments here' },
  'voucher-unknown': { status: 422, title: 'There is no such voucher' },
  'voucher-expired': { status: 422, title: 'This voucher is not valid now' },
  'voucher-used-up': { status: 409, title: 'This voucher is used up' },
  'voucher-not-for-this': { status: 422, title: 'This voucher is not for this booking' },
  'version-mismatch': { status: 412, title: 'Changed in the meantime' },
  'idempotency-key-reused': { status: 422, title: 'This idempotency key was used for another request' },
  abandoned: { status: 409, title: 'This request was abandoned before it arrived' },
  'revision-too-old': { status: 410, title: 'Changes from that long ago are no longer kept' },
  'still-in-use': { status: 409, title: 'Appointments depend on this' },
  'plan-outdated': { status: 409, title: 'The plan no longer fits' },
  'cursor-too-old': { status: 410, title: 'Changes from that long ago are no longer kept' },
  'cursor-unknown': { status: 409, title: 'This position does not exist' },
  'id-in-use': { status: 409, title: 'This id is already in use' },
  'email-taken': { status: 409, title: 'This address is already in use' },
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'too-large': { status: 413, title: 'The request is too large' },
  'header-too-large': { status: 431, title: 'The request header is too large' },
  'too-slow': { status: 408, title: 'The request took too long to arrive' },
  'misdirected-request': { status: 421, title: 'Unknown host name' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  unauthenticated: { status: 401, title: 'Log in first' },
  'second-factor-required': { status: 401, title: 'A second-factor code is required' },
  'email-not-verified': { status: 403, title: 'The e-mail address is not verified yet' },
  'link-not-valid': { status: 410, title: 'This link is no longer valid' },
  'manage-token-ended': { status: 410, title: 'The manage token has expired' },
  'proof-required': { status: 403, title: 'The e-mail address must be proven first' },
  'step-up-required': { status: 403, title: 'The password or a code must be entered again' },
  forbidden: { status: 403, title: 'Not allowed' },
  blocked: { status: 403, title: 'This customer cannot book' },
  csrf: { status: 403, title: 'The request does not come from a page of this server' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  overloaded: { status: 503, title: 'The server is too busy right now' },
  'outcome-unknown': { status: 504, title: 'The outcome is unknown' },
  internal: { status: 500, title: 'Something went wrong on the server' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as readonly ProblemCode[];

const fieldError = z.object({ path: z.string(), message: z.string() }).meta({
  id: 'FieldError',
  description: 'What is wrong with one field; `path` is dotted, such as `customer.email` or `items.2.startsAt`.',
}) satisfies z.ZodType<FieldError>;

const alternative = z.object({ startsAt: instantText, endsAt: instantText, staffId: uuid, resourceId: uuid.optional() }).meta({ id: 'Alternative' });
const conflict = z
  .object({
    by: z.enum(['hold', 'appointment', 'block', 'time-off', 'external']),
    until: instantText.optional().meta({ description: 'When the hold expires, if nothing else happens.' }),
    resourceId: uuid.optional().meta({ description: 'This room or piece of equipment is taken, not the staff member.' }),
    startsAt: instantText.optional().meta({ description: 'With `customer-busy`: the start of the other appointment.' }),
    endsAt: instantText.optional(),
    appointmentId: uuid.optional().meta({ description: 'With `customer-busy`: the other appointment.' }),
  })
  .meta({ id: 'Conflict' });

const strandedAppointment = z
  .object({
    appointmentId: uuid,
    startsAt: instantText,
    staffId: uuid.optional().meta({ description: 'The staff member whose hours have changed; absent for a resource.' }),
    resourceId: uuid.optional().meta({ description: 'The resource whose hours have changed.' }),
  })
  .meta({
    id: 'StrandedAppointment',
    description: 'An appointment whose time was open before a change and is not afterwards.',
  });
export type StrandedReply = z.output<typeof strandedAppointment>;
/** As many as a calendar, and a location, name. */
export const MOST_STRANDED = 50;
export const stranded = z
  .array(strandedAppointment)
  .max(MOST_STRANDED)
  .meta({ description: `The first ${MOST_STRANDED} appointments, by start, whose time the change closed.` });

export const problem = z
  .object({
    type: z.string().meta({ example: '/problems/slot-taken' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(PROBLEM_CODES as [ProblemCode, ...ProblemCode[]]),
    detail: z.string().optional(),
    errors: z.array(fieldError).optional(),
    requestId: z.string(),
    conflict: conflict.optional(),
    alternatives: z.array(alternative).optional(),
    appointments: z.int().optional().meta({ description: 'With `still-in-use`: how many appointments ahead depend on it.' }),
    next: z.object({ id: uuid, startsAt: instantText }).optional().meta({ description: 'With `still-in-use`: the first of these appointments.' }),
    stranded: stranded.optional().meta({ description: `With \`still-in-use\` by a change of hours: the first ${MOST_STRANDED} of them.` }),
    cancelled: z.int().optional().meta({ description: 'With `still-in-use` and `appointments=cancel`: how many this request has cancelled all the same.' }),
    from: instantText.optional().meta({ description: 'With `too-early`: from when on it is possible.' }),
    until: instantText.optional().meta({ description: 'With `too-late`: until when it was possible.' }),
    retryAfterSeconds: z.number().optional(),
    limit: z.string().optional().meta({
      description: 'With `limit-reached` by bookings online, and by what one installation may have: which limit.',
      example: 'guest-bookings-per-address',
    }),
    currentVersion: z.string().optional().meta({ description: 'With `version-mismatch`: the ETag it has now.' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details. `code` is the last part of `type` and never changes its meaning.' });
export type Problem = z.output<typeof problem>;

/** What a problem says beyond its code. */
export type ProblemExtras = Omit<Problem, 'type' | 'title' | 'status' | 'code' | 'requestId'>;
/** A problem before a transport has put its request id on it. */
export type ProblemDraft = Omit<Problem, 'requestId'>;

/** Makes a problem; `type`, `title` and `status` follow from the code. */
export function problemOf(code: ProblemCode, extras: ProblemExtras = {}): ProblemDraft {
  return { type: `/problems/${code}`, title: PROBLEMS[code].title, status: PROBLEMS[code].status, code, ...extras };
}
