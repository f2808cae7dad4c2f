// Random tests of one process share one seed, and say it: `SEED=… npm test -- model` repeats them.
import fc from 'fast-check';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
console.log(`random tests in ${process.argv[1]?.split('/').at(-1)}: SEED=${seed}`);

/** Enough even on a busy machine; mainly it ends the search for the smallest counterexample, which may take minutes. */
const LONGEST_MS = 20_000;

export function holds<Values extends [unknown, ...unknown[]]>(property: fc.IPropertyWithHooks<Values>, numRuns: number): void {
  fc.assert(property, { seed, numRuns, interruptAfterTimeLimit: LONGEST_MS });
}
