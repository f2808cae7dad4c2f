// Whether a password is one of those that are tried first. It is taken to pieces the way guessers put theirs together: common words in any
// spelling, runs along the keyboard, and a few digits or signs. What needs few pieces needs few guesses. Pure.
import { COMMON_WORDS } from './common-words.ts';

/** What a piece costs to guess, roughly in digits: a list of a thousand words is three of them, a digit or a sign is one, a run has as few ways as there are keys to begin with. */
const WORD_COST = 3;
const RUN_COST = 2;
const SIGN_COST = 1;
/** One word with five digits, or two words with two, is still guessed in minutes; three words are not. */
const GUESSABLE_UP_TO = 8;
/** Fewer different characters than this are a pattern, however long. */
const LEAST_DIFFERENT = 5;
const SHORTEST_RUN = 3;
/** Shorter words of somebody's own name or address would be found in everything. */
const SHORTEST_OWN_WORD = 3;
/** Of names and addresses that are longer than any person's: nobody builds a password of more pieces. */
const MOST_OWN_WORDS = 20;

/** Neighbours that are typed without thinking, in both directions. */
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
  '!@#$%^&*()',
  '1qaz2wsx3edc4rfv5tgb',
];
const RUNS = ROWS.flatMap((row) => [row, [...row].reverse().join('')]);

/** What stands for a letter in a spelling that is meant to be clever. */
const STANDS_FOR: Readonly<Record<string, string>> = { a: '4@', b: '8', e: '3€', g: '69', i: '1!|', l: '1|', o: '0', s: '5$', t: '7+', z: '2' };

/** Whose password it is to be: their own name and address are tried first. */
export type PasswordOwner = { readonly email: string; readonly name: string };

/** Whether somebody with a list and an afternoon would find it. Case does not help. */
export function isGuessable(password: string, owner: PasswordOwner): boolean {
  const text = password.normalize('NFKC').toLowerCase();
  if (new Set(text).size < LEAST_DIFFERENT || text === owner.email) return true;
  return costOf(shortened(text), [...COMMON_WORDS, ...ownWords(owner)]) <= GUESSABLE_UP_TO;
}

/** A piece that is said over and over is said once: `abcdeabcde` is `abcde`, `hello-hello-` is `hello-`. */
function shortened(text: string): string {
  return /^(.+?)\1+$/su.exec(text)?.[1] ?? text;
}

function ownWords({ email, name }: PasswordOwner): readonly string[] {
  const words = `${email} ${name}`
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  const whole = email.slice(0, Math.max(0, email.indexOf('@')));
  return [whole, ...words.slice(0, MOST_OWN_WORDS)].filter((word) => word.length >= SHORTEST_OWN_WORD);
}

/** The cheapest way to put the text together. A password is short, so trying every word at every place takes well under a millisecond. */
function costOf(text: string, words: readonly string[]): number {
  const costs = new Array<number>(text.length + 1).fill(Number.POSITIVE_INFINITY);
  costs[0] = 0;
  const reach = (end: number, cost: number) => {
    if (cost < (costs[end] ?? 0)) costs[end] = cost;
  };
  for (let start = 0; start < text.length; start += 1) {
    const cost = costs[start] ?? 0;
    if (cost > GUESSABLE_UP_TO) continue;
    if (/[^\p{L}]/u.test(text.charAt(start))) reach(start + 1, cost + SIGN_COST);
    for (const word of words) if (isSpelledAt(text, start, word)) reach(start + word.length, cost + WORD_COST);
    for (let end = start + SHORTEST_RUN; end <= text.length && isRun(text.slice(start, end)); end += 1) reach(end, cost + RUN_COST);
  }
  return costs[text.length] ?? 0;
}

function isSpelledAt(text: string, start: number, word: string): boolean {
  if (start + word.length > text.length) return false;
  for (let index = 0; index < word.length; index += 1) {
    const meant = word.charAt(index);
    const typed = text.charAt(start + index);
    if (typed !== meant && STANDS_FOR[meant]?.includes(typed) !== true) return false;
  }
  return true;
}

function isRun(text: string): boolean {
  return new Set(text).size === 1 || RUNS.some((row) => row.includes(text));
}
