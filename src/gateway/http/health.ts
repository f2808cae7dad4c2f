// For monitoring: is the server alive, does it take work, what does it measure.

import express from 'express';
import type { GatewayMetrics } from '../metrics.ts';
import type { Admitting, DatabaseCondition, DatabaseHealth, GatewayConfig, Readiness } from '../parts.ts';
import { takeAllowance, tooMany } from './allowance.ts';
import { requestIdOf } from './request-ids.ts';
import { sendReply } from './send.ts';

/** In plain words, what an answer that was given survives. */
const WHAT_AN_ANSWER_SURVIVES = {
  pglite:
    'An answer survives a crash or kill of this process. It may not survive a power cut or a crash of the operating system: the embedded database does not wait for the disk. Set DATABASE_URL to a PostgreSQL server for that.',
  postgres:
    'An answer survives a crash of this process and of the database server, and a power cut, as far as PostgreSQL is set up to (fsync and synchronous_commit on). For the loss of the database machine use a synchronous standby.',
} as const;

export function durabilityOf(kind: DatabaseHealth['kind']): string {
  return WHAT_AN_ANSWER_SURVIVES[kind];
}

/** `/readyz` is open to everybody and not counted, so what it asks the database is asked once for all who want to know, and is true for a second. */
const KNOWN_FOR_MILLISECONDS = 1_000;

/** What the node says of itself. */
type Healthy = Admitting & {
  readonly config: Pick<GatewayConfig, 'version'>;
  readonly database: DatabaseHealth;
  readonly metrics: Pick<GatewayMetrics, 'registry'>;
  readonly readiness: Readiness;
};

export function health(parts: Healthy): express.Router {
  const router = express.Router();
  const databaseCondition = askedForAll(() => parts.database.condition());
  router.get('/healthz', (_request, response) => {
    const { kind } = parts.database;
    response.set('Cache-Control', 'no-store').json({ status: 'ok', version: parts.config.version, database: kind, durability: durabilityOf(kind) });
  });
  router.get('/readyz', async (_request, response) => {
    const { state } = parts.readiness;
    const status = state === 'ready' ? await databaseCondition() : state;
    response
      .status(status === 'ready' ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status });
  });
  // As much work as a read, so it costs one.
  router.get('/metrics', async (request, response) => {
    const taken = await takeAllowance(parts, 'read', request, response);
    if (!taken.isAllowed) return sendReply(response, requestIdOf(request), tooMany(taken));
    response
      .set('Cache-Control', 'no-store')
      .type(parts.metrics.registry.contentType)
      .send(await parts.metrics.registry.metrics());
  });
  return router;
}

/** One question at a time, whose answer is kept for a while. */
function askedForAll(ask: () => Promise<DatabaseCondition>): () => Promise<DatabaseCondition> {
  let answer: Promise<DatabaseCondition> | undefined;
  const forgetLater = () => {
    setTimeout(() => {
      answer = undefined;
    }, KNOWN_FOR_MILLISECONDS).unref();
  };
  return () => {
    answer ??= ask().finally(forgetLater);
    return answer;
  };
}
