import type { Instant } from '../../model/instant.ts';
import type { CalendarEvent, Refusal } from '../calendar/calendar.ts';
import type { Typed } from '../calendar/typed.ts';
import type { CommitFailure, StoredRequest } from '../ports.ts';
import type { RequestKey } from '../scheduler.ts';

/** The actor of a calendar, as far as the journal knows it. */
export type EntryActor = {
  readonly id: string;
  readonly shard: number;
  /** False once it has withdrawn the entry, or put another one in its place. */
  isPending(entry: Entry): boolean;
};

/** The part of an entry for one calendar. Without events it only records that something was decided at that revision. */
export type EntryPart = {
  readonly actor: EntryActor;
  /** The revision it was decided on. */
  readonly base: number;
  /** The resulting revision: `base` + 1, or `base` without events. */
  readonly revision: number;
  readonly at: Instant;
  readonly events: readonly CalendarEvent[];
  /** What was typed for the appointment that the last event is about. */
  readonly typed?: Typed;
};

export type EntryAnswer =
  /** The last event of the first part is the answer. */
  { readonly type: 'fact' } | { readonly type: 'refusal'; readonly refusal: Refusal } | { readonly type: 'tombstone' } | { readonly type: 'none' };

/** How an entry ended. */
export type EntryEnd =
  /** Durable. For a refusal: the state it was decided on is durable. */
  | { readonly type: 'done'; readonly epochs: ReadonlyMap<number, number> }
  /** The key had been used before; nothing of this entry was written. */
  | { readonly type: 'duplicate'; readonly stored: StoredRequest }
  /** Decided on a state the database does not have; nothing was written. The actor decides again. */
  | { readonly type: 'lost' }
  /** The database refuses this very entry. Nothing was written and nothing will be. */
  | { readonly type: 'poisoned'; readonly failure: CommitFailure };

/** One decision on its way to the database. Entries of one calendar are committed in the order in which they were decided. */
export type Entry = {
  readonly id: string;
  readonly parts: readonly EntryPart[];
  readonly request: RequestKey | null;
  readonly answer: EntryAnswer;
  /** Called exactly once, unless the actor took the entry back before. */
  readonly end: (end: EntryEnd) => void;
};
