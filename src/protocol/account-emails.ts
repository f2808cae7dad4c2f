// E-mails about accounts, on the wire.
import { z } from 'zod';
import { messageLocale } from './messages.ts';
import { instantText, page, queryInteger, uuid } from './scalars.ts';

const MOST_EMAILS = 200;
/** GET /v1/account-emails */
export const accountEmailsQuery = z.strictObject({ limit: queryInteger(1, MOST_EMAILS).optional(), cursor: uuid.optional() });

/** What an e-mail about an account can be about. */
export const EMAIL_TOPICS = [
  'email-verification',
  'already-registered',
  'password-reset',
  'password-reset-without-account',
  'password-changed',
  'second-factor-on',
  'second-factor-off',
  'invitation',
  'booking-code',
  'webhook-disabled',
  'time-off-decided',
] as const;
export type EmailTopic = (typeof EMAIL_TOPICS)[number];

const delivery = z.object({
  state: z.enum(['kept', 'waiting', 'sent', 'failed']).meta({ description: 'Kept for the owner to hand on, or waiting to be mailed, mailed, given up.' }),
  sentAt: instantText.optional().meta({ description: 'When the mail server took it.' }),
  attempts: z.int().meta({ description: 'How often mailing it was tried, the attempt that is under way included.' }),
  nextAttemptAt: instantText.optional().meta({ description: 'When it is tried again at the earliest.' }),
  reason: z.string().optional().meta({ description: 'Why the last attempt came to nothing.', example: 'refused 550 5.1.1' }),
});
export const accountEmail = z
  .object({
    id: uuid,
    topic: z.enum(EMAIL_TOPICS),
    to: z.string().meta({ description: 'The e-mail address.' }),
    link: z.string().optional().meta({ description: 'What the e-mail asks to be opened, as long as it is good. Never there for e-mails that leave by mail.' }),
    code: z.string().optional().meta({ description: 'The code in the e-mail, as long as it is good. Never there for what leaves by mail.', example: '492031' }),
    linkExpiresAt: instantText.optional().meta({ description: 'Until when the link or the code is good.' }),
    linkNeedsStepUp: z
      .literal(true)
      .optional()
      .meta({ description: 'There is a link, which opens the account of an owner: it is shown after POST /v1/auth/step-up.' }),
    createdAt: instantText,
    delivery,
    locale: messageLocale,
    subject: z.string().optional(),
    text: z.string().optional().meta({
      description:
        'As it was, or would have been, sent; with […] for the secret part of its link, or its code. Left out where a link or code is good no longer, or has left by mail.',
    }),
  })
  .meta({ id: 'AccountEmail' });
export const accountEmails = page(accountEmail);
