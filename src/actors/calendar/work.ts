// The commands and outcomes of an actor, and its ports to the rest of the node. Types only.
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
  /** The record is not the one that the command is based on; nothing happened. Never an outcome of a calendar itself. */
  | { readonly type: 'outdated' }
  /** Nothing happened: too many commands wait, or this one lost too many compare-and-sets. */
  | { readonly type: 'overloaded' }
  /** It was sent to another node and may still happen. Never an outcome of a calendar itself. */
  | { readonly type: 'unknown' }
  | { readonly type: 'poisoned'; readonly failure: CommitFailure };

export type Work = {
  readonly command: CalendarCommand;
  /** null: nothing is stored under a key. */
  readonly request: RequestKey | null;
  /** False: another candidate is asked after a refusal, so it is not stored under the key. */
  readonly isFinal: boolean;
  /** Adds to a refusal what only a wider view knows (alternatives), at the moment it is decided. */
  readonly elaborate: ((refusal: Refusal, at: Instant) => Refusal) | null;
  /** Whether the asker can hand it over to a node that decides in our place: then it is given back as soon as this calendar loses. */
  readonly handsOver?: boolean;
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
  /** The revision of the calendar and its changes since that revision, in one snapshot of the database; without the changes if there are more than `most`. */
  readonly missed: (calendarId: string, after: number, most: number) => Promise<Missed | undefined>;
  /** The change log after one revision and up to another. */
  readonly changesBetween: (calendarId: string, after: number, upTo: number) => Promise<readonly CalendarChange[]>;
  /** `isOwn`: decided here, so no other node knows of it yet. */
  readonly onChange: (change: CalendarChange, isOwn: boolean) => void;
  /** What was decided on this calendar has lost a compare-and-set. */
  readonly onLost: (calendarId: string) => void;
  /** Whether another node is to decide in our place for now. */
  readonly hasStandIn: (calendarId: string) => boolean;
  readonly onReloadFailed: (calendarId: string, error: unknown) => void;
};

/** `durable`: all facts. `taken-back`: some did not happen. `suspect`: the same, and the state in memory may be wrong. */
export type FreezeEnd = 'durable' | 'taken-back' | 'suspect';

/** A calendar frozen for a group. Applied facts are ahead of the database until they are reported durable, in the same order. */
export type Frozen = {
  state(): CalendarState;
  /** Never earlier than its last change. */
  moment(): Instant;
  /** Takes facts in. */
  take(events: readonly CalendarEvent[]): void;
  /** Facts applied since the last step are one change. */
  step(at: Instant): { readonly base: number; readonly revision: number };
  becameDurable(change: Pick<CalendarChange, 'revision' | 'epoch' | 'at' | 'events'>): void;
  thaw(end: FreezeEnd): void;
};
