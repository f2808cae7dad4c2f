// What customers and staff were told about appointments, for those who work there.
import { z } from 'zod';
import { reachFor } from '../../../access/rights.ts';
import { readDeliveryReport } from '../../../messages/delivery-report.ts';
import { isAgenda, isPersonal, type ListedMessage, resendOf } from '../../../messages/message.ts';
import type { Messages } from '../../../messages/messages.ts';
import { bounceBody, bounced, type MessageReply, messages, messagesQuery, ownMessagesQuery, resentMessage } from '../../../protocol/messages.ts';
import { done, failed, failedField, type Reply, UNKNOWN_CURSOR } from '../../../protocol/reply.ts';
import { uuid } from '../../../protocol/scalars.ts';
import { wireTime } from '../../../protocol/wire-times.ts';
import { route } from '../route.ts';
import { changeManaged } from './admin-writes.ts';
import { personOf } from './notifications.ts';

const LISTED_BY_DEFAULT = 50;
/** In JSON it is longer than by itself. */
const LARGEST_REPORT_BYTES = 256 * 1_024;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Parts = { readonly messages: Messages };
type PageQuery = { readonly limit?: number | undefined; readonly cursor?: string | undefined };

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

async function pageOf(
  { messages: all }: Parts,
  filter: Parameters<Messages['list']>[0],
  { limit = LISTED_BY_DEFAULT, cursor }: PageQuery,
): Promise<Reply<z.output<typeof messages>>> {
  if (cursor !== undefined && !UUID.test(cursor)) return UNKNOWN_CURSOR;
  // One more than the page shows whether there is a next one.
  const found = await all.list(filter, limit + 1, cursor ?? null);
  const items = found.slice(0, limit);
  return done({ items: items.map(viewOfMessage), nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null });
}

const listMessages = route({
  method: 'get',
  path: '/v1/messages',
  tag: 'Messages',
  summary: 'What customers and staff were told about appointments, newest first',
  action: 'read-messages',
  query: messagesQuery,
  replies: { 200: { description: 'Messages about appointments at locations of the caller, and what has become of them.', schema: messages } },
  handle: (parts: Parts, { caller: { principal }, query: { limit, cursor, ...filter } }) => {
    const locationId = reachFor(principal, 'read-messages') === 'location' ? (principal?.locationId ?? null) : null;
    return pageOf(parts, { ...filter, locationId }, { limit, cursor });
  },
});

const listOwnMessages = route({
  method: 'get',
  path: '/v1/me/messages',
  tag: 'Messages',
  summary: 'E-mails to me about my day and my appointments, newest first',
  action: 'read-notifications',
  query: ownMessagesQuery,
  replies: { 200: { description: 'As they were, or would have been, sent, and what has become of them.', schema: messages } },
  handle: (parts: Parts, { caller, query }) => pageOf(parts, { userId: personOf(caller).userId, locationId: null }, query),
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

export const messageRoutes = [listMessages, listOwnMessages, resendMessage, takeBounce];
