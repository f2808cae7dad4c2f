import type { Log } from '../actors/ports.ts';
import type { CatalogKeeper } from '../catalog/catalog-keeper.ts';
import type { Consumer } from '../consumers/consumer.ts';
import type { Consumers } from '../consumers/consumers.ts';
import { INSIGHT_CONSUMER, insightConsumer } from '../insights/insight-consumer.ts';
import { LostDemand } from '../insights/lost-demand.ts';
import { Reports } from '../insights/reports.ts';
import { timers } from '../integrations/this-machine.ts';
import { ChangeLogReads } from '../persistence/change-log/change-log-reads.ts';
import { SqlConsumers } from '../persistence/change-log/consumer-store.ts';
import type { Database, EntityManager } from '../persistence/database/database.ts';
import { addRefused, insightReads } from '../persistence/insights/insight-reads.ts';
import { writeInsights } from '../persistence/insights/insight-rows.ts';
import { hasInsights, rebuildInsights } from '../persistence/insights/rebuild-insights.ts';

/** A report waits so long for what was answered just before to be counted. */
const LONGEST_WAIT_MS = 1_000;
/** Of the changes that are not counted yet, for the oldest of them. */
const MOST_LOOKED_THROUGH = 1_000;

type OpenInsights = AsyncDisposable & { readonly consumer: Consumer<EntityManager>; readonly lostDemand: LostDemand };

/** The consumer that keeps the roll-ups, and what counts lost demand. Where there are no roll-ups yet, they are built first, from the appointments that are there. */
export async function openInsights(database: Database, catalog: CatalogKeeper, log: Log): Promise<OpenInsights> {
  if (!(await hasInsights(database))) {
    const appointments = await rebuildInsights(database);
    if (appointments > 0) log.info({ appointments }, 'the roll-ups of reports were built');
  }
  const lostDemand = new LostDemand({ catalog, timers, logger: log, write: (refused) => addRefused(database, refused) });
  return { consumer: insightConsumer(writeInsights), lostDemand, [Symbol.asyncDispose]: () => lostDemand[Symbol.asyncDispose]() };
}

export function reportsOf(database: Database, catalog: CatalogKeeper, consumers: Pick<Consumers<EntityManager>, 'pass'>, lostDemand: LostDemand): Reports {
  const log = new ChangeLogReads(database);
  const store = new SqlConsumers(database);
  const countedTo = async () => {
    const head = await log.head();
    if (head === null || (await consumers.pass(INSIGHT_CONSUMER, head, LONGEST_WAIT_MS))) return null;
    const { oldestAt, now } = await store.behind(INSIGHT_CONSUMER, MOST_LOOKED_THROUGH);
    return oldestAt ?? now;
  };
  return new Reports({ reads: insightReads(database), catalog, countedTo, lostDemand });
}
