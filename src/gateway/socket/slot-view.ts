import type { CalendarSlots, SlotsQuery } from '../../actors/scheduler.ts';
import { DAY, type Instant, instant, MINUTE } from '../../model/instant.ts';
import { STARTS_A_DAY } from './limits.ts';

/** One question about one calendar's free slots; `timeZone` is the one in which the answer is written. */
export type SlotViewQuery = SlotsQuery & { readonly timeZone: string };

/** What changed in a view. Times that a seat count changed for are in `remaining` only if they were and are offered. */
export type SlotViewChange = {
  readonly base: number;
  readonly revision: number;
  readonly taken: readonly Instant[];
  readonly freed: readonly { readonly startsAt: Instant; readonly remaining: number }[];
  readonly remaining: readonly { readonly startsAt: Instant; readonly remaining: number }[];
};
export type SlotViewListener = (view: SlotView, change: SlotViewChange) => void;

/** The answer to one question, kept fresh for everybody who asks it. */
export class SlotView {
  readonly key: string;
  readonly query: SlotViewQuery;
  readonly listeners = new Set<SlotViewListener>();
  /** How many watches need it, those that still wait for their first answer included. */
  readers = 0;
  /** Something has happened since the answer was worked out. */
  isDirty = true;
  /** The latest question, while or after it is answered. */
  asking: Promise<void> | undefined;
  /** Since the view reached its revision it has seen all that happened, and nothing has moved: this revision means this list. */
  isSteady = false;
  /** `undefined`: not worked out yet, or nobody knows the calendar. */
  slots: CalendarSlots | undefined;
  /** The revision in the latest message to the listeners, and so the one a listener that has missed nothing knows. */
  sentRevision = 0;

  constructor(key: string, query: SlotViewQuery) {
    this.key = key;
    this.query = query;
  }

  get calendarDays(): number {
    return calendarDaysOf(this.query);
  }

  /** How many starts it keeps; guessed before the first answer. */
  get weight(): number {
    return this.slots?.startsAt.length ?? this.calendarDays * STARTS_A_DAY;
  }

  /** True when time alone has changed the answer: the earliest slots have come too near, or another local day may have entered the horizon. */
  isOverdue(now: Instant): boolean {
    const first = this.slots?.startsAt[0];
    if (first !== undefined && first < now + this.query.terms.leadTimeMinutes * MINUTE) return true;
    // Local days begin at a multiple of a quarter of an hour, in every zone there is.
    return this.query.terms.horizonDays !== null && Math.floor(now / MINUTE) % 15 === 0;
  }

  /** Takes a fresh answer and tells the listeners what is different; nothing, if nothing is. */
  accept(answer: CalendarSlots | undefined): void {
    const before = this.slots;
    if (answer !== undefined && before !== undefined && answer.revision < before.revision) return;
    this.slots = answer;
    if (before === undefined || answer === undefined) {
      this.sentRevision = answer?.revision ?? this.sentRevision;
      return;
    }
    const change = difference(this.sentRevision, before, answer);
    const isSame = change.taken.length === 0 && change.freed.length === 0 && change.remaining.length === 0;
    // What is free with a resource changes with that one's calendar as well, which the revision does not count.
    if (answer.revision > before.revision) this.isSteady = this.query.resources === undefined;
    else if (!isSame) this.isSteady = false;
    if (!isSame) this.#tell(change);
  }

  /** Tells the listeners that nothing has changed up to the present revision, so that they know they are right. */
  confirm(): void {
    const revision = this.slots?.revision ?? this.sentRevision;
    if (revision > this.sentRevision) this.#tell({ base: this.sentRevision, revision, taken: [], freed: [], remaining: [] });
  }

  #tell(change: SlotViewChange): void {
    this.sentRevision = change.revision;
    for (const listener of [...this.listeners]) listener(this, change);
  }
}

/** A day of 23 or 25 hours is one as well. */
function calendarDaysOf({ from, to }: SlotViewQuery): number {
  return Math.max(1, Math.round((to - from) / DAY));
}

/** Walks both sorted lists once. */
export function difference(base: number, before: CalendarSlots, after: CalendarSlots): SlotViewChange {
  const taken: Instant[] = [];
  const freed: { startsAt: Instant; remaining: number }[] = [];
  const remaining: { startsAt: Instant; remaining: number }[] = [];
  let old = 0;
  let fresh = 0;
  while (old < before.startsAt.length || fresh < after.startsAt.length) {
    const was = before.startsAt[old] ?? instant(Number.POSITIVE_INFINITY);
    const is = after.startsAt[fresh] ?? instant(Number.POSITIVE_INFINITY);
    if (was < is) {
      taken.push(was);
      old += 1;
    } else if (is < was) {
      freed.push({ startsAt: is, remaining: after.remaining[fresh] ?? 1 });
      fresh += 1;
    } else {
      if (before.remaining[old] !== after.remaining[fresh]) remaining.push({ startsAt: is, remaining: after.remaining[fresh] ?? 1 });
      old += 1;
      fresh += 1;
    }
  }
  return { base, revision: after.revision, taken, freed, remaining };
}
