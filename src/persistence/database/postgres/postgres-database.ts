import { MikroORM } from '@mikro-orm/postgresql';
import pg, { type Client, type Pool, type PoolConfig } from 'pg';
import { migrateJobs } from '../../jobs/jobs-tables.ts';
import { type Database, DEFAULT_STATEMENT_TIMEOUT_MS, type LibrarySql, type OpeningOptions, SqlFailure } from '../database.ts';
import { migrate } from '../migrate.ts';
import { OPENING_LOCK } from '../one-at-a-time.ts';
import { ORM_OPTIONS } from '../orm.ts';
import { parameterOf } from '../parameters.ts';
import { transactionOf } from '../transaction-of.ts';
import { assertOutsideTransaction, insideTransaction } from '../transaction-scope.ts';
import { boundedSocket } from './bounded-socket.ts';
import { CONNECT_TIMEOUT_MS, connectToPostgres, failureOf, type PostgresConnection, sendStatement } from './postgres-connection.ts';

const OLDEST_SUPPORTED_VERSION = 15;
/** Reads and the catalog's writes; the journal has connections of its own. */
const POOL_SIZE = 10;
/** A transaction of ours that does nothing for so long is stuck; the server ends it, so that it keeps no locks. */
const IDLE_IN_TRANSACTION_MS = 15_000;
/** Row locks last milliseconds. A longer wait means a stuck holder, and blocks a connection that others need. */
const LOCK_TIMEOUT_MS = 2_000;
/** The server would have answered or given up by now: a longer silence means that it is gone, and the pool must not wait for it. */
const SILENCE_MS = DEFAULT_STATEMENT_TIMEOUT_MS + 5_000;
const OPENING_LOCK_WAIT_MS = 120_000;
const INT8_OID = 20;

const LIMITS: PoolConfig = {
  statement_timeout: DEFAULT_STATEMENT_TIMEOUT_MS,
  lock_timeout: LOCK_TIMEOUT_MS,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  stream: () => boundedSocket(SILENCE_MS),
};

export async function openPostgres(url: string, { migrates }: OpeningOptions): Promise<Database> {
  if (migrates) await migrateAlone(url);
  const orm = await openOrm(url, LIMITS);
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
        const rows = await sendStatement(client, text, parameters.map(parameterOf));
        usable = true;
        return rows;
      } catch (error) {
        usable = error instanceof SqlFailure && error.definite;
        throw error;
      } finally {
        client.release(!usable);
      }
    },
    librarySql: (connections) => librarySql(url, connections, LIMITS),
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
    await using sql = librarySql(url, 1, {});
    await migrateJobs('postgres', sql);
  } finally {
    await lock.close();
  }
}

function librarySql(url: string, connections: number, limits: PoolConfig): LibrarySql {
  const pool = new pg.Pool({ connectionString: url, application_name: 'slotkeeper', max: connections, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, ...limits });
  // An idle connection that ends: the next statement opens another one, or rejects.
  pool.on('error', () => undefined);
  return {
    async executeSql(text, values) {
      const answer = (await pool.query(text, values)) as pg.QueryResult | pg.QueryResult[];
      return { rows: Array.isArray(answer) ? answer.flatMap(({ rows }) => rows) : answer.rows };
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
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
