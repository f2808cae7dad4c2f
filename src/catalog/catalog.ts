// What the business offers: types of the catalog and its in-memory snapshot.
import type { DateWindows, WeeklyWindow } from '../model/calendar-hours.ts';
import { countryOfZone } from '../model/countries.ts';
import type { Money } from '../model/money.ts';
import type { MessageSettings } from '../protocol/messages.ts';

export type Business = {
  readonly name: string;
  readonly bufferRule: 'max' | 'sum';
  /** What guests have to show before they book: nothing, or that they read the mailbox they name. */
  readonly guestProof: 'none' | 'email';
  /** What customers are told. */
  readonly messages: MessageSettings;
  readonly version: number;
};
export type Location = {
  readonly id: string;
  readonly name: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly address: string | null;
  readonly phone: string | null;
  /** ISO 3166; null is the country of the time zone. */
  readonly country: string | null;
  readonly weekly: readonly WeeklyWindow[];
  readonly specialDates: DateWindows;
  /** Grows with every change of hours; calendars keep a copy with this number. */
  readonly hoursVersion: number;
  readonly version: number;
};
export type BookableService = {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly minutes: number;
  readonly slotIntervalMinutes: number;
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
  readonly leadTimeMinutes: number;
  readonly horizonDays: number | null;
  readonly capacity: number;
  readonly grid: 'fixed' | 'pack';
  readonly price: Money;
  readonly deposit: Money | null;
  /** Instead of an amount: this share of the price. */
  readonly depositPercent: number | null;
  readonly paymentPolicy: 'none' | 'deposit' | 'full';
  readonly approval: 'automatic' | 'manual';
  readonly cancelUntilMinutes: number | null;
  readonly rescheduleUntilMinutes: number | null;
  readonly refundRules: readonly { readonly untilMinutes: number; readonly percent: number }[];
  readonly dailyLimit: number | null;
  /** It needs one of these at its location along with the staff member; empty: none. Removed ones stay in the list, so that it is not offered without any. */
  readonly resourceIds: readonly string[];
  readonly active: boolean;
  readonly version: number;
};
export type StaffMember = {
  readonly id: string;
  readonly calendarId: string;
  readonly name: string;
  readonly email: string | null;
  readonly locationId: string;
  readonly bookable: boolean;
  readonly serviceIds: readonly string[];
  readonly version: number;
};
/** A room or a piece of equipment. */
export type Resource = {
  readonly id: string;
  readonly calendarId: string;
  readonly name: string;
  /** What it is, in the words of the business. */
  readonly kind: string | null;
  readonly locationId: string;
  readonly version: number;
};

/** An immutable snapshot of the catalog, without archived entries. */
export type Catalog = {
  readonly business: Business;
  readonly locations: ReadonlyMap<string, Location>;
  readonly services: ReadonlyMap<string, BookableService>;
  readonly staff: ReadonlyMap<string, StaffMember>;
  readonly resources: ReadonlyMap<string, Resource>;
};

/** Whose telephone numbers are meant there without a `+` in front; null where nobody has said and the time zone does not tell. */
export function countryOfLocation({ country, timeZone }: Pick<Location, 'country' | 'timeZone'>): string | null {
  return country ?? countryOfZone(timeZone) ?? null;
}
