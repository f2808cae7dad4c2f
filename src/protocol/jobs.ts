// Jobs on the wire: what the server does later, and has given up.
import { z } from 'zod';
import { instantText, page, queryInteger, uuid } from './scalars.ts';

const JOB_STATES = ['dead'] as const;
/** Where more have failed, it was for one reason. */
const MOST_LISTED = 200;

const job = z
  .object({
    id: uuid,
    kind: z.string().meta({ example: 'send-sms' }),
    state: z.enum(JOB_STATES),
    payload: z.record(z.string(), z.unknown()).meta({ description: 'What the job is about, by ids.' }),
    reason: z.string().meta({ description: 'Why the last attempt came to nothing.' }),
    diedAt: instantText,
  })
  .meta({ id: 'Job' });
export const jobs = page(job);

/** GET /v1/system/jobs */
export const jobsQuery = z.strictObject({
  state: z.enum(JOB_STATES).optional().meta({ description: '`dead`, which is also the default: they have failed for good.' }),
  limit: queryInteger(1, MOST_LISTED).optional(),
});
