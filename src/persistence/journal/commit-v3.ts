import { COMMIT_V2_PARAMETERS } from './commit-v2.ts';

/**
 * The one stored function through which every decision of a calendar becomes durable. One call is one transaction, so the client
 * never holds one open. The text is the same on PostgreSQL and PGlite.
 *
 * In order:
 *  1. Fence: every shard in the batch must still have the epoch under which the batch was decided. A shared advisory lock on each shard keeps a refence
 *     or take-over (which takes the exclusive one) out until this transaction ends; what arrives later sees the new epoch. Who owns a shard is not
 *     asked: a node that knows the epoch may commit, because step 3 is what keeps two writers apart. The epoch is there to make a commit that was given up impossible.
 *  2. Keys: a request key that is already written makes its calendar sit this batch out and is returned with its stored outcome.
 *     One that another lane or node writes between this look and step 4 raises 23505 on request_pkey: the repetition finds it here.
 *  3. Compare-and-set: a calendar that is not at the revision it was decided on sits the batch out as well.
 *     With `p_atomic` one calendar that sits out stops the whole batch.
 *  4. Everything of the remaining calendars is written: revisions, claims (guarded by EXCLUDE and UNIQUE), the change log,
 *     customers, appointments, request keys, outbox.
 *
 * Returns one JSON object: `now` (database time, ms), `fenced` [{shard, epoch, owner}] (then nothing was written),
 * `lost` [{calendar, revision}], `duplicates` [{caller, key, fingerprint, entry, outcome, calendar, revision, event, refusal}].
 * A batch is a few hundred rows at most, each found by its key: whatever the planner believes of a table that was empty when it planned, it is to use the keys.
 * An overlap raises 23P01, a used id or reference 23505, a claim that is not where the actor thinks it is SK001; all of them undo the whole call.
 */
