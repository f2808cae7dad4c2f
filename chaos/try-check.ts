import { check } from './checker/check.ts';
import { readLines } from './history/recorder.ts';

const t = performance.now();
const verdict = check(readLines(process.argv[2] ?? ''));
console.log(JSON.stringify(verdict.judged), verdict.violations.length, Math.round(performance.now() - t));
console.log(Object.fromEntries([...Map.groupBy(verdict.violations, (v) => v.invariant)].map(([k, v]) => [k, v.length])));
console.log(
  Object.fromEntries(
    [...Map.groupBy(verdict.writes, (w) => `${w.asked.operation} ${w.outcome.type === 'no' ? w.outcome.code : w.outcome.type}`)].map(([k, v]) => [k, v.length]),
  ),
);
for (const v of verdict.violations.slice(0, 12)) console.log(JSON.stringify(v));
