import type { Socket } from 'socket.io';
import { READ_AHEAD_BYTES, type SocketBudget } from './limits.ts';
import type { WatchPacket } from './packets.ts';
import type { Line } from './wires.ts';

/** The low-level connection under a Socket.IO socket, with what it tells about its send buffer. */
type Connection = Socket['conn'];

/**
 * What waits to be sent to one screen, and its limits.
 *
 * Engine.IO keeps packets in a buffer while the transport is still writing the ones before; it announces each packet that enters
 * the buffer (`packetCreate`) and the moment the whole buffer is handed to the transport (`flush`). Those bytes and what the transport has not
 * got rid of are what a slow reader costs us. Deltas are refused above a limit; the watches they belong to are told to `resync` once the buffer is empty.
 */
export class Outbox {
  readonly #connection: Connection;
  readonly #line: Pick<Line, 'unreadBytes'>;
  readonly #budget: SocketBudget;
  readonly #resync: (watchId: string) => void;
  readonly #behind = new Set<string>();
  /** In Engine.IO's buffer. */
  #waitingBytes = 0;
  /** Of the snapshot that is on its way. */
  #snapshotBytes = 0;
  /** Since when more is unread than a screen that reads ever leaves. */
  #slowSince: number | undefined;
  #isClosed = false;
  readonly #onPacket = (packet: { data?: unknown }): void => {
    this.#waitingBytes += sizeOf(packet.data);
  };
  readonly #onFlush = (): void => {
    this.#waitingBytes = 0;
    if (this.#behind.size > 0) setImmediate(() => this.#tellWhoIsBehind());
  };

  constructor(connection: Connection, line: Pick<Line, 'unreadBytes'>, budget: SocketBudget, resync: (watchId: string) => void) {
    this.#connection = connection;
    this.#line = line;
    this.#budget = budget;
    this.#resync = resync;
    connection.on('packetCreate', this.#onPacket);
    connection.on('flush', this.#onFlush);
  }

  /** All that the screen has been sent and has not taken. Texts count by their characters, which are bytes but for names beyond ASCII. */
  get unreadBytes(): number {
    return this.#waitingBytes + this.#line.unreadBytes;
  }

  /** Whether the screen has read what it was sent, but for what is always under way. */
  get isRead(): boolean {
    return this.unreadBytes <= READ_AHEAD_BYTES;
  }

  /** True while the screen has left so much unread, or left it for so long, that it is not to be kept. `now` in milliseconds of any clock that only goes forward. */
  isStuck(now: number): boolean {
    const unread = this.unreadBytes;
    if (unread <= READ_AHEAD_BYTES) {
      this.#snapshotBytes = 0;
      this.#slowSince = undefined;
      return false;
    }
    this.#slowSince ??= now;
    return unread - this.#snapshotBytes > this.#budget.unreadBytes || now - this.#slowSince > this.#budget.readingMilliseconds;
  }

  /** Sends an answer that may be larger than what may wait otherwise: its size is limited by the question. */
  sendSnapshot(send: () => void): void {
    const before = this.unreadBytes;
    send();
    this.#snapshotBytes = Math.max(0, this.unreadBytes - before);
  }

  /** Sends an encoded packet. False: the screen reads too slowly and the delta is dropped; the watch gets a `resync` when it has caught up. */
  offer(watchId: string, { text, options }: WatchPacket): boolean {
    if (this.#isClosed) return false;
    if (this.#waitingBytes + text.length > this.#budget.waitingBytes) {
      this.fallBehind(watchId);
      return false;
    }
    this.#connection.write(text, options);
    return true;
  }

  /** A beacon is only worth something if it is fresh: it is left out while anything waits. */
  offerBeacon(send: () => void): void {
    if (!this.#isClosed && this.#waitingBytes === 0) send();
  }

  /** The watch has lost something: it is told so as soon as nothing else waits. */
  fallBehind(watchId: string): void {
    this.#behind.add(watchId);
    if (this.#waitingBytes === 0) setImmediate(() => this.#tellWhoIsBehind());
  }

  /** The watch is gone or starts afresh: what it lost does not matter any more. */
  forget(watchId: string): void {
    this.#behind.delete(watchId);
  }

  close(): void {
    this.#isClosed = true;
    this.#behind.clear();
    this.#connection.off('packetCreate', this.#onPacket);
    this.#connection.off('flush', this.#onFlush);
  }

  #tellWhoIsBehind(): void {
    if (this.#isClosed || this.#waitingBytes > 0) return;
    const watchIds = [...this.#behind];
    this.#behind.clear();
    for (const watchId of watchIds) this.#resync(watchId);
  }
}

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return data.length;
  return ArrayBuffer.isView(data) ? data.byteLength : 0;
}
