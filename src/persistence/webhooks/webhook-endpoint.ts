import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** An address that is told what happens. Written by those who manage it and by the nodes that serve it; secrets are sealed. */
export const WebhookEndpointRow = defineEntity({
  name: 'WebhookEndpointRow',
  tableName: 'webhook_endpoint',
  checks: [{ name: 'webhook_endpoint_maker', expression: `maker_kind in ('user', 'api-key')` }],
  properties: {
    id: p.uuid().primary(),
    url: p.text(),
    types: p.json<string[]>(),
    locationId: p.uuid().nullable(),
    makerKind: p.text(),
    makerId: p.uuid(),
    keyId: p.text(),
    sealedSecret: p.text(),
    /** The one before, while both are good. */
    oldKeyId: p.text().nullable(),
    oldSealedSecret: p.text().nullable(),
    oldSecretUntil: p.bigint('number').nullable(),
    createdAt: p.bigint('number'),
    /** It is told what was not yet committed in this snapshot of the database. */
    startedAt: p.string().columnType('pg_snapshot'),
    disabledAt: p.bigint('number').nullable(),
    disabledBecause: p.text().nullable(),
    failingSince: p.bigint('number').nullable(),
    /** Attempts in a row that have failed. */
    failures: p.integer().default(0),
    /** It is left alone until then. */
    pausedUntil: p.bigint('number').nullable(),
    /** How many of its deliveries wait: changed with them, in one transaction that has this row. */
    waiting: p.integer().default(0),
    /** The node that serves it, by the database's clock. */
    leasedBy: p.uuid().nullable(),
    leasedUntil: p.bigint('number').nullable(),
    version: p.integer(),
  },
});
export type WebhookEndpointRow = InferEntity<typeof WebhookEndpointRow>;
