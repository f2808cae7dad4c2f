import type { Socket } from 'socket.io';
import { MAX_UNREAD_BYTES, MAX_WAITING_BYTES } from './limits.ts';

/** The low-level connection under a Socket.IO socket, with what it tells about its send buffer. */
type Connection = Socket['conn'];

/**
 * What waits to be sent to one screen, and its limit.
 *
 * Engine.IO keeps packets in a buffer while the transport is still writing the ones before; it announces each packet that enters
 * the buffer (`packetCreate`) and the moment the whole buffer is handed to the transport (`flush`). The bytes in between are what a slow
 * reader costs us. Deltas are refused above `MAX_WAITING_BYTES`; the watches they belong to are told to `resync` once the buffer is empty.
 */
export class Outbox {
  readonly #connection: Connection;
  readonly #resync: (watchId: string) => void;
  readonly #behind = new Set<string>();
  #waitingBytes = 0;
  #isClosed = false;
  readonly #onPacket = (packet: { data?: unknown }): void => {
    this.#waitingBytes += sizeOf(packet.data);
  };
  readonly #onFlush = (): void => {
    this.#waitingBytes = 0;
    if (this.#behind.size > 0) setImmediate(() => this.#tellWhoIsBehind());
  };

  constructor(connection: Connection, resync: (watchId: string) => void) {
    this.#connection = connection;
    this.#resync = resync;
    connection.on('packetCreate', this.#onPacket);
    connection.on('flush', this.#onFlush);
  }

  /** True while the screen has left so much unread that it may not ask for more. */
  get isStuck(): boolean {
    return this.#waitingBytes > MAX_UNREAD_BYTES;
  }

  /** Sends an encoded Socket.IO packet. False: the screen reads too slowly and the delta is dropped; the watch gets a `resync` when it has caught up. */
  offer(watchId: string, packet: string): boolean {
    if (this.#isClosed) return false;
    if (this.#waitingBytes + packet.length > MAX_WAITING_BYTES) {
      this.fallBehind(watchId);
      return false;
    }
    this.#connection.write(packet, { compress: false });
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
