// `npm run load-year -- --database postgres://… [--appointments N] [--people N] [--seed N]`: a year of a large business in an empty database.
import { parseArgs } from 'node:util';
import { openDatabase } from '../src/persistence/database/open-database.ts';
import { A_YEAR, loadYear } from './year/load-year.ts';

const USAGE = 'usage: npm run load-year -- --database postgres://… [--appointments 1000000] [--people 100] [--seed 1]\n';
const number = { type: 'string' } as const;
const { values } = parseArgs({ options: { database: { type: 'string' }, appointments: number, people: number, seed: number } });
const { database: url, ...numbers } = values;
const year = { ...A_YEAR, ...Object.fromEntries(Object.entries(numbers).map(([name, text]) => [name, Number(text)])) };
// Each person has 32 quarters of an hour on each of 365 days.
const isPossible =
  Object.values(year).every((value) => Number.isSafeInteger(value) && value > 0) && year.people <= 1_000 && year.appointments <= year.people * 365 * 32;
if (url === undefined || !isPossible) {
  process.stderr.write(USAGE);
  process.exitCode = 64;
} else {
  const began = performance.now();
  await using database = await openDatabase({ kind: 'postgres', url });
  await loadYear(database, year, (words) => process.stdout.write(`${Math.round((performance.now() - began) / 1_000)} s: ${words}\n`));
}
