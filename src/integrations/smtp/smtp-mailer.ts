import { createTransport } from 'nodemailer';
import { isMailAddress } from '../../mail/mail-address.ts';
import type { Mailer, MailerAnswer, Message } from '../../mail/mailer.ts';
import { MINUTE, SECOND } from '../../model/instant.ts';
import { isThisMachine } from '../../model/this-machine.ts';
import { smtpAnswerOf } from './smtp-answer.ts';

const CONNECT_LIMIT_MS = 10 * SECOND;
/** A mail server may look its callers up first; what says nothing for this long is none. */
const GREETING_LIMIT_MS = 10 * SECOND;
const SILENCE_LIMIT_MS = 30 * SECOND;
/** All of it together, for a mail server that says a word now and then and never comes to an end. */
const SEND_LIMIT_MS = MINUTE;
/** E-mails come in bursts; mail servers do not like connections that are there for nothing. */
const IDLE_LIMIT_MS = 10 * SECOND;
/** Who hangs up is not waited for. */
const HANG_UP_LIMIT_MS = 500;

export type SmtpSettings = {
  readonly host: string;
  readonly port: number;
  readonly isTlsFromTheStart: boolean;
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly from: { readonly name: string; readonly address: string };
  /** At most so many at once. */
  readonly connections: number;
  readonly greetingLimitMs?: number;
  readonly sendLimitMs?: number;
};

/** Hands e-mails to a mail server. It keeps connections for a moment and tries nothing twice: that is for the relay, which knows of every attempt. */
export class SmtpMailer implements Mailer {
  readonly #from: SmtpSettings['from'];
  readonly #sendLimitMs: number;
  readonly #transport: ReturnType<typeof transportOf>;
  #isClosed = false;

  constructor(settings: SmtpSettings) {
    this.#from = settings.from;
    this.#sendLimitMs = settings.sendLimitMs ?? SEND_LIMIT_MS;
    this.#transport = transportOf(settings);
  }

  async send({ id, to, subject, text, html, calendar, unsubscribe, writtenAt }: Message): Promise<MailerAnswer> {
    // What is a list or a header to nodemailer never gets there.
    if (!isMailAddress(to)) return { type: 'refused', reason: 'bad-address' };
    const { address, name } = this.#from;
    try {
      await this.#transport.sendMail({
        from: { name, address },
        to: { name: '', address: to },
        // Said once more, so that nothing is ever read out of a header.
        envelope: { from: address, to: [to] },
        messageId: `<${id}@${address.slice(address.lastIndexOf('@') + 1)}>`,
        date: new Date(writtenAt),
        subject,
        text,
        ...(html !== undefined && { html }),
        ...(calendar && { icalEvent: { method: calendar.method, filename: 'appointment.ics', content: calendar.text } }),
        ...(unsubscribe !== undefined && { list: { unsubscribe: { url: unsubscribe, comment: '' } } }),
        // RFC 3834: nobody's holiday notice answers it.
        headers: { 'Auto-Submitted': 'auto-generated', ...(unsubscribe !== undefined && { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }) },
        xMailer: false,
        signal: AbortSignal.timeout(this.#sendLimitMs),
      });
      return { type: 'accepted' };
    } catch (error) {
      // A pool that is closed lets go of its e-mails without saying why.
      return this.#isClosed ? { type: 'not-now', reason: 'cut-off' } : smtpAnswerOf(error);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#transport.close({ force: true });
  }
}

function transportOf({ host, port, isTlsFromTheStart, login, connections, greetingLimitMs = GREETING_LIMIT_MS }: SmtpSettings) {
  const isVerified = isTlsFromTheStart || (login !== null && !isThisMachine(host));
  return createTransport({
    pool: true,
    host,
    port,
    secure: isTlsFromTheStart,
    ...(login !== null && { auth: { user: login.user, pass: login.password }, forceAuth: true }),
    // A password is sent only over verified TLS. Without a password STARTTLS is used if offered, unverified: an attacker who
    // could present a false certificate could also remove the offer.
    requireTLS: isVerified && !isTlsFromTheStart,
    tls: { rejectUnauthorized: isVerified },
    maxConnections: connections,
    maxRequeues: 0,
    connectionTimeout: CONNECT_LIMIT_MS,
    dnsTimeout: CONNECT_LIMIT_MS,
    greetingTimeout: greetingLimitMs,
    socketTimeout: SILENCE_LIMIT_MS,
    idleTimeout: IDLE_LIMIT_MS,
    socketCloseTimeout: HANG_UP_LIMIT_MS,
    // Its log would have the e-mails and the password in it.
    logger: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
