// The disk of the database is full for a while: nobody is told a "yes" that is lost, nobody is told "internal", and balancers hear that nothing can be written.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { DatabaseConfig } from '../../src/persistence/database/open-database.ts';
import { dateIn } from '../support/dates.ts';
import { eventually } from '../support/eventually.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';
import { mountSmallDisk, SMALL_DISK_MISSING } from '../support/small-disk.ts';
import { askOver, type Json, type Said, TEST_PASSWORD } from '../support/test-server.ts';
import { startTold } from './told-process.ts';

/** A cluster, its log, and what the demo adds, with room to spare. */
const MEGABYTES = 320;
const NOTICED_WITHIN_MS = 5_000;
const BACK_WITHIN_MS = 20_000;
/** Nobody is told more than what is known: nothing was done, or nobody knows yet. */
const NOT_DONE = ['overloaded', 'outcome-unknown'];
/** As many log lines as an outage may have that hundreds of requests meet. */
const MOST_LINES = 12;

const kinds = [
  {
    name: 'PGlite',
    skip: SMALL_DISK_MISSING,
    open: async (directory: string) => ({ config: { kind: 'pglite' as const, directory: `${directory}/data` }, stop: async () => {} }),
  },
  {
    name: 'PostgreSQL',
    skip: SMALL_DISK_MISSING || POSTGRES_MISSING,
    open: async (directory: string) => {
      const postgres = await startPostgres({ fsync: false, directory });
      return { config: { kind: 'postgres' as const, url: await postgres.createDatabase() }, stop: () => postgres.stop() };
    },
  },
];

for (const { name, skip, open } of kinds) {
  describe(`a full disk under ${name}`, { skip }, () => {
    test('is said by /readyz and by every answer, and everything goes on when there is room again', { timeout: 200_000 }, async () => {
      await using disk = mountSmallDisk(MEGABYTES);
      const { config, stop } = await open(disk.directory);
      await using _stopped = { [Symbol.asyncDispose]: stop };
      const settings = {
        DEMO: 'on',
        DEMO_PASSWORD: TEST_PASSWORD,
        JWT_SECRET: 'a secret for tests only, of 32 bytes',
        RATE_LIMIT_SCALE: '100000',
        LOG_LEVEL: 'info',
      };
      const server = await startTold({ ...settings, ...where(config) });
      await using _ended = { [Symbol.asyncDispose]: () => server.end() };
      const book = booker(server.url, await freeSlots(server.url));
      const readiness = () => askOver(server.url, 'GET', '/readyz');
      assert.equal((await book()).status, 201);

      disk.fill();
      const filledAt = performance.now();
      await eventually(async () => (await readiness()).status === 503, NOTICED_WITHIN_MS);
      assert.deepEqual((await readiness()).body, { status: 'database-not-writing' }, 'before anybody has booked');
      const answers = await Promise.all(Array.from({ length: 40 }, () => book()));
      const logins = await Promise.all(Array.from({ length: 5 }, () => login(server.url, 'not the password')));
      for (const { status, body, text } of answers) assert.ok(status === 201 || NOT_DONE.includes(body.code), text);
      for (const { status, text } of logins) assert.ok([401, 503, 504].includes(status), text);
      assert.ok(
        answers.some(({ status }) => status >= 503),
        'the disk was not full',
      );
      assert.equal((await readiness()).status, 503);
      assert.equal((await askOver(server.url, 'GET', '/healthz')).status, 200);
      const said = lines(server.said()).filter(({ level }) => level >= WARN);
      assert.ok(said.length <= MOST_LINES, `${said.length} lines in ${performance.now() - filledAt} ms: ${JSON.stringify(said.map(({ msg }) => msg))}`);
      assert.ok(!/request failed|message failed|"stack"/.test(server.said()), server.said());

      disk.free();
      await eventually(async () => (await readiness()).status === 200, BACK_WITHIN_MS);
      await wait(1_500); // what was tried again has had its turn
      assert.equal((await book()).status, 201);
      assert.ok(lines(server.said()).some(({ msg }) => msg === 'the database answers again'));
      // Each "yes" is kept, and who was not told asks again with the same key.
      for (const { status, body, again } of answers) {
        const repeated = await again();
        if (status === 201) assert.deepEqual([repeated.status, repeated.body.id], [201, body.id]);
        else assert.ok([201, 409].includes(repeated.status), repeated.text);
      }
    });
  });
}

const WARN = 40;
type Line = { readonly level: number; readonly msg: string };

function lines(said: string): readonly Line[] {
  return said
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

function where(config: DatabaseConfig): Record<string, string> {
  return config.kind === 'postgres' ? { DATABASE_URL: config.url } : { DATA_DIR: config.directory };
}

function login(url: string, password: string): Promise<Said> {
  return askOver(url, 'POST', '/v1/auth/login', { body: { email: 'desk@demo.test', password } });
}

async function freeSlots(url: string): Promise<readonly Json[]> {
  const [service] = (await askOver(url, 'GET', '/v1/services')).body.items;
  const { slots } = (await askOver(url, 'GET', `/v1/slots?serviceId=${service.id}&from=${dateIn(3)}&to=${dateIn(10)}`)).body;
  // Not in each other's way.
  const apart = slots.filter(({ startsAt }: Json) => /T\d\d:00/.test(startsAt));
  return apart.map(({ startsAt, staffId }: Json) => ({ serviceId: service.id, startsAt, staffId }));
}

/** Books the next of them for a customer with much to say, so that it takes space. */
function booker(url: string, slots: readonly Json[]): () => Promise<Said & { again(): Promise<Said> }> {
  let next = 0;
  return async () => {
    const slot = slots[next];
    next += 1;
    const body = { ...slot, customer: { name: 'Grace', email: `grace${next}@example.org` }, notes: 'n'.repeat(1_900) };
    const headers = { 'idempotency-key': randomUUID() };
    const ask = () => askOver(url, 'POST', '/v1/appointments', { body, headers });
    return { ...(await ask()), again: ask };
  };
}
