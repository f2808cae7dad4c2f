import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/persistence/database/open-database.ts';
import { openServer } from '../src/server.ts';
import { freshPgliteDirectory } from './support/pglite.ts';
import { TEST_OWNER, TEST_PASSWORD } from './support/test-server.ts';

test('a password is hashed with the full cost of bcrypt unless a test makes it small, and the published one of the demo with less', async () => {
  for (const [cost, who] of [
    ['12', { OWNER_EMAIL: TEST_OWNER, OWNER_PASSWORD: TEST_PASSWORD }],
    ['08', { DEMO: 'on', DEMO_PASSWORD: TEST_PASSWORD }],
  ] as const) {
    await using place = await freshPgliteDirectory();
    const config = readConfig({ PORT: '0', DATA_DIR: place.directory, ...who }, place.directory);
    if (!('database' in config)) throw new Error(JSON.stringify(config));
    {
      await using _server = await openServer(config, { logger: pino({ level: 'silent' }), webDirectory: null });
    }
    await using database = await openDatabase(config.database);
    const costs = await database.sql('select distinct left(password_hash, 7) from user_account');
    assert.deepEqual(costs, [[`$2b$${cost}$`]]);
  }
});
