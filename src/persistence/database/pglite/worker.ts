// The thread that owns PGlite, so that a slow statement never holds up the server's own loop.
// It answers questions in the order in which PGlite takes them: a transaction keeps everything else waiting until it ends.
// Whatever is not an error message of the server ends the thread: an engine that is in an unknown state must not go on.
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { messages, type ParserOptions, PGlite, type Transaction } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { dataDir } from '@electric-sql/pglite-prepopulatedfs';
import { CLUSTER_NAME } from '../../cluster/cluster-functions.ts';
import { COLUMN_PARSERS } from '../column-types.ts';
import { type EngineAnswer, type EngineRefusal, type NumberedQuestion, READY, type Script, type Statement, type StatementResult } from './messages.ts';

const EXTENSIONS = { btree_gist, pg_trgm };
const DONE: StatementResult = { rows: [], affectedRows: undefined };
const asText = (text: string) => text;
/** What the ORM expects of its drivers: dates and times as the server wrote them. */
const ORM_PARSERS: ParserOptions = { 1082: asText, 1114: asText, 1184: asText, 1186: asText };
/** Parameters arrive as the server's own text; PGlite leaves text alone for every type but these two. */
const TEXT_SERIALIZERS = { 16: asText, 17: asText };

/** From `begin` to `commit`. */
const OWN_TRANSACTION = /^\s*BEGIN\s*;(.*);\s*COMMIT\s*;?\s*$/is;

const port = parentPort;
if (port === null) throw new Error('pglite/worker.ts runs as a worker thread only.');
const engine = await openCluster(workerData as string);
let transaction: { readonly tx: Transaction; readonly end: (outcome: 'commit' | 'rollback') => void; readonly ended: Promise<void> } | undefined;

port.on('message', ({ number, question }: NumberedQuestion) => {
  answer(question).then(
    (result) => port.postMessage({ number, result } satisfies EngineAnswer),
    (error: unknown) => {
      if (!(error instanceof messages.DatabaseError)) throw error;
      port.postMessage({ number, refusal: refusalOf(error) } satisfies EngineAnswer);
    },
  );
});
port.postMessage({ number: READY, result: DONE } satisfies EngineAnswer);

/**
 * A new cluster is made beside its place and moved there when it is complete: a start that was cut short leaves nothing half-made.
 * It is unpacked instead of initialised, which saves seconds. All that are unpacked have one system identifier, so each gets a name of its own where no dump takes it along.
 */
async function openCluster(directory: string): Promise<PGlite> {
  if (!existsSync(directory)) {
    const unfinished = `${directory}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(dirname(directory), { recursive: true, mode: 0o700 });
    const fresh = await PGlite.create({ dataDir: unfinished, loadDataDir: await dataDir(), extensions: EXTENSIONS });
    await fresh.exec(`comment on role postgres is '${CLUSTER_NAME} ${randomUUID()}'`);
    await fresh.close();
    chmodSync(unfinished, 0o700);
    renameSync(unfinished, directory);
  }
  return await PGlite.create({ dataDir: directory, extensions: EXTENSIONS });
}

async function answer(question: NumberedQuestion['question']): Promise<StatementResult> {
  switch (question.type) {
    case 'statement':
      return await runStatement(question);
    case 'script':
      return await runScript(question);
    case 'begin':
      await begin();
      return DONE;
    case 'commit':
    case 'rollback':
      await end(question.type);
      return DONE;
    case 'close':
      await engine.close();
      setImmediate(() => port?.close()); // after the answer
      return DONE;
    default:
      return question satisfies never;
  }
}

async function runStatement({ text, parameters, rowMode, inTransaction }: Statement): Promise<StatementResult> {
  const target = inTransaction ? transaction?.tx : engine;
  if (target === undefined) throw statementAfterTheEnd();
  const parsers = rowMode === 'array' ? (COLUMN_PARSERS as ParserOptions) : ORM_PARSERS;
  const { rows, affectedRows } = await target.query<object>(text, [...parameters], { rowMode, parsers, serializers: TEXT_SERIALIZERS });
  return { rows, affectedRows };
}

/**
 * A text that opens a transaction itself is run in one of the engine's: if it failed between its own `begin` and `commit`, the next caller would
 * find the one session in a transaction that has been aborted.
 */
async function runScript({ text, values }: Script): Promise<StatementResult> {
  if (values !== null) {
    const { rows, affectedRows } = await engine.query<object>(text, [...values]);
    return { rows, affectedRows };
  }
  const [, inner] = OWN_TRANSACTION.exec(text) ?? [];
  const results = await (inner === undefined ? engine.exec(text) : engine.transaction((tx) => tx.exec(inner)));
  return { rows: results.flatMap(({ rows }) => rows as object[]), affectedRows: undefined };
}

async function begin(): Promise<void> {
  const begun = Promise.withResolvers<void>();
  const outcome = Promise.withResolvers<'commit' | 'rollback'>();
  const ended = engine.transaction(async (tx) => {
    transaction = { tx, end: outcome.resolve, ended };
    begun.resolve();
    if ((await outcome.promise) === 'rollback') await tx.rollback();
  });
  ended.catch(begun.reject);
  await begun.promise;
}

async function end(outcome: 'commit' | 'rollback'): Promise<void> {
  const ending = transaction;
  transaction = undefined;
  ending?.end(outcome);
  await ending?.ended;
}

/** A promise that nobody waited for inside a transaction: refused like any wrong statement. */
function statementAfterTheEnd(): messages.DatabaseError {
  const error = new messages.DatabaseError('The transaction of this statement has ended.', 0, 'error');
  error.code = '25P01';
  return error;
}

function refusalOf({ message, code, constraint, detail, severity }: messages.DatabaseError): EngineRefusal {
  return { message, code, constraint, detail, severity };
}
