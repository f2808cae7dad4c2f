// Ten thousand requests that are nearly good, or not good at all, made from what the server says can be asked: none is answered but as it is documented.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type Engine, type FreshDatabase, USUAL_ENGINES } from '../../persistence/engines.ts';
import { type Cast, openCast } from '../cast.ts';
import { Contract } from './contract.ts';
import { KnownIds } from './known-ids.ts';
import { fuzzMessages, messagesOf } from './messages.ts';
import { type OpenApiDocument, requestsOf } from './operations.ts';
import { fuzzRest } from './rest.ts';
import { FUZZ_SEED, partOfRuns } from './seed.ts';

/** The embedded database is in the same process, so it is given less to do. */
const PARTS = { PostgreSQL: { rest: 0.5, messages: 0.2 }, PGlite: { rest: 0.2, messages: 0.1 } } as const;
/** More than these help nobody. */
const MOST_SHOWN = 15;
/** pino's number for errors. */
const ERROR_LEVEL = 50;

for (const kind of USUAL_ENGINES)
  describe(`fuzz over ${kind.name}`, { skip: kind.skip }, () => {
    const part = PARTS[kind.name === 'PGlite' ? 'PGlite' : 'PostgreSQL'];
    const logged: string[] = [];
    const unhandled: unknown[] = [];
    const remember = (reason: unknown) => void unhandled.push(reason);
    let engine: Engine;
    let fresh: FreshDatabase;
    let cast: Cast;
    let known: KnownIds;
    let document: OpenApiDocument;

    before(async () => {
      process.on('unhandledRejection', remember);
      engine = await kind.start();
      fresh = await engine.fresh();
      const { config } = fresh;
      // The test server makes an embedded database of its own.
      const settings = config.kind === 'postgres' ? { DATABASE_URL: config.url } : {};
      cast = await openCast({ RATE_LIMIT_SCALE: '100000', ...settings }, { log: { write: (line) => void logged.push(line) } });
      known = new KnownIds(cast);
      document = (await cast.ask<OpenApiDocument>('GET', '/openapi.json')).body;
    });
    after(async () => {
      process.off('unhandledRejection', remember);
      await cast?.[Symbol.asyncDispose]();
      await fresh?.[Symbol.asyncDispose]();
      await engine?.[Symbol.asyncDispose]();
    });

    test('every request is answered as the document says', async () => {
      const requests = fc.sample(requestsOf(document), { seed: FUZZ_SEED, numRuns: partOfRuns(part.rest) });
      const { complaints, statuses } = await fuzzRest(cast, known, new Contract(document), requests);
      console.log(`${kind.name}: ${JSON.stringify(Object.fromEntries([...statuses].sort(([one], [other]) => one - other)))}`);
      nothing(complaints);
      const good = [...statuses].reduce((sum, [status, count]) => sum + (status < 300 ? count : 0), 0);
      assert.ok(good > requests.length / 20, 'hardly anything was good enough to be done');
    });

    test('every message is answered, and with what is documented', async () => {
      const messages = fc.sample(messagesOf(), { seed: FUZZ_SEED, numRuns: partOfRuns(part.messages) });
      const { good, complaints } = await fuzzMessages(cast, known, document, messages);
      nothing(complaints);
      assert.ok(good > messages.length / 50, `hardly anything was good enough to be done: ${good} of ${messages.length}`);
    });

    test('afterwards the server serves, and nothing went wrong inside', async () => {
      assert.equal((await cast.ask('GET', '/readyz')).status, 200);
      await known.restock();
      assert.deepEqual(unhandled, []);
      cast.server.context.logger.info('the log is read');
      assert.ok(logged.some((line) => line.includes('the log is read')));
      const errors = logged.filter((line) => (JSON.parse(line) as { level: number }).level >= ERROR_LEVEL);
      assert.deepEqual(errors.slice(0, MOST_SHOWN), []);
      assert.equal(({} as { isAdmin?: boolean }).isAdmin, undefined);
    });
  });

function nothing(complaints: readonly string[]): void {
  assert.equal(complaints.length, 0, `FUZZ_SEED=${FUZZ_SEED}, ${complaints.length} complaints:\n${complaints.slice(0, MOST_SHOWN).join('\n')}`);
}
