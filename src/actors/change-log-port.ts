// The change log of the whole business, as readers follow it. Types only; `persistence/change-log/change-log-reads.ts` explains why no change is skipped.
import type { CalendarChange, ChangedBy } from './scheduler.ts';

/** Where a reader is: the row read last. Both are numbers of up to 64 bits, as text. */
export type LogPosition = { readonly xid: string; readonly position: string };
/** `entryId`: the decision; changes of several calendars decided together share it. */
export type LoggedChange = CalendarChange & LogPosition & { readonly by: ChangedBy | null; readonly requestId: string | null; readonly entryId: string };
/** null: all of them. */
export type LogFilter = { readonly calendarIds: readonly string[] | null; readonly types: readonly string[] | null };
/** `last`: the last position read, null if there was none; `isMore`: there may be more; `hasGap`: changes after the given position were cut from the log. */
export type LogPage = { readonly changes: readonly LoggedChange[]; readonly last: LogPosition | null; readonly isMore: boolean; readonly hasGap: boolean };

/** Rejects with ReadFailure while the database does not answer. */
export type ChangeLog = {
  /** The newest row visible to readers, null if there is none. */
  newest(): Promise<LogPosition | null>;
  /** The newest committed row; readers see it once all earlier transactions have ended. */
  head(): Promise<LogPosition | null>;
  /** Whether reading can continue from a position: `kept`; `too-old`: changes after it were cut; `unknown`: it is ahead of everything. */
  placeOf(position: LogPosition): Promise<'kept' | 'too-old' | 'unknown'>;
  /** Changes after a position, oldest first; null starts where the log is cut. A page with fewer than `limit` changes was searched up to `last`. */
  page(after: LogPosition | null, filter: LogFilter, limit: number): Promise<LogPage>;
};
