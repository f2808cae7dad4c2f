import type { TrafficOptions } from './options.ts';
import type { Tally } from './tally.ts';
import type { Comparison } from './verify.ts';

export type Report = {
  readonly seed: number;
  readonly seconds: number;
  readonly customers: number;
  readonly desks: number;
  readonly claims: number;
  readonly claimsPerSecond: number;
  readonly byOperation: Readonly<Record<string, number>>;
  readonly wins: number;
  readonly refusals: Readonly<Record<string, number>>;
  readonly unknown: number;
  readonly retries: number;
  readonly waits: number;
  readonly latencyMilliseconds: { readonly p50: number; readonly p99: number };
  readonly pushes: number;
  readonly gapsRepaired: number;
  readonly resyncs: number;
  readonly beacons: number;
  readonly screens: Comparison | null;
  readonly unexpected: number;
  readonly unexpectedFirst: readonly string[];
  readonly serverDied: boolean;
};

/** `screens` null: the server was not there any more to be compared with. */
export function reportOf(options: TrafficOptions, tally: Tally, seconds: number, screens: Comparison | null): Report {
  const rounded = (value: number) => Math.round(value * 100) / 100;
  return {
    seed: options.seed,
    seconds: rounded(seconds),
    customers: options.customers,
    desks: options.desks,
    claims: tally.claims,
    claimsPerSecond: rounded(tally.claims / seconds),
    byOperation: sorted(tally.byOperation),
    wins: tally.wins,
    refusals: sorted(tally.refusals),
    unknown: tally.unknown,
    retries: tally.retries,
    waits: tally.waits,
    latencyMilliseconds: { p50: rounded(tally.latency(0.5)), p99: rounded(tally.latency(0.99)) },
    pushes: tally.pushes,
    gapsRepaired: tally.gaps,
    resyncs: tally.resyncs,
    beacons: tally.beacons,
    screens,
    unexpected: tally.unexpectedCount,
    unexpectedFirst: tally.unexpected,
    serverDied: screens === null,
  };
}

export function isGood(report: Report): boolean {
  return report.unexpected === 0 && (report.screens === null || report.screens.differences.length === 0);
}

export function tableOf(report: Report): string {
  const refusals = Object.entries(report.refusals);
  const rows: (readonly [string, string])[] = [
    ['claims', `${report.claims} in ${report.seconds} s (${report.claimsPerSecond} a second)`],
    ...Object.entries(report.byOperation).map(([operation, count]) => [`  ${operation}`, String(count)] as const),
    ['wins', String(report.wins)],
    ['refusals', String(refusals.reduce((sum, [, count]) => sum + count, 0))],
    ...refusals.map(([code, count]) => [`  ${code}`, String(count)] as const),
    ['outcome unknown', String(report.unknown)],
    ['asked again with the same key', String(report.retries)],
    ['told to wait', String(report.waits)],
    ['answer within, p50 / p99', `${report.latencyMilliseconds.p50} / ${report.latencyMilliseconds.p99} ms`],
    ['pushes received', String(report.pushes)],
    ['gaps repaired / resyncs / beacons', `${report.gapsRepaired} / ${report.resyncs} / ${report.beacons}`],
    ['screens equal to the server', screensText(report.screens)],
    ['unexpected answers', String(report.unexpected)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const complaints = [...report.unexpectedFirst, ...(report.screens?.differences ?? [])].map((text) => `! ${text}`);
  return [...rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`), ...complaints].join('\n');
}

function screensText(screens: Comparison | null): string {
  if (screens === null) return 'not compared: the server died';
  const { boards, slotLists, columns, differences } = screens;
  return `${differences.length === 0 ? 'yes' : 'NO'}: ${boards} boards and ${slotLists} slot lists, ${columns} calendars on them, ${differences.length} differences`;
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([, one], [, other]) => other - one));
}
