import type { MessageChannel, MessageLocale, MessageReply } from '../../../src/protocol/messages.ts';

export const KINDS: Readonly<Record<MessageReply['kind'], string>> = {
  'appointment-booked': 'Booked',
  'appointment-requested': 'Requested',
  'appointment-approved': 'Request approved',
  'appointment-declined': 'Request declined',
  'appointment-changed': 'Changed',
  'appointment-cancelled': 'Cancelled',
  'appointment-reminder': 'Reminder',
  'payment-due': 'Payment due',
  receipt: 'Receipt',
  refund: 'Refund',
  'daily-agenda': 'Plan of the day, for staff',
};
export const CHANNELS: Readonly<Record<MessageChannel, string>> = { email: 'E-mail', sms: 'Text' };
export const LOCALES: Readonly<Record<MessageLocale, string>> = { en: 'English', de: 'German', fr: 'French', es: 'Spanish', pt: 'Portuguese' };
export const STATUSES: Readonly<Record<MessageReply['status'], string>> = {
  waiting: 'waiting',
  sent: 'sent',
  failed: 'failed',
  bounced: 'came back',
  skipped: 'not sent',
};

/** The names of a table, in its order. */
export function namesOf<Name extends string>(table: Readonly<Record<Name, unknown>>): readonly Name[] {
  return Object.keys(table) as Name[]; // the keys of a literal are what its type says
}
