// The only file that uses the socket. A watch is requested once and kept through everything: a lost connection, a `resync` from the
// server, or a beacon that shows a missed change.
//
// A watch is `asking` from the moment it is sent until its snapshot is here; changes that arrive meanwhile wait in `early`
// and are passed on after the snapshot (listeners skip what the snapshot already has). Whatever goes wrong, the remedy is
// the same: ask again.
import { type ReadonlySignal, signal } from '@preact/signals';
import { io, type Socket } from 'socket.io-client';
import type { Problem } from '../../src/protocol/problems.ts';
import type { ServerMessageBody } from '../../src/protocol/socket.ts';

/** `connecting` is before the first contact, `reconnecting` after a lost one, `offline` when the browser itself says so. */
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'offline';
export type Beacon = ServerMessageBody<'beacon'>;

export type Watch<Snapshot, Change> = {
  readonly name: 'watch-slots' | 'watch-board' | 'watch-notifications' | 'watch-desk';
  /** The request, built each time: a board says what it already has. */
  body(): object;
  onSnapshot(snapshot: Snapshot): void;
  /** `missed` when the change does not fit what is there: the watch is asked for again. */
  onChange(change: Change): 'applied' | 'missed';
  onRefused(problem: Problem): void;
  isBehind(beacon: Beacon): boolean;
};
type SnapshotAnswer = { readonly ok: true } | { readonly ok: false; readonly problem: Problem };
type Kept = { readonly watch: Watch<unknown, unknown>; asking: boolean; askAgain: boolean; early: unknown[] };

const ACK_TIMEOUT_MILLISECONDS = 10_000;
/** A silent connection attempt is given up after this time, and the next one starts. */
const CONNECT_TIMEOUT_MILLISECONDS = 5_000;
const ASK_AGAIN_MILLISECONDS = 1_000;
/** Beacons come every five seconds while something is watched: three missing ones mean a dead connection. */
const SILENCE_MILLISECONDS = 16_000;
const SILENCE_CHECK_MILLISECONDS = 2_000;
/** A beacon may overtake a change; only if the change is still missing after this time is it lost. */
const BEACON_GRACE_MILLISECONDS = 700;

/** Milliseconds until an overloaded server is asked again; `undefined` for any other refusal. */
function pauseAfter(problem: Problem | undefined): number | undefined {
  if (problem?.code !== 'overloaded' && problem?.code !== 'rate-limited') return undefined;
  return (problem.retryAfterSeconds ?? 1) * 1000;
}

export class Live {
  readonly #socket: Socket;
  readonly #state = signal<LiveState>('connecting');
  readonly #watches = new Map<string, Kept>();
  #nextWatch = 1;
  #isWanted = false;
  #heardAt = Date.now();
  /** When the last beacon came over the present connection, by this page's clock; `undefined` before the first. */
  #beaconAt: number | undefined;
  readonly #token: () => string | undefined;
  /** The token of the current connection. */
  #shownToken: string | undefined;

