import assert from 'node:assert/strict';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { openDatabase } from '../src/persistence/database/open-database.ts';
import { openServer } from '../src/server.ts';
import { readConfig } from '../src/settings/config.ts';
import { freePort } from './support/free-port.ts';
import { sharedPostgres } from './support/shared-postgres.ts';
import { TEST_OWNER, TEST_PASSWORD, TEST_SECRET } from './support/test-server.ts';

async function freshPlace() {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await sharedPostgres());
  const { url } = stack.use(await server.fresh());
  const { path } = stack.use(await mkdtempDisposable(join(tmpdir(), 'slotkeeper-server-')));
  const parts = stack.move();
  return { settings: { DATABASE_URL: url, JWT_SECRET: TEST_SECRET, DATA_DIR: path }, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

test('a password is hashed with the full cost of bcrypt unless a test makes it small, and the published one of the demo with less', async () => {
  for (const [cost, who] of [
    ['12', { OWNER_EMAIL: TEST_OWNER, OWNER_PASSWORD: TEST_PASSWORD }],
    ['08', { DEMO: 'on', DEMO_PASSWORD: TEST_PASSWORD }],
  ] as const) {
    await using place = await freshPlace();
    const config = readConfig({ PORT: '0', ...place.settings, ...who }, '.');
    if (!('database' in config)) throw new Error(JSON.stringify(config));
    {
      await using _server = await openServer(config, { logger: pino({ level: 'silent' }), webDirectory: null });
    }
    await using database = await openDatabase(config.database);
    const costs = await database.sql('select distinct left(password_hash, 7) from user_account');
    assert.deepEqual(costs, [[`$2b$${cost}$`]]);
  }
});

test('what asks while a server starts is refused or answered, and never left waiting', async () => {
  await using place = await freshPlace();
  const port = await freePort();
  const who = { OWNER_EMAIL: TEST_OWNER, OWNER_PASSWORD: TEST_PASSWORD };
  const config = readConfig({ PORT: String(port), ...place.settings, ...who }, '.');
  if (!('database' in config)) throw new Error(JSON.stringify(config));
  let isOpen = false;
  const answers = new Set<number>();
  const asking = (async () => {
    while (!isOpen) {
      const said = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(30_000) }).catch((failure: Error) => {
        if (failure.name === 'TimeoutError') throw failure;
      });
      if (said !== undefined) answers.add(said.status);
      await new Promise(setImmediate);
    }
  })();
  await using server = await openServer(config, { logger: pino({ level: 'silent' }), webDirectory: null, bcryptCost: 4 });
  isOpen = true;
  await asking;
  assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
  assert.deepEqual(
    [...answers].filter((status) => status !== 200 && status !== 503),
    [],
  );
});

test('a business without an owner says at each start how to get one, and stops saying it once there is one', async () => {
  await using place = await freshPlace();
  const said: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void said.push(JSON.parse(line).msg) });
  const start = async (settings: Readonly<Record<string, string>>) => {
    said.length = 0;
    const config = readConfig({ PORT: '0', DEMO: 'off', ...place.settings, ...settings }, '.');
    if (!('database' in config)) throw new Error(JSON.stringify(config));
    await using _server = await openServer(config, { logger, webDirectory: null, bcryptCost: 4 });
    return said.filter((message) => message.startsWith('there is no owner yet'));
  };
  assert.deepEqual(await start({}), ['there is no owner yet, so no one can log in; restart with OWNER_EMAIL and OWNER_PASSWORD set']);
  assert.deepEqual(await start({ OWNER_EMAIL: TEST_OWNER, OWNER_PASSWORD: TEST_PASSWORD }), []);
  assert.deepEqual(await start({}), []);
});
