// UUIDs as four words of 32 bits, read and written by character codes: claims are looked up by them all the time, and regular expressions cost several times as much.

export type UuidWords = readonly [number, number, number, number];

const LENGTH = 36;
const DASHES = [8, 13, 18, 23];
const DASH = '-'.charCodeAt(0);
/** Negative, and so is everything that is put together with it. */
const NO_DIGIT = -1;
/** What hexadecimal digits mean, by their character codes. */
const DIGITS = new Int8Array(128).fill(NO_DIGIT);
for (let value = 0; value < 16; value += 1) {
  for (const digit of [value.toString(16), value.toString(16).toUpperCase()]) DIGITS[digit.charCodeAt(0)] = value;
}
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** In either case of letters. `undefined`: the text is not a UUID. */
export function uuidWords(text: string): UuidWords | undefined {
  if (text.length !== LENGTH) return undefined;
  for (const place of DASHES) if (text.charCodeAt(place) !== DASH) return undefined;
  const first = fourDigits(text, 0);
  const second = fourDigits(text, 4);
  const third = fourDigits(text, 9);
  const fourth = fourDigits(text, 14);
  const fifth = fourDigits(text, 19);
  const sixth = fourDigits(text, 24);
  const seventh = fourDigits(text, 28);
  const eighth = fourDigits(text, 32);
  if ((first | second | third | fourth | fifth | sixth | seventh | eighth) < 0) return undefined;
  return [((first << 16) | second) >>> 0, ((third << 16) | fourth) >>> 0, ((fifth << 16) | sixth) >>> 0, ((seventh << 16) | eighth) >>> 0];
}

/** The four words from a place on, in lower case. */
export function uuidText(words: Uint32Array, from: number): string {
  const [first = 0, second = 0, third = 0, fourth = 0] = [words[from], words[from + 1], words[from + 2], words[from + 3]];
  return `${high(first)}${low(first)}-${high(second)}-${low(second)}-${high(third)}-${low(third)}${high(fourth)}${low(fourth)}`;
}

function fourDigits(text: string, at: number): number {
  return (digitAt(text, at) << 12) | (digitAt(text, at + 1) << 8) | (digitAt(text, at + 2) << 4) | digitAt(text, at + 3);
}

function digitAt(text: string, at: number): number {
  return DIGITS[text.charCodeAt(at)] ?? NO_DIGIT;
}

function high(word: number): string {
  return `${BYTES[word >>> 24]}${BYTES[(word >>> 16) & 255]}`;
}

function low(word: number): string {
  return `${BYTES[(word >>> 8) & 255]}${BYTES[word & 255]}`;
}
