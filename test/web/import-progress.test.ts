// How far an import of customers is, as its page, the same page loaded again and another tab show it. A customer who books meanwhile holds it up where the test looks.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { POSTGRES_MISSING } from '../support/postgres.ts';
import { sharedPostgres } from '../support/shared-postgres.ts';
import { TEST_OWNER } from '../support/test-server.ts';
import { assertAccessible, findBrowser, openOffice, openShop, type Shop } from './browser.ts';

const LINES = 10_000;
const STEP = 250;
/** Steps that are held up, one after the other: a statement waits for no longer than 15 seconds. */
const HELD = [10, 20, 30] as const;
const browser = findBrowser();
const options = { skip: browser === undefined ? 'no Chromium or Chrome on this machine' : POSTGRES_MISSING };
const parts = new AsyncDisposableStack();
let shop: Shop;
let database: Database;
before(async () => {
  if (browser === undefined || POSTGRES_MISSING) return;
  const { url } = parts.use(await parts.use(await sharedPostgres()).fresh());
  shop = parts.use(await openShop(browser, { DATABASE_URL: url }, false));
  database = parts.use(await openDatabase({ kind: 'postgres', url }, { migrates: false }));
});
after(() => parts.disposeAsync());

/** Until it is let go, no one else gets the address. */
async function hold(email: string): Promise<() => Promise<void>> {
  const [held, isHeld] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const booking = database.transaction(async (em) => {
    await em.execute(`insert into customer (id, name, email, tags, created_at) values (gen_random_uuid(), 'Ivy', ?, '[]', 1)`, [email]);
    isHeld.resolve();
    await held.promise;
    throw new Error('never mind');
  });
  await isHeld.promise;
  return async () => {
    held.resolve();
    await assert.rejects(booking, /never mind/);
  };
}

const bar = (page: Page) => page.getByRole('progressbar', { name: 'Customers added' });

test('an import of 10,000 shows how many are added, also when the page is loaded again and in another tab, and each is told the end', options, async () => {
  await using held = new AsyncDisposableStack();
  const [first, second, third] = await Promise.all(HELD.map((step) => hold(`person${step * STEP + 100}@example.net`)));
  for (const letGo of [first, second, third]) held.defer(async () => await letGo?.());
  const sofar = (step: number) => `${step * STEP} of ${LINES}`;

  const page = await openOffice(shop, 'customers/import', TEST_OWNER);
  const table = `name,email\n${Array.from({ length: LINES }, (_, at) => `Person ${at},person${at}@example.net`).join('\n')}\n`;
  await page.getByLabel('The file', { exact: true }).setInputFiles({ name: 'customers.csv', mimeType: 'text/csv', buffer: Buffer.from(table) });
  await page.getByRole('button', { name: `Import ${LINES} customers` }).click();
  await page.getByText(sofar(HELD[0])).waitFor();
  assert.equal(await bar(page).getAttribute('value'), String(HELD[0] * STEP));
  await assertAccessible(page, 'an import under way');

  await first?.();
  const other = await openOffice(shop, 'customers/import', TEST_OWNER);
  await other.getByText(sofar(HELD[1])).waitFor();
  await second?.();
  await page.reload();
  await page.getByText(sofar(HELD[2])).waitFor();
  await third?.();
  for (const one of [page, other]) await one.locator('.said', { hasText: `${LINES} customers are added.` }).waitFor();
  assert.deepEqual(shop.faults, []);
});
