// Who lives and who owns what, as rows: what one node says, the others hear, and a change of owner stops what was decided before it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { placeOf } from '../../src/actors/cluster/placement.ts';
import type { Beat, CommitBatch, ShardOwner } from '../../src/actors/ports.ts';
import { SqlCluster } from '../../src/persistence/cluster/sql-cluster.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { SqlJournal } from '../../src/persistence/journal/journal-database.ts';
import { POSTGRES_MISSING, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { ENGINES, openFresh } from './engines.ts';

const EMPTY: CommitBatch = {
  fence: [],
  calendars: [],
  changes: [],
  requests: [],
  claimsRemoved: [],
  claimsChanged: [],
  claimsAdded: [],
  appointments: [],
  customers: [],
  persons: [],
  sources: [],
};
const ALL = Array.from({ length: 256 }, (_, shard) => shard);

for (const kind of ENGINES) {
  describe(`nodes and shards on ${kind.name}`, { skip: kind.skip }, () => {
    let open: Awaited<ReturnType<typeof openFresh>>;
    let database: Database;
    let cluster: SqlCluster;
    before(async () => {
      open = await openFresh(kind);
      database = open.database;
      cluster = new SqlCluster(database);
    });
    after(() => open.close());

    async function joined(): Promise<string> {
      const node = randomUUID();
      await cluster.join(node);
      return node;
    }
    /** As if it had been quiet, or steady, for so long. */
    const quiet = (node: string, seconds: number) =>
      database.sql(`update node set seen_at = clock_timestamp() - make_interval(secs => $2) where id = $1`, [node, seconds]);
    const steady = (node: string, seconds: number) =>
      database.sql(`update node set steady_since = clock_timestamp() - make_interval(secs => $2) where id = $1`, [node, seconds]);
    const ownersOf = (rows: readonly ShardOwner[]) => [...new Set(rows.map(({ owner }) => owner))];
    const isIn = (node: string, { nodes }: Beat) => nodes.includes(node);

    test('a node that is not heard from for six seconds is given up by one that is, and never comes back', async () => {
      const [here, lost] = [await joined(), await joined()];
      await steady(here, 10);
      await quiet(lost, 5);
      assert.ok(isIn(lost, await cluster.beat(here, 0)));
      await quiet(lost, 7);
      assert.ok(!isIn(lost, await cluster.beat(here, 0)));
      assert.equal((await cluster.beat(lost, 0)).isGone, true);
      await cluster.join(lost);
      assert.equal((await cluster.beat(lost, 0)).isGone, true);
    });

    test('after an outage nobody is given up by the first who comes back', async () => {
      const [first, second] = [await joined(), await joined()];
      for (const node of [first, second]) {
        await steady(node, 100);
        await quiet(node, 30);
      }
      assert.ok(isIn(second, await cluster.beat(first, 0)));
      assert.equal((await cluster.beat(second, 0)).isGone, false);
    });

    test('shards are told only when one of them has changed', async () => {
      const node = await joined();
      const { shards } = await cluster.beat(node, -1);
      assert.equal(shards?.length, 256);
      const known = (shards ?? []).reduce((sum, { epoch }) => sum + epoch, 0);
      assert.equal((await cluster.beat(node, known)).shards, null);
      await new SqlJournal(database).refence(0, [7]);
      assert.equal((await cluster.beat(node, known)).shards?.length, 256);
    });

    test('what belongs to nobody can be taken, what belongs to a living node cannot', async () => {
      const [one, other] = [await joined(), await joined()];
      await cluster.takeAllShards(one);
      assert.deepEqual(ownersOf(await cluster.takeShards(other, [1, 2])), [one]);
      const next = await joined();
      await cluster.leave(one);
      const taken = await cluster.takeShards(next, [1, 2]);
      assert.deepEqual(ownersOf(taken), [next]);
      assert.deepEqual(ownersOf(await cluster.takeShards(other, [3])), [null], 'a node that was given up takes nothing');
    });

    test('shards are given by their owner only, to a node that takes them', async () => {
      const one = await joined();
      await cluster.takeAllShards(one);
      const [other, leaving] = [await joined(), await joined()];
      assert.deepEqual(ownersOf(await cluster.giveShards(other, other, [5])), [one]);
      await cluster.prepareToLeave(leaving);
      assert.deepEqual(ownersOf(await cluster.giveShards(one, leaving, [5])), [one]);
      const { members, nodes } = await cluster.beat(one, 0);
      assert.deepEqual([nodes.includes(leaving), members.includes(leaving)], [true, false]);
      assert.deepEqual(ownersOf(await cluster.giveShards(one, other, [5])), [other]);
    });

    test('every change of owner raises the epoch, and what was decided under the old one does nothing', async () => {
      const journal = new SqlJournal(database);
      const one = await joined();
      const [before] = await cluster.takeAllShards(one);
      const other = await joined();
      assert.ok(before);
      const batch = { ...EMPTY, fence: [{ shard: before.shard, epoch: before.epoch }] };
      assert.equal((await journal.commit(0, batch)).type, 'written');
      const [given] = await cluster.giveShards(one, other, [before.shard]);
      assert.equal(given?.epoch, before.epoch + 1);
      const fenced = await journal.commit(0, batch);
      assert.deepEqual(fenced.type === 'fenced' && fenced.shards, [given]);
      await cluster.leave(other);
      const [freed] = (await cluster.beat(await joined(), -1)).shards ?? [];
      assert.deepEqual([freed?.owner, freed?.epoch], [null, before.epoch + 2]);
    });

    test('a database that goes on as another cluster begins a new era', async () => {
      const node = await joined();
      const { era } = await cluster.beat(node, 0);
      assert.equal((await cluster.beat(node, 0)).era, era);
      await database.sql(`update business set life = 'elsewhere 00000001'`);
      assert.notEqual((await cluster.beat(node, 0)).era, era);
    });
  });
}

describe('a dump that is restored beside the database it was made of', { skip: POSTGRES_MISSING }, () => {
  let postgres: TestPostgres;
  before(async () => {
    postgres = await startPostgres({ fsync: false });
  });
  after(() => postgres?.[Symbol.asyncDispose]());

  async function eraOf(url: string, prepare = ''): Promise<string> {
    await using database = await openDatabase({ kind: 'postgres', url });
    if (prepare !== '') await database.sql(prepare);
    const cluster = new SqlCluster(database);
    const node = randomUUID();
    await cluster.join(node);
    const { era } = await cluster.beat(node, 0);
    await cluster.leave(node);
    return era;
  }

  test('begins a new era, and the database itself goes on in its own', async () => {
    const url = await postgres.createDatabase();
    const era = await eraOf(url);
    // The same rows in a database of the same cluster, as a restored dump has them; PostgreSQL can be installed without pg_dump.
    const copy = new URL(url);
    copy.pathname = `${copy.pathname}_copy`;
    await using admin = await openDatabase({ kind: 'postgres', url: postgres.url }, { migrates: false });
    await admin.sql(`create database ${copy.pathname.slice(1)} template ${new URL(url).pathname.slice(1)}`);
    assert.notEqual(await eraOf(copy.href), era);
    assert.equal(await eraOf(url), era);
  });

  test('a database of a version that kept no oid goes on in its era, and keeps it from then on', async () => {
    const url = await postgres.createDatabase();
    const era = await eraOf(url);
    assert.equal(await eraOf(url, `update business set life = substring(life from '^[0-9]+ [0-9A-F]+')`), era);
    assert.equal(await eraOf(url), era);
  });
});

describe('placement', () => {
  test('spreads the shards, and a node that comes or goes moves no others', () => {
    const nodes = Array.from({ length: 4 }, () => randomUUID()).sort();
    const shares = Map.groupBy(ALL, (shard) => placeOf(shard, nodes));
    assert.ok(
      [...shares.values()].every((share) => share.length > 32 && share.length < 96),
      JSON.stringify([...shares.values()].map(({ length }) => length)),
    );
    const [gone, ...rest] = nodes;
    for (const shard of ALL) {
      const place = placeOf(shard, nodes);
      if (place !== gone) assert.equal(placeOf(shard, rest), place);
    }
    assert.equal(placeOf(0, []), undefined);
  });
});
