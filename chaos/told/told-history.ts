// What is known after a run: what was decided, from the log, and what arrived outside. Types only.
import type { CalendarEvent } from '../../src/actors/calendar/calendar.ts';

/** A row of the change log, as the database has it. */
export type LogRow = {
  readonly xid: string;
  readonly position: string;
  readonly calendarId: string;
  readonly revision: number;
  readonly at: number;
  readonly entryId: string;
  readonly events: readonly CalendarEvent[];
  /** The customer was not to be told. */
  readonly isQuiet: boolean;
};

/** An entry of the books in which money comes from a customer or goes back, in the order of its numbers. */
export type BookedMoney = { readonly key: string; readonly appointmentId: string; readonly amount: number; readonly isBack: boolean };

/** A request at a receiver, in the order in which they came. */
export type Arrival = {
  readonly endpoint: string;
  readonly headerId: string;
  readonly body: { readonly id: string; readonly type: string; readonly calendarId: string | null; readonly revision: number; readonly data: object };
  /** What was answered; 0: its sender died before. */
  readonly status: number;
};

export type ArrivedMail = {
  readonly messageId: string;
  readonly recipient: string;
  readonly text: string;
  /** Of `text/calendar`, where there is one. */
  readonly calendar: string | undefined;
};

export type ToldHistory = {
  /** In the order of (xid, position). */
  readonly log: readonly LogRow[];
  /** All of it was booked after the endpoints were made. */
  readonly books: readonly BookedMoney[];
  readonly endpoints: readonly { readonly name: string; readonly types: readonly string[] }[];
  /** What comes after this row of the log has to be told; what is before it may be. */
  readonly requiredAfter: { readonly xid: string; readonly position: string };
  readonly arrivals: readonly Arrival[];
  readonly mails: readonly ArrivedMail[];
  /** The address of the customer of an appointment that was asked for, whether or not it was booked. */
  readonly addressOf: (appointmentId: string) => string;
};

/** 1: everything that was committed arrives. 2: nothing else does. 3: a repeat has the id and the content of the first. 4: the order of each thing holds. */
export type ToldRule = 1 | 2 | 3 | 4;
export type ToldViolation = { readonly rule: ToldRule; readonly what: string };
