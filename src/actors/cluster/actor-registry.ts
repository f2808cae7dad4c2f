import { DAY, type Instant, instant, MINUTE } from '../../model/instant.ts';
import { type ActorContext, CalendarActor } from '../calendar/actor.ts';
import type { JournalDatabase } from '../ports.ts';

/** Claims that ended longer ago than this stay in the database only: nothing that is decided today can meet them. */
export const CLAIMS_KEPT_DAYS = 40;
/** Calendars in memory; past it the ones that were idle longest are put away. */
const MOST_ACTORS = 20_000;
const IDLE_MINUTES = 10;

/** Which calendars are in memory. A calendar is loaded when somebody asks for it and put away when nobody has for a while. */
export class ActorRegistry {
  readonly #database: JournalDatabase;
  readonly #context: Omit<ActorContext, 'load' | 'changesBetween'>;
  readonly #actors = new Map<string, CalendarActor>();
  readonly #loading = new Map<string, Promise<void>>();

  constructor(database: JournalDatabase, context: Omit<ActorContext, 'load' | 'changesBetween'>) {
    this.#database = database;
    this.#context = context;
  }

  get size(): number {
    return this.#actors.size;
  }

  inMemory(calendarId: string): CalendarActor | undefined {
    return this.#actors.get(calendarId);
  }

  async get(calendarId: string): Promise<CalendarActor | undefined> {
    return this.#actors.get(calendarId) ?? (await this.getAll([calendarId])).get(calendarId);
  }

  /** Unknown calendars are left out. */
  async getAll(calendarIds: readonly string[]): Promise<ReadonlyMap<string, CalendarActor>> {
    const missing = calendarIds.filter((id) => !this.#actors.has(id));
    if (missing.length > 0) await this.#activate([...new Set(missing)]);
    const found = new Map<string, CalendarActor>();
    for (const id of calendarIds) {
      const actor = this.#actors.get(id);
      if (actor !== undefined) found.set(id, actor);
    }
    return found;
  }

  /** Puts away what is idle and unwatched, and lets the others forget what is long past. Returns how many were put away. */
  sweep(at: Instant, isWatched: (calendarId: string) => boolean): number {
    const idleBefore = at - IDLE_MINUTES * MINUTE;
    const byAge = [...this.#actors.values()].sort((one, other) => one.lastUsedAt - other.lastUsedAt);
    let surplus = this.#actors.size - MOST_ACTORS;
    let gone = 0;
    for (const actor of byAge) {
      const isDue = surplus > 0 || actor.lastUsedAt < idleBefore;
      if (isDue && actor.isIdle && !isWatched(actor.id)) {
        actor.retire();
        this.#actors.delete(actor.id);
        surplus -= 1;
        gone += 1;
      } else actor.head.claims.forgetBefore(claimsFrom(at));
    }
    return gone;
  }

  close(): void {
    for (const actor of this.#actors.values()) actor.retire();
  }

  async #activate(calendarIds: readonly string[]): Promise<void> {
    const running = calendarIds.map((id) => this.#loading.get(id)).filter((load) => load !== undefined);
    const fresh = calendarIds.filter((id) => !this.#loading.has(id));
    if (fresh.length > 0) {
      const load = this.#load(fresh).finally(() => {
        for (const id of fresh) this.#loading.delete(id);
      });
      for (const id of fresh) this.#loading.set(id, load);
      running.push(load);
    }
    await Promise.all(running);
  }

  async #load(calendarIds: readonly string[]): Promise<void> {
    const database = this.#database;
    for (const stored of await database.load(calendarIds, claimsFrom(this.#context.now()))) {
      if (this.#actors.has(stored.id)) continue;
      const actor = new CalendarActor(stored, {
        ...this.#context,
        load: async (id) => (await database.load([id], claimsFrom(this.#context.now())))[0],
        changesBetween: async (id, after, upTo) => database.changes(id, after, upTo - after),
      });
      this.#actors.set(stored.id, actor);
    }
  }
}

function claimsFrom(at: Instant): Instant {
  return instant(at - CLAIMS_KEPT_DAYS * DAY);
}
