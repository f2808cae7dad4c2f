// Sets of numbers as runs: flat pairs, half-open, in order, neither touching nor overlapping. Moments of a timeline, or times of one day.
import { valueAt } from './columns.ts';

export type Runs = readonly number[];

/** Appends [from, to) to runs in order; one that touches or overlaps the last is joined to it. `from` must not lie before the last one's. */
export function pushRun(runs: number[], from: number, to: number): void {
  const last = runs.length - 1;
  if (last >= 0 && valueAt(runs, last) >= from) runs[last] = Math.max(valueAt(runs, last), to);
  else runs.push(from, to);
}

/** What is in both. Pieces cannot touch: where one ends, one of the two does. */
export function shared(one: Runs, other: Runs): Runs {
  const both: number[] = [];
  for (let left = 0, right = 0; left < one.length && right < other.length; ) {
    const opensAt = Math.max(valueAt(one, left), valueAt(other, right));
    const closesAt = Math.min(valueAt(one, left + 1), valueAt(other, right + 1));
    if (opensAt < closesAt) both.push(opensAt, closesAt);
    if (closesAt === valueAt(one, left + 1)) left += 2;
    else right += 2;
  }
  return both;
}

/** What is in either. */
export function joined(one: Runs, other: Runs): Runs {
  const either: number[] = [];
  for (let left = 0, right = 0; left < one.length || right < other.length; ) {
    if (right >= other.length || (left < one.length && valueAt(one, left) <= valueAt(other, right))) {
      pushRun(either, valueAt(one, left), valueAt(one, left + 1));
      left += 2;
    } else {
      pushRun(either, valueAt(other, right), valueAt(other, right + 1));
      right += 2;
    }
  }
  return either;
}
