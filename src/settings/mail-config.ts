// How e-mails leave, as SMTP_URL and MAIL_FROM say. No message repeats what was set: there is a password in it.
import { isMailAddress } from '../mail/mail-address.ts';

export type MailConfig = {
  readonly host: string;
  readonly port: number;
  /** `smtps`: TLS from the first byte. */
  readonly isTlsFromTheStart: boolean;
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly from: { readonly name: string; readonly address: string };
};

/** What mail servers take e-mails on that have them to pass on, RFC 6409 and 8314. */
const DEFAULT_PORTS = { 'smtp:': 587, 'smtps:': 465 } as const;
const URL_ADVICE =
  'must look like smtp://user:password@host:587, or smtps:// with TLS from the start; percent-encode special characters in user and password, such as %40 for @';
const FROM_ADVICE = 'must be an e-mail address, or a name and an address such as Salt & Pine <hello@example.org>';

type Report = (variable: 'SMTP_URL' | 'MAIL_FROM', message: string) => void;

/** null: no mail server, or one of the two is wrong, which has been reported then. */
export function mailConfigOf(smtpUrl: string | undefined, mailFrom: string | undefined, problem: Report): MailConfig | null {
  if (smtpUrl === undefined) return null;
  const server = serverOf(smtpUrl);
  const from = mailFrom === undefined ? undefined : fromOf(mailFrom);
  if (server === undefined) problem('SMTP_URL', URL_ADVICE);
  if (mailFrom === undefined) problem('MAIL_FROM', 'is required with SMTP_URL: every e-mail needs a sender');
  else if (from === undefined) problem('MAIL_FROM', FROM_ADVICE);
  return server === undefined || from === undefined ? null : { ...server, from };
}

function serverOf(text: string): Omit<MailConfig, 'from'> | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')) return undefined;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const user = decoded(url.username);
  const password = decoded(url.password);
  const isBare = url.search === '' && url.hash === '' && ['', '/'].includes(url.pathname);
  if (host === '' || !isBare || user === undefined || password === undefined || (user === '') !== (password === '')) return undefined;
  const port = url.port === '' ? DEFAULT_PORTS[url.protocol] : Number(url.port);
  if (port === 0) return undefined;
  return { host, port, isTlsFromTheStart: url.protocol === 'smtps:', login: user === '' ? null : { user, password } };
}

/** `undefined`: a percent sign that stands for nothing. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function fromOf(text: string): MailConfig['from'] | undefined {
  const [, quoted, plain, bracketed] = /^(?:"([^"\\]*)"|([^<>"]*?))\s*<([^<>]*)>$/.exec(text) ?? [];
  const from = { name: (quoted ?? plain ?? '').trim(), address: bracketed ?? text };
  return isMailAddress(from.address) && !/\p{C}/u.test(from.name) ? from : undefined;
}
