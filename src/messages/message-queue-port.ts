// What sending e-mails needs of its storage. `persistence/messages/message-queue.ts` implements it.
import type { Lease, LeaseQueue } from '../mail/lease-queue-port.ts';
import type { Instant } from '../model/instant.ts';
import type { Share, Spent } from './budgets.ts';
import type { MessageStatus, Rendered, StoredAgenda, StoredMessage, StoredStaffEmail } from './message.ts';
import type { Present } from './message-store-port.ts';
import type { TemplateText } from './template.ts';

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
  readonly addOns: readonly string[];
};
/** `to`: null where the account is no more, or disabled. */
type TakenPersonal<Message> = { readonly message: Message; readonly to: string | null; readonly isWanted: boolean; readonly template: TemplateText | null };
/** `entries`: by their starts. */
export type TakenAgenda = TakenPersonal<StoredAgenda> & { readonly entries: readonly AgendaEntry[] };

/** `staffId`: whose calendar its reader has. */
export type TakenStaffEmail = TakenPersonal<StoredStaffEmail> & { readonly staffId: string | null };

export type Taken = TakenMessage | TakenAgenda | TakenStaffEmail;

/** `shares`: what it takes of budgets; null: nothing, as it does not leave. */
export type PreparedMessage = Lease & { readonly rendered: Rendered; readonly shares: readonly Share[] | null };

export type MessageEnd = Exclude<MessageStatus, 'waiting'>;

/** Reminders come last. What is settled as failed, people are told of. */
export type MessageQueue = LeaseQueue<Taken, MessageEnd> & {
  /**
   * Before they leave, in one transaction: keeps what each says, so that what is stored is what was sent, and takes from its budgets, once however often it is asked for a message.
   * A message that a budget has no room for is skipped. The answers are in the order of the messages.
   */
  prepare(messages: readonly PreparedMessage[]): Promise<readonly Spent[]>;
  /** A message of an earlier version, which has a job and waits in no row. Does nothing if it waits already or has an end. */
  adopt(id: string): Promise<void>;
};
