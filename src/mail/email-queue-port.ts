// What the relay needs of its storage. `persistence/mail/email-queue.ts` implements it.
import type { Instant } from '../model/instant.ts';
import type { EmailTopic } from '../protocol/account-emails.ts';
import type { MessageLocale } from '../protocol/messages.ts';
import type { LeaseQueue } from './lease-queue-port.ts';

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

export type EmailEnd = 'sent' | 'failed';
/** A token goes with the mark of an end. */
export type EmailQueue = LeaseQueue<TakenEmail, EmailEnd>;
