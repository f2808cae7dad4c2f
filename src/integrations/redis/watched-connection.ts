import { setImmediate as nextTurn } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Log } from '../../actors/ports.ts';

/** Redis answers within a millisecond; an answer that takes this long counts as lost. */
const ANSWER_LIMIT_MS = 500;
/** A connection that has gone silent is noticed after this and the limit of an answer together: after a second. */
const PING_EVERY_MS = 500;
const CONNECT_LIMIT_MS = 1_000;
/** Until the first try to connect again, doubled after each failure: a connection that broke can often be made again at once. */
const FIRST_RETRY_MS = 50;
/** Redis that comes back is found within this time, however long it was away. */
const LONGEST_RETRY_MS = 1_000;
/** Who does not answer is not waited for when it comes to hanging up either. */
const HANG_UP_LIMIT_MS = 50;

/** What an outage is put down to when Redis itself hung up. */
const CLOSED = 'the connection was closed';

export type ConnectionOptions = {
  readonly url: string;
  /** What it is for, in the log and in Redis' own list of its clients. */
  readonly name: string;
  readonly log: Log;
  readonly answerLimitMs?: number;
};

/** What becomes of a connection. `prepare` runs each time it has been made, before it counts as sound; if it rejects, another one is made. */
export type ConnectionHooks = { prepare?(client: Redis): Promise<void>; onSound?(): void; onLost?(): void };

/**
 * One connection to Redis that is made again whenever it is lost, and given up as lost when it does not answer. A command is sent at once or
 * rejected, never kept for later and never sent a second time; the defaults of ioredis did both. Nothing that it does by itself can reject
 * without being heard: what was subscribed to is restored by `prepare`, not by ioredis, which does not wait for the outcome.
 */
export class WatchedConnection {
  readonly client: Redis;
  readonly #name: string;
  readonly #log: Log;
  readonly #hooks: ConnectionHooks;
  readonly #pings: NodeJS.Timeout;
  #isSound = false;
  #isClosed = false;
  #generation = 0;
  /** Since the connection was last sound. */
  #failures = 0;
  #lastError = CLOSED;

  constructor({ url, name, log, answerLimitMs = ANSWER_LIMIT_MS }: ConnectionOptions, hooks: ConnectionHooks = {}) {
    this.#name = name;
    this.#log = log;
    this.#hooks = hooks;
    this.client = new Redis(url, {
      connectionName: `slotkeeper-${name}`,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      commandTimeout: answerLimitMs,
      connectTimeout: CONNECT_LIMIT_MS,
      disconnectTimeout: HANG_UP_LIMIT_MS,
      retryStrategy: () => this.#retryDelay(),
    });
    this.client.on('error', (error: Error) => {
      this.#lastError = error.message; // never the error itself: it may carry the command that failed, and with AUTH its password
    });
    this.client.on('ready', () => void this.#makeSound());
    this.client.on('close', () => this.#lost());
    this.#pings = setInterval(() => void this.#ping(), PING_EVERY_MS);
  }

  /** Connected, prepared, and answering. */
  get isSound(): boolean {
    return this.#isSound;
  }

  /** Whether a command would be sent. True a little earlier than `isSound`: while the connection is being prepared. */
  get isWritable(): boolean {
    return this.client.status === 'ready' && this.client.stream.writable;
  }

  /** Counts connections, so that the silence of an older one is not held against the present one. */
  get generation(): number {
    return this.#generation;
  }

  /** Gives a connection up and makes another one, unless that has happened already. */
  drop(generation: number, reason: unknown): void {
    if (generation !== this.#generation) return;
    if (reason instanceof Error) this.#lastError = reason.message;
    this.#lost();
    this.client.stream.destroy();
  }

  /** Never waits for Redis. What is under way is rejected. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#pings);
    this.#lost();
    this.client.disconnect();
    // Undefined until the first try to connect, which the line before has called off.
    (this.client.stream as Redis['stream'] | undefined)?.destroy();
  }

  async #makeSound(): Promise<void> {
    const generation = this.#generation;
    try {
      await this.#hooks.prepare?.(this.client);
    } catch (failure) {
      return this.drop(generation, failure);
    }
    if (generation !== this.#generation || this.#isClosed) return;
    if (this.#failures > 0) this.#log.info({ connection: this.#name, failures: this.#failures }, 'Redis answers again');
    this.#failures = 0;
    this.#lastError = CLOSED;
    this.#isSound = true;
    this.#hooks.onSound?.();
  }

  #lost(): void {
    this.#generation += 1;
    if (!this.#isSound) return;
    this.#isSound = false;
    this.#hooks.onLost?.();
  }

  #retryDelay(): number {
    this.#failures += 1;
    if (this.#failures === 1) this.#log.warn({ connection: this.#name, reason: this.#lastError }, 'Redis cannot be reached; trying again');
    return Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), LONGEST_RETRY_MS);
  }

  async #ping(): Promise<void> {
    if (!this.#isSound) return;
    const generation = this.#generation;
    const { stream } = this.client;
    const heard = stream.bytesRead;
    try {
      await this.client.ping();
    } catch (failure) {
      // When this process was too busy to look, the answer is already there and is read in this turn.
      await nextTurn();
      if (stream.bytesRead === heard) this.drop(generation, failure);
    }
  }
}
