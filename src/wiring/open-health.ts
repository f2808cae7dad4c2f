// How this node and its database are, for monitoring and for those who look after the server.
import type { SchedulerNode } from '../actors/cluster/scheduler-node.ts';
import type { DatabaseCondition, DatabaseHealth, SystemState } from '../gateway/parts.ts';
import { readSystem } from '../persistence/cluster/system-reads.ts';
import type { Database } from '../persistence/database/database.ts';
import { databaseCondition } from '../persistence/database/database-condition.ts';
import { MOST_COUNTED } from '../protocol/system.ts';

type Health = { readonly database: DatabaseHealth; readonly system: () => Promise<SystemState> };

export function healthOf(database: Database, node: Pick<SchedulerNode, 'canWrite'>, thisNode: string): Health {
  return {
    database: { kind: database.kind, condition: () => conditionOf(database, node) },
    system: async () => ({ ...(await readSystem(database, MOST_COUNTED)), thisNode }),
  };
}

/** For `/readyz`. Checks the disk as well: without bookings no commit would show that it is full. */
async function conditionOf(database: Database, node: Pick<SchedulerNode, 'canWrite'>): Promise<DatabaseCondition> {
  const condition = await databaseCondition(database);
  if (condition === 'unreachable') return 'database-unreachable';
  return condition === 'full' || !node.canWrite() ? 'database-not-writing' : 'ready';
}
