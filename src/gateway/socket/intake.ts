import { MINUTE } from '../../model/instant.ts';
import { MAX_PACKETS_OF_NEWCOMER, MAX_REFUSED_A_MINUTE, type SocketBudget } from './limits.ts';

/** A packet of Engine.IO. */
export type Packet = { readonly type: string; readonly data?: unknown };

/** What has come in over one connection of Engine.IO, whatever it was, and the judge of whether that is a flood. Times are milliseconds of a clock that only goes forward. */
export class Intake {
  /** Of a screen, once there is one. */
  #budget: Pick<SocketBudget, 'packetsAMinute' | 'bytesAMinute'> | undefined;
  #minuteBeganAt: number;
  #packets = 0;
  #bytes = 0;
  #refused = 0;
  #greetings = 0;

  constructor(now: number) {
    this.#minuteBeganAt = now;
  }

  /** The connection has become a screen. */
  allow(budget: Pick<SocketBudget, 'packetsAMinute' | 'bytesAMinute'>): void {
    this.#budget = budget;
  }

  /** Counts a packet. False: the connection is to be ended. */
  take({ type, data }: Packet, now: number): boolean {
    // One connection is one screen: while the first greeting is looked at, a second one would make another.
    if (type === 'message' && typeof data === 'string' && data.startsWith('0')) this.#greetings += 1;
    return this.#count(typeof data === 'string' ? data.length : ArrayBuffer.isView(data) ? data.byteLength : 0, now) && this.#greetings <= 1;
  }

  /** Counts a request of long polling, which brings packets or fetches some. False: as for `take`. */
  takePoll(now: number): boolean {
    return this.#count(0, now);
  }

  /** Counts a message that was refused since there were too many. False: it goes on all the same, and is to be ended. */
  refuse(now: number): boolean {
    this.#tick(now);
    this.#refused += 1;
    return this.#refused <= MAX_REFUSED_A_MINUTE;
  }

  #count(bytes: number, now: number): boolean {
    this.#tick(now);
    this.#packets += 1;
    this.#bytes += bytes;
    if (this.#budget === undefined) return this.#packets <= MAX_PACKETS_OF_NEWCOMER;
    return this.#packets <= this.#budget.packetsAMinute && this.#bytes <= this.#budget.bytesAMinute;
  }

  #tick(now: number): void {
    if (now - this.#minuteBeganAt < MINUTE) return;
    this.#minuteBeganAt = now;
    this.#packets = 0;
    this.#bytes = 0;
    this.#refused = 0;
  }
}
