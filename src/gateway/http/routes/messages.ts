// What customers and staff were told about appointments, for those who work there.
import { z } from 'zod';
import { reachFor } from '../../../access/rights.ts';
import { readDeliveryReport } from '../../../messages/delivery-report.ts';
import { isAgenda, isPersonal, type ListedMessage, resendOf } from '../../../messages/message.ts';
import type { Messages } from '../../../messages/messages.ts';
import { bounceBody, bounced, type MessageReply, messages, messagesQuery, resentMessage } from '../../../protocol/messages.ts';
import { done, failed, failedField } from '../../../protocol/reply.ts';
import { uuid } from '../../../protocol/scalars.ts';
import { wireTime } from '../../../protocol/wire-times.ts';
import { route } from '../route.ts';
import { changeManaged } from './admin-writes.ts';

const LISTED_BY_DEFAULT = 50;
/** In JSON it is longer than by itself. */
const LARGEST_REPORT_BYTES = 256 * 1_024;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Parts = { readonly messages: Messages };

export function viewOfMessage(stored: ListedMessage): MessageReply {
  const { id, kind, channel, locale, about, createdAt, status, attempts, failure, rendered, sentAt, segments, deliveredAt } = stored;
  const first = resendOf(stored);
  const concerned = {
    ...(!isAgenda(stored) && { appointmentId: stored.about.id }),
    ...(isPersonal(stored) ? { userId: stored.userId } : stored.customerId !== null && { customerId: stored.customerId }),
  };
  return {
    ...{ id, kind, channel, locale, to: rendered?.to ?? null, ...concerned, status, attempts },
    ...(failure !== null && { failure }),
    ...(first !== null && { resendOf: first }),
    createdAt: wireTime(createdAt, about.timeZone),
    ...(sentAt !== null && { sentAt: wireTime(sentAt, about.timeZone) }),
    ...(deliveredAt !== null && { deliveredAt: wireTime(deliveredAt, about.timeZone) }),
    ...(segments !== null && { segments }),
    ...(rendered !== null && channel === 'email' && { subject: rendered.subject }),
    ...(rendered !== null && { text: rendered.text }),
  };
}

const listMessages = route({
  method: 'get',
  path: '/v1/messages',
  tag: 'Messages',
  summary: 'What customers and staff were told about appointments, newest first',
  action: 'read-messages',
  query: messagesQuery,
  replies: { 200: { description: 'Messages about appointments at locations of the caller, and what has become of them.', schema: messages } },
  handle: async (parts: Parts, { caller: { principal }, query: { limit = LISTED_BY_DEFAULT, cursor = null, appointmentId, customerId, status, channel } }) => {
    if (cursor !== null && !UUID.test(cursor)) return failedField('invalid-request', 'cursor', 'is not a cursor from this server');
    const locationId = reachFor(principal, 'read-messages') === 'location' ? (principal?.locationId ?? null) : null;
    // One more than the page shows whether there is a next one.
    const found = await parts.messages.list({ appointmentId, customerId, status, channel, locationId }, limit + 1, cursor);
    const items = found.slice(0, limit);
    return done({ items: items.map(viewOfMessage), nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null });
  },
});

const resendMessage = route({
  method: 'post',
  path: '/v1/messages/{id}/resend',
  tag: 'Messages',
  summary: 'Send a message again, to the address that the customer has now',
  action: 'resend-message',
  isIdempotent: true,
  params: z.object({ id: uuid }),
  replies: {
    201: {
      description: 'The new message, which waits to be sent. It is sent even if its kind is switched off or the address was refused.',
      schema: resentMessage,
    },
  },
  problems: ['not-found', 'wrong-status', 'limit-reached', 'idempotency-key-reused'],
  handle: async (parts: Parts, { params: { id }, caller }) => {
    const found = await parts.messages.byId(id);
    if (found === undefined) return failed('not-found', { detail: 'There is no such message, or not any more.' });
    const asked = {
      action: 'resend-message',
      place: { staffId: null, locationId: found.about.locationId },
      operation: 'resend-message',
      body: { id },
    } as const;
    return await changeManaged(caller, asked, { status: 201, body: viewOfMessage }, (request) => parts.messages.resend(id, request));
  },
});

const takeBounce = route({
  method: 'post',
  path: '/v1/messages/bounces',
  tag: 'Messages',
  summary: 'For a mail server: an e-mail that was not delivered',
  action: 'report-bounces',
  largestBody: LARGEST_REPORT_BYTES,
  body: bounceBody,
  replies: {
    200: {
      description: 'It is noted, and the desk is told. What it says of e-mails that were not sent here, or only of a delay, changes nothing.',
      schema: bounced,
    },
  },
  handle: async (parts: Parts, { body: { report } }) => {
    const undelivered = readDeliveryReport(report);
    if (undelivered === 'not-a-report') return failedField('invalid-request', 'report', 'is no delivery report (RFC 3464)');
    return done({ messageIds: undelivered === null ? [] : await parts.messages.markUndelivered(undelivered) });
  },
});

export const messageRoutes = [listMessages, resendMessage, takeBounce];
