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
/**
 * Inserts that wait for each other on one slot: PostgreSQL ends one of them after a second. Tried again at once it would meet the others again, and so on for ever, so
 * those that are tried again take turns on the calendar's row.
 */
const DEADLOCK = '40P01';
const TURN = { name: 'turn', text: 'select 1 from calendar where id = $1 for no key update' };
const MOST_TURNS = 20;

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

type Values = readonly [id: string, calendar: number, customer: string, startsAt: number, endsAt: number];
type End = 'won' | 'taken' | 'deadlock';

async function insert(client: pg.ClientBase, values: Values): Promise<'won' | 'taken'> {
  let end = await endOf(client.query({ ...INSERT, values: [...values] }));
  for (let turn = 0; end === 'deadlock' && turn < MOST_TURNS; turn += 1) end = await insertInTurn(client, values);
  if (end === 'deadlock') throw new Error(`${MOST_TURNS} deadlocks on end`);
  return end;
}

async function insertInTurn(client: pg.ClientBase, values: Values): Promise<End> {
  await client.query('begin');
  let end: End = await endOf(client.query({ ...TURN, values: [values[1]] }));
  if (end === 'won') end = await endOf(client.query({ ...INSERT, values: [...values] }));
  await client.query(end === 'won' ? 'commit' : 'rollback');
  return end;
}

async function endOf(statement: Promise<unknown>): Promise<End> {
  try {
    await statement;
    return 'won';
  } catch (error) {
    const code = error instanceof pg.DatabaseError ? error.code : undefined;
    if (code === EXCLUSION_VIOLATION) return 'taken';
    if (code === DEADLOCK) return 'deadlock';
    throw error;
  }
}
