// Twilio's REST API, 2010-04-01, without its SDK. Twilio has no idempotency key for messages.
import { isUtf8 } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SmsAnswer, SmsCallback, SmsProvider, SmsReply, SmsReport } from '../../messages/sms-port.ts';
import type { Outside } from '../../model/outside.ts';
import { answerOfStatus, askProvider, fieldsOf, providerIdOf } from './ask-provider.ts';

export type TwilioSettings = {
  readonly url: string;
  readonly account: string;
  readonly token: string;
  /** Of before a change: what is signed with it is good, too. */
  readonly oldToken?: string | null;
  /** A number, a short code, a name, or the id of a messaging service. */
  readonly from: string;
  /** Where reports go. */
  readonly publicUrl: string;
};

/** The recipient has sent STOP to this sender: https://www.twilio.com/docs/api/errors/21610 */
const OPTED_OUT = 21_610;
/** https://www.twilio.com/docs/messaging/api/message-resource#message-status-values */
const ON_ITS_WAY: ReadonlySet<string> = new Set(['accepted', 'scheduled', 'queued', 'sending', 'sent']);
const DELIVERED: ReadonlySet<string> = new Set(['delivered', 'read']);
const UNDELIVERED: ReadonlySet<string> = new Set(['undelivered', 'failed', 'canceled']);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function twilioSms(outside: Outside, settings: TwilioSettings): SmsProvider {
  return {
    name: 'twilio',
    isIdempotent: false,
    takesReplies: !/[a-z]/i.test(settings.from) || /^MG[0-9a-f]{32}$/.test(settings.from),
    send: (sms) => send(outside, settings, sms),
    readReport: (callback) => reportOf(callback, tokensOf(settings)),
    readReply: (callback) => replyOf(callback, tokensOf(settings)),
  };
}

async function send(
  outside: Outside,
  { url, account, token, from, publicUrl }: TwilioSettings,
  { id, to, text }: { readonly id: string; readonly to: string; readonly text: string },
): Promise<SmsAnswer> {
  const fields = new URLSearchParams({
    To: to,
    [from.startsWith('MG') && from.length === 34 ? 'MessagingServiceSid' : 'From']: from,
    Body: text,
    StatusCallback: `${publicUrl}/v1/sms/twilio/status?messageId=${id}`,
  });
  const answer = await askProvider(outside, {
    url: `${url}/2010-04-01/Accounts/${account}/Messages.json`,
    headers: {
      authorization: `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: fields.toString(),
  });
  if ('type' in answer) return answer;
  const said = fieldsOf(answer.body);
  if (answer.status === 201 || answer.status === 200) return { type: 'accepted', providerId: providerIdOf(said.sid) };
  const code = typeof said.code === 'number' && Number.isSafeInteger(said.code) ? said.code : null;
  if (code === OPTED_OUT) return { type: 'refused', reason: 'opted-out', isOptedOut: true };
  return answerOfStatus(answer.status, code === null ? null : String(code));
}

function tokensOf({ token, oldToken = null }: TwilioSettings): readonly string[] {
  return oldToken === null ? [token] : [token, oldToken];
}

function reportOf(callback: SmsCallback, tokens: readonly string[]): SmsReport | null | 'not-signed' {
  const fields = signedFields(callback, tokens);
  if (fields === null) return 'not-signed';
  const messageId = URL.parse(callback.url)?.searchParams.get('messageId') ?? '';
  const status = fields.get('MessageStatus') ?? '';
  const code = /^\d{5}$/.exec(fields.get('ErrorCode') ?? '')?.[0];
  const state = ON_ITS_WAY.has(status) ? 'on-its-way' : DELIVERED.has(status) ? 'delivered' : UNDELIVERED.has(status) ? 'undelivered' : null;
  if (state === null || !UUID.test(messageId)) return null;
  return { messageId, providerId: providerIdOf(fields.get('MessageSid')), state, reason: code === undefined ? status : `${status} ${code}` };
}

function replyOf(callback: SmsCallback, tokens: readonly string[]): SmsReply | null | 'not-signed' {
  const fields = signedFields(callback, tokens);
  if (fields === null) return 'not-signed';
  const [id, from] = [providerIdOf(fields.get('MessageSid')), fields.get('From')];
  return id === null || from === null ? null : { id, from, text: fields.get('Body') ?? '' };
}

/** The fields of a form that Twilio has signed; null: it has not. https://www.twilio.com/docs/usage/security#validating-requests */
function signedFields({ url, headers, body }: SmsCallback, tokens: readonly string[]): URLSearchParams | null {
  const given = headers['x-twilio-signature'];
  if (typeof given !== 'string' || !isUtf8(body)) return null;
  const fields = new URLSearchParams(Buffer.from(body).toString('utf8'));
  const pairs = [...fields].map(([name, value]) => name + value);
  // By code units of the names, as Twilio sorts them; what has one name twice stays in its order.
  const sorted = [...fields.keys()]
    .map((name, index) => ({ name, text: pairs[index] ?? '' }))
    .toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  const signed = url + sorted.map(({ text }) => text).join('');
  const isGood = tokens.some((token) => isSame(given, createHmac('sha1', token).update(signed, 'utf8').digest('base64')));
  return isGood ? fields : null;
}

/** In a time that says nothing about where they differ. */
function isSame(given: string, signature: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(signature)];
  return one.length === other.length && timingSafeEqual(one, other);
}
