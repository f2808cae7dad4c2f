import { LockMode } from '@mikro-orm/core';
import type { AuditEntry } from '../../audit/audit-entry.ts';
import type { Instant } from '../../model/instant.ts';
import type { ReplyKey, StoredReply } from '../../model/kept-replies.ts';
import type { DisabledBecause, Endpoint, Secrets } from '../../webhooks/webhook.ts';
import type { NewEndpoint, WebhookStore, WebhookTransaction } from '../../webhooks/webhook-store-port.ts';
import { addAuditEntry } from '../audit/audit-rows.ts';
import type { Database, EntityManager } from '../database/database.ts';
import { PAYMENT_FACT_JSON } from '../payments/payment-facts.ts';
import { addReply, replyOf } from '../replies/http-reply-rows.ts';
import { type NoticeDelivery, tellManagers } from './disabled-notice.ts';
import { WebhookEndpointRow } from './webhook-endpoint.ts';
import { NOW, replayDeliveries, settleDelivery } from './webhook-queue.ts';
import { DELIVERY_COLUMNS, deliveryOf, dueOf, endpointOf, secretsOf } from './webhook-rows.ts';

/** Those who change endpoints wait for each other, or two at once would both be the last one that still fits. */
const ONE_AT_A_TIME = 'select pg_advisory_xact_lock(7002, 2)';
const START = `insert into webhook_endpoint (id, url, types, location_id, maker_kind, maker_id, key_id, sealed_secret, created_at, started_at, version)
  values (?::uuid, ?, ?::jsonb, ?::uuid, ?, ?::uuid, ?, ?, ?::int8, pg_current_snapshot(), 1) on conflict (id) do nothing returning id`;
const START_AGAIN = `update webhook_endpoint set started_at = pg_current_snapshot(), disabled_at = null, disabled_because = null, failing_since = null, failures = 0,
  paused_until = null where id = ?::uuid`;
/** What waits begins anew; what is behind it goes on when its turn comes. */
const BEGIN_ANEW = `update webhook_delivery set next_attempt_at = ${NOW}, first_attempt_at = null where endpoint_id = ?::uuid and next_attempt_at is not null`;

/** Of two nodes at once each takes endpoints of its own. A pause is over for all of them at the same time. */
const TAKE = `with free as (
    select e.id from webhook_endpoint e where e.disabled_at is null and coalesce(e.leased_until, 0) < ${NOW} and coalesce(e.paused_until, 0) <= ${NOW}
      and exists (select 1 from webhook_delivery d where d.endpoint_id = e.id and d.next_attempt_at <= ${NOW})
    order by e.leased_until nulls first limit $2::int for update skip locked)
  update webhook_endpoint e set leased_by = $1::uuid, leased_until = ${NOW} + $3::int8 from free where e.id = free.id returning e.id`;
/** When it was served last says who is next. */
const RELEASE = `update webhook_endpoint set leased_by = null, leased_until = ${NOW} where id = $2::uuid and leased_by = $1::uuid`;
const DUE = `select d.id::text, d.webhook_id, d.type, d.calendar_id, d.revision, d.subject, d.attempts, d.first_attempt_at, c.at, c.events -> d.event_index,
    case when f.key is not null then ${PAYMENT_FACT_JSON} end
  from webhook_delivery d left join change c on c.calendar_id = d.calendar_id and c.revision = d.revision left join payment_fact f on f.key = d.payment_fact
  where d.endpoint_id = $1::uuid and d.next_attempt_at <= ${NOW} order by d.next_attempt_at, d.id limit $2::int`;
const LIST = `select ${DELIVERY_COLUMNS} from webhook_delivery
  where endpoint_id = $1::uuid and ($2::text is null or state = $2) and ($3::int8 is null or id < $3::int8) order by id desc limit $4::int`;
const WAITING = `select coalesce(sum(waiting), 0)::int, count(*) filter (where disabled_at is null and failing_since is not null)::int, count(disabled_at)::int,
  (select coalesce(greatest(${NOW} - min(d.created_at), 0), 0)::int8 from webhook_delivery d where d.next_attempt_at is not null) from webhook_endpoint`;

