import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { POSTGRES_MISSING, startPostgres } from './postgres.ts';

const PATIENCE_MS = 10_000;
const MODULE = fileURLToPath(new URL('./postgres.ts', import.meta.url));
const CHILD = `import { startPostgres } from ${JSON.stringify(MODULE)}; const server = await startPostgres({ fsync: false }); console.log(server.url);`;

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

async function untilSilent(url: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (await answers(url)) {
    assert.ok(performance.now() < deadline, 'PostgreSQL still answers');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the PostgreSQL of the tests', { skip: POSTGRES_MISSING }, () => {
  test('gives out databases that are fresh and each of its own', async () => {
    await using server = await startPostgres({ fsync: false });
    const [one, other] = await Promise.all([server.createDatabase(), server.createDatabase()]);
    assert.notEqual(one, other);
    assert.ok(await answers(one));
    await server.stop();
    assert.ok(!(await answers(one)));
  });

  test('syncs to disk unless told otherwise', async () => {
    await using server = await startPostgres();
    const client = new pg.Client(server.url);
    await client.connect();
    assert.equal((await client.query('show fsync')).rows[0].fsync, 'on');
    await client.end();
  });

  test('ends with its process, also when that is killed', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', CHILD], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [url] = await once(createInterface({ input: child.stdout }), 'line');
    assert.ok(await answers(url));
    child.kill('SIGKILL');
    await once(child, 'exit');
    await untilSilent(url);
  });
});
