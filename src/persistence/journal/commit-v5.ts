import type { PersonalDetails } from '../../actors/calendar/typed.ts';
import { castsOf, insertInto, rowsOf, signatureOf } from './commit-arrays.ts';
import {
  APPOINTMENTS,
  CALENDARS,
  CHANGES,
  CLAIMS_ADDED,
  CLAIMS_CHANGED,
  CLAIMS_REMOVED,
  COMMIT_TABLES,
  CUSTOMERS,
  FENCE,
  PERSONS,
  REQUESTS,
  SOURCES,
} from './commit-tables.ts';

/** What it takes; a test pins it to the version in the name. The text below may change without a new name, what it takes and returns may not, once it is released. */
export const COMMIT_SIGNATURE = signatureOf(COMMIT_TABLES);

/** The call. */
export const COMMIT = `select commit_v5(${castsOf(COMMIT_TABLES)})`;

/** The facts of a change. A hold that has just been placed is told by the text that its claim has. */
const EVENTS = `coalesce(h.events, '[{"type":"hold.placed","hold":' || i_details[h.hold] || '}]')::json`;

const GIVEN = {
  name: 'name',
  email: 'email',
  phone: 'phone',
  phone_e164: 'phoneE164',
  notes: 'notes',
  staff_notes: 'staffNotes',
  reason: 'reason',
  override_reason: 'overrideReason',
} as const satisfies Record<string, keyof PersonalDetails>;
const PERSON_FIELDS = Object.entries(GIVEN)
  .map(([column, field]) => `${column} = case when '${field}' = any (string_to_array(p.given, ',')) then p.${column} else x.${column} end`)
  .join(',\n        ');

/** The calendars of the batch with their places. */
const PLACES = rowsOf(CALENDARS, undefined, { place: 'generate_series(1, cardinality(c_id))' });

/**
 * The one stored function through which every decision of a calendar becomes durable. One call is one transaction, so the client
 * never holds one open. The text is the same on PostgreSQL and PGlite. What it takes is described in `commit-tables.ts`.
 *
 * In order:
 *  1. Fence: every shard in the batch must still have the epoch under which the batch was decided. A shared advisory lock on each shard keeps a refence
 *     or take-over (which takes the exclusive one) out until this transaction ends; what arrives later sees the new epoch. Who owns a shard is not
 *     asked: a node that knows the epoch may commit, because step 3 is what keeps two writers apart. The epoch is there to make a commit that was given up impossible.
 *  2. Keys: the calendar of a request key that is already written is skipped, and the stored outcome is returned.
 *     One that another lane or node writes between this look and step 4 raises 23505 on request_pkey: the repetition finds it here.
 *  3. Compare-and-set: each calendar that changes moves to its new revision if it is at the one it was decided on, and is locked by that; the others are skipped.
 *     All calendars of a component are skipped where one of them is: those that have moved go back before anything is written on them.
 *  4. Everything of the calendars that are kept is written: hours, claims (guarded by EXCLUDE and UNIQUE), the change log,
 *     customers, appointments with what was typed for them, request keys, where audited requests came from. `kept` says which, by their place in `c_id`, by which all rows name them.
 *
 * Returns one JSON object: `now` (database time, ms), `fenced` [{shard, epoch, owner}] (then nothing was written),
 * `lost` [{calendar, revision}], `duplicates` [{caller, key, fingerprint, entry, outcome, calendar, revision, event, refusal}].
 * A batch is a few hundred rows at most, each found by its key: whatever the planner believes of a table that was empty when it planned, it is to use the keys.
 * So one plan of each statement serves every batch; planning them anew, by the length of the arrays, cost 3% of the commit.
 * An overlap raises 23P01 (`claim_no_overlap`, or `claim_overlapped` over what overlaps on purpose), a used id or reference 23505, so does the address of a new customer that has another id by now (`customer_email`; one without an address never has), a claim that is not where the actor thinks it is SK001; all of them undo the whole call.
 */
