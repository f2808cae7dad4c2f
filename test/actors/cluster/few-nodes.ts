// Several nodes in one process, over one real PostgreSQL and one real Redis.
import { randomUUID } from 'node:crypto';
import { openNode } from '../../../src/actors/cluster/node.ts';
import type { NodeLoss, SchedulerNode } from '../../../src/actors/cluster/scheduler-node.ts';
import type { JournalDatabase, Log } from '../../../src/actors/ports.ts';
import { RedisBus } from '../../../src/integrations/redis/redis-bus.ts';
import { ids, timers } from '../../../src/integrations/this-machine.ts';
import { SqlCluster } from '../../../src/persistence/cluster/sql-cluster.ts';
import type { Database } from '../../../src/persistence/database/database.ts';
import { openDatabase } from '../../../src/persistence/database/open-database.ts';
import { SqlJournal } from '../../../src/persistence/journal/journal-database.ts';
import { TEST_SEAL, until } from '../practice.ts';

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export type FewNode = AsyncDisposable & { readonly node: SchedulerNode; readonly nodeId: string; readonly lost: Promise<NodeLoss> };
type Opening = {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Puts something between the node and its database. */
  readonly around?: (journal: JournalDatabase) => JournalDatabase;
};

/** A node with connections of its own, as if it were a process of its own. */
export async function openFewNode({ databaseUrl, redisUrl, around = (journal) => journal }: Opening): Promise<FewNode> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await openDatabase({ kind: 'postgres', url: databaseUrl }));
  const bus = stack.use(await RedisBus.open(redisUrl, SILENT));
  const nodeId = randomUUID();
  const { promise: lost, resolve: onLost } = Promise.withResolvers<NodeLoss>();
  const storage = { database: around(new SqlJournal(database)), cluster: new SqlCluster(database) };
  const node = await openNode({ ...storage, nodeId, bus, seal: TEST_SEAL, timers, ids, log: SILENT, onLost });
  stack.defer(() => node.close());
  const parts = stack.move();
  return { node, nodeId, lost, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

/** Waits until every shard is where placement wants it: no node owns fewer than a fair share allows by chance. */
export async function untilSpread(database: Database, nodes: number): Promise<void> {
  let before = '';
  await until(
    async () => {
      const rows = await database.sql('select owner, count(*)::int from shard where owner is not null group by owner order by owner');
      const picture = JSON.stringify(rows);
      const isQuiet = rows.length === nodes && picture === before;
      before = picture;
      if (!isQuiet) await new Promise((resolve) => setTimeout(resolve, 300));
      return isQuiet;
    },
    `the shards to be spread over ${nodes} nodes`,
    30_000,
  );
}
