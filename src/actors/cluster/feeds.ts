import type { CalendarChange } from '../scheduler.ts';

/** The listeners of each calendar on this node. A listener that throws is a bug, so nothing is caught here. */
export class Feeds {
  readonly #listeners = new Map<string, Set<(change: CalendarChange) => void>>();

  watch(calendarId: string, listener: (change: CalendarChange) => void): () => void {
    const listeners = this.#listeners.get(calendarId) ?? new Set();
    this.#listeners.set(calendarId, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(calendarId) === listeners) this.#listeners.delete(calendarId);
    };
  }

  watched(): Iterable<string> {
    return this.#listeners.keys();
  }

  isWatched(calendarId: string): boolean {
    return this.#listeners.has(calendarId);
  }

  publish(change: CalendarChange): void {
    for (const listener of this.#listeners.get(change.calendarId) ?? []) listener(change);
  }
}
