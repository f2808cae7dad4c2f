// What an actor is given to do, what it says of it, and how it meets the rest of its node. Types only.
import type { Instant } from '../../model/instant.ts';
import type { Lane } from '../journal/lane.ts';
import type { Cancel, CommitFailure, StoredCalendar, StoredRequest } from '../ports.ts';
import type { CalendarChange, RequestKey } from '../scheduler.ts';
import type { CalendarCommand, CalendarEvent, Decision, Refusal } from './calendar.ts';

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
  /** False: somebody else will be asked after a refusal, so it is not written down under the key. */
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
  /** The change log after one revision and up to another. */
  readonly changesBetween: (calendarId: string, after: number, upTo: number) => Promise<readonly CalendarChange[]>;
  /** `isOwn`: decided here, so that nobody else can know of it yet. */
  readonly onChange: (change: CalendarChange, isOwn: boolean) => void;
  readonly onReloadFailed: (calendarId: string, error: unknown) => void;
};

export type StillDecision = { readonly base: number; readonly at: Instant; readonly expiries: readonly CalendarEvent[]; readonly decision: Decision };
/** A calendar that is held still. */
export type Still = {
  decide(command: CalendarCommand): StillDecision;
  release(end: StillEnd): void;
};
export type StillEnd =
  /** Nothing was taken in. */
  | { readonly type: 'unchanged' }
  /** Committed: `expiries` were taken in when it decided, `events` are taken in now. */
  | {
      readonly type: 'apply';
      readonly revision: number;
      readonly at: Instant;
      readonly epoch: number;
      readonly expiries: readonly CalendarEvent[];
      readonly events: readonly CalendarEvent[];
    }
  /** What the database has is not known to be what this actor has: load it. */
  | { readonly type: 'discard' };
