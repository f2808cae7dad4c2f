// How much and for how long, as the environment says it in whole numbers.

/** How many appointments people without an account may make, before `RATE_LIMIT_SCALE`. `perAddress` and `perEmail` are open and ahead, `perHour` is from one address. */
export type GuestBookings = { readonly perAddress: number; readonly perEmail: number; readonly perHour: number };
/** E-mails to customers that may leave in all, before `RATE_LIMIT_SCALE`. */
export type EmailLimits = { readonly perHour: number; readonly perDay: number };
/** How long things are kept: changes of calendars, answers to requests, claims that are over, positions of consumers that no node runs, and the audit trail. */
export type Retention = {
  readonly logDays: number;
  readonly requestHours: number;
  readonly claimDays: number;
  readonly positionDays: number;
  readonly auditDays: number;
};

type Name =
  | `GUEST_BOOKINGS_PER_${'ADDRESS' | 'EMAIL' | 'HOUR'}`
  | `EMAILS_PER_${'HOUR' | 'DAY'}`
  | `RETENTION_${'LOG_DAYS' | 'REQUEST_HOURS' | 'CLAIM_DAYS' | 'POSITION_DAYS' | 'AUDIT_DAYS'}`;
type Whole = (name: Name, limits: { readonly otherwise: number; readonly least: number; readonly most: number }) => number;
type Report = (variable: 'RETENTION_LOG_DAYS', message: string) => void;

/**
 * An office or a telephone company is one address for many people, and a fortnight of a small business is a few hundred appointments. One mailbox is a
 * family, or a course of ten treatments.
 */
const DEFAULT_GUEST_BOOKINGS: GuestBookings = { perAddress: 20, perEmail: 10, perHour: 20 };
const MOST_GUEST_BOOKINGS = 1_000_000;
/** Some thousand appointments a day, with all that is told about them. Mail servers for hire take more. */
const DEFAULT_EMAILS: EmailLimits = { perHour: 5_000, perDay: 50_000 };
const MOST_EMAILS = 100_000_000;
const MOST_DAYS = 36_500;

export function guestBookingsOf(whole: Whole): GuestBookings {
  const limits = { least: 1, most: MOST_GUEST_BOOKINGS };
  return {
    perAddress: whole('GUEST_BOOKINGS_PER_ADDRESS', { otherwise: DEFAULT_GUEST_BOOKINGS.perAddress, ...limits }),
    perEmail: whole('GUEST_BOOKINGS_PER_EMAIL', { otherwise: DEFAULT_GUEST_BOOKINGS.perEmail, ...limits }),
    perHour: whole('GUEST_BOOKINGS_PER_HOUR', { otherwise: DEFAULT_GUEST_BOOKINGS.perHour, ...limits }),
  };
}

export function emailsOf(whole: Whole): EmailLimits {
  const limits = { least: 1, most: MOST_EMAILS };
  return {
    perHour: whole('EMAILS_PER_HOUR', { otherwise: DEFAULT_EMAILS.perHour, ...limits }),
    perDay: whole('EMAILS_PER_DAY', { otherwise: DEFAULT_EMAILS.perDay, ...limits }),
  };
}

/** Answers are made from the log, and a decision may have waited for its commit; a repeated write is answered for a day, and nodes know claims of the last forty days. */
export function retentionOf(whole: Whole, problem: Report): Retention {
  const retention = {
    logDays: whole('RETENTION_LOG_DAYS', { otherwise: 400, least: 3, most: MOST_DAYS }),
    requestHours: whole('RETENTION_REQUEST_HOURS', { otherwise: 24, least: 24, most: MOST_DAYS * 24 }),
    claimDays: whole('RETENTION_CLAIM_DAYS', { otherwise: 60, least: 45, most: MOST_DAYS }),
    positionDays: whole('RETENTION_POSITION_DAYS', { otherwise: 30, least: 1, most: MOST_DAYS }),
    // Books are kept for ten years in many countries; what was done a season ago is still asked about.
    auditDays: whole('RETENTION_AUDIT_DAYS', { otherwise: 3_650, least: 90, most: MOST_DAYS }),
  };
  if (retention.logDays * 24 < retention.requestHours + 48)
    problem('RETENTION_LOG_DAYS', 'must be at least two days longer than RETENTION_REQUEST_HOURS, because stored replies are rebuilt from the log');
  return retention;
}
