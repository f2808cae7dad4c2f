// The simulator proves nothing if its database is not like the real one: both are told the same and must answer the same.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import * as model from '../../chaos/simulator/model-database/cluster.ts';
import { commit } from '../../chaos/simulator/model-database/commit.ts';
import * as reads from '../../chaos/simulator/model-database/reads.ts';
import { type ChangeRow, Tables } from '../../chaos/simulator/model-database/tables.ts';
import { runAlone } from '../../chaos/simulator/model-database/transactions.ts';
import { Random } from '../../chaos/simulator/random.ts';
import { uuidFrom } from '../../chaos/simulator/simulated-process.ts';
import { shardOf } from '../../src/actors/cluster/shard-of.ts';
import { type Asked, CommitFailure, type ShardOwner, type StoredCalendar } from '../../src/actors/ports.ts';
import { instant } from '../../src/model/instant.ts';
import { SqlCluster } from '../../src/persistence/cluster/sql-cluster.ts';
import { type Database, SqlFailure } from '../../src/persistence/database/database.ts';
import { SqlJournal } from '../../src/persistence/journal/journal-database.ts';
import { onEachDatabase } from '../actors/on-each-database.ts';
import { HOURS, LOCATION_ID } from '../actors/practice.ts';
import { timeNow } from '../support/clock.ts';
import { compareCut } from './cut-both.ts';
import { type Names, randomBatch, shuffled } from './random-batches.ts';

const SEQUENCES = 12;
/** Some more are made if chance has left something out. */
const MOST_SEQUENCES = 60;
const STEPS = 70;
const CALENDARS = 4;
/** Ways in which a commit ends that have to have been compared. */
const MUST_BE_SEEN = [
  'written',
  'lost',
  'duplicates',
  'fenced',
  'SK001',
  'claim_pkey',
  'claim_no_overlap',
  'claim_overlapped',
  'claim_one_per_lane',
  'appointment_pkey',
  'cut',
];
/** Ages of a node (ms) that lie on one side of every limit or the other, far from each. */
const AGES = [0, 1_500, 4_500, 9_000];

onEachDatabase('the model of the database', (place) => {
  test('answers as the database does, and holds the same rows afterwards, whatever it is told', async () => {
    const first = randomInt(2 ** 31);
    seen.clear();
    const isMissing = (what: string) => !seen.has(what);
    for (let done = 0; done < SEQUENCES || (done < MOST_SEQUENCES && MUST_BE_SEEN.some(isMissing)); done += 1) {
      await compareOn(place.database, first + done).catch((error: unknown) => fail(error, first + done));
    }
    assert.deepEqual(MUST_BE_SEEN.filter(isMissing), [], `never happened from seed ${first} on, so nothing is known about it`);
  });
});

/** How often commits ended in which way. */
const seen = new Map<string, number>();

function note(reply: unknown): void {
  const { type, lost, duplicates, sqlState, constraint } = reply as {
    type?: string;
    lost?: unknown[];
    duplicates?: unknown[];
    sqlState?: string;
    constraint?: string;
  };
  const words = [type, lost?.length ? 'lost' : undefined, duplicates?.length ? 'duplicates' : undefined, constraint ?? sqlState];
  for (const word of words) if (word !== undefined) seen.set(word, (seen.get(word) ?? 0) + 1);
}

function fail(cause: unknown, seed: number): never {
  throw new Error(`seed ${seed}`, { cause });
}

type Both = {
  readonly tables: Tables;
  readonly database: Database;
  readonly journal: SqlJournal;
  readonly cluster: SqlCluster;
  readonly names: Names;
  readonly random: Random;
};

async function compareOn(database: Database, seed: number): Promise<void> {
  const random = new Random(seed);
  const names = namesFrom(random);
  const tables = new Tables({ era: '', clock: () => timeNow() });
  const both: Both = { tables, database, journal: new SqlJournal(database), cluster: new SqlCluster(database), names, random };
  await prepare(both);
  for (let step = 0; step < STEPS; step += 1) await (random.chance(0.7) ? compareCommit(both) : compareCluster(both));
  await compareReads(both);
  await compareTables(both);
  if ((await compareCut(tables, database, random)) > 0) note({ type: 'cut' });
  await compareTables(both);
}

function namesFrom(random: Random): Names {
  let count = 0;
  const fresh = () => {
    count += 1;
    return uuidFrom(random, 0, count);
  };
  const several = (length: number) => Array.from({ length }, fresh);
  return {
    calendars: several(CALENDARS),
    claims: several(12),
    services: several(2),
    customers: several(4),
    keys: several(8),
    nodes: several(3),
    entries: [],
    fresh,
  };
}

