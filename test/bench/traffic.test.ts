import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { JournalLine } from '../../bench/traffic/journal.ts';
import type { Report } from '../../bench/traffic/report.ts';
import { openSmallShop, type SmallShop } from '../gateway/socket/small-shop.ts';
import { TEST_OWNER, TEST_PASSWORD } from '../support/test-server.ts';

const TRAFFIC = join(import.meta.dirname, '../../bench/traffic.ts');
type Ended = { readonly code: number; readonly out: string; readonly said: string };

function traffic(...words: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [TRAFFIC, ...words], { timeout: 60_000 }, (_failure, out, said) =>
      resolve({ code: child.exitCode ?? -1, out, said }),
    );
  });
}

const asDesk = ['--desk-email', TEST_OWNER, '--desk-password', TEST_PASSWORD];

async function repeat(shop: SmallShop, { request, as, answer, outcome }: JournalLine): Promise<void> {
  const { method, path, headers, body } = request;
  const said = await shop.ask(method, path, { headers, ...(method !== 'DELETE' && { body }), token: as === 'desk' ? shop.owner : undefined });
  const told = answer as { id?: string; code?: string } | null;
  if (outcome === 'ok') assert.deepEqual([said.headers.get('idempotency-replayed'), said.body?.id], ['true', told?.id], JSON.stringify(said.body));
  if (outcome === 'no') assert.equal(said.body.code, told?.code);
}

test('customers and desks compete, every screen ends equal to the server, and every answer can be had again', async () => {
  await using shop = await openSmallShop();
  await using place = await mkdtempDisposable(join(tmpdir(), 'slotkeeper-traffic-'));
  const journal = join(place.path, 'journal.jsonl');
  const { code, out, said } = await traffic(
    '--url',
    shop.url,
    '--customers',
    '16',
    '--desks',
    '2',
    '--seconds',
    '4',
    '--seed',
    '5',
    '--json',
    '--journal',
    journal,
    ...asDesk,
  );
  assert.equal(code, 0, out + said);
  const report: Report = JSON.parse(out);
  assert.deepEqual([report.unexpected, report.screens?.differences, report.screens?.boards, report.serverDied], [0, [], 2, false]);
  assert.ok(report.wins > 0 && report.pushes > 0 && report.claims >= report.wins);
  const lines: JournalLine[] = (await readFile(journal, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(lines.filter(({ outcome }) => outcome === 'ok').length, report.wins);
  for (const line of lines) await repeat(shop, line);
});

test('wrong options, no server and a wrong account are told apart', async () => {
  const wrong = await traffic('--customers', 'many');
  assert.deepEqual([wrong.code, wrong.said.includes('--customers must be a whole number')], [64, true]);
  assert.equal((await traffic('--url', 'ftp://example.org')).code, 64);
  assert.equal((await traffic('--colour')).code, 64);
  assert.equal((await traffic('--help')).code, 0);
  const nobody = await traffic('--url', 'http://127.0.0.1:9', '--seconds', '1');
  assert.deepEqual([nobody.code, nobody.said.includes('No server answers')], [69, true]);
});
