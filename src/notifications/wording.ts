// What letters say. They name nobody, and repeat nothing that whoever caused them has typed: it could be somebody else's advertisement.
import type { LetterTopic } from '../protocol/notifications.ts';

type Facts = {
  readonly business: string;
  /** The page for everything about an account. */
  readonly accountUrl: string;
  /** When the letter was written, for people, with its time zone. */
  readonly writtenAt: string;
};
/** For letters that have one. */
type Opening = {
  readonly link: string /** What the link opens, or the code itself. */;
  readonly token: string /** For people, with its time zone. */;
  readonly expiresAt: string;
};

export type Text = { readonly subject: string; readonly paragraphs: readonly string[] };
type Wording =
  | { readonly hasToken: true; readonly write: (facts: Facts, opening: Opening) => Text }
  | { readonly hasToken: false; readonly write: (facts: Facts) => Text };

const isGood = ({ expiresAt }: Opening) => `The link is good once, until ${expiresAt}. If it was asked for more than once, only the newest one works.`;

export const WORDINGS: Readonly<Record<LetterTopic, Wording>> = {
  'email-verification': {
    hasToken: true,
    write: ({ business }, opening) => ({
      subject: `${business}: is this your e-mail address?`,
      paragraphs: [
        `Somebody has registered with ${business} and given this e-mail address. If it was you, open this link and type the password that you have chosen:`,
        opening.link,
        isGood(opening),
        'If it was not you, you need not do anything. Without the link the account is never made. A newer letter ends the link of this one.',
      ],
    }),
  },
  'already-registered': {
    hasToken: false,
    write: ({ business, accountUrl }) => ({
      subject: `${business}: you have an account already`,
      paragraphs: [
        `Somebody wanted to register with ${business} and gave this e-mail address. It has an account already, and nothing about that has changed.`,
        `If it was you, log in as before. If you have forgotten your password, you can set a new one: ${accountUrl}`,
        'If it was not you, you need not do anything. Whoever it was has not been told that you have an account.',
      ],
    }),
  },
  'password-reset': {
    hasToken: true,
    write: ({ business }, opening) => ({
      subject: `${business}: a new password`,
      paragraphs: [
        `Somebody has asked for a new password for your account with ${business}. If it was you, open this link and choose one:`,
        opening.link,
        isGood(opening),
        'If it was not you, you need not do anything, and your password stays as it is. Give the link to nobody: whoever has it gets into your account.',
      ],
    }),
  },
  'password-reset-without-account': {
    hasToken: false,
    write: ({ business, accountUrl }) => ({
      subject: `${business}: there is no account with this address`,
      paragraphs: [
        `Somebody has asked for a new password at ${business} and given this e-mail address. There is no account with it.`,
        `If it was you, perhaps you registered with another address. You can register with this one: ${accountUrl}`,
        'If it was not you, you need not do anything.',
      ],
    }),
  },
  'password-changed': {
    hasToken: false,
    write: ({ business, accountUrl, writtenAt }) => ({
      subject: `${business}: your password has been changed`,
      paragraphs: [
        `The password of your account with ${business} was changed on ${writtenAt}.`,
        'If it was you, you need not do anything.',
        `If it was not you, somebody else has been in your account. Set a new password at once, which ends every session: ${accountUrl}. Then tell ${business}.`,
      ],
    }),
  },
  invitation: {
    hasToken: true,
    write: ({ business }, opening) => ({
      subject: `${business}: your account`,
      paragraphs: [
        `There is an account for you at ${business}. Open this link and choose a password for it:`,
        opening.link,
        isGood(opening),
        'If it was not you, since you have nothing to do with them, you need not do anything. Give the link to nobody: whoever has it gets into the account.',
      ],
    }),
  },
  'booking-code': {
    hasToken: true,
    write: ({ business }, { token }) => ({
      subject: `${business}: the code for your booking`,
      paragraphs: [
        `This code shows ${business} that the e-mail address is yours. Type it on the page where you are booking:`,
        token,
        'It is good as long as your time is kept for you, and for this booking only.',
        'If it was not you, you need not do anything: nothing is booked without the code. Give it to nobody who asks you for it.',
      ],
    }),
  },
  'second-factor-on': {
    hasToken: false,
    write: ({ business, accountUrl, writtenAt }) => ({
      subject: `${business}: logging in now takes a code`,
      paragraphs: [
        `A second factor was turned on for your account with ${business} on ${writtenAt}. From now on logging in takes a code of your app beside your password.`,
        'If it was you, keep the recovery codes where you find them without your phone.',
        `If it was not you, somebody else has been in your account. Set a new password at once, which ends every session: ${accountUrl}. Then tell ${business}, who can take the second factor away.`,
      ],
    }),
  },
  'second-factor-off': {
    hasToken: false,
    write: ({ business, accountUrl, writtenAt }) => ({
      subject: `${business}: logging in takes no code any more`,
      paragraphs: [
        `The second factor of your account with ${business} was taken away on ${writtenAt}. Your password alone lets you in now.`,
        'If it was you, or you have asked for it, you need not do anything.',
        `If it was not you, set a new password at once, which ends every session: ${accountUrl}. Then tell ${business}.`,
      ],
    }),
  },
};
