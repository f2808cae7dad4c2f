// What messages say, in one language: ICU messages. Types only.
//
// They name no one and repeat nothing that was typed: otherwise a booking for another address could deliver an advertisement.
import type { MessageKind, StaffKind } from '../../protocol/messages.ts';
import type { AppointmentLabels } from '../../protocol/words/en.ts';

/** `{business}`, `{service}`, `{date}` and `{by}`, `customer` or `business`; about money `{amount}`, and of a refund `{offers}`: how many times are offered, or `none`; of a change `{balance}`: whether `{amount}` is `due` or was paid `over` the new price, or `none`; of what is booked `{card}`: `amount` is `reserved` on it, or `none`. `lead` is also what mail programs show beside the subject. */
export type MessageWords = { readonly subject: string; readonly heading: string; readonly lead: string };

export type Words = Readonly<Record<MessageKind, MessageWords>> & {
  /** A whole text message each, with the same values. `stop` follows a reminder that can be answered. */
  readonly sms: Readonly<Record<MessageKind | 'stop', string>>;
  /** To a staff member, of their day: `{business}`, `{date}` and how many `{appointments}`; `{count}` of them, or of those that are left out; `{service}` of one. */
  readonly agenda: MessageWords & {
    readonly appointments: string;
    readonly requested: string;
    readonly more: string /** The text of the link. */;
    readonly open: string;
  };
  /** To a staff member, of one appointment: `{business}`, `{service}`, `{date}`; `{move}`, `away` from their calendar, `here` or `none`; `{by}`, `customer`, `business`, or `declined` of a request. */
  readonly staff: Readonly<Record<StaffKind, MessageWords>>;
  readonly labels: AppointmentLabels;
  /** Of a price that is only the least: `{amount}`. */
  readonly priceFrom: string;
  readonly free: string;
  /** The text of the link. */
  readonly manage: string;
  /** `{amount}`. */
  readonly pay: string;
  readonly receiptPage: string;
  readonly bookAgain: string;
  /** `{business}`. */
  readonly footer: string;
};
