// `npm test [-- words…]`: runs every test file whose path contains one of the words, or all of them, and ends with the summary.
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const PROJECT = path.join(import.meta.dirname, '..');
/** Files at a time. Several of them start a PostgreSQL and servers of their own, so more would only make each other late. */
const CONCURRENT_FILES = Math.min(4, availableParallelism());
/** A test that takes longer hangs. A file has a deadline of its own, see file-deadline.ts. */
const TEST_TIMEOUT_MS = 4 * 60_000;
const FILE_DEADLINE = path.join(import.meta.dirname, 'file-deadline.ts');
/** Every file is a process that loads the same sources: compiled once, that is half the work. Goes away with `npm ci`. */
const COMPILED = path.join(PROJECT, 'node_modules', '.cache', 'slotkeeper-compiled');
/** What CI skips nobody ever runs. */
const SKIPPING_FAILS = !['', 'false', '0', undefined].includes(process.env.CI);

type Events = AsyncIterable<{ type: string; data: unknown }>;
type Outcome = { name: string; file?: string; skip?: string | boolean; todo?: string | boolean; message?: string; nesting: number };

/** Passes every event on, and names the skipped tests just before the closing lines. */
async function* watchSkips(events: Events) {
  const skipped: Outcome[] = [];
  let passed = 0;
  for await (const event of events) {
    const outcome = event.data as Outcome;
    if (event.type === 'test:pass' && (outcome.skip || outcome.todo)) skipped.push(outcome);
    else if (event.type === 'test:pass') passed += 1;
    if (event.type === 'test:diagnostic' && outcome.nesting === 0 && /^tests \d+$/.test(outcome.message ?? '')) {
      yield* skipped.map(diagnosticOf);
      if ((SKIPPING_FAILS && skipped.length > 0) || passed === 0) process.exitCode = 1;
    }
    yield event;
  }
}

function diagnosticOf(outcome: Outcome) {
  const where = outcome.file === undefined ? '' : ` (${path.relative(PROJECT, outcome.file)})`;
  const message = `${SKIPPING_FAILS ? 'skipped, which is a failure in CI' : 'skipped'}: ${outcome.name}${where}`;
  return { type: 'test:diagnostic', data: { nesting: 0, message, level: SKIPPING_FAILS ? 'error' : 'warn' } };
}

process.env.NODE_COMPILE_CACHE ??= COMPILED;
const words = process.argv.slice(2);
const files = globSync('test/**/*.test.ts', { cwd: PROJECT })
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()
  .map((file) => path.join(PROJECT, file));

if (files.length === 0) {
  console.error(`no test file has ${words.map((word) => `"${word}"`).join(' or ')} in its path`);
  process.exitCode = 64;
} else {
  const events = run({ files, cwd: PROJECT, concurrency: CONCURRENT_FILES, timeout: TEST_TIMEOUT_MS, execArgv: ['--import', FILE_DEADLINE] });
  events.on('test:fail', (outcome) => {
    if (outcome.todo === undefined || outcome.todo === false) process.exitCode = 1;
  });
  events.compose(watchSkips).compose(new spec()).pipe(process.stdout);
}
