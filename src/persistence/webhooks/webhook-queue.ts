// The queue of deliveries to endpoints. Adding to it and recording an attempt both lock the row of the endpoint first, so it is known which fact about a
// subject is the first that waits, and how many do.
import { instant } from '../../model/instant.ts';
import { FAILING_LIFE, MOST_WAITING, type NewDelivery, pauseAfter } from '../../webhooks/webhook.ts';
import type { DeliveryWriting } from '../../webhooks/webhook-consumer.ts';
import type { Attempted, Listener, Settled, WebhookStore } from '../../webhooks/webhook-store-port.ts';
import type { EntityManager } from '../database/database.ts';
import { type NoticeDelivery, tellManagers } from './disabled-notice.ts';

export const NOW = '(extract(epoch from clock_timestamp()) * 1000)::int8';

const LISTENERS = 'select id, types, location_id, started_at::text as started_at from webhook_endpoint where disabled_at is null order by id for update';
type ListenerColumns = {
  readonly id: string;
  readonly types: Listener['types'];
  readonly location_id: string | null;
  readonly started_at: string;
};

/** The first about a thing is due at once, unless another one waits. `isFirst` says so of those that are added together. */
const ADD = `with added as (
    insert into webhook_delivery (endpoint_id, webhook_id, type, calendar_id, revision, event_index, payment_fact, subject, created_at, next_attempt_at)
      select n."endpointId", n.id, n.type, n."calendarId", n.revision, n."eventIndex", n."paymentFact", n.subject, ${NOW}, case when n."isFirst" and not exists (
          select 1 from webhook_delivery w where w.endpoint_id = n."endpointId" and w.subject = n.subject and w.state = 'waiting') then ${NOW} end
        from json_to_recordset(?::json) as n("endpointId" uuid, id text, type text, "calendarId" uuid, revision int8, "eventIndex" int, "paymentFact" text, subject text, "isFirst" bool, nth int)
        order by n.nth
      returning endpoint_id)
  update webhook_endpoint e set waiting = waiting + a.count::int,
      disabled_at = case when e.waiting + a.count > ${MOST_WAITING} then ${NOW} end, disabled_because = case when e.waiting + a.count > ${MOST_WAITING} then 'too-many-waiting' end
    from (select endpoint_id, count(*) from added group by endpoint_id) a where e.id = a.endpoint_id returning e.id, e.disabled_because`;

export function deliveryWriting(notices: NoticeDelivery = 'kept'): DeliveryWriting<EntityManager> {
  return {
    async listeners(em) {
      const rows: ListenerColumns[] = await em.execute(LISTENERS);
      return rows.map(({ id, types, location_id: locationId, started_at: startedAt }) => ({ id, types, locationId, startedAt }));
    },
    add: (em, deliveries) => addDeliveries(em, deliveries, notices),
  };
}

/** The rows of their endpoints are this transaction's already. */
async function addDeliveries(em: EntityManager, deliveries: readonly NewDelivery[], notices: NoticeDelivery): Promise<void> {
  const seen = new Set<string>();
  const rows = deliveries.map((delivery, nth) => {
    const about = `${delivery.endpointId} ${delivery.subject}`;
    const isFirst = !seen.has(about);
    seen.add(about);
    return { ...delivery, isFirst, nth };
  });
  const endpoints: { id: string; disabled_because: string | null }[] = await em.execute(ADD, [JSON.stringify(rows)]);
  for (const { id, disabled_because: because } of endpoints) if (because !== null) await tellManagers(em, id, notices);
}

const LOCK = 'select id from webhook_endpoint where id = ?::uuid and disabled_at is null for update';
const STILL_WAITING = `select webhook_id from webhook_delivery where endpoint_id = ?::uuid and state = 'waiting' and webhook_id in (select json_array_elements_text(?::json))`;

/** How many were added: those that wait already are told anyway. */
export async function replayDeliveries(em: EntityManager, deliveries: readonly NewDelivery[], notices: NoticeDelivery): Promise<number> {
  const endpointId = deliveries[0]?.endpointId;
  if (endpointId === undefined || (await em.execute(LOCK, [endpointId])).length === 0) return 0;
  const waiting: { webhook_id: string }[] = await em.execute(STILL_WAITING, [endpointId, JSON.stringify(deliveries.map(({ id }) => id))]);
  const known = new Set(waiting.map(({ webhook_id: id }) => id));
  const fresh = deliveries.filter(({ id }) => !known.has(id));
  if (fresh.length > 0) await addDeliveries(em, fresh, notices);
  return fresh.length;
}

