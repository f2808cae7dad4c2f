// How customers are found. Names are compared without case and accents, numbers by their digits. With `pg_trgm` there is an index of what is inside, and what is similar is found.
import type { Question } from '../../customers/question.ts';
import type { Within } from '../../customers/within.ts';
import { LIVE_STATUSES } from '../../model/appointment-status.ts';
import type { Database } from '../database/database.ts';
import { CUSTOMER_TEXT_INDEX } from './customer-row.ts';

/** How much of what was typed must be found together, from 0 to 1: two letters exchanged in the middle of a name of seven leave three of its eight trigrams, 0.375. */
const LEAST_SIMILAR = 0.35;
/** As many as are looked at before it is looked who of them may be seen. */
const MOST_SIMILAR = 500;

/** A function of its own since the operator, which the index answers, takes its threshold from a setting. */
const SIMILAR_CUSTOMERS = `create or replace function similar_customers_v2(typed text) returns table (id uuid, likeness real) language plpgsql stable
  set pg_trgm.word_similarity_threshold = ${LEAST_SIMILAR} as $body$
begin
  return query select c.id, word_similarity(typed, c.found_by) from customer c
    where typed <% c.found_by and c.erased_at is null order by 2 desc limit ${MOST_SIMILAR};
end $body$`;

/**
 * At each opening, so that an extension that an administrator has added is used from then on. Where the role may not make it, or the server does not have it, nothing
 * fails: `canFindSimilar` says so, and the log does.
 */
export const MAKE_CUSTOMERS_FINDABLE = `do $$ begin
  if not exists (select from pg_extension where extname = 'pg_trgm') then
    begin
      create extension if not exists pg_trgm;
    exception when insufficient_privilege or undefined_file or feature_not_supported or undefined_object then null;
    end;
  end if;
  if exists (select from pg_extension where extname = 'pg_trgm') then
    if to_regclass('customer_text') is null then
      ${CUSTOMER_TEXT_INDEX};
    end if;
    execute $make$ ${SIMILAR_CUSTOMERS} $make$;
  end if;
end $$`;
const CAN_FIND_SIMILAR = `select to_regprocedure('similar_customers_v2(text)') is not null`;

/** Whether the database has `pg_trgm`. */
export async function canFindSimilar(database: Pick<Database, 'sql'>): Promise<boolean> {
  const [[can] = []] = await database.sql(CAN_FIND_SIMILAR);
  return can === true;
}

const NOW = '(extract(epoch from clock_timestamp()) * 1000)::int8';
/** Begins with the name. */
const TEXT_OF = (row: string) => `${row}.found_by`;
const NAME_OF = (row: string) => `(${row}.found_by collate "C")`;
const AHEAD = `a.starts_at > ${NOW} and a.status in ('${LIVE_STATUSES.join("', '")}')`;

const CUSTOMER_COLUMNS = `c.id, c.name, c.email, c.phone, c.notes, c.staff_notes, c.tags, c.blocked, c.marketing, c.marketing_at, c.location_id, c.created_at, c.version`;

export type Statement = { readonly sql: string; readonly parameters: readonly unknown[] };
type Give = (value: unknown, type: string) => string;

/** Whether appointment `a` is one that the reader may see. */
function isWithin({ locationId, staffId }: Within, give: Give): string {
  if (staffId !== null) return `a.staff_id = ${give(staffId, 'uuid')}`;
  return locationId === null ? 'true' : `a.location_id = ${give(locationId, 'uuid')}`;
}

/** Whether customer `c` is one that the reader may see. */
function isVisible(within: Within, give: Give): string {
  const { locationId, staffId } = within;
  if (locationId === null && staffId === null) return 'c.erased_at is null';
  const hasAppointment = `exists (select 1 from appointment a where a.customer_id = c.id and ${isWithin(within, give)})`;
  return `c.erased_at is null and (${locationId === null ? '' : `c.location_id = ${give(locationId, 'uuid')} or `}${hasAppointment})`;
}

