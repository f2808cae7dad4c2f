import type { Scheduler } from '../../actors/scheduler.ts';
import { MINUTE } from '../../model/instant.ts';
import type { CalendarFeeds } from './calendar-feeds.ts';
import { BEACON_MILLISECONDS, CALENDAR_DAYS_PER_QUESTION, SLOT_VIEWS_PAUSE_MILLISECONDS, SLOT_VIEWS_PER_QUESTION } from './limits.ts';
import { SlotView, type SlotViewQuery } from './slot-view.ts';

type Kept = { readonly view: SlotView; readonly stopListening: () => void };

/**
 * The slot lists that are open on some screen, one for each different question. A change of a calendar makes its views dirty; one run at a time
 * asks the calendars again for all dirty views together. Once a minute the views that time alone has changed are asked again too.
 */
export class SlotViews {
  readonly #scheduler: Scheduler;
  readonly #feeds: CalendarFeeds;
  readonly #onFailure: (failure: unknown) => void;
  readonly #views = new Map<string, Kept>();
  readonly #dirty = new Set<SlotView>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #starts = 0;
  #run: Promise<void> | undefined;
  #isClosed = false;

  constructor(scheduler: Scheduler, feeds: CalendarFeeds, onFailure: (failure: unknown) => void) {
    this.#scheduler = scheduler;
    this.#feeds = feeds;
    this.#onFailure = onFailure;
    this.#everyMinute();
    this.#timers.add(setInterval(() => this.#confirmAll(), BEACON_MILLISECONDS));
  }

  get size(): number {
    return this.#views.size;
  }

  /** Free times in all views together: what they cost in memory. */
  get starts(): number {
    return this.#starts;
  }

  /** How many starts these questions would add, as far as it can be guessed; 0 if they are all answered by views that are open. */
  startsToAdd(queries: readonly SlotViewQuery[]): number {
    const fresh = queries.filter((query) => !this.#views.has(keyOf(query)));
    return fresh.reduce((sum, query) => sum + new SlotView('', query).weight, 0);
  }

  /** Takes part in the view of this question. Each call needs one `release`. */
  acquire(query: SlotViewQuery): SlotView {
    const key = keyOf(query);
    const kept = this.#views.get(key) ?? this.#open(key, query);
    kept.view.readers += 1;
    return kept.view;
  }

  release(view: SlotView): void {
    view.readers -= 1;
    if (view.readers > 0) return;
    this.#views.get(view.key)?.stopListening();
    if (this.#views.delete(view.key)) this.#starts -= view.weight;
    this.#dirty.delete(view);
  }

  /** Waits until each of the views has an answer that is no older than this call. Rejects if the calendars cannot be asked. */
  async settle(views: readonly SlotView[]): Promise<void> {
    const now = this.#scheduler.now();
    for (const view of views) if (view.isOverdue(now)) this.#touch(view);
    const beingAsked = views.filter((view) => !view.isDirty).map((view) => view.asking);
    await Promise.all([this.#ask(views.filter((view) => view.isDirty)), ...beingAsked]);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const kept of this.#views.values()) kept.stopListening();
    this.#views.clear();
    this.#dirty.clear();
  }

  #open(key: string, query: SlotViewQuery): Kept {
    const view = new SlotView(key, query);
    const calendarIds = [query.calendarId, ...(query.resources ?? []).map(({ calendarId }) => calendarId)];
    const stops = calendarIds.map((calendarId) => this.#feeds.listen(calendarId, () => this.#onChange(view)));
    const kept = {
      view,
      stopListening: () => {
        for (const stop of stops) stop();
      },
    };
    this.#views.set(key, kept);
    this.#starts += view.weight;
    return kept;
  }

  #touch(view: SlotView): void {
    view.isDirty = true;
    this.#dirty.add(view);
  }

  #onChange(view: SlotView): void {
    this.#touch(view);
    this.#startRun();
  }

  #startRun(): void {
    if (this.#run !== undefined || this.#isClosed) return;
    this.#run = this.#answerDirty().finally(() => {
      this.#run = undefined;
    });
  }

  /** Never rejects: a view that could not be worked out stays dirty, and is tried again with the next change, the next reader or the next minute. */
  async #answerDirty(): Promise<void> {
    try {
      while (this.#dirty.size > 0 && !this.#isClosed) {
        await this.#askTogether(questionsOf([...this.#dirty].slice(0, SLOT_VIEWS_PER_QUESTION))[0] ?? []);
        await new Promise<void>((resolve) => this.#later(SLOT_VIEWS_PAUSE_MILLISECONDS, resolve));
      }
    } catch (failure) {
      this.#onFailure(failure);
    }
  }

  async #ask(views: readonly SlotView[]): Promise<void> {
    for (const asked of questionsOf(views)) await this.#askTogether(asked);
  }

  #askTogether(views: readonly SlotView[]): Promise<void> {
    const asking = this.#answer(views);
    for (const view of views) view.asking = asking;
    return asking;
  }

  async #answer(views: readonly SlotView[]): Promise<void> {
    // Clean before the question, so that a change that comes while it is answered makes the view dirty again.
    for (const view of views) this.#clean(view);
    try {
      const answers = await this.#scheduler.slots(views.map((view) => view.query));
      let next = 0;
      for (const view of views) {
        // Answers come in the order of the questions; those about calendars that nobody knows are left out.
        const answer = answers[next]?.calendarId === view.query.calendarId ? answers[next] : undefined;
        if (answer !== undefined) next += 1;
        const before = view.weight;
        view.accept(answer);
        if (this.#views.get(view.key)?.view === view) this.#starts += view.weight - before;
      }
    } catch (failure) {
      for (const view of views) if (this.#views.has(view.key)) this.#touch(view);
      throw failure;
    }
  }

  #clean(view: SlotView): void {
    view.isDirty = false;
    this.#dirty.delete(view);
  }

  #everyMinute(): void {
    const now = this.#scheduler.now();
    this.#later(MINUTE - (now % MINUTE) + 1, () => {
      const at = this.#scheduler.now();
      for (const { view } of this.#views.values()) if (view.isDirty || view.isOverdue(at)) this.#touch(view);
      this.#startRun();
      this.#everyMinute();
    });
  }

  #confirmAll(): void {
    for (const { view } of this.#views.values()) if (!view.isDirty) view.confirm();
  }

  #later(milliseconds: number, run: () => void): void {
    if (this.#isClosed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, milliseconds);
    this.#timers.add(timer);
  }
}

function keyOf(query: SlotViewQuery): string {
  return JSON.stringify([query.calendarId, query.timeZone, query.from, query.to, query.seats, query.movingAppointmentId, query.terms, query.resources]);
}

/** In their order, and no more together than one question may have. */
function questionsOf(views: readonly SlotView[]): readonly (readonly SlotView[])[] {
  const questions: SlotView[][] = [];
  let calendarDays = 0;
  for (const view of views) {
    const last = questions.at(-1);
    calendarDays += view.calendarDays;
    if (last !== undefined && last.length < SLOT_VIEWS_PER_QUESTION && calendarDays <= CALENDAR_DAYS_PER_QUESTION) last.push(view);
    else {
      questions.push([view]);
      calendarDays = view.calendarDays;
    }
  }
  return questions;
}
