// What a payer is told, in the transaction in which their money comes or goes back: a message as all others, under a key that follows from the payment.
import { randomUUIDv7 } from 'node:crypto';
import type { Appointment } from '../../actors/calendar/calendar.ts';
import type { AddJobs } from '../../jobs/job.ts';
import type { AboutAppointment, NewMessage } from '../../messages/message.ts';
import { aboutOf, type ChannelsOf, KEY_ENDS, localeOf } from '../../messages/message-consumer.ts';
import { type Instant, instant } from '../../model/instant.ts';
import type { PayerMessage, Payment } from '../../payments/payment-store-port.ts';
import type { EntityManager } from '../database/database.ts';
import { addMessages } from '../messages/message-store.ts';

const APPOINTMENT = `select id, reference, status, calendar_id as "calendarId", staff_id as "staffId", location_id as "locationId", service_id as "serviceId", starts_at as "startsAt",
  ends_at as "endsAt", customer_id as "customerId", created_at as "createdAt", details from appointment where id = ?::uuid`;
type Columns = Omit<Appointment, 'startsAt' | 'endsAt' | 'createdAt'> &
  Readonly<Record<'startsAt' | 'endsAt' | 'createdAt', string | number>> & { details: object };
type ToWhom = Pick<NewMessage, 'customerId' | 'locale' | 'to'> & { readonly about: AboutAppointment };

/** `add`: of the jobs that send texts. */
export type Telling = { readonly add: AddJobs<EntityManager>; readonly channelsOf: ChannelsOf };

export async function tellPayer(
  em: EntityManager,
  { add, channelsOf }: Telling,
  payment: Pick<Payment, 'appointmentId' | 'locationId' | 'booking'>,
  message: PayerMessage,
): Promise<void> {
  const { key, kind, money, offers, at } = message;
  const [row] = await em.execute<Columns[]>(APPOINTMENT, [payment.appointmentId]);
  const whom = row === undefined ? payerOf(payment, at) : customerOf(row, at);
  if (whom === undefined) return;
  const about = { ...whom.about, money, ...(offers && { offers }) };
  const messages = channelsOf(kind).map((channel) => ({ ...whom, about, id: randomUUIDv7(), key: key + KEY_ENDS[channel], kind, channel, createdAt: at }));
  await addMessages(em, messages, add);
}

function customerOf({ details, ...columns }: Columns, at: Instant): ToWhom {
  const [startsAt, endsAt, createdAt] = [columns.startsAt, columns.endsAt, columns.createdAt].map((moment) => instant(Number(moment)));
  // Written by this server, so it is what it says.
  const appointment = { ...details, ...columns, startsAt, endsAt, createdAt } as Appointment;
  return { about: aboutOf(appointment, at), customerId: appointment.customerId, locale: localeOf(appointment) };
}

/** Kept of what was paid, by appointment, without what is on its way back. */
const PAID = `select p.appointment_id as id, p.currency, sum(p.received - p.refunded - coalesce(r.asked, 0))::int8 as amount
  from payment p left join lateral (select sum(amount) as asked from payment_refund where payment_id = p.id and state = 'asked') r on true
  where p.appointment_id = any(?::uuid[]) and p.received > 0 group by 1, 2`;

/** Promised by a card for an appointment, and neither taken nor let go, as far as is decided. */
const RESERVED = `select appointment_id as id, currency, coalesce(capture_amount, amount)::int8 as amount
  from payment where appointment_id = any(?::uuid[]) and reserves and state = 'reserved' and coalesce(capture_amount, amount) > 0`;

/** A message about a change of what an appointment costs says what was paid for it, and one about an appointment that a card has reserved money for how much: if something was or is. */
export async function withMoney(em: EntityManager, messages: readonly NewMessage[]): Promise<readonly NewMessage[]> {
  const paidFor = await sumsOf(
    em,
    PAID,
    messages.filter(({ about }) => about.isRepriced),
  );
  const reservedFor = await sumsOf(
    em,
    RESERVED,
    messages.filter(({ about }) => about.reserves),
  );
  return messages.map((message) => {
    const { about } = message;
    const of = `${about.id} ${about.price.currency}`;
    const [paid, reserved] = [about.isRepriced && paidFor.get(of), about.reserves && reservedFor.get(of)];
    return paid || reserved ? { ...message, about: { ...about, ...(paid && { paid }), ...(reserved && { reserved }) } } : message;
  });
}

/** By appointment and currency, what is more than nothing. */
async function sumsOf(em: EntityManager, sql: string, messages: readonly NewMessage[]): Promise<ReadonlyMap<string, AboutAppointment['price']>> {
  if (messages.length === 0) return new Map();
  const ids = new Set(messages.map(({ about }) => about.id));
  const rows = await em.execute<{ id: string; currency: string; amount: number | string }[]>(sql, [`{${[...ids].join()}}`]);
  const sums = rows.map(({ id, currency, amount }) => [`${id} ${currency}`, { amount: Number(amount), currency }] as const);
  return new Map(sums.filter(([, { amount }]) => amount > 0));
}

/** Nothing was booked. What was to be is known until the money is back. */
function payerOf({ appointmentId, locationId, booking }: Pick<Payment, 'appointmentId' | 'locationId' | 'booking'>, at: Instant): ToWhom | undefined {
  if (booking === null) return undefined;
  const { draft, slot, customerId, details } = booking;
  const { startsAt, endsAt, serviceId, staffId } = slot;
  const about = {
    ...({ id: appointmentId, reference: draft.reference, status: 'cancelled', serviceId, locationId, staffId, startsAt, endsAt } as const),
    ...{ timeZone: draft.timeZone, price: draft.price, createdAt: at, changedAt: at },
    ...(draft.policy.priceType !== undefined && { priceType: draft.policy.priceType }),
  };
  return { about, customerId, locale: localeOf(draft), ...(details.email !== null && { to: details.email }) };
}
