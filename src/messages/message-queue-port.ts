// What sending e-mails needs of its storage. `persistence/messages/message-queue.ts` implements it.
import type { Instant } from '../model/instant.ts';
import type { Share, Spent } from './budgets.ts';
import type { MessageStatus, Rendered, StoredAgenda, StoredMessage, StoredStaffEmail } from './message.ts';
import type { Present } from './message-store-port.ts';
import type { TemplateText } from './template.ts';

/** Names one taking: `attempts` was counted then, so each has its own number. */
export type Lease = Pick<StoredMessage, 'id' | 'attempts'>;

/** A message that this node has taken, with all that decides what becomes of it, as of that moment. */
export type TakenMessage = {
  readonly message: StoredMessage;
  /** The appointment it is about. `undefined`: there is none. */
  readonly present: Present | undefined;
  /** The digests of addresses to which the customer wants no reminders. */
  readonly declinedAddresses: readonly string[];
  /** Why the last message of this customer to this address was refused because of the address; null where it was not. */
  readonly refusal: string | null;
  /** What the business makes it say. */
  readonly template: TemplateText | null;
  /** How often the address of the customer was corrected: its link is of the last one. */
  readonly corrections: number;
};

export type AgendaEntry = {
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly isRequested: boolean;
  readonly serviceId: string;
  readonly serviceName: string | null;
};
/** `to`: null where the account is no more, or disabled. */
type TakenPersonal<Message> = { readonly message: Message; readonly to: string | null; readonly isWanted: boolean; readonly template: TemplateText | null };
/** `entries`: by their starts. */
export type TakenAgenda = TakenPersonal<StoredAgenda> & { readonly entries: readonly AgendaEntry[] };

/** `staffId`: whose calendar its reader has. */
export type TakenStaffEmail = TakenPersonal<StoredStaffEmail> & { readonly staffId: string | null };

/** `shares`: what it takes of budgets; null: nothing, as it does not leave. */
export type PreparedMessage = Lease & { readonly rendered: Rendered; readonly shares: readonly Share[] | null };

/** What has become of an attempt. `waiting`: it is tried again after `delayMs`. */
export type Outcome =
  | { readonly status: Exclude<MessageStatus, 'waiting'>; readonly failure: string | null }
  | { readonly status: 'waiting'; readonly failure: string; readonly delayMs: number };
export type Settled = Lease & Outcome;

type Waiting = { readonly messages: number /** Since when the oldest one waits, in milliseconds; 0 if none does. */; readonly oldestMs: number };

export type MessageQueue = {
  /** At most `limit` that are due; reminders come last. No other node has them until the lease runs out. */
  take(limit: number, leaseMs: number): Promise<readonly (TakenMessage | TakenAgenda | TakenStaffEmail)[]>;
  /**
   * Before they leave, in one transaction: keeps what each says, so that what is stored is what was sent, and takes from its budgets, once however often it is asked for a message.
   * A message that a budget has no room for is skipped. The answers are in the order of the messages.
   */
  prepare(messages: readonly PreparedMessage[]): Promise<readonly Spent[]>;
  /** All or nothing. What was sent is marked in any case, everything else only while the lease is this node's. People are told of what failed. */
  settle(settled: readonly Settled[]): Promise<void>;
  /** From now on. Answers the ids of those that are still this node's; the others have an end, or another node has them. */
  renew(leases: readonly Lease[], leaseMs: number): Promise<readonly string[]>;
  /** As if they had not been taken. */
  release(leases: readonly Lease[]): Promise<void>;
  /** A message of an earlier version, which has a job and waits in no row. Does nothing if it waits already or has an end. */
  adopt(id: string): Promise<void>;
  waiting(): Promise<Waiting>;
};
