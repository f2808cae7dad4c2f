// Calendars decided together. Types only.
import type { CalendarCommand, CalendarEvent, Refusal } from './calendar.ts';

/** What is asked of one calendar. Several parts, each of another calendar, are decided in one go: all of them, or nothing. */
export type Part = { readonly calendarId: string; readonly command: CalendarCommand };

/** At least one; the first part with a "no" gives the refusal, and the owner of its first calendar is asked to decide. */
export type Parts = readonly [Part, ...Part[]];

/** What a group decides: the facts of each of its calendars, and which of them has the fact that answers. */
export type GroupDecision =
  | { readonly eventsOf: ReadonlyMap<string, readonly CalendarEvent[]>; readonly answeredBy: string }
  | { readonly refusal: Refusal }
  /** A record in the parts is not how its calendar has it, or a calendar that has a say is not among them: the asker reads again. */
  | { readonly stale: true };
