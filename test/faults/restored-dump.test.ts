// A real dump, restored into the same cluster: its revisions start over from an older moment, so nothing that was seen before counts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { ADA, newKey, openSmallShop } from '../gateway/socket/small-shop.ts';
import { TestScreen } from '../gateway/socket/test-screen.ts';
import { dateIn } from '../support/dates.ts';
import { installed, POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';
import { type Json, openTestServer, TEST_OWNER } from '../support/test-server.ts';

/** Where the server really is: only some of its programs may be linked into a folder of the PATH. */
const folder = 'folder' in installed ? dirname(realpathSync(join(installed.folder, 'postgres'))) : '';
const TOOLS_MISSING =
  POSTGRES_MISSING || (existsSync(join(folder, 'pg_dump')) || process.env.CI === 'true' ? false : `pg_dump is not beside PostgreSQL in ${folder}`);
const BOARD = { watchId: 'board', from: dateIn(0), to: dateIn(5), timeZone: 'Etc/UTC' };

describe('a dump restored with pg_restore', { skip: TOOLS_MISSING }, () => {
  test('begins a new era, in another database and under the same name, and a screen that knew the old one gets everything anew', {
    timeout: 120_000,
  }, async () => {
    await using postgres = await startPostgres({ fsync: false });
    await using place = await mkdtempDisposable(join(tmpdir(), 'slotkeeper-dump-'));
    const file = join(place.path, 'dump');
    const url = await postgres.createDatabase();
    const name = new URL(url).pathname.slice(1);
    const run = (tool: string, ...words: string[]) => execFileSync(join(folder, tool), words, { stdio: 'pipe' });
    const server = new URL(url);
    const at = ['-h', server.hostname, '-p', server.port, '-U', server.username];

    let known: Json;
    {
      await using shop = await openSmallShop({ DATABASE_URL: url });
      const book = () =>
        shop.post('/v1/appointments', { serviceId: shop.haircut, staffId: shop.staff[0]?.id, startsAt: shop.nextStart(), customer: ADA, id: newKey() });
      await book();
      run('pg_dump', ...at, '-Fc', '-f', file, name);
      await book(); // and the dump does not have it
      known = await boardOf(shop.url, shop.owner);
    }
    run('createdb', ...at, `${name}_copy`);
    run('pg_restore', ...at, '-d', `${name}_copy`, file);
    run('dropdb', ...at, name);
    run('createdb', ...at, name);
    run('pg_restore', ...at, '-d', name, file);

    const eras = [known.era];
    for (const restored of [`${url}_copy`, url]) {
      await using again = await openTestServer({ isDemo: false, settings: { DATABASE_URL: restored } });
      const seen = await boardOf(again.url, await again.login(TEST_OWNER), { era: known.era, revisions: revisionsOf(known) });
      assert.ok(!eras.includes(seen.era), 'the era is an old one');
      eras.push(seen.era);
      assert.equal(seen.calendars.length, known.calendars.length);
      assert.ok(
        seen.calendars.every((entry: Json) => 'claims' in entry),
        'something was caught up with',
      );
    }
  });
});

async function boardOf(url: string, token: string, since?: object): Promise<Json> {
  const screen = await TestScreen.open(url, token);
  const answer = await screen.ask('watch-board', { ...BOARD, ...(since && { since }) });
  screen.close();
  assert.ok(answer.ok, JSON.stringify(answer));
  return answer;
}

function revisionsOf(board: Json): Json {
  return Object.fromEntries(board.calendars.map(({ calendarId, revision }: Json) => [calendarId, revision]));
}
