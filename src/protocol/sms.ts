// What providers of text messages send, on the wire. The bodies are theirs, and are read once their signature is good.
import { z } from 'zod';
import { uuid } from './scalars.ts';

export const smsProvider = z.enum(['twilio', 'http']);

/** POST /v1/sms/{provider}/status */
export const smsReportQuery = z.strictObject({
  messageId: uuid.optional().meta({ description: 'Twilio: the message that it is about, as its `StatusCallback` says.' }),
});
