import type { Beat, ClusterDatabase, ShardOwner } from '../../actors/ports.ts';
import { instant } from '../../model/instant.ts';
import type { Database, SqlConnection, SqlRow } from '../database.ts';
import { asReadFailure } from '../read-failure.ts';

/** A beat takes a millisecond; one that takes this long has met an outage, and the next may find a way. */
const BEAT_TIMEOUT_MS = 2_000;
/** Taking and giving wait for commits that run. */
const CHANGE_TIMEOUT_MS = 10_000;

type BeatReply = Omit<Beat, 'databaseTime' | 'isGone'> & { readonly now: number; readonly gone: boolean };

/** The nodes and their shards, on a connection of their own: a beat must not wait for a pool that is busy. */
export class SqlCluster implements ClusterDatabase {
  readonly #database: Database;
  #connection: Promise<SqlConnection> | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  async join(nodeId: string): Promise<void> {
    await this.#ask('select join_node_v1($1::uuid)', [nodeId]);
  }

  async beat(nodeId: string, knownEpochs: number): Promise<Beat> {
    const { now, gone, ...rest } = (await this.#ask('select beat_v1($1::uuid, $2::int8)', [nodeId, knownEpochs], BEAT_TIMEOUT_MS)) as BeatReply;
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
    await this.#ask('select prepare_to_leave_v1($1::uuid)', [nodeId]);
  }

  async leave(nodeId: string): Promise<void> {
    await this.#ask('select leave_node_v1($1::uuid)', [nodeId]);
  }

  async shards(): Promise<readonly ShardOwner[]> {
    return this.#shards(
      `select jsonb_agg(jsonb_build_object('shard', s.id, 'owner', s.owner, 'epoch', s.epoch) order by s.id) from shard s`,
      [],
      BEAT_TIMEOUT_MS,
    );
  }

  async #shards(statement: string, parameters: readonly unknown[], timeoutMs?: number): Promise<readonly ShardOwner[]> {
    return ((await this.#ask(statement, parameters, timeoutMs)) ?? []) as readonly ShardOwner[];
  }

  /** The first column of the one row. */
  async #ask(statement: string, parameters: readonly unknown[], timeoutMs = CHANGE_TIMEOUT_MS): Promise<unknown> {
    this.#connection ??= this.#database.connect();
    const opening = this.#connection;
    try {
      const connection = await opening;
      const rows: readonly SqlRow[] = await connection.run(statement, parameters, { timeoutMs });
      return rows[0]?.[0];
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
