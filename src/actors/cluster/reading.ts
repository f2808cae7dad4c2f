import { type Instant, instant } from '../../model/instant.ts';
import { explainSlot, listSlots } from '../../model/slot-engine.ts';
import type { CalendarActor } from '../calendar/actor.ts';
import type { Hold } from '../calendar/calendar.ts';
import { worldOf } from '../calendar/calendar-state.ts';
import type { JournalDatabase } from '../ports.ts';
import type { CalendarSlots, CalendarView, Scheduler, SlotsQuery } from '../scheduler.ts';
import { viewOf } from './calendar-view.ts';
import type { Calendars } from './calendars.ts';
import { stateAt } from './time-travel.ts';

const MOST_CHANGES_AT_ONCE = 1_000;

/** What can be seen of calendars: durable states only, each with the revision it is of. Rejects with ReadFailure where it cannot be seen in time. */
export class Reading {
  readonly #calendars: Pick<Calendars, 'toRead'>;
  readonly #database: JournalDatabase;

  constructor(calendars: Pick<Calendars, 'toRead'>, database: JournalDatabase) {
    this.#calendars = calendars;
    this.#database = database;
  }

  async slots(queries: readonly SlotsQuery[]): Promise<readonly CalendarSlots[]> {
    const actors = await this.#calendars.toRead(queries.map((query) => query.calendarId));
    const found = await Promise.all(queries.map((query) => readSlots(actors.get(query.calendarId), query)));
    return found.filter((slots) => slots !== undefined);
  }

  async explain(query: Parameters<Scheduler['explain']>[0]): ReturnType<Scheduler['explain']> {
    const actor = await this.#one(query.calendarId);
    return actor?.read((state, now) => {
      const rules = explainSlot(worldOf(state), query.terms, { startsAt: query.startsAt, now, seats: query.seats, ignoreClaimId: null });
      return { bookable: rules.every((rule) => rule.ok), rules, revision: state.revision };
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

  /** Whether that hold has run out, as long as the calendar remembers how it ended. */
  async hasExpired(calendarId: string, holdId: string): Promise<boolean> {
    const actor = await this.#one(calendarId);
    return (await actor?.read((state) => state.endedHolds.get(holdId) === 'expired')) ?? false;
  }

  async changes(calendarId: string, after: number, limit: number): ReturnType<Scheduler['changes']> {
    const range = await this.#database.changeRange(calendarId);
    if (range === undefined) return 'not-found';
    if (after < range.revision && (range.oldest === null || range.oldest > after + 1)) return 'too-old';
    const changes = await this.#database.changes(calendarId, after, Math.min(limit, MOST_CHANGES_AT_ONCE));
    return { revision: Math.max(range.revision, changes.at(-1)?.revision ?? 0), changes };
  }

  async #one(calendarId: string): Promise<CalendarActor | undefined> {
    return (await this.#calendars.toRead([calendarId])).get(calendarId);
  }
}

async function readSlots(actor: CalendarActor | undefined, query: SlotsQuery): Promise<CalendarSlots | undefined> {
  const { calendarId, staffId, terms, from, to, seats, movingAppointmentId } = query;
  return actor?.read((state, now) => {
    const { startsAt, remaining } = listSlots(worldOf(state), terms, { from, to, now, seats, ignoreClaimId: movingAppointmentId });
    return { calendarId, staffId, revision: state.revision, startsAt, remaining };
  });
}
