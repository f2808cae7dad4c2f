// Takings and the books as tables, with entries around midnight and around a change of clocks.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { DAY, MINUTE } from '../../../src/model/instant.ts';
import { openDatabase } from '../../../src/persistence/database/open-database.ts';
import { rebuildInsights } from '../../../src/persistence/insights/rebuild-insights.ts';
import { POSTGRES_MISSING } from '../../support/postgres.ts';
import { sharedPostgres } from '../../support/shared-postgres.ts';
import type { Json } from '../../support/test-server.ts';
import { type Business, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

type Entry = {
  readonly locationId: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount: number;
  readonly currency: string;
  readonly at: number;
  readonly taxPercent: number | null;
  readonly tax: number | null;
};

const stack = new AsyncDisposableStack();
let shop: Business;
const entries: Entry[] = [];
before(async () => {
  if (POSTGRES_MISSING !== false) return;
  const shared = stack.use(await sharedPostgres());
  const { url } = stack.use(await shared.fresh());
  shop = stack.use(await openBusiness({ DATABASE_URL: url }));
  const database = stack.use(await openDatabase({ kind: 'postgres', url }, { migrates: false }));
  const moves = [
    ...['provider', 'cash', 'terminal'].flatMap((account) => [
      [account, 'customers'],
      ['customers', account],
    ]),
    ['disputes', 'provider'],
    ['provider', 'disputes'],
    ['customers', 'disputes'],
  ];
  // Clocks go back in Berlin on 25 October 2026 and in New York on 1 November.
  for (const [locationId, currency, sunday] of [
    [shop.berlin, 'EUR', Date.UTC(2026, 9, 25)],
    [shop.newYork, 'USD', Date.UTC(2026, 10, 1)],
  ] as const)
    for (let at = sunday - DAY; at < sunday + 2 * DAY; at += 31 * MINUTE) {
      const [debit = '', credit = ''] = moves[entries.length % moves.length] ?? [];
      const [amount, taxPercent] = [1 + ((entries.length * 7_919) % 9_973), [19, null, 7, 5.55][Math.floor(entries.length / moves.length) % 4] ?? null];
      const isTaxed = taxPercent !== null && (debit === 'customers' || credit === 'customers');
      entries.push({ locationId, debit, credit, amount, currency, at, taxPercent, tax: isTaxed ? (entries.length * 31) % (amount + 1) : null });
    }
  for (const { locationId, debit, credit, amount, currency, at, taxPercent, tax } of entries)
    await database.sql(
      `insert into ledger_entry (key, payment_id, appointment_id, location_id, debit, credit, amount, currency, at, tax_percent, tax)
        values ($1, $2::uuid, $3::uuid, $4::uuid, $5, $6, $7::int8, $8, $9::int8, $10::numeric, $11::int8)`,
      [`receipt/${at}/${locationId}`, randomUUID(), randomUUID(), locationId, debit, credit, amount, currency, at, taxPercent, tax],
    );
  await rebuildInsights(database);
});
after(() => stack.disposeAsync());

const WEEKS = 'from=2026-10-20&to=2026-11-10';
const owner = () => ({ token: shop.tokens.owner });
const read = async (query: string): Promise<Json> => {
  const said = await shop.ask('GET', `/v1/takings?${query}`, owner());
  assert.equal(said.status, 200, said.text);
  return said.body;
};
/** As the clocks of the place show it, by another way than the server's. */
const dateAt = ({ locationId, at }: Entry) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: locationId === shop.berlin ? 'Europe/Berlin' : 'America/New_York', dateStyle: 'short' }).format(at);
const gained = (account: string, of: readonly Entry[]) =>
  of.reduce((sum, { debit, credit, amount }) => sum + (debit === account ? amount : 0) - (credit === account ? amount : 0), 0);

