// Which databases hold the demo, and how one is emptied of it.
import { type Instant, instant } from '../../model/instant.ts';
import { NODE_EXPIRY_MS } from '../cluster/cluster-functions.ts';
import { JOBS_SCHEMA } from '../jobs/jobs-tables.ts';
import type { Database, EntityManager } from './database.ts';
import { OPENING_LOCK } from './one-at-a-time.ts';
import { ORM_OPTIONS } from './orm.ts';

const HAS_TABLES = `select to_regclass('business') is not null and to_regclass('user_account') is not null as yes`;
/**
 * By its mark, or by a demo account that can log in: a database from before the mark has only those. Columns are read through JSON, since
 * `npm run leave-demo` also meets databases of versions that do not have them.
 */
const HOLDS_DEMO = `select coalesce((select (to_jsonb(b) ->> 'holds_demo')::boolean from business b where b.id = 1), false)
    or exists (select 1 from user_account u where u.email in (select jsonb_array_elements_text(?::jsonb)) and to_jsonb(u) ->> 'disabled_at' is null) as yes`;
/** A node that was killed counts as running until the others would have given it up. */
const HAS_NODES = `select exists (select 1 from node where not gone and seen_at > clock_timestamp() - interval '${NODE_EXPIRY_MS} ms') as yes`;

/** Says of this database, for good, that it holds the demo. Written before the demo is, so that one that was cut off is known as well. */
export async function markDemo(database: Database): Promise<void> {
  await database.transaction((em) => em.execute('update business set holds_demo = true where id = 1'));
}

/** `demoEmails`: of the accounts that the demo makes. */
export function holdsDemo(database: Database, demoEmails: readonly string[]): Promise<boolean> {
  return database.transaction((em) => hasDemo(em, demoEmails));
}

/** When the tables of this database were made; 0 where nobody noted it. */
export async function databaseMadeAt(database: Database): Promise<Instant> {
  return instant(Number((await database.sql('select made_at from business where id = 1'))[0]?.[0]));
}

/**
 * Drops every table of this server, so that the next start finds an empty database. All or nothing.
 * `in-use`: a server runs on it, or was killed a few seconds ago.
 */
export function dropDemo(database: Database, demoEmails: readonly string[]): Promise<'dropped' | 'no-demo' | 'in-use'> {
  return database.transaction(async (em) => {
    // Nobody migrates meanwhile. Of an embedded database this process has the directory, so there is no other.
    const isAlone = database.kind === 'pglite' || (await says(em, `select pg_try_advisory_xact_lock(${OPENING_LOCK.join(', ')}) as yes`));
    if (!isAlone) return 'in-use';
    if (!(await hasDemo(em, demoEmails))) return 'no-demo';
    if (database.kind === 'postgres' && (await says(em, HAS_NODES))) return 'in-use';
    const tables = [...em.getMetadata().getAll().values()].map(({ tableName }) => tableName);
    const quoted = [...tables, ORM_OPTIONS.migrations.tableName].map((table) => `"${table}"`);
    const functions = await triggerFunctions(em, tables);
    // Restricted: a view that somebody else has put on top is not ours to drop, and stops it.
    await em.execute(`drop table if exists ${quoted.join(', ')} restrict`);
    await em.execute(`drop schema if exists ${JOBS_SCHEMA} cascade`);
    for (const name of functions) await em.execute(`drop function ${name}`);
    return 'dropped';
  });
}

async function hasDemo(em: EntityManager, demoEmails: readonly string[]): Promise<boolean> {
  return (await says(em, HAS_TABLES)) && (await says(em, HOLDS_DEMO, [JSON.stringify(demoEmails)]));
}

/** Migrations make them with `create function`, which fails where one is left over. The other functions are made anew at every opening. */
async function triggerFunctions(em: EntityManager, tables: readonly string[]): Promise<readonly string[]> {
  const rows = await em.execute<{ name: string }[]>(
    `select distinct t.tgfoid::regprocedure::text as name from pg_trigger t
      where not t.tgisinternal and t.tgrelid in (select to_regclass(quote_ident(name)) from jsonb_array_elements_text(?::jsonb) as names (name))`,
    [JSON.stringify(tables)],
  );
  return rows.map(({ name }) => name);
}

async function says(em: EntityManager, question: string, parameters: unknown[] = []): Promise<boolean> {
  const [row] = await em.execute<{ yes: boolean }[]>(question, parameters);
  return row?.yes === true;
}
