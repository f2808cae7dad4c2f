// What feeds and external calendars need of their storage. `persistence/calendars-in-and-out/` implements it.
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Instant } from '../model/instant.ts';

/** The secret feed of one staff member. Only the hash of its secret is stored. */
export type CalendarFeed = { readonly staffId: string; readonly customerNames: boolean; readonly createdAt: Instant };

/** What became of the last attempts. `failure` is null if the last one succeeded. */
type RefreshState = {
  readonly lastOkAt: Instant | null;
  readonly failedAt: Instant | null;
  readonly failure: string | null;
  /** Consecutive failures. */
  readonly failures: number;
  /** Busy times found by the last successful attempt. */
  readonly busyTimes: number;
  /** How far ahead that attempt has read; null: none succeeded. */
  readonly readUntil: Instant | null;
};

export type ExternalCalendar = RefreshState & {
  readonly id: string;
  readonly staffId: string;
  readonly calendarId: string;
  /** The host of its address; the address itself is a secret and sealed. */
  readonly host: string;
  readonly createdAt: Instant;
  readonly nextRefreshAt: Instant;
};
type StoredExternalCalendar = ExternalCalendar & { readonly sealedUrl: string };

/** Of the last good answer, to ask only for a newer one. `readAs` names the window and the zone it was read in; in another one the text is needed again. */
type Freshness = { readonly etag: string | null; readonly readAs: string };

/** `takenAt`: by the clock of the database. */
export type TakenCalendar = StoredExternalCalendar & { readonly freshness: Freshness | null; readonly takenAt: Instant };

export type Settled =
  | { readonly outcome: 'ok'; readonly busyTimes: number; readonly readUntil: Instant; readonly freshness: Freshness; readonly nextInMs: number }
  | { readonly outcome: 'failed'; readonly failure: string; readonly nextInMs: number };

export type CalendarsStore = {
  /** Replaces the feed of the staff member. */
  putFeed(feed: CalendarFeed & { readonly secretHash: string }, audited: AuditEntry): Promise<void>;
  /** True if there was one. */
  removeFeed(staffId: string, audited: AuditEntry): Promise<boolean>;
  feedOf(secretHash: string): Promise<CalendarFeed | undefined>;

  addExternal(calendar: StoredExternalCalendar, audited: AuditEntry): Promise<'added' | 'id-in-use'>;
  externalOf(staffId: string): Promise<readonly ExternalCalendar[]>;
  /** True if it was there. */
  removeExternal(id: string, audited: AuditEntry | null): Promise<boolean>;
  /** Takes what is due, the longest due first, and leaves it to this caller for so long. Two nodes never take the same. */
  takeDue(limit: number, leaseMs: number): Promise<readonly TakenCalendar[]>;
  settle(id: string, settled: Settled): Promise<void>;
};
