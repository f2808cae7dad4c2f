// `npm test [-- [--on moment…] words…]`: runs every test file whose path contains one of the words, or all of them, and ends with the summary.
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { spec } from 'node:test/reporters';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { DAYS, DAYS_FOR_PAGES, momentOf, NEEDS_EVERY_DAY, PAGES, SAME_ON_EVERY_DAY, USUAL_DAYS } from './days.ts';
import { type Job, runJobs } from './pool.ts';
import { CLOCK_STARTS_AT } from './support/clock.ts';
import { startShared } from './support/shared-postgres.ts';
import { type Together, together } from './together.ts';

const PROJECT = path.join(import.meta.dirname, '..');
/** Files at a time. Many of them start servers of their own, so more than there are cores would only make each other late. */
const CONCURRENT_FILES = Math.min(4, availableParallelism());
/** A test that takes longer hangs. A file has a deadline of its own, see file-deadline.ts. */
const TEST_TIMEOUT_MS = 5 * 60_000;
const FILE_DEADLINE = path.join(import.meta.dirname, 'file-deadline.ts');
const CLOCK = pathToFileURL(path.join(import.meta.dirname, 'support/clock.ts'));
const TOGETHER = path.join(PROJECT, 'node_modules', '.cache', 'slotkeeper-together');
/** What CI skips nobody ever runs. */
const SKIPPING_FAILS = !['', 'false', '0', undefined].includes(process.env.CI);

/** A minute and more each, wherever their names put them: none of them is to be the last one, with the other cores idle. */
const TAKES_LONG = /many-nodes|test\/(chaos|faults|acceptance|web)\/|attacks/;
/** Most of their time goes by in waiting for limits of time, for the other side, or for a database that is away. So it does in files that run together. */
const WAITS =
  /test\/(chaos\/told|calendars-in-and-out\/calendars|messages\/sms|gateway\/socket\/slow-reader|gateway\/security\/budgets|faults\/(reads-in-outage|full-disk|proxy))\./;
/** So many of the files that took longest are named at the end. */
const SLOWEST_SHOWN = 12;
const OPTIONS = { cwd: PROJECT, atATime: CONCURRENT_FILES, timeout: TEST_TIMEOUT_MS, execArgv: ['--import', FILE_DEADLINE] };

type NamedJob = Job & Pick<Together, 'names'> & { readonly day?: string };
/** Files that run together; `on`: as if it were another day; `without`: tests that are left out, by their names. */
type Round = { readonly files: readonly string[]; readonly on?: { readonly name: string; readonly moment: number }; readonly without?: RegExp };
type Counts = Readonly<Record<'tests' | 'suites' | 'passed' | 'failed' | 'cancelled' | 'skipped' | 'todo', number>>;
type Outcome = {
  name?: string;
  file?: string;
  skip?: string | boolean;
  todo?: string | boolean;
  message?: string;
  nesting?: number;
  counts?: Counts;
  duration_ms?: number;
};
type Event = { type: string; data: Outcome };

/** What Node says at the end of a run, and we at the end of all. */
const CLOSING_LINE = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

/** All jobs as if they were one run: with one summary, which begins with the tests that were skipped. */
async function* runAll(jobs: readonly NamedJob[]): AsyncGenerator<Event> {
  const skipped: Outcome[] = [];
  const summaries: Outcome[] = [];
  const startedAt = performance.now();
  let slowest: readonly string[] = [];
  const secondsOf = ([{ names, day }, milliseconds]: readonly [NamedJob, number]) =>
    `${Math.round(milliseconds / 1_000)} s ${names.join(' + ')}${day === undefined ? '' : ` [${day}]`}`;
  const keepSlowest = (took: readonly (readonly [NamedJob, number])[]) => {
    slowest = took.slice(0, SLOWEST_SHOWN).map(secondsOf);
  };
  for await (const [{ day }, event] of runJobs<Event, NamedJob>(jobs, OPTIONS, keepSlowest)) {
    const { type, data } = event;
    if (type === 'test:pass' && (data.skip || data.todo)) skipped.push(data);
    if (type === 'test:fail' && !data.todo) process.exitCode = 1;
    if (type === 'test:summary' && data.file === undefined) summaries.push(data);
    else if (type === 'test:diagnostic' && data.nesting === 0 && CLOSING_LINE.test(data.message ?? '')) continue;
    else yield day === undefined || data.name === undefined ? event : { type, data: { ...data, name: `${data.name} [${day}]` } };
  }
  yield* skipped.map(diagnosticOf);
  const sum = (what: keyof Counts) => summaries.reduce((total, { counts }) => total + (counts?.[what] ?? 0), 0);
  if ((SKIPPING_FAILS && skipped.length > 0) || sum('passed') === 0) process.exitCode = 1;
  const lines = { tests: sum('tests'), suites: sum('suites'), pass: sum('passed'), fail: sum('failed'), cancelled: sum('cancelled'), skipped: sum('skipped') };
  const durationMs = performance.now() - startedAt;
  for (const [name, value] of Object.entries({ ...lines, todo: sum('todo'), duration_ms: durationMs })) yield closingLine(`${name} ${value}`);
  if (jobs.length > SLOWEST_SHOWN) yield closingLine(`slowest files: ${slowest.join(', ')}`);
  // With this the reporter names what has failed.
  yield { type: 'test:summary', data: { ...summaries.at(-1), duration_ms: durationMs } };
}

