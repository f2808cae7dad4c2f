// The audit trail as it is read in a simulated world: the real one, over what its consumer has written there.
import type { Answer, RequestKey } from '../../src/actors/scheduler.ts';
import { AUDIT_CONSUMER } from '../../src/audit/audit-consumer.ts';
import type { AuditEntry } from '../../src/audit/audit-entry.ts';
import { AuditTrail } from '../../src/audit/audit-trail.ts';
import type { Consumers } from '../../src/consumers/consumers.ts';
import type { Running } from './machine.ts';
import type { Link } from './model-database/connections.ts';
import { askOnce, ModelChangeLog, ModelConsumers, type ModelWrites } from './model-database/consumers.ts';
import { CUT } from './simulated-process.ts';
import type { World } from './world.ts';

export function trailOver(link: Link, consumers: Consumers<ModelWrites>): AuditTrail {
  const [log, store] = [new ModelChangeLog(link), new ModelConsumers(link)];
  const entryOf = (words: string) => ({ requestId: words.split(' ').slice(3).join(' ') }) as unknown as AuditEntry;
  const reads = {
    list: () => askOnce(link, (tables) => ({ items: tables.effectsOf(AUDIT_CONSUMER).map(entryOf), nextCursor: null })),
    // Nothing is exported here.
    noteExport: () => Promise.resolve(),
  };
  return new AuditTrail(reads, {
    head: () => log.head(),
    pass: (position, milliseconds) => consumers.pass(AUDIT_CONSUMER, position, milliseconds),
    unreadSince: async () => (await store.behind(AUDIT_CONSUMER, Number.POSITIVE_INFINITY)).oldestAt,
  });
}

/** Looks for what was just answered: it is in the trail, or the trail says that it is not complete. A read that fails has shown nothing. */
export async function lookFor(world: World, { key }: RequestKey, answer: Answer, { process, trail }: Running): Promise<void> {
  if (answer.outcome !== 'ok' || 'hold' in answer.event || answer.event.type === 'external.changed') return;
  const read = await process.ask(() => trail.list({}, 1, null)).catch((): typeof CUT => CUT);
  if (read === CUT || typeof read === 'string' || !read.isComplete) return;
  if (!read.items.some(({ requestId }) => requestId === key))
    world.history.broken('a trail was not as complete as it said', `${process.name} has nothing of ${key}`);
}
