// What e-mails about accounts say, in one language: ICU messages. Types only.
//
// They contain no names and nothing the requester typed: anyone could use that to send advertising.
import type { EmailTopic } from '../../protocol/account-emails.ts';

/**
 * `{business}`, `{accountUrl}`, the page for everything about an account, and `{writtenAt}`. Where there is something to open, also `{link}`, `{token}`, the code itself, and `{expiresAt}`;
 * a link or a code is a paragraph of its own.
 */
type EmailText = { readonly subject: string; readonly paragraphs: readonly string[] };

export type EmailWords = Readonly<Record<EmailTopic, EmailText>> & {
  /** `{business}`. */
  readonly footer: string;
};
