import type { Redis } from 'ioredis';
import { type ConnectionHooks, type ConnectionOptions, WatchedConnection } from './watched-connection.ts';

/** In one SUBSCRIBE: a thousand subscriptions are a few commands, and none of them so long that its answer comes too late. */
const CHUNK = 200;

type Kind = 'channel' | 'pattern';

/** A connection for listening. What it is subscribed to outlives the connection: a new one counts as sound only when every subscription stands again. */
export class Subscriber {
  readonly connection: WatchedConnection;
  readonly #wanted: { readonly [kind in Kind]: Set<string> } = { channel: new Set(), pattern: new Set() };

  constructor(options: ConnectionOptions, hooks: Pick<ConnectionHooks, 'onSound' | 'onLost'> = {}) {
    this.connection = new WatchedConnection(options, { ...hooks, prepare: (client) => this.#restore(client) });
  }

  isWanted(kind: Kind, name: string): boolean {
    return this.#wanted[kind].has(name);
  }

  /** Resolves when Redis has said so for each of them. If it rejects, they are subscribed to with the next connection. */
  async subscribe(kind: Kind, names: readonly string[]): Promise<void> {
    for (const name of names) this.#wanted[kind].add(name);
    const { client, generation, isWritable } = this.connection;
    if (!isWritable) throw new Error('Redis is unreachable');
    try {
      await Promise.all(chunksOf(names).map((chunk) => send(client, kind, chunk)));
    } catch (failure) {
      // Nobody knows what that connection is subscribed to.
      this.connection.drop(generation, failure);
      throw failure;
    }
  }

  unsubscribe(kind: Kind, names: readonly string[]): void {
    for (const name of names) this.#wanted[kind].delete(name);
    const { client, isWritable } = this.connection;
    if (!isWritable) return;
    // If it fails, Redis keeps sending until the connection is renewed; listeners check `isWanted`.
    for (const chunk of chunksOf(names)) (kind === 'channel' ? client.unsubscribe(...chunk) : client.punsubscribe(...chunk)).catch(() => undefined);
  }

  /** What is given up while this runs is left out. */
  async #restore(client: Redis): Promise<void> {
    for (const kind of ['channel', 'pattern'] as const) {
      const wanted = this.#wanted[kind];
      for (const chunk of chunksOf([...wanted])) {
        const still = chunk.filter((name) => wanted.has(name));
        if (still.length > 0) await send(client, kind, still);
      }
    }
  }
}

function send(client: Redis, kind: Kind, names: readonly string[]): Promise<unknown> {
  return kind === 'channel' ? client.subscribe(...names) : client.psubscribe(...names);
}

/** None at all for no names: UNSUBSCRIBE without a name would mean all of them. */
function chunksOf(names: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(names.length / CHUNK) }, (_, index) => names.slice(index * CHUNK, (index + 1) * CHUNK));
}
