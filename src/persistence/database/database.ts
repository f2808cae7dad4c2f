// What may be asked of the database, whichever it is, and how a statement fails. `open-database.ts` opens one.
import type { SqlEntityManager } from '@mikro-orm/sql';

/** Columns in the order of the select list: int2/4/8 as numbers, json parsed, timestamps as Date, arrays as arrays, everything else as text. */
export type SqlRow = readonly unknown[];

export type SqlFailureDetails = {
  readonly sqlState?: string | null;
  readonly constraint?: string | null;
  readonly definite: boolean;
  readonly cause?: unknown;
};

/** A statement that did not succeed, or of which nobody can say whether it did. */
export class SqlFailure extends Error {
  override readonly name = 'SqlFailure';
  /** Five characters, PostgreSQL manual appendix A; null when the server did not say anything. */
  readonly sqlState: string | null;
  readonly constraint: string | null;
  /**
   * True only if the server answered with an error and was ready for the next statement afterwards: the statement certainly did nothing.
   * A cut connection, a FATAL or a timeout is not definite: the statement may have been done, or may still be done later.
   */
  readonly definite: boolean;

  constructor(message: string, details: SqlFailureDetails) {
    super(message, { cause: details.cause });
    this.sqlState = details.sqlState ?? null;
    this.constraint = details.constraint ?? null;
    this.definite = details.definite;
  }
}

export type RunOptions = { /** Elapsed milliseconds until the caller stops waiting; the connection is then of no more use. */ readonly timeoutMs?: number };

/** Statements run one after the other, in the order of the calls. After a failure that is not definite every further call fails. */
export type SqlConnection = {
  /** One statement. An array among the parameters becomes an SQL array; write JSON whose top is an array as text. */
  run(sql: string, parameters: readonly unknown[], options?: RunOptions): Promise<readonly SqlRow[]>;
  /** Drops the connection without waiting. What is under way fails as not definite. */
  destroy(): void;
};

/** How long a statement may take when the caller does not say; a page of a list takes milliseconds, so this is an outage. */
export const DEFAULT_STATEMENT_TIMEOUT_MS = 15_000;

export type EntityManager = SqlEntityManager;

export type OpeningOptions = { /** Whether its tables are made or brought up to date; without, they are left as they are found. */ readonly migrates: boolean };

/**
 * For a library that brings SQL of its own: values and rows in the types of the engine's driver. Without values the text may hold several statements. Rejects with the driver's error.
 */
export type LibrarySql = AsyncDisposable & { executeSql(text: string, values?: unknown[]): Promise<{ rows: object[] }> };

export type Database = AsyncDisposable & {
  readonly kind: 'postgres' | 'pglite';
  /** Resolves if it is gone for good, so that only a new process helps: when the embedded engine has died. Also resolves when it is closed. */
  readonly gone: Promise<void>;
  /** A connection of one's own: a real one of its own on PostgreSQL; on PGlite all share the one engine, and statements queue in its thread. */
  connect(): Promise<SqlConnection>;
  /** One statement on any connection, for reads. Rejects with a SqlFailure. */
  sql(text: string, parameters?: readonly unknown[]): Promise<readonly SqlRow[]>;
  /** On PostgreSQL a pool of so many connections of its own, on PGlite the one engine. The caller closes it. */
  librarySql(connections: number): LibrarySql;
  /**
   * All or nothing. Entities must not leave `work`, and nothing in it may ask the database except through `em`.
   * On PGlite transactions wait for each other, so keep them short.
   */
  transaction<T>(work: (em: EntityManager) => Promise<T>): Promise<T>;
};