/** The files of all rounds, those that take longest first; of those that are alike in that, the most files together. */
function jobsOf(rounds: readonly Round[]): readonly NamedJob[] {
  const jobs = rounds.flatMap(({ files, on, without }) => {
    const env = on && { ...process.env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${CLOCK}`.trim(), [CLOCK_STARTS_AT]: String(on.moment) };
    return together(files, PROJECT, TOGETHER).map((run) => ({
      ...run,
      ...(on && { day: on.name }),
      ...(env && { env }),
      ...(without && { without }),
      waits: run.names.some((name) => WAITS.test(name)),
    }));
  });
  const isLong = ({ names }: NamedJob) => names.some((name) => TAKES_LONG.test(name));
  const rank = (job: NamedJob) => (job.waits ? 0 : isLong(job) ? 1 : 2);
  return jobs.toSorted((one, other) => rank(one) - rank(other) || other.names.length - one.names.length);
}

function diagnosticOf(outcome: Outcome): Event {
  const where = outcome.file === undefined ? '' : ` (${path.relative(PROJECT, outcome.file)})`;
  const message = `${SKIPPING_FAILS ? 'skipped, which is a failure in CI' : 'skipped'}: ${outcome.name}${where}`;
  return { type: 'test:diagnostic', data: { nesting: 0, message, level: SKIPPING_FAILS ? 'error' : 'warn' } as Outcome };
}

function closingLine(message: string): Event {
  return { type: 'test:diagnostic', data: { nesting: 0, message, level: 'info' } as Outcome };
}

function filesWith(words: readonly string[]): readonly string[] {
  return globSync('test/**/*.test.ts', { cwd: PROJECT })
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
    .sort()
    .map((file) => path.join(PROJECT, file));
}

/** Without any arguments: everything today, and what seeds a business on a day of another kind. */
function roundsOf(words: readonly string[], moments: readonly string[]): readonly Round[] {
  const usual = words.length === 0 && moments.length === 0 ? USUAL_DAYS : moments;
  const names = moments.includes('every') ? Object.keys(DAYS) : usual;
  const files = filesWith(words.length === 0 ? NEEDS_EVERY_DAY : words);
  const without = words.length === 0 ? { without: SAME_ON_EVERY_DAY } : {};
  const hasPages = (name: string) => words.length > 0 || (moments.length > 0 && DAYS_FOR_PAGES.includes(name));
  const filesOn = (name: string) => files.filter((file) => hasPages(name) || !file.includes(PAGES));
  const elsewhen = names.map((name) => ({ files: filesOn(name), on: { name, moment: momentOf(name) }, ...without }));
  return moments.length > 0 && !moments.includes('every') ? elsewhen : [{ files: filesWith(words) }, ...elsewhen];
}

const { values, positionals } = parseArgs({ options: { on: { type: 'string', multiple: true, default: [] } }, allowPositionals: true });
const mistaken = values.on.filter((name) => name !== 'every' && Number.isNaN(momentOf(name)));
const rounds = mistaken.length > 0 ? [] : roundsOf(positionals, values.on).filter(({ files }) => files.length > 0);

if (mistaken.length > 0) {
  console.error(`--on takes a moment such as 2028-02-29T10:00:00Z, every, or one of ${Object.keys(DAYS).join(', ')}; not ${mistaken.join(', ')}`);
  process.exitCode = 64;
} else if (rounds.length === 0) {
  console.error(`no test file has ${positionals.map((word) => `"${word}"`).join(' or ')} in its path`);
  process.exitCode = 64;
} else {
  await using _ = await startShared();
  const reporter = new spec();
  reporter.pipe(process.stdout);
  for await (const event of runAll(jobsOf(rounds))) reporter.write(event);
  reporter.end();
}
