import type { CalendarChange } from '../../src/actors/scheduler.ts';
import { instant } from '../../src/model/instant.ts';
import type { Running } from './machine.ts';
import type { Watcher } from './plan.ts';
import type { Random } from './random.ts';
import { CUT } from './simulated-process.ts';
import type { World } from './world.ts';

/** A page that has lost its server finds another one after this, milliseconds. */
const RECONNECT_MS = { least: 50, most: 1_500 };

/** What one watcher has of one calendar, since it listens on one node. */
export type Picture = {
  readonly watcher: string;
  readonly node: string;
  readonly calendarId: string;
  /** What was pushed, in that order, with the moment. */
  readonly heard: { readonly at: number; readonly change: CalendarChange }[];
  /** From the snapshot; null while there is none. */
  base: number | null;
  /** What it shows. */
  revision: number;
  isOver: boolean;
};

/** A page on which calendars are shown: it listens, reads, and from then on takes in what is newer, as the gateway does for a screen. */
export class SimulatedWatcher {
  readonly #world: World;
  readonly #plan: Watcher;
  readonly #random: Random;
  readonly pictures: Picture[] = [];
  #machine: number;

  constructor(world: World, plan: Watcher) {
    this.#world = world;
    this.#plan = plan;
    this.#random = world.random.fork(plan.name);
    this.#machine = plan.node;
  }

  async live(): Promise<void> {
    await this.#world.time.sleep(this.#plan.startsAt);
    for (;;) {
      const running = this.#world.machines[this.#machine]?.running;
      if (running !== undefined) await this.#watchOn(running);
      await this.#world.time.sleep(this.#random.between(RECONNECT_MS.least, RECONNECT_MS.most));
      this.#machine = this.#random.below(this.#world.machines.length);
    }
  }

  /** Those that are still looked at. */
  current(): readonly Picture[] {
    return this.pictures.filter(({ isOver }) => !isOver);
  }

  /** Resolves when the node is gone. */
  async #watchOn(running: Running): Promise<void> {
    const { everyCalendar } = this.#world;
    const pictures = this.#plan.calendars.flatMap((number) => {
      const calendar = everyCalendar[number % everyCalendar.length];
      return calendar === undefined ? [] : [this.#listen(running, calendar.calendarId)];
    });
    await Promise.all(pictures.map((picture) => this.#snapshot(running, picture)));
    await running.process.ask(() => new Promise<never>(() => undefined));
    for (const picture of pictures) picture.isOver = true;
  }

  #listen({ process, node }: Running, calendarId: string): Picture {
    const { time } = this.#world;
    const picture: Picture = { watcher: this.#plan.name, node: process.name, calendarId, heard: [], base: null, revision: 0, isOver: false };
    this.pictures.push(picture);
    process.deliver(() => {
      node.watch(calendarId, (change) => {
        picture.heard.push({ at: time.now, change });
        if (picture.base !== null) this.#apply(picture, change);
      });
    });
    return picture;
  }

  async #snapshot({ process, node }: Running, picture: Picture): Promise<void> {
    for (;;) {
      const views = await process.ask(() => node.views([picture.calendarId], instant(0), instant(Number.MAX_SAFE_INTEGER))).catch(() => undefined);
      if (views === CUT) return;
      const view = views?.[0];
      if (view !== undefined) {
        picture.base = view.revision;
        picture.revision = view.revision;
        for (const { change } of picture.heard) this.#apply(picture, change);
        return;
      }
      await this.#world.time.sleep(RECONNECT_MS.most);
    }
  }

  /** A hole would leave the page wrong until somebody reads it afresh, which a feed without holes never makes necessary. */
  #apply(picture: Picture, change: CalendarChange): void {
    if (change.revision <= picture.revision) return;
    if (change.base !== picture.revision) {
      this.#world.history.broken(
        'a feed has a hole',
        `${picture.watcher} on ${picture.node} had ${picture.calendarId}@${picture.revision} and heard of ${change.revision}`,
      );
    }
    picture.revision = change.revision;
  }
}
