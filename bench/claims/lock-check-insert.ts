// One transaction per claim: lock the calendar's row, look for an overlap, insert. What most applications do, or should.
import { randomUUID } from 'node:crypto';
import { CLAIM_MS, type ClaimContender, createAlternativeDatabase, openPool, POOL_SIZES } from './contender.ts';

const LOCK = { name: 'lock', text: 'select 1 from calendar where id = $1 for no key update' };
const CHECK = { name: 'check', text: `select 1 from appointment where calendar_id = $1 and starts_at < $3 and ends_at > $2 and status <> 'cancelled' limit 1` };
const INSERT = {
  name: 'insert',
  text: `insert into appointment (id, calendar_id, status, customer, starts_at, ends_at) values ($1, $2, 'booked', $3, $4, $5)`,
};

export const lockCheckInsert: ClaimContender = {
  name: 'one transaction: lock, check, insert',
  poolSizes: POOL_SIZES,
  async open(postgres, calendars, poolSize) {
    const pool = await openPool(await createAlternativeDatabase(postgres, calendars), poolSize);
    return {
      async claim(calendar, startsAt) {
        const client = await pool.connect();
        try {
          await client.query('begin');
          await client.query({ ...LOCK, values: [calendar] });
          const { rowCount } = await client.query({ ...CHECK, values: [calendar, startsAt, startsAt + CLAIM_MS] });
          const isFree = rowCount === 0;
          if (isFree) await client.query({ ...INSERT, values: [randomUUID(), calendar, 'Ada Lovelace', startsAt, startsAt + CLAIM_MS] });
          await client.query('commit');
          return isFree ? 'won' : 'taken';
        } finally {
          client.release();
        }
      },
      [Symbol.asyncDispose]: () => pool.end(),
    };
  },
};
