// How the server is doing, on the wire.
import { z } from 'zod';
import { instantText, uuid } from './scalars.ts';

/** More unread changes are not counted. */
export const MOST_COUNTED = 10_000;

/** GET /v1/system */
export const system = z
  .object({
    version: z.string(),
    now: instantText.meta({ description: 'By the clock of the database, as all moments here.' }),
    durability: z.object({
      database: z.enum(['postgres', 'pglite']),
      sentence: z.string().meta({ description: 'What an answer survives that was given.' }),
    }),
    nodes: z.array(
      z.object({
        id: uuid,
        isThis: z.boolean().meta({ description: 'Whether it is the one that answers.' }),
        state: z.enum(['running', 'silent', 'leaving']).meta({ description: '`silent`: not heard of for three seconds; after six it is given up.' }),
        startedAt: instantText,
        seenAt: instantText,
        shards: z.int().meta({ description: 'How many of the 256 sets of calendars it owns.' }),
      }),
    ),
    consumers: z.array(
      z.object({
        name: z.string().meta({ example: 'audit' }),
        changesBehind: z.int().meta({ description: `Unread changes, counted up to ${MOST_COUNTED}.` }),
        secondsBehind: z.number().meta({ description: 'How long ago the oldest of them was decided.' }),
        setAside: z.int().meta({ description: 'Changes whose effects the database has refused.' }),
        runs: z.boolean().meta({ description: 'Whether a node runs it.' }),
      }),
    ),
    jobs: z.object({
      queues: z
        .array(z.object({ kind: z.string(), waiting: z.int(), active: z.int() }))
        .meta({ description: 'Of all nodes, as of the last look, up to 15 seconds ago.' }),
      dead: z.int().meta({ description: 'Those that have failed for good: `GET /v1/system/jobs`.' }),
    }),
  })
  .meta({ id: 'System' });
export type SystemReply = z.output<typeof system>;