/** `notices`: what becomes of the e-mails about endpoints that are disabled. */
export function webhookStore(database: Database, notices: NoticeDelivery = 'kept'): WebhookStore {
  return {
    endpoints: () =>
      database.transaction(async (em) => (await em.find(WebhookEndpointRow, {}, { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] })).map(endpointOf)),
    endpoint: (id) =>
      database.transaction(async (em) => {
        const row = await em.findOne(WebhookEndpointRow, { id });
        return row === null ? undefined : { ...endpointOf(row), secrets: secretsOf(row) };
      }),
    changing: (work) =>
      database.transaction(async (em) => {
        await em.execute(ONE_AT_A_TIME);
        return work(new WebhookTables(em, notices));
      }),
    deliveries: async (endpointId, { state, before }, limit) => (await database.sql(LIST, [endpointId, state, before, limit])).map(deliveryOf),
    replay: (deliveries) => database.transaction((em) => replayDeliveries(em, deliveries, notices)),
    async take(owner, limit, leaseMs) {
      const ids = (await database.sql(TAKE, [owner, limit, leaseMs])).map(([id]) => String(id));
      if (ids.length === 0) return [];
      return await database.transaction(async (em) =>
        (await em.find(WebhookEndpointRow, { id: { $in: ids } })).map((row) => ({ endpoint: endpointOf(row), secrets: secretsOf(row) })),
      );
    },
    async release(owner, endpointId) {
      await database.sql(RELEASE, [owner, endpointId]);
    },
    due: async (endpointId, limit) => (await database.sql(DUE, [endpointId, limit])).map(dueOf),
    settle: (endpointId, due, attempted) => database.transaction((em) => settleDelivery(em, endpointId, due, { ...attempted, notices })),
    async waiting() {
      const [[deliveries, failing, disabled, oldestMs] = []] = await database.sql(WAITING);
      return { deliveries: Number(deliveries), oldestMs: Number(oldestMs), failing: Number(failing), disabled: Number(disabled) };
    },
  };
}

class WebhookTables implements WebhookTransaction {
  readonly #em: EntityManager;
  readonly #notices: NoticeDelivery;

  constructor(em: EntityManager, notices: NoticeDelivery) {
    this.#em = em;
    this.#notices = notices;
  }

  async reply(caller: string, key: string): Promise<(StoredReply & { readonly fingerprint: string }) | undefined> {
    return replyOf(this.#em, caller, key);
  }

  async addReply(key: ReplyKey, reply: StoredReply): Promise<void> {
    await addReply(this.#em, { ...key, ...reply });
  }

  async addAuditEntry(entry: AuditEntry): Promise<void> {
    await addAuditEntry(this.#em, entry);
  }

  async endpoint(id: string): Promise<Endpoint | undefined> {
    const row = await this.#em.findOne(WebhookEndpointRow, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    return row === null ? undefined : endpointOf(row);
  }

  async secrets(id: string): Promise<Secrets> {
    return secretsOf(await this.#em.findOneOrFail(WebhookEndpointRow, { id }));
  }

  async count(): Promise<number> {
    return this.#em.count(WebhookEndpointRow, {});
  }

  async add({ id, url, types, locationId, maker, createdAt, secret }: NewEndpoint): Promise<boolean> {
    const columns = [id, url, JSON.stringify(types), locationId, maker.kind, maker.id, secret.keyId, secret.sealed, createdAt];
    return (await this.#em.execute(START, columns)).length > 0;
  }

  async change({ id, url, types, version }: Pick<Endpoint, 'id' | 'url' | 'types' | 'version'>): Promise<void> {
    await this.#em.nativeUpdate(WebhookEndpointRow, { id }, { url, types: [...types], version });
  }

  async disable(id: string, at: Instant, because: DisabledBecause): Promise<void> {
    await this.#em.nativeUpdate(WebhookEndpointRow, { id }, { disabledAt: at, disabledBecause: because });
    if (because !== 'by-hand') await tellManagers(this.#em, id, this.#notices);
  }

  async enable(id: string): Promise<void> {
    await this.#em.execute(START_AGAIN, [id]);
    await this.#em.execute(BEGIN_ANEW, [id]);
  }

  async replaceSecret(id: string, { current, old }: Secrets): Promise<void> {
    const before = { oldKeyId: old?.keyId ?? null, oldSealedSecret: old?.sealed ?? null, oldSecretUntil: old?.until ?? null };
    await this.#em.nativeUpdate(WebhookEndpointRow, { id }, { keyId: current.keyId, sealedSecret: current.sealed, ...before });
  }

  async remove(id: string): Promise<void> {
    await this.#em.nativeDelete(WebhookEndpointRow, { id });
  }
}
