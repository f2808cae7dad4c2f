// Jobs that have failed for good, for those who look after the server.
import { z } from 'zod';
import type { DeadJob } from '../../../jobs/job.ts';
import type { Jobs } from '../../../jobs/jobs.ts';
import { instant } from '../../../model/instant.ts';
import { jobs, jobsQuery } from '../../../protocol/jobs.ts';
import { done, failed } from '../../../protocol/reply.ts';
import { uuid } from '../../../protocol/scalars.ts';
import { wireTime } from '../../../protocol/wire-times.ts';
import { type Route, route } from '../route.ts';

type Parts = { readonly jobs: Pick<Jobs, 'dead' | 'retry'> };

const shared = { tag: 'System', action: 'manage-jobs' } as const;
const LISTED_BY_DEFAULT = 50;
/** They belong to no location. */
const ZONE = 'UTC';

export const jobRoutes: readonly Route<Parts>[] = [
  route({
    ...shared,
    method: 'get',
    path: '/v1/system/jobs',
    summary: 'Jobs that have failed for good',
    query: jobsQuery,
    replies: { 200: { description: 'The oldest first, on one page. They are kept for 60 days.', schema: jobs } },
    handle: async (parts: Parts, { query: { limit = LISTED_BY_DEFAULT } }) => done({ items: (await parts.jobs.dead(limit)).map(view), nextCursor: null }),
  }),
  route({
    ...shared,
    method: 'post',
    path: '/v1/system/jobs/{id}/retry',
    summary: 'Try a dead job again',
    params: z.object({ id: uuid }),
    replies: { 202: { description: 'It waits in its queue again, with all of its attempts before it.', schema: z.object({}) } },
    problems: ['not-found'],
    handle: async (parts: Parts, { params: { id } }) =>
      (await parts.jobs.retry(id)) ? done({}, { status: 202 }) : failed('not-found', { detail: 'There is no dead job with this id, or not any more.' }),
  }),
];

function view({ at, ...job }: DeadJob) {
  return { ...job, state: 'dead', diedAt: wireTime(instant(at.getTime()), ZONE) };
}
