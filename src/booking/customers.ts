import type { Caller } from '../access/caller.ts';
import { isOwnAppointment, WHOLE_BUSINESS, worksForBusiness } from '../access/rights.ts';
import { toldOf } from '../access/sight.ts';
import type { PersonalDetails } from '../actors/calendar/typed.ts';
import { e164Of } from '../customers/phone-number.ts';
import { EVERYWHERE, withinOf } from '../customers/within.ts';
import type { Instant } from '../model/instant.ts';
import type { Book } from '../protocol/appointments.ts';
import { type Failed, failed } from '../protocol/reply.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { Booking } from './parts.ts';

type Given = { readonly name: string; readonly email: string | null; readonly phone: string | null };
type Person = Pick<PersonalDetails, 'name' | 'email' | 'phone' | 'phoneE164'>;
/** `customerId` null: no booking was made with this address before, or they gave none. */
type BookedCustomer = { readonly customerId: string | null; readonly person: Person; readonly isBlocked: boolean };

/**
 * Customers who book for themselves are who they are logged in as; staff may name a record; others are known by their address, and by nothing else. `country` is where a
 * telephone number without a `+` is meant to be; null: not known.
 */
export async function customerFor(
  parts: Pick<Booking, 'appointments' | 'customers'>,
  { principal }: Caller,
  { id, name = '', email = null, phone = null }: Book['customer'],
  country: string | null,
): Promise<BookedCustomer | Failed> {
  if (id !== undefined) {
    const within = withinOf(principal, 'see-customers');
    const record = within === null ? undefined : await parts.customers.record(id, within);
    if (record !== undefined) return { customerId: record.id, person: personOf(record, country), isBlocked: record.isBlocked };
    return failed('not-found', {
      detail: 'There is no such customer, or none that you may see.',
      errors: [{ path: 'customer.id', message: 'is not a customer that you may see' }],
    });
  }
  const person = personOf({ name, email, phone }, country);
  if (email === null) return { customerId: null, person, isBlocked: false };
  const known = await parts.appointments.customerOf(email);
  const ownId = principal?.role === 'customer' && principal.email === email ? principal.customerId : null;
  if (ownId === null || ownId === known?.id) return { customerId: known?.id ?? null, person, isBlocked: known?.isBlocked === true };
  return { customerId: ownId, person, isBlocked: (await parts.customers.record(ownId, EVERYWHERE))?.isBlocked === true };
}

function personOf({ name, email, phone }: Given, country: string | null): Person {
  return { name, email, phone, phoneE164: phone === null ? null : (e164Of(phone, country) ?? null) };
}

/** Only those who work here book for a customer who is blocked. */
export function refuseBlocked(parts: Pick<Booking, 'metrics'>, { principal }: Caller, { isBlocked }: Pick<BookedCustomer, 'isBlocked'>): Failed | undefined {
  if (!isBlocked || (worksForBusiness(principal) && principal.role !== 'integration')) return undefined;
  parts.metrics.operationEnded('book', 'blocked');
  return failed('blocked', { detail: 'Please contact the business to book.' });
}

// One customer with two appointments at the same time: refused unless the caller allows it. Asked before a calendar is, since none knows the others'.

type Asked = {
  readonly operation: 'book' | 'reschedule' | 'edit';
  readonly customerId: string;
  /** Without buffers. */
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  /** The one that is made or moved: it is not in its own way. */
  readonly appointmentId: string;
  readonly allowOverlap: boolean | undefined;
};

/** `undefined`: as far as the customer's other appointments go, it may be done. What is decided at the same moment is not seen. */
export async function refuseOverlap(parts: Booking, caller: Caller, asked: Asked): Promise<Failed | undefined> {
  if (asked.allowOverlap === true) return undefined;
  const { operation, customerId, startsAt, endsAt, appointmentId } = asked;
  const question = { customerId, from: startsAt, to: endsAt, except: appointmentId, among: comparedFor(parts, caller, customerId) };
  const found = await parts.appointments.overlapping(question);
  const others = caller.principal?.role === 'customer' ? found.filter((other) => isOwnAppointment(caller.principal, other, other.details)) : found;
  if (others.length === 0) return undefined;
  parts.metrics.operationEnded(operation, 'customer-busy');
  const told = others.find((other) => toldOf({ principal: caller.principal, place: WHOLE_BUSINESS }, other, other.details) !== null);
  return failed('customer-busy', {
    detail: 'The customer has another appointment at this time. To book both, send allowOverlap: true.',
    ...(told && {
      conflict: {
        by: 'appointment',
        startsAt: wireTime(told.startsAt, told.timeZone),
        endsAt: wireTime(told.endsAt, told.timeZone),
        appointmentId: told.id,
      },
    }),
  });
}

/**
 * Which appointments of a customer count. A refusal says that the owner of an e-mail address is busy, and anybody can type an address: so people who book
 * for themselves are compared with what they may know of anyway, and guests with what guests have booked from where they are.
 */
function comparedFor(parts: Pick<Booking, 'guestSources'>, { principal, address }: Caller, customerId: string) {
  if (principal === null) return { sources: parts.guestSources.countedFor(address)[0]?.prefixes ?? [] };
  if (principal.role !== 'customer' || principal.customerId === customerId) return 'all' as const;
  return { createdBy: principal.userId };
}
