// A server that is told to stop while its database says nothing: what supervisors are told to wait is enough.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';
import { startServer } from './demo-process.ts';

/** From SIGTERM to SIGKILL, as docs/operations.md says. */
const SUPERVISOR_WAITS_MS = 40_000;

describe('A server that is told to stop', { skip: POSTGRES_MISSING, concurrency: true }, () => {
  for (const silence of ['swallowReplies', 'blackHole'] as const)
    test(`ends by itself while its database is silent (${silence})`, { timeout: 150_000 }, async () => {
      await using postgres = await startPostgres({ fsync: false });
      const url = await postgres.createDatabase();
      await using proxy = await startFaultProxy({ host: '127.0.0.1', port: Number(new URL(url).port) });
      const server = await startServer({ kind: 'postgres', url: proxy.urlThrough(url) });
      proxy[silence]();
      const supervisor = setTimeout(() => server.child.kill('SIGKILL'), SUPERVISOR_WAITS_MS);
      assert.equal(await server.end('SIGTERM'), 0);
      clearTimeout(supervisor);
    });
});
