// One statement per claim: the constraint decides. The client is checked out, because `pool.query` throws its connection away at every error.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { CLAIM_MS, type ClaimContender, createAlternativeDatabase, openPool, POOL_SIZES } from './contender.ts';

const CONSTRAINT = `
  create extension if not exists btree_gist;
  alter table appointment add constraint appointment_no_overlap exclude using gist (calendar_id with =, int8range(starts_at, ends_at) with &&) where (status <> 'cancelled');`;
const INSERT = {
  name: 'insert',
  text: `insert into appointment (id, calendar_id, status, customer, starts_at, ends_at) values ($1, $2, 'booked', $3, $4, $5)`,
};
const EXCLUSION_VIOLATION = '23P01';
/** Inserts that wait for each other on one slot: PostgreSQL ends one of them, and it is tried again. */
const DEADLOCK = '40P01';

export const exclusionConstraint: ClaimContender = {
  name: 'one insert on an exclusion constraint',
  poolSizes: POOL_SIZES,
  async open(postgres, calendars, poolSize) {
    const pool = await openPool(await createAlternativeDatabase(postgres, calendars, CONSTRAINT), poolSize);
    return {
      async claim(calendar, startsAt) {
        const client = await pool.connect();
        try {
          return await insert(client, [randomUUID(), calendar, 'Ada Lovelace', startsAt, startsAt + CLAIM_MS]);
        } finally {
          client.release();
        }
      },
      [Symbol.asyncDispose]: () => pool.end(),
    };
  },
};

async function insert(client: pg.ClientBase, values: readonly unknown[]): Promise<'won' | 'taken'> {
  for (;;) {
    try {
      await client.query({ ...INSERT, values: [...values] });
      return 'won';
    } catch (error) {
      const code = error instanceof pg.DatabaseError ? error.code : undefined;
      if (code === EXCLUSION_VIOLATION) return 'taken';
      if (code !== DEADLOCK) throw error;
    }
  }
}
