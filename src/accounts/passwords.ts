import { compare, hash } from 'bcrypt';
import { inTurn } from './password-queue.ts';
import { newSecretToken } from './secret-tokens.ts';

/** bcrypt looks at the first 72 bytes only: a longer password would be weaker than it looks. */
export const LONGEST_PASSWORD_BYTES = 72;

/** What a login of an unknown e-mail is compared with, so that it takes as long as one of a known e-mail; and what an account has that nobody has set a password of. Of chance, made once, at the cost in use. */
export function hashOfNobody(cost: number): Promise<string> {
  return inTurn(() => hash(newSecretToken().token, cost));
}

export function isTooLong(password: string): boolean {
  return Buffer.byteLength(password, 'utf8') > LONGEST_PASSWORD_BYTES;
}

/** Throws RangeError for a password of more than 72 bytes. Runs off the main thread, in its turn. */
export function hashPassword(password: string, cost: number): Promise<string> {
  if (isTooLong(password)) throw new RangeError(`a password has at most ${LONGEST_PASSWORD_BYTES} bytes`);
  return inTurn(() => hash(password, cost));
}

/** A password of more than 72 bytes is never right, and takes as long as any other to be wrong. */
export async function isRightPassword(password: string, passwordHash: string): Promise<boolean> {
  const isRight = await inTurn(() => compare(password, passwordHash));
  return isRight && !isTooLong(password);
}
