// What can happen to what all nodes share, and to those who watch.
import { connect } from 'node:net';
import { growthOf, type Inflict, lasts, lastsUntilMet } from './firing.ts';

const ANSWER_WITHIN_MS = 1_000;
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
  if (redis === undefined) return { fired: 0, proof: 'there is no Redis' };
  const before = await lifeOf(redis.port);
  await redis.kill();
  const isDown = (await lifeOf(redis.port)) === undefined;
  await lasts(fault);
  await redis.restart();
  const after = await lifeOf(redis.port);
  return { fired: isDown && before !== undefined && before !== after ? 1 : 0, proof: `${before} was killed, ${after} began empty` };
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

/** The id that Redis gives itself at every start; `undefined` when nobody answers. */
function lifeOf(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('INFO server\r\n'));
    let said = '';
    const end = (life: string | undefined) => {
      socket.destroy();
      resolve(life);
    };
    socket.setTimeout(ANSWER_WITHIN_MS, () => end(undefined));
    socket.on('error', () => end(undefined));
    socket.on('data', (chunk) => {
      said += chunk.toString();
      const life = /run_id:(\w+)/.exec(said)?.[1];
      if (life !== undefined) end(life);
    });
  });
}
