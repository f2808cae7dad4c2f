// Which fields a reader is told: the one place. Every answer, push, feed and history takes personal and internal text from here, by who asks and where it
// belongs. `docs/permissions.md` has it as a table, and a test puts a marker into every text field and looks for it wherever anything is told.

import type { Appointment, OverridableRule } from '../actors/calendar/calendar.ts';
import type { PersonalDetails, StandingDetails } from '../actors/calendar/typed.ts';
import { LIVE_STATUSES } from '../model/appointment-status.ts';
import type { Instant } from '../model/instant.ts';
import type { CustomerReply } from '../protocol/appointments.ts';
import type { Principal } from './principal.ts';
import { isOwnAppointment, may, mayAtAll, type Place, reachFor } from './rights.ts';

/** Who reads, and what they have shown beside their rights. */
export type Reader = {
  readonly principal: Principal | null;
  /** Where the calendar is: what has no place of its own, such as a block, belongs there. An appointment belongs to its own location. */
  readonly place: Place;
  /**
   * `owner`: by their login, or since it was they who asked, the appointment is theirs. `author`: they are answered with what they have just written. A repeat finds
   * what stands there by then: once the address was corrected, neither is told more for having asked.
   */
  readonly as?: 'owner' | 'author';
  /** They have shown the manage token, at this moment: it tells of the customer until the appointment is over. */
  readonly tokenAt?: Instant;
  /** The appointment they asked for: a reader of it also reads its past, wherever it was then. */
  readonly of?: Appointment;
};

/** What a reader is told of an appointment: when it is; besides, whom it is for and what they wrote; besides, what staff wrote for each other. */
type Sight = 'times' | 'customer' | 'staff';

/**
 * The fields of an appointment that not everybody is told, with what was typed for it; null: none of them. Of those that are staff's own business a customer is
 * told null. `details` null: the text was erased, and none is told.
 */
export function toldOf(reader: Reader, appointment: Appointment, details: StandingDetails | null) {
  const sight = sightOf(reader, appointment, details);
  if (sight === 'times') return null;
  const isStaff = sight === 'staff';
  const { reference, status, reasonBy, override } = appointment;
  // A fact from before it was cancelled knows nothing of the reason.
  const hasReason = (status === 'cancelled' || status === 'declined') && (isStaff || reasonBy === 'customer');
  return {
    reference,
    customer: details && customerFor(reader, appointment, details),
    notes: details?.notes ?? null,
    answers: details?.answers ?? {},
    reason: hasReason ? (details?.reason ?? null) : null,
    overrideReason: isStaff && override !== null ? (details?.overrideReason ?? null) : null,
    staffNotes: isStaff ? (details?.staffNotes ?? null) : null,
    overlaps: isStaff && appointment.overlaps === true,
  };
}

/** The rules that were overridden for it. That it overlaps another one is for staff to know. */
export function rulesTold(reader: Reader, appointment: Appointment, details: StandingDetails | null): readonly OverridableRule[] {
  const rules = appointment.override?.rules ?? [];
  return sightOf(reader, appointment, details) === 'staff' ? rules : rules.filter((rule) => rule !== 'slot-taken');
}

/** Why time is blocked or somebody is away: for those who may know whom their appointments are for. */
export function reasonTold({ principal, place, as }: Reader, reason: string | null): string | null {
  return as === 'author' || may(principal, 'see-customers', place) ? reason : null;
}

/** Two readers of one kind are told the same of every calendar, so what is encoded for one is good for the other. Customers, who read nothing but their own, are none. */
export function kindOfReader(principal: Principal | null): string {
  const reach = reachFor(principal, 'see-customers');
  switch (reach) {
    case 'all':
      return 'everything';
    case 'location':
      return principal?.locationId == null ? 'everything' : `location ${principal.locationId}`;
    case 'calendar':
      return `calendar ${principal?.staffId ?? ''}`;
    case 'own':
    case null:
      return 'times';
    default:
      return reach satisfies never;
  }
}

/** Whether nothing on a calendar there will be told, so that nobody has to look it up. */
export function seesTimesOnly({ principal, place }: Reader): boolean {
  const reach = reachFor(principal, 'see-customers');
  return reach === null || (reach === 'calendar' && !may(principal, 'see-customers', place));
}

function sightOf({ principal, as, of: asked, tokenAt }: Reader, appointment: Appointment, details: StandingDetails | null): Sight {
  const judged = asked ?? appointment;
  const isAsWritten = details?.isCorrected !== true;
  if (may(principal, 'see-customers', judged)) return 'staff';
  if (as === 'author' && isAsWritten && mayAtAll(principal, 'name-source')) return 'staff';
  if ((as !== undefined && isAsWritten) || isOwnAppointment(principal, judged, details)) return 'customer';
  return tokenAt === undefined || isOver(judged, tokenAt) || isOver(appointment, tokenAt) ? 'times' : 'customer';
}

/** Nothing more is going to happen. For showing alone: what may still be done, the calendar decides. */
function isOver({ status, endsAt }: Appointment, now: Instant): boolean {
  return endsAt <= now || !LIVE_STATUSES.includes(status);
}

/** Anybody can book with the address of a customer and write what they like for a name. The customer, once logged in, reads their own. */
function customerFor({ principal }: Reader, { customerId: id, createdBy }: Appointment, { name, email, phone, phoneE164 }: PersonalDetails): CustomerReply {
  const isBySomebodyElse = principal?.role === 'customer' && principal.customerId === id && principal.userId !== createdBy;
  return { id, name: isBySomebodyElse ? principal.name : name, email, phone, ...(phoneE164 !== null && { phoneE164 }) };
}
