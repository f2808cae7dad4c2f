// A change log that tests write by hand, and a consumer that notes what it was told, in a table.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { LoggedChange } from '../../src/actors/change-log-port.ts';
import type { Consumer } from '../../src/consumers/consumer.ts';
import { ConsumerRunner, type RunnerParts } from '../../src/consumers/consumer-runner.ts';
import { timers } from '../../src/integrations/this-machine.ts';
import { ChangeLogReads } from '../../src/persistence/change-log/change-log-reads.ts';
import { SqlConsumers } from '../../src/persistence/change-log/consumer-store.ts';
import type { Database, EntityManager, SqlConnection } from '../../src/persistence/database/database.ts';

export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function makeNoteTable(database: Database): Promise<void> {
  await database.sql('create table note (number int8 generated always as identity, consumer text, calendar_id uuid, revision int8)');
}

type Writer = { run?: SqlConnection['run']; sql?: Database['sql'] };

/** Adds so many changes to a fresh calendar, one statement each, and says which it is. */
export async function addChanges(writer: Writer, count: number, { calendarId = randomUUID(), from = 0 } = {}): Promise<string> {
  const ask = (statement: string, parameters: readonly unknown[]) => writer.run?.(statement, parameters) ?? writer.sql?.(statement, parameters);
  const statement = `insert into change (calendar_id, revision, epoch, at, events, entry_id) values ($1::uuid, $2::int8, 0, $2::int8, '[{"type":"hours.changed"}]', $3::uuid)`;
  for (let revision = from + 1; revision <= from + count; revision += 1) await ask(statement, [calendarId, revision, randomUUID()]);
  return calendarId;
}

type Named = Partial<Consumer<EntityManager>> & { readonly poisoned?: (change: LoggedChange) => boolean };

/** Writes a note for each change. A poisoned one is refused by the database. */
export function notingConsumer({ poisoned = () => false, ...parts }: Named = {}): Consumer<EntityManager> {
  const name = parts.name ?? `notes-${randomUUID()}`;
  return {
    ...{ from: 'beginning', batchSize: 100, types: null },
    async effectsOf(changes) {
      return async (em) => {
        for (const change of changes)
          await em.execute('insert into note (consumer, calendar_id, revision) values (?, ?::uuid, ?::int8)', noteOf(name, change, poisoned));
      };
    },
    ...parts,
    name,
  };
}

function noteOf(name: string, change: LoggedChange, poisoned: (change: LoggedChange) => boolean): readonly unknown[] {
  return [name, poisoned(change) ? 'not a uuid' : change.calendarId, change.revision];
}

export function runnerOf(
  database: Database,
  consumer: Consumer<EntityManager>,
  parts: Partial<RunnerParts<EntityManager>> = {},
): ConsumerRunner<EntityManager> {
  const real = { store: new SqlConsumers(database), log: new ChangeLogReads(database), timers, node: randomUUID(), logger: quiet };
  return new ConsumerRunner({ ...real, ...parts, consumer });
}

/** What was noted, in the order in which it was, as `calendar@revision`. */
export async function notesOf(database: Database, { name }: Consumer<EntityManager>): Promise<readonly string[]> {
  const rows = await database.sql('select calendar_id, revision from note where consumer = $1 order by number', [name]);
  return rows.map(([calendarId, revision]) => `${calendarId}@${revision}`);
}

/** Everything that is in the log, in its order, from a calendar's first change on. */
export async function logged(database: Database, first?: string): Promise<readonly string[]> {
  const rows = await database.sql('select calendar_id, revision from change order by xid, position');
  const all = rows.map(([calendarId, revision]) => `${calendarId}@${revision}`);
  const start = first === undefined ? 0 : all.indexOf(`${first}@1`);
  assert.notEqual(start, -1);
  return all.slice(start);
}
