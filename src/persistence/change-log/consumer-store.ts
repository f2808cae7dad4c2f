// Consumers of the change log as rows: their positions, their leases, and what they have set aside.
import type { LoggedChange, LogPosition } from '../../actors/change-log-port.ts';
import { ReadFailure } from '../../actors/ports.ts';
import {
  type Behind,
  type ConsumerStore,
  MOST_SET_ASIDE,
  type SetAside,
  type Step,
  type StepEnd,
  TooManySetAside,
  writeEffects,
} from '../../consumers/consumer.ts';
import { type Instant, instant } from '../../model/instant.ts';
import { type Database, type EntityManager, SqlFailure, type SqlRow } from '../database/database.ts';
import { KEEP_THE_LOG } from '../database/one-at-a-time.ts';
import { asReadFailure } from '../database/read-failure.ts';
import { NEWEST_SETTLED } from './change-log-reads.ts';

/** A process that is frozen between two statements keeps the row of its consumer, and readers of the log, for no longer than this. */
const IDLE_IN_TRANSACTION_MS = 2_000;

/** Under the lock that cutting the log takes: what the consumer is to read is not just being cut. Where it is known it counts as run, so that its position is kept. */
const REGISTER = `with alone as materialized (select ${KEEP_THE_LOG}), start as (select null from alone)
  insert into consumer (name, xid, position, lease_until, started_at)
    select $1::text, coalesce(n.xid, '0'), coalesce(n.position, 0), clock_timestamp(), clock_timestamp() from start left join (${NEWEST_SETTLED}) n on $2::text = 'now'
  on conflict (name) do update set lease_until = greatest(consumer.lease_until, excluded.lease_until)`;

/** Written only where it changes hands or is half over. */
const TAKE = `with taken as (
    update consumer set owner = $2::uuid, lease_until = clock_timestamp() + make_interval(secs => $3::float8)
      where name = $1 and (owner is null or lease_until < clock_timestamp()
        or (owner = $2::uuid and lease_until < clock_timestamp() + make_interval(secs => $3::float8 / 2))) returning 1
  ) select c.xid::text, c.position::text, c.owner is not distinct from $2::uuid or exists (select 1 from taken) from consumer c where c.name = $1`;
const RELEASE = 'update consumer set owner = null where owner = $1::uuid';
const POSITION = 'select xid::text, position::text from consumer where name = $1';

/** The compare-and-set. The first statement of the transaction, so that of several who try one goes on. */
const ADVANCE = 'update consumer set xid = ?::text::xid8, position = ?::int8 where name = ? and xid = ?::text::xid8 and position = ?::int8 returning name';
const SET_ASIDE = `insert into set_aside_change (consumer, calendar_id, revision, xid, position, change, why, at)
  values (?, ?::uuid, ?::int8, ?::text::xid8, ?::int8, ?::jsonb, ?, (extract(epoch from clock_timestamp()) * 1000)::int8)`;
const SET_ASIDE_COUNT = 'select count(*)::int as count from set_aside_change where consumer = ?';
const TAKE_BACK = 'delete from set_aside_change where consumer = ? and calendar_id = ?::uuid and revision = ?::int8 returning consumer';

const BEHIND = `with place as (select xid, position from consumer where name = $1), unread as materialized (
    select at, xid, position from change where (xid, position) > ((select xid from place), (select position from place)) order by xid, position limit $2::int)
  select (select count(*)::int from unread), (select min(at) from unread),
    (extract(epoch from clock_timestamp()) * 1000)::int8, (select count(*)::int from set_aside_change where consumer = $1)`;
const LIST = `select calendar_id, revision, xid::text, position::text, change, why, at from set_aside_change
  where consumer = $1 order by set_aside_change.xid, set_aside_change.position limit $2::int`;

