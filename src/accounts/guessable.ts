// Whether a password is one of those that are tried first. zxcvbn takes it to pieces the way guessers put theirs together: leaked passwords and words in any
// spelling, runs along the keyboard, dates, repeats. What needs few guesses is refused.
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';

/** In powers of ten. Fewer guesses than this take an afternoon, even against bcrypt: one word with some digits, or two common ones. Three words are far above. */
const ENOUGH_GUESSES_LOG10 = 8;
/** Fewer different characters than this are a pattern, however long. */
const LEAST_DIFFERENT = 5;
/** The time to judge a password grows faster than its length: the worst of 40 characters takes a few milliseconds. What comes after those is not looked at. */
const LONGEST_LOOKED_AT = 40;
/** Ways to read a clever spelling. With many more, a password of digits and signs takes seconds. */
const MOST_SPELLINGS = 4;
/** Shorter words of somebody's own name or address would be found in everything. */
const SHORTEST_OWN_WORD = 3;
/** Of names and addresses that are longer than any person's: nobody builds a password of more pieces. */
const MOST_OWN_WORDS = 20;
/** What a booking page makes one think of, as far as the lists of leaked passwords do not have it. */
const WORDS_OF_OURS = ['slotkeeper', 'appointment', 'reception', 'frontdesk', 'login', 'willkommen', 'bienvenue', 'bienvenido'];

/** Whose password it is to be: their own name and address are tried first. */
export type PasswordOwner = { readonly email: string; readonly name: string };

/** Whether somebody with a list and an afternoon would find it. Case does not help. */
export async function isGuessable(password: string, owner: PasswordOwner): Promise<boolean> {
  const text = password.normalize('NFKC').toLowerCase();
  if (new Set(text).size < LEAST_DIFFERENT) return true;
  const estimator = await openedEstimator();
  return estimator.check(text, [...WORDS_OF_OURS, ...ownWords(owner)]).guessesLog10 < ENOUGH_GUESSES_LOG10;
}

/** Opened by the first who needs it, for all. What could not be opened is tried again by the next. */
export function openedWhenNeeded<Opened>(open: () => Promise<Opened>): () => Promise<Opened> {
  let opened: Promise<Opened> | undefined;
  return () => {
    opened ??= open().catch((failure: unknown) => {
      opened = undefined;
      throw failure;
    });
    return opened;
  };
}

const openedEstimator = openedWhenNeeded(openEstimator);

/** Only where a password is chosen: its 57,000 words take 70 milliseconds and 30 MB. */
async function openEstimator(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common')]);
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: LONGEST_LOOKED_AT, l33tMaxSubstitutions: MOST_SPELLINGS });
}

function ownWords({ email, name }: PasswordOwner): readonly string[] {
  const words = `${email} ${name}`
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  const whole = email.slice(0, Math.max(0, email.indexOf('@')));
  return [email, whole, ...words.slice(0, MOST_OWN_WORDS)].filter((word) => word.length >= SHORTEST_OWN_WORD);
}
