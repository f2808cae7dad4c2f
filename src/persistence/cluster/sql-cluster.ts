import type { Beat, ClusterDatabase, ShardOwner } from '../../actors/ports.ts';
import { instant } from '../../model/instant.ts';
import type { Database, SqlConnection, SqlRow } from '../database/database.ts';
import { asReadFailure } from '../database/read-failure.ts';

/** A beat takes a millisecond; one that takes this long has met an outage, and the next may find a way. Taking and giving wait for commits that run. */
const TIMEOUT_MS = { beat: 2_000, change: 10_000 } as const;

type Purpose = keyof typeof TIMEOUT_MS;
type BeatReply = Omit<Beat, 'databaseTime' | 'isGone'> & { readonly now: number; readonly gone: boolean };

/** The nodes and their shards, on connections of their own: a beat must not wait for a pool that is busy, nor for a change of owner that waits for a commit. */
export class SqlCluster implements ClusterDatabase {
  readonly #database: Database;
  readonly #connections = new Map<Purpose, Promise<SqlConnection>>();

  constructor(database: Database) {
    this.#database = database;
  }

  async join(nodeId: string): Promise<void> {
    await this.#ask('change', 'select join_node_v1($1::uuid)', [nodeId]);
  }

  async beat(nodeId: string, knownEpochs: number): Promise<Beat> {
    const { now, gone, ...rest } = (await this.#ask('beat', 'select beat_v1($1::uuid, $2::int8)', [nodeId, knownEpochs])) as BeatReply;
    return { ...rest, databaseTime: instant(now), isGone: gone };
  }

  async takeShards(nodeId: string, shards: readonly number[]): Promise<readonly ShardOwner[]> {
    return this.#shards('select take_shards_v1($1::uuid, $2::int[])', [nodeId, shards]);
  }

  async takeAllShards(nodeId: string): Promise<readonly ShardOwner[]> {
    return this.#shards('select take_all_shards_v2($1::uuid)', [nodeId]);
  }

  async giveShards(nodeId: string, to: string, shards: readonly number[]): Promise<readonly ShardOwner[]> {
    return this.#shards('select give_shards_v1($1::uuid, $2::uuid, $3::int[])', [nodeId, to, shards]);
  }

  async prepareToLeave(nodeId: string): Promise<void> {
    await this.#ask('change', 'select prepare_to_leave_v1($1::uuid)', [nodeId]);
  }

  async leave(nodeId: string): Promise<void> {
    await this.#ask('change', 'select leave_node_v1($1::uuid)', [nodeId]);
  }

  async #shards(statement: string, parameters: readonly unknown[]): Promise<readonly ShardOwner[]> {
    return ((await this.#ask('change', statement, parameters)) ?? []) as readonly ShardOwner[];
  }

  /** The first column of the one row. */
  async #ask(purpose: Purpose, statement: string, parameters: readonly unknown[]): Promise<unknown> {
    const opening = this.#connections.get(purpose) ?? this.#database.connect();
    this.#connections.set(purpose, opening);
    try {
      const connection = await opening;
      const rows: readonly SqlRow[] = await connection.run(statement, parameters, { timeoutMs: TIMEOUT_MS[purpose] });
      return rows[0]?.[0];
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
