// What sending and listing messages need of their storage. `persistence/messages/message-store.ts` implements it.
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { KeptReplies } from '../model/kept-replies.ts';
import type { MessageChannel } from '../protocol/messages.ts';
import type { Share, Spent } from './budgets.ts';
import type { Undelivered } from './delivery-report.ts';
import type { AboutAppointment, ListedMessage, MessageStatus, NewMessage } from './message.ts';
import type { MessageTemplate, TemplateName, TemplateVersion, Written } from './template.ts';

/** An appointment as it is when a message about it is sent. `email`: null where it was erased. */
export type Present = Pick<AboutAppointment, 'status' | 'startsAt' | 'endsAt' | 'staffId'> & {
  readonly email: string | null;
  /** Where a guest has booked it from; null: it was no guest. */
  readonly source: string | null;
};

/** One change that is asked for, all or nothing. They come one after the other, on all nodes. */
export type MessageTransaction = KeptReplies & {
  byId(id: string): Promise<ListedMessage | undefined>;
  present(appointmentId: string): Promise<Present | undefined>;
  /** How often this message was sent again. */
  resendsOf(id: string): Promise<number>;
  /** And asks for its sending. */
  add(message: NewMessage): Promise<void>;
  template(name: TemplateName): Promise<MessageTemplate>;
  /** Keeps what it said before, of the last few versions. */
  putTemplate(template: MessageTemplate, written: Written): Promise<void>;
  addAuditEntry(entry: AuditEntry): Promise<void>;
};

type MessageFilter = {
  readonly appointmentId?: string | undefined;
  readonly customerId?: string | undefined;
  /** Of messages to a person who works for the business. */
  readonly userId?: string | undefined;
  readonly status?: readonly MessageStatus[] | undefined;
  readonly channel?: MessageChannel | undefined;
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
  byId(id: string): Promise<ListedMessage | undefined>;
  /** `address`: its digest. Not declined: it gets them again. Other addresses of the customer stay as they are. */
  declineReminders(customerId: string, address: string, isDeclined: boolean): Promise<void>;
  template(name: TemplateName): Promise<MessageTemplate>;
  /** Those that are kept, the newest first: the first is what it says now. */
  templateVersions(name: TemplateName): Promise<readonly TemplateVersion[]>;
  /** Takes from all of these budgets, once however often it is asked for a message, or from none: then the message is skipped. */
  spend(id: string, shares: readonly Share[]): Promise<Spent>;
  /** Of an e-mail that its mail server had taken, also of one about an account. Tells the desk. False: it is not here, or was said to be undelivered before. */
  markUndelivered(undelivered: Undelivered): Promise<boolean>;
  changing<T>(work: (transaction: MessageTransaction) => Promise<T>): Promise<T>;
  /** The newest first. */
  list(filter: MessageFilter, limit: number, before: string | null): Promise<readonly ListedMessage[]>;
  /** Appointments that start within one of these offsets from now on and have no reminder for it and their start yet; each with the shortest of those. By the database's clock, in the order of starts and ids. `after`: only those behind it. */
  dueReminders(minutes: readonly number[], limit: number, after: Pick<AboutAppointment, 'startsAt' | 'id'> | null): Promise<readonly DueReminder[]>;
};
