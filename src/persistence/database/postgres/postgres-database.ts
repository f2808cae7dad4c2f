import { MikroORM } from '@mikro-orm/postgresql';
import type { Client, Pool, PoolConfig } from 'pg';
import { type Database, DEFAULT_STATEMENT_TIMEOUT_MS, type OpeningOptions, SqlFailure } from '../database.ts';
import { migrate } from '../migrate.ts';
import { OPENING_LOCK } from '../one-at-a-time.ts';
import { ORM_OPTIONS } from '../orm.ts';
import { parameterText } from '../parameters.ts';
import { transactionOf } from '../transaction-of.ts';
import { assertOutsideTransaction, insideTransaction } from '../transaction-scope.ts';
import { boundedSocket } from './bounded-socket.ts';
import { CONNECT_TIMEOUT_MS, connectToPostgres, failureOf, type PostgresConnection, sendStatement } from './postgres-connection.ts';

const OLDEST_SUPPORTED_VERSION = 15;
/** Reads and the catalog's writes; the journal has connections of its own. */
const POOL_SIZE = 10;
/** A transaction of ours that does nothing for so long is stuck; the server ends it, so that it keeps no locks. */
const IDLE_IN_TRANSACTION_MS = 15_000;
/** Rows are held for milliseconds. Whoever waits longer for one waits for somebody stuck, with a connection that others need. */
const LOCK_TIMEOUT_MS = 2_000;
/** The server would have answered or given up by now: whoever is silent for longer is gone, and the pool must not wait for it. */
const SILENCE_MS = DEFAULT_STATEMENT_TIMEOUT_MS + 5_000;
const OPENING_LOCK_WAIT_MS = 120_000;
const INT8_OID = 20;

export async function openPostgres(url: string, { migrates }: OpeningOptions): Promise<Database> {
  if (migrates) await migrateAlone(url);
  const orm = await openOrm(url, {
    statement_timeout: DEFAULT_STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    stream: () => boundedSocket(SILENCE_MS),
  });
  const pool: Pool = await orm.em.getDriver().getConnection().getNativeClient();
  const connections = new Set<PostgresConnection>();
  return {
    kind: 'postgres',
    // A server that has gone may come back.
    gone: new Promise<never>(() => undefined),
    async connect() {
      const connection = await connectToPostgres(url, () => connections.delete(connection));
      connections.add(connection);
      return connection;
    },
    async sql(text, parameters = []) {
      assertOutsideTransaction();
      const client = await pool.connect().catch((error: unknown) => {
        throw failureOf(error, false);
      });
      let usable = false;
      try {
        const rows = await sendStatement(client, text, parameters.map(parameterText));
        usable = true;
        return rows;
      } catch (error) {
        usable = error instanceof SqlFailure && error.definite;
        throw error;
      } finally {
        client.release(!usable);
      }
    },
    transaction(work) {
      assertOutsideTransaction();
      return insideTransaction(() => transactionOf(orm.em.fork(), work));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...connections].map((connection) => connection.close()));
      await orm.close();
    },
  };
}

async function migrateAlone(url: string): Promise<void> {
  const lock = await connectToPostgres(url);
  try {
    const version = Number((await lock.run(`select current_setting('server_version_num')::int / 10000`, []))[0]?.[0]);
    if (version < OLDEST_SUPPORTED_VERSION) throw new Error(`Slotkeeper needs PostgreSQL ${OLDEST_SUPPORTED_VERSION} or newer; this server is ${version}.`);
    await lock.run('set statement_timeout = 0', []);
    await lock.run('select pg_advisory_lock($1::int, $2::int)', OPENING_LOCK, { timeoutMs: OPENING_LOCK_WAIT_MS });
    // Without limits: building an index may take its time.
    const orm = await openOrm(url, {});
    try {
      await migrate(orm);
    } finally {
      await orm.close();
    }
  } finally {
    await lock.close();
  }
}

function openOrm(url: string, limits: PoolConfig) {
  const driverOptions: PoolConfig & { onPoolCreated(pool: Pool): void } = {
    connectionString: url,
    application_name: 'slotkeeper',
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...limits,
    onPoolCreated(pool) {
      // As on PGlite, where the ORM gets numbers as well.
      pool.on('connect', (client) => (client as Client).setTypeParser(INT8_OID, Number));
    },
  };
  const dbName = decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres';
  return MikroORM.init({ ...ORM_OPTIONS, dbName, driverOptions });
}