/** The same calendars in both, and no node; shards and requests are as the sequence before has left them. */
async function prepare({ database, tables, names }: Both): Promise<void> {
  await database.sql('delete from node');
  await database.sql('update shard set owner = null, epoch = 0');
  await database.sql(
    `insert into location (id, name, time_zone, currency, weekly, special_dates) values ($1, 'Practice', 'UTC', 'EUR', '[]', '{}') on conflict do nothing`,
    [LOCATION_ID],
  );
  for (const table of ['claim', 'change', 'request', 'appointment_person', 'appointment', 'customer', 'entry_source', 'calendar_base', 'calendar'])
    await database.sql(`delete from ${table}`);
  for (const id of names.calendars) {
    tables.addCalendar(id, shardOf(id), HOURS);
    await database.sql(
      `insert into calendar (id, kind, shard, revision, hours, location_id, created_at) values ($1::uuid, 'staff', $2::int, 0, $3::jsonb, $4::uuid, 0)`,
      [id, shardOf(id), JSON.stringify(HOURS), LOCATION_ID],
    );
  }
}

/** What came of it, without the time. */
async function said(work: () => Promise<unknown> | unknown): Promise<unknown> {
  try {
    return plain(await work());
  } catch (error) {
    if (!(error instanceof CommitFailure) && !(error instanceof SqlFailure)) throw error;
    const { sqlState, constraint, definite } = error;
    return { sqlState, constraint, definite };
  }
}

function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, (key, item: unknown) => {
      if (key === 'databaseTime') return 0;
      if (item instanceof Map) return [...item].sort();
      return item instanceof Set ? [...item].sort() : item;
    }),
  );
}

async function compareCommit({ tables, journal, names, random }: Both): Promise<void> {
  const batch = randomBatch(tables, names, random);
  const [real, modelled] = [await said(() => journal.commit(0, batch)), await said(() => runAlone(commit(tables, batch)))];
  note(real);
  assert.deepEqual(sortedReply(modelled), sortedReply(real), JSON.stringify(batch));
}

function sortedReply(reply: unknown): unknown {
  const { duplicates, shards, ...rest } = reply as { duplicates?: { key: string }[]; shards?: ShardOwner[] };
  return {
    ...rest,
    duplicates: duplicates?.sort((one, other) => (one.key < other.key ? -1 : 1)),
    shards: shards?.sort((one, other) => one.shard - other.shard),
  };
}

async function compareCluster(both: Both): Promise<void> {
  const { tables, cluster, journal, names, random } = both;
  const [one, other] = [random.pick(names.nodes), random.pick(names.nodes)];
  const shards = shuffled([...new Set(names.calendars.map(shardOf)), 1, 2, 3], random).slice(0, 1 + random.below(4));
  type Pair = readonly [real: () => Promise<unknown>, modelled: () => unknown];
  const calls: Pair[] = [
    [() => cluster.join(one), () => model.join(tables, one)],
    [() => cluster.takeShards(one, shards), () => runAlone(model.takeShards(tables, one, shards))],
    [() => cluster.giveShards(one, other, shards), () => runAlone(model.giveShards(tables, one, other, shards))],
    [() => journal.refence(1, shards), () => runAlone(model.refence(tables, shards))],
    [() => cluster.prepareToLeave(one), () => model.prepareToLeave(tables, one)],
    [() => compareBeat(both, one), () => null],
  ];
  if (random.chance(0.1)) calls.push([() => cluster.takeAllShards(one), () => runAlone(model.takeAllShards(tables, one))]);
  if (random.chance(0.2)) calls.push([() => cluster.leave(one), () => runAlone(model.leave(tables, one))]);
  const [real, modelled] = random.pick(calls);
  assert.deepEqual(await said(modelled), await said(real), String(real));
}

/** The clocks cannot be the same, so every node is given an age first. */
async function compareBeat({ tables, database, cluster, names, random }: Both, nodeId: string): Promise<null> {
  for (const [id, node] of tables.nodes) {
    const [seen, steady] = [random.pick(AGES), random.pick(AGES)];
    node.seenAt = tables.clock() - seen;
    node.steadySince = tables.clock() - steady;
    const statement = `update node set seen_at = clock_timestamp() - $2::int * interval '1 ms', steady_since = clock_timestamp() - $3::int * interval '1 ms' where id = $1::uuid`;
    await database.sql(statement, [id, seen, steady]);
  }
  const known = random.chance(0.5) ? -1 : tables.shards.reduce((sum, { epoch }) => sum + epoch, 0);
  tables.era = (await cluster.beat(names.fresh(), -1)).era;
  assert.deepEqual(plain(model.beat(tables, nodeId, known)), plain(await cluster.beat(nodeId, known)), 'beat');
  return null;
}

