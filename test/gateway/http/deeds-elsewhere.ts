// What is written about appointments and money, about feeds and external calendars of a staff member, and about messages to customers, for the walk through the audit trail.
import { eventually } from '../../support/eventually.ts';
import type { Json } from '../../support/test-server.ts';
import type { Business } from '../business.ts';

/** `staff`: their path. `made`: what each route has answered so far. `url`: where no calendar is published. */
type About = { readonly staff: string; readonly made: Readonly<Record<string, Json>>; readonly url: string };

const CENTS = { amount: 100, currency: 'EUR' };
const TEMPLATE = '/v1/message-templates/{kind}/{channel}/{locale}';
/** What one shift tells the next, what stores nothing, what a mail server says, and what comes and goes by itself. */
export const UNAUDITED = [
  'PUT /v1/locations/{id}/day-notes/{date}',
  `POST ${TEMPLATE}/preview`,
  'POST /v1/messages/bounces',
  'POST /v1/holds/{id}/payment',
  'PUT /v1/holds/{id}/voucher',
  'POST /v1/appointments/{id}/payment',
];
/** By the provider of payments, or by the double in its place (`payments.test.ts`); and what needs one (`payment-links.test.ts`), or a no-show (`no-show-fees.test.ts`). */
export const SIGNED_MONEY = [
  ...['POST /v1/appointments/{id}/payment-link', 'POST /v1/appointments/{id}/no-show-fee', 'PUT /v1/appointments/{id}/no-show-fee'],
  ...['POST /v1/payments/stripe/webhook', 'POST /v1/payments/test/pay'],
];
/** Sent as a table (`customers.test.ts`). */
export const TABLES = ['POST /v1/customers/import'];
/** Asked for by staff members, and approved together with the hours (`time-off-requests.test.ts`). */
export const TIME_OFF = [
  'POST /v1/staff/{id}/time-off-requests',
  ...['withdraw', 'approve', 'decline'].map((verb) => `POST /v1/time-off-requests/{id}/${verb}`),
];
const templatePath = () => '/v1/message-templates/appointment-booked/email/en';

export function deedsElsewhere(about: () => About) {
  const [feed, external] = ['/v1/staff/{id}/calendar-feed', '/v1/staff/{id}/external-calendars'];
  const customer = () => `/v1/customers/${about().made['POST /v1/customers'].id}`;
  const at = (rest: string) => `${about().staff}/${rest}`;
  return [
    { route: `POST ${feed}`, leaves: 'calendar-feed.replaced', path: () => at('calendar-feed'), body: () => ({ customerNames: false }) },
    { route: `DELETE ${feed}`, leaves: 'calendar-feed.removed', path: () => at('calendar-feed') },
    { route: `POST ${external}`, leaves: 'external-calendar.added', path: () => at('external-calendars'), body: () => ({ url: `${about().url}/x.ics` }) },
    {
      route: `DELETE ${external}/{externalCalendarId}`,
      leaves: 'external-calendar.removed',
      path: () => at(`external-calendars/${about().made[`POST ${external}`].id}`),
    },
    { route: 'POST /v1/customers', leaves: 'customer.added', body: () => ({ name: 'Grace Hopper', notes: 'private matters' }) },
    { route: 'PATCH /v1/customers/{id}', leaves: 'customer.changed', path: () => customer(), body: () => ({ name: 'Grace', staffNotes: 'private matters' }) },
    {
      route: 'POST /v1/customers/{id}/merge',
      leaves: 'customer.merged',
      path: () => `${customer()}/merge`,
      body: () => ({ into: about().made.message.customerId }),
    },
    { route: 'DELETE /v1/customers/{id}', leaves: 'customer.erased', path: () => `/v1/customers/${about().made.nobody.id}` },
    {
      route: 'PATCH /v1/appointments/{id}',
      leaves: 'appointment.edited',
      path: () => `/v1/appointments/${about().made.visit.id}`,
      body: () => ({ notes: 'private matters', customer: { phone: '030 7654321' } }),
    },
    {
      route: 'POST /v1/appointments/{id}/swap',
      leaves: 'appointment.rescheduled',
      path: () => `/v1/appointments/${about().made.pair[0].id}/swap`,
      body: () => ({ with: about().made.pair[1].id }),
    },
    {
      route: 'POST /v1/appointments/{id}/payments',
      leaves: 'payment.recorded',
      path: () => `/v1/appointments/${about().made.visit.id}/payments`,
      body: () => ({ method: 'cash', amount: CENTS }),
    },
    {
      route: 'POST /v1/appointments/{id}/refunds',
      leaves: 'payment.refund-asked',
      path: () => `/v1/appointments/${about().made.visit.id}/refunds`,
      body: () => ({ amount: CENTS, reason: 'private matters' }),
    },
    { route: 'POST /v1/vouchers', leaves: 'voucher.added', body: () => ({ code: 'SECRET-CODE', percent: 10 }) },
    { route: 'POST /v1/vouchers/{id}/end', leaves: 'voucher.ended', path: () => `/v1/vouchers/${about().made['POST /v1/vouchers'].id}/end` },
    { route: 'POST /v1/messages/{id}/resend', leaves: 'message.resent', path: () => `/v1/messages/${about().made.message.id}/resend` },
    { route: `PUT ${TEMPLATE}`, leaves: 'message-template.changed', path: templatePath, body: () => ({ subject: 'Booked', body: 'Booked.' }) },
    { route: `DELETE ${TEMPLATE}`, leaves: 'message-template.reset', path: templatePath },
  ] as const;
}

/** The message about an appointment, once it could not be sent for want of a mail server. */
export async function messageAbout({ ask, tokens }: Business, appointmentId: string): Promise<Json> {
  const found: Json[] = [];
  await eventually(async () => {
    found.push(...(await ask('GET', `/v1/messages?appointmentId=${appointmentId}&status=skipped`, { token: tokens.owner })).body.items);
    return found.length > 0;
  });
  return found[0];
}

/** A customer without appointments. */
export async function nobody({ ask, tokens }: Business): Promise<Json> {
  return (await ask('POST', '/v1/customers', { token: tokens.owner, body: { name: 'Nobody' } })).body;
}
