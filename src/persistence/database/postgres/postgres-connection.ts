// One connection to PostgreSQL of the caller's own.
//
// How a statement ends, and what that says (docs/decisions.md, "In doubt, fence first"):
//   rows, ready                 done
//   error message, ready        not done, definite; the connection goes on
//   error message, no ready     not definite (a FATAL ends like this): the connection is destroyed
//   cut, timeout, garbled reply not definite: the connection is destroyed
// "Ready" is the server's ReadyForQuery, which `pg` shows as the event `drain`. The severity is not looked at: servers translate it.
import pg from 'pg';
import { columnParser } from '../column-types.ts';
import { DEFAULT_STATEMENT_TIMEOUT_MS, type SqlConnection, SqlFailure, type SqlRow } from '../database.ts';
import type { Parameter } from '../parameters.ts';
import { SerialConnection } from '../serial-connection.ts';
import { boundedSocket } from './bounded-socket.ts';

export const CONNECT_TIMEOUT_MS = 5_000;
/** How long closing waits for the goodbye to be sent. */
const GOODBYE_MS = 1_000;
const COLUMN_TYPES = { getTypeParser: columnParser } as pg.CustomTypesConfig;

export type PostgresConnection = SqlConnection & { /** Says goodbye to the server first. */ close(): Promise<void> };

/** Rejects with a SqlFailure when the server cannot be reached or does not let us in. `onEnd` is called when an open connection is of no more use. */
export async function connectToPostgres(url: string, onEnd: () => void = () => undefined): Promise<PostgresConnection> {
  const socket = boundedSocket();
  const client = new pg.Client({
    connectionString: url,
    stream: () => socket,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: DEFAULT_STATEMENT_TIMEOUT_MS,
    application_name: 'slotkeeper',
  });
  let open = false;
  const connection = new SerialConnection({
    send: (text, values) => sendStatement(client, text, values),
    abandon() {
      socket.destroy();
      if (open) onEnd();
    },
  });
  // A turn later: the statement under way knows better why.
  client.on('error', (error) => setImmediate(() => connection.breakWith(failureOf(error, false))));
  client.on('end', () => setImmediate(() => connection.breakWith(failureOf(new Error('The connection to the database has ended.'), false))));
  try {
    await client.connect();
    open = true;
  } catch (error) {
    connection.destroy();
    throw failureOf(error, false);
  }
  return Object.assign(connection, { close: () => sayGoodbye(client, connection) });
}

/** Rejects with a SqlFailure, which is definite only when the server was ready again after its error. */
export function sendStatement(client: pg.ClientBase, text: string, values: Parameter[]): Promise<readonly SqlRow[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly SqlRow[]>();
  // `extended`: one statement a call, also without parameters, as on PGlite.
  const query = { text, values, rowMode: 'array' as const, types: COLUMN_TYPES, queryMode: 'extended' };
  // A callback and not a promise: the error and the readiness after it may arrive in the same turn.
  void client.query<unknown[]>(query, (error: unknown, result) => {
    if (error === null || error === undefined) return resolve(result.rows);
    if (!(error instanceof pg.DatabaseError)) return reject(failureOf(error, false));
    const ready = () => settle(true);
    const ended = () => settle(false);
    const settle = (definite: boolean) => {
      client.off('drain', ready).off('error', ended).off('end', ended);
      reject(failureOf(error, definite));
    };
    client.on('drain', ready).on('error', ended).on('end', ended);
  });
  return promise;
}

async function sayGoodbye(client: pg.Client, connection: SqlConnection): Promise<void> {
  const timer = setTimeout(() => connection.destroy(), GOODBYE_MS);
  await client.end().catch(() => undefined);
  clearTimeout(timer);
  connection.destroy();
}

/** Reads what `pg` knows about a failure. */
export function failureOf(error: unknown, definite: boolean): SqlFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof pg.DatabaseError)) return new SqlFailure(message, { definite, cause: error });
  return new SqlFailure(message, { sqlState: error.code ?? null, constraint: error.constraint ?? null, definite, cause: error });
}
