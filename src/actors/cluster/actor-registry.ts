import { type Instant, MINUTE } from '../../model/instant.ts';
import { CalendarActor } from '../calendar/actor.ts';
import { claimsKeptFrom } from '../calendar/calendar-state.ts';
import type { ActorContext } from '../calendar/work.ts';
import { type JournalDatabase, ReadFailure, type StoredCalendar } from '../ports.ts';

/** Calendars in memory; beyond that the longest idle ones are unloaded. */
const MOST_ACTORS = 20_000;
const IDLE_MINUTES = 10;

/** Calendars that stay in memory until this is disposed. */
export type KeptCalendars = Disposable & { readonly actors: ReadonlyMap<string, CalendarActor> };

/** What happens around the loading of a calendar. */
export type LoadHooks = {
  /** Called before the database is read, so that no later change is missed. */
  readonly beforeLoad: (calendarIds: readonly string[]) => Promise<void>;
  /** Called in the same turn in which it first is in memory. */
  readonly loaded: (actor: CalendarActor) => void;
  /** The ones no longer in memory, or not found. */
  readonly gone: (calendarIds: readonly string[]) => void;
};

/** The calendars in memory. A calendar is loaded on first use and unloaded after a while without use. */
export class ActorRegistry {
  readonly #database: JournalDatabase;
  readonly #context: Omit<ActorContext, 'load' | 'missed' | 'changesBetween'>;
  readonly #hooks: LoadHooks;
  readonly #actors = new Map<string, CalendarActor>();
  readonly #loading = new Map<string, Promise<void>>();
  /** How many keep each calendar in memory. */
  readonly #keepers = new Map<string, number>();
  #isClosed = false;

  constructor(database: JournalDatabase, context: Omit<ActorContext, 'load' | 'missed' | 'changesBetween'>, hooks: LoadHooks) {
    this.#database = database;
    this.#context = context;
    this.#hooks = hooks;
  }

  get size(): number {
    return this.#actors.size;
  }

  all(): IterableIterator<CalendarActor> {
    return this.#actors.values();
  }

  ids(): IterableIterator<string> {
    return this.#actors.keys();
  }

  inMemory(calendarId: string): CalendarActor | undefined {
    return this.#actors.get(calendarId);
  }

  /** Use it in the same turn; for longer work, `keep` the calendar. */
  async get(calendarId: string): Promise<CalendarActor | undefined> {
    return this.#actors.get(calendarId) ?? (await this.getAll([calendarId])).get(calendarId);
  }

  /** As `get`. Unknown calendars are left out. */
  async getAll(calendarIds: readonly string[]): Promise<ReadonlyMap<string, CalendarActor>> {
    using kept = await this.keep(calendarIds);
    return kept.actors;
  }

  /** For work over several turns: a calendar unloaded in between would be loaded a second time, and there would be two actors for it. */
  async keep(calendarIds: readonly string[]): Promise<KeptCalendars> {
    if (this.#isClosed) throw new ReadFailure('the node is closed');
    for (const id of calendarIds) this.#keepers.set(id, (this.#keepers.get(id) ?? 0) + 1);
    const letGo = () => this.#letGo(calendarIds);
    try {
      const missing = calendarIds.filter((id) => !this.#actors.has(id));
      if (missing.length > 0) await this.#activate([...new Set(missing)]);
    } catch (error) {
      letGo();
      throw error;
    }
    const actors = new Map<string, CalendarActor>();
    for (const id of calendarIds) {
      const actor = this.#actors.get(id);
      if (actor !== undefined) actors.set(id, actor);
    }
    return { actors, [Symbol.dispose]: letGo };
  }

  #letGo(calendarIds: readonly string[]): void {
    for (const id of calendarIds) {
      const others = (this.#keepers.get(id) ?? 1) - 1;
      if (others > 0) this.#keepers.set(id, others);
      else this.#keepers.delete(id);
    }
  }

  /** Unloads idle, unwatched calendars and drops long-past claims of the others. Returns how many were unloaded. */
  sweep(at: Instant, isWatched: (calendarId: string) => boolean): number {
    const idleBefore = at - IDLE_MINUTES * MINUTE;
    const byAge = [...this.#actors.values()].sort((one, other) => one.lastUsedAt - other.lastUsedAt);
    let surplus = this.#actors.size - MOST_ACTORS;
    const gone: string[] = [];
    for (const actor of byAge) {
      const isDue = surplus > 0 || actor.lastUsedAt < idleBefore;
      if (isDue && actor.isIdle && !this.#keepers.has(actor.id) && !isWatched(actor.id)) {
        actor.retire();
        this.#actors.delete(actor.id);
        surplus -= 1;
        gone.push(actor.id);
      } else actor.head.claims.forgetBefore(claimsKeptFrom(at));
    }
    this.#hooks.gone(gone);
    return gone.length;
  }

  /** From now on nothing is in memory, and nothing can be read. */
  close(): void {
    this.#isClosed = true;
    for (const actor of this.#actors.values()) actor.retire(new ReadFailure('the node is closed'));
    this.#actors.clear();
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
    await this.#hooks.beforeLoad(calendarIds);
    try {
      for (const stored of await database.load(calendarIds, claimsKeptFrom(this.#context.now()))) this.#add(stored);
    } finally {
      this.#hooks.gone(calendarIds.filter((id) => !this.#actors.has(id)));
    }
  }

  #add(stored: StoredCalendar): void {
    if (this.#isClosed) return;
    const database = this.#database;
    const actor = new CalendarActor(stored, {
      ...this.#context,
      load: async (id) => (await database.load([id], claimsKeptFrom(this.#context.now())))[0],
      missed: (id, after, most) => database.missed(id, after, most),
      changesBetween: async (id, after, upTo) => database.changes(id, after, upTo - after),
    });
    this.#actors.set(stored.id, actor);
    this.#hooks.loaded(actor);
  }
}
