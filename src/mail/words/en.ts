import type { EmailWords } from './words.ts';

const GOOD = 'The link works once, until {expiresAt}. If you asked for several links, only the newest one works.';

export const EN: EmailWords = {
  'email-verification': {
    subject: '{business}: is this your e-mail address?',
    paragraphs: [
      'Someone has registered with {business} using this e-mail address. If it was you, open this link and enter the password you chose:',
      '{link}',
      GOOD,
      'If it was not you, ignore this e-mail: no account is created unless the link is opened.',
    ],
  },
  'already-registered': {
    subject: '{business}: you already have an account',
    paragraphs: [
      'Someone tried to register with {business} using this e-mail address. It already has an account, and nothing about it has changed.',
      'If it was you, log in as usual. If you have forgotten your password, you can set a new one: {accountUrl}',
      'If it was not you, ignore this e-mail. The person who tried to register was not told that you have an account.',
    ],
  },
  'password-reset': {
    subject: '{business}: set a new password',
    paragraphs: [
      'Someone has asked for a new password for your account with {business}. If it was you, open this link and choose one:',
      '{link}',
      GOOD,
      'If it was not you, ignore this e-mail: your password stays the same. Do not share the link: it gives access to your account.',
    ],
  },
  'password-reset-without-account': {
    subject: '{business}: no account with this address',
    paragraphs: [
      'Someone has asked {business} for a new password for this e-mail address, but there is no account with it.',
      'If it was you, you may have registered with another address. You can register with this one: {accountUrl}',
      'If it was not you, ignore this e-mail.',
    ],
  },
  'password-changed': {
    subject: '{business}: your password was changed',
    paragraphs: [
      'The password of your account with {business} was changed on {writtenAt}.',
      'If it was you, you do not need to do anything.',
      'If it was not you, someone else has access to your account. Set a new password at once, which logs out every device: {accountUrl}. Then tell {business}.',
    ],
  },
  invitation: {
    subject: '{business}: your account',
    paragraphs: [
      '{business} has created an account for you. Open this link and choose a password:',
      '{link}',
      GOOD,
      'If this is a mistake, ignore this e-mail. Do not share the link: it gives access to the account.',
    ],
  },
  'booking-code': {
    subject: '{business}: your booking code',
    paragraphs: [
      'This code shows {business} that this e-mail address is yours. Enter it on the booking page:',
      '{token}',
      'It works for this booking only, as long as your time is held.',
      'If it was not you, ignore this e-mail: nothing is booked without the code. Do not give it to anyone.',
    ],
  },
  'webhook-disabled': {
    subject: '{business}: a webhook was disabled',
    paragraphs: [
      'A webhook endpoint of {business} was disabled on {writtenAt}, because it could not be reached for a long time or refused what it was sent. It gets no more events.',
      'GET /v1/webhooks lists the endpoints with the reason in disabledBecause. When the receiver works again, enable the endpoint and replay what it has missed. docs/webhooks.md explains how.',
      'You get this e-mail because you may manage the webhooks of {business}.',
    ],
  },
  'time-off-decided': {
    subject: '{business}: your request for time off',
    paragraphs: [
      'Your request for time off was answered on {writtenAt}. Log in to read the answer: {accountUrl}',
      'You get this e-mail because you have asked for time off. You can switch such e-mails off under the bell at the front desk.',
    ],
  },
  'second-factor-on': {
    subject: '{business}: logging in now requires a code',
    paragraphs: [
      'A second factor was switched on for your account with {business} on {writtenAt}. From now on you need a code from your app as well as your password to log in.',
      'If it was you, keep the recovery codes where you can find them without your phone.',
      'If it was not you, someone else has access to your account. Set a new password at once, which logs out every device: {accountUrl}. Then tell {business}, who can remove the second factor.',
    ],
  },
  'second-factor-off': {
    subject: '{business}: logging in no longer requires a code',
    paragraphs: [
      'The second factor of your account with {business} was removed on {writtenAt}. Your password alone is now enough to log in.',
      'If it was you, or you asked for it, you do not need to do anything.',
      'If it was not you, set a new password at once, which logs out every device: {accountUrl}. Then tell {business}.',
    ],
  },
  footer: '{business}. This e-mail was sent automatically; replies are not read.',
};
