// What somebody sees who has just installed it: one command, no settings but a place and a port of its own.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, mkdtempDisposable, realpath, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { TestScreen } from '../gateway/socket/test-screen.ts';
import { dateIn } from '../support/dates.ts';
import { askOver, TEST_SECRET } from '../support/test-server.ts';
import { Start } from './npm-script.ts';

let directory: string;
before(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'slotkeeper-first-')));
});
after(() => rm(directory, { recursive: true, force: true }));

/** As it is printed: who there is, and the one password. */
function loginsIn(out: string): { readonly password: string; readonly byRole: ReadonlyMap<string, string> } {
  const logins = [...out.matchAll(/^ {2}(\S+@demo\.test) +(\S+)$/gm)].map(([, email = '', role = '']) => [role, email] as const);
  return { password: /password: (\S+)$/m.exec(out)?.[1] ?? '', byRole: new Map(logins) };
}

async function login(url: string, out: string, role: string): Promise<string> {
  const { password, byRole } = loginsIn(out);
  const said = await askOver(url, 'POST', '/v1/auth/login', { body: { email: byRole.get(role), password } });
  assert.equal(said.status, 200, said.text);
  return said.body.accessToken;
}

async function book(url: string, token: string): Promise<{ readonly id: string; readonly startsAt: string }> {
  const { body } = await askOver(url, 'GET', '/v1/services');
  const [service] = body.items;
  const found = await askOver(url, 'GET', `/v1/slots?serviceId=${service.id}&from=${dateIn(2)}&to=${dateIn(16)}`);
  const [slot] = found.body.slots;
  const wanted = { serviceId: service.id, staffId: slot.staffId, startsAt: slot.startsAt, customer: { name: 'Grace', email: 'grace@example.org' } };
  const booked = await askOver(url, 'POST', '/v1/appointments', { body: wanted, token });
  assert.equal(booked.status, 201, booked.text);
  return booked.body;
}

test('one command starts it, a second start beside it is refused, and what was booked is there after a restart', async () => {
  await using first = new Start(directory);
  const url = await first.url();
  assert.deepEqual([...loginsIn(first.out).byRole.keys()].sort(), ['customer', 'front-desk', 'manager', 'owner', 'staff']);
  assert.equal((await askOver(url, 'GET', '/readyz')).status, 200);
  for (const page of ['/', '/desk', '/docs']) assert.match((await askOver(url, 'GET', page)).text, /<!doctype html>/i, page);
  const token = await login(url, first.out, 'customer');
  const appointment = await book(url, token);

  await using second = new Start(directory);
  assert.equal(await second.ends(), 69);
  assert.equal(second.out, '');
  assert.match(second.said, /^Slotkeeper cannot start: The data directory (\S+) is in use by another process\. Stop that one first, or choose another/);
  assert.ok(second.said.includes(` ${directory} `), second.said);

  const screen = await TestScreen.open(url, token);
  const [code, goodbye] = await Promise.all([first.ends('SIGTERM'), screen.hears('session-ended')]);
  assert.deepEqual([code, goodbye.reason], [0, 'shutting-down'], first.said);
  await assert.rejects(askOver(url, 'GET', '/readyz'), 'nobody listens any more');

  await using third = new Start(directory);
  const again = await third.url();
  const own = await askOver(again, 'GET', `/v1/appointments/${appointment.id}`, { token });
  assert.deepEqual([own.status, own.body.startsAt, own.body.status], [200, appointment.startsAt, 'booked'], own.text);
  const owners = await askOver(again, 'GET', `/v1/appointments/${appointment.id}`, { token: await login(again, third.out, 'owner') });
  assert.deepEqual(owners.body.customer, own.body.customer);
  assert.equal(await third.ends('SIGTERM'), 0, third.said);
});

test('a database that cannot be reached is said in a line', async () => {
  await using start = new Start(directory, { DATABASE_URL: 'postgres://somebody:secret@127.0.0.1:1/none', JWT_SECRET: TEST_SECRET });
  assert.equal(await start.ends(), 69);
  assert.match(start.said, /^Slotkeeper cannot start: The database cannot be used: \S.*\n$/);
  assert.ok(!start.said.includes('secret'));
});

test('an address that somebody else listens on is said in a line', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  await using place = await mkdtempDisposable(join(tmpdir(), 'slotkeeper-port-'));
  const { port } = other.address() as AddressInfo;
  await using start = new Start(place.path, { PORT: String(port) });
  assert.equal(await start.ends(), 69);
  assert.match(start.said, new RegExp(`^Slotkeeper cannot start: .*EADDRINUSE.*:${port}\\n$`));
  other.close();
});

test('wrong settings are all named in one message, and nothing is started', async () => {
  await using start = new Start(directory, {
    PORT: 'http',
    HOST: '0.0.0.0',
    DEMO: 'on',
    DEMO_PASSWORD: 'short',
    HOLD_SECONDS: '0',
    LOG_LEVEL: 'loud',
    REDIS_URL: 'redis://localhost',
  });
  assert.equal(await start.ends(), 78);
  assert.equal(start.out, '');
  const [title, ...lines] = start.said.trimEnd().split('\n');
  assert.equal(title, 'These settings are wrong:');
  assert.deepEqual(lines.map((line) => /^ {2}([A-Z_]+) \S/.exec(line)?.[1]).sort(), [
    'DEMO_PASSWORD',
    'HOLD_SECONDS',
    'HOST',
    'LOG_LEVEL',
    'PORT',
    'REDIS_URL',
  ]);
});
