import { randomUUID } from 'node:crypto';
import type { Log } from '../actors/ports.ts';
import { AUDIT_CONSUMER, auditConsumer } from '../audit/audit-consumer.ts';
import { AuditTrail } from '../audit/audit-trail.ts';
import type { Consumer } from '../consumers/consumer.ts';
import { Consumers } from '../consumers/consumers.ts';
import type { GatewayMetrics } from '../gateway/metrics.ts';
import { timers } from '../integrations/this-machine.ts';
import { SECOND } from '../model/instant.ts';
import { auditReads } from '../persistence/audit/audit-reads.ts';
import { addDeeds } from '../persistence/audit/audit-rows.ts';
import { ChangeLogReads } from '../persistence/change-log/change-log-reads.ts';
import { SqlConsumers } from '../persistence/change-log/consumer-store.ts';
import type { Database, EntityManager } from '../persistence/database/database.ts';

/** So many unread changes are looked at to say since when they are unread. */
const MOST_LOOKED_AT = 10_000;

/** The audit trail, and others that follow the change log on this node from its start on. */
export function openConsumers(database: Database, log: Log, others: readonly Consumer<EntityManager>[] = []): Consumers<EntityManager> {
  return followLog(database, log, [auditConsumer(addDeeds), ...others]);
}

/** These follow the change log on this node, with leases of their own. */
export function followLog(
  database: Database,
  log: Log,
  consumers: readonly Consumer<EntityManager>[],
  followed = new ChangeLogReads(database),
): Consumers<EntityManager> {
  const parts = { store: new SqlConsumers(database), log: followed, timers, node: randomUUID(), logger: log };
  return new Consumers(consumers, parts);
}

/** The audit trail, which waits for its consumer. */
export function auditTrailOf(database: Database, consumers: Pick<Consumers<EntityManager>, 'pass'>, longestWaitMs?: number): AuditTrail {
  const [log, store] = [new ChangeLogReads(database), new SqlConsumers(database)];
  const following = {
    head: () => log.head(),
    pass: (position: Parameters<Consumers<EntityManager>['pass']>[1], milliseconds: number) => consumers.pass(AUDIT_CONSUMER, position, milliseconds),
    async unreadSince() {
      const { changes, oldestAt } = await store.behind(AUDIT_CONSUMER, MOST_LOOKED_AT);
      return changes < MOST_LOOKED_AT ? oldestAt : null;
    },
  };
  return new AuditTrail(auditReads(database), following, longestWaitMs);
}

export function watchConsumers(metrics: GatewayMetrics, all: readonly Pick<Consumers<EntityManager>, 'gauges'>[]): void {
  const gauges = () => all.flatMap((consumers) => consumers.gauges());
  const measured = () => gauges().flatMap(({ name, behind }) => (behind === null ? [] : [{ name, behind }]));
  metrics.watchEach('consumer_running', 'consumer', 'Whether this node runs the consumer.', () =>
    gauges().map(({ name, isOurs }) => [name, isOurs ? 1 : 0] as const),
  );
  metrics.watchEach(
    'consumer_changes_behind',
    'consumer',
    'Changes that the consumer has not read, as of the last few seconds; on the node that runs it.',
    () => measured().map(({ name, behind }) => [name, behind.changes] as const),
  );
  metrics.watchEach('consumer_seconds_behind', 'consumer', 'How long ago the oldest of them was decided.', () =>
    measured().map(({ name, behind }) => [name, behind.oldestAt === null ? 0 : Math.max(0, behind.now - behind.oldestAt) / SECOND] as const),
  );
  metrics.watchEach('consumer_set_aside', 'consumer', 'Changes the consumer could not process and has set aside.', () =>
    measured().map(({ name, behind }) => [name, behind.setAside] as const),
  );
}
