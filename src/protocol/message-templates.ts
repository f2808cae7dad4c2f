// What the business makes messages say, on the wire.
import { z } from 'zod';
import { isToCustomer, MESSAGE_CHANNELS, MESSAGE_LOCALES, TEMPLATE_KINDS } from './messages.ts';
import { instantText, text, uuid } from './scalars.ts';

const subject = text(200).refine((line) => !/[\r\n\t]/.test(line), 'must be one line');
const body = text(5_000);
const kind = z.enum(TEMPLATE_KINDS);
const channel = z.enum(MESSAGE_CHANNELS);
const locale = z.enum(MESSAGE_LOCALES);

export const templateParams = z.object({ kind, channel, locale }).refine((name) => isToCustomer(name.kind) || name.channel === 'email', {
  message: 'must be email: staff are told by nothing else',
  path: ['channel'],
});
/** PUT /v1/message-templates/{kind}/{channel}/{locale} */
export const templateBody = z.strictObject({ subject: subject.optional(), body }).meta({
  id: 'MessageTemplateChange',
  description:
    'Plain text with placeholders such as {{service}}. Paragraphs are set apart by empty lines; the first one is the heading. {{details}} and {{manage}} are paragraphs of their own. Links lead to this server only. A text has no subject, is one line, and has at most three segments whatever the names are.',
});
export const messageTemplate = z
  .object({
    kind,
    channel,
    locale,
    subject: z.string().optional().meta({ description: 'Of an e-mail.' }),
    body: z.string(),
    isDefault: z.boolean().meta({ description: 'Nothing was written by the business.' }),
    placeholders: z.array(z.string()).meta({ description: 'What may stand in double braces there.', example: ['business', 'service', 'date'] }),
    version: z.int(),
  })
  .meta({ id: 'MessageTemplate' });

/** GET …/versions */
export const templateVersions = z
  .object({
    items: z.array(
      z
        .object({
          version: z.int(),
          subject: z.string().optional().meta({ description: 'Of an e-mail.' }),
          body: z.string(),
          isDefault: z.boolean(),
          by: z
            .object({ kind: z.enum(['user', 'api-key']), id: uuid })
            .optional()
            .meta({ description: 'Who wrote it. Left out, as `at`, if it is older than the list.' }),
          at: instantText.optional(),
        })
        .meta({ id: 'MessageTemplateVersion' }),
    ),
  })
  .meta({ id: 'MessageTemplateVersions' });

/** POST …/preview */
export const previewBody = z.strictObject({ subject: subject.optional(), body: body.optional(), appointmentId: uuid.optional() }).meta({
  id: 'MessagePreviewRequest',
  description: 'Subject and body as they would be saved; what is left out is as it is now. Without an appointment it is a sample.',
});
export const messagePreview = z
  .object({
    text: z.string(),
    subject: z.string().optional().meta({ description: 'Of an e-mail, as `html`.' }),
    html: z.string().optional(),
    segments: z.int().optional().meta({ description: 'Of a text: what is paid for.' }),
  })
  .meta({ id: 'MessagePreview', description: 'As it would be sent, but for the link to manage the appointment.' });
