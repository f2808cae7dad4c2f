// What to dial, of a telephone number as it was typed. Pure.
import parsePhoneNumber, { isSupportedCountry } from 'libphonenumber-js/max';

/** Only a number that exists there: a wrong one would be dialled, while what was typed can still be read. `country`: where a number without a `+` is meant to be; null: not known. */
export function e164Of(typed: string, country: string | null): string | undefined {
  const defaultCountry = country !== null && isSupportedCountry(country) ? country : undefined;
  // 00 is dialled abroad from most of the world; where it is not, the number as it was typed may be one of the country.
  const spellings = new Set([typed.replace(/^\(?00(?=[ ()./-]*[1-9])/, '+'), typed]);
  for (const spelling of spellings) {
    const number = parsePhoneNumber(spelling, { ...(defaultCountry && { defaultCountry }) });
    if (number?.isValid() === true) return number.number;
  }
  return undefined;
}