  /** `token` is read at every connection, so a renewed one is used; for an open connection call `renewToken`. `onEnded`: the server ended the session. */
  constructor(options: { readonly token?: () => string | undefined; readonly onEnded?: (reason: string) => void } = {}) {
    const { token = () => undefined, onEnded } = options;
    this.#token = token;
    this.#socket = io({
      autoConnect: false,
      auth: (give) => give(this.#introduction()),
      reconnectionDelay: 300,
      reconnectionDelayMax: 4_000,
      timeout: CONNECT_TIMEOUT_MILLISECONDS,
      transports: ['websocket', 'polling'],
    });
    this.#socket.on('connect', () => this.#connected());
    this.#socket.on('disconnect', (reason) => this.#lost(reason === 'io server disconnect'));
    this.#socket.on('connect_error', (problem) => {
      this.#lost(false);
      // The server refused, and Socket.IO does not retry by itself: an overloaded server is asked again; otherwise the caller decides.
      if (this.#socket.active) return;
      const pause = pauseAfter((problem as { readonly data?: { readonly problem?: Problem } }).data?.problem);
      if (pause === undefined) onEnded?.(problem.message);
      else setTimeout(() => this.#isWanted && this.#socket.connect(), pause);
    });
    this.#socket.on('slots-changed', (change) => this.#changed(change));
    this.#socket.on('board-changed', (change) => this.#changed(change));
    this.#socket.on('notification', (change) => this.#changed(change));
    this.#socket.on('desk-changed', (change) => this.#changed(change));
    this.#socket.on('resync', ({ watchId }: { watchId: string }) => this.#ask(watchId));
    this.#socket.on('beacon', (beacon: Beacon) => this.#compare(beacon));
    this.#socket.on('session-ended', ({ reason }: { reason: string }) => onEnded?.(reason));
    setInterval(() => this.#listenForSilence(), SILENCE_CHECK_MILLISECONDS);
    addEventListener('offline', () => this.#lost(false));
    addEventListener('online', () => this.#isWanted && this.connect());
  }

  get state(): ReadonlySignal<LiveState> {
    return this.#state;
  }

  /** When the server last said how things are, by this page's clock. */
  get heardAt(): number {
    return this.#heardAt;
  }

  connect(): void {
    this.#isWanted = true;
    if (this.#socket.connected) this.#state.value = 'live';
    else this.#socket.connect();
  }

  /** Sends the current token on the open connection. If the server refuses it, a new connection is made. */
  renewToken(): void {
    const token = this.#token();
    const asked = this.#socket.id;
    if (token === undefined || token === this.#shownToken) return;
    if (!this.#socket.connected) {
      // The connection was refused with the previous token.
      if (this.#isWanted && !this.#socket.active) this.#socket.connect();
      return;
    }
    this.#shownToken = token;
    this.#socket.timeout(ACK_TIMEOUT_MILLISECONDS).emit('refresh-token', { token }, (silence: Error | null, answer: SnapshotAnswer) => {
      if ((silence !== null || !answer.ok) && this.#isWanted && this.#socket.id === asked) this.reconnect();
    });
  }

  /** Drops the connection and makes a new one, with the current token. */
  reconnect(): void {
    this.#lost(false);
    this.#socket.disconnect().connect();
  }

  close(): void {
    this.#isWanted = false;
    this.#socket.disconnect();
  }

  /** Watches until the returned function is called. */
  watch<Snapshot, Change>(watch: Watch<Snapshot, Change>): () => void {
    const watchId = `w${this.#nextWatch}`;
    this.#nextWatch += 1;
    this.#watches.set(watchId, { watch, asking: false, askAgain: false, early: [] });
    this.#ask(watchId);
    return () => {
      this.#watches.delete(watchId);
      if (this.#socket.connected) this.#socket.emit('unwatch', { watchId }, () => undefined);
    };
  }

  #introduction(): { readonly token?: string } {
    const token = this.#token();
    this.#shownToken = token;
    return token === undefined ? {} : { token };
  }

  #connected(): void {
    this.#beaconAt = undefined;
    this.#state.value = 'live';
    // The token may have been renewed since the handshake.
    this.renewToken();
    for (const [watchId, kept] of this.#watches) {
      kept.asking = false;
      this.#ask(watchId);
    }
  }

  #lost(byServer: boolean): void {
    this.#state.value = navigator.onLine ? (this.#state.value === 'connecting' ? 'connecting' : 'reconnecting') : 'offline';
    // After a disconnect by the server (a restart, a full house) the client has to come back by itself.
    if (byServer) setTimeout(() => this.#isWanted && this.#socket.connect(), ASK_AGAIN_MILLISECONDS);
  }

  #ask(watchId: string): void {
    const kept = this.#watches.get(watchId);
    if (kept === undefined || !this.#socket.connected) return;
    if (kept.asking) {
      kept.askAgain = true;
      return;
    }
    Object.assign(kept, { asking: true, askAgain: false, early: [] });
    const asked = this.#socket.id;
    this.#socket.timeout(ACK_TIMEOUT_MILLISECONDS).emit(kept.watch.name, { watchId, ...kept.watch.body() }, (silence: Error | null, answer: SnapshotAnswer) => {
      // A new connection has asked by itself, and a watch that was given up wants no answer.
      if (this.#socket.id !== asked || this.#watches.get(watchId) !== kept) return;
      if (silence === null) this.#answered(watchId, kept, answer);
      else {
        kept.asking = false;
        setTimeout(() => this.#ask(watchId), ASK_AGAIN_MILLISECONDS);
      }
    });
  }

  #answered(watchId: string, kept: Kept, answer: SnapshotAnswer): void {
    const { early, askAgain } = kept;
    Object.assign(kept, { asking: false, early: [] });
    if (!answer.ok) {
      this.#refused(watchId, kept, answer.problem);
      return;
    }
    this.#heardAt = Date.now();
    kept.watch.onSnapshot(answer);
    const missed = early.map((change) => kept.watch.onChange(change)).includes('missed');
    if (missed || askAgain) this.#ask(watchId);
  }

  /** Retries when the server is at its limit; passes any other refusal to the watcher. */
  #refused(watchId: string, kept: Kept, problem: Problem): void {
    const pause = pauseAfter(problem);
    if (pause === undefined) kept.watch.onRefused(problem);
    else setTimeout(() => this.#ask(watchId), pause);
  }

  #changed(change: { watchId: string }): void {
    const kept = this.#watches.get(change.watchId);
    if (kept === undefined) return;
    if (kept.asking) kept.early.push(change);
    else if (kept.watch.onChange(change) === 'missed') this.#ask(change.watchId);
  }

  /** A connection can be dead without notice; a page must not claim to be live on it. */
  #listenForSilence(): void {
    if (!this.#socket.connected || this.#watches.size === 0 || this.#beaconAt === undefined) return;
    if (performance.now() - this.#beaconAt < SILENCE_MILLISECONDS) return;
    this.#beaconAt = undefined;
    this.reconnect();
  }

  #compare(beacon: Beacon): void {
    this.#beaconAt = performance.now();
    this.#heardAt = Date.now();
    for (const [watchId, kept] of this.#watches) {
      if (kept.asking || !kept.watch.isBehind(beacon)) continue;
      setTimeout(() => {
        if (this.#watches.get(watchId) === kept && !kept.asking && kept.watch.isBehind(beacon)) this.#ask(watchId);
      }, BEACON_GRACE_MILLISECONDS);
    }
  }
}
