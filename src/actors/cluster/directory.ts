import type { ShardOwner } from '../ports.ts';
import { SHARD_COUNT } from './shard-of.ts';

export type OwnershipChange = { readonly gained: readonly number[]; readonly lost: readonly number[] };

/**
 * The owners and epochs of shards, as this node knows them. It may be behind the database, and correctness never depends on it:
 * a commit under an old epoch does nothing, and the database then returns the new one. Higher epochs replace lower ones, whatever their source.
 */
export class Directory {
  readonly #nodeId: string;
  readonly #onChange: (change: OwnershipChange) => void;
  readonly #owners: ShardOwner[] = Array.from({ length: SHARD_COUNT }, (_, shard) => ({ shard, owner: null, epoch: -1 }));
  #living: ReadonlySet<string> = new Set();
  #members: readonly string[] = [];

  constructor(nodeId: string, onChange: (change: OwnershipChange) => void) {
    this.#nodeId = nodeId;
    this.#onChange = onChange;
  }

  /** The sum of all epochs, by which the database sees whether it has news. */
  get knownEpochs(): number {
    return this.#owners.reduce((sum, { epoch }) => sum + epoch, 0);
  }

  /** The number of living nodes, including this one. */
  get livingCount(): number {
    return this.#living.size;
  }

  /** Nodes that take shards, in the order of their ids. */
  get members(): readonly string[] {
    return this.#members;
  }

  /** The living node that owns it; null if there is none. */
  ownerOf(shard: number): string | null {
    const { owner } = this.rowOf(shard);
    return owner !== null && this.#living.has(owner) ? owner : null;
  }

  isLiving(nodeId: string): boolean {
    return this.#living.has(nodeId);
  }

  isOurs(shard: number): boolean {
    return this.rowOf(shard).owner === this.#nodeId;
  }

  rowOf(shard: number): ShardOwner {
    const row = this.#owners[shard];
    if (row === undefined) throw new Error(`there is no shard ${shard}`);
    return row;
  }

  ours(): readonly number[] {
    return this.#owners.filter(({ owner }) => owner === this.#nodeId).map(({ shard }) => shard);
  }

  /** Shards without an owner, or of a node that is gone. */
  orphans(): readonly number[] {
    return this.#owners.filter(({ owner }) => owner === null || !this.#living.has(owner)).map(({ shard }) => shard);
  }

  meet(living: readonly string[], members: readonly string[]): void {
    this.#living = new Set(living);
    this.#members = members;
  }

  learn(rows: readonly ShardOwner[]): void {
    const gained: number[] = [];
    const lost: number[] = [];
    for (const row of rows) {
      const before = this.rowOf(row.shard);
      if (row.epoch <= before.epoch) continue;
      this.#owners[row.shard] = row;
      if (row.owner === this.#nodeId && before.owner !== this.#nodeId) gained.push(row.shard);
      if (row.owner !== this.#nodeId && before.owner === this.#nodeId) lost.push(row.shard);
    }
    if (gained.length > 0 || lost.length > 0) this.#onChange({ gained, lost });
  }
}
