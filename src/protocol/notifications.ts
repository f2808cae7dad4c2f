// What had to be told to somebody, on the wire.
import { z } from 'zod';
import { instantText, page, queryInteger, uuid } from './scalars.ts';

const MOST_LETTERS = 200;
/** GET /v1/notifications */
export const notificationsQuery = z.object({ limit: queryInteger(1, MOST_LETTERS).optional(), cursor: uuid.optional() });

const topics = [
  'email-verification',
  'already-registered',
  'password-reset',
  'password-reset-without-account',
  'password-changed',
  'second-factor-on',
  'second-factor-off',
] as const;
export const notification = z
  .object({
    id: uuid,
    topic: z.enum(topics),
    to: z.string().meta({ description: 'The e-mail address.' }),
    link: z.string().optional().meta({ description: 'What the letter asks to be opened, as long as it is good.' }),
    linkExpiresAt: instantText.optional(),
    createdAt: instantText,
  })
  .meta({ id: 'Notification' });
export const notifications = page(notification);
