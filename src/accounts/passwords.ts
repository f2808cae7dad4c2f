import { compare, hash } from 'bcrypt';
import { inTurn } from './password-queue.ts';
import { newSecretToken } from './secret-tokens.ts';

/** bcrypt looks at the first 72 bytes only: a longer password would be weaker than it looks. */
export const LONGEST_PASSWORD_BYTES = 72;

/** log2 of the rounds of bcrypt: about a quarter of a second a password on one core, off the main thread. Passwords that are set already keep the cost they were set at. */
export const BCRYPT_COST = 12;
/** The demo's password is printed on the screen, so its hash protects no one; a fast one makes the first start short. */
export const DEMO_BCRYPT_COST = 8;

/** A hash of random bytes, made once, at the cost in use. A login with an unknown e-mail is compared with it, so that it takes as long as with a known one; accounts without a password have it. */
export function hashOfNobody(cost: number): Promise<string> {
  return inTurn(() => hash(newSecretToken().token, cost));
}

/** In bytes of its one spelling. */
export function isTooLong(password: string): boolean {
  return Buffer.byteLength(spelled(password), 'utf8') > LONGEST_PASSWORD_BYTES;
}

/** Throws RangeError for a password of more than 72 bytes. Runs off the main thread, in its turn. */
export function hashPassword(password: string, cost: number): Promise<string> {
  if (isTooLong(password)) throw new RangeError(`a password has at most ${LONGEST_PASSWORD_BYTES} bytes`);
  return inTurn(() => hash(spelled(password), cost));
}

/** A password of more than 72 bytes is never right, and takes as long as any other to be wrong. */
export async function isRightPassword(password: string, passwordHash: string): Promise<boolean> {
  const isRight = await inTurn(() => compare(spelled(password), passwordHash));
  return isRight && !isTooLong(password);
}

/** Keyboards differ in whether an é is one character or an e with an accent; the password is the same (RFC 8265, 4.2.2). */
function spelled(password: string): string {
  return password.normalize('NFC');
}
