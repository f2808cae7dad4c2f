// What becomes of a demo whose owner goes live, by the commands that they type.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { markDemo } from '../../src/persistence/database/demo-mark.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';
import { askOver, TEST_SECRET } from '../support/test-server.ts';
import { Start } from './npm-script.ts';

const OWNER = { email: 'grace@example.org', password: 'tulip harbour lantern' };
const BUSINESS = { OWNER_EMAIL: OWNER.email, OWNER_PASSWORD: OWNER.password, PUBLIC_URL: 'https://salt.example.org' };
const DEMO_OWNER = { email: 'owner@demo.test', password: 'demo-demo-demo' };
const DEMO_IN_THE_WAY = /^Slotkeeper cannot start: The database holds the demo, .*`npm run leave-demo`.*DEMO=on.*\n$/;

const login = (url: string, body: object) => askOver(url, 'POST', '/v1/auth/login', { body });

let directory: string;
const leave = (options: readonly string[] = ['--yes'], settings = {}) => new Start(directory, settings, { script: 'leave-demo', options });
before(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'slotkeeper-live-')));
});
after(() => rm(directory, { recursive: true, force: true }));

describe('going live in the directory of a demo', () => {
  let demoToken: string;

  test('where there is no database yet, leaving the demo makes none', async () => {
    await using leaving = leave();
    assert.equal(await leaving.ends(), 78);
    assert.match(leaving.said, /^There is no demo in the database in .*Nothing was changed\.\n$/);
    assert.deepEqual(await readdir(directory), []);
  });

  test('a demo is not emptied under the server that runs it', async () => {
    await using demo = new Start(directory);
    const url = await demo.url();
    demoToken = (await login(url, DEMO_OWNER)).body.accessToken;
    await using leaving = leave();
    assert.equal(await leaving.ends(), 69, leaving.said);
    assert.match(leaving.said, /in use by another process/);
    assert.equal((await askOver(url, 'GET', '/v1/me', { token: demoToken })).status, 200);
    assert.equal(await demo.ends('SIGTERM'), 0, demo.said);
  });

  test('a business is not started on it, and one sentence says what to do', async () => {
    await using business = new Start(directory, BUSINESS);
    assert.equal(await business.ends(), 78);
    assert.equal(business.out, '');
    assert.match(business.said, DEMO_IN_THE_WAY);
  });

  test('the demo is removed only by who says so: with --yes where nobody can be asked', async () => {
    for (const options of [[], ['--force']]) {
      await using leaving = leave(options);
      assert.equal(await leaving.ends(), 64);
      assert.match(leaving.said, /--yes/);
    }
    await using business = new Start(directory, BUSINESS);
    assert.equal(await business.ends(), 78, 'it is still there');
  });

  test('once it is removed the new owner can log in, and nothing of the demo lets anybody in', async () => {
    await using leaving = leave();
    assert.equal(await leaving.ends(), 0, leaving.said);
    assert.match(leaving.out, /^The demo is removed, .*OWNER_EMAIL/);
    await using business = new Start(directory, BUSINESS);
    const url = await business.url({ isDemo: false });
    const owner = await login(url, OWNER);
    assert.deepEqual([owner.status, owner.body.user?.role], [200, 'owner'], owner.text);
    assert.equal((await login(url, DEMO_OWNER)).status, 401);
    assert.equal((await askOver(url, 'GET', '/v1/users', { token: demoToken })).status, 401, 'an access token of the demo speaks for nobody');
    assert.deepEqual((await askOver(url, 'GET', '/v1/locations')).body.items, []);
    assert.equal(await business.ends('SIGTERM'), 0, business.said);
    assert.match(business.said, /the first owner is created/);
  });

  test('OWNER_EMAIL is never skipped in silence', async () => {
    await using second = new Start(directory, { ...BUSINESS, OWNER_EMAIL: 'other@example.org' });
    const url = await second.url({ isDemo: false });
    assert.equal((await login(url, { ...OWNER, email: 'other@example.org' })).status, 401);
    assert.equal(await second.ends('SIGTERM'), 0, second.said);
    assert.match(second.said, /"level":40.*OWNER_EMAIL was not made an owner, because there is already one; have them invite the address/);
    assert.doesNotMatch(second.said, /other@example\.org/);
    await using again = new Start(directory, BUSINESS);
    await again.url({ isDemo: false });
    assert.equal(await again.ends('SIGTERM'), 0, again.said);
    assert.match(again.said, /"level":30.*OWNER_EMAIL is already an owner/);
  });

  test('a business that is started without settings is a business, and no demo passwords are printed', async () => {
    await using server = new Start(directory);
    const url = await server.url({ isDemo: false });
    assert.equal((await askOver(url, 'GET', '/v1/business')).body.demo, false);
    assert.doesNotMatch(server.out, /demo/i);
    assert.equal(await server.ends('SIGTERM'), 0, server.said);
  });
});

test('a demo on PostgreSQL is found, named without its password, and removed', { skip: POSTGRES_MISSING }, async () => {
  await using server = await startPostgres({ fsync: false });
  const url = (await server.createDatabase()).replace('slotkeeper@', 'slotkeeper:sesame@');
  const settings = { DATABASE_URL: url, JWT_SECRET: TEST_SECRET };
  {
    await using database = await openDatabase({ kind: 'postgres', url });
    await markDemo(database);
  }
  await using business = new Start(directory, { ...settings, ...BUSINESS });
  assert.equal(await business.ends(), 78);
  assert.match(business.said, DEMO_IN_THE_WAY);
  await using leaving = leave(['--yes'], { DATABASE_URL: url });
  assert.equal(await leaving.ends(), 0, leaving.said);
  await using again = leave(['--yes'], { DATABASE_URL: url });
  assert.equal(await again.ends(), 78);
  assert.match(again.said, /^There is no demo in the database test_\w+ at 127\.0\.0\.1:\d+\. Nothing was changed\.\n$/);
  assert.doesNotMatch([leaving.out, leaving.said, again.said].join('\n'), /sesame/);
});
