import { listWithAny } from '../../model/any-resource.ts';
import type { ClaimTime } from '../../model/claim-times.ts';
import { type Instant, instant } from '../../model/instant.ts';
import { explainSlot, listSlots } from '../../model/slot-engine.ts';
import type { RuleOutcome, SlotRule } from '../../model/slots.ts';
import type { CalendarActor } from '../calendar/actor.ts';
import type { Hold, TakenResource } from '../calendar/calendar.ts';
import { type CalendarState, worldOf } from '../calendar/calendar-state.ts';
import { readTogether } from '../calendar/read-together.ts';
import type { JournalDatabase } from '../ports.ts';
import type { CalendarSlots, CalendarView, ClaimView, Scheduler, SlotsQuery } from '../scheduler.ts';
import type { Calendars } from './calendars.ts';
import { calendarIdsOf } from './choices.ts';
import { Listings, type Looked } from './listings.ts';
import { stateAt } from './time-travel.ts';

const MOST_CHANGES_AT_ONCE = 1_000;

/** Reads of calendars: durable states only, each with its revision. Rejects with ReadFailure if that takes too long. */
export class Reading {
  readonly #calendars: Pick<Calendars, 'toRead'>;
  readonly #database: JournalDatabase;
  readonly #listings = new Listings();

  constructor(calendars: Pick<Calendars, 'toRead'>, database: JournalDatabase) {
    this.#calendars = calendars;
    this.#database = database;
  }

