// The network between a node and PostgreSQL breaks while many callers ask; afterwards the database is compared with every answer.
// `SEED=… npm test -- faults/proxy` repeats a run.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Database, SqlRow } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { addCalendars, openTestNode, type TestNode, until } from '../actors/practice.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { POSTGRES_MISSING } from '../support/postgres.ts';
import { ownPostgres, type SharedServer } from '../support/shared-postgres.ts';
import { auditDatabase } from './audit.ts';
import { auditAnswers, randomFrom, startLoad } from './load.ts';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const LIMIT = { timeout: 90_000 };
/** The journal's own connections, by what they last did. */
const LANES = `from pg_stat_activity where datname = current_database() and application_name = 'slotkeeper' and query like 'select commit_v5%'`;

type Scene = { readonly proxy: FaultProxy; readonly direct: Database; readonly random: () => number; readonly said: TestNode['said'] };

describe('A node whose connection to PostgreSQL breaks', { skip: POSTGRES_MISSING }, () => {
  let server: SharedServer | undefined;
  before(async () => {
    server = await ownPostgres();
  });
  after(() => server?.[Symbol.asyncDispose]());

  /** Load, a fault, a little more load, and then the reckoning. */
  async function underLoad(title: string, fault: (scene: Scene) => Promise<void>): Promise<void> {
    assert.ok(server);
    await using open = new AsyncDisposableStack();
    const { url } = open.use(await server.fresh());
    const direct = open.use(await openDatabase({ kind: 'postgres', url }));
    const proxy = open.use(await startFaultProxy({ host: '127.0.0.1', port: Number(new URL(url).port) }));
    const database = open.use(await openDatabase({ kind: 'postgres', url: proxy.urlThrough(url) }));
    const { node, said } = open.use(await openTestNode(database));
    const people = await addCalendars(direct, 6);
    const random = randomFrom(SEED);
    const load = startLoad(node, people, random);
    const answered = () => load.asked.filter(({ answer }) => answer.outcome === 'ok').length;
    await until(() => answered() > 100, 'the load to run');
    await fault({ proxy, direct, random, said });
    proxy.pass();
    const before = answered();
    await until(() => answered() > before + 30, 'the load to run again', 30_000);
    const tally = await auditAnswers(direct, await load.settle());
    await until(async () => (await direct.sql(`select 1 from claim where kind = 'hold'`)).length === 0, 'all holds to end');
    await auditDatabase(direct);
    const doubts = said.filter(({ message }) => message === 'a commit in doubt is settled').map(({ facts }) => facts as { entries: number; found: number });
    const found = doubts.filter(({ found }) => found > 0).length;
    console.log(
      `${title}: SEED=${SEED}, ${tally.yes} yes, ${tally.no} no, ${doubts.length} commits in doubt, ${found} of them found`,
      JSON.stringify(proxy.counts),
    );
  }

  it('answers rightly through connections that are cut again and again', LIMIT, () =>
    underLoad('cut', async ({ proxy, random, said }) => {
      for (let round = 0; round < 25; round += 1) {
        proxy.cutOnce();
        await pause(20 + random() * 80);
      }
      assert.ok(proxy.counts.cut >= 25);
      await until(() => inDoubt(said), 'a commit in doubt');
    }),
  );

  it('answers rightly when the database cannot be reached for a while', LIMIT, () =>
    underLoad('unreachable', async ({ proxy }) => {
      proxy.cut();
      await until(() => proxy.counts.refused > 3, 'connections to be refused');
      await pause(1_000);
    }),
  );

  it('answers rightly when commits are done and their replies are lost', LIMIT, () =>
    underLoad('swallowed', async ({ proxy, said }) => {
      for (let round = 0; round < 6; round += 1) {
        const before = proxy.counts.replyBytesSwallowed;
        proxy.swallowReplies();
        await until(() => proxy.counts.replyBytesSwallowed > before, 'a reply to be swallowed');
        await pause(30);
        proxy.cutOnce();
        await pause(150);
      }
      await until(() => said.some(({ facts }) => 'found' in facts && Number(facts.found) > 0), 'a commit that was done to be found');
    }),
  );

  it('answers rightly when commits arrive after their senders are gone', LIMIT, () =>
    underLoad('late', async ({ proxy, said, random }) => {
      for (let round = 0; round < 8; round += 1) {
        const before = proxy.counts.requestBytesHeld;
        proxy.holdBack();
        await until(() => proxy.counts.requestBytesHeld > before + 500, 'a commit to be held back');
        await pause(20);
        // Sometimes before the epochs are raised, sometimes after.
        await proxy.releaseLate(random() * 60);
        await pause(150);
      }
      assert.ok(proxy.counts.requestBytesDeliveredLate > 0);
      await until(() => inDoubt(said), 'a commit in doubt');
    }),
  );

  it('answers rightly when the network swallows everything and says nothing', LIMIT, () =>
    underLoad('black hole', async ({ proxy, said }) => {
      proxy.blackHole();
      await until(() => proxy.counts.requestBytesSwallowed > 0, 'a request to be swallowed');
      await pause(1_500);
      proxy.pass();
      await until(() => inDoubt(said), 'a commit in doubt', 20_000);
    }),
  );

  it('answers rightly when its sessions are ended by an administrator', LIMIT, () =>
    underLoad('terminated', async ({ direct, said }) => {
      let ended = 0;
      for (let round = 0; round < 15; round += 1) {
        ended += (await direct.sql(`select pg_terminate_backend(pid) ${LANES}`)).length;
        await pause(70);
      }
      assert.ok(ended >= 15, `${ended} sessions were ended`);
      await until(() => inDoubt(said), 'a commit in doubt');
    }),
  );

  it('answers rightly when the database server crashes and recovers', LIMIT, () =>
    underLoad('crash', async ({ direct, said }) => {
      for (let round = 0; round < 2; round += 1) {
        let lane: number | undefined;
        const findLane = async () => {
          // The crash of the round before may still be coming when it looks over.
          lane = (await direct.sql(`select pid ${LANES} limit 1`).catch(noRows))[0]?.[0] as number | undefined;
          return lane !== undefined;
        };
        await until(findLane, 'a lane at work');
        assert.ok(lane);
        // One process of PostgreSQL that dies takes all sessions with it; the server then recovers from its log.
        process.kill(lane, 'SIGKILL');
        await until(() => isUp(direct), 'the server to recover');
        await pause(500);
      }
      await until(() => inDoubt(said), 'a commit in doubt');
    }),
  );
});

function inDoubt(said: TestNode['said']): boolean {
  return said.some(({ message }) => message === 'a commit in doubt is settled');
}

function noRows(): readonly SqlRow[] {
  return [];
}

async function isUp(database: Database): Promise<boolean> {
  return database.sql('select 1').then(
    () => true,
    () => false,
  );
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
