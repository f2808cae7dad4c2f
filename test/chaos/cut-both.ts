// Cuts the log of a database and of the model of it, with the same ages, requests and consumers, and compares what is left.
import assert from 'node:assert/strict';
import { baseOf } from '../../chaos/simulator/model-database/reads.ts';
import { baseOver, cut, cuttable } from '../../chaos/simulator/model-database/retention.ts';
import type { ChangeRow, Tables } from '../../chaos/simulator/model-database/tables.ts';
import { runAlone } from '../../chaos/simulator/model-database/transactions.ts';
import type { Random } from '../../chaos/simulator/random.ts';
import { DAY } from '../../src/model/instant.ts';
import { cutLog } from '../../src/persistence/change-log/log-retention.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { SqlJournal } from '../../src/persistence/journal/journal-database.ts';

const LOG_DAYS = 10;
/** Of changes and of requests, in days: on one side of every limit or the other, far from each. */
const CHANGE_AGES = [2, 20, 20, 20, 30];
const REQUEST_AGES = [0.5, 15, 25];
const LIMITS = { logMs: LOG_DAYS * DAY, keyMs: DAY, requestMs: DAY, answerMarginMs: DAY, positionMs: DAY, stepRows: 500 };

/** Returns how many changes were cut. */
export async function compareCut(tables: Tables, database: Database, random: Random): Promise<number> {
  await makeOlder(tables, database, random);
  await addConsumer(tables, database, random);
  const [places, modelledPlaces] = [await placesOf(database), new Map(tables.log.map((row) => [nameOf(row), `${row.calendarId}@${row.revision}`]))];
  const now = tables.clock();
  const { changes } = await cutLog(database, { logDays: LOG_DAYS, claimDays: 400 });
  let modelled = 0;
  for (const calendarId of tables.calendars.keys()) {
    const rows = cuttable(tables, calendarId, now - LIMITS.logMs, LIMITS);
    const before = baseOf(tables, calendarId);
    const base = baseOver(before, rows);
    if (base !== undefined) modelled += runAlone(cut(tables, rows, { base, before }));
  }
  assert.equal(modelled, changes, 'changes that were cut');
  const journal = new SqlJournal(database);
  for (const id of tables.calendars.keys()) assert.deepEqual(plain(baseOf(tables, id)), plain(await journal.baseOf(id)), `the base of ${id}`);
  if (changes > 0) {
    const [[xid, position] = []] = await database.sql('select xid::text, position::text from log_cut');
    assert.equal(modelledPlaces.get(nameOf(tables.cut)), places.get(`${xid} ${position}`), 'how far the log is cut');
  }
  return changes;
}

/** Dates and requests are made as old in one as in the other. */
async function makeOlder(tables: Tables, database: Database, random: Random): Promise<void> {
  const now = Math.floor(tables.clock());
  for (const row of tables.log) {
    const at = now - random.pick(CHANGE_AGES) * DAY;
    Object.assign(row, { at });
    await database.sql('update change set at = $3::int8 where calendar_id = $1::uuid and revision = $2::int8', [row.calendarId, row.revision, at]);
  }
  const isKept = random.chance(0.5);
  const age = random.pick(REQUEST_AGES) * DAY;
  if (isKept) {
    for (const [name, row] of tables.requests) tables.requests.set(name, { ...row, createdAt: now - age });
    await database.sql('update request set created_at = $1::int8', [now - age]);
  } else {
    tables.requests.clear();
    await database.sql('delete from request');
  }
}

/** A consumer that stands at some change. */
async function addConsumer(tables: Tables, database: Database, random: Random): Promise<void> {
  await database.sql('delete from consumer');
  tables.consumers.clear();
  if (tables.log.length === 0 || random.chance(0.4)) return;
  const { xid, position, calendarId, revision } = random.pick(tables.log);
  tables.consumers.set('reader', { xid, position, owner: null, leaseUntil: tables.clock() });
  await database.sql(
    `insert into consumer (name, xid, position, lease_until, started_at)
      select 'reader', xid, position, clock_timestamp(), clock_timestamp() from change where calendar_id = $1::uuid and revision = $2::int8`,
    [calendarId, revision],
  );
}

/** What stands where in the order of the business. */
async function placesOf(database: Database): Promise<ReadonlyMap<string, string>> {
  const rows = await database.sql('select xid::text, position::text, calendar_id, revision from change');
  return new Map(rows.map(([xid, position, calendarId, revision]) => [`${xid} ${position}`, `${calendarId}@${revision}`]));
}

function nameOf({ xid, position }: Pick<ChangeRow, 'xid' | 'position'>): string {
  return `${xid} ${position}`;
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}
