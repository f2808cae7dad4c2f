// Codes of an authenticator app (RFC 6238), and those that stand in for it. Pure, but for chance.
import { Secret, TOTP } from 'otpauth';
import { type Instant, SECOND } from '../model/instant.ts';
import { hashOfToken } from './secret-tokens.ts';

/** Milliseconds for which an app shows one code. */
export const CODE_STEP = 30 * SECOND;
/** Codes of the step before and the step after are good, too: clocks of phones differ, and typing takes time. */
const STEPS_ASIDE = 1;
/** What every app understands; many ignore anything else in the link and would show wrong codes. */
const ALGORITHM = { algorithm: 'SHA1', digits: 6, period: CODE_STEP / SECOND };
/** What RFC 4226 recommends. */
const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
/** 80 bits of chance, which are 16 letters: nobody tries them out, so their hash needs no salt and no slowness, as one of a password does. */
const RECOVERY_CODE_BYTES = 10;

/** What was typed where a code is asked for. */
export type TypedCode = { readonly kind: 'app'; readonly digits: string } | { readonly kind: 'recovery'; readonly codeHash: string };

/** In base32 (RFC 4648), as apps take it when it is typed. */
export function newAppSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** A link that apps read from a picture. They take what comes before a colon for the issuer, so there is none in its name. */
export function appUri(secret: string, { issuer, label }: { readonly issuer: string; readonly label: string }): string {
  return new TOTP({ ...ALGORITHM, issuer: issuer.replaceAll(/\s*:\s*/g, ' '), label, secret }).toString();
}

/** The step that the app with this secret shows these digits in, if it is now or next to now. */
export function stepOf(digits: string, secret: string, at: Instant): number | undefined {
  const aside = TOTP.validate({ ...ALGORITHM, token: digits, secret: Secret.fromBase32(secret), timestamp: at, window: STEPS_ASIDE });
  return aside === null ? undefined : Math.floor(at / CODE_STEP) + aside;
}

/** Spaces and dashes are only there to make it readable. `undefined` for what no code looks like. */
export function readCode(text: string): TypedCode | undefined {
  const bare = text.replaceAll(/[\s-]/g, '').toUpperCase();
  if (/^\d{6}$/.test(bare)) return { kind: 'app', digits: bare };
  return /^[A-Z2-7]{16}$/.test(bare) ? { kind: 'recovery', codeHash: hashOfToken(bare) } : undefined;
}

/** To be written down by a person, and what is kept of them. */
export function newRecoveryCodes(): { readonly codes: readonly string[]; readonly codeHashes: readonly string[] } {
  const bare = Array.from({ length: RECOVERY_CODES }, () => new Secret({ size: RECOVERY_CODE_BYTES }).base32);
  return { codes: bare.map((code) => code.match(/.{4}/g)?.join('-') ?? code), codeHashes: bare.map(hashOfToken) };
}
