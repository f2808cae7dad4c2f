import type { Log } from '../../actors/ports.ts';
import { WatchedConnection } from './watched-connection.ts';

/** Every request asks for its allowance before anything else; whoever waits longer than this for a counter had better count alone. */
const COUNTER_LIMIT_MS = 150;

/** Counters that all nodes share. A script changes one in one step. */
export class RedisCounters implements Disposable {
  readonly #connection: WatchedConnection;

  constructor(url: string, log: Log) {
    this.#connection = new WatchedConnection({ url, name: 'counters', log, answerLimitMs: COUNTER_LIMIT_MS });
  }

  /** Whether it is worth asking. */
  get isReady(): boolean {
    return this.#connection.isSound;
  }

  /** Rejects soon when there is no answer; then it may have counted all the same. */
  async eval(script: string, words: { readonly keys: readonly string[]; readonly arguments: readonly string[] }): Promise<unknown> {
    return this.#connection.client.eval(script, words.keys.length, ...words.keys, ...words.arguments);
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
