// A double of Twilio's API on the loopback, as strict as its documentation: authentication, form encoding, parameters, error codes with their statuses, and signed callbacks.
// https://www.twilio.com/docs/messaging/api/message-resource and https://www.twilio.com/docs/api/errors
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const TWILIO_ACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;
export const TWILIO_TOKEN = 'fedcba98765432100123456789abcdef';
const OWN_NUMBER = '+4915735985555';
/** Digits that are given to nobody, with what Twilio says to them; as its own magic numbers do. */
const UNREACHABLE: Readonly<Record<string, readonly [status: number, code: number]>> = {
  '+4915112345601': [400, 21_211],
  '+4915112345602': [400, 21_408],
  '+4915112345603': [400, 21_610],
  '+4915112345604': [400, 21_614],
};

type TakenText = { readonly sid: string; readonly to: string; readonly text: string; readonly segments: number; readonly callback: string };
/** What is done to the next requests, one each, in place of what the documentation says. `hang-up`: the message is taken, and the answer is lost. */
type Trouble = 'hang-up' | { readonly status: number; readonly code: number };
export type TestTwilio = AsyncDisposable & {
  readonly url: string;
  readonly taken: readonly TakenText[];
  /** Requests that were refused, with Twilio's code. */
  readonly refused: readonly number[];
  trouble(...next: readonly Trouble[]): void;
  /** Tells `server` what has become of a message, as often as Twilio may: once or several times. `publicUrl`: what the callback's address begins with, as it was given. */
  report(server: string, text: TakenText, status: string, more?: Readonly<Record<string, string>>): Promise<number>;
  /** Somebody answers. */
  answer(server: string, publicUrl: string, from: string, body: string, sid?: string): Promise<number>;
};

export async function startTwilio(): Promise<TestTwilio> {
  const taken: TakenText[] = [];
  const refused: number[] = [];
  const troubles: Trouble[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const trouble = troubles.shift();
    if (typeof trouble === 'object') return refuse(response, trouble.status, trouble.code);
    const judged = judge(request, body);
    if (typeof judged !== 'string') {
      refused.push(judged.code);
      return refuse(response, judged.status, judged.code);
    }
    const fields = new URLSearchParams(body);
    const text = fields.get('Body') ?? '';
    const sid = `SM${randomBytes(16).toString('hex')}`;
    taken.push({ sid, to: judged, text, segments: segmentsOf(text), callback: fields.get('StatusCallback') ?? '' });
    if (trouble === 'hang-up') return request.socket.destroy();
    say(response, 201, { sid, status: 'queued', to: judged, from: fields.get('From'), num_segments: String(segmentsOf(text)), error_code: null, price: null });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, taken, refused },
    trouble: (...next) => void troubles.push(...next),
    report: (to, { sid, callback }, status, more = {}) =>
      post(to, callback, { MessageSid: sid, SmsSid: sid, MessageStatus: status, AccountSid: TWILIO_ACCOUNT, ...more }),
    answer: (to, publicUrl, from, body, sid = `SM${randomBytes(16).toString('hex')}`) =>
      post(to, `${publicUrl}/v1/sms/twilio/inbound`, { MessageSid: sid, AccountSid: TWILIO_ACCOUNT, From: from, To: OWN_NUMBER, Body: body, NumMedia: '0' }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** As `X-Twilio-Signature` has it: https://www.twilio.com/docs/usage/security */
export function twilioSignature(url: string, fields: Readonly<Record<string, string>>, token = TWILIO_TOKEN): string {
  const sorted = Object.keys(fields).sort();
  return createHmac('sha1', token)
    .update(url + sorted.map((name) => name + fields[name]).join(''))
    .digest('base64');
}

/** As through a proxy: signed for the public address, and sent to this one. */
async function post(server: string, url: string, fields: Readonly<Record<string, string>>): Promise<number> {
  const { pathname, search } = new URL(url);
  const response = await fetch(server + pathname + search, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': twilioSignature(url, fields) },
    body: new URLSearchParams(fields),
  });
  await response.arrayBuffer();
  return response.status;
}

/** The recipient, or what is wrong. */
function judge(request: IncomingMessage, body: string): string | { readonly status: number; readonly code: number } {
  const login = `Basic ${Buffer.from(`${TWILIO_ACCOUNT}:${TWILIO_TOKEN}`).toString('base64')}`;
  if (request.headers.authorization !== login) return { status: 401, code: 20_003 };
  if (request.url !== `/2010-04-01/Accounts/${TWILIO_ACCOUNT}/Messages.json`) return { status: 404, code: 20_404 };
  if (request.method !== 'POST') return { status: 405, code: 20_004 };
  if (request.headers['content-type']?.split(';')[0] !== 'application/x-www-form-urlencoded') return { status: 415, code: 20_415 };
  const fields = new URLSearchParams(body);
  const [to, from, text, callback] = ['To', 'From', 'Body', 'StatusCallback'].map((name) => fields.get(name) ?? '');
  if (from === '' && !fields.has('MessagingServiceSid')) return { status: 400, code: 21_603 };
  if (from !== OWN_NUMBER) return { status: 400, code: 21_606 };
  if (to === undefined || to === '') return { status: 400, code: 21_604 };
  if (!/^\+[1-9]\d{6,14}$/.test(to)) return { status: 400, code: 21_211 };
  if (text === undefined || text === '') return { status: 400, code: 21_602 };
  if (text.length > 1_600) return { status: 400, code: 21_617 };
  if (callback !== undefined && callback !== '' && !/^https?:\/\/(?!localhost|127\.)/.test(callback)) return { status: 400, code: 21_609 };
  const [status, code] = UNREACHABLE[to] ?? [];
  return status === undefined || code === undefined ? to : { status, code };
}

function refuse(response: ServerResponse, status: number, code: number): void {
  say(response, status, { code, message: 'refused', more_info: `https://www.twilio.com/docs/errors/${code}`, status });
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', ...(status === 429 && { 'retry-after': '1' }) }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

/** Counted here in another way than in the server: only characters of the tests' texts. */
function segmentsOf(text: string): number {
  const isGsm = /^[\n\r !"#$%&'()*+,\-./0-9:;<=>?@A-Za-zÄÖÑÜ§äöñüàèéùìòÇØøÅåÆæßÉ£¥¡¿_]*$/.test(text);
  const [alone, part] = isGsm ? [160, 153] : [70, 67];
  return text.length <= alone ? 1 : Math.ceil(text.length / part);
}
