// What people are told about appointments, on the wire.
import { z } from 'zod';
import { instantText, page, pageQuery, queryList, uuid } from './scalars.ts';

/** What a message can be about. */
export const MESSAGE_KINDS = [
  'appointment-booked',
  'appointment-requested',
  'appointment-approved',
  'appointment-declined',
  'appointment-changed',
  'appointment-cancelled',
  'appointment-reminder',
  'receipt',
  'refund',
  'payment-due',
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** To staff, each morning: what the day brings them. */
export const AGENDA = 'daily-agenda';
/** To a staff member, about one appointment of theirs. */
const STAFF_KINDS = ['staff-booked', 'staff-requested', 'staff-changed', 'staff-cancelled'] as const;
export type StaffKind = (typeof STAFF_KINDS)[number];
/** What people who work for the business are told by e-mail, each for themselves. */
export const PERSONAL_KINDS = [AGENDA, ...STAFF_KINDS] as const;
export type PersonalKind = (typeof PERSONAL_KINDS)[number];
/** To a staff member: their request for time off was approved or declined. It is an e-mail about their account. */
const TIME_OFF_DECIDED = 'time-off-decided';
/** What each of them switches for themselves. */
export const CHOSEN_EMAILS = [...PERSONAL_KINDS, TIME_OFF_DECIDED] as const;
export type ChosenEmail = (typeof CHOSEN_EMAILS)[number];
/** Until a person has chosen. */
export const WANTED_AT_FIRST: Readonly<Record<ChosenEmail, boolean>> = {
  [AGENDA]: true,
  'staff-booked': false,
  'staff-requested': false,
  'staff-changed': false,
  'staff-cancelled': false,
  [TIME_OFF_DECIDED]: true,
};
/** What the business can put into words of its own. */
export const TEMPLATE_KINDS = [...MESSAGE_KINDS, ...PERSONAL_KINDS] as const;
export type TemplateKind = (typeof TEMPLATE_KINDS)[number];

export function isToCustomer(kind: TemplateKind): kind is MessageKind {
  return (MESSAGE_KINDS as readonly TemplateKind[]).includes(kind);
}

/** Languages that messages are written in. The first is the default. */
export const MESSAGE_LOCALES = ['en', 'de', 'fr', 'es', 'pt'] as const;
export type MessageLocale = (typeof MESSAGE_LOCALES)[number];
export const messageLocale = z.enum(MESSAGE_LOCALES);

/** What the business wants to be told, and when. */
const MOST_REMINDERS = 3;
const SHORTEST_REMINDER_MINUTES = 60;
const LONGEST_REMINDER_MINUTES = 14 * 24 * 60;
const switches = z.strictObject(Object.fromEntries(MESSAGE_KINDS.map((kind) => [kind, z.boolean()])) as { readonly [Kind in MessageKind]: z.ZodBoolean });
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 21:00');
const quietHours = z
  .strictObject({ from: timeOfDay, to: timeOfDay })
  .refine(({ from, to }) => from !== to, { message: 'must not be the same as from; null is no quiet hours', path: ['to'] })
  .nullable()
  .meta({ description: 'When texts wait, by the clock of the recipient. null: never. Default: 21:00 to 08:00.', example: { from: '21:00', to: '08:00' } });
const reminderMinutes = z
  .array(z.int().min(SHORTEST_REMINDER_MINUTES).max(LONGEST_REMINDER_MINUTES))
  .max(MOST_REMINDERS)
  .superRefine((minutes, context) => {
    for (const [index, offset] of minutes.entries())
      if (minutes.indexOf(offset) !== index) context.addIssue({ code: 'custom', message: 'is there twice', path: [index], input: offset });
  })
  .meta({ description: 'How long before its start an appointment is reminded of, at each of these; empty: never.', example: [1_440, 120] });
export const messageSettings = z
  .object({
    email: switches.meta({ description: 'Which kinds of message are sent by e-mail. What is not is listed as `skipped`.' }),
    sms: switches.meta({ description: 'Which kinds of message are also sent as a text, to customers with a mobile number. Default: none.' }),
    quietHours,
    reminderMinutes,
  })
  .meta({ id: 'MessageSettings' });
export const messageSettingsChange = z
  .strictObject({ email: switches.partial(), sms: switches.partial(), quietHours, reminderMinutes })
  .partial()
  .meta({ id: 'MessageSettingsChange', description: 'What is left out stays as it is, each switch by itself.' });
type Switches = { readonly [Kind in MessageKind]: boolean };
/** By the clock, as HH:MM; they may go past midnight. */
export type QuietHours = { readonly from: string; readonly to: string };
export type MessageSettings = {
  readonly email: Switches;
  readonly sms: Switches;
  readonly quietHours: QuietHours | null;
  readonly reminderMinutes: readonly number[];
};
type SwitchesChange = { readonly [Kind in MessageKind]?: boolean | undefined };
export type MessageSettingsChange = {
  readonly email?: SwitchesChange | undefined;
  readonly sms?: SwitchesChange | undefined;
  readonly quietHours?: QuietHours | null | undefined;
  readonly reminderMinutes?: readonly number[] | undefined;
};

export const MESSAGE_CHANNELS = ['email', 'sms'] as const;
export type MessageChannel = (typeof MESSAGE_CHANNELS)[number];
export const MESSAGE_STATUSES = ['waiting', 'sent', 'failed', 'bounced', 'skipped'] as const;

/** Of a change: who is told about it. */
export const notify = z
  .strictObject({
    customer: z.boolean().optional().meta({ description: 'Whether the customer is told by e-mail.' }),
    staff: z.boolean().optional().meta({ description: 'Whether those who work for the business are told, in the app and by e-mail.' }),
  })
  .meta({ id: 'Notify', description: 'Staff and API keys only: who is told about this change. Default: yes.' });

const message = z
  .object({
    id: uuid,
    kind: z.enum(TEMPLATE_KINDS),
    channel: z.enum(MESSAGE_CHANNELS),
    locale: messageLocale,
    to: z.string().nullable().meta({ description: 'The address or number it went to; null until it is written, and where it was erased.' }),
    appointmentId: uuid.optional(),
    customerId: uuid.optional(),
    userId: uuid.optional().meta({ description: 'Of a message to a person who works for the business: their account.' }),
    status: z.enum(MESSAGE_STATUSES).meta({
      description:
        '`bounced`: there is no such address, as its mail server says, or a text has not reached its telephone. Of an address: nothing more is sent to it until a message is sent again. `skipped`: it was not to be sent; `failure` says why.',
    }),
    attempts: z.int(),
    failure: z.string().optional().meta({ description: 'Why it was not sent, or not yet.', example: 'refused 550 5.1.1' }),
    resendOf: uuid.optional().meta({ description: 'Of a message that was sent again: the one that was first.' }),
    createdAt: instantText,
    sentAt: instantText.optional().meta({ description: 'When the mail server or the provider took it.' }),
    deliveredAt: instantText.optional().meta({ description: 'When it reached the telephone, if the provider says so.' }),
    segments: z.int().optional().meta({ description: 'Of a text: how many segments are paid for.' }),
    subject: z.string().optional(),
    text: z.string().optional().meta({ description: 'As it was, or would have been, sent; without the link to manage the appointment.' }),
  })
  .meta({ id: 'Message' });
export type MessageReply = z.output<typeof message>;
/** POST /v1/messages/{id}/resend */
export const resentMessage = message;
export const messages = page(message);

/** A mail server returns the whole e-mail, or its beginning. */
const LARGEST_REPORT = 200_000;
/** POST /v1/messages/bounces */
export const bounceBody = z
  .strictObject({
    report: z
      .string()
      .min(1)
      .max(LARGEST_REPORT)
      .meta({ description: 'The e-mail that the mail server has sent, with its headers (RFC 3464). Its beginning is enough.' }),
  })
  .meta({ id: 'Bounce' });
export const bounced = z
  .object({ messageIds: z.array(uuid).meta({ description: 'The message that is marked now; none if the report says nothing new of any.' }) })
  .meta({ id: 'Bounced' });

/** GET /v1/messages */
export const messagesQuery = z.strictObject({
  appointmentId: uuid.optional(),
  customerId: uuid.optional(),
  status: queryList(z.enum(MESSAGE_STATUSES), MESSAGE_STATUSES.length).optional(),
  channel: z.enum(MESSAGE_CHANNELS).optional(),
  ...pageQuery,
});

/** GET /v1/me/messages */
export const ownMessagesQuery = z.strictObject(pageQuery);
