// Rows of webhooks as the feature knows them.
import type { CalendarEvent } from '../../actors/calendar/calendar.ts';
import { type Instant, instant } from '../../model/instant.ts';
import { type PaymentFact, WEBHOOK_TYPES, type WebhookType } from '../../model/payment-facts.ts';
import { type Delivery, type DeliveryState, DISABLED_BECAUSE, type DueDelivery, type Endpoint, type Secrets } from '../../webhooks/webhook.ts';
import type { SqlRow } from '../database/database.ts';
import type { WebhookEndpointRow } from './webhook-endpoint.ts';

/** What a newer version knows and this one does not is not told here. */
export function endpointOf(row: WebhookEndpointRow): Endpoint {
  const { id, url, locationId = null, makerKind, makerId, createdAt, disabledAt, disabledBecause, failingSince, waiting, version } = row;
  const because = DISABLED_BECAUSE.find((each) => each === disabledBecause) ?? 'by-hand';
  return {
    id,
    url,
    types: WEBHOOK_TYPES.filter((type) => row.types.includes(type)),
    locationId,
    maker: { kind: makerKind === 'user' ? 'user' : 'api-key', id: makerId },
    createdAt: instant(createdAt),
    disabled: disabledAt == null ? null : { at: instant(disabledAt), because },
    failingSince: momentOf(failingSince),
    waiting,
    version,
  };
}

export function secretsOf({ keyId, sealedSecret, oldKeyId, oldSealedSecret, oldSecretUntil }: WebhookEndpointRow): Secrets {
  const old =
    oldKeyId == null || oldSealedSecret == null || oldSecretUntil == null ? null : { keyId: oldKeyId, sealed: oldSealedSecret, until: instant(oldSecretUntil) };
  return { current: { keyId, sealed: sealedSecret }, old };
}

/** Of `DELIVERY_COLUMNS`. */
export const DELIVERY_COLUMNS = `id::text, webhook_id, type, calendar_id, revision, state, attempts, created_at, next_attempt_at, last_at, last_status, last_milliseconds,
  last_reply, last_failure`;
export function deliveryOf(row: SqlRow): Delivery {
  const [number, id, type, calendarId, revision, state, attempts, createdAt, nextAttemptAt, lastAt, status, milliseconds, reply, failure] = row;
  const last =
    lastAt === null
      ? null
      : { at: instant(Number(lastAt)), status: numberOf(status), milliseconds: Number(milliseconds), reply: textOf(reply), failure: textOf(failure) };
  return {
    number: String(number),
    id: String(id),
    type: type as WebhookType,
    calendarId: textOf(calendarId),
    revision: Number(revision),
    state: state as DeliveryState,
    attempts: Number(attempts),
    createdAt: instant(Number(createdAt)),
    nextAttemptAt: momentOf(numberOf(nextAttemptAt)),
    last,
  };
}

/** `at` and `payment` null: the log has been cut there. */
export function dueOf([number, id, type, calendarId, revision, subject, attempts, firstAttemptAt, at, event, payment]: SqlRow): DueDelivery {
  // Written by this server, so it is what it says.
  const fact =
    payment !== null
      ? { payment: payment as PaymentFact }
      : at === null || event === null
        ? null
        : { at: instant(Number(at)), calendarId: String(calendarId), event: event as CalendarEvent };
  return {
    number: String(number),
    id: String(id),
    type: type as WebhookType,
    calendarId: textOf(calendarId),
    revision: Number(revision),
    subject: String(subject),
    attempts: Number(attempts),
    firstAttemptAt: momentOf(numberOf(firstAttemptAt)),
    fact,
  };
}

function momentOf(value: number | null | undefined): Instant | null {
  return value == null ? null : instant(Number(value));
}

function numberOf(value: unknown): number | null {
  return value === null ? null : Number(value);
}

function textOf(value: unknown): string | null {
  return value === null ? null : String(value);
}
