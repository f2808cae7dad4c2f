// What the stored functions of the cluster do; src/persistence/cluster/cluster-functions.ts says why.
import type { Beat, ShardOwner } from '../../../src/actors/ports.ts';
import { instant } from '../../../src/model/instant.ts';
import type { NodeTableRow, Tables } from './tables.ts';
import { lockShards, type Transaction, work } from './transactions.ts';

const NODE_EXPIRY_MS = 6_000;
const STEADY_PAUSE_MS = 3_000;

export function join(tables: Tables, nodeId: string): void {
  const now = tables.clock();
  if (!tables.nodes.has(nodeId)) tables.nodes.set(nodeId, { seenAt: now, steadySince: now, isLeaving: false, isGone: false });
}

export function beat(tables: Tables, nodeId: string, knownEpochs: number): Beat {
  const moment = tables.clock();
  const node = tables.nodes.get(nodeId);
  const isGone = node === undefined || node.isGone;
  if (!isGone) {
    if (node.seenAt < moment - STEADY_PAUSE_MS) node.steadySince = moment;
    node.seenAt = moment;
    if (node.steadySince <= moment - NODE_EXPIRY_MS) giveUpSilent(tables, nodeId, moment);
  }
  const nodesThat = (areMeant: (node: NodeTableRow) => boolean) => [...tables.nodes].flatMap(([id, other]) => (areMeant(other) ? [id] : [])).sort();
  return {
    databaseTime: instant(Math.floor(moment)),
    isGone,
    era: tables.era,
    catalogVersion: tables.catalogVersion,
    nodes: nodesThat((other) => !other.isGone),
    members: nodesThat((other) => !other.isGone && !other.isLeaving),
    shards: tables.shards.reduce((sum, { epoch }) => sum + epoch, 0) === knownEpochs ? null : shards(tables),
  };
}

function giveUpSilent(tables: Tables, nodeId: string, moment: number): void {
  for (const [id, other] of tables.nodes) if (id !== nodeId && !other.isGone && other.seenAt < moment - NODE_EXPIRY_MS) other.isGone = true;
}

export function* takeShards(tables: Tables, nodeId: string, wanted: readonly number[]): Transaction<readonly ShardOwner[]> {
  yield* lockShards(wanted, 'exclusive');
  yield* work();
  const ids = existing(tables, wanted);
  if (takesShards(tables, nodeId)) for (const id of ids) if (isFree(tables, id)) setOwner(tables, id, nodeId);
  return rowsOf(tables, ids);
}

export function* takeAllShards(tables: Tables, nodeId: string): Transaction<readonly ShardOwner[]> {
  const all = tables.shards.map((_, id) => id);
  yield* lockShards(all, 'exclusive');
  yield* work();
  join(tables, nodeId);
  for (const [id, node] of tables.nodes) if (id !== nodeId) node.isGone = true;
  for (const id of all) setOwner(tables, id, nodeId);
  return rowsOf(tables, all);
}

export function* giveShards(tables: Tables, nodeId: string, to: string, wanted: readonly number[]): Transaction<readonly ShardOwner[]> {
  yield* lockShards(wanted, 'exclusive');
  yield* work();
  const ids = existing(tables, wanted);
  if (takesShards(tables, to)) for (const id of ids) if (tables.shards[id]?.owner === nodeId) setOwner(tables, id, to);
  return rowsOf(tables, ids);
}

export function prepareToLeave(tables: Tables, nodeId: string): void {
  const node = tables.nodes.get(nodeId);
  if (node !== undefined) node.isLeaving = true;
}

export function* leave(tables: Tables, nodeId: string): Transaction<void> {
  yield* lockShards(ownedBy(tables, nodeId), 'exclusive');
  yield* work();
  for (const id of ownedBy(tables, nodeId)) setOwner(tables, id, null);
  const node = tables.nodes.get(nodeId);
  if (node !== undefined) node.isGone = true;
}

export function* refence(tables: Tables, wanted: readonly number[]): Transaction<readonly ShardOwner[]> {
  yield* lockShards(wanted, 'exclusive');
  yield* work();
  const ids = existing(tables, wanted);
  for (const id of ids) setOwner(tables, id, tables.shards[id]?.owner ?? null);
  return rowsOf(tables, ids);
}

function shards(tables: Tables): readonly ShardOwner[] {
  return rowsOf(
    tables,
    tables.shards.map((_, id) => id),
  );
}

/** Every change of owner raises the epoch, and so does a refence, which changes none. */
function setOwner(tables: Tables, id: number, owner: string | null): void {
  const row = tables.shards[id];
  if (row === undefined) return;
  row.owner = owner;
  row.epoch += 1;
}

function rowsOf(tables: Tables, ids: readonly number[]): readonly ShardOwner[] {
  return ids.map((shard) => ({ shard, owner: tables.shards[shard]?.owner ?? null, epoch: tables.shards[shard]?.epoch ?? 0 }));
}

function existing(tables: Tables, wanted: readonly number[]): readonly number[] {
  return [...new Set(wanted)].filter((id) => tables.shards[id] !== undefined).sort((one, other) => one - other);
}

function ownedBy(tables: Tables, nodeId: string): readonly number[] {
  return tables.shards.flatMap(({ owner }, id) => (owner === nodeId ? [id] : []));
}

function lives(tables: Tables, nodeId: string): boolean {
  return tables.nodes.get(nodeId)?.isGone === false;
}

function takesShards(tables: Tables, nodeId: string): boolean {
  return lives(tables, nodeId) && tables.nodes.get(nodeId)?.isLeaving === false;
}

function isFree(tables: Tables, id: number): boolean {
  const owner = tables.shards[id]?.owner;
  return owner === null || owner === undefined || !lives(tables, owner);
}
