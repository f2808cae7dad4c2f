// Counters of what was sent, and the stored function that takes from them.
import { defineEntity, p } from '@mikro-orm/core';
import { WHOLE_BUSINESS } from '../../access/rights.ts';
import type { Share, Spent } from '../../messages/budgets.ts';
import { type Instant, instant } from '../../model/instant.ts';
import type { News } from '../../notifications/notification.ts';
import type { Database } from '../database/database.ts';
import { addNotifications } from '../notifications/add-notifications.ts';

/** What was taken of a budget in one hour or day. `refused/…`: how often a budget had no room. Written by the function below. Names hold hashes, no people. */
export const MessageBudgetRow = defineEntity({
  name: 'MessageBudgetRow',
  tableName: 'message_budget',
  properties: {
    name: p.text().primary(),
    startsAt: p.bigint('number').primary(),
    used: p.bigint('number'),
  },
  indexes: [{ name: 'message_budget_starts_at', properties: ['startsAt'] }],
});

const SPEND = 'select spend_message_budgets_v2($1::uuid, $2::jsonb), (extract(epoch from clock_timestamp()) * 1000)::int8';

/**
 * Takes a message's shares from all of its budgets or from none, once however often it is asked. If one has no room, the message is skipped. The rows are locked in the order
 * of their names, so two that take from the same never wait for each other in a circle; and since it is one statement, a node that is killed has counted and claimed the
 * message, or neither.
 */
export const SPEND_BUDGETS_SQL = `create or replace function spend_message_budgets_v2(p_message uuid, p_shares jsonb) returns jsonb language plpgsql volatile as $$
declare
  share record;
  room int8;
  refusals int8;
  neared text[];
begin
  perform 1 from message where id = p_message and status = 'waiting' and not counted for update;
  if not found then return jsonb_build_object('full', null, 'isNews', false, 'low', '[]'::jsonb); end if;
  for share in select s.name, s."startsAt", s.amount, s.most from jsonb_to_recordset(p_shares) s(name text, "startsAt" int8, amount int8, most int8) order by s.name, s."startsAt" loop
    insert into message_budget as b (name, starts_at, used) values (share.name, share."startsAt", 0)
      on conflict (name, starts_at) do update set used = b.used returning share.most - b.used into room;
    if share.amount > room then
      insert into message_budget as b (name, starts_at, used) values ('refused/' || split_part(share.name, '/', 1), share."startsAt", 1)
        on conflict (name, starts_at) do update set used = b.used + 1 returning b.used into refusals;
      update message set status = 'skipped', failure = 'over-budget ' || split_part(share.name, '/', 1) where id = p_message;
      return jsonb_build_object('full', split_part(share.name, '/', 1), 'isNews', refusals = 1, 'low', '[]'::jsonb);
    end if;
  end loop;
  with spent as (
    update message_budget b set used = b.used + s.amount
      from jsonb_to_recordset(p_shares) s(name text, "startsAt" int8, amount int8, most int8) where b.name = s.name and b.starts_at = s."startsAt"
      returning b.name, b.used, s.amount, s.most
  ) select array_agg(name) into neared from spent where name not like '%/%' and used >= most * 0.8 and used - amount < most * 0.8;
  update message set counted = true where id = p_message;
  return jsonb_build_object('full', null, 'isNews', false, 'low', to_jsonb(coalesce(neared, '{}')));
end $$`;

/**
 * Of e-mails that leave together: keeps what each says, and takes their shares. All budgets are locked first, in the order of their names, as one message does. `shares` of null: it does
 * not leave.
 */
export const PREPARE_MESSAGES_SQL = `create or replace function prepare_messages_v1(p_messages jsonb) returns jsonb language plpgsql volatile as $$
declare
  one record;
  answers jsonb := '[]'::jsonb;
begin
  update message m set recipient = d."to", subject = d.subject, body = d.text, html = d.html
    from jsonb_to_recordset(p_messages) d(id uuid, attempts int, "to" text, subject text, text text, html text)
    where m.id = d.id and m.status = 'waiting' and m.attempts = d.attempts;
  insert into message_budget (name, starts_at, used)
    select distinct s.name, s."startsAt", 0 from jsonb_array_elements(p_messages) d,
      jsonb_to_recordset(case jsonb_typeof(d -> 'shares') when 'array' then d -> 'shares' else '[]'::jsonb end) s(name text, "startsAt" int8)
    order by 1, 2
    on conflict (name, starts_at) do update set used = message_budget.used;
  for one in select (d ->> 'id')::uuid as id, d -> 'shares' as shares from jsonb_array_elements(p_messages) with ordinality e(d, nth) order by nth loop
    answers := answers || case jsonb_typeof(one.shares) when 'array' then spend_message_budgets_v2(one.id, one.shares)
      else jsonb_build_object('full', null, 'isNews', false, 'low', '[]'::jsonb) end;
  end loop;
  return answers;
end $$`;

export async function spendBudgets(database: Database, messageId: string, shares: readonly Share[]): Promise<Spent> {
  const [row] = await database.sql(SPEND, [messageId, JSON.stringify(shares)]);
  // As the function above says.
  const spent = row?.[0] as Spent;
  await tellOfBudgets(database, [{ spent, shares }], instant(Number(row?.[1])));
  return spent;
}

/** Those that are used up are told in the app, once for their hour or day; a node that is killed just then leaves that to its log and its metrics. */
export async function tellOfBudgets(
  database: Database,
  asked: readonly { readonly spent: Spent; readonly shares: readonly Share[] }[],
  at: Instant,
): Promise<void> {
  const news = asked.flatMap(({ spent: { full, isNews }, shares }): News[] => {
    const share = shares.find(({ name }) => name.split('/', 1)[0] === full);
    if (!isNews || full === null || share === undefined) return [];
    return [{ key: `budget/${full}/${share.startsAt}`, kind: 'budget-reached', places: [WHOLE_BUSINESS], about: { budget: full }, by: null, at }];
  });
  if (news.length > 0) await database.transaction((em) => addNotifications(em, news));
}
