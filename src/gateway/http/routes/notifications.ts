// What had to be told to people, for whoever runs the place: as long as there is no mail relay, the links in it are found here only.
import type { Letter } from '../../../accounts/letters.ts';
import { notifications, notificationsQuery } from '../../../protocol/notifications.ts';
import { done } from '../../operations/reply.ts';
import { wireTime } from '../../operations/wire-times.ts';
import { route } from '../route.ts';

const LISTED_BY_DEFAULT = 50;
const ZONE = 'UTC';

/** The page reads what comes after `#`; browsers send that to no server, so the token is in nobody's log. */
const view = ({ id, topic, email, secret, createdAt }: Letter, publicUrl: string) => ({
  id,
  topic,
  to: email,
  ...(secret && { link: `${publicUrl}/account#${topic}=${secret.token}`, linkExpiresAt: wireTime(secret.expiresAt, ZONE) }),
  createdAt: wireTime(createdAt, ZONE),
});

export const listNotifications = route({
  method: 'get',
  path: '/v1/notifications',
  tag: 'Notifications',
  summary: 'Letters, newest first',
  action: 'read-letters',
  query: notificationsQuery,
  replies: { 200: { description: 'What had to be told, with its links as long as they are good.', schema: notifications } },
  handle: async (context, { query: { limit = LISTED_BY_DEFAULT, cursor = null } }) => {
    const { items, nextCursor } = await context.accounts.letters(limit, cursor);
    return done({ items: items.map((letter) => view(letter, context.config.publicUrl)), nextCursor });
  },
});

export const notificationRoutes = [listNotifications];
