// Lists of free starts that were worked out before, for as long as they are right.
import type { Instant } from '../../model/instant.ts';
import { isListCurrent } from '../../model/slot-engine.ts';
import type { SlotTerms } from '../../model/slot-terms.ts';
import type { CalendarState } from '../calendar/calendar-state.ts';
import type { CalendarSlots, SlotsQuery } from '../scheduler.ts';
import { WeighedMap } from '../weighed-map.ts';

/** Starts in all lists that are kept, 16 bytes each; a list without any counts for a few. */
const MOST_STARTS = 500_000;
const LEAST_WEIGHT = 8;

/** What was looked at: the calendar and what could be taken along, each at a revision. */
type Seen = { readonly loading: symbol; readonly revision: number };
type Kept = {
  readonly query: SlotsQuery;
  readonly seen: readonly Seen[];
  readonly madeAt: Instant;
  readonly slots: CalendarSlots;
};
export type Looked = { readonly states: readonly CalendarState[]; readonly revisions: readonly number[]; readonly at: Instant; readonly slots: CalendarSlots };

/**
 * A list is right for as long as every calendar that was looked at is at the revision it was seen at, and time has neither taken its first start away nor begun another
 * day. What is kept was durable when it was seen, so a decision that is taken back and another one that gets its revision are never mistaken for it.
 * A calendar that is loaded afresh is another one.
 */
export class Listings {
  readonly #kept = new WeighedMap<string, Kept>(MOST_STARTS);
  /** Names a calendar as it was loaded, so that what is kept holds no calendar in memory. */
  readonly #loadings = new WeakMap<CalendarState, symbol>();

  /** The very object that was kept, so that what was made of it can be found again. */
  find(query: SlotsQuery, states: readonly CalendarState[], now: Instant): CalendarSlots | undefined {
    const kept = this.#kept.get(nameOf(query));
    if (kept === undefined || !isSameQuestion(kept.query, query) || kept.seen.length !== states.length) return undefined;
    const isUnmoved = states.every((state, index) => state.revision === kept.seen[index]?.revision && this.#loadings.get(state) === kept.seen[index]?.loading);
    const [own] = states;
    return isUnmoved && own !== undefined && isListCurrent(own.hours, query.terms, kept.slots.startsAt[0], kept.madeAt, now) ? kept.slots : undefined;
  }

  /** To be called once what was looked at is durable. */
  keep(query: SlotsQuery, { states, revisions, at, slots }: Looked): void {
    const seen = states.map((state, index) => ({ loading: this.#loadingOf(state), revision: revisions[index] ?? -1 }));
    this.#kept.set(nameOf(query), { query, seen, madeAt: at, slots }, LEAST_WEIGHT + slots.startsAt.length);
  }

  #loadingOf(state: CalendarState): symbol {
    const loading = this.#loadings.get(state) ?? Symbol(state.id);
    this.#loadings.set(state, loading);
    return loading;
  }
}

function nameOf({ calendarId, terms, from, to, seats, movingAppointmentId }: SlotsQuery): string {
  return `${calendarId} ${terms.serviceId} ${terms.minutes} ${from} ${to} ${seats} ${movingAppointmentId}`;
}

function isSameQuestion(one: SlotsQuery, other: SlotsQuery): boolean {
  const [ours, theirs] = [one.resources ?? [], other.resources ?? []];
  return (
    one.staffId === other.staffId &&
    isSameTerms(one.terms, other.terms) &&
    ours.length === theirs.length &&
    ours.every(({ resourceId, calendarId }, index) => theirs[index]?.resourceId === resourceId && theirs[index]?.calendarId === calendarId)
  );
}

function isSameTerms(one: SlotTerms, other: SlotTerms): boolean {
  const names = Object.keys(one) as (keyof SlotTerms)[];
  return names.every((name) => one[name] === other[name]);
}
