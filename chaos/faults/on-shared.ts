// What can happen to what all nodes share, and to those who watch.
import { growthOf, type Inflict, lasts, lastsUntilMet } from './firing.ts';

/** One of the server's own sessions, whichever, as an administrator would end it. */
const TERMINATE = `select pg_terminate_backend(pid) from
  (select pid from pg_stat_activity where datname = current_database() and application_name = 'slotkeeper' order by random() limit 1) one`;

export const crashPostgres: Inflict = async ({ world: { postgres } }, fault) => {
  const before = postgres.pid;
  await postgres.crash(fault.detail === 'killed' ? 'killed' : 'immediate');
  const isDown = postgres.pid === undefined;
  await lasts(fault);
  await postgres.start();
  return { fired: isDown && postgres.pid !== before ? 1 : 0, proof: `process ${before} went away (${fault.detail}), ${postgres.pid} recovered` };
};

export const terminateBackend: Inflict = async ({ world }) => {
  const rows = await world.sql(TERMINATE);
  return { fired: rows.filter(([isTerminated]) => isTerminated === true).length, proof: 'sessions ended' };
};

export const killRedis: Inflict = async ({ world: { redis } }, fault) => {
  const before = redis?.pid;
  if (redis === undefined || before === undefined) return { fired: 0, proof: 'there is no Redis' };
  await redis.kill();
  const isDown = redis.pid === undefined;
  await lasts(fault);
  await redis.start();
  return { fired: isDown && redis.pid !== before ? 1 : 0, proof: `process ${before} was killed, ${redis.pid} began empty` };
};

export const slowReaders: Inflict = async ({ slowWires }, fault) => {
  const unread = () => slowWires.reduce((sum, { counts }) => sum + counts.replyBytesLeftUnread, 0);
  const waiting = () => slowWires.reduce((sum, wire) => sum + wire.unreadBytes, 0);
  const grown = growthOf(unread);
  for (const wire of slowWires) wire.stopReading();
  await lastsUntilMet(fault, waiting);
  for (const wire of slowWires) wire.pass();
  return { fired: grown(), proof: 'bytes left unread' };
};
