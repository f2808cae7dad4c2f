import parsePhoneNumber, { isSupportedCountry } from 'libphonenumber-js/max';
import { customerIdOf } from '../../accounts/customer-id.ts';
import type { Principal } from '../../accounts/principal.ts';
import type { Customer } from '../../actors/calendar/calendar.ts';

type Given = { readonly name: string; readonly email: string; readonly phone?: string | null | undefined };

/** Customers who book for themselves are who they are logged in as. `country` is where a telephone number without a `+` is meant to be; null: not known. */
export function customerOf(principal: Principal | null, { name, email, phone }: Given, country: string | null): Customer {
  const isOwn = principal?.role === 'customer' && principal.email === email;
  const id = (isOwn ? principal.customerId : null) ?? customerIdOf(email);
  const phoneE164 = phone == null ? undefined : e164Of(phone, country);
  return { id, name, email, phone: phone ?? null, ...(phoneE164 !== undefined && { phoneE164 }) };
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
