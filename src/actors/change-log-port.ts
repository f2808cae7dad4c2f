// The change log of the whole business, as readers follow it. Types only; `persistence/change-log/change-log-reads.ts` says why nothing is passed over.
import type { CalendarChange, ChangedBy } from './scheduler.ts';

/** Where a reader is: the row read last. Both are numbers of up to 64 bits, as text. */
export type LogPosition = { readonly xid: string; readonly position: string };
/** `entryId`: of the decision; the changes of several calendars that were decided together have the same. */
export type LoggedChange = CalendarChange & LogPosition & { readonly by: ChangedBy | null; readonly requestId: string | null; readonly entryId: string };
/** null: all of them. */
export type LogFilter = { readonly calendarIds: readonly string[] | null; readonly types: readonly string[] | null };
/** `last`: how far was looked, null where there was nothing to look at; `isMore`: there may be more behind it; `hasGap`: something that came after the asked position was cut from the log. */
export type LogPage = { readonly changes: readonly LoggedChange[]; readonly last: LogPosition | null; readonly isMore: boolean; readonly hasGap: boolean };

/** Rejects with ReadFailure while the database does not answer. */
export type ChangeLog = {
  /** The newest row that readers get, null where there is none. */
  newest(): Promise<LogPosition | null>;
  /** The newest row that is committed; readers get it once no transaction from before it is open any more. */
  head(): Promise<LogPosition | null>;
  /** Whether a position can be read on from: `kept`, nothing that came after it was cut; `too-old`, something was; `unknown`, it is ahead of everything. */
  placeOf(position: LogPosition): Promise<'kept' | 'too-old' | 'unknown'>;
  /** What comes after a position, the oldest first; null is where the log is cut, so that nothing is missing from there on. A page with fewer than `limit` changes has been looked through to `last`. */
  page(after: LogPosition | null, filter: LogFilter, limit: number): Promise<LogPage>;
};
