// In-app notifications of people who work for the business, on the wire.
import { z } from 'zod';
import { APPOINTMENT_STATUSES } from '../model/appointment-status.ts';
import { CHOSEN_EMAILS, MESSAGE_KINDS, MESSAGE_STATUSES } from './messages.ts';
import { instantText, page, pageQuery, uuid } from './scalars.ts';
import { TIME_OFF_STATUSES } from './time-off-requests.ts';

/** What a notification can be about. */
export const NOTIFICATION_KINDS = [
  'appointment-booked',
  'appointment-requested',
  'appointment-changed',
  'appointment-cancelled',
  'message-failed',
  'message-kept',
  'webhook-disabled',
  'external-calendar-failed',
  'external-calendar-conflict',
  'budget-reached',
  'payment-alarm',
  'time-off-requested',
  'time-off-decided',
] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

const MOST_READ_AT_ONCE = 200;

const told = z
  .object({
    id: uuid,
    startsAt: instantText,
    endsAt: instantText.optional(),
    serviceName: z.string().nullable(),
    staffId: uuid,
    staffName: z.string().nullable(),
    from: z.object({ startsAt: instantText, staffId: uuid, staffName: z.string().nullable() }).optional().meta({ description: 'Of a move: where it was.' }),
    reference: z.string().optional(),
    status: z.enum(APPOINTMENT_STATUSES).optional().meta({ description: 'As it is now.' }),
    customerName: z.string().optional().meta({ description: 'For readers who may see whom the appointment is for now.' }),
  })
  .meta({ id: 'NotifiedAppointment', description: 'As it was when the notification was made, but for status and name.' });
export const notification = z
  .object({
    id: uuid,
    number: z.int().meta({ description: 'Rises with each notification of the reader.' }),
    kind: z.enum(NOTIFICATION_KINDS),
    createdAt: instantText,
    read: z.boolean(),
    appointment: told.optional(),
    message: z
      .object({ id: uuid, kind: z.enum(MESSAGE_KINDS), status: z.enum(MESSAGE_STATUSES), failure: z.string().optional() })
      .optional()
      .meta({ description: 'A message to a customer; its text is in `GET /v1/messages`.' }),
    payment: z.object({ id: uuid.optional(), why: z.string() }).optional().meta({ description: 'A payment that needs attention, and why.' }),
    webhookId: uuid.optional(),
    externalCalendarId: uuid.optional(),
    staffId: uuid.optional().meta({ description: 'Whose external calendar it is.' }),
    timeOffRequest: z
      .object({ id: uuid, staffId: uuid, staffName: z.string().nullable(), startsAt: instantText, endsAt: instantText, status: z.enum(TIME_OFF_STATUSES) })
      .optional()
      .meta({ description: 'Of whom, and what it became.' }),
    budget: z.string().optional().meta({ description: 'Which budget is used up.' }),
  })
  .meta({ id: 'Notification', description: 'Without details where the reader may not see any more what it is about.' });
export type NotificationReply = z.output<typeof notification>;

const unread = z.int().meta({ description: 'How many the reader has not read.' });
export const notifications = page(notification).extend({ unread });

/** GET /v1/notifications */
export const notificationsQuery = z.strictObject({ unread: z.enum(['true', 'false']).optional(), ...pageQuery });

/** POST /v1/notifications/read */
export const notificationsReadBody = z
  .strictObject({
    ids: z.array(uuid).min(1).max(MOST_READ_AT_ONCE).optional(),
    until: uuid.optional().meta({ description: 'The id of a notification: it and everything before it.' }),
  })
  .refine(({ ids, until }) => (ids === undefined) !== (until === undefined), { message: 'must have either ids or until', path: ['ids'] })
  .meta({ id: 'NotificationsRead' });
export const notificationsRead = z.object({ unread });

const byEmail = z.partialRecord(z.enum(CHOSEN_EMAILS), z.boolean());
const choices = z.partialRecord(z.enum(NOTIFICATION_KINDS), z.boolean());
/** GET and PATCH /v1/me/notification-settings */
export const notificationSettings = z
  .object({
    inApp: choices.meta({ description: 'By kind, for those kinds that the reader can be told of.' }),
    email: byEmail.meta({
      description:
        'By e-mail: the agenda of the day, on at first, and what others do with appointments of the reader, off at first. Empty for a reader without a calendar.',
    }),
  })
  .meta({ id: 'NotificationSettings' });
export const notificationSettingsBody = z
  .strictObject({ inApp: choices.optional(), email: byEmail.optional() })
  .meta({ id: 'NotificationSettingsChange', description: 'What is left out stays.' });
