// What the relay needs of its storage. `persistence/mail/email-queue.ts` implements it.
import type { Instant } from '../model/instant.ts';
import type { EmailTopic } from '../protocol/account-emails.ts';
import type { MessageLocale } from '../protocol/messages.ts';

/** An e-mail that this node has taken, and no other node takes until the lease runs out. */
export type TakenEmail = {
  readonly id: string;
  readonly topic: EmailTopic;
  readonly email: string;
  readonly locale: MessageLocale;
  /** What the link opens; null for e-mails without a link, and where it has gone because it expired. */
  readonly token: string | null;
  readonly tokenExpiresAt: Instant | null;
  readonly createdAt: Instant;
  /** Counted when it was taken, this time included: also a number for this lease, since every one has its own. */
  readonly attempts: number;
  /** Why the attempt before came to nothing. */
  readonly failure: string | null;
  /** By the database's clock, as everything here. */
  readonly takenAt: Instant;
};

export type Delivery =
  | { readonly type: 'sent' }
  | { readonly type: 'failed'; readonly reason: string }
  /** Tried again no earlier than this many milliseconds from now. */
  | { readonly type: 'later'; readonly reason: string; readonly delayMs: number };

type Waiting = { readonly mails: number /** Since when the oldest one waits, in milliseconds; 0 if none does. */; readonly oldestMs: number };

export type EmailQueue = {
  /** At most `limit` e-mails that are due, those due first. Two nodes never have one at the same time, unless one of them is slower than its lease. */
  take(limit: number, leaseMs: number): Promise<readonly TakenEmail[]>;
  /**
   * Marks what has become of it; a token goes in the same statement unless the e-mail is tried again. What was sent is marked in any case,
   * everything else only by the node that still has the lease.
   */
  settle(mail: Pick<TakenEmail, 'id' | 'attempts'>, delivery: Delivery): Promise<void>;
  waiting(): Promise<Waiting>;
};
