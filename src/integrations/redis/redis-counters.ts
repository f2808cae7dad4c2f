import type { Log } from '../../actors/ports.ts';
import { WatchedConnection } from './watched-connection.ts';

/** Every request is counted before anything else; a node that waits longer than this for Redis counts by itself. */
const COUNTER_LIMIT_MS = 150;

/** After so many answers in a row that did not come in time nobody waits for one for a while: Redis may be there and be too slow to be of use. */
const LATE_IN_A_ROW = 3;
const LEFT_ALONE_MS = 1_000;

/** Counters that all nodes share. A script changes one in one step. */
export class RedisCounters implements Disposable {
  readonly #connection: WatchedConnection;
  #late = 0;
  #aloneUntil = 0;

  constructor(url: string, log: Log) {
    this.#connection = new WatchedConnection({ url, name: 'counters', log, answerLimitMs: COUNTER_LIMIT_MS });
  }

  /** Whether it is worth asking. */
  get isReady(): boolean {
    return this.#connection.isSound && performance.now() >= this.#aloneUntil;
  }

  /** Rejects soon when there is no answer; then it may have counted all the same. */
  async eval(script: string, words: { readonly keys: readonly string[]; readonly arguments: readonly string[] }): Promise<unknown> {
    try {
      const answer = await this.#connection.client.eval(script, words.keys.length, ...words.keys, ...words.arguments);
      this.#late = 0;
      return answer;
    } catch (failure) {
      this.#late += 1;
      if (this.#late >= LATE_IN_A_ROW) this.#aloneUntil = performance.now() + LEFT_ALONE_MS;
      throw failure;
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
