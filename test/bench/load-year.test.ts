import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadYear } from '../../bench/year/load-year.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { POSTGRES_MISSING } from '../support/postgres.ts';
import { sharedPostgres } from '../support/shared-postgres.ts';

/** Numbers in the order of the money, by the years that clocks at the locations show. */
const PAID = `select extract(year from to_timestamp(e.at / 1000.0) at time zone l.time_zone)::int, array_agg(p.receipt_number order by e.at, p.id)
  from payment p join ledger_entry e on e.payment_id = p.id join location l on l.id = p.location_id group by 1 order by 1`;

test('what is paid in a loaded year has receipts of one series for each year, without a gap, which the server goes on with', {
  skip: POSTGRES_MISSING,
}, async () => {
  await using shared = await sharedPostgres();
  await using fresh = await shared.fresh();
  await using database = await openDatabase({ kind: 'postgres', url: fresh.url });
  await loadYear(database, { appointments: 3_000, people: 4, seed: 7 });
  const paid = (await database.sql(PAID)).map(([year, numbers]) => ({ year: Number(year), numbers: numbers as readonly string[] }));
  assert.ok(paid.length >= 1 && paid.every(({ numbers }) => numbers.length > 0));
  for (const { year, numbers } of paid)
    assert.deepEqual(
      numbers,
      numbers.map((_, at) => `${year}-${String(at + 1).padStart(6, '0')}`),
    );
  const series = await database.sql('select year, last from receipt_series order by year');
  assert.deepEqual(
    series.map(([year, last]) => [Number(year), Number(last)]),
    paid.map(({ year, numbers }) => [year, numbers.length]),
  );
});
