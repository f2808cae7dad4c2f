// What an error of the mail server means for an e-mail.
import type { MailerAnswer } from '../../mail/mailer.ts';

/** Of nodemailer's errors. `response` is what the server said, and may quote the e-mail: only its numbers leave this file. */
type SmtpError = Error & {
  readonly code: string;
  readonly originalCode?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly command?: string;
};

/** About the e-mail: its sender, its reader or itself. Everything else is about the server, and every e-mail would meet with it. */
const ABOUT_THE_EMAIL = ['EENVELOPE', 'EMESSAGE'];
const NOT_REACHED = ['ECONNECTION', 'ESOCKET', 'EDNS', 'EPROTOCOL'];
const TOO_SLOW = ['ETIMEDOUT', 'EABORT'];
const NOT_LET_IN = ['EAUTH', 'ENOAUTH'];

/** Throws what is no answer of a mail server and none of the network. */
export function smtpAnswerOf(error: unknown): MailerAnswer {
  if (!isSmtpError(error)) throw error;
  const { code, originalCode, responseCode } = error;
  if (ABOUT_THE_EMAIL.includes(code)) {
    // Without an answer of the server it was never asked: it could not take such an address or so large an e-mail, as it had said before.
    if (responseCode === undefined) return { type: 'refused', reason: 'not-sendable' };
    if (!isForGood(responseCode)) return { type: 'not-now', reason: `put-off ${numbersOf(error)}` };
    return { type: 'refused', reason: `refused ${numbersOf(error)}`, isAddressRefused: isAboutTheAddress(error) };
  }
  const numbers = numbersOf(error);
  const why = numbers === '' ? wordOf(originalCode ?? code) : numbers;
  if (TOO_SLOW.includes(code)) return { type: 'not-now', reason: 'timed-out' };
  if (NOT_LET_IN.includes(code)) return { type: 'not-now', reason: `login-refused ${why}` };
  if (code === 'ETLS') return { type: 'not-now', reason: `not-encrypted ${why}` };
  if (NOT_REACHED.includes(code)) return { type: 'not-now', reason: `unreachable ${why}` };
  throw error;
}

function isSmtpError(error: unknown): error is SmtpError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** RFC 5321, 4.2.1. 503 complains about the order of commands, which another connection puts right. */
function isForGood(responseCode: number): boolean {
  return responseCode >= 500 && responseCode < 600 && responseCode !== 503;
}

/** RFC 3463: `5.1` is the address, `5.2` the mailbox, which may only be full (`5.2.2`), and `5.7` the policy, which may be about who sends. Without any, what RCPT TO met with. */
function isAboutTheAddress(error: SmtpError): boolean {
  const [, status] = numbersOf(error).split(' ');
  return status === undefined ? error.command === 'RCPT TO' : status.startsWith('5.1.') || status === '5.2.1';
}

/** As in `550 5.1.1`: the reply code and, where there is one, the enhanced status code of RFC 3463. */
function numbersOf({ responseCode, response = '' }: SmtpError): string {
  if (responseCode === undefined) return '';
  const [, status] = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response) ?? [];
  return status === undefined ? String(responseCode) : `${responseCode} ${status}`;
}

/** The system's word for it, such as ECONNREFUSED. */
function wordOf(code: string): string {
  return /^[A-Z_]{1,60}$/.test(code) ? code : 'for-an-unknown-reason';
}
