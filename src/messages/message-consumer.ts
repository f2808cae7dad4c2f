// Follows the change log and writes the messages that follow from it: one for a decision, a kind and a recipient.
import { randomUUIDv7 } from 'node:crypto';
import type { Appointment, CalendarEvent } from '../actors/calendar/calendar.ts';
import type { LoggedChange } from '../actors/change-log-port.ts';
import type { Consumer } from '../consumers/consumer.ts';
import type { EditedField } from '../model/facts.ts';
import type { Instant } from '../model/instant.ts';
import { MESSAGE_LOCALES, type MessageChannel, type MessageKind, type StaffKind } from '../protocol/messages.ts';
import type { AboutAppointment, NewMessage, NewStaffEmail } from './message.ts';

const MESSAGE_CONSUMER = 'messages';
/** Each is a row or two; a transaction of so many takes tens of milliseconds. */
const BATCH_SIZE = 100;

const TOLD_FACTS = [
  'appointment.requested',
  'appointment.booked',
  'appointment.rescheduled',
  'appointment.edited',
  'appointment.cancelled',
  'appointment.declined',
] as const satisfies readonly CalendarEvent['type'][];
const KINDS = {
  'appointment.requested': 'appointment-requested',
  'appointment.rescheduled': 'appointment-changed',
  'appointment.edited': 'appointment-changed',
  'appointment.cancelled': 'appointment-cancelled',
  'appointment.declined': 'appointment-declined',
} as const satisfies Partial<Record<CalendarEvent['type'], MessageKind>>;
type ToldFact = (typeof TOLD_FACTS)[number];
const STAFF_KINDS = {
  'appointment.requested': 'staff-requested',
  'appointment.booked': 'staff-booked',
  'appointment.rescheduled': 'staff-changed',
  'appointment.edited': 'staff-changed',
  'appointment.cancelled': 'staff-cancelled',
  'appointment.declined': 'staff-cancelled',
} as const satisfies Record<ToldFact, StaffKind>;
type AppointmentEvent = Extract<CalendarEvent, { readonly appointment: Appointment }>;

/** On which channels a kind is told. An e-mail is always written, so that the history of an appointment says why none came. */
export type ChannelsOf = (kind: MessageKind) => readonly MessageChannel[];
const EMAIL_ONLY: ChannelsOf = () => ['email'];

/** What is added to the key of a message for the channel. */
export const KEY_ENDS = { email: '', sms: '/sms' } as const satisfies Record<MessageChannel, string>;

/** Within the transaction; what is there already stays. */
type Writing<Transaction> = {
  readonly add: (transaction: Transaction, messages: readonly NewMessage[]) => Promise<void>;
  readonly addForStaff: (transaction: Transaction, emails: readonly NewStaffEmail[]) => Promise<void>;
};

/** It begins with what happens from its first start on. */
export function messageConsumer<Transaction>({ add, addForStaff }: Writing<Transaction>, channelsOf: ChannelsOf, onWritten: () => void): Consumer<Transaction> {
  return {
    ...{ name: MESSAGE_CONSUMER, from: 'now', batchSize: BATCH_SIZE, types: TOLD_FACTS, onWritten },
    async effectsOf(changes) {
      const messages = messagesAbout(changes, channelsOf);
      const emails = emailsForStaff(changes);
      if (messages.length === 0 && emails.length === 0) return null;
      return async (transaction) => {
        if (messages.length > 0) await add(transaction, messages);
        if (emails.length > 0) await addForStaff(transaction, emails);
      };
    },
  };
}

/** What was decided on several calendars together is told once. */
export function messagesAbout(changes: readonly LoggedChange[], channelsOf: ChannelsOf = EMAIL_ONLY): readonly NewMessage[] {
  const messages = new Map<string, Omit<NewMessage, 'id'>>();
  for (const { entryId, at, by, events } of changes) {
    if (by?.notify?.customer === false) continue;
    for (const event of events) {
      if (!isTold(event, CUSTOMERS_CARE_ABOUT) || event.appointment.endsAt <= at) continue;
      const { appointment } = event;
      const kind = kindOf(event);
      const key = `${entryId}/${appointment.id}/customer`;
      if (messages.has(key)) continue;
      const from = 'from' in event && isElsewhere(event) ? { from: placeOf(event.from) } : {};
      const about = { ...aboutOf(appointment, at), ...from, ...('edited' in event && event.edited?.fields.includes('price') && { isRepriced: true as const }) };
      for (const channel of channelsOf(kind)) {
        const ofChannel = key + KEY_ENDS[channel];
        messages.set(ofChannel, { key: ofChannel, kind, channel, locale: localeOf(appointment), createdAt: at, customerId: appointment.customerId, about });
      }
    }
  }
  return withIds(messages.values());
}

