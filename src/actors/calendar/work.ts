// What an actor is given to do, what it says of it, and how it meets the rest of its node. Types only.
import type { Instant } from '../../model/instant.ts';
import type { Lane } from '../journal/lane.ts';
import type { Cancel, CommitFailure, Missed, StoredCalendar, StoredRequest } from '../ports.ts';
import type { CalendarChange, RequestKey } from '../scheduler.ts';
import type { CalendarCommand, CalendarEvent, Refusal } from './calendar.ts';
import type { CalendarState } from './calendar-state.ts';

export type Outcome =
  | { readonly type: 'done'; readonly calendarId: string; readonly revision: number; readonly event: CalendarEvent | undefined }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'duplicate'; readonly stored: StoredRequest }
  | { readonly type: 'stale' }
  /** Nothing happened: too many commands wait, or this one lost its place too often. */
  | { readonly type: 'overloaded' }
  /** It was sent to another node, and may still happen. No calendar says this itself. */
  | { readonly type: 'unknown' }
  | { readonly type: 'poisoned'; readonly failure: CommitFailure };

export type Work = {
  readonly command: CalendarCommand;
  /** null: nothing is written down under a key. */
  readonly request: RequestKey | null;
  /** False: another candidate is asked after a refusal, so it is not stored under the key. */
  readonly isFinal: boolean;
  /** Adds to a refusal what only a wider view knows (alternatives), at the moment it is decided. */
  readonly elaborate: ((refusal: Refusal, at: Instant) => Refusal) | null;
};

export type ActorContext = {
  readonly laneOf: (shard: number) => Lane;
  /** Whether this node owns the shard: only the owner lets holds expire by itself. */
  readonly isOurs: (shard: number) => boolean;
  readonly now: () => Instant;
  readonly after: (milliseconds: number, run: () => void) => Cancel;
  readonly newEntryId: (at: Instant) => string;
  /** Loads this calendar; claims that ended before `claimsFrom` are left out. */
  readonly load: (calendarId: string) => Promise<StoredCalendar | undefined>;
  /** How far the calendar is, and what has changed since that revision; the changes are left out if they are more than `most`. One moment of the database. */
  readonly missed: (calendarId: string, after: number, most: number) => Promise<Missed | undefined>;
  /** The change log after one revision and up to another. */
  readonly changesBetween: (calendarId: string, after: number, upTo: number) => Promise<readonly CalendarChange[]>;
  /** `isOwn`: decided here, so that nobody else can know of it yet. */
  readonly onChange: (change: CalendarChange, isOwn: boolean) => void;
  readonly onReloadFailed: (calendarId: string, error: unknown) => void;
};

/** `durable`: all that was taken in. `taken-back`: some of it has not happened. `suspect`: the same, and what the calendar has in memory may be wrong. */
export type FreezeEnd = 'durable' | 'taken-back' | 'suspect';

/** A calendar that is kept still for a group. What is taken in is ahead of the database until it is said to have become durable, in the same order. */
export type Frozen = {
  state(): CalendarState;
  /** Never earlier than its last change. */
  moment(): Instant;
  /** Takes facts in. */
  take(events: readonly CalendarEvent[]): void;
  /** What was taken in since the last step is one change. */
  step(at: Instant): { readonly base: number; readonly revision: number };
  becameDurable(change: Pick<CalendarChange, 'revision' | 'epoch' | 'at' | 'events'>): void;
  thaw(end: FreezeEnd): void;
};
