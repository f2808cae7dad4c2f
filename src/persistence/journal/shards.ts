/**
 * Ownership of shards. A node is one incarnation of a process; `epoch` counts how often a shard was taken or refenced and never falls.
 * Both functions take the exclusive advisory lock of a shard, which waits for a commit that runs and kills one that has not begun.
 */

/** A node registers itself and takes every shard: what a single node does at start. Returns the shards as [{shard, epoch}]. */
export const TAKE_ALL_SHARDS_V1_SQL = `
create or replace function take_all_shards_v1(p_node uuid) returns jsonb language plpgsql volatile as $$
declare
  held int;
  taken jsonb;
begin
  update node set gone = true where not gone and id <> p_node;
  insert into node (id, started_at, seen_at, gone) values (p_node, clock_timestamp(), clock_timestamp(), false) on conflict (id) do nothing;
  for held in select id from shard order by id loop
    perform pg_advisory_xact_lock(7001, held);
  end loop;
  with moved as (update shard set owner = p_node, epoch = epoch + 1 returning id, epoch)
    select jsonb_agg(jsonb_build_object('shard', id, 'epoch', epoch)) into taken from moved;
  return taken;
end $$`;

/** A node in doubt about a commit raises the epoch of its own shards. Shards it has lost are missing from what is returned. */
export const REFENCE_SHARDS_V1_SQL = `
create or replace function refence_shards_v1(p_node uuid, p_shards int[]) returns jsonb language plpgsql volatile as $$
declare
  held int;
  raised jsonb;
begin
  for held in select s from unnest(p_shards) s order by s loop
    perform pg_advisory_xact_lock(7001, held);
  end loop;
  with moved as (update shard set epoch = epoch + 1 where id = any(p_shards) and owner = p_node returning id, epoch)
    select coalesce(jsonb_agg(jsonb_build_object('shard', id, 'epoch', epoch)), '[]') into raised from moved;
  return raised;
end $$`;
