// What has to be told to the person behind an e-mail address. There is no mail relay yet, so a letter is kept where the owner can read it.
import { randomUUIDv7 } from 'node:crypto';
import type { Instant } from '../model/instant.ts';

export const LETTER_TOPICS = [
  'email-verification',
  'already-registered',
  'password-reset',
  'password-reset-without-account',
  'password-changed',
  'second-factor-on',
  'second-factor-off',
] as const;
export type LetterTopic = (typeof LETTER_TOPICS)[number];

/** What opens something by itself, and until when. It is in the letter and nowhere else in clear text. */
export type LetterToken = { readonly token: string; readonly expiresAt: Instant };

/** There is no name in it: whoever registers somebody else's address could have us deliver their advertisement as a name. */
export type Letter = {
  readonly id: string;
  readonly topic: LetterTopic;
  /** Whom it is for. */
  readonly email: string;
  /** null: there is nothing to open. */
  readonly secret: LetterToken | null;
  readonly createdAt: Instant;
};

/** One of the two is kept, whichever is true; the other one leaves no trace. */
export type LetterChoice = { readonly ifAccount: Letter; readonly ifNone: Letter };

export function newLetter(topic: LetterTopic, email: string, createdAt: Instant, secret: LetterToken | null = null): Letter {
  return { id: randomUUIDv7(), topic, email, secret, createdAt };
}

export type LetterPage = { readonly items: readonly Letter[] /** The id to go on from; null on the last page. */; readonly nextCursor: string | null };

/**
 * Keeps letters and whoever they open something for in one transaction, so that there is never a token without its letter. A relay takes them
 * from there once there is one.
 */
export type LetterStore = {
  /** Newest first, those older than the letter `before`. Tokens that have expired are left out. */
  letters(limit: number, before: string | null, at: Instant): Promise<LetterPage>;
};
