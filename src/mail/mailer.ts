// How an e-mail leaves the house. `integrations/smtp/smtp-mailer.ts` implements it.
import type { Instant } from '../model/instant.ts';

/** For one reader. */
export type Message = {
  /** The same e-mail has the same id each time it is sent, so that who gets it twice can tell. */
  readonly id: string;
  /** What is not one address and nothing else is refused: see `isMailAddress`. */
  readonly to: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** The same, for programs that show it. */
  readonly html?: string;
  /** An entry for the reader's calendar: to be put there, or taken out. */
  readonly calendar?: { readonly method: 'request' | 'cancel'; readonly text: string };
  /** Where a POST ends mails of this kind to its reader (RFC 8058), and a visit asks whether to. */
  readonly unsubscribe?: string;
  readonly writtenAt: Instant;
};

/** A reason is one of our own words and perhaps numbers, never what a mail server has said: that may quote the e-mail, with its link. */
export type MailerAnswer =
  | { readonly type: 'accepted' }
  /** The mail server will not have this e-mail, however often it is tried. */
  | {
      readonly type: 'refused';
      readonly reason: string /** Because of the address, as far as its server says: the next one to it will be refused as well. */;
      readonly isAddressRefused?: boolean;
    }
  /** It may have been sent all the same. */
  | { readonly type: 'not-now'; readonly reason: string };

export type Mailer = {
  /** Answers within a minute or so, and never rejects because of the mail server. */
  send(message: Message): Promise<MailerAnswer>;
  /** At once: what is still being sent is cut off. */
  close(): void;
};
