import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { cutLog } from './persistence/change-log/log-retention.ts';
import type { Database } from './persistence/database/database.ts';
import { purgeOldConsumers, purgeOldLetters, purgeOldNodes, purgeOldReplies, purgeOldSessions } from './persistence/database/maintenance.ts';
import { ifAlone } from './persistence/database/one-at-a-time.ts';

const EVERY_MS = 3_600_000;

/** What has had its time is forgotten every hour, by one node at a time; a run that fails is tried again with the next one. */
export function forgetNowAndThen(database: Database, { requestHours, positionDays, ...log }: Config['retention'], logger: Logger): AsyncDisposable {
  const stop = new AbortController();
  let running = Promise.resolve();
  const forget = async () => {
    try {
      await ifAlone(database, 'forgetting', async () => {
        const accounts = { sessions: await purgeOldSessions(database, stop.signal), letters: await purgeOldLetters(database, stop.signal) };
        const replies = await purgeOldReplies(database, requestHours, stop.signal);
        const others = { nodes: await purgeOldNodes(database), consumers: await purgeOldConsumers(database, positionDays, stop.signal) };
        // Last: what the others have kept is not cut.
        logger.debug({ purged: { ...accounts, ...replies, ...others, cut: await cutLog(database, log, stop.signal) } }, 'old rows removed');
      });
    } catch (error) {
      logger.warn({ error }, 'old rows could not be removed');
    }
  };
  const timer = setInterval(() => {
    running = forget();
  }, EVERY_MS);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stop.abort();
      await running;
    },
  };
}
