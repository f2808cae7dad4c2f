// What has to be told to the person behind an e-mail address. An e-mail is kept first; with a mail server the relay takes it from there.
import { randomUUIDv7 } from 'node:crypto';
import type { Instant } from '../model/instant.ts';
import type { EmailTopic } from '../protocol/account-emails.ts';
import type { MessageLocale } from '../protocol/messages.ts';

/** What opens something by itself, and until when. It is in the e-mail and nowhere else in clear text. */
export type EmailToken = { readonly token: string; readonly expiresAt: Instant };

/** Contains no name: someone who registers another person's address could use a name to send advertising. */
export type AccountEmail = {
  readonly id: string;
  readonly topic: EmailTopic;
  /** Whom it is for. */
  readonly email: string;
  /** Of who has asked for it, for an address whose account has no language, or that has no account. null: unknown. */
  readonly locale: MessageLocale | null;
  /** null: there is nothing to open. */
  readonly secret: EmailToken | null;
  readonly createdAt: Instant;
};

type Opening = { readonly secret?: EmailToken; readonly locale?: MessageLocale | null | undefined };

export function newEmail(topic: EmailTopic, email: string, createdAt: Instant, { secret, locale }: Opening = {}): AccountEmail {
  return { id: randomUUIDv7(), topic, email, locale: locale ?? null, secret: secret ?? null, createdAt };
}

/** What has become of an e-mail: `kept` for the owner to hand on, or the relay's, from `waiting` to `sent` or `failed`. */
export type EmailDelivery = {
  readonly state: 'kept' | 'waiting' | 'sent' | 'failed';
  /** How often it was tried, the attempt that is under way included. */
  readonly attempts: number;
  readonly sentAt: Instant | null;
  /** Not before then; null unless it waits. */
  readonly nextAttemptAt: Instant | null;
  /** Why the last attempt came to nothing. */
  readonly reason: string | null;
};

/** Its token shows only as long as the e-mail is kept for the owner: what leaves by mail is for its reader alone. */
export type KeptEmail = AccountEmail & { readonly delivery: EmailDelivery /** Its link opens the account of an owner. */; readonly opensOwner: boolean };

export type EmailPage = { readonly items: readonly KeptEmail[] /** The id to go on from; null on the last page. */; readonly nextCursor: string | null };
