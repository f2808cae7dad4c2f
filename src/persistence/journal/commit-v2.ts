/** What `commit_v2` takes, and `commit_v3` before what is new in it. Names cannot be changed by `create or replace`. */
export const COMMIT_V2_PARAMETERS = `
  p_atomic boolean,
  f_shard int[], f_epoch int[],
  c_id uuid[], c_from int8[], c_to int8[], c_hours text[],
  h_calendar uuid[], h_revision int8[], h_epoch int[], h_at int8[], h_events text[], h_entry uuid[],
  k_caller text[], k_key text[], k_fingerprint text[], k_entry uuid[], k_outcome text[], k_calendar uuid[], k_revision int8[], k_event int[], k_refusal text[],
  d_id uuid[], d_calendar uuid[],
  u_id uuid[], u_calendar uuid[], u_status text[], u_details text[],
  i_id uuid[], i_calendar uuid[], i_kind text[], i_session uuid[], i_lane int[], i_starts int8[], i_ends int8[], i_service uuid[], i_before int[], i_after int[], i_capacity int[], i_seats int[], i_status text[], i_details text[],
  a_new boolean[], a_id uuid[], a_calendar uuid[], a_reference text[], a_status text[], a_staff uuid[], a_location uuid[], a_service uuid[], a_customer uuid[], a_starts int8[], a_ends int8[], a_revision int8[], a_details text[], a_created int8[], a_creator uuid[],
  g_id uuid[], g_calendar uuid[], g_name text[], g_email text[], g_phone text[],
  o_entry uuid[], o_calendar uuid[], o_revision int8[], o_topic text[], o_payload text[]`;

const COUNT = COMMIT_V2_PARAMETERS.split(',').length;

/**
 * What nodes of the version before call, which may be beside this one: the same commit by a caller who does not say who asked. `unnest` fills up the
 * shorter of its arrays with nulls.
 */
export const COMMIT_V2_SQL = `
create or replace function commit_v2(${COMMIT_V2_PARAMETERS}
) returns jsonb language sql volatile as $$
  select commit_v3(${Array.from({ length: COUNT }, (_, index) => `$${index + 1}`).join(', ')}, '{}', '{}')
$$`;
