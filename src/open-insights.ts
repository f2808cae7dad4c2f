import type { Log } from './actors/ports.ts';
import type { Consumer } from './consumers/consumer.ts';
import { insightConsumer } from './insights/insight-consumer.ts';
import type { Database, EntityManager } from './persistence/database/database.ts';
import { writeInsights } from './persistence/insights/insight-rows.ts';
import { hasInsights, rebuildInsights } from './persistence/insights/rebuild-insights.ts';

/** The consumer that keeps the roll-ups. Where there are none yet, they are built first, from the appointments that are there. */
export async function openInsights(database: Database, log: Log): Promise<Consumer<EntityManager>> {
  if (!(await hasInsights(database))) {
    const appointments = await rebuildInsights(database);
    if (appointments > 0) log.info({ appointments }, 'the roll-ups of reports were built');
  }
  return insightConsumer(writeInsights);
}
