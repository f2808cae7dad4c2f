import { type Bus, BusFailure } from '../bus.ts';
import type { Timers } from '../ports.ts';
import type { CalendarChange } from '../scheduler.ts';
import type { Announcement, Channels, NodeMessage } from './messages.ts';

/** What this node publishes to the others without waiting for delivery: a node that misses it learns it from the database. */
export class Announcer {
  readonly #bus: Bus | null;
  readonly #channels: Channels;
  readonly #timers: Timers;
  /** Changes of this turn, by calendar. A commit of many decisions on one calendar is one message. */
  #changes = new Map<string, CalendarChange[]>();

  constructor(bus: Bus | null, channels: Channels, timers: Timers) {
    this.#bus = bus;
    this.#channels = channels;
    this.#timers = timers;
  }

  changed(change: CalendarChange): void {
    if (this.#bus === null) return;
    if (this.#changes.size === 0) this.#timers.soon(() => this.#flush());
    const changes = this.#changes.get(change.calendarId);
    if (changes === undefined) this.#changes.set(change.calendarId, [change]);
    else changes.push(change);
  }

  toNode(nodeId: string, message: NodeMessage): void {
    void this.#publish(this.#channels.node(nodeId), message);
  }

  toEverybody(announcement: Announcement): void {
    void this.#publish(this.#channels.everybody, announcement);
  }

  #flush(): void {
    const changes = this.#changes;
    this.#changes = new Map();
    for (const [calendarId, steps] of changes) void this.#publish(this.#channels.calendar(calendarId), steps);
  }

  async #publish(channel: string, words: object): Promise<void> {
    if (this.#bus?.isUp !== true) return;
    try {
      await this.#bus.publish(channel, JSON.stringify(words));
    } catch (failure) {
      if (!(failure instanceof BusFailure)) throw failure;
    }
  }
}
