// Follows the change log and writes the messages that follow from it: one for a decision, a kind and a recipient.
import { randomUUIDv7 } from 'node:crypto';
import type { Appointment, CalendarEvent } from '../actors/calendar/calendar.ts';
import type { LoggedChange } from '../actors/change-log-port.ts';
import type { Consumer } from '../consumers/consumer.ts';
import type { EditedField } from '../model/facts.ts';
import type { Instant } from '../model/instant.ts';
import { MESSAGE_LOCALES, type MessageChannel, type MessageKind } from '../protocol/messages.ts';
import type { AboutAppointment, NewMessage } from './message.ts';

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
type AppointmentEvent = Extract<CalendarEvent, { readonly appointment: Appointment }>;

/** On which channels a kind is told. An e-mail is always written, so that the history of an appointment says why none came. */
export type ChannelsOf = (kind: MessageKind) => readonly MessageChannel[];
const EMAIL_ONLY: ChannelsOf = () => ['email'];

/** What is added to the key of a message for the channel. */
export const KEY_ENDS = { email: '', sms: '/sms' } as const satisfies Record<MessageChannel, string>;

/** `write` adds messages within the transaction. What is there already stays. It begins with what happens from its first start on. */
export function messageConsumer<Transaction>(
  write: (transaction: Transaction, messages: readonly NewMessage[]) => Promise<void>,
  channelsOf: ChannelsOf,
  onWritten: () => void,
): Consumer<Transaction> {
  return {
    ...{ name: MESSAGE_CONSUMER, from: 'now', batchSize: BATCH_SIZE, types: TOLD_FACTS, onWritten },
    async effectsOf(changes) {
      const messages = messagesAbout(changes, channelsOf);
      return messages.length === 0 ? null : (transaction) => write(transaction, messages);
    },
  };
}

/** What was decided on several calendars together is told once. */
export function messagesAbout(changes: readonly LoggedChange[], channelsOf: ChannelsOf = EMAIL_ONLY): readonly NewMessage[] {
  const messages = new Map<string, Omit<NewMessage, 'id'>>();
  for (const { entryId, at, by, events } of changes) {
    if (by?.notify?.customer === false) continue;
    for (const event of events) {
      if (!isTold(event) || event.appointment.endsAt <= at) continue;
      const { appointment } = event;
      const kind = kindOf(event);
      const key = `${entryId}/${appointment.id}/customer`;
      if (messages.has(key)) continue;
      const about = { ...aboutOf(appointment, at), ...('from' in event && isElsewhere(event) && { from: placeOf(event.from) }) };
      for (const channel of channelsOf(kind)) {
        const ofChannel = key + KEY_ENDS[channel];
        messages.set(ofChannel, { key: ofChannel, kind, channel, locale: localeOf(appointment), createdAt: at, customerId: appointment.customerId, about });
      }
    }
  }
  // Lists are in the order of the ids, which those made within one millisecond do not have by themselves.
  const ids = Array.from(messages, () => randomUUIDv7()).sort();
  return Array.from(messages.values(), (message, index) => ({ id: ids[index] as string, ...message }));
}

function isTold(event: CalendarEvent): event is AppointmentEvent & { readonly type: ToldFact } {
  if ('edited' in event) return event.edited?.fields.some((field) => CUSTOMERS_CARE_ABOUT.has(field)) === true;
  return (TOLD_FACTS as readonly string[]).includes(event.type);
}

/** Of an edit. Their own details and what is noted are no news to them. */
const CUSTOMERS_CARE_ABOUT: ReadonlySet<EditedField> = new Set(['service', 'length', 'price', 'staff']);

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
  const { id, reference, status, serviceId, serviceName, locationId, locationName, staffId, startsAt, endsAt, timeZone, price, createdAt, reasonBy } =
    appointment;
  return {
    ...{ id, reference, serviceId, locationId, staffId, startsAt, endsAt, timeZone, price, createdAt, changedAt },
    status,
    ...(serviceName !== undefined && { serviceName }),
    ...(locationName !== undefined && { locationName }),
    ...(reasonBy !== undefined && { by: reasonBy }),
  };
}

function placeOf({ startsAt, endsAt, staffId }: NonNullable<AboutAppointment['from']>): NonNullable<AboutAppointment['from']> {
  return { startsAt, endsAt, staffId };
}
