import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { WebhookEndpointRow } from './webhook-endpoint.ts';

/** A fact that an endpoint is told, without what it says: that is read from the log when it is sent. Written by the consumer of the log and by replays, marked by the node that serves the endpoint. */
export const WebhookDeliveryRow = defineEntity({
  name: 'WebhookDeliveryRow',
  tableName: 'webhook_delivery',
  checks: [{ name: 'webhook_delivery_state', expression: `state in ('waiting', 'sent', 'failed')` }],
  indexes: [
    {
      name: 'webhook_delivery_due',
      expression: 'create index webhook_delivery_due on webhook_delivery (endpoint_id, next_attempt_at) where next_attempt_at is not null',
    },
    {
      name: 'webhook_delivery_waiting',
      expression: `create index webhook_delivery_waiting on webhook_delivery (endpoint_id, subject, id) where state = 'waiting'`,
    },
    { name: 'webhook_delivery_endpoint', expression: 'create index webhook_delivery_endpoint on webhook_delivery (endpoint_id, id)' },
    { name: 'webhook_delivery_done_at', properties: ['doneAt'] },
  ],
  properties: {
    /** In the order of the log. */
    id: p.bigint('number').primary().generated('identity'),
    endpointId: () => p.manyToOne(WebhookEndpointRow).mapToPk().fieldName('endpoint_id').deleteRule('cascade').index(false),
    webhookId: p.text(),
    type: p.text(),
    /** null: it is no fact of a calendar. */
    calendarId: p.uuid().nullable(),
    revision: p.bigint('number'),
    /** Which of the facts of that revision. */
    eventIndex: p.integer(),
    /** The key of what has become of money. */
    paymentFact: p.text().nullable(),
    /** What it is about: deliveries of an endpoint about one thing are sent one after the other. */
    subject: p.text(),
    state: p.text().default('waiting'),
    attempts: p.integer().default(0),
    createdAt: p.bigint('number'),
    /** null: it is done with, or another one about the same thing is before it. */
    nextAttemptAt: p.bigint('number').nullable(),
    firstAttemptAt: p.bigint('number').nullable(),
    doneAt: p.bigint('number').nullable(),
    lastAt: p.bigint('number').nullable(),
    lastStatus: p.integer().nullable(),
    lastMilliseconds: p.integer().nullable(),
    lastReply: p.text().nullable(),
    lastFailure: p.text().nullable(),
  },
});
export type WebhookDeliveryRow = InferEntity<typeof WebhookDeliveryRow>;
