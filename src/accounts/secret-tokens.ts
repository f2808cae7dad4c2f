import { createHash, randomBytes } from 'node:crypto';

/** Bytes of chance in a token that opens something by itself: nobody guesses one, so its hash needs no salt and no slowness. */
const TOKEN_BYTES = 32;

/** A token, and what is kept of it. */
export function newSecretToken(): { readonly token: string; readonly tokenHash: string } {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  return { token, tokenHash: hashOfToken(token) };
}

/** SHA-256, in hexadecimal. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
