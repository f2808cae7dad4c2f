// Random tests of one process share one seed, and say it: `SEED=… npm test -- model` repeats them.
import fc from 'fast-check';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
console.log(`random tests in ${process.argv[1]?.split('/').at(-1)}: SEED=${seed}`);

export function holds<Values extends [unknown, ...unknown[]]>(property: fc.IPropertyWithHooks<Values>, numRuns: number): void {
  fc.assert(property, { seed, numRuns, endOnFailure: false });
}
