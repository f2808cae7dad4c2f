// A report in words, for a terminal.
import { INVARIANTS } from '../checker/invariants.ts';
import type { Report } from './report.ts';
import type { FaultTiming } from './timings.ts';

export function wordsOf(report: Report): string {
  const { counts, judged, stops } = report;
  const refusals = Object.entries(report.counts.refusals);
  const rows: (readonly [string, string])[] = [
    ['seed, nodes, seconds', `${report.seed}, ${report.nodes}, ${report.seconds}`],
    ['writes', String(counts.writes)],
    ['  done', String(counts.oks)],
    ['  refused', String(refusals.reduce((sum, [, count]) => sum + count, 0))],
    ...refusals.map(([code, count]) => [`    ${code}`, String(count)] as const),
    ['  left unknown', String(counts.unknown)],
    ['  never taken', String(counts.nothing)],
    ['asked again with the same key', String(counts.retries)],
    ['attempts without an answer', String(counts.unanswered)],
    ['judged', `${judged.changes} changes, ${judged.refusals} refusals, ${judged.reads} reads, ${judged.screens} glances at screens`],
    ['faults that fired', String(report.timings.length - report.unfired.length)],
    ...Object.entries(report.fired).map(([kind, count]) => [`  ${kind}`, String(count)] as const),
    [
      'SIGTERM',
      `${stops.restarts} times, ${stops.asked} attempts meanwhile: ${stops.sentElsewhere} sent elsewhere, ${stops.givenUp} not waited for, ${stops.failed} failed`,
    ],
    ['after the last fault', `boards right within ${ms(report.screensCaughtUpMs)}, claims answered everywhere within ${ms(report.probesAnsweredMs)}`],
  ];
  const wide = Math.max(...rows.map(([name]) => name.length));
  return [...rows.map(([name, value]) => `${name.padEnd(wide)}  ${value}`), '', ...timingWords(report.timings), '', ...verdictWords(report)].join('\n');
}

/** By kind: median and most. */
function timingWords(timings: readonly FaultTiming[]): string[] {
  const columns = ['first ok at its node', 'first ok elsewhere, slowest calendar', 'longest silence', 'all ready'] as const;
  const lines = [...Map.groupBy(timings, ({ kind }) => kind)].map(([kind, all]) => {
    const cells = [
      all.map(({ onVictimMs }) => onVictimMs),
      all.map(({ elsewhereMs }) => elsewhereMs),
      all.map(({ longestSilenceMs }) => longestSilenceMs),
      all.map(({ recoveredMs }) => recoveredMs),
    ];
    return `  ${kind.padEnd(34)}${cells.map((values, index) => spread(values).padEnd((columns[index] ?? '').length + 2)).join('')}`;
  });
  return [
    `milliseconds from the beginning of a fault, median / most\n  ${''.padEnd(34)}${columns.map((name) => name.padEnd(name.length + 2)).join('')}`,
    ...lines.sort(),
  ];
}

function spread(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null).sort((one, other) => one - other);
  if (known.length === 0) return '–';
  const never = known.length < values.length ? ' +never' : '';
  return `${known[Math.floor((known.length - 1) / 2)]} / ${known.at(-1)}${never}`;
}

function verdictWords({ violations, first, unfired, isGood }: Report): string[] {
  if (isGood) return ['Every promise was kept, and every planned fault fired.'];
  const broken = Object.entries(violations).map(
    ([number, count]) => `  (${number}) ${count} times: ${Object.entries(INVARIANTS).find(([key]) => key === number)?.[1]}`,
  );
  const what = first === null ? [] : ['Broken promises:', ...broken, '', `The first: (${first.invariant}) ${first.what}`, ...first.window];
  return [...what, ...(unfired.length > 0 ? ['', 'Planned, and never fired:', ...unfired.map((line) => `  ${line}`)] : [])];
}

function ms(milliseconds: number | null): string {
  return milliseconds === null ? 'no time that was waited' : `${milliseconds} ms`;
}
