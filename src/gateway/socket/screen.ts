import type { Socket } from 'socket.io';
import type { Principal } from '../../accounts/principal.ts';
import type { ScreenToServer, ServerMessageBody, ServerToScreen } from '../../protocol/socket.ts';
import type { Visitor } from './handshake.ts';
import { MAX_CALENDARS_PER_SOCKET, MAX_WATCHES_PER_SOCKET } from './limits.ts';
import { Outbox } from './outbox.ts';

export type ScreenSocket = Socket<ScreenToServer, ServerToScreen>;

/** Something a screen watches, from the answer to `watch-…` until `unwatch`, a new watch of the same name, or the end of the connection. */
export type Watch = {
  readonly calendarCount: number;
  /** What a screen that has missed nothing knows, by calendar. */
  revisions(): Iterable<readonly [calendarId: string, revision: number]>;
  /** Whether what was asked for is something else by now, since the catalog or the user's rights have changed. */
  isOutdated(): boolean;
  close(): void;
};

/** One connected page or program: who it is, what it watches, and what waits to be sent to it. */
export class Screen {
  readonly socket: ScreenSocket;
  readonly address: string;
  /** Of a program. */
  readonly apiKey: string | null;
  readonly outbox: Outbox;
  /** Messages that are being answered. */
  inFlight = 0;
  readonly #cut: () => void;
  #principal: Principal | null;
  #isClosed = false;
  readonly #watches = new Map<string, Watch>();
  /** What is being opened under each name; the ticket tells a slow opening that a younger one has taken its place. */
  readonly #opening = new Map<string, { readonly ticket: symbol; readonly calendarCount: number }>();

  /** `cut` ends the connection without waiting for the other side. */
  constructor(socket: ScreenSocket, visitor: Visitor, cut: () => void) {
    this.socket = socket;
    this.#cut = cut;
    this.address = visitor.address;
    this.apiKey = visitor.apiKey;
    this.#principal = visitor.principal;
    this.outbox = new Outbox(socket.conn, (watchId) => socket.emit('resync', { watchId }));
  }

  /** Who it speaks for, null is a guest. Another object whenever it has shown a new token. */
  get principal(): Principal | null {
    return this.#principal;
  }

  get isConnected(): boolean {
    return this.socket.connected;
  }

  get watches(): ReadonlyMap<string, Watch> {
    return this.#watches;
  }

  /** Why the session is over, if it is. `isCurrent` is the accounts' own judgement. */
  sessionEnd(isCurrent: (principal: Principal) => boolean, now: number): 'expired' | 'logged-out' | undefined {
    if (this.principal === null || isCurrent(this.principal)) return undefined;
    return this.principal.expiresAt <= now ? 'expired' : 'logged-out';
  }

  /**
   * The same user with a newer token, which may say another role or location. What this user may not see any more, or would see otherwise, ends at once;
   * the screen is told to watch again, and is answered by what is true now.
   */
  continueAs(principal: Principal): void {
    this.#principal = principal;
    for (const [watchId, watch] of [...this.#watches]) {
      if (!watch.isOutdated()) continue;
      this.unwatch(watchId);
      this.outbox.fallBehind(watchId);
    }
  }

  /** Says goodbye and hangs up. The message is flushed before the connection closes. */
  end(reason: ServerMessageBody<'session-ended'>['reason']): void {
    this.sayGoodbye(reason);
    this.leave();
  }

  /** What the screen sends until it hears this is still answered. */
  sayGoodbye(reason: ServerMessageBody<'session-ended'>['reason']): void {
    this.socket.emit('session-ended', { reason });
  }

  leave(): void {
    this.close();
    this.socket.disconnect(true);
  }

  /** As `end`, for a screen that does not read: what waits to be sent is thrown away. */
  hangUp(reason: ServerMessageBody<'session-ended'>['reason']): void {
    this.end(reason);
    this.#cut();
  }

  /**
   * Opens a watch in place of the one that has its name. `full`: this screen watches as much as it may. `overtaken`: meanwhile the screen
   * asked for something else under this name, or went away; `outdated`: meanwhile it is something else that it asked for. What was opened is closed again.
   */
  async openWatch<Opened extends { readonly watch: Watch }>(
    watchId: string,
    calendarCount: number,
    open: () => Promise<Opened>,
  ): Promise<Opened | 'full' | 'overtaken' | 'outdated'> {
    if (this.#isClosed) return 'overtaken';
    this.unwatch(watchId);
    if (!this.#hasRoomFor(calendarCount)) return 'full';
    const ticket = Symbol(watchId);
    this.#opening.set(watchId, { ticket, calendarCount });
    try {
      const opened = await open();
      if (this.#opening.get(watchId)?.ticket !== ticket) {
        opened.watch.close();
        return 'overtaken';
      }
      if (opened.watch.isOutdated()) {
        opened.watch.close();
        return 'outdated';
      }
      this.#watches.set(watchId, opened.watch);
      return opened;
    } finally {
      if (this.#opening.get(watchId)?.ticket === ticket) this.#opening.delete(watchId);
    }
  }

  unwatch(watchId: string): void {
    this.#opening.delete(watchId);
    this.#watches.get(watchId)?.close();
    this.#watches.delete(watchId);
    this.outbox.forget(watchId);
  }

  close(): void {
    this.#isClosed = true;
    for (const watch of this.#watches.values()) watch.close();
    this.#watches.clear();
    this.#opening.clear();
    this.outbox.close();
  }

  #hasRoomFor(calendarCount: number): boolean {
    const kept = [...this.#watches.values(), ...this.#opening.values()];
    return kept.length < MAX_WATCHES_PER_SOCKET && kept.reduce((sum, watch) => sum + watch.calendarCount, calendarCount) <= MAX_CALENDARS_PER_SOCKET;
  }
}
