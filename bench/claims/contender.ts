// What everybody who takes part in the claim benchmarks has to be able to do.
import pg from 'pg';
import type { TestPostgres } from '../../test/support/postgres.ts';

/** A half-hour claim on one calendar, by its number. The answer has to be definite and durable. */
export type ClaimSystem = AsyncDisposable & { claim(calendar: number, startsAt: number): Promise<'won' | 'taken'> };
export type ClaimContender = {
  readonly name: string;
  /** Sizes of the connection pool worth trying; the best one is used. Empty: there is nothing to choose. */
  readonly poolSizes: readonly number[];
  /** A fresh database with this many calendars in it. */
  open(postgres: TestPostgres, calendars: number, poolSize: number): Promise<ClaimSystem>;
};

export const CALENDARS = 1_000;
export const CLAIM_MS = 30 * 60_000;
/** Pools from the number of cores to far beyond it: more connections hide round trips, fewer fight less. */
export const POOL_SIZES = [5, 10, 20, 40];

const ALTERNATIVE_TABLES = `
  create table calendar (id int primary key, name text not null);
  create table appointment (
    id uuid primary key,
    calendar_id int not null references calendar (id),
    status text not null,
    customer text not null,
    starts_at int8 not null,
    ends_at int8 not null,
    created_at timestamptz not null default now()
  );
  create index appointment_calendar on appointment (calendar_id, starts_at);`;

/** The tables that an application would have: calendars and appointments, nothing else. */
export async function createAlternativeDatabase(postgres: TestPostgres, calendars: number, extra = ''): Promise<string> {
  const url = await postgres.createDatabase();
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(ALTERNATIVE_TABLES + extra);
    await client.query(`insert into calendar (id, name) select number, 'Calendar ' || number from generate_series(0, $1::int - 1) number`, [calendars]);
  } finally {
    await client.end();
  }
  return url;
}

export async function openPool(url: string, size: number): Promise<pg.Pool> {
  const pool = new pg.Pool({ connectionString: url, max: size, min: size });
  // All connections are there before anything is timed.
  const clients = await Promise.all(Array.from({ length: size }, () => pool.connect()));
  for (const client of clients) client.release();
  return pool;
}
