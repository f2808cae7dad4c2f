// Any provider behind a small HTTP contract: docs/messages.md. What it sends here is signed as our webhooks are (Standard Webhooks).
import { isUtf8 } from 'node:buffer';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import type { SmsAnswer, SmsCallback, SmsProvider, SmsReply, SmsReport } from '../../messages/sms-port.ts';
import type { Outside } from '../../model/outside.ts';
import { answerOfStatus, askProvider, fieldsOf, providerIdOf } from './ask-provider.ts';

export type HttpSmsSettings = {
  readonly url: string;
  readonly token: string;
  /** `whsec_…`: what its requests are signed with. */
  readonly secret: string;
  readonly from: string;
  readonly publicUrl: string;
};

const STATES = { sent: 'on-its-way', delivered: 'delivered', undelivered: 'undelivered' } as const;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function httpSms(outside: Outside, { url, token, secret, from, publicUrl }: HttpSmsSettings): SmsProvider {
  const webhook = new Webhook(secret);
  return {
    name: 'http',
    isIdempotent: true,
    takesReplies: !/[a-z]/i.test(from),
    async send({ id, to, text }): Promise<SmsAnswer> {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': id };
      const body = JSON.stringify({ id, to, from, text, statusUrl: `${publicUrl}/v1/sms/http/status` });
      const answer = await askProvider(outside, { url, headers, body });
      if ('type' in answer) return answer;
      const said = fieldsOf(answer.body);
      if (answer.status >= 200 && answer.status < 300) return { type: 'accepted', providerId: providerIdOf(said.id) };
      if (said.code === 'opted-out') return { type: 'refused', reason: 'opted-out', isOptedOut: true };
      return answerOfStatus(answer.status, codeOf(said.code));
    },
    readReport(callback): SmsReport | null | 'not-signed' {
      const fields = signedFields(callback, webhook);
      if (fields === null) return 'not-signed';
      const { messageId, status, code } = fields;
      if (typeof messageId !== 'string' || !UUID.test(messageId) || typeof status !== 'string' || !Object.hasOwn(STATES, status)) return null;
      const reason = [status, ...(codeOf(code) === null ? [] : [codeOf(code)])].join(' ');
      return { messageId, providerId: providerIdOf(fields.id), state: STATES[status as keyof typeof STATES], reason };
    },
    readReply(callback): SmsReply | null | 'not-signed' {
      const fields = signedFields(callback, webhook);
      if (fields === null) return 'not-signed';
      const id = providerIdOf(fields.id);
      return id === null || typeof fields.from !== 'string' || typeof fields.text !== 'string' ? null : { id, from: fields.from, text: fields.text };
    },
  };
}

/** A word or a number, such as `blocked` or `4001`. */
function codeOf(code: unknown): string | null {
  return (typeof code === 'string' || typeof code === 'number') && /^[\w-]{1,40}$/.test(String(code)) ? String(code) : null;
}

/** null: it is not signed, or five minutes old. The library compares in constant time. */
function signedFields({ headers, body }: SmsCallback, webhook: Webhook): Readonly<Record<string, unknown>> | null {
  const named = Object.fromEntries(['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(headers[name] ?? '')]));
  if (!isUtf8(body)) return null;
  try {
    webhook.verify(Buffer.from(body).toString('utf8'), named, { jsonParse: false });
  } catch (error) {
    // That is how the library says "no".
    if (error instanceof WebhookVerificationError) return null;
    throw error;
  }
  return fieldsOf(body);
}
