// Breaks real nodes and judges what they said; see `--help`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WrongOptions } from '../bench/traffic/options.ts';
import { check } from './checker/check.ts';
import type { Line } from './history/lines.ts';
import { readLines } from './history/recorder.ts';
import { measure } from './measure/measure.ts';
import { runOnce } from './one-run.ts';
import { type ChaosOptions, HELP, readOptions } from './options.ts';
import { drawPlan } from './plan/draw.ts';
import { type Plan, plan as planSchema } from './plan/faults.ts';
import { reportOf } from './report/report.ts';
import { timelinePage } from './report/timeline.ts';
import { wordsOf } from './report/words.ts';

const WRONG_OPTIONS = 64;

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function planOf(options: ChaosOptions): Plan {
  if (options.planFile === null) return drawPlan(options);
  const read = planSchema.safeParse(JSON.parse(readFileSync(options.planFile, 'utf8')));
  if (!read.success) throw new WrongOptions(`${options.planFile} is not a plan: ${read.error.message}`);
  const { nodes, faults } = read.data;
  const stranger = faults.find(({ node, kind }) => (node !== null && node >= nodes) || (nodes === 1 && kind.startsWith('redis-')));
  if (stranger !== undefined) throw new WrongOptions(`fault ${stranger.id} of ${options.planFile} is for a world with other nodes`);
  return read.data;
}

async function play(options: ChaosOptions): Promise<readonly Line[]> {
  const plan = planOf(options);
  writeFileSync(join(options.out, 'plan.json'), `${JSON.stringify(plan, null, 2)}\n`);
  say(
    `seed ${plan.seed}, ${plan.nodes} nodes, ${plan.seconds} s, ${plan.faults.length} faults, ${options.customers} customers; everything goes to ${options.out}`,
  );
  for (const { id, kind, node, startsAtSeconds, lastsSeconds, together, detail } of plan.faults) {
    const where = node === null ? '' : ` at node ${node}`;
    const how = detail === null ? '' : `, ${detail}${typeof detail === 'number' ? ' ms late' : ''}`;
    say(`  ${id}. at ${startsAtSeconds} s: ${kind}${where} for ${lastsSeconds} s${how}${together ? ', together with the one before' : ''}`);
  }
  return await runOnce({ plan, customers: options.customers, rooms: options.rooms, out: options.out, say });
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  mkdirSync(options.out, { recursive: true });
  if (options.measure !== null) return await measure({ ...options, measure: options.measure, say });
  const verdict = check(options.historyFile === null ? await play(options) : readLines(options.historyFile));
  const report = reportOf(verdict);
  writeFileSync(join(options.out, 'report.json'), `${JSON.stringify({ ...report, all: verdict.violations }, null, 2)}\n`);
  writeFileSync(join(options.out, 'timeline.html'), timelinePage(verdict));
  console.log(options.isJson ? JSON.stringify(report) : wordsOf(report));
  say(`report, plan, history and logs: ${options.out} (open timeline.html)`);
  return report.isGood ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (failure) {
  if (!(failure instanceof WrongOptions)) throw failure;
  console.error(`${failure.message}\n\n${HELP}`);
  process.exitCode = WRONG_OPTIONS;
}
