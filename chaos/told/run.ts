// Kills nodes between commit and send, and compares what arrived with the log: `node launch.mjs chaos/told/run.ts --rounds 50 --seed 7`.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readInteger, WrongOptions } from '../../bench/traffic/options.ts';
import { checkTold } from './check-told.ts';
import { TELLING_BUGS } from './planted-in-telling.ts';
import { runTold, type ToldRun } from './told-run.ts';

const WRONG_OPTIONS = 64;
const MOST_SHOWN = 20;
const { values } = parseArgs({
  strict: true,
  options: { rounds: { type: 'string', default: '50' }, seed: { type: 'string' }, bug: { type: 'string' }, out: { type: 'string' } },
});

function wordsOf({ history, pending, asked }: ToldRun): string {
  const { log, arrivals, mails } = history;
  const distinct = (names: readonly string[]) => new Set(names).size;
  const hooks = distinct(arrivals.map(({ endpoint, headerId }) => `${endpoint} ${headerId}`));
  const distinctMails = distinct(mails.map(({ messageId }) => messageId));
  return [
    `${pending.length} kills, ${asked.done} requests done and ${asked.refused} refused, ${log.length} changes in the log`,
    `${hooks} webhooks arrived, ${arrivals.length - hooks} of them more than once or after a refusal`,
    `${distinctMails} e-mails arrived, ${mails.length - distinctMails} of them more than once`,
  ].join('\n');
}

async function main(): Promise<number> {
  const { bug = null } = values;
  const known = TELLING_BUGS.map(({ name }) => name);
  if (bug !== null && !known.includes(bug)) throw new WrongOptions(`--bug must be one of ${known.join(', ')}`);
  const rounds = readInteger('rounds', values.rounds, 1, 1_000);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : readInteger('seed', values.seed, 0, 2 ** 32 - 1);
  const out = values.out ?? join(tmpdir(), `slotkeeper-told-report-${Date.now()}`);
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  say(`seed ${seed}, ${rounds} rounds${bug === null ? '' : `, with the bug ${bug}`}; logs in ${out}`);
  const run = await runTold({ rounds, seed, out, say, bug });
  const violations = checkTold(run.history);
  console.log(wordsOf(run));
  for (const { rule, what } of violations.slice(0, MOST_SHOWN)) console.log(`rule ${rule}: ${what}`);
  if (!run.isSettled) console.log('some of it still waits');
  console.log(violations.length === 0 && run.isSettled ? 'all is well' : `${violations.length} violations`);
  return violations.length === 0 && run.isSettled ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (failure) {
  if (!(failure instanceof WrongOptions)) throw failure;
  console.error(failure.message);
  process.exitCode = WRONG_OPTIONS;
}
