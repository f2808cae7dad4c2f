// What a mail server reports later of an e-mail that it had taken: a bounce (RFC 3464, in a multipart/report of RFC 6522). Pure. Read by its fixed fields; what it says in words is
// not kept, since it may quote the e-mail.
import type { MessageStatus } from './message.ts';

/** A report has three: words, fields, and the e-mail or its headers. */
const MOST_PARTS = 10;
/** Each of our e-mails has one recipient; lists that it was handed on to may have more. */
const MOST_RECIPIENTS = 50;
const ORIGINALS: ReadonlySet<string> = new Set(['message/rfc822', 'text/rfc822-headers', 'message/global', 'message/global-headers']);
const STATUSES: ReadonlySet<string> = new Set(['message/delivery-status', 'message/global-delivery-status']);

/** `id`: of the e-mail, from its Message-ID. `bounced`: because of the address. */
export type Undelivered = { readonly id: string; readonly status: Extract<MessageStatus, 'bounced' | 'failed'>; readonly failure: string };

/** null: no report about an e-mail of ours that was not delivered; such as one that it is late. `not-a-report`: something else, such as a holiday notice. */
export function readDeliveryReport(text: string): Undelivered | null | 'not-a-report' {
  const parts = partsOf(text.replaceAll('\r\n', '\n'));
  const status = parts.find(({ type }) => STATUSES.has(type));
  if (status === undefined) return 'not-a-report';
  const original = parts.find(({ type }) => ORIGINALS.has(type));
  const messageId = original === undefined ? undefined : fieldsOf(original.content.replaceAll('=\n', '')).get('message-id');
  const id = /^<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@[^<>]+>$/i.exec(messageId ?? '')?.[1]?.toLowerCase();
  // The first group is about the report itself.
  const recipients = status.content
    .trim()
    .split(/\n\s*\n/)
    .slice(1, MOST_RECIPIENTS + 1)
    .map(fieldsOf);
  const failed = recipients.find((fields) => fields.get('action')?.toLowerCase() === 'failed');
  return id === undefined || failed === undefined ? null : { id, ...whyOf(failed) };
}

function whyOf(fields: ReadonlyMap<string, string>): Omit<Undelivered, 'id'> {
  const code = /^[245]\.\d{1,3}\.\d{1,3}/.exec(fields.get('status') ?? '')?.[0] ?? '5.0.0';
  const reply = /^smtp\s*;\s*([45]\d\d)[ -]/i.exec(fields.get('diagnostic-code') ?? '')?.[1];
  const numbers = reply === undefined ? code : `${reply} ${code}`;
  // As of what is refused at once: RFC 3463, `5.1` is the address, `5.2.1` a mailbox that is closed.
  return code.startsWith('5.1.') || code === '5.2.1'
    ? { status: 'bounced', failure: `refused ${numbers}` }
    : { status: 'failed', failure: `undelivered ${numbers}` };
}

type Part = { readonly type: string; readonly content: string };

function partsOf(text: string): readonly Part[] {
  const whole = headAndBody(text);
  const type = fieldsOf(whole.head).get('content-type') ?? '';
  const [, quoted, plain] = /^multipart\/report\s*;.*?\bboundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))/is.exec(type) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return [];
  const lines = whole.body.split('\n');
  const parts: string[][] = [];
  for (const line of lines) {
    const end = line.trimEnd();
    if (end === `--${boundary}--` || parts.length > MOST_PARTS) break;
    if (end === `--${boundary}`) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts.map((part) => {
    const { head, body } = headAndBody(part.join('\n'));
    const [ofPart = ''] = (fieldsOf(head).get('content-type') ?? 'text/plain').split(';', 1);
    return { type: ofPart.trim().toLowerCase(), content: body };
  });
}

function headAndBody(text: string): { readonly head: string; readonly body: string } {
  if (text.startsWith('\n')) return { head: '', body: text.slice(1) };
  const end = text.indexOf('\n\n');
  return end < 0 ? { head: text, body: '' } : { head: text.slice(0, end), body: text.slice(end + 2) };
}

/** Up to the first empty line; a line that begins with white space continues the one before. The first of a name counts. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of headAndBody(text.trimStart())
    .head.replaceAll(/\n[ \t]+/g, ' ')
    .split('\n')) {
    const [, name, value] = /^([!-9;-~]+)\s*:\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined && !fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), value.trim());
  }
  return fields;
}
