import type { Socket } from 'socket.io';
import type { Principal } from '../../access/principal.ts';
import { type Source, sourceOf } from '../../limits/big-questions.ts';
import type { ScreenToServer, ServerMessageBody, ServerToScreen } from '../../protocol/socket.ts';
import type { Visitor } from './handshake.ts';
import type { Intake } from './intake.ts';
import { GOODBYE_LINGER_MILLISECONDS, type SocketBudget } from './limits.ts';
import { Outbox } from './outbox.ts';
import type { Shares } from './shares.ts';
import type { Line } from './wires.ts';

export type ScreenSocket = Socket<ScreenToServer, ServerToScreen>;

/** Something a screen watches, from the answer to `watch-…` until `unwatch`, a new watch of the same name, or the end of the connection. */
export type Watch = {
  /** What a screen that has missed nothing knows, by calendar. */
  revisions(): Iterable<readonly [calendarId: string, revision: number]>;
  /** Whether what was asked for is something else by now, since the catalog or the user's rights have changed. */
  isOutdated(): boolean;
  close(): void;
};

/** What a watch costs for as long as it is kept. */
export type WatchSize = { readonly calendars: number; readonly calendarDays: number };

/** What a screen is made of, besides its socket. `unread` and `watched` are counted for all screens of the process, in bytes and calendar-days. */
export type ScreenParts = {
  readonly line: Line;
  readonly intake: Intake;
  readonly budget: SocketBudget;
  readonly unread: Shares;
  readonly watched: Shares;
};

/** A name that a screen has given to a watch: being opened while there is no `watch` yet. */
type Seat = { readonly size: WatchSize; watch: Watch | undefined };

/** One connected page or program: who it is, what it watches, and what waits to be sent to it. */
export class Screen {
  readonly socket: ScreenSocket;
  readonly address: string;
  /** For whom it is counted what all connections together have. */
  readonly source: Source;
  readonly budget: SocketBudget;
  /** Of a program. */
  readonly apiKey: string | null;
  readonly outbox: Outbox;
  /** Messages that are being answered. */
  inFlight = 0;
  /** Holds that messages are placing under ids of the screen's own, no more than are answered at once; each ends when its message is answered. */
  readonly placing = new Map<string, Promise<void>>();
  /** Messages that wait for their turn. */
  waiting = 0;
  #isReadingPaused = false;
  readonly #parts: ScreenParts;
  #principal: Principal | null;
  #isClosed = false;
  readonly #seats = new Map<string, Seat>();
  /** Of what is unread, so much is in the shares of this source. */
  #countedUnread = 0;
  /** The latest question under each name, until it is given up or answered. */
  readonly #questions = new Map<string, symbol>();
  /** Ends when all snapshots that were asked for are answered. */
  #lastSnapshot: Promise<unknown> = Promise.resolve();
  /** Who waits for the screen to read. */
  #onRead: (() => void) | undefined;

  constructor(socket: ScreenSocket, visitor: Visitor, parts: ScreenParts) {
    this.socket = socket;
    this.#parts = parts;
    this.address = visitor.address;
    this.apiKey = visitor.apiKey;
    this.#principal = visitor.principal;
    this.source = sourceOf(visitor.principal, visitor.address);
    this.budget = parts.budget;
    this.outbox = new Outbox(socket.conn, parts.line, parts.budget, (watchId) => socket.emit('resync', { watchId }));
    parts.intake.allow(parts.budget);
  }

  /** Who it speaks for, null is a guest. Another object whenever it has shown a new token. */
  get principal(): Principal | null {
    return this.#principal;
  }

  get isConnected(): boolean {
    return this.socket.connected;
  }

