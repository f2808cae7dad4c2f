// `FUZZ_SEED=… FUZZ_RUNS=… npm test -- fuzz` repeats a run, or makes it longer.

/** Of one run of both suites over both databases. */
const USUAL_RUNS = 2_000;

export const FUZZ_SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(process.env.FUZZ_RUNS ?? USUAL_RUNS);
console.log(`fuzz: FUZZ_SEED=${FUZZ_SEED} FUZZ_RUNS=${runs}`);

/** A part of all the runs. */
export function partOfRuns(part: number): number {
  return Math.max(1, Math.round(runs * part));
}
