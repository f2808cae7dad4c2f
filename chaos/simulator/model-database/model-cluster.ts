import type { Beat, ClusterDatabase, ShardOwner } from '../../../src/actors/ports.ts';
import { asReadFailure } from '../../../src/persistence/read-failure.ts';
import { beat, giveShards, join, leave, prepareToLeave, shards, takeAllShards, takeShards } from './cluster.ts';
import { type Link, ModelConnection, type Statement } from './connections.ts';
import { once } from './model-journal.ts';

const BEAT_TIMEOUT_MS = 2_000;
const CHANGE_TIMEOUT_MS = 10_000;

/** As SqlCluster over the model: everything on one connection, one after the other, and a new one after any failure. */
export class ModelCluster implements ClusterDatabase {
  readonly #link: Link;
  #connection: Promise<ModelConnection> | undefined;

  constructor(link: Link) {
    this.#link = link;
  }

  join(nodeId: string): Promise<void> {
    return this.#ask(once((tables) => join(tables, nodeId)));
  }

  beat(nodeId: string, knownEpochs: number): Promise<Beat> {
    return this.#ask(
      once((tables) => beat(tables, nodeId, knownEpochs)),
      BEAT_TIMEOUT_MS,
    );
  }

  takeShards(nodeId: string, wanted: readonly number[]): Promise<readonly ShardOwner[]> {
    return this.#ask((tables) => takeShards(tables, nodeId, wanted));
  }

  takeAllShards(nodeId: string): Promise<readonly ShardOwner[]> {
    return this.#ask((tables) => takeAllShards(tables, nodeId));
  }

  giveShards(nodeId: string, to: string, wanted: readonly number[]): Promise<readonly ShardOwner[]> {
    return this.#ask((tables) => giveShards(tables, nodeId, to, wanted));
  }

  prepareToLeave(nodeId: string): Promise<void> {
    return this.#ask(once((tables) => prepareToLeave(tables, nodeId)));
  }

  leave(nodeId: string): Promise<void> {
    return this.#ask((tables) => leave(tables, nodeId));
  }

  shards(): Promise<readonly ShardOwner[]> {
    return this.#ask(once(shards), BEAT_TIMEOUT_MS);
  }

  async #ask<Reply>(statement: Statement<Reply>, timeoutMs = CHANGE_TIMEOUT_MS): Promise<Reply> {
    this.#connection ??= ModelConnection.open(this.#link);
    const opening = this.#connection;
    try {
      const connection = await opening;
      return await connection.run(statement, timeoutMs);
    } catch (error) {
      if (this.#connection === opening) this.#connection = undefined;
      void opening.then(
        (connection) => connection.destroy(),
        () => undefined,
      );
      return asReadFailure(error);
    }
  }
}
