// PostgreSQL goes away under a server that runs, and comes back: nobody is told "internal", nothing is made up, and nothing has to be restarted.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { dateIn } from '../support/dates.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { startServer } from './demo-process.ts';

const BACK_WITHIN_MS = 30_000;

describe('A server whose database is away for a while', { skip: POSTGRES_MISSING }, () => {
  it('says so, answers what it has in memory, and goes on when it is back', { timeout: 120_000 }, async () => {
    await using postgres = await startPostgres({ fsync: false });
    const direct = await postgres.createDatabase();
    const { hostname, port } = new URL(direct);
    await using proxy = await startFaultProxy({ host: hostname, port: Number(port) });
    const server = await startServer({ kind: 'postgres', url: proxy.urlThrough(direct) }, { LOG_LEVEL: 'silent' });
    try {
      const login = await askOver(server.url, 'POST', '/v1/auth/login', { body: { email: 'desk@demo.test', password: TEST_PASSWORD } });
      const token = login.body.accessToken;
      const owner = (await askOver(server.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
      const slot = await freeSlot(server.url);
      const key = { 'idempotency-key': randomUUID() };

      proxy.cut();
      assert.equal((await askOver(server.url, 'GET', '/readyz')).status, 503);
      const list = await askOver(server.url, 'GET', '/v1/appointments?limit=1', { token });
      assert.deepEqual([list.status, list.body.code], [503, 'overloaded']);
      assert.equal((await askOver(server.url, 'GET', `/v1/staff`)).status, 200);
      // Nobody looks at a password or a session that the database has not been asked about.
      for (const [method, path, body] of [
        ['POST', '/v1/auth/login', { email: 'desk@demo.test', password: TEST_PASSWORD }],
        ['POST', '/v1/auth/refresh', { refreshToken: login.body.refreshToken }],
        ['GET', '/v1/auth/sessions', undefined],
        ['PATCH', '/v1/settings', { name: 'Nobody hears this' }],
      ] as const) {
        const said = await askOver(server.url, method, path, { token: path.includes('settings') ? owner : token, ...(body && { body }) });
        assert.deepEqual([said.status, said.body.code], [503, 'overloaded'], `${path}: ${said.text}`);
      }
      const claim = askOver(server.url, 'POST', '/v1/holds', { body: slot, headers: key });
      await wait(500);
      assert.ok(proxy.counts.refused > 0, 'nobody tried to reach the database');

      proxy.pass();
      const held = await claim;
      assert.equal(held.status, 201, held.text);
      const again = await askOver(server.url, 'POST', '/v1/holds', { body: slot, headers: key });
      assert.deepEqual([again.status, again.body.id], [201, held.body.id]);
      await isReady(server.url);
      assert.equal((await askOver(server.url, 'GET', '/v1/appointments?limit=1', { token })).status, 200);
    } finally {
      await server.end('SIGKILL');
    }
  });
});

async function freeSlot(url: string): Promise<object> {
  const { items } = (await askOver(url, 'GET', '/v1/services')).body;
  const [service] = items;
  const { slots } = (await askOver(url, 'GET', `/v1/slots?serviceId=${service.id}&from=${dateIn(3)}&to=${dateIn(10)}`)).body;
  const [{ startsAt, staffId }] = slots;
  return { serviceId: service.id, startsAt, staffId };
}

async function isReady(url: string): Promise<void> {
  const late = AbortSignal.timeout(BACK_WITHIN_MS);
  while ((await askOver(url, 'GET', '/readyz')).status !== 200) {
    assert.ok(!late.aborted, 'the server did not get ready again');
    await wait(100);
  }
}
