// Webhooks on the wire.
import { z } from 'zod';
import { PAYMENT_FACT_TYPES, PAYMENT_FACTS, WEBHOOK_TYPES } from '../model/payment-facts.ts';
import { instantText, page, queryInteger, uuid } from './scalars.ts';

const LONGEST_URL = 2_000;
const MOST_LISTED = 200;

const url = z
  .string()
  .trim()
  .min(1)
  .max(LONGEST_URL)
  .refine((text) => URL.canParse(text), 'must be an address such as https://example.org/hooks')
  .meta({ description: 'https, at a public address; see docs/webhooks.md.', example: 'https://example.org/hooks' });
const types = z
  .array(z.enum(WEBHOOK_TYPES))
  .min(1)
  .max(WEBHOOK_TYPES.length)
  .meta({
    description: [
      'What it is told. Left out: all of that, or for an API key all but `payment.*`, as no scope lets it look at payments.',
      ...PAYMENT_FACT_TYPES.map((type) => `\`${type}\`: ${PAYMENT_FACTS[type].means}`),
    ].join('\n'),
  });
/** `webhook-id`, or a cursor of `GET /v1/changes`. */
const factId = z.string().regex(/^[\w-]{1,200}(\.\d{1,3})?$/, 'must be a webhook-id or a cursor of the change feed');

/** POST /v1/webhooks */
export const newWebhookBody = z
  .strictObject({
    id: uuid.optional(),
    url,
    types: types.optional(),
    locationId: uuid.nullable().optional().meta({ description: 'Only of calendars of who works or what is there. Left out: wherever its maker may look.' }),
  })
  .meta({ id: 'NewWebhook' });

/** PATCH /v1/webhooks/{id} */
export const webhookChangeBody = z
  .strictObject({
    url: url.optional(),
    types: types.optional(),
    status: z
      .enum(['active', 'disabled'])
      .optional()
      .meta({ description: '`active` lets one that was disabled go on with what waited for it; what has happened meanwhile is told by a replay.' }),
  })
  .meta({ id: 'WebhookChange' });

export const webhook = z
  .object({
    id: uuid,
    url: z.string(),
    types: z.array(z.enum(WEBHOOK_TYPES)),
    locationId: uuid.nullable(),
    status: z
      .enum(['active', 'failing', 'disabled'])
      .meta({ description: '`failing`: its last attempts have all failed. After five days of that it is disabled.' }),
    disabledBecause: z
      .enum(['by-hand', 'failing', 'gone', 'maker-gone', 'too-many-waiting'])
      .optional()
      .meta({ description: '`gone`: the receiver has answered 410. `maker-gone`: who made it may not have it any more.' }),
    failingSince: instantText.optional(),
    lag: z.int().meta({ description: 'Facts that wait for it.' }),
    by: z.object({ userId: uuid.optional(), apiKeyId: uuid.optional() }).meta({ description: 'Who made it, and by whose rights it is told.' }),
    createdAt: instantText,
    version: z.int(),
  })
  .meta({ id: 'Webhook' });
export type WebhookReply = z.output<typeof webhook>;
export const webhooks = page(webhook);

const secret = z.string().meta({ description: 'What it is signed with, told once.', example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' });
export const newWebhook = webhook.extend({ secret }).meta({ id: 'NewWebhookWithSecret' });
export const rotatedWebhook = webhook
  .extend({ secret, previousUntil: instantText.meta({ description: 'Until then everything is signed with the secret before as well.' }) })
  .meta({ id: 'RotatedWebhook' });

/** POST /v1/webhooks/{id}/test */
const attempt = {
  at: instantText,
  status: z.int().nullable().meta({ description: 'Of the answer; null: there was none.' }),
  milliseconds: z.int(),
  reply: z.string().nullable().meta({ description: 'How the answer begins.' }),
  failure: z.string().nullable().meta({ description: 'null: it was taken, with a status from 200 to 299.' }),
};
export const webhookAttempt = z.object(attempt).meta({ id: 'WebhookAttempt' });

/** GET /v1/webhooks/{id}/deliveries */
export const deliveriesQuery = z.strictObject({
  status: z.enum(['waiting', 'sent', 'failed']).optional(),
  limit: queryInteger(1, MOST_LISTED).optional(),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'must be a cursor that was given here')
    .optional(),
});
export const deliveries = page(
  z
    .object({
      id: z.string().meta({ description: 'Its `webhook-id`.' }),
      type: z.enum(WEBHOOK_TYPES),
      calendarId: uuid.nullable().meta({ description: 'null: it is about money, and no fact of a calendar; `revision` is 0.' }),
      revision: z.int(),
      status: z.enum(['waiting', 'sent', 'failed']),
      attempts: z.int(),
      createdAt: instantText,
      nextAttemptAt: instantText.nullable().meta({ description: 'null: it is done with, or it waits for another fact about the same thing.' }),
      lastAttempt: webhookAttempt.nullable(),
    })
    .meta({ id: 'WebhookDelivery' }),
);

/** POST /v1/webhooks/{id}/replay */
export const replayBody = z
  .strictObject({
    from: factId.meta({ description: 'A `webhook-id`, or a cursor of `GET /v1/changes`: the first fact to be told again.' }),
    to: factId.optional().meta({ description: 'The last one. Left out: up to the newest; the same as `from`: this one alone.' }),
  })
  .meta({ id: 'WebhookReplay' });
export const replayed = z
  .object({
    queued: z.int().meta({ description: 'Facts that wait to be told again; those that waited already are not among them.' }),
    next: z.string().nullable().meta({ description: 'Where to go on, if there are more than one request takes.' }),
  })
  .meta({ id: 'WebhookReplayed' });
