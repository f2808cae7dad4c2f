// kill -9 while customers and desks are at it: what was answered stands, what was refused never happened, and every key still has its answer.
// `ROUNDS=20` repeats it as often on each database; `SEED` makes the same choices again.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { JournalLine } from '../../bench/traffic/journal.ts';
import type { CalendarEvent } from '../../src/actors/calendar/calendar.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { type DatabaseConfig, openDatabase } from '../../src/persistence/database/open-database.ts';
import { USUAL_ENGINES } from '../persistence/engines.ts';
import { eventually } from '../support/eventually.ts';
import { TEST_PASSWORD } from '../support/test-server.ts';
import { auditDatabase } from './audit.ts';
import { type ServerProcess, startServer } from './demo-process.ts';

const TRAFFIC = join(import.meta.dirname, '../../bench/traffic.ts');
const ROUNDS = Number(process.env.ROUNDS ?? 2);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const CUSTOMERS = 30;
/** The traffic has got going, however busy the machine is; then any moment will do. */
const KILL_AFTER_CLAIMS = 2 * CUSTOMERS;
const GOING_WITHIN_MS = 15_000;
const KILL_WITHIN_MS = 2_500;
const REPEATS_AT_ONCE = 20;

for (const kind of USUAL_ENGINES) {
  describe(`a server on ${kind.name} that is killed in the middle of traffic`, { skip: kind.skip }, () => {
    test(`keeps what it acknowledged, ${ROUNDS} times (SEED=${SEED})`, { timeout: 60_000 + ROUNDS * 60_000 }, async () => {
      await using engine = await kind.start();
      await using fresh = await engine.fresh();
      let answered = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const lines = await killInTraffic(fresh.config, round);
        answered += lines.filter(({ outcome }) => outcome !== 'unknown').length;
        await repeatAll(fresh.config, lines);
        await checkDatabase(fresh.config, lines);
      }
      assert.ok(answered >= ROUNDS * CUSTOMERS, `only ${answered} claims were answered: nothing was tried`);
    });
  });
}

async function killInTraffic(database: DatabaseConfig, round: number): Promise<readonly JournalLine[]> {
  await using place = await mkdtempDisposable(join(tmpdir(), 'slotkeeper-kill-'));
  const journal = join(place.path, 'journal.jsonl');
  const server = await startServer(database);
  const words = ['--url', server.url, '--customers', `${CUSTOMERS}`, '--desks', '2', '--seconds', '20', '--seed', `${SEED + round}`];
  const traffic = new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [TRAFFIC, ...words, '--journal', journal, '--tolerate-crash', '--desk-password', TEST_PASSWORD],
      { timeout: 60_000 },
      (_failure, out, said) => resolve(out + said),
    );
  });
  await eventually(async () => claimsIn(await readFile(journal, 'utf8').catch(() => '')).length >= KILL_AFTER_CLAIMS, GOING_WITHIN_MS);
  await wait((SEED * 31 + round * 977) % KILL_WITHIN_MS);
  assert.equal(await server.end('SIGKILL'), null, 'it was killed, it did not end by itself');
  await traffic;
  return claimsIn(await readFile(journal, 'utf8')).map((line) => JSON.parse(line));
}

function claimsIn(journal: string): readonly string[] {
  return journal.split('\n').filter((line) => line !== '');
}

/** Asks for everything once more under its own key. An answer that was given is given again; one that got lost comes now. */
async function repeatAll(database: DatabaseConfig, lines: readonly JournalLine[]): Promise<void> {
  const server = await startServer(database);
  const desk = await login(server);
  for (let start = 0; start < lines.length; start += REPEATS_AT_ONCE) {
    await Promise.all(lines.slice(start, start + REPEATS_AT_ONCE).map((line) => repeat(server, desk, line)));
  }
  assert.equal(await server.end('SIGTERM'), 0);
}

async function login({ url }: ServerProcess): Promise<string> {
  const body = JSON.stringify({ email: 'desk@demo.test', password: TEST_PASSWORD });
  const said = await fetch(`${url}/v1/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  assert.equal(said.status, 200);
  return (await said.json()).accessToken;
}

async function repeat({ url }: ServerProcess, desk: string, { request, as, answer, outcome, key }: JournalLine): Promise<void> {
  const said = await fetch(url + request.path, {
    method: request.method,
    headers: {
      ...request.headers,
      ...(request.method !== 'DELETE' && { 'content-type': 'application/json' }),
      ...(as === 'desk' && { authorization: `Bearer ${desk}` }),
    },
    ...(request.method !== 'DELETE' && { body: JSON.stringify(request.body) }),
  });
  const text = await said.text();
  const body = text === '' ? null : JSON.parse(text);
  const told = answer as { id?: string; code?: string } | null;
  if (outcome === 'ok') assert.deepEqual([said.headers.get('idempotency-replayed'), body?.id], ['true', told?.id], `${key} ${text}`);
  if (outcome === 'no') assert.equal(body?.code, told?.code, `${key} ${text}`);
  if (outcome === 'unknown') assert.ok(said.status < 500, `${key} ${text}`);
}

async function checkDatabase(config: DatabaseConfig, lines: readonly JournalLine[]): Promise<void> {
  await using database = await openDatabase(config);
  await auditDatabase(database);
  const written = await requestsByKey(database);
  for (const { key, outcome, answer } of lines) {
    const row = written.get(key);
    if (outcome === 'ok') {
      const { id, revision } = (answer ?? {}) as { id?: string; revision?: number };
      assert.equal(row?.outcome, 'ok', `${key} was acknowledged`);
      assert.ok(row.fact !== null, `${key} is in the change log`);
      // What is let go is answered without a body.
      if (id !== undefined) assert.ok(JSON.stringify(row.fact).includes(`"${id}"`), `${key} is in the change log as it was answered`);
      if (revision !== undefined) assert.equal(row.revision, revision, `${key} has the revision it was told`);
    }
    if (outcome === 'no') assert.notEqual(row?.outcome, 'ok', `${key} was refused`);
  }
}

type Written = { readonly outcome: string; readonly revision: number | null; readonly fact: CalendarEvent | null };

async function requestsByKey(database: Database): Promise<ReadonlyMap<string, Written>> {
  const rows = await database.sql(
    'select r.key, r.outcome, r.revision, h.events -> (r.event_index::int) from request r left join change h on h.calendar_id = r.calendar_id and h.revision = r.revision',
  );
  return new Map(rows.map(([key, outcome, revision, fact]) => [String(key), { outcome, revision, fact } as Written]));
}
