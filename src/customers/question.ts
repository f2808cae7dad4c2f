// What is typed to find a customer. Pure.
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** A name has fewer words; what is typed beyond is not looked for. */
const MOST_WORDS = 5;
/** Fewer digits are in every other number. */
const LEAST_DIGITS = 3;
/** Below this an index of trigrams finds nothing, so only beginnings of words are looked for. */
const SHORTEST_PART = 3;
const REFERENCE = /^([A-HJ-KM-NP-Z2-9]{4})[- ]?([A-HJ-KM-NP-Z2-9]{4})$/i;
const PHONE = /^\+?[\d\s()./-]+$/;

/**
 * `words`: each is to be found in name, e-mail address or telephone number. `digits`: what a telephone number may contain, any of them. `reference`: of an appointment.
 * `beginning`: of a word; too short to look inside one. The database folds case and accents.
 */
export type Question =
  | { readonly type: 'beginning'; readonly beginning: string }
  | { readonly type: 'digits'; readonly digits: readonly string[] }
  | { readonly type: 'words'; readonly words: readonly string[]; readonly reference: string | null; readonly email: string | null };

export function readQuestion(typed: string): Question {
  const plain = typed.normalize('NFKC').trim();
  const digits = plain.replaceAll(/\D/g, '');
  const spellings = PHONE.test(plain) ? spellingsOf(plain, digits) : [];
  if (spellings.length > 0) return { type: 'digits', digits: spellings };
  const words = plain.split(/\s+/).slice(0, MOST_WORDS);
  if (words.every((word) => word.length < SHORTEST_PART)) return { type: 'beginning', beginning: words.join(' ') };
  const [, one, other] = REFERENCE.exec(plain) ?? [];
  return {
    type: 'words',
    words,
    reference: one === undefined || other === undefined ? null : `${one}-${other}`.toUpperCase(),
    email: plain.includes('@') ? plain.toLowerCase() : null,
  };
}

/** A number is kept as it was typed, at home or as from abroad: so neither the zeros in front nor the country are certain to be there. */
function spellingsOf(plain: string, digits: string): readonly string[] {
  const inland = digits.replace(/^0+/, '');
  const international = /^\+|^00/.test(plain) ? parsePhoneNumberFromString(`+${inland}`)?.nationalNumber : undefined;
  return [...new Set([inland, international ?? inland])].filter((part) => part.length >= LEAST_DIGITS);
}
