// What customers were told about their appointments, for those who work there.
import { reachFor } from '../../../access/rights.ts';
import type { StoredMessage } from '../../../messages/message.ts';
import type { MessageStore } from '../../../messages/message-store-port.ts';
import { type MessageReply, messages, messagesQuery } from '../../../protocol/messages.ts';
import { done, failedField } from '../../../protocol/reply.ts';
import { wireTime } from '../../../protocol/wire-times.ts';
import { route } from '../route.ts';

const LISTED_BY_DEFAULT = 50;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function view({ id, kind, locale, customerId, about, createdAt, status, attempts, failure, rendered, sentAt }: StoredMessage): MessageReply {
  return {
    ...{ id, kind, channel: 'email', locale, to: rendered?.to ?? null, appointmentId: about.id, customerId, status, attempts },
    ...(failure !== null && { failure }),
    createdAt: wireTime(createdAt, about.timeZone),
    ...(sentAt !== null && { sentAt: wireTime(sentAt, about.timeZone) }),
    ...(rendered !== null && { subject: rendered.subject, text: rendered.text }),
  };
}

const listMessages = route({
  method: 'get',
  path: '/v1/messages',
  tag: 'Messages',
  summary: 'What customers were told about appointments, newest first',
  action: 'read-messages',
  query: messagesQuery,
  replies: { 200: { description: 'Messages about appointments at locations of the caller, and what has become of them.', schema: messages } },
  handle: async (
    parts: { readonly messages: Pick<MessageStore, 'list'> },
    { caller: { principal }, query: { limit = LISTED_BY_DEFAULT, cursor = null, appointmentId, customerId, status } },
  ) => {
    if (cursor !== null && !UUID.test(cursor)) return failedField('invalid-request', 'cursor', 'is not a cursor from this server');
    const locationId = reachFor(principal, 'read-messages') === 'location' ? (principal?.locationId ?? null) : null;
    // One more than the page shows whether there is a next one.
    const found = await parts.messages.list({ appointmentId, customerId, status, locationId }, limit + 1, cursor);
    const items = found.slice(0, limit);
    return done({ items: items.map(view), nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null });
  },
});

export const messageRoutes = [listMessages];