/** Whether customer `c` belongs to a location that the reader does not look after. */
function isShared(within: Within, give: Give): string {
  const { locationId, staffId } = within;
  if (staffId === null && locationId === null) return 'false';
  if (staffId === null) {
    const own = give(locationId, 'uuid');
    return `(c.location_id <> ${own} or exists (select 1 from appointment a where a.customer_id = c.id and a.location_id <> ${own})) is true`;
  }
  const own = `select b.location_id from appointment b where b.customer_id = c.id and b.staff_id = ${give(staffId, 'uuid')}`;
  return `(c.location_id not in (${own}) or exists (select 1 from appointment a where a.customer_id = c.id and a.location_id not in (${own}))) is true`;
}

/** The rows of customers with what follows from appointments that the reader may see. `from` has `c`. */
function withAppointments(from: string, within: Within, give: Give, order: string): string {
  const visible = isWithin(within, give);
  return `select ${CUSTOMER_COLUMNS},
      exists (select 1 from user_account u where u.customer_id = c.id and u.removed_at is null and u.disabled_at is null), ${isShared(within, give)},
      s.visits, s.no_shows, s.cancelled, p.spent, n.id, n.status, n.starts_at, n.ends_at, n.time_zone, n.service_id, n.service_name, n.staff_id, n.location_id
    from ${from}
    cross join lateral (select
        count(*) filter (where a.status in ('checked-in', 'completed') or (a.status = 'booked' and a.ends_at <= ${NOW}))::int as visits,
        count(*) filter (where a.status = 'no-show')::int as no_shows, count(*) filter (where a.status = 'cancelled')::int as cancelled
      from appointment a where a.customer_id = c.id and ${visible}) s
    cross join lateral (select coalesce(json_agg(json_build_object('amount', m.amount, 'currency', m.currency) order by m.currency), '[]') as spent
      from (select p.currency, sum(p.received - p.refunded)::int8 as amount from appointment a join payment p on p.appointment_id = a.id
        where a.customer_id = c.id and ${visible} group by p.currency having sum(p.received - p.refunded) <> 0) m) p
    left join lateral (select a.id, a.status, a.starts_at, a.ends_at, a.details ->> 'timeZone' as time_zone, a.service_id, a.details ->> 'serviceName' as service_name,
        a.staff_id, a.location_id
      from appointment a where a.customer_id = c.id and ${AHEAD} and ${visible} order by a.starts_at, a.id limit 1) n on true ${order}`;
}

function giving(): { readonly parameters: unknown[]; readonly give: Give } {
  const parameters: unknown[] = [];
  return { parameters, give: (value, type) => `$${parameters.push(value)}::${type}` };
}

/** Also by the id of one that was merged into them. */
export function recordStatement(id: string, within: Within): Statement {
  const { parameters, give } = giving();
  const asked = give(id, 'uuid');
  const where = `where c.id = coalesce((select k.customer_id from customer_alias k where k.id = ${asked}), ${asked}) and ${isVisible(within, give)}`;
  return { sql: withAppointments('customer c', within, give, where), parameters };
}

/** Whether the last one of the page before is still there, and one that the reader may see. */
export function isThereStatement(id: string, within: Within): Statement {
  const { parameters, give } = giving();
  return { sql: `select 1 from customer c where c.id = ${give(id, 'uuid')} and ${isVisible(within, give)}`, parameters };
}

type Page = { readonly question: Question | null; readonly within: Within; readonly limit: number; readonly after: string | null };

/** Customers that the reader may see, in the order of their ids, from one on. */
export function exportStatement(within: Within, after: string | null, limit: number): Statement {
  const { parameters, give } = giving();
  const from = after === null ? 'true' : `c.id > ${give(after, 'uuid')}`;
  const sql = `select c.id, c.name, c.email, c.phone, c.notes, c.tags, ${isShared(within, give)} from customer c
    where ${from} and ${isVisible(within, give)} order by c.id limit ${give(limit, 'int')}`;
  return { sql, parameters };
}

