// What a caller says about new and changed parts of the catalog. Shapes are checked before they get here; what depends on other parts is checked here.
import type { MostStarts } from '../model/booking-limits.ts';
import type { WeeklyWindow } from '../model/calendar-hours.ts';
import type { locationFields, resourceFields, serviceFields, staffFields } from '../protocol/catalog.ts';
import type { NewRecordOf, RecordOf } from '../protocol/managed-fields.ts';
import type { MessageSettingsChange } from '../protocol/messages.ts';
import type { BookableService, Business, Location, Resource, StaffMember } from './catalog.ts';

/** Some of the fields of `T`; one that is not there or undefined stays as it is. */
export type Changes<T> = { readonly [Field in keyof T]?: T[Field] | undefined };

export type LocationDraft = NewRecordOf<typeof locationFields> & Pick<Location, 'id' | 'weekly'>;
export type LocationChanges = Changes<RecordOf<typeof locationFields>>;
/** Of a date, null takes the special date away, and an empty list closes the location on it. */
export type LocationHoursChange =
  | { readonly weekly: Location['weekly'] }
  | { readonly dates: { readonly [date: string]: Location['specialDates'][string] | null } };

export type ServiceDraft = NewRecordOf<typeof serviceFields> & {
  readonly id: string;
  /** Who does it; left out, that is up to the staff members' own lists. */
  readonly staffIds?: readonly string[] | undefined;
};
export type ServiceChanges = Changes<Omit<BookableService, 'id' | 'version'> & { readonly staffIds: readonly string[] }>;

/** The hours of a new calendar; from then on only the calendar itself changes them. */
export type HoursDraft = {
  readonly timeZone: string | null;
  readonly ownHours: boolean;
  readonly weekly: readonly WeeklyWindow[] | null;
  /** How many may start in a day, a week and a month; left out: no limit. */
  readonly mostStarts?: MostStarts;
};

export type StaffDraft = NewRecordOf<typeof staffFields> & Pick<StaffMember, 'id' | 'calendarId'> & HoursDraft;
export type StaffChanges = Changes<RecordOf<typeof staffFields>>;

/** Its hours are read in the zone of its location. */
export type ResourceDraft = NewRecordOf<typeof resourceFields> & Pick<Resource, 'id' | 'calendarId'> & Omit<HoursDraft, 'timeZone' | 'mostStarts'>;
export type ResourceChanges = Changes<RecordOf<typeof resourceFields>>;

export type SettingsChanges = Changes<Pick<Business, 'name' | 'bufferRule' | 'guestProof' | 'embedOrigins'>> & {
  readonly messages?: MessageSettingsChange | undefined;
};

/** `business` with the changes that are really there; each switch of its messages stands for itself. */
export function withSettings(business: Business, { messages, ...changes }: SettingsChanges): Business {
  const { email, sms, quietHours, reminderMinutes } = business.messages;
  const told = {
    email: changed(email, messages?.email ?? {}),
    sms: changed(sms, messages?.sms ?? {}),
    quietHours: messages?.quietHours === undefined ? quietHours : messages.quietHours,
    reminderMinutes: messages?.reminderMinutes?.toSorted((a, b) => b - a) ?? reminderMinutes,
  };
  return { ...changed(business, changes), messages: told };
}

/** `row` with the changes that are really there. */
export function changed<T extends object>(row: T, changes: NoInfer<Changes<T>>): T {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...row, ...(Object.fromEntries(given) as Partial<T>) };
}
