// How the nodes and the consumers are doing, by what they write into the database.
import type { Database } from '../database/database.ts';
import { readInTime } from '../database/read-failure.ts';

type SystemFound = {
  readonly now: number;
  readonly nodes: readonly { readonly id: string; readonly isLeaving: boolean; readonly startedAt: number; readonly seenAt: number; readonly shards: number }[];
  readonly consumers: readonly {
    readonly name: string;
    readonly isRun: boolean;
    readonly changes: number;
    readonly oldestAt: number | null;
    readonly setAside: number;
  }[];
};

const MILLISECONDS = (moment: string) => `(extract(epoch from ${moment}) * 1000)::int8`;
/** One statement is one moment. `unread`: as `SqlConsumers.behind` has it. */
const SYSTEM = `select ${MILLISECONDS('clock_timestamp()')},
  (select coalesce(json_agg(json_build_object('id', n.id, 'isLeaving', n.leaving, 'startedAt', ${MILLISECONDS('n.started_at')}, 'seenAt', ${MILLISECONDS('n.seen_at')},
      'shards', (select count(*) from shard s where s.owner = n.id)) order by n.started_at, n.id), '[]') from node n where not n.gone),
  (select coalesce(json_agg(json_build_object('name', c.name, 'isRun', c.lease_until > clock_timestamp(), 'changes', u.changes, 'oldestAt', u.oldest,
      'setAside', (select count(*) from set_aside_change a where a.consumer = c.name)) order by c.name), '[]')
    from consumer c cross join lateral (select count(*) as changes, min(r.at) as oldest from (
      select at from change where (change.xid, change.position) > (c.xid, c.position) order by change.xid, change.position limit $1::int) r) u)`;

export async function readSystem(database: Database, mostCounted: number): Promise<SystemFound> {
  const [[now, nodes, consumers] = []] = await readInTime(database.sql(SYSTEM, [mostCounted]));
  return { now: Number(now), nodes, consumers } as SystemFound; // written by this server, so it is what it says
}