/** In the order of how well they fit, then of names. */
export function listStatement({ question, within, limit, after }: Page): Statement {
  const { parameters, give } = giving();
  const { matches, rank } = question === null ? { matches: 'true', rank: null } : matching(question, give);
  const orders = [...(rank === null ? [] : [rank]), NAME_OF];
  const order = [...orders.map((by) => by('c')), 'c.id'].join(', ');
  const page = `(select c.*, row_number() over (order by ${order}) as place from customer c
    where ${matches} and ${after === null ? 'true' : isAfter(orders, give(after, 'uuid'))} and ${isVisible(within, give)} order by ${order} limit ${give(limit, 'int')}) c`;
  return { sql: withAppointments(page, within, give, 'order by c.place'), parameters };
}

/** Each value is looked up by itself: a row that comes from one look-up is compared with every row, and no index finds where to go on. */
function isAfter(orders: readonly ((row: string) => string)[], last: string): string {
  const values = orders.map((by) => `(select ${by('k')} from customer k where k.id = ${last})`);
  return `(${[...orders.map((by) => by('c')), 'c.id'].join(', ')}) > (${[...values, last].join(', ')})`;
}

type Matching = { readonly matches: string; readonly rank: ((row: string) => string) | null };

function matching(question: Question, give: Give): Matching {
  if (question.type === 'beginning') {
    const beginning = `folded_v1(${give(escaped(question.beginning), 'text')})`;
    return { matches: `(${NAME_OF('c')} like ${beginning} || '%' or c.found_by like '% ' || ${beginning} || '%')`, rank: null };
  }
  if (question.type === 'digits') {
    const parts = question.digits.map((part) => `${TEXT_OF('c')} like '%' || ${give(part, 'text')} || '%'`);
    return { matches: `(${parts.join(' or ')})`, rank: null };
  }
  const { words, reference, email } = question;
  const folded = words.map((word) => `folded_v1(${give(escaped(word), 'text')})`);
  const named = `select x.id from customer x where ${folded.map((word) => `${TEXT_OF('x')} like '%' || ${word} || '%'`).join(' and ')}`;
  const others = [
    ...(reference === null ? [] : [`select a.customer_id from appointment a where a.reference = ${give(reference, 'text')}`]),
    ...(email === null ? [] : [`select k.customer_id from customer_alias k where k.email = ${give(email, 'text')}`]),
  ];
  const whole = folded.join(` || ' ' || `);
  return {
    matches: `c.id in (${[named, ...others].join(' union ')})`,
    rank: (row) => `case when ${TEXT_OF(row)} like ${whole} || '%' then 0 when ${TEXT_OF(row)} like '% ' || ${folded[0]} || '%' then 1 else 2 end`,
  };
}

/** Ids of all who are found so, for any reader. */
export function customersLike(question: Question, give: Give): string {
  return `select c.id from customer c where c.erased_at is null and ${matching(question, give).matches}`;
}

/** Where `canFindSimilar`. `besides`: those that were found otherwise. */
export function similarStatement(words: readonly string[], within: Within, limit: number, besides: readonly string[]): Statement {
  const { parameters, give } = giving();
  const page = `(select c.*, row_number() over (order by f.likeness desc, ${NAME_OF('c')}, c.id) as place
    from similar_customers_v2(folded_v1(${give(words.join(' '), 'text')})) f join customer c on c.id = f.id
    where c.id <> all(${give(besides, 'uuid[]')}) and ${isVisible(within, give)} order by place limit ${give(limit, 'int')}) c`;
  return { sql: withAppointments(page, within, give, 'order by c.place'), parameters };
}

/** As it is, and not as a pattern. */
function escaped(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}