const STATE = `select leased_by, failures, failing_since, disabled_at, ${NOW} as now from webhook_endpoint where id = ?::uuid for update`;
type StateColumns = {
  readonly leased_by: string | null;
  readonly failures: number;
  readonly failing_since: number | string | null;
  readonly disabled_at: number | string | null;
  readonly now: number | string;
};
/** Nothing, if somebody else has settled it meanwhile. */
const MARK = `update webhook_delivery set state = ?, attempts = attempts + ?::int, next_attempt_at = ?::int8, done_at = ?::int8, first_attempt_at = coalesce(first_attempt_at, ?::int8),
    last_at = ?::int8, last_status = ?::int, last_milliseconds = ?::int, last_reply = ?, last_failure = ?
  where id = ?::int8 and state = 'waiting' and attempts = ?::int returning id`;
const WAKE_NEXT = `update webhook_delivery set next_attempt_at = ${NOW} where id = (
    select id from webhook_delivery where endpoint_id = ?::uuid and subject = ? and state = 'waiting' order by id limit 1) and next_attempt_at is null`;
const MARK_ENDPOINT = `update webhook_endpoint set waiting = waiting - ?::int, failures = ?::int, failing_since = ?::int8, paused_until = ?::int8,
    disabled_at = ?::int8, disabled_because = coalesce(?, disabled_because), leased_until = case when leased_by = ?::uuid then ?::int8 else leased_until end
  where id = ?::uuid`;

type Due = Parameters<WebhookStore['settle']>[1];

export async function settleDelivery(
  em: EntityManager,
  endpointId: string,
  due: Due,
  attempted: Attempted & { readonly notices: NoticeDelivery },
): Promise<Settled> {
  const [state]: StateColumns[] = await em.execute(STATE, [endpointId]);
  if (state === undefined) return { goOn: false, isDisabled: false };
  const { owner, leaseMs, last, outcome, isGone } = attempted;
  const now = Number(state.now);
  const isDone = outcome.type !== 'later';
  const [counts, next, doneAt] = [outcome.type === 'sent' || outcome.counts, outcome.type === 'later' ? now + outcome.delay : null, isDone ? now : null];
  const mark = [outcome.type === 'later' ? 'waiting' : outcome.type, counts ? 1 : 0, next, doneAt, counts ? now : null];
  const marked = await em.execute(MARK, [...mark, last.at, last.status, last.milliseconds, last.reply, last.failure, due.number, due.attempts]);
  const isOurs = state.leased_by === owner && state.disabled_at === null;
  if (marked.length === 0) return { goOn: isOurs, isDisabled: false };
  if (isDone) await em.execute(WAKE_NEXT, [endpointId, due.subject]);
  const health = healthAfter(state, now, outcome.type === 'sent', counts);
  const because = state.disabled_at !== null ? null : isGone ? 'gone' : health.isOver ? 'failing' : null;
  const disabledAt = because === null ? state.disabled_at : now;
  await em.execute(MARK_ENDPOINT, [
    isDone ? 1 : 0,
    health.failures,
    health.failingSince,
    health.pausedUntil,
    disabledAt,
    because,
    owner,
    now + leaseMs,
    endpointId,
  ]);
  if (because !== null) await tellManagers(em, endpointId, attempted.notices);
  return { goOn: isOurs && because === null && health.pausedUntil === null, isDisabled: because !== null };
}

/** How the endpoint fares, after an attempt. */
function healthAfter({ failures, failing_since: failingSince }: StateColumns, now: number, isSent: boolean, counts: boolean) {
  const since = failingSince === null ? null : Number(failingSince);
  if (isSent) return { failures: 0, failingSince: null, pausedUntil: null, isOver: false };
  if (!counts) return { failures, failingSince: since, pausedUntil: null, isOver: false };
  const pause = pauseAfter(failures + 1);
  const began = since ?? instant(now);
  return { failures: failures + 1, failingSince: began, pausedUntil: pause === 0 ? null : now + pause, isOver: now - began >= FAILING_LIFE };
}
