// API keys, on the wire.
import { z } from 'zod';
import { KEY_SCOPES } from '../model/roles.ts';
import { instantInput, instantText, lineOfText, page, uuid } from './scalars.ts';

const scopes = z
  .array(z.enum(KEY_SCOPES))
  .min(1)
  .max(KEY_SCOPES.length)
  .meta({ description: 'What the key is for. See the table of permissions in docs/permissions.md.' });

/** POST /v1/api-keys */
export const newApiKeyBody = z
  .strictObject({
    id: uuid.optional(),
    name: lineOfText(100).meta({ description: 'What the key is used for, so that you know later whether it can be revoked.' }),
    scopes,
    locationId: uuid.nullable().optional().meta({ description: 'Limits the key to one location; without it the key works for all.' }),
    expiresAt: instantInput.nullable().optional().meta({ description: 'Left out: a year from now. null: never.' }),
  })
  .meta({ id: 'NewApiKey' });

export const apiKey = z
  .object({
    id: uuid,
    name: z.string(),
    prefix: z.string().meta({ description: 'The first characters of the key, to tell keys apart.', example: 'slk_aZ3k9QxL' }),
    scopes: z.array(z.enum(KEY_SCOPES)),
    locationId: uuid.nullable(),
    createdAt: instantText,
    expiresAt: instantText.nullable(),
    lastUsedAt: instantText.nullable().meta({ description: 'To the minute; null if never.' }),
  })
  .meta({ id: 'ApiKey' });
export const newApiKey = apiKey.extend({ key: z.string().meta({ description: 'The key itself. It is shown only now.' }) }).meta({ id: 'MadeApiKey' });
export const apiKeys = page(apiKey);
