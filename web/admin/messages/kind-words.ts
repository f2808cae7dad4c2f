import type { MessageChannel, MessageKind, MessageLocale, MessageReply, TemplateKind } from '../../../src/protocol/messages.ts';

/** Which the business switches on and off. */
export const CUSTOMER_KINDS: Readonly<Record<MessageKind, string>> = {
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
};
export const KINDS: Readonly<Record<TemplateKind, string>> = {
  ...CUSTOMER_KINDS,
  'daily-agenda': 'Plan of the day, for staff',
  'staff-booked': 'Booked, for staff',
  'staff-requested': 'Requested, for staff',
  'staff-changed': 'Changed, for staff',
  'staff-cancelled': 'Cancelled, for staff',
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
