// The settings of the business, on the wire.
import { z } from 'zod';
import { guestProof } from './catalog.ts';
import { messageSettings, messageSettingsChange } from './messages.ts';
import { lineOfText, siteOrigin } from './scalars.ts';

/** Each is a word in a header of the page. */
const MOST_EMBED_ORIGINS = 50;
const embedOrigins = z
  .array(siteOrigin)
  .max(MOST_EMBED_ORIGINS)
  .refine((origins) => new Set(origins).size === origins.length, 'must not contain duplicates')
  .meta({ description: 'The sites whose pages may show `/embed`, the booking page for other sites. None may if it is empty.' });

/** GET and PATCH /v1/settings */
export const settings = z
  .object({
    name: z.string(),
    bufferRule: z.enum(['max', 'sum']),
    guestProof,
    embedOrigins,
    messages: messageSettings,
    sends: z
      .object({ email: z.boolean(), sms: z.boolean() })
      .meta({ description: 'Whether a mail server and a provider of texts are set up: without, messages are listed and not sent.' }),
    version: z.int(),
  })
  .meta({ id: 'Settings' });
export const settingsChangeBody = z
  .strictObject({ name: lineOfText(200), bufferRule: z.enum(['max', 'sum']), guestProof, embedOrigins, messages: messageSettingsChange })
  .partial()
  .meta({ id: 'SettingsChange' });