export class SqlConsumers implements ConsumerStore<EntityManager> {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  #ask(statement: string, parameters: readonly unknown[]): Promise<readonly SqlRow[]> {
    return this.#database.sql(statement, parameters).catch(asReadFailure);
  }

  async register(name: string, from: 'beginning' | 'now'): Promise<void> {
    await this.#ask(REGISTER, [name, from]);
  }

  async take(name: string, owner: string, leaseMs: number): Promise<{ readonly position: LogPosition; readonly isOurs: boolean }> {
    const [row] = await this.#ask(TAKE, [name, owner, leaseMs / 1_000]);
    return { position: positionOf(row, name), isOurs: row?.[2] === true };
  }

  async release(owner: string): Promise<void> {
    await this.#ask(RELEASE, [owner]);
  }

  async positionOf(name: string): Promise<LogPosition> {
    const [row] = await this.#ask(POSITION, [name]);
    return positionOf(row, name);
  }

  async advance(name: string, { from, to, effects, setAside }: Step<EntityManager>): Promise<StepEnd> {
    return await this.#commit(async (em) => {
      const moved = await em.execute(ADVANCE, [to.xid, to.position, name, from.xid, from.position]);
      if (moved.length === 0) return 'elsewhere';
      if (setAside !== undefined) await keepAside(em, name, setAside);
      await writeEffects(effects, em);
      return 'done';
    });
  }

  /** `unknown` where the answer to the commit is lost. */
  async #commit(work: (em: EntityManager) => Promise<StepEnd>): Promise<StepEnd> {
    try {
      return await this.#database.transaction(async (em) => {
        if (this.#database.kind === 'postgres') await em.execute(`set local idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`);
        return await work(em);
      });
    } catch (failure) {
      if (failure instanceof SqlFailure && !failure.definite) return 'unknown';
      throw failure;
    }
  }

  async behind(name: string, mostCounted: number): Promise<Behind> {
    const [row] = await this.#ask(BEHIND, [name, mostCounted]);
    const [changes, oldestAt, now, setAside] = row ?? [];
    return {
      changes: Number(changes),
      oldestAt: oldestAt === null || oldestAt === undefined ? null : instant(Number(oldestAt)),
      now: instant(Number(now)),
      setAside: Number(setAside),
    };
  }

  async listSetAside(name: string, limit: number): Promise<readonly SetAside[]> {
    const rows = await this.#ask(LIST, [name, limit]);
    return rows.map(([calendarId, revision, xid, position, kept, why, at]) => ({
      change: { ...(kept as Kept), calendarId, revision: Number(revision), base: Number(revision) - 1, xid, position } as LoggedChange,
      why: why as string,
      at: instant(at as Instant),
    }));
  }

  async settle(name: string, { calendarId, revision }: LoggedChange, effects: Step<EntityManager>['effects']): Promise<boolean> {
    const end = await this.#commit(async (em) => {
      const taken = await em.execute(TAKE_BACK, [name, calendarId, revision]);
      if (taken.length === 0) return 'elsewhere';
      await writeEffects(effects, em);
      return 'done';
    });
    if (end === 'unknown') throw new ReadFailure(new Error('it is not known what became of the commit; look whether the change is still set aside'));
    return end === 'done';
  }
}

type Kept = Omit<LoggedChange, 'calendarId' | 'revision' | 'base' | keyof LogPosition>;

async function keepAside(em: EntityManager, name: string, { change, why }: NonNullable<Step<EntityManager>['setAside']>): Promise<void> {
  const [row] = await em.execute<{ count: number }[]>(SET_ASIDE_COUNT, [name]);
  if ((row?.count ?? 0) >= MOST_SET_ASIDE) throw new TooManySetAside(name);
  const { calendarId, revision, base: _, xid, position, ...kept } = change;
  await em.execute(SET_ASIDE, [name, calendarId, revision, xid, position, JSON.stringify(kept), why]);
}

function positionOf(row: SqlRow | undefined, name: string): LogPosition {
  if (row === undefined) throw new Error(`the database does not know the consumer ${name}`);
  return { xid: row[0] as string, position: row[1] as string };
}
