import type { World } from './world.ts';

const OWNERS = `select c.id, extract(epoch from n.started_at)::float8 * 1000 from calendar c join shard s on s.id = c.shard join node n on n.id = s.owner`;

/**
 * The node that each calendar is with, past every fault; a calendar of a node that is no more is left out. Tables know processes by ids that
 * nobody else does, but a process signs in soon after it was started, before its next one is. `undefined`: the database does not answer just now.
 */
export async function ownersOf({ sql, nodes }: Pick<World, 'sql' | 'nodes'>): Promise<Readonly<Record<string, number>> | undefined> {
  const rows = await sql(OWNERS).catch(() => undefined);
  if (rows === undefined) return undefined;
  const started = nodes.map(({ index, startedAt }) => ({ index, startedAt })).sort((one, other) => one.startedAt - other.startedAt);
  const owners: Record<string, number> = {};
  for (const [calendarId, signedInAt] of rows) {
    const owner = started.findLast(({ startedAt }) => startedAt <= Number(signedInAt));
    if (owner !== undefined) owners[String(calendarId)] = owner.index;
  }
  return owners;
}
