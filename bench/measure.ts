// How everything here is measured: contenders take turns, so that a slow moment of the machine hits all of them, and the median of the rounds counts.

/** One way to do the work. A round does it once and returns its score. */
export type Contender = { readonly name: string; round(): Promise<number> | number };
export type Unit = { readonly name: string /** Whether a higher score is the better one. */; readonly isMoreBetter: boolean; format(score: number): string };
export type Section = { readonly title: string; readonly notes: readonly string[]; readonly table: string };

export const CLAIMS_PER_SECOND: Unit = { name: 'claims/s', isMoreBetter: true, format: (score) => Math.round(score).toLocaleString('en') };
export const MILLISECONDS: Unit = { name: 'ms', isMoreBetter: false, format: (score) => score.toFixed(1) };
export const MILLISECONDS_FINE: Unit = { name: 'ms', isMoreBetter: false, format: (score) => score.toFixed(2) };
export const MICROSECONDS: Unit = {
  name: 'µs',
  isMoreBetter: false,
  format: (score) => (score < 10 ? score.toFixed(2) : Math.round(score).toLocaleString('en')),
};

export const ROUNDS = 7;

/** Every contender once, as often as there are rounds; who begins changes from round to round. */
export async function takeTurns(contenders: readonly Contender[], rounds = ROUNDS): Promise<ReadonlyMap<string, readonly number[]>> {
  const scores = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const contender = contenders[(round + turn) % contenders.length];
      if (contender === undefined) continue;
      scores.get(contender.name)?.push(await contender.round());
      process.stderr.write('.');
    }
  }
  process.stderr.write('\n');
  return scores;
}

export function median(scores: readonly number[]): number {
  const sorted = [...scores].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2;
}

/** A Markdown table; the first contender is ours, and the last column says how much better it is. */
export function compare(scores: ReadonlyMap<string, readonly number[]>, unit: Unit): string {
  const [ours = []] = scores.values();
  const rows = [...scores].map(([name, all], index) => {
    const ratio = unit.isMoreBetter ? median(ours) / median(all) : median(all) / median(ours);
    const spread = `${unit.format(Math.min(...all))} – ${unit.format(Math.max(...all))}`;
    return `| ${name} | ${unit.format(median(all))} | ${spread} | ${index === 0 ? '' : `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio).toLocaleString('en')}×`} |`;
  });
  return [`| | ${unit.name}, median | spread | Slotkeeper is better by |`, '|---|--:|--:|--:|', ...rows].join('\n');
}
