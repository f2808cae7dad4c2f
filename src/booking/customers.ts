import parsePhoneNumber, { isSupportedCountry } from 'libphonenumber-js/max';
import type { Caller } from '../access/caller.ts';
import type { Principal } from '../access/principal.ts';
import { WHOLE_BUSINESS } from '../access/rights.ts';
import { toldOf } from '../access/sight.ts';
import type { PersonalDetails } from '../actors/calendar/typed.ts';
import type { Instant } from '../model/instant.ts';
import { type Failed, failed } from '../protocol/reply.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { Booking, Reading } from './parts.ts';

type Given = { readonly name: string; readonly email?: string | null | undefined; readonly phone?: string | null | undefined };

/** Customers who book for themselves are who they are logged in as; others are known by their address, and by nothing else. null: no booking was made with it before. */
export async function customerIdOf({ appointments }: Pick<Reading, 'appointments'>, principal: Principal | null, email: string | null): Promise<string | null> {
  if (email === null) return null;
  const isOwn = principal?.role === 'customer' && principal.email === email;
  return (isOwn ? principal.customerId : null) ?? (await appointments.customerOf(email)) ?? null;
}

/** `country` is where a telephone number without a `+` is meant to be; null: not known. */
export function personOf({ name, email, phone }: Given, country: string | null): Pick<PersonalDetails, 'name' | 'email' | 'phone' | 'phoneE164'> {
  return { name, email: email ?? null, phone: phone ?? null, phoneE164: phone == null ? null : (e164Of(phone, country) ?? null) };
}

/** Only a number that exists there: a wrong one would be dialled, while what was typed can still be read. */
function e164Of(typed: string, country: string | null): string | undefined {
  const defaultCountry = country !== null && isSupportedCountry(country) ? country : undefined;
  // 00 is dialled abroad from most of the world; where it is not, the number as it was typed may be one of the country.
  const spellings = new Set([typed.replace(/^\(?00(?=[ ()./-]*[1-9])/, '+'), typed]);
  for (const spelling of spellings) {
    const number = parsePhoneNumber(spelling, { ...(defaultCountry && { defaultCountry }) });
    if (number?.isValid() === true) return number.number;
  }
  return undefined;
}

// One customer with two appointments at the same time: refused unless the caller allows it. Asked before a calendar is, since none knows the others'.

type Asked = {
  readonly operation: 'book' | 'reschedule';
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
  const others = await parts.appointments.overlapping(question);
  if (others.length === 0) return undefined;
  parts.metrics.operationEnded(operation, 'customer-busy');
  const told = others.find((other) => toldOf({ principal: caller.principal, place: WHOLE_BUSINESS }, other, null) !== null);
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
