// Which nodes live, and which shards they own. Every change of owner takes the exclusive advisory lock of the shard, which waits for a
// commit that runs and stops one that has not begun, and raises the epoch. Names carry a version: an older node beside this one keeps calling its own.

/** A node that has not been heard from for this long (ms, by the database's clock) may be given up. */
export const NODE_EXPIRY_MS = 6_000;
/** A pause between two beats that is longer than this (ms) means that a node was not heard from steadily. */
const STEADY_PAUSE_MS = 3_000;

/** How the comment on the first role begins in an embedded cluster, followed by a random name; see `openCluster` in database/pglite/worker.ts. */
export const CLUSTER_NAME = 'slotkeeper cluster';

const LOCK_SHARDS = (shards: string) => `for held in ${shards} loop
    perform pg_advisory_xact_lock(7001, held);
  end loop;`;
const AS_JSON = `jsonb_build_object('shard', s.id, 'owner', s.owner, 'epoch', s.epoch)`;

const JOIN_NODE_V1 = `
create or replace function join_node_v1(p_node uuid) returns void language sql volatile as $$
  insert into node (id, started_at, seen_at, steady_since, gone) values (p_node, clock_timestamp(), clock_timestamp(), clock_timestamp(), false) on conflict (id) do nothing;
$$`;

/**
 * Who gives others up must itself have been heard from for as long as it takes to be given up: after an outage of the database everybody
 * looks dead, and the first to come back must not bury those who are about to.
 * A database that goes on under another timeline, as another cluster or, restored from a dump, as another database of the same cluster may have lost its tail,
 * so its revisions belong to a new era. Versions before this one kept less of what tells them apart; where the rest is the same, it is only added.
 */
const BEAT_V1 = `
create or replace function beat_v1(p_node uuid, p_known int8) returns jsonb language plpgsql volatile as $$
declare
  moment timestamptz := clock_timestamp();
  steady timestamptz;
  life_now text := (select system_identifier::text from pg_control_system()) || ' ' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
    || ' ' || (select d.oid::text from pg_database d where d.datname = current_database())
    || coalesce((select substring(shobj_description(r.oid, 'pg_authid') from '^${CLUSTER_NAME}( .*)') from pg_roles r where r.rolname = 'postgres'), '');
  kept record;
  shards jsonb;
begin
  update node n set seen_at = moment, steady_since = case when n.seen_at < moment - interval '${STEADY_PAUSE_MS} ms' then moment else n.steady_since end
    where n.id = p_node and not n.gone returning n.steady_since into steady;
  if steady <= moment - interval '${NODE_EXPIRY_MS} ms' then
    update node n set gone = true where n.id in (
      select o.id from node o where not o.gone and o.id <> p_node and o.seen_at < moment - interval '${NODE_EXPIRY_MS} ms' for update skip locked);
  end if;
  update business b set era = case when b.life is null or starts_with(life_now, b.life || ' ') then b.era else gen_random_uuid() end, life = life_now where b.id = 1 and b.life is distinct from life_now;
  select b.era, b.catalog_version into kept from business b where b.id = 1;
  if (select sum(s.epoch) from shard s) is distinct from p_known then
    select jsonb_agg(${AS_JSON} order by s.id) into shards from shard s;
  end if;
  return jsonb_build_object('now', (extract(epoch from moment) * 1000)::int8, 'gone', steady is null, 'era', kept.era, 'catalogVersion', kept.catalog_version,
    'nodes', (select coalesce(jsonb_agg(n.id order by n.id), '[]') from node n where not n.gone),
    'members', (select coalesce(jsonb_agg(n.id order by n.id), '[]') from node n where not n.gone and not n.leaving), 'shards', shards);
end $$`;

const TAKE_SHARDS_V1 = `
create or replace function take_shards_v1(p_node uuid, p_shards int[]) returns jsonb language plpgsql volatile as $$
declare
  held int;
begin
  ${LOCK_SHARDS('select s from unnest(p_shards) s order by s')}
  update shard s set owner = p_node, epoch = s.epoch + 1 where s.id = any(p_shards)
    and not exists (select 1 from node n where n.id = s.owner and not n.gone) and exists (select 1 from node n where n.id = p_node and not n.gone and not n.leaving);
  return (select jsonb_agg(${AS_JSON} order by s.id) from shard s where s.id = any(p_shards));
end $$`;

const TAKE_ALL_SHARDS_V2 = `
create or replace function take_all_shards_v2(p_node uuid) returns jsonb language plpgsql volatile as $$
declare
  held int;
begin
  perform join_node_v1(p_node);
  update node set gone = true where not gone and id <> p_node;
  ${LOCK_SHARDS('select s.id from shard s order by s.id')}
  update shard s set owner = p_node, epoch = s.epoch + 1;
  return (select jsonb_agg(${AS_JSON} order by s.id) from shard s);
end $$`;

const GIVE_SHARDS_V1 = `
create or replace function give_shards_v1(p_node uuid, p_to uuid, p_shards int[]) returns jsonb language plpgsql volatile as $$
declare
  held int;
begin
  ${LOCK_SHARDS('select s from unnest(p_shards) s order by s')}
  update shard s set owner = p_to, epoch = s.epoch + 1 where s.id = any(p_shards) and s.owner = p_node and exists (select 1 from node n where n.id = p_to and not n.gone and not n.leaving);
  return (select jsonb_agg(${AS_JSON} order by s.id) from shard s where s.id = any(p_shards));
end $$`;

const PREPARE_TO_LEAVE_V1 = `
create or replace function prepare_to_leave_v1(p_node uuid) returns void language sql volatile as $$
  update node set leaving = true where id = p_node;
$$`;

const LEAVE_NODE_V1 = `
create or replace function leave_node_v1(p_node uuid) returns void language plpgsql volatile as $$
declare
  held int;
begin
  ${LOCK_SHARDS('select s.id from shard s where s.owner = p_node order by s.id')}
  update shard s set owner = null, epoch = s.epoch + 1 where s.owner = p_node;
  update node set gone = true where id = p_node;
end $$`;

const REFENCE_SHARDS_V2 = `
create or replace function refence_shards_v2(p_shards int[]) returns jsonb language plpgsql volatile as $$
declare
  held int;
begin
  ${LOCK_SHARDS('select s from unnest(p_shards) s order by s')}
  update shard s set epoch = s.epoch + 1 where s.id = any(p_shards);
  return (select coalesce(jsonb_agg(${AS_JSON} order by s.id), '[]') from shard s where s.id = any(p_shards));
end $$`;

export const CLUSTER_FUNCTIONS: readonly string[] = [
  JOIN_NODE_V1,
  BEAT_V1,
  TAKE_SHARDS_V1,
  TAKE_ALL_SHARDS_V2,
  GIVE_SHARDS_V1,
  PREPARE_TO_LEAVE_V1,
  LEAVE_NODE_V1,
  REFENCE_SHARDS_V2,
];
