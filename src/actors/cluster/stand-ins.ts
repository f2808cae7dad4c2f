// A node with a slow link to the database answers too late, so the others bypass it and decide for its calendars themselves. They are quicker: it loses every
// compare-and-set on calendars that it owns, and its own callers would starve. So after a loss it forwards its commands to the node that has won.
import { RecentMap } from '../recent-map.ts';

/** For this long after a loss, commands for that calendar are handed over at once. The next one is decided here again, to see whether we still lose. Milliseconds. */
const LOSING_MS = 1_000;
/** After this a node that has decided in our place is not asked any more. Milliseconds; longer than it takes to notice a loss over a slow link. */
const OVERTAKEN_MS = 5_000;
/** Calendars remembered. */
const REMEMBERED = 4_000;

type World = { readonly monotonic: () => number; readonly isLiving: (nodeId: string) => boolean };

export class StandIns {
  readonly #world: World;
  /** By calendar: who has decided in our place last, and when. */
  readonly #overtakers = new RecentMap<string, { readonly nodeId: string; readonly at: number }>(REMEMBERED);
  /** By calendar: when we have lost last. */
  readonly #lost = new RecentMap<string, number>(REMEMBERED);

  constructor(world: World) {
    this.#world = world;
  }

  /** `nodeId` has made a change of a calendar of ours durable. */
  overtaken(calendarId: string, nodeId: string): void {
    this.#overtakers.set(calendarId, { nodeId, at: this.#world.monotonic() });
  }

  /** What was decided here lost the compare-and-set. */
  lost(calendarId: string): void {
    this.#lost.set(calendarId, this.#world.monotonic());
  }

  /** The other node did not answer, or did nothing either: we decide ourselves again. */
  failed(calendarId: string): void {
    this.#lost.set(calendarId, Number.NEGATIVE_INFINITY);
  }

  /** The node that is to decide in our place. `undefined`: none, because we have not lost lately, or not to a living node. */
  of(calendarId: string): string | undefined {
    const now = this.#world.monotonic();
    const lostAt = this.#lost.get(calendarId) ?? Number.NEGATIVE_INFINITY;
    const overtaker = this.#overtakers.get(calendarId);
    if (overtaker === undefined || now - lostAt > LOSING_MS || now - overtaker.at > OVERTAKEN_MS) return undefined;
    return this.#world.isLiving(overtaker.nodeId) ? overtaker.nodeId : undefined;
  }
}
