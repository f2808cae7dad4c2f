import type { EmailTopic } from '../protocol/account-emails.ts';

/** What an e-mail asks to be opened. The page reads what comes after `#`; browsers send that to no server, so the token is in no log. */
export function emailLink(publicUrl: string, topic: EmailTopic, token: string): string {
  return `${publicUrl}/account#${topic}=${token}`;
}