/** Lists are in the order of the ids, which those made within one millisecond do not have by themselves. */
function withIds<One extends object>(messages: Iterable<One>): readonly (One & Pick<NewMessage, 'id'>)[] {
  const all = [...messages];
  const ids = all.map(() => randomUUIDv7()).sort();
  return all.map((message, index) => ({ id: ids[index] as string, ...message }));
}

/** To those whose calendars it concerns: after a move also to the one that it has left. Who did it is not told. */
export function emailsForStaff(changes: readonly LoggedChange[]): readonly NewStaffEmail[] {
  const emails = new Map<string, Omit<NewStaffEmail, 'id'>>();
  for (const { entryId, at, by, events } of changes) {
    if (by?.notify?.staff === false) continue;
    for (const event of events) {
      if (!isTold(event, STAFF_CARE_ABOUT) || event.appointment.endsAt <= at) continue;
      const { appointment } = event;
      const from = 'from' in event && isElsewhere(event) ? placeOf(event.from) : undefined;
      // Another room at the same time is told in the app.
      if (event.type === 'appointment.rescheduled' && from === undefined) continue;
      const about = { ...aboutOf(appointment, at), ...(from && { from }) };
      for (const toStaffId of new Set([appointment.staffId, from?.staffId ?? appointment.staffId])) {
        const key = `${entryId}/${appointment.id}/staff/${toStaffId}`;
        const email = { key, kind: STAFF_KINDS[event.type], by: by?.kind === 'user' ? by.id : null, createdAt: at, about: { ...about, toStaffId } };
        if (!emails.has(key)) emails.set(key, email);
      }
    }
  }
  return withIds(emails.values());
}

/** `fields`: of an edit, those that its reader wants to hear of. */
function isTold(event: CalendarEvent, fields: ReadonlySet<EditedField>): event is AppointmentEvent & { readonly type: ToldFact } {
  if ('edited' in event) return event.edited?.fields.some((field) => fields.has(field)) === true;
  return (TOLD_FACTS as readonly string[]).includes(event.type);
}

/** Their own details and what is noted are no news to them. A corrected address is: links that were sent to the one before open nothing any more. */
const CUSTOMERS_CARE_ABOUT: ReadonlySet<EditedField> = new Set(['service', 'add-ons', 'length', 'price', 'staff', 'email']);
/** Their time, and what they do in it. */
const STAFF_CARE_ABOUT: ReadonlySet<EditedField> = new Set(['service', 'add-ons', 'length', 'staff']);

function isElsewhere({ appointment, from }: Extract<CalendarEvent, { readonly from: unknown }>): boolean {
  return from.startsAt !== appointment.startsAt || from.endsAt !== appointment.endsAt || from.staffId !== appointment.staffId;
}

function kindOf(event: AppointmentEvent & { readonly type: ToldFact }): MessageKind {
  if (event.type === 'appointment.booked') return 'isNew' in event && !event.isNew ? 'appointment-approved' : 'appointment-booked';
  return KINDS[event.type];
}

export function localeOf({ locale }: Pick<Appointment, 'locale'>): NewMessage['locale'] {
  return locale ?? MESSAGE_LOCALES[0];
}

/** What a message about it says. */
export function aboutOf(appointment: Appointment, changedAt: Instant): AboutAppointment {
  const {
    id,
    reference,
    status,
    serviceId,
    serviceName,
    addOns = [],
    locationId,
    locationName,
    staffId,
    startsAt,
    endsAt,
    timeZone,
    price,
    voucher,
    policy: { priceType },
    payment,
    createdAt,
    reasonBy,
  } = appointment;
  return {
    ...{ id, reference, serviceId, locationId, staffId, startsAt, endsAt, timeZone, price, createdAt, changedAt },
    status,
    ...(serviceName !== undefined && { serviceName }),
    ...(priceType !== undefined && { priceType }),
    ...(voucher && voucher.discount > 0 && { discount: { ...price, amount: voucher.discount } }),
    ...(payment?.policy === 'reserve' && { reserves: true as const }),
    ...(addOns.length > 0 && { addOns: addOns.map(({ name }) => name) }),
    ...(locationName !== undefined && { locationName }),
    ...(reasonBy !== undefined && { by: reasonBy }),
  };
}

function placeOf({ startsAt, endsAt, staffId }: NonNullable<AboutAppointment['from']>): NonNullable<AboutAppointment['from']> {
  return { startsAt, endsAt, staffId };
}
