// `npm run bench [-- words…] [--save]`: measures the subjects whose names contain one of the words, or all of them, prints Markdown, and keeps it in bench/README.md.
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import path from 'node:path';
import { measureClaimCore } from './claims/claim-core.ts';
import { measureCrossNode } from './claims/cross-node.ts';
import { measureHotMoment } from './claims/hot-moment.ts';
import { measureGrowth } from './growth/tables.ts';
import { measureLogins } from './logins/logins.ts';
import type { Section } from './measure.ts';
import { measurePushes } from './push/another-node.ts';
import { measureReminders } from './reminders/reminders.ts';
import { measureSlots } from './slots/slots.ts';
import { WHOLE_STACK } from './whole-stack/whole-stack.ts';
import { measureYear } from './year/year.ts';

const SUBJECTS: Readonly<Record<string, () => Promise<Section>>> = {
  slots: measureSlots,
  'claim-core': measureClaimCore,
  'hot-moment': measureHotMoment,
  'cross-node': measureCrossNode,
  pushes: measurePushes,
  logins: measureLogins,
  growth: measureGrowth,
  reminders: measureReminders,
  year: measureYear,
  ...WHOLE_STACK,
};
const README = path.join(import.meta.dirname, 'README.md');
/** What stands below it in the README is the newest saved result. */
const RESULTS = '## Results\n';

const flags = process.argv.slice(2).filter((word) => word.startsWith('--'));
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const chosen = Object.entries(SUBJECTS).filter(([name]) => words.length === 0 || words.some((word) => name.includes(word)));
const wrong = flags.find((flag) => flag !== '--save');
if (chosen.length === 0 || wrong !== undefined) {
  console.error(`usage: npm run bench [-- ${Object.keys(SUBJECTS).join(' | ')}] [--save]`);
  process.exitCode = 64;
} else {
  const printed = [machine()];
  console.log(machine());
  for (const [name, measure] of chosen) {
    process.stderr.write(`${name} `);
    const { title, notes, table } = await measure();
    const section = `### ${title}\n\n${notes.join('\n')}\n\n${table}\n`;
    console.log(section);
    printed.push(section);
  }
  if (flags.includes('--save')) {
    const [before = ''] = (await readFile(README, 'utf8')).split(RESULTS);
    await writeFile(README, `${before}${RESULTS}\n${printed.join('\n')}`);
  }
}

function machine(): string {
  const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8', cwd: import.meta.dirname }).trim();
  const processor = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`;
  return `${new Date().toISOString().slice(0, 10)}, ${commit}, Node ${process.version}, ${processor}, load ${loadavg()[0]?.toFixed(1)} at the start\n`;
}
