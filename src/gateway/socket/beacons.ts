import { problemOfOutage } from '../outage.ts';
import { BEACON_MILLISECONDS, BEACON_SLICES, CATALOG_WALK_MILLISECONDS } from './limits.ts';
import type { LiveRoom } from './live-room.ts';
import type { Screen } from './screen.ts';

/**
 * Tells every screen, every five seconds, which revisions it should have, and ends sessions whose token is no longer good. Screens take turns in
 * slices, so that this is never one burst. When the catalog changes, every screen is visited at once, to end the watches that it has outdated, and the screens of staff who have left.
 */
export class Beacons {
  readonly #room: LiveRoom;
  readonly #slices: Set<Screen>[] = Array.from({ length: BEACON_SLICES }, () => new Set());
  readonly #timer: NodeJS.Timeout;
  readonly #stopHearing: () => void;
  #turn = 0;
  /** Screens that are still to be visited after a change of the catalog. */
  #outdated: Iterator<Screen> = Iterator.from([]);
  #walk: NodeJS.Immediate | undefined;

  constructor(room: LiveRoom) {
    this.#room = room;
    this.#timer = setInterval(() => this.#next(), BEACON_MILLISECONDS / BEACON_SLICES);
    this.#stopHearing = room.parts.catalog.onSnapshot(() => {
      this.#outdated = this.#slices.flatMap((slice) => [...slice]).values();
      this.#walk ??= setImmediate(() => this.#dropOutdated());
    });
  }

  /** The screen is visited until the returned function is called. */
  visit(screen: Screen): () => void {
    const slice = this.#slices.reduce((least, candidate) => (candidate.size < least.size ? candidate : least));
    slice.add(screen);
    return () => slice.delete(screen);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stopHearing();
    clearImmediate(this.#walk);
    for (const slice of this.#slices) slice.clear();
  }

  #next(): void {
    this.#turn = (this.#turn + 1) % BEACON_SLICES;
    // What has happened goes out before the revisions that tell of it.
    this.#room.feeds.flush();
    for (const screen of [...(this.#slices[this.#turn] ?? [])]) this.#visitOne(screen);
  }

  /** A watch that is not reached yet sends nothing either: it looks for itself before it does. */
  #dropOutdated(): void {
    const until = performance.now() + CATALOG_WALK_MILLISECONDS;
    this.#walk = undefined;
    for (let next = this.#outdated.next(); next.done !== true; next = this.#outdated.next()) {
      if (!this.#endIfOver(next.value)) next.value.dropOutdated();
      if (performance.now() < until) continue;
      this.#walk = setImmediate(() => this.#dropOutdated());
      return;
    }
  }

  #visitOne(screen: Screen): void {
    if (this.#endIfOver(screen)) return;
    if (screen.apiKey !== null) void this.#lookUp(screen, screen.apiKey);
    this.#tell(screen);
  }

  #endIfOver(screen: Screen): boolean {
    const { accounts, scheduler } = this.#room.parts;
    const end = screen.sessionEnd((principal) => accounts.isCurrent(principal), scheduler.now());
    if (end !== undefined) screen.end(end);
    return end !== undefined;
  }

  /** A key may have no end, and this node may not have heard that it was revoked: so it is judged like one that comes over REST, looked up once a minute. */
  async #lookUp(screen: Screen, apiKey: string): Promise<void> {
    const { verifier, logger, outages } = this.#room.parts;
    try {
      if ((await verifier.verify(apiKey)) === undefined) screen.end('logged-out');
    } catch (error) {
      // It is looked up again at the next visit; an outage says nothing about a key.
      if (problemOfOutage(error, true) !== undefined) outages.note(error);
      else logger.warn({ error }, 'an API key could not be looked up');
    }
  }

  #tell(screen: Screen): void {
    const { era } = this.#room.parts.scheduler;
    const revisions: Record<string, number> = {};
    for (const [, watch] of screen.watches) {
      // A slot list may be a moment behind the board of the same calendar: the least is what the screen has for sure.
      for (const [calendarId, revision] of watch.revisions()) revisions[calendarId] = Math.min(revision, revisions[calendarId] ?? revision);
    }
    if (Object.keys(revisions).length > 0) screen.outbox.offerBeacon(() => screen.socket.emit('beacon', { era, revisions }));
  }
}
