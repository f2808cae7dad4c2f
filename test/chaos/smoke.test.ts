// A short run with real processes: nodes are killed, frozen and cut off, and every answer is held against what really happened.
// `SEED=… npm test -- chaos/smoke` draws the same plan again; `npm run chaos` is the long form.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Report } from '../../chaos/report/report.ts';
import { POSTGRES_MISSING } from '../support/postgres.ts';
import { REDIS_MISSING } from '../support/redis.ts';

const CHAOS = join(import.meta.dirname, '../../chaos/run.ts');
/** Always the same plan, of thirteen kinds of faults, so that it is not luck what lands; `npm run chaos` draws others. */
const SEED = Number(process.env.SEED ?? 32);
/** Of breaking things; starting the world and waiting until all is said and shown come on top. */
const SECONDS = 60;
const LIMIT_MS = 220_000;

type Ended = { readonly code: number; readonly out: string; readonly said: string };

function chaos(...words: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [CHAOS, ...words], { timeout: LIMIT_MS, maxBuffer: 2 ** 26 }, (_failure, out, said) =>
      resolve({ code: child.exitCode ?? -1, out, said }),
    );
  });
}

test(`three nodes keep every promise while they are broken (SEED=${SEED})`, {
  skip: POSTGRES_MISSING || REDIS_MISSING,
  timeout: LIMIT_MS + 10_000,
}, async () => {
  await using place = await mkdtempDisposable(join(tmpdir(), 'slotkeeper-chaos-smoke-'));
  const { code, out, said } = await chaos('--nodes', '3', '--seconds', `${SECONDS}`, '--seed', `${SEED}`, '--out', place.path, '--json');
  assert.equal(code, 0, `${said}\n${out}`);
  const report: Report = JSON.parse(out);
  assert.ok(report.timings.length > 0 && report.judged.changes > 100 && report.judged.refusals > 10 && report.judged.screens > 10, out);
});

test('wrong options are said, and nothing is started', async () => {
  const { code, said } = await chaos('--nodes', '0');
  assert.deepEqual([code, /--nodes must be a whole number from 1 to 5/.test(said)], [64, true]);
});
