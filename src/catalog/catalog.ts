// What the business offers: types of the catalog and its in-memory snapshot.
import type { DateWindows, WeeklyWindow } from '../model/calendar-hours.ts';
import { countryOfZone } from '../model/countries.ts';
import type { locationFields, resourceFields, serviceFields, staffFields } from '../protocol/catalog.ts';
import type { RecordOf } from '../protocol/managed-fields.ts';
import type { MessageSettings } from '../protocol/messages.ts';

export type Business = {
  readonly name: string;
  readonly bufferRule: 'max' | 'sum';
  /** What guests have to show before they book: nothing, or that they read the mailbox they name. */
  readonly guestProof: 'none' | 'email';
  /** The sites whose pages may show the booking page. */
  readonly embedOrigins: readonly string[];
  /** What customers are told. */
  readonly messages: MessageSettings;
  readonly version: number;
};
export type Location = RecordOf<typeof locationFields> & {
  readonly id: string;
  readonly weekly: readonly WeeklyWindow[];
  readonly specialDates: DateWindows;
  /** Grows with every change of hours; calendars keep a copy with this number. */
  readonly hoursVersion: number;
  readonly version: number;
};
export type BookableService = RecordOf<typeof serviceFields> & { readonly id: string; readonly version: number };
export type StaffMember = RecordOf<typeof staffFields> & { readonly id: string; readonly calendarId: string; readonly version: number };
/** A room or a piece of equipment. */
export type Resource = RecordOf<typeof resourceFields> & { readonly id: string; readonly calendarId: string; readonly version: number };

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
