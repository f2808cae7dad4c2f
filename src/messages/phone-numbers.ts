// Which telephone numbers are texted. Pure.
import parsePhoneNumber from 'libphonenumber-js/max';

/** Where calls and texts cost what they cost: no premium or shared-cost numbers, no numbers that forward elsewhere, and no fixed lines, most of which take no texts. */
const TEXTED: ReadonlySet<string | undefined> = new Set(['MOBILE', 'FIXED_LINE_OR_MOBILE']);

/** `country`: ISO 3166. A number of no country, such as of a satellite, has none, and so none that is allowed. */
export type TextedNumber = { readonly country: string | null; readonly isTexted: boolean };

export function readNumber(e164: string): TextedNumber {
  const number = parsePhoneNumber(e164);
  return { country: number?.country ?? null, isTexted: number?.isValid() === true && TEXTED.has(number.getType()) };
}
