import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { TokenKeys } from '../access/token-keys.ts';
import { normaliseEmail } from '../model/email.ts';

const DIGITS = 6;
/** Of the hash, which are read as a number: so many that no code is likelier than another by more than one in 10^8. */
const BYTES = 6;

/** What a code is for. */
export type CodeSubject = { readonly holdId: string; readonly email: string };

/**
 * Codes of six digits with which guests show that they read the mailbox they book for. A code is a keyed hash of the hold and the address, so none is stored, every node
 * knows it, the same one is sent again, and it is good for nothing but this hold and this mailbox. What keeps it from being guessed are the limits of `RateLimits`.
 */
export class GuestCodes {
  readonly #keys: TokenKeys;

  constructor(keys: TokenKeys) {
    this.#keys = keys;
  }

  codeFor(subject: CodeSubject): string {
    return codeUnder(this.#keys.current.proofKey, subject);
  }

  isRight(code: string, subject: CodeSubject): boolean {
    const given = Buffer.from(code);
    // All keys are tried whatever the first ones say, so that the time it takes does not tell which one it was.
    const matches = this.#keys.all.map(({ proofKey }) => {
      const expected = Buffer.from(codeUnder(proofKey, subject));
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    return matches.includes(true);
  }
}

function codeUnder(key: KeyObject, { holdId, email }: CodeSubject): string {
  const hash = createHmac('sha256', key)
    .update(`${holdId}:${normaliseEmail(email)}`)
    .digest();
  return String(hash.readUIntBE(0, BYTES) % 10 ** DIGITS).padStart(DIGITS, '0');
}
