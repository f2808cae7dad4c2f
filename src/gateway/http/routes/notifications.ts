// What had to be told to people, and what has become of it, for whoever runs the place. Without a mail server the links in it are found here only.
import type { KeptLetter, LetterDelivery } from '../../../accounts/letters.ts';
import { letterLink } from '../../../notifications/letter-link.ts';
import { notifications, notificationsQuery } from '../../../protocol/notifications.ts';
import { done } from '../../operations/reply.ts';
import { wireTime } from '../../operations/wire-times.ts';
import { route } from '../route.ts';

const LISTED_BY_DEFAULT = 50;
const ZONE = 'UTC';

const view = ({ id, topic, email, secret, createdAt, delivery }: KeptLetter, publicUrl: string) => ({
  id,
  topic,
  to: email,
  ...(secret && { link: letterLink(publicUrl, topic, secret.token), linkExpiresAt: wireTime(secret.expiresAt, ZONE) }),
  createdAt: wireTime(createdAt, ZONE),
  delivery: deliveryView(delivery),
});

const deliveryView = ({ state, attempts, sentAt, nextAttemptAt, reason }: LetterDelivery) => ({
  state,
  attempts,
  ...(sentAt !== null && { sentAt: wireTime(sentAt, ZONE) }),
  ...(nextAttemptAt !== null && { nextAttemptAt: wireTime(nextAttemptAt, ZONE) }),
  ...(reason !== null && { reason }),
});

export const listNotifications = route({
  method: 'get',
  path: '/v1/notifications',
  tag: 'Notifications',
  summary: 'Letters, newest first',
  action: 'read-letters',
  query: notificationsQuery,
  replies: {
    200: {
      description: 'What had to be told, and how far its delivery has come. Links of letters that do not leave by mail are there as long as they are good.',
      schema: notifications,
    },
  },
  handle: async (context, { query: { limit = LISTED_BY_DEFAULT, cursor = null } }) => {
    const { items, nextCursor } = await context.accounts.letters(limit, cursor);
    return done({ items: items.map((letter) => view(letter, context.config.publicUrl)), nextCursor });
  },
});

export const notificationRoutes = [listNotifications];
