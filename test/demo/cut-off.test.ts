import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Accounts } from '../../src/accounts/accounts.ts';
import { openNode } from '../../src/actors/cluster/node.ts';
import { CatalogKeeper } from '../../src/catalog/catalog-keeper.ts';
import { demoLogins } from '../../src/demo/demo-logins.ts';
import { type DemoParts, isEmpty, seedDemo } from '../../src/demo/seed-demo.ts';
import { ids, timers } from '../../src/integrations/this-machine.ts';
import { accountStore } from '../../src/persistence/accounts/account-store.ts';
import { catalogStore } from '../../src/persistence/catalog/catalog-store.ts';
import { SqlCluster } from '../../src/persistence/cluster/sql-cluster.ts';
import { SqlJournal } from '../../src/persistence/journal/journal-database.ts';
import { TEST_SEAL } from '../actors/practice.ts';
import { openFresh, USUAL_ENGINES } from '../persistence/engines.ts';
import { endOfDay, onSameDay } from './same-day.ts';

const PASSWORD = 'a password for tests';

/** A scheduler that a crash takes away after so many answers. */
function goingAfter(answers: number, scheduler: DemoParts['scheduler']): DemoParts['scheduler'] {
  let left = answers;
  return {
    now: () => scheduler.now(),
    ask: async (request, command) => {
      left -= 1;
      if (left < 0) throw new Error('cut off');
      return scheduler.ask(request, command);
    },
  };
}

for (const kind of USUAL_ENGINES)
  test(`a seeding that was cut off, wherever it was, is taken up again and loses nothing on ${kind.name}`, async () => {
    await using stack = new AsyncDisposableStack();
    const { database, close } = await openFresh(kind);
    stack.defer(close);
    const ignore = () => {};
    const log = { info: ignore, warn: ignore, error: ignore };
    const storage = { database: new SqlJournal(database), cluster: new SqlCluster(database), bus: null, seal: TEST_SEAL };
    const node = await openNode({ ...storage, nodeId: randomUUID(), timers, ids, log, onLost: ignore });
    stack.defer(() => node.close());
    const scheduler = onSameDay(node, endOfDay(node.now()));
    const catalog = await CatalogKeeper.open(catalogStore(database));
    const accounts = await Accounts.open(accountStore(database), { jwtSecret: 's'.repeat(32), bcryptCost: 4, now: () => scheduler.now() });

    for (const answers of [0, 3, 30, 500, 900]) {
      assert.equal(await isEmpty({ catalog, accounts }), true, `${answers}`);
      await assert.rejects(seedDemo({ catalog, accounts, scheduler: goingAfter(answers, scheduler) }, PASSWORD), /cut off/);
    }
    const { booked, refused } = await seedDemo({ catalog, accounts, scheduler }, PASSWORD);
    assert.equal(refused, 0);
    assert.equal(await isEmpty({ catalog, accounts }), false);
    const [[appointments] = [], [waiting] = [], [users] = []] = await Promise.all([
      database.sql('select count(*) from appointment').then(([row]) => row),
      database.sql(`select count(*) from appointment where status = 'booked' and ends_at < $1`, [scheduler.now() - 60_000]).then(([row]) => row),
      database.sql('select count(*) from user_account').then(([row]) => row),
    ]);
    assert.deepEqual([appointments, waiting, users], [booked, 0, demoLogins().length]);
  });