  async slots(queries: readonly SlotsQuery[]): Promise<readonly CalendarSlots[]> {
    const actors = await this.#calendars.toRead([...new Set(calendarIdsOf(queries))]);
    const found = await Promise.all(queries.map((query) => this.#slotsOf(actors, query)));
    return found.filter((slots) => slots !== undefined);
  }

  /** If a resource is needed: the first free one, otherwise the first open one, otherwise the first. */
  async explain(query: Parameters<Scheduler['explain']>[0]): ReturnType<Scheduler['explain']> {
    const { calendarId, resources = [], terms, startsAt, seats } = query;
    const all = await this.#calendars.toRead(calendarIdsOf([query]));
    const own = all.get(calendarId);
    if (own === undefined) return undefined;
    return readTogether(presentOf(all, [calendarId, ...resources.map((resource) => resource.calendarId)]), (states, now) => {
      const state = states.get(calendarId) ?? own.head;
      const rooms = resources.map((resource) => states.get(resource.calendarId));
      const explained = (rooms.length === 0 ? [undefined] : rooms).map((room) =>
        explainSlot(worldOf(state, room), terms, { startsAt, now, seats, ignoreClaimId: null }),
      );
      const isKept = (rules: readonly RuleOutcome[], rule: SlotRule) => rules.some((outcome) => outcome.rule === rule && outcome.ok);
      const bookable = explained.find((rules) => rules.every(({ ok }) => ok));
      const rules = bookable ?? explained.find((one) => isKept(one, 'outside-hours')) ?? explained[0] ?? [];
      return { bookable: bookable !== undefined, rules, revision: state.revision };
    });
  }

  async views(calendarIds: readonly string[], from: Instant, to: Instant): Promise<readonly CalendarView[]> {
    const actors = await this.#calendars.toRead(calendarIds);
    return Promise.all([...actors.values()].map((actor) => actor.read((state) => viewOf(state, from, to))));
  }

  async viewAt(calendarId: string, at: Instant): ReturnType<Scheduler['viewAt']> {
    const actor = await this.#one(calendarId);
    if (actor === undefined) return undefined;
    const hours = await actor.read((state) => state.hours);
    const past = await stateAt(this.#database, { id: calendarId, hours }, at);
    if (past === undefined || 'knownFrom' in past) return past;
    return viewOf(past, instant(0), instant(Number.MAX_SAFE_INTEGER));
  }

  async holdOn(calendarId: string, holdId: string): Promise<Hold | undefined> {
    const actor = await this.#one(calendarId);
    return actor?.read((state) => state.holds.get(holdId));
  }

  /** Whether the hold has expired, as long as the calendar remembers how it ended. */
  async hasExpired(calendarId: string, holdId: string): Promise<boolean> {
    const actor = await this.#one(calendarId);
    return (await actor?.read((state) => state.endedHolds.get(holdId) === 'expired')) ?? false;
  }

  async changes(calendarId: string, after: number, limit: number): ReturnType<Scheduler['changes']> {
    const range = await this.#database.changeRange(calendarId);
    if (range === undefined) return 'not-found';
    if (after < range.revision && (range.oldest === null || range.oldest > after + 1)) return 'too-old';
    const changes = await this.#database.changes(calendarId, after, Math.min(limit, MOST_CHANGES_AT_ONCE));
    // The log may have been cut since the range was read.
    if (changes[0] !== undefined && changes[0].revision > after + 1) return 'too-old';
    return { revision: Math.max(range.revision, changes.at(-1)?.revision ?? 0), changes };
  }

  /** A list that was kept is handed out as any other: once what it shows is durable, and never in the place of a newer one. */
  async #slotsOf(actors: ReadonlyMap<string, CalendarActor>, query: SlotsQuery): Promise<CalendarSlots | undefined> {
    const own = actors.get(query.calendarId);
    if (own === undefined) return undefined;
    const rooms = query.resources?.filter(({ calendarId }) => actors.has(calendarId));
    const look = (states: readonly CalendarState[], at: Instant): Looked | CalendarSlots =>
      this.#listings.find(query, states, at) ?? { states, revisions: states.map(({ revision }) => revision), at, slots: listedFor(query, rooms, states, at) };
    const looked =
      rooms === undefined || rooms.length === 0
        ? await own.read((state, at) => look([state], at))
        : await readTogether(presentOf(actors, [query.calendarId, ...rooms.map(({ calendarId }) => calendarId)]), (states, at) =>
            look([states.get(query.calendarId) ?? own.head, ...rooms.flatMap(({ calendarId }) => states.get(calendarId) ?? [])], at),
          );
    if (!('slots' in looked)) return looked;
    this.#listings.keep(query, looked);
    return looked.slots;
  }

  async #one(calendarId: string): Promise<CalendarActor | undefined> {
    return (await this.#calendars.toRead([calendarId])).get(calendarId);
  }
}

/** `states`: the calendar's own, then those of `rooms`. */
function listedFor(query: SlotsQuery, rooms: readonly TakenResource[] | undefined, states: readonly CalendarState[], now: Instant): CalendarSlots {
  const { calendarId, staffId, terms, from, to, seats, movingAppointmentId } = query;
  const [state, ...others] = states;
  if (state === undefined) throw new Error('a list is of a calendar');
  const range = { from, to, now, seats, ignoreClaimId: movingAppointmentId };
  const of = { calendarId, staffId, revision: state.revision };
  if (rooms === undefined) return { ...of, ...listSlots(worldOf(state), terms, range) };
  const worlds = others.map((room) => worldOf(state, room));
  const { startsAt, remaining, which } = listWithAny(worldOf(state), worlds, terms, range);
  return { ...of, startsAt, remaining, resourceIds: which.map((number) => rooms[number]?.resourceId ?? '') };
}

/** Of these, each once. */
function presentOf(actors: ReadonlyMap<string, CalendarActor>, calendarIds: readonly string[]): readonly CalendarActor[] {
  return [...new Set(calendarIds)].flatMap((id) => actors.get(id) ?? []);
}

/** What a screen shows of a calendar: the claims that overlap [from, to). */
function viewOf(state: CalendarState, from: Instant, to: Instant): CalendarView {
  const claims = state.claims.overlapping(from, to).map((claim) => claimView(state, claim));
  return { calendarId: state.id, revision: state.revision, hours: state.hours, claims };
}

function claimView(state: CalendarState, claim: ClaimTime): ClaimView {
  const { kind, id, startsAt, endsAt, lane, seats, serviceId, status, along = null } = claim;
  if (kind === 'time-off' || kind === 'external') throw new Error(`${kind} belongs to the hours, not to the claims`);
  return {
    kind,
    id,
    startsAt,
    endsAt,
    lane,
    seats,
    serviceId,
    status,
    expiresAt: state.holds.get(id)?.expiresAt ?? null,
    reason: state.blockReasons.get(id) ?? null,
    along,
  };
}