describe('takings', { skip: POSTGRES_MISSING }, () => {
  test('are what the books say of each day of the place, across midnight and a change of clocks', async () => {
    const { rows, totals } = await read(WEEKS);
    const days = Map.groupBy(entries, (entry) => `${dateAt(entry)} ${entry.locationId}`);
    const expected = [...days].flatMap(([day, of]) =>
      ['provider', 'cash', 'terminal']
        .filter((method) => of.some(({ debit, credit }) => debit === method || credit === method))
        .map((method) => [`${day} ${method}`, gained(method, of)] as const),
    );
    assert.equal(days.size, 8, 'three days in UTC are four in each place');
    assert.deepEqual(
      new Map(rows.map(({ date, locationId, method, net }: Json) => [`${date} ${locationId} ${method}`, net.amount])),
      new Map(expected.toSorted(([one], [other]) => one.localeCompare(other))),
    );
    for (const { received, refunded, disputed, net } of rows) assert.equal(received.amount - refunded.amount - disputed.amount, net.amount);
    for (const { method, net } of totals)
      assert.equal(
        net.amount,
        gained(
          method,
          entries.filter(({ currency }) => currency === net.currency),
        ),
      );
  });

  test('say the tax by rate, as the entries have it, in the table as well', async () => {
    const { rows, totals } = await read(WEEKS);
    type Part = { readonly taxPercent: number | null; readonly gross: Json; readonly net: Json; readonly tax: Json };
    const expected = new Map<string, { gross: number; tax: number }>();
    for (const entry of entries.filter(({ debit, credit }) => debit === 'customers' || credit === 'customers')) {
      const account = entry.debit === 'customers' ? entry.credit : entry.debit;
      const key = [dateAt(entry), entry.locationId, account === 'disputes' ? 'provider' : account, entry.taxPercent].join(' ');
      const [sum, sign] = [expected.get(key) ?? { gross: 0, tax: 0 }, entry.credit === 'customers' ? 1 : -1];
      expected.set(key, { gross: sum.gross + sign * entry.amount, tax: sum.tax + sign * (entry.tax ?? 0) });
    }
    const said = rows.flatMap(({ date, locationId, method, taxes }: Json) =>
      taxes.map(({ taxPercent, gross, tax }: Part) => [[date, locationId, method, taxPercent].join(' '), { gross: gross.amount, tax: tax.amount }]),
    );
    assert.deepEqual(new Map(said.toSorted()), new Map([...expected].toSorted()));
    for (const { taxes } of [...rows, ...totals]) for (const { gross, net, tax } of taxes) assert.equal(net.amount + tax.amount, gross.amount);
    const [head = '', ...lines] = (await shop.ask('GET', `/v1/takings.csv?${WEEKS}`, owner())).text.trim().split('\n');
    const columns = head.split(',');
    assert.deepEqual(
      columns.slice(8),
      [5.55, 7, 19, 'none'].flatMap((rate) => [`gross.${rate}`, `net.${rate}`, `tax.${rate}`]),
    );
    const summed = (column: string) => lines.reduce((sum, line) => sum + Number(line.split(',')[columns.indexOf(column)]), 0);
    for (const rate of [5.55, 7, 19]) {
      const of = [...expected].filter(([key]) => key.endsWith(` ${rate}`)).map(([, sums]) => sums);
      assert.equal(
        summed(`tax.${rate}`),
        of.reduce((sum, { tax }) => sum + tax, 0),
      );
      assert.equal(
        summed(`gross.${rate}`),
        of.reduce((sum, { gross }) => sum + gross, 0),
      );
    }
  });

  test('are what the report of money says, day by day, also of disputes', async () => {
    for (const locationId of [shop.berlin, shop.newYork]) {
      const { rows } = await read(`${WEEKS}&locationId=${locationId}`);
      const report = await shop.ask('GET', `/v1/analytics/revenue?${WEEKS}&locationId=${locationId}`, owner());
      assert.equal(report.status, 200, report.text);
      type Row = { readonly method: string; readonly received: Json; readonly refunded: Json; readonly disputed: Json };
      const plain = (date: string, { method, received, refunded, disputed }: Row) => ({ date, method, received, refunded, disputed });
      const said = report.body.rows.flatMap(({ period, byMethod }: Json) => byMethod.map((row: Row) => plain(period, row)));
      assert.deepEqual(
        said,
        rows.map((row: Row & { readonly date: string }) => plain(row.date, row)),
      );
      const kept = rows.reduce((sum: number, { net }: Json) => sum + net.amount, 0);
      assert.equal(report.body.totals.net[0].amount, kept);
    }
  });

  test('of one day are the same as of that day among others', async () => {
    const { rows } = await read(WEEKS);
    const ofDay = (await read(`from=2026-10-25&to=2026-10-26&locationId=${shop.berlin}`)).rows;
    assert.deepEqual(
      ofDay,
      rows.filter(({ date, locationId }: Json) => date === '2026-10-25' && locationId === shop.berlin),
    );
    assert.deepEqual((await read('from=2026-12-01&to=2026-12-02')).rows, []);
  });

  test('and the books are tables, too, in which nothing is a formula, and the trail has who took the books away', async () => {
    const name = '=HYPERLINK("x")';
    assert.equal((await shop.ask('PATCH', `/v1/locations/${shop.berlin}`, { ...owner(), body: { name } })).status, 200);
    const table = (await shop.ask('GET', `/v1/takings.csv?${WEEKS}`, owner())).text.trim().split('\n');
    assert.equal(table.length, 1 + (await read(WEEKS)).rows.length);
    assert.ok(table.slice(1).every((line) => /^\d{4}-\d\d-\d\d,("'=HYPER|New York)/.test(line)));
    const books = (await shop.ask('GET', `/v1/ledger.csv?from=2026-10-25&to=2026-10-26&locationId=${shop.berlin}`, owner())).text.trim().split('\n');
    assert.equal(books.length, 1 + entries.filter((entry) => entry.locationId === shop.berlin && dateAt(entry) === '2026-10-25').length);
    assert.match(books[1] ?? '', /^\d+,2026-10-25,2026-10-25T00:\d\d:\d\d\+02:00,"'=HYPER/);
    const [entry] = (await shop.ask('GET', '/v1/audit?limit=1&action=ledger.exported', owner())).body.items;
    assert.deepEqual([entry.subject.kind, entry.subject.id, entry.after], ['ledger', shop.berlin, { from: '2026-10-25', to: '2026-10-26' }]);
  });

  test('the trail itself is one as well, and has who took it away; a question that is refused leaves nothing', async () => {
    isProblem(await shop.ask('GET', '/v1/audit.csv?action=nothing', owner()), 'invalid-request', 'action');
    const { text } = await shop.ask('GET', '/v1/audit.csv?from=2026-01-01T00:00:00Z&action=ledger.exported', owner());
    assert.match(text, /ledger\.exported/);
    const { items } = (await shop.ask('GET', '/v1/audit?limit=10&action=audit.exported', owner())).body;
    assert.deepEqual(
      items.map(({ by, after: asked }: Json) => [by.role, asked]),
      [['owner', { fromAt: '2026-01-01T00:00:00+00:00', toAt: null }]],
    );
  });

  test('are for managers, and name what is wrong', async () => {
    for (const path of ['takings', 'takings.csv', 'ledger.csv']) {
      isProblem(await shop.ask('GET', `/v1/${path}?${WEEKS}`, { token: shop.tokens.desk }), 'forbidden');
      isProblem(await shop.ask('GET', `/v1/${path}?${WEEKS}&locationId=${randomUUID()}`, owner()), 'invalid-request');
      isProblem(await shop.ask('GET', `/v1/${path}?from=2026-10-25&to=2026-10-25`, owner()), 'invalid-request');
    }
  });
});