async function compareReads({ tables, journal, names }: Both): Promise<void> {
  const from = instant(Date.UTC(2027, 0, 4, 1));
  const ids = [...names.calendars, names.fresh()];
  const shards = names.calendars.slice(0, 2).map(shardOf);
  assert.deepEqual(calendarsOf(reads.load(tables, ids, from)), calendarsOf(await journal.load(ids, from)));
  assert.deepEqual([...reads.calendarsWithHolds(tables, shards)].sort(), [...(await journal.calendarsWithHolds(shards))].sort());
  assert.deepEqual(plain(reads.revisions(tables, ids)), plain(await journal.revisions(ids)));
  assert.deepEqual(plain(reads.written(tables, names.entries)), plain(await journal.written(1, names.entries)));
  for (const id of ids) {
    assert.deepEqual(plain(reads.changes(tables, id, 1, 3)), plain(await journal.changes(id, 1, 3)));
    for (const most of [1, 100]) assert.deepEqual(plain(reads.missed(tables, id, 1, most)), plain(await journal.missed(id, 1, most)));
    assert.deepEqual(plain(reads.changeRange(tables, id)), plain(await journal.changeRange(id)));
  }
  for (const id of names.claims) {
    assert.deepEqual(plain(reads.homeOfHold(tables, id)), plain(await journal.homeOfHold(id)));
    assert.deepEqual(plain(reads.appointment(tables, id)), plain(await journal.appointment(id)));
  }
  for (const key of names.keys) assert.deepEqual(plain(reads.request(tables, 'someone', key)), plain(await journal.request('someone', key)));
}

function calendarsOf(stored: readonly StoredCalendar[]): unknown {
  const byId = <Row extends { readonly id: string }>(rows: readonly Row[]) => [...rows].sort((one, other) => (one.id < other.id ? -1 : 1));
  return plain(byId(stored).map(({ claims, holds, ...calendar }) => ({ ...calendar, claims: byId(claims), holds: byId(holds) })));
}

function changeColumns({ calendarId, revision, epoch, at, entryId, by, requestId }: ChangeRow): unknown[] {
  const asked = JSON.parse(by) as Asked['by'];
  return [calendarId, revision, epoch, at, entryId, asked?.kind ?? null, asked?.id ?? null, requestId];
}

async function compareTables({ tables, database }: Both): Promise<void> {
  const rows = async (statement: string) => (await database.sql(statement)).map((row) => JSON.stringify(row)).sort();
  const texts = (list: readonly unknown[][]) => list.map((row) => JSON.stringify(row)).sort();
  assert.deepEqual(
    texts(
      [...tables.claims.values()].map(({ calendarId, session, claim, status }) => [
        claim.id,
        calendarId,
        session,
        claim.lane,
        claim.startsAt,
        claim.endsAt,
        status,
      ]),
    ),
    await rows('select id, calendar_id, session, lane, starts_at, ends_at, status from claim'),
  );
  assert.deepEqual(
    texts([...tables.changes.values()].flatMap((log) => [...log.values()]).map(changeColumns)),
    await rows(`select calendar_id, revision, epoch, at, entry_id, by ->> 'kind', by ->> 'id', request_id from change`),
  );
  const inOrder = [...tables.changes.values()].flatMap((log) => [...log.values()]).sort((one, other) => one.xid - other.xid || one.position - other.position);
  assert.deepEqual(
    inOrder.map(({ calendarId, revision }) => [calendarId, revision]),
    (await database.sql('select calendar_id, revision from change order by xid, position')).map(([id, revision]) => [id, Number(revision)]),
  );
  assert.deepEqual(
    texts([...tables.requests.values()].map((row) => [row.caller, row.key, row.entryId, row.outcome, row.calendarId, row.revision, row.eventIndex])),
    await rows('select caller, key, entry_id, outcome, calendar_id, revision, event_index from request'),
  );
  assert.deepEqual(texts([...tables.sources]), await rows('select entry_id, address from entry_source'));
  assert.deepEqual(texts([...tables.customers].map((row) => [...row])), await rows('select id, email from customer'));
  const typed = [...tables.persons].map(([id, text]) => [id, JSON.parse(text)] as const);
  assert.deepEqual(
    texts(typed.map(([id, { name, email, notes, reason = null, overrideReason = null }]) => [id, name, email, notes, reason, overrideReason])),
    await rows('select appointment_id, name, email, notes, reason, override_reason from appointment_person'),
  );
  assert.deepEqual(texts([...tables.nodes].map(([id, { isLeaving, isGone }]) => [id, isLeaving, isGone])), await rows('select id, leaving, gone from node'));
  assert.deepEqual(texts(tables.shards.map(({ owner, epoch }, id) => [id, owner, epoch])), await rows('select id, owner, epoch from shard'));
}
