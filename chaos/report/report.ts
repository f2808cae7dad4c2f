import type { Verdict } from '../checker/check.ts';
import { INVARIANTS, type Violation } from '../checker/invariants.ts';
import type { FaultLine } from '../history/lines.ts';
import { type FaultTiming, type StopTally, stopTally, timingsOf } from './timings.ts';
import { windowAround } from './window.ts';

export type Report = {
  readonly seed: number;
  readonly nodes: number;
  readonly seconds: number;
  readonly isGood: boolean;
  /** By number of the invariant. */
  readonly violations: Readonly<Record<string, number>>;
  readonly first: (Violation & { readonly invariantText: string; readonly window: readonly string[] }) | null;
  readonly unfired: readonly string[];
  readonly counts: Counts;
  readonly judged: Verdict['judged'];
  readonly fired: Readonly<Record<string, number>>;
  readonly timings: readonly FaultTiming[];
  readonly stops: StopTally;
  readonly screensCaughtUpMs: number | null;
  readonly probesAnsweredMs: number | null;
};
type Counts = {
  readonly writes: number;
  readonly oks: number;
  readonly refusals: Readonly<Record<string, number>>;
  readonly unknown: number;
  readonly nothing: number;
  /** Attempts beyond the first of each write. */
  readonly retries: number;
  readonly unanswered: number;
};

export function reportOf(verdict: Verdict): Report {
  const { history, violations, judged } = verdict;
  const { run, faults, probes, caughtUp } = history;
  const [first] = violations;
  const unfired = faults.filter(({ fired }) => fired === 0).map(({ id, kind, proof }) => `fault ${id}, ${kind}: ${proof}`);
  const timings = timingsOf(history);
  const last = [...history.attempts, ...history.faults.map(({ endedAt }) => ({ answeredAt: endedAt }))].reduce(
    (most, { answeredAt }) => Math.max(most, answeredAt),
    0,
  );
  return {
    seed: run.seed,
    nodes: run.nodes,
    seconds: Math.round(last / 1_000),
    isGood: violations.length === 0 && unfired.length === 0,
    violations: countsOf(violations.map(({ invariant }) => String(invariant))),
    first: first === undefined ? null : { ...first, invariantText: INVARIANTS[first.invariant], window: windowAround(first, history) },
    unfired,
    counts: countWrites(verdict),
    judged,
    fired: countsOf(faults.filter(({ fired }) => fired > 0).map(({ kind }: FaultLine) => kind)),
    timings,
    stops: stopTally(history),
    screensCaughtUpMs: caughtUp?.after ?? null,
    probesAnsweredMs: probes.some(({ answeredAfter }) => answeredAfter === null) ? null : Math.max(0, ...probes.map(({ answeredAfter }) => answeredAfter ?? 0)),
  };
}

function countWrites({ writes, history }: Verdict): Counts {
  const of = (type: string) => writes.filter(({ outcome }) => outcome.type === type).length;
  return {
    writes: writes.length,
    oks: of('ok'),
    refusals: countsOf(writes.flatMap(({ outcome }) => (outcome.type === 'no' ? [outcome.code] : []))),
    unknown: of('unknown'),
    nothing: of('nothing'),
    retries: history.attempts.length - writes.length,
    unanswered: history.attempts.filter(({ answer }) => answer.type === 'lost').length,
  };
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts = [...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length] as const);
  return Object.fromEntries(counts.sort(([one], [other]) => one.localeCompare(other, 'en', { numeric: true })));
}