export const COMMIT_V3_SQL = `
create or replace function commit_v3(${COMMIT_V2_PARAMETERS},
  h_by text[], h_request text[]
) returns jsonb language plpgsql volatile set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  stamp int8 := (extract(epoch from clock_timestamp()) * 1000)::int8;
  held int;
  fenced jsonb;
  duplicates jsonb := '[]';
  lost jsonb := '[]';
  aside uuid[] := '{}';
  behind uuid[];
  wanted int;
  done int;
begin
  for held in select s from unnest(f_shard) s order by s loop
    perform pg_advisory_xact_lock_shared(7001, held);
  end loop;
  select jsonb_agg(jsonb_build_object('shard', f.shard, 'epoch', s.epoch, 'owner', s.owner)) into fenced
    from unnest(f_shard, f_epoch) f(shard, epoch) left join shard s on s.id = f.shard
    where s.epoch is distinct from f.epoch;
  if fenced is not null then
    return jsonb_build_object('now', stamp, 'fenced', fenced);
  end if;

  if cardinality(k_key) > 0 then
    select coalesce(jsonb_agg(jsonb_build_object('caller', r.caller, 'key', r.key, 'fingerprint', r.fingerprint, 'entry', r.entry_id, 'outcome', r.outcome,
             'calendar', r.calendar_id, 'revision', r.revision, 'refusal', r.refusal,
             'event', (select h.events -> (r.event_index::int) from change h where h.calendar_id = r.calendar_id and h.revision = r.revision))), '[]'),
           coalesce(array_agg(k.calendar) filter (where k.calendar is not null), '{}')
      into duplicates, aside
      from unnest(k_caller, k_key, k_calendar) k(caller, key, calendar) join request r on r.caller = k.caller and r.key = k.key;
  end if;

  perform 1 from calendar c join unnest(c_id, c_from, c_to) w(id, was, will) on w.id = c.id where w.will > w.was
    order by c.id for no key update of c;
  select coalesce(jsonb_agg(jsonb_build_object('calendar', w.id, 'revision', c.revision)), '[]'), coalesce(array_agg(w.id), '{}') into lost, behind
    from unnest(c_id, c_from) w(id, was) left join calendar c on c.id = w.id
    where c.revision is distinct from w.was;
  aside := aside || behind;
  if p_atomic and (lost <> '[]' or duplicates <> '[]') then
    return jsonb_build_object('now', stamp, 'lost', lost, 'duplicates', duplicates);
  end if;

  update calendar c set revision = w.will, hours = coalesce(w.hours::jsonb, c.hours)
    from unnest(c_id, c_from, c_to, c_hours) w(id, was, will, hours)
    where c.id = w.id and w.will > w.was and w.id <> all(aside);

  if cardinality(d_id) > 0 then
    select count(*) into wanted from unnest(d_calendar) d(calendar) where d.calendar <> all(aside);
    delete from claim m using unnest(d_id, d_calendar) d(id, calendar) where m.id = d.id and m.calendar_id = d.calendar and d.calendar <> all(aside);
    get diagnostics done = row_count;
    if done <> wanted then raise exception 'claims to remove: % of % found', done, wanted using errcode = 'SK001'; end if;
  end if;
  if cardinality(u_id) > 0 then
    select count(*) into wanted from unnest(u_calendar) u(calendar) where u.calendar <> all(aside);
    update claim m set status = u.status, details = u.details::jsonb
      from unnest(u_id, u_calendar, u_status, u_details) u(id, calendar, status, details)
      where m.id = u.id and m.calendar_id = u.calendar and u.calendar <> all(aside);
    get diagnostics done = row_count;
    if done <> wanted then raise exception 'claims to change: % of % found', done, wanted using errcode = 'SK001'; end if;
  end if;
  if cardinality(i_id) > 0 then
    insert into claim (id, calendar_id, kind, session, lane, starts_at, ends_at, service_id, buffer_before_minutes, buffer_after_minutes, capacity, seats, status, details)
      select i.id, i.calendar, i.kind, i.session, i.lane, i.starts, i.ends, i.service, i.before, i.after, i.capacity, i.seats, i.status, i.details::jsonb
      from unnest(i_id, i_calendar, i_kind, i_session, i_lane, i_starts, i_ends, i_service, i_before, i_after, i_capacity, i_seats, i_status, i_details)
        i(id, calendar, kind, session, lane, starts, ends, service, before, after, capacity, seats, status, details)
      where i.calendar <> all(aside);
  end if;

  if cardinality(h_entry) > 0 then
    -- In the order of the batch, which is that of the revisions: the positions are drawn in the order in which the rows go in.
    insert into change (calendar_id, revision, epoch, at, events, entry_id, by, request_id)
      select h.calendar, h.revision, h.epoch, h.at, h.events::jsonb, h.entry, h.by::jsonb, h.request
      from unnest(h_calendar, h_revision, h_epoch, h_at, h_events, h_entry, h_by, h_request) h(calendar, revision, epoch, at, events, entry, by, request)
      where h.calendar <> all(aside);
  end if;

  if cardinality(g_id) > 0 then
    insert into customer (id, name, email, phone, created_at)
      select distinct on (g.id) g.id, g.name, g.email, g.phone, stamp
      from unnest(g_id, g_calendar, g_name, g_email, g_phone) g(id, calendar, name, email, phone)
      where g.calendar <> all(aside) order by g.id
      on conflict do nothing;
  end if;
  if cardinality(a_id) > 0 then
    insert into appointment (id, calendar_id, reference, status, staff_id, location_id, service_id, customer_id, starts_at, ends_at, revision, details, created_at, created_by, updated_at)
      select a.id, a.calendar, a.reference, a.status, a.staff, a.location, a.service, a.customer, a.starts, a.ends, a.revision, a.details::jsonb, a.created, a.creator, stamp
      from unnest(a_new, a_id, a_calendar, a_reference, a_status, a_staff, a_location, a_service, a_customer, a_starts, a_ends, a_revision, a_details, a_created, a_creator)
        a(fresh, id, calendar, reference, status, staff, location, service, customer, starts, ends, revision, details, created, creator)
      where a.fresh and a.calendar <> all(aside);
    update appointment x set calendar_id = a.calendar, status = a.status, staff_id = a.staff, location_id = a.location, starts_at = a.starts, ends_at = a.ends,
        revision = a.revision, details = a.details::jsonb, updated_at = stamp
      from unnest(a_new, a_id, a_calendar, a_status, a_staff, a_location, a_starts, a_ends, a_revision, a_details)
        a(fresh, id, calendar, status, staff, location, starts, ends, revision, details)
      where not a.fresh and x.id = a.id and a.calendar <> all(aside);
  end if;

  if cardinality(k_key) > 0 then
    insert into request (caller, key, fingerprint, entry_id, outcome, calendar_id, revision, event_index, refusal, created_at)
      select k.caller, k.key, k.fingerprint, k.entry, k.outcome, k.calendar, k.revision, k.event, k.refusal::jsonb, stamp
      from unnest(k_caller, k_key, k_fingerprint, k_entry, k_outcome, k_calendar, k_revision, k_event, k_refusal)
        k(caller, key, fingerprint, entry, outcome, calendar, revision, event, refusal)
      where (k.calendar is null or k.calendar <> all(aside))
        and not exists (select 1 from jsonb_to_recordset(duplicates) r(caller text, key text) where r.caller = k.caller and r.key = k.key);
  end if;
  if cardinality(o_entry) > 0 then
    insert into outbox (entry_id, calendar_id, revision, topic, payload, created_at)
      select o.entry, o.calendar, o.revision, o.topic, o.payload::jsonb, stamp
      from unnest(o_entry, o_calendar, o_revision, o_topic, o_payload) o(entry, calendar, revision, topic, payload)
      where o.calendar <> all(aside);
  end if;
  return jsonb_build_object('now', stamp, 'lost', lost, 'duplicates', duplicates);
end $$`;
