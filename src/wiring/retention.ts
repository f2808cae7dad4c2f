import type { Logger } from 'pino';
import { z } from 'zod';
import type { JobKind } from '../jobs/job.ts';
import { HOUR, SECOND } from '../model/instant.ts';
import { cutLog } from '../persistence/change-log/log-retention.ts';
import type { Database } from '../persistence/database/database.ts';
import {
  purgeOldAudit,
  purgeOldConsumers,
  purgeOldDayNotes,
  purgeOldDeliveries,
  purgeOldEmails,
  purgeOldMessages,
  purgeOldNodes,
  purgeOldNotifications,
  purgeOldPayments,
  purgeOldReplies,
  purgeOldSessions,
  purgeOldTimeOffRequests,
} from '../persistence/database/maintenance.ts';
import type { Config } from '../settings/config.ts';

/** Removes old rows every hour; what is left, or a run that fails, waits for the next one. */
export function forgettingJob(database: Database, { requestHours, positionDays, auditDays, ...log }: Config['retention'], logger: Logger): JobKind<object> {
  return {
    name: 'forget',
    payload: z.object({}),
    atOnce: 1,
    expireSeconds: HOUR / SECOND,
    retries: { most: 0, firstDelaySeconds: 0, longestDelaySeconds: 0 },
    schedule: '7 * * * *',
    async work(_, { signal }) {
      const accounts = { sessions: await purgeOldSessions(database, signal), mails: await purgeOldEmails(database, signal) };
      const replies = await purgeOldReplies(database, requestHours, signal);
      const others = { nodes: await purgeOldNodes(database), consumers: await purgeOldConsumers(database, positionDays, signal) };
      const deliveries = await purgeOldDeliveries(database, signal);
      const messages = await purgeOldMessages(database, signal);
      const notifications = { notifications: await purgeOldNotifications(database, signal), dayNotes: await purgeOldDayNotes(database, signal) };
      const timeOffRequests = await purgeOldTimeOffRequests(database, signal);
      const payments = await purgeOldPayments(database, signal);
      const audit = await purgeOldAudit(database, auditDays, signal);
      // Last: what the others have kept is not cut.
      logger.debug(
        {
          purged: {
            ...accounts,
            ...replies,
            ...others,
            deliveries,
            messages,
            ...notifications,
            timeOffRequests,
            payments,
            audit,
            cut: await cutLog(database, log, signal),
          },
        },
        'old rows removed',
      );
    },
  };
}
