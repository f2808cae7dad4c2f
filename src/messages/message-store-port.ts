// What sending and listing messages need of their storage. `persistence/messages/message-store.ts` implements it.
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { KeptReplies } from '../model/kept-replies.ts';
import type { Share, Spent } from './budgets.ts';
import type { AboutAppointment, MessageStatus, NewMessage, Rendered, StoredMessage } from './message.ts';
import type { MessageTemplate, TemplateName } from './template.ts';

/** What has become of an attempt. `waiting`: it is tried again. */
type Outcome = { readonly status: MessageStatus; readonly failure: string | null };

/** An appointment as it is when a message about it is sent. `email`: null where it was erased. */
export type Present = Pick<AboutAppointment, 'status' | 'startsAt' | 'endsAt' | 'staffId'> & {
  readonly email: string | null;
  /** Where a guest has booked it from; null: it was no guest. */
  readonly source: string | null;
};

/** One change that is asked for, all or nothing. They come one after the other, on all nodes. */
export type MessageTransaction = KeptReplies & {
  byId(id: string): Promise<StoredMessage | undefined>;
  present(appointmentId: string): Promise<Present | undefined>;
  /** How often this message was sent again. */
  resendsOf(id: string): Promise<number>;
  /** And asks for its sending. */
  add(message: NewMessage): Promise<void>;
  template(name: TemplateName): Promise<MessageTemplate>;
  putTemplate(template: MessageTemplate): Promise<void>;
  addAuditEntry(entry: AuditEntry): Promise<void>;
};

type MessageFilter = {
  readonly appointmentId?: string | undefined;
  readonly customerId?: string | undefined;
  readonly status?: readonly MessageStatus[] | undefined;
  /** null: anywhere. */
  readonly locationId: string | null;
};

/** An appointment that comes due for a reminder, and the offset for which it does. */
export type DueReminder = {
  readonly about: AboutAppointment;
  readonly customerId: string;
  readonly locale: NewMessage['locale'];
  readonly minutes: number;
};

export type MessageStore = {
  byId(id: string): Promise<StoredMessage | undefined>;
  /** The appointment that a message is about, and where its customer is told. `undefined`: there is none. */
  present(appointmentId: string): Promise<Present | undefined>;
  /** Why the last message of this customer to this address was refused because of the address; null where it was not. */
  addressRefused(customerId: string, address: string): Promise<string | null>;
  /** Whether this address of the customer, by its digest, gets no reminders. */
  declinesReminders(customerId: string, address: string): Promise<boolean>;
  /** null: it gets them again. */
  declineReminders(customerId: string, address: string | null): Promise<void>;
  template(name: TemplateName): Promise<MessageTemplate>;
  /** Before it leaves: so what is stored is what was sent, also when it is sent again. */
  keepRendered(id: string, rendered: Rendered): Promise<void>;
  /** Takes from all of these budgets, once however often it is asked for a message, or from none: then the message is skipped. */
  spend(id: string, shares: readonly Share[]): Promise<Spent>;
  /** Counts an attempt. Does nothing to a message that has an end already. */
  settle(id: string, outcome: Outcome): Promise<void>;
  changing<T>(work: (transaction: MessageTransaction) => Promise<T>): Promise<T>;
  /** The newest first. */
  list(filter: MessageFilter, limit: number, before: string | null): Promise<readonly StoredMessage[]>;
  /** Appointments that start within one of these offsets from now on and have no reminder for it and their start yet; each with the shortest of those. By the database's clock, in the order of starts and ids. `after`: only those behind it. */
  dueReminders(minutes: readonly number[], limit: number, after: Pick<AboutAppointment, 'startsAt' | 'id'> | null): Promise<readonly DueReminder[]>;
};
