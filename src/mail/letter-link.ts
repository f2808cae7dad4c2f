import type { LetterTopic } from '../protocol/account-emails.ts';

/** What a letter asks to be opened. The page reads what comes after `#`; browsers send that to no server, so the token is in nobody's log. */
export function letterLink(publicUrl: string, topic: LetterTopic, token: string): string {
  return `${publicUrl}/account#${topic}=${token}`;
}
