// What is told to one recipient, once.
import type { AppointmentStatus } from '../model/appointment-status.ts';
import type { Instant } from '../model/instant.ts';
import type { Money, PriceType } from '../model/money.ts';
import { AGENDA, type MESSAGE_STATUSES, type MessageChannel, type MessageKind, type MessageLocale, type StaffKind } from '../protocol/messages.ts';

/** What a message says, as the fact had it: ids, times, and what is offered. It names no person. */
export type AboutAppointment = {
  readonly id: string;
  readonly reference: string;
  readonly status: AppointmentStatus;
  readonly serviceId: string;
  readonly serviceName?: string;
  /** Names of what is done along with it. */
  readonly addOns?: readonly string[];
  readonly locationId: string;
  readonly locationName?: string;
  readonly staffId: string;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly timeZone: string;
  readonly price: Money;
  /** What a voucher has taken off the price. Absent: nothing. */
  readonly discount?: Money;
  /** Absent: the price is as it stands. */
  readonly priceType?: Exclude<PriceType, 'fixed'>;
  readonly createdAt: Instant;
  /** When it became what it is. */
  readonly changedAt: Instant;
  /** Who has called it off. */
  readonly by?: 'customer' | 'business';
  /** Of a message about money: how much has come, gone back, or is due. */
  readonly money?: Money;
  /** Of a change of what it costs. `paid`: what was paid for it by then and has not gone back; absent: nothing. */
  readonly isRepriced?: true;
  readonly paid?: Money;
  /** It was booked with its price reserved on a card. `reserved`: what was by then, and is not paid; absent: nothing any more. */
  readonly reserves?: true;
  readonly reserved?: Money;
  /** Of money that came too late and went back: free times near the one that was wanted, the nearest first. */
  readonly offers?: readonly Instant[];
  /** Of a move: where it was. */
  readonly from?: { readonly startsAt: Instant; readonly endsAt: Instant; readonly staffId: string };
};
/** `key`: what it follows from and whom it is for. There is one message for a key at most, however often it is found to be due. */
export type NewMessage = {
  readonly id: string;
  readonly key: string;
  readonly kind: MessageKind;
  readonly channel: MessageChannel;
  readonly locale: MessageLocale;
  /** null: to a payer who is no customer yet. `to`: the address, where nothing was booked in the end. */
  readonly customerId: string | null;
  readonly to?: string;
  readonly about: AboutAppointment;
  readonly createdAt: Instant;
};

const RESEND = /^resend\/([0-9a-f-]{36})\/\d+$/;
/** Of a message that was sent again by hand: the message that was first; null of any other. */
export function resendOf({ key }: Pick<ListedMessage, 'key'>): string | null {
  return RESEND.exec(key)?.[1] ?? null;
}

export type MessageStatus = (typeof MESSAGE_STATUSES)[number];
/** As it leaves. A text has neither a subject nor HTML: both are empty. The link to manage the appointment is put in when it does, and is in no row. */
export type Rendered = { readonly to: string; readonly subject: string; readonly text: string; readonly html: string };

type MessageState = {
  readonly status: MessageStatus;
  readonly attempts: number;
  readonly failure: string | null;
  readonly rendered: Rendered | null;
  readonly sentAt: Instant | null;
  /** Of a text: how many segments are paid for, and when it reached the telephone. */
  readonly segments: number | null;
  readonly deliveredAt: Instant | null;
};
/** To a customer, about an appointment. */
export type StoredMessage = NewMessage & MessageState;

/** A day of a staff member, from midnight to midnight of their location. `date`: as in 2026-11-30. */
export type AboutDay = Pick<AboutAppointment, 'staffId' | 'locationId' | 'timeZone' | 'startsAt' | 'endsAt'> & { readonly date: string };
/** To a staff member: what the day brings them. */
export type NewAgenda = Pick<NewMessage, 'id' | 'key' | 'locale' | 'createdAt'> & {
  readonly kind: typeof AGENDA;
  readonly channel: 'email';
  readonly userId: string;
  readonly about: AboutDay;
};
export type StoredAgenda = NewAgenda & MessageState;

/** `toStaffId`: whose calendar it is, or was before a move. */
export type AboutForStaff = AboutAppointment & { readonly toStaffId: string };
/** For the person with that calendar, unless it is the user `by`, who did it, or they do not want it. */
export type NewStaffEmail = Pick<NewMessage, 'id' | 'key' | 'createdAt'> & {
  readonly kind: StaffKind;
  readonly by: string | null;
  readonly about: AboutForStaff;
};
export type StoredStaffEmail = Omit<NewStaffEmail, 'by'> & Pick<NewAgenda, 'locale' | 'channel' | 'userId'> & MessageState;
export type ListedMessage = StoredMessage | StoredAgenda | StoredStaffEmail;

export function isAgenda(message: ListedMessage): message is StoredAgenda {
  return message.kind === AGENDA;
}

/** To a person who works for the business. */
export function isPersonal(message: ListedMessage): message is StoredAgenda | StoredStaffEmail {
  return 'userId' in message;
}