export const COMMIT_V5_SQL = `
create or replace function commit_v5(${COMMIT_SIGNATURE}
) returns jsonb language plpgsql volatile
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
declare
  stamp int8 := (extract(epoch from clock_timestamp()) * 1000)::int8;
  fenced jsonb;
  duplicates jsonb := '[]';
  repeated int[] := '{}';
  lost jsonb := '[]';
  kept boolean[];
  moved int[];
  skipped int[];
  unchanged int;
  wanted int;
  done int;
begin
  perform pg_advisory_xact_lock_shared(7001, f.shard) from (select unnest(f_shard) shard order by 1) f;
  select jsonb_agg(jsonb_build_object('shard', f.shard, 'epoch', s.epoch, 'owner', s.owner)) into fenced
    from ${rowsOf(FENCE)} left join shard s on s.id = f.shard
    where s.epoch is distinct from f.epoch;
  if fenced is not null then
    return jsonb_build_object('now', stamp, 'fenced', fenced);
  end if;

  if cardinality(k_key) > 0 then
    select coalesce(jsonb_agg(jsonb_build_object('caller', r.caller, 'key', r.key, 'fingerprint', r.fingerprint, 'entry', r.entry_id, 'outcome', r.outcome,
             'calendar', r.calendar_id, 'revision', r.revision, 'refusal', r.refusal,
             'event', (select h.events -> (r.event_index::int) from change h where h.calendar_id = r.calendar_id and h.revision = r.revision))), '[]'),
           coalesce(array_agg(k.calendar_id) filter (where k.calendar_id is not null), '{}')
      into duplicates, repeated
      from ${rowsOf(REQUESTS, ['caller', 'key', 'calendar_id'])} join request r on r.caller = k.caller and r.key = k.key;
  end if;

  kept := array_fill(true, array[cardinality(c_id)]);
  if cardinality(repeated) > 0 then
    skipped := array(select c_component[place] from unnest(repeated) place);
    kept := array(select c.component <> all (skipped) from ${PLACES} order by c.place);
  end if;
  select count(*), count(*) filter (where c.will = c.was) into wanted, unchanged from ${PLACES} where kept[c.place];
  -- In one order everywhere, so that commits wait for each other in a row.
  with moving as (
    update calendar x set revision = c.will from (select * from ${PLACES} where c.will > c.was and kept[c.place] order by c.id) c
      where x.id = c.id and x.revision = c.was returning c.place)
    select coalesce(array_agg(place), '{}') into moved from moving;
  if unchanged > 0 or cardinality(moved) + unchanged < wanted or cardinality(repeated) > 0 then
    select coalesce(jsonb_agg(jsonb_build_object('calendar', c.id, 'revision', x.revision)), '[]'), array_agg(c.component) into lost, skipped
      from ${PLACES} left join calendar x on x.id = c.id
      where c.place <> all (moved) and (x.revision is distinct from c.was or (c.will > c.was and kept[c.place]));
  end if;
  if lost <> '[]' then
    -- The others of their components are skipped with them: those that have moved go back.
    update calendar x set revision = c.was from ${PLACES} where x.id = c.id and c.place = any (moved) and c.component = any (skipped);
    kept := array(select kept[c.place] and c.component <> all (skipped) from ${PLACES} order by c.place);
  end if;
  if cardinality(array_remove(c_hours, null)) > 0 then
    update calendar x set hours = c.hours::jsonb from ${PLACES} where x.id = c.id and c.will > c.was and c.hours is not null and kept[c.place];
  end if;

  if cardinality(d_id) > 0 then
    select count(*) into wanted from unnest(d_calendar_id) place where kept[place];
    delete from claim m using ${rowsOf(CLAIMS_REMOVED)} where m.id = d.id and m.calendar_id = c_id[d.calendar_id] and kept[d.calendar_id];
    get diagnostics done = row_count;
    if done <> wanted then raise exception 'claims to remove: % of % found', done, wanted using errcode = 'SK001'; end if;
  end if;
  if cardinality(u_id) > 0 then
    select count(*) into wanted from unnest(u_calendar_id) place where kept[place];
    update claim m set status = u.status, details = u.details::json
      from ${rowsOf(CLAIMS_CHANGED)}
      where m.id = u.id and m.calendar_id = c_id[u.calendar_id] and kept[u.calendar_id];
    get diagnostics done = row_count;
    if done <> wanted then raise exception 'claims to change: % of % found', done, wanted using errcode = 'SK001'; end if;
  end if;
  if cardinality(i_id) > 0 then
    -- Claims without a session overlap others on purpose. The constraint does not see them, so what is added beside them is looked at here. That of one batch
    -- is not: it may be what they overlap.
    if exists (select 1 from claim where session is null) and exists (
        select 1 from ${rowsOf(CLAIMS_ADDED)} join claim x on x.calendar_id = c_id[i.calendar_id] and x.session is null and x.during && int8range(i.starts_at, i.ends_at)
          where i.session is not null and kept[i.calendar_id]) then
      raise exception 'a claim overlaps one that is there on purpose' using errcode = '23P01', constraint = 'claim_overlapped';
    end if;
    ${insertInto('claim', CLAIMS_ADDED)}
      from ${rowsOf(CLAIMS_ADDED)} where kept[i.calendar_id];
  end if;

  if cardinality(h_entry_id) > 0 then
    -- In the order of the batch, which is that of the revisions: the positions are drawn in the order in which the rows go in.
    ${insertInto('change', CHANGES, { without: ['events', 'hold'], and: { events: EVENTS } })}
      from ${rowsOf(CHANGES)} where kept[h.calendar_id];
  end if;

  if cardinality(g_id) > 0 then
    insert into customer (id, name, email, phone, created_at)
      select distinct on (g.id) g.id, g.name, g.email, g.phone, stamp
      from ${rowsOf(CUSTOMERS)} where kept[g.calendar_id] order by g.id
      on conflict do nothing;
    -- Said without the address, which would be in the server's log.
    select count(*), count(*) filter (where x.id is null) into wanted, done
      from ${rowsOf(CUSTOMERS, ['id', 'calendar_id', 'email'])} left join customer x on x.id = g.id and x.email is not distinct from g.email where kept[g.calendar_id];
    if done > 0 then
      raise exception 'customers to add: % of % have another id', done, wanted using errcode = '23505', constraint = 'customer_email';
    end if;
  end if;
  if cardinality(a_id) > 0 then
    ${insertInto('appointment', APPOINTMENTS, { without: ['fresh'], and: { updated_at: 'stamp' } })}
      from ${rowsOf(APPOINTMENTS)} where a.fresh and kept[a.calendar_id];
    update appointment x set calendar_id = c_id[a.calendar_id], status = a.status, staff_id = a.staff_id, location_id = a.location_id, service_id = a.service_id, starts_at = a.starts_at,
        ends_at = a.ends_at, revision = a.revision, details = a.details::jsonb, updated_at = stamp
      from ${rowsOf(APPOINTMENTS)} where not a.fresh and x.id = a.id and kept[a.calendar_id];
  end if;
  if cardinality(p_appointment_id) > 0 then
    ${insertInto('appointment_person', PERSONS, { without: ['fresh', 'calendar_id', 'given'] })}
      from ${rowsOf(PERSONS)} where p.fresh and kept[p.calendar_id];
    update appointment_person x set ${PERSON_FIELDS},
        corrections = x.corrections + ('email' = any (string_to_array(p.given, ',')) and p.email is distinct from x.email)::int
      from ${rowsOf(PERSONS)} where not p.fresh and x.appointment_id = p.appointment_id and kept[p.calendar_id];
  end if;

  if cardinality(k_key) > 0 then
    ${insertInto('request', REQUESTS, { and: { created_at: 'stamp' } })}
      from ${rowsOf(REQUESTS)} where (k.calendar_id is null or kept[k.calendar_id])
        and (duplicates = '[]' or not exists (select 1 from jsonb_to_recordset(duplicates) r(caller text, key text) where r.caller = k.caller and r.key = k.key));
  end if;
  if cardinality(o_entry_id) > 0 then
    ${insertInto('entry_source', SOURCES, { without: ['calendar_id'], and: { created_at: 'stamp' } })}
      from ${rowsOf(SOURCES)} where kept[o.calendar_id] on conflict do nothing;
  end if;
  return jsonb_build_object('now', stamp, 'lost', lost, 'duplicates', duplicates);
end $$`;
