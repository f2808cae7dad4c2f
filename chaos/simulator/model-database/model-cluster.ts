import type { Beat, ClusterDatabase, ShardOwner } from '../../../src/actors/ports.ts';
import { asReadFailure } from '../../../src/persistence/database/read-failure.ts';
import { beat, giveShards, join, leave, prepareToLeave, takeAllShards, takeShards } from './cluster.ts';
import { type Link, ModelConnection, type Statement } from './connections.ts';
import { once } from './model-journal.ts';

const TIMEOUT_MS = { beat: 2_000, change: 10_000 } as const;
type Purpose = keyof typeof TIMEOUT_MS;

/** As SqlCluster over the model: beats on one connection, changes one after the other on another, and a new one after any failure. */
export class ModelCluster implements ClusterDatabase {
  readonly #link: Link;
  readonly #connections = new Map<Purpose, Promise<ModelConnection>>();

  constructor(link: Link) {
    this.#link = link;
  }

  join(nodeId: string): Promise<void> {
    return this.#ask(once((tables) => join(tables, nodeId)));
  }

  beat(nodeId: string, knownEpochs: number): Promise<Beat> {
    return this.#ask(
      once((tables) => beat(tables, nodeId, knownEpochs)),
      'beat',
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

  async #ask<Reply>(statement: Statement<Reply>, purpose: Purpose = 'change'): Promise<Reply> {
    const opening = this.#connections.get(purpose) ?? ModelConnection.open(this.#link);
    this.#connections.set(purpose, opening);
    try {
      const connection = await opening;
      return await connection.run(statement, TIMEOUT_MS[purpose]);
    } catch (error) {
      if (this.#connections.get(purpose) === opening) this.#connections.delete(purpose);
      void opening.then(
        (connection) => connection.destroy(),
        () => undefined,
      );
      return asReadFailure(error);
    }
  }
}
