// Calendars decided together. Types only.
import type { CalendarCommand, CalendarEvent, Refusal } from './calendar.ts';

/** A command for one calendar. Several parts are decided together, all or nothing; those of one calendar one after the other. */
export type Part = { readonly calendarId: string; readonly command: CalendarCommand };

/** At least one; the first part with a "no" gives the refusal, and the owner of its first calendar is asked to decide. */
export type Parts = readonly [Part, ...Part[]];

/** The decision of a group: the facts of each calendar, and which calendar has the answering fact. */
export type GroupDecision =
  | { readonly eventsOf: ReadonlyMap<string, readonly CalendarEvent[]>; readonly answeredBy: string }
  | { readonly refusal: Refusal }
  /** A record in the parts is out of date, or a calendar that must take part is missing: the caller reads again. */
  | { readonly stale: true };