  /** What is watched, by name; copied, so that the screen may be changed meanwhile. */
  get watches(): readonly (readonly [watchId: string, watch: Watch])[] {
    return [...this.#seats].flatMap(([watchId, { watch }]) => (watch === undefined ? [] : [[watchId, watch] as const]));
  }

  /** Why the session is over, if it is. `isCurrent` is the accounts' own judgement. */
  sessionEnd(isCurrent: (principal: Principal) => boolean, now: number): 'expired' | 'logged-out' | undefined {
    if (this.principal === null || isCurrent(this.principal)) return undefined;
    return this.principal.expiresAt <= now ? 'expired' : 'logged-out';
  }

  /** The same user with a newer token, which may say another role or location. */
  continueAs(principal: Principal): void {
    this.#principal = principal;
    this.dropOutdated();
  }

  /**
   * Ends every watch that shows what this user may not see any more, or would see otherwise. Nothing of it is sent from now on, whatever the screen does;
   * the screen is told to watch again, and is answered by what is true now.
   */
  dropOutdated(): void {
    for (const [watchId, watch] of this.watches) {
      if (!watch.isOutdated()) continue;
      this.#giveUp(watchId);
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
    this.#parts.line.cut();
  }

  /** As `end`, for a screen that does not stop sending: nothing more is taken in, so that it can still hear why. */
  endFlood(): void {
    if (this.#isClosed) return;
    this.#parts.line.stopReading();
    this.end('too-many-messages');
  }

  /** What it sends is left to its own side of the line, until `goOnReading`. */
  pauseReading(): void {
    this.#isReadingPaused = true;
    this.#parts.line.stopReading();
  }

  goOnReading(): void {
    if (!this.#isReadingPaused || this.#isClosed) return;
    this.#isReadingPaused = false;
    this.#parts.line.goOnReading();
  }

  /** A message was refused since there were too many; who goes on and on is sent away. */
  noteRefused(): void {
    if (!this.#parts.intake.refuse(performance.now())) this.endFlood();
  }

  /** Counts what is unread, and hangs up on a screen that does not read. To be called around every answer, and now and then. */
  checkReading(): void {
    if (this.#isClosed) return;
    this.#countUnread(this.outbox.unreadBytes);
    if (this.outbox.isStuck(performance.now())) this.hangUp('too-slow');
    else if (this.outbox.isRead) this.#onRead?.();
  }

  /**
   * Answers questions one after the other, each when what the one before has sent is read. `isWanted` is false if meanwhile the screen has asked for something else
   * under this name, or given it up. Nothing is answered once the screen has gone.
   */
  inTurn(watchId: string, answer: (isWanted: boolean) => Promise<void>): Promise<void> {
    const question = Symbol(watchId);
    this.#questions.set(watchId, question);
    const turn = async () => {
      if (!this.outbox.isRead && !this.#isClosed) await this.#reading();
      if (this.#isClosed) return;
      const isWanted = this.#questions.get(watchId) === question;
      if (isWanted) this.#questions.delete(watchId);
      await answer(isWanted);
    };
    const answered = this.#lastSnapshot.then(turn, turn);
    this.#lastSnapshot = answered;
    return answered;
  }

  /** Whether this connection may watch so much more. What others have is not looked at. */
  hasRoomFor({ calendars, calendarDays }: WatchSize): boolean {
    const sizes = [...this.#seats.values()].map(({ size }) => size);
    const all = (what: keyof WatchSize) => sizes.reduce((sum, size) => sum + size[what], 0);
    const { budget } = this;
    return sizes.length < budget.watches && all('calendars') + calendars <= budget.calendars && all('calendarDays') + calendarDays <= budget.calendarDays;
  }

  /**
   * Opens a watch in place of the one that has its name. `overtaken`: meanwhile the screen asked for something else under this name, or went away; `outdated`: meanwhile
   * it is something else that it asked for. What was opened is closed again. `refuse` is asked when the older watch has been given up.
   */
  async openWatch<Opened extends { readonly watch: Watch }, Refused>(
    watchId: string,
    size: WatchSize,
    refuse: () => Refused | undefined,
    open: () => Promise<Opened>,
  ): Promise<Opened | Refused | 'overtaken' | 'outdated'> {
    if (this.#isClosed) return 'overtaken';
    this.#giveUp(watchId);
    const refused = refuse();
    if (refused !== undefined) return refused;
    const seat: Seat = { size, watch: undefined };
    this.#seats.set(watchId, seat);
    this.#parts.watched.add(this.source, size.calendarDays);
    const isMine = () => this.#seats.get(watchId) === seat;
    try {
      const opened = await open();
      if (isMine() && !opened.watch.isOutdated()) {
        seat.watch = opened.watch;
        return opened;
      }
      opened.watch.close();
      return isMine() ? 'outdated' : 'overtaken';
    } finally {
      if (isMine() && seat.watch === undefined) this.#giveUp(watchId);
    }
  }

  unwatch(watchId: string): void {
    this.#questions.delete(watchId);
    this.#giveUp(watchId);
  }

  #giveUp(watchId: string): void {
    const seat = this.#seats.get(watchId);
    this.outbox.forget(watchId);
    if (seat === undefined) return;
    this.#seats.delete(watchId);
    this.#parts.watched.add(this.source, -seat.size.calendarDays);
    seat.watch?.close();
  }

  /** Nothing is sent any more, and it is not waited for long until the other side has read what was, and hangs up too. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    setTimeout(() => this.#parts.line.cut(), GOODBYE_LINGER_MILLISECONDS).unref();
    for (const watchId of [...this.#seats.keys()]) this.unwatch(watchId);
    this.outbox.close();
    this.#countUnread(0);
    this.#onRead?.();
  }

  #reading(): Promise<void> {
    return new Promise((resolve) => {
      this.#onRead = () => {
        this.#onRead = undefined;
        resolve();
      };
    });
  }

  #countUnread(bytes: number): void {
    this.#parts.unread.add(this.source, bytes - this.#countedUnread);
    this.#countedUnread = bytes;
  }
}
