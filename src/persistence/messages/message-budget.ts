// Counters of what was sent, and the stored function that takes from them.
import { defineEntity, p } from '@mikro-orm/core';
import { WHOLE_BUSINESS } from '../../access/rights.ts';
import type { Share, Spent } from '../../messages/budgets.ts';
import { instant } from '../../model/instant.ts';
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

/** A budget that is used up is told in the app once for its hour or day; a node that is killed just then leaves that to its log and its metrics. */
export async function spendBudgets(database: Database, messageId: string, shares: readonly Share[]): Promise<Spent> {
  const [row] = await database.sql(SPEND, [messageId, JSON.stringify(shares)]);
  // As the function above says.
  const spent = row?.[0] as Spent;
  const { full, isNews } = spent;
  const share = shares.find(({ name }) => name.split('/', 1)[0] === full);
  if (!isNews || full === null || share === undefined) return spent;
  const key = `budget/${full}/${share.startsAt}`;
  const news = { key, kind: 'budget-reached', places: [WHOLE_BUSINESS], about: { budget: full }, by: null, at: instant(Number(row?.[1])) } as const;
  await database.transaction((em) => addNotifications(em, [news]));
  return spent;
}
