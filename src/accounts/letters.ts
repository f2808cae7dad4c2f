// What has to be told to the person behind an e-mail address. A letter is kept first; with a mail server the relay takes it from there.
import { randomUUIDv7 } from 'node:crypto';
import type { Instant } from '../model/instant.ts';
import type { LetterTopic } from '../protocol/account-emails.ts';
import type { MessageLocale } from '../protocol/messages.ts';

/** What opens something by itself, and until when. It is in the letter and nowhere else in clear text. */
export type LetterToken = { readonly token: string; readonly expiresAt: Instant };

/** Contains no name: someone who registers another person's address could use a name to send advertising. */
export type Letter = {
  readonly id: string;
  readonly topic: LetterTopic;
  /** Whom it is for. */
  readonly email: string;
  /** Of who has asked for it, for an address whose account has no language, or that has no account. null: unknown. */
  readonly locale: MessageLocale | null;
  /** null: there is nothing to open. */
  readonly secret: LetterToken | null;
  readonly createdAt: Instant;
};

/** One of the two is kept, whichever is true; the other one leaves no trace. */
export type LetterChoice = { readonly ifAccount: Letter; readonly ifNone: Letter };

type Opening = { readonly secret?: LetterToken; readonly locale?: MessageLocale | null | undefined };

export function newLetter(topic: LetterTopic, email: string, createdAt: Instant, { secret, locale }: Opening = {}): Letter {
  return { id: randomUUIDv7(), topic, email, locale: locale ?? null, secret: secret ?? null, createdAt };
}

/** What has become of a letter: `kept` for the owner to hand on, or the relay's, from `waiting` to `sent` or `failed`. */
export type LetterDelivery = {
  readonly state: 'kept' | 'waiting' | 'sent' | 'failed';
  /** How often it was tried, the attempt that is under way included. */
  readonly attempts: number;
  readonly sentAt: Instant | null;
  /** Not before then; null unless it waits. */
  readonly nextAttemptAt: Instant | null;
  /** Why the last attempt came to nothing. */
  readonly reason: string | null;
};

/** Its token shows only as long as the letter is kept for the owner: what leaves by mail is for its reader alone. */
export type KeptLetter = Letter & { readonly delivery: LetterDelivery /** Its link opens the account of an owner. */; readonly opensOwner: boolean };

export type LetterPage = { readonly items: readonly KeptLetter[] /** The id to go on from; null on the last page. */; readonly nextCursor: string | null };

/** Letters are kept in the transaction of what they are about, so that there is never a token without its letter: see the other stores. */
export type LetterStore = {
  /** For an e-mail that is about nothing that is stored. */
  keepLetter(letter: Letter): Promise<void>;
  /** Newest first, those older than the letter `before`. Tokens that have expired are left out. */
  letters(limit: number, before: string | null, at: Instant): Promise<LetterPage>;
};
