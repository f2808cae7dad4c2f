import parsePhoneNumber, { isSupportedCountry } from 'libphonenumber-js/max';
import type { Principal } from '../../access/principal.ts';
import type { PersonalDetails } from '../../actors/calendar/typed.ts';
import type { GatewayContext } from '../context.ts';

type Given = { readonly name: string; readonly email: string; readonly phone?: string | null | undefined };

/** Customers who book for themselves are who they are logged in as; others are known by their address. null: no booking was made with it before. */
export async function customerIdOf({ appointments }: GatewayContext, principal: Principal | null, email: string): Promise<string | null> {
  const isOwn = principal?.role === 'customer' && principal.email === email;
  return (isOwn ? principal.customerId : null) ?? (await appointments.customerOf(email)) ?? null;
}

/** `country` is where a telephone number without a `+` is meant to be; null: not known. */
export function personOf({ name, email, phone }: Given, country: string | null): Pick<PersonalDetails, 'name' | 'email' | 'phone' | 'phoneE164'> {
  return { name, email, phone: phone ?? null, phoneE164: phone == null ? null : (e164Of(phone, country) ?? null) };
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
