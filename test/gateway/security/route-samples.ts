// One harmless request for every route: it names a subject, so that rights can be judged, and changes little or nothing where it is let through.
import { dateIn } from '../../support/dates.ts';
import type { Cast } from '../cast.ts';
import { tokenLike } from '../socket/test-screen.ts';
import type { Shown, Subject } from './subjects.ts';
import type { Belongs, Walker } from './walkers.ts';

export type Asked = {
  /** Instead of the walker's own. */
  readonly token?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
};
type About = { readonly cast: Cast; readonly walker: Walker; readonly subject: Subject; readonly shows: Shown | null };
export type RouteSample = {
  readonly belongs?: Belongs;
  /** What is said of what is not within reach, where that is not a 403. */
  readonly beyond?: 'not-found';
  ask(about: About): Asked | Promise<Asked>;
};

/** A version that nothing has. */
const STALE = { 'If-Match': '"999999"' };
const FAR_DATE = '2030-01-01';
const FAR = { startsAt: '2030-01-01T10:00:00Z', endsAt: '2030-01-01T11:00:00Z' };
const NEW_NAME = 'never seen';
const TEMPLATE = { kind: 'appointment-declined', channel: 'email', locale: 'pt' };
/** Of an e-mail that nobody knows. */
const BOUNCE =
  'Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; m\n\nAction: failed\nStatus: 5.1.1\n--b--\n';
const DRY = { dryRun: 'true' };

const ofAppointment = ({ subject, shows }: About): Asked => ({
  params: { id: subject.appointmentId },
  headers: { ...STALE, ...(shows && { 'Manage-Token': shows.manageToken }) },
});
const ofHold = ({ subject, shows }: About): Asked => ({ params: { id: subject.holdId }, headers: shows ? { 'Hold-Token': shows.holdToken } : {} });
const ofStaff =
  (body?: object) =>
  ({ subject }: About): Asked => ({ params: { id: subject.staffId }, headers: STALE, ...(body && { body }) });
const ofExternal = ({ subject }: About): Asked => ({ params: { id: subject.staffId, externalCalendarId: crypto.randomUUID() } });
const ofResource =
  (body?: object) =>
  ({ subject }: About): Asked => ({ params: { id: subject.resourceId, date: FAR_DATE }, headers: STALE, ...(body && { body }) });
const ofLocation =
  (body?: object) =>
  ({ subject }: About): Asked => ({
    params: { id: subject.locationId, date: FAR_DATE },
    headers: STALE,
    ...(body && { body }),
  });
const ofReport = ({ locationId }: Subject): Asked => ({ params: { report: 'staff' }, query: { from: FAR_DATE, to: '2030-01-02', locationId } });
const settle: RouteSample = { ask: (about) => ({ ...ofAppointment(about), body: {} }) };
const claim = ({ serviceId, staffId, freeAt }: Subject) => ({ serviceId, staffId, startsAt: freeAt });
/** A customer of several places belongs to each of them. */
const ofCustomer = (body?: object): RouteSample => ({
  belongs: 'asker',
  beyond: 'not-found',
  ask: ({ subject }) => ({ params: { id: subject.customerId }, headers: STALE, ...(body && { body }) }),
});
const nothing: RouteSample = { belongs: 'asker', ask: () => ({}) };
const empty: RouteSample = { belongs: 'asker', ask: () => ({ body: {} }) };
/** A request that is not there: who may do so at all is told so. */
const unknownRequest = (query: Record<string, string> = {}): RouteSample => ({
  belongs: 'asker',
  beyond: 'not-found',
  ask: () => ({ params: { id: crypto.randomUUID() }, query, body: {} }),
});
/** Of something that the owner of the business manages and that is not there. */
const nobody: RouteSample = { belongs: 'asker', ask: () => ({ params: { id: crypto.randomUUID() } }) };

export const ROUTE_SAMPLES: Readonly<Record<string, RouteSample>> = {
  'get /v1/locations/{id}/day-notes/{date}': { ask: ofLocation() },
  'put /v1/locations/{id}/day-notes/{date}': { ask: ofLocation({ text: NEW_NAME }) },
  'get /v1/slots': { ask: ({ subject: { serviceId, staffId } }) => ({ query: { serviceId, staffId, from: dateIn(1), to: dateIn(2) } }) },
  'get /v1/slots/explain': { ask: ({ subject }) => ({ query: claim(subject) }) },
  'post /v1/holds': { ask: ({ subject }) => ({ query: DRY, body: claim(subject) }) },
  'get /v1/holds/{id}': { ask: ofHold },
  'delete /v1/holds/{id}': { ask: ofHold },
  'post /v1/holds/{id}/renew': { ask: ofHold },
  'post /v1/holds/{id}/proof': { ask: (about) => ({ ...ofHold(about), body: { email: 'ivy@example.org' } }) },
  'post /v1/holds/{id}/payment': { ask: (about) => ({ ...ofHold(about), body: { customer: { name: 'Ivy', email: 'ivy@example.org' } } }) },
  'get /v1/holds/{id}/payment': { ask: ofHold },
  'get /v1/appointments/{id}/manage-link': { ask: (about) => ({ ...ofAppointment(about), headers: {} }) },
  'get /v1/appointments/{id}/payment': { ask: ofAppointment },
  'post /v1/appointments/{id}/payments': {
    ask: (about) => ({ ...ofAppointment(about), headers: {}, body: { method: 'cash', amount: { amount: 0, currency: 'EUR' } } }),
  },
  'post /v1/appointments/{id}/payment': {
    ask: ({ subject, shows }) => ({ params: { id: subject.appointmentId }, headers: shows ? { 'Manage-Token': shows.manageToken } : {} }),
  },
  'post /v1/appointments/{id}/payment-link': { ask: (about) => ({ ...ofAppointment(about), headers: {}, body: {} }) },
  'post /v1/appointments/{id}/refunds': {
    ask: (about) => ({ ...ofAppointment(about), headers: {}, body: { amount: { amount: 1, currency: 'EUR' }, reason: 'too dear' } }),
  },
  'post /v1/appointments/{id}/no-show-fee': { ask: (about) => ({ ...ofAppointment(about), headers: {} }) },
  'put /v1/appointments/{id}/no-show-fee': { ask: (about) => ({ ...ofAppointment(about), headers: {}, body: { isWaived: true, reason: 'a strike' } }) },
  'get /v1/vouchers': { belongs: 'business', ask: () => ({}) },
  'post /v1/vouchers': { belongs: 'business', ask: () => ({ body: { percent: 10, serviceIds: [crypto.randomUUID()] } }) },
  'get /v1/vouchers/{id}': { belongs: 'business', ask: () => ({ params: { id: crypto.randomUUID() } }) },
  'post /v1/vouchers/{id}/end': { belongs: 'business', ask: () => ({ params: { id: crypto.randomUUID() } }) },
  'put /v1/holds/{id}/voucher': { ask: (about) => ({ ...ofHold(about), body: { code: null } }) },
  'get /v1/payments': { ask: ({ subject: { locationId } }) => ({ query: { locationId } }) },
  'get /v1/payments/{id}': nobody,
  'get /v1/ledger': { ask: ({ subject: { locationId } }) => ({ query: { locationId } }) },
  'get /v1/ledger.csv': { ask: ({ subject: { locationId } }) => ({ query: { locationId, from: dateIn(0), to: dateIn(2) } }) },
  'get /v1/takings': { ask: ({ subject: { locationId } }) => ({ query: { locationId, from: dateIn(0), to: dateIn(2) } }) },
  'get /v1/takings.csv': { ask: ({ subject: { locationId } }) => ({ query: { locationId, from: dateIn(0), to: dateIn(2) } }) },
  'get /v1/analytics/{report}': { ask: ({ subject }) => ofReport(subject) },
  'get /v1/analytics/{report}.csv': { ask: ({ subject }) => ofReport(subject) },
  'post /v1/payments/stripe/webhook': { belongs: 'asker', ask: () => ({ body: {} }) },
  'post /v1/payments/test/pay': { belongs: 'asker', ask: () => ({ body: { clientSecret: 'none', card: '4242424242424242' } }) },
  'post /v1/appointments': {
    ask: ({ subject }) => ({ query: DRY, body: { ...claim(subject), customer: { name: 'Ivy', email: 'ivy@example.org' }, allowOverlap: true } }),
  },
  'get /v1/appointments': { ask: ({ subject: { staffId, locationId, customerId } }) => ({ query: { staffId, locationId, customerId } }) },
  'get /v1/appointments/counts': {
    ask: ({ subject: { staffId, locationId, customerId } }) => ({ query: { from: FAR_DATE, to: '2030-01-02', staffId, locationId, customerId } }),
  },
  'post /v1/appointments/cancel-by-source': { belongs: 'asker', ask: () => ({ body: { sourceGroup: 'of-nothing--', dryRun: true } }) },
  'get /v1/appointments/{id}': { ask: ofAppointment },
  'get /v1/appointments/{id}/history': { ask: ofAppointment },
  'get /v1/appointments/{id}/calendar.ics': { ask: ofAppointment },
  'post /v1/appointments/{id}/cancel': settle,
  'patch /v1/appointments/{id}': { ask: (about) => ({ ...ofAppointment(about), query: DRY, body: { minutes: 25, allowOverlap: true } }) },
  'post /v1/appointments/{id}/reschedule': { ask: (about) => ({ ...ofAppointment(about), body: { startsAt: about.subject.freeAt, allowOverlap: true } }) },
  'post /v1/appointments/{id}/swap': { ask: (about) => ({ ...ofAppointment(about), body: { with: crypto.randomUUID() } }) },
  'post /v1/appointments/{id}/decline': settle,
  'post /v1/appointments/{id}/approve': settle,
  'post /v1/appointments/{id}/check-in': settle,
  'post /v1/appointments/{id}/complete': settle,
  'post /v1/appointments/{id}/no-show': settle,
  'post /v1/appointments/{id}/reopen': settle,
  'get /v1/calendars/{id}': { ask: ({ subject }) => ({ params: { id: subject.calendarId } }) },
  'get /v1/calendars/{id}/changes': { ask: ({ subject }) => ({ params: { id: subject.calendarId } }) },
  'get /v1/changes': { ask: ({ subject: { staffId } }) => ({ query: { staffId, limit: '1' } }) },
  'post /v1/requests/{key}/abandon': { belongs: 'asker', ask: () => ({ params: { key: crypto.randomUUID() } }) },
  'post /v1/staff/{id}/blocks': { ask: ({ subject }) => ({ params: { id: subject.staffId }, query: DRY, body: FAR }) },
  'patch /v1/staff/{id}/blocks/{blockId}': {
    ask: ({ subject }) => ({ params: { id: subject.staffId, blockId: crypto.randomUUID() }, query: DRY, body: FAR }),
  },
  'delete /v1/staff/{id}/blocks/{blockId}': { ask: ({ subject }) => ({ params: { id: subject.staffId, blockId: crypto.randomUUID() } }) },
  'get /v1/business': nothing,
  'get /v1/locations': nothing,
  'get /v1/locations/{id}': { ask: ofLocation() },
  'get /v1/services': nothing,
  'get /v1/services/{id}': { ask: ({ subject }) => ({ params: { id: subject.serviceId } }) },
  'get /v1/staff': nothing,
  'get /v1/staff/{id}': { ask: ofStaff() },
  // Hashing a password takes a fifth of a second, and being told that the body is wrong is being let through, too.
  'post /v1/auth/login': empty,
  'post /v1/auth/refresh': { belongs: 'asker', ask: () => ({ body: { refreshToken: '' } }) },
  // Of a session that is only made to be ended: the walker has further to go.
  'post /v1/auth/logout': {
    belongs: 'asker',
    ask: ({ walker: { token } }) => ({
      ...(token !== undefined && { token: token.startsWith('slk_') ? token : tokenLike(token, { sessionId: crypto.randomUUID() }) }),
      body: {},
    }),
  },
  'get /v1/me': nothing,
  'post /v1/auth/register': empty,
  'post /v1/auth/email/verify': { belongs: 'asker', ask: () => ({ body: { token: 'of nothing' } }) },
  'post /v1/auth/password/forgot': { belongs: 'asker', ask: () => ({ body: { email: `${crypto.randomUUID()}@example.org` } }) },
  'post /v1/auth/password/reset': empty,
  'post /v1/auth/step-up': empty,
  'get /v1/auth/totp': nothing,
  'post /v1/auth/totp': empty,
  'post /v1/auth/totp/confirm': empty,
  'post /v1/auth/totp/remove': empty,
  'post /v1/auth/totp/recovery-codes': empty,
  'get /v1/auth/sessions': nothing,
  // Their own would take the walker's token along.
  'delete /v1/auth/sessions/{id}': {
    beyond: 'not-found',
    ask: ({ walker, subject }) => ({ params: { id: subject === walker.mine ? crypto.randomUUID() : subject.sessionId } }),
  },
  'delete /v1/auth/sessions': nothing,
  'post /v1/auth/password/change': { belongs: 'asker', ask: () => ({ body: { oldPassword: 'x', newPassword: 'password123' } }) },
  'post /v1/locations': { belongs: 'business', ask: ({ subject }) => ({ body: { id: subject.locationId, name: NEW_NAME, timeZone: 'UTC', currency: 'EUR' } }) },
  'patch /v1/locations/{id}': { ask: ofLocation({ name: NEW_NAME }) },
  'delete /v1/locations/{id}': { ask: ofLocation() },
  'get /v1/locations/{id}/hours': { ask: ofLocation() },
  'get /v1/locations/{id}/holidays': { ask: ofLocation() },
  'put /v1/locations/{id}/hours': { ask: ofLocation({ weekly: [] }) },
  'put /v1/locations/{id}/special-dates': { ask: ofLocation({ dates: { [FAR_DATE]: [] } }) },
  'put /v1/locations/{id}/special-dates/{date}': { ask: ofLocation({ windows: [] }) },
  'delete /v1/locations/{id}/special-dates/{date}': { ask: ofLocation() },
  'post /v1/services': { belongs: 'business', ask: ({ subject }) => ({ body: { id: subject.serviceId, name: NEW_NAME, minutes: 30 } }) },
  'patch /v1/services/{id}': { belongs: 'business', ask: ({ subject }) => ({ params: { id: subject.serviceId }, headers: STALE, body: { name: NEW_NAME } }) },
  'delete /v1/services/{id}': { belongs: 'business', ask: ({ subject }) => ({ params: { id: subject.serviceId }, headers: STALE }) },
  'post /v1/staff': { ask: ({ subject: { staffId, locationId } }) => ({ body: { id: staffId, name: NEW_NAME, locationId } }) },
  'patch /v1/staff/{id}': { ask: ofStaff({ name: NEW_NAME }) },
  'delete /v1/staff/{id}': { ask: ofStaff() },
  'post /v1/staff/{id}/calendar-feed': { ask: ({ subject }) => ({ params: { id: subject.staffId }, body: {} }) },
  'delete /v1/staff/{id}/calendar-feed': { ask: ({ subject }) => ({ params: { id: subject.staffId } }) },
  'get /v1/calendar-feeds/{secret}.ics': { belongs: 'asker', ask: () => ({ params: { secret: 'nothing' } }) },
  'post /v1/staff/{id}/external-calendars': { ask: ({ subject }) => ({ params: { id: subject.staffId }, body: { url: 'https://10.0.0.1/never-asked.ics' } }) },
  'get /v1/staff/{id}/external-calendars': { ask: ofStaff() },
  'get /v1/staff/{id}/external-calendars/{externalCalendarId}': { ask: ofExternal },
  'delete /v1/staff/{id}/external-calendars/{externalCalendarId}': { ask: ofExternal },
  'get /v1/staff/{id}/hours': { ask: ofStaff() },
  'get /v1/staff/{id}/time-off': { ask: ofStaff() },
  'put /v1/staff/{id}/hours': { ask: ofStaff({ weekly: null }) },
  'delete /v1/staff/{id}/hours': { ask: ofStaff() },
  'put /v1/staff/{id}/date-overrides/{date}': { ask: ({ subject }) => ({ params: { id: subject.staffId, date: FAR_DATE }, body: { windows: [] } }) },
  'delete /v1/staff/{id}/date-overrides/{date}': { ask: ({ subject }) => ({ params: { id: subject.staffId, date: FAR_DATE } }) },
  'post /v1/staff/{id}/time-off': { ask: ofStaff(FAR) },
  'delete /v1/staff/{id}/time-off/{timeOffId}': { ask: ({ subject }) => ({ params: { id: subject.staffId, timeOffId: crypto.randomUUID() } }) },
  'post /v1/staff/{id}/time-off-requests': { ask: ({ subject }) => ({ params: { id: subject.staffId }, body: { ...FAR, kind: 'holiday' } }) },
  'get /v1/time-off-requests': { belongs: 'list', ask: () => ({ query: { status: 'withdrawn' } }) },
  'post /v1/time-off-requests/{id}/withdraw': unknownRequest(),
  'post /v1/time-off-requests/{id}/approve': unknownRequest({ plan: 'true' }),
  'post /v1/time-off-requests/{id}/decline': unknownRequest(),
  'get /v1/resources': nothing,
  'get /v1/resources/{id}': { ask: ofResource() },
  'post /v1/resources': { ask: ({ subject: { resourceId, locationId } }) => ({ body: { id: resourceId, name: NEW_NAME, locationId } }) },
  'patch /v1/resources/{id}': { ask: ofResource({ name: NEW_NAME }) },
  'delete /v1/resources/{id}': { ask: ofResource() },
  'get /v1/resources/{id}/hours': { belongs: 'location', ask: ofResource() },
  'get /v1/resources/{id}/time-off': { belongs: 'location', ask: ofResource() },
  'put /v1/resources/{id}/hours': { ask: ofResource({ weekly: null }) },
  'delete /v1/resources/{id}/hours': { ask: ofResource() },
  'put /v1/resources/{id}/date-overrides/{date}': { ask: ofResource({ windows: [] }) },
  'delete /v1/resources/{id}/date-overrides/{date}': { ask: ofResource() },
  'post /v1/resources/{id}/time-off': { ask: ofResource(FAR) },
  'delete /v1/resources/{id}/time-off/{timeOffId}': { ask: ({ subject }) => ({ params: { id: subject.resourceId, timeOffId: crypto.randomUUID() } }) },
  'post /v1/resources/{id}/blocks': { belongs: 'location', ask: ({ subject }) => ({ params: { id: subject.resourceId }, query: DRY, body: FAR }) },
  'patch /v1/resources/{id}/blocks/{blockId}': {
    belongs: 'location',
    ask: ({ subject }) => ({ params: { id: subject.resourceId, blockId: crypto.randomUUID() }, query: DRY, body: FAR }),
  },
  'delete /v1/resources/{id}/blocks/{blockId}': {
    belongs: 'location',
    ask: ({ subject }) => ({ params: { id: subject.resourceId, blockId: crypto.randomUUID() } }),
  },
  'get /v1/settings': nothing,
  'patch /v1/settings': { belongs: 'business', ask: () => ({ headers: STALE, body: { name: NEW_NAME } }) },
  'get /v1/account-emails': nothing,
  'get /v1/users': nothing,
  'post /v1/users': { belongs: 'asker', ask: () => ({ body: { email: 'new@example.org', name: NEW_NAME, role: 'staff' } }) },
  'get /v1/users/{id}': nobody,
  'patch /v1/users/{id}': { belongs: 'asker', ask: () => ({ params: { id: crypto.randomUUID() }, body: { name: NEW_NAME } }) },
  'delete /v1/users/{id}': nobody,
  'post /v1/users/{id}/invite': nobody,
  'post /v1/users/{id}/second-factor/remove': nobody,
  'get /v1/audit': nothing,
  'get /v1/audit.csv': nothing,
  'post /v1/sms/{provider}/status': { belongs: 'asker', ask: () => ({ params: { provider: 'twilio' }, body: {} }) },
  'post /v1/sms/{provider}/inbound': { belongs: 'asker', ask: () => ({ params: { provider: 'twilio' }, body: {} }) },
  'get /v1/customers': { belongs: 'list', ask: () => ({ query: { q: 'Grace' } }) },
  'post /v1/customers': { belongs: 'asker', ask: () => ({ headers: { 'Idempotency-Key': 'the same for all' }, body: { name: NEW_NAME } }) },
  'get /v1/customers/{id}': ofCustomer(),
  'patch /v1/customers/{id}': ofCustomer({ name: NEW_NAME }),
  'get /v1/customers/{id}/appointments': ofCustomer(),
  'get /v1/customers/{id}/export': ofCustomer(),
  'get /v1/customers/export.csv': { belongs: 'asker', ask: () => ({}) },
  'get /v1/customers/imports': nothing,
  'post /v1/customers/import': { belongs: 'asker', ask: () => ({ query: DRY, body: {} }) },
  'post /v1/customers/{id}/merge': {
    belongs: 'asker',
    beyond: 'not-found',
    ask: ({ subject }) => ({ params: { id: subject.customerId }, headers: STALE, body: { into: crypto.randomUUID() } }),
  },
  'delete /v1/customers/{id}': ofCustomer(),
  'get /v1/messages': nothing,
  'get /v1/me/messages': nothing,
  'post /v1/messages/{id}/resend': nobody,
  'post /v1/messages/bounces': { belongs: 'asker', ask: () => ({ body: { report: BOUNCE } }) },
  'get /v1/system': nothing,
  'get /v1/system/jobs': nothing,
  'post /v1/system/jobs/{id}/retry': nobody,
  'get /v1/notifications': nothing,
  'post /v1/notifications/read': { belongs: 'asker', ask: () => ({ body: { ids: [crypto.randomUUID()] } }) },
  'get /v1/me/notification-settings': nothing,
  'patch /v1/me/notification-settings': { belongs: 'asker', ask: () => ({ body: { inApp: { 'appointment-booked': true } } }) },
  'get /v1/message-templates/{kind}/{channel}/{locale}': { belongs: 'asker', ask: () => ({ params: TEMPLATE }) },
  'get /v1/message-templates/{kind}/{channel}/{locale}/versions': { belongs: 'asker', ask: () => ({ params: TEMPLATE }) },
  'put /v1/message-templates/{kind}/{channel}/{locale}': {
    belongs: 'business',
    ask: () => ({ params: TEMPLATE, headers: STALE, body: { subject: NEW_NAME, body: NEW_NAME } }),
  },
  'delete /v1/message-templates/{kind}/{channel}/{locale}': { belongs: 'business', ask: () => ({ params: TEMPLATE, headers: STALE }) },
  'post /v1/message-templates/{kind}/{channel}/{locale}/preview': { belongs: 'business', ask: () => ({ params: TEMPLATE, body: {} }) },
  'get /v1/api-keys': nothing,
  'post /v1/api-keys': { belongs: 'asker', ask: () => ({ body: { name: NEW_NAME, scopes: [] } }) },
  'get /v1/api-keys/{id}': nobody,
  'delete /v1/api-keys/{id}': nobody,
  'get /v1/webhooks': nothing,
  'post /v1/webhooks': { belongs: 'asker', ask: () => ({ body: { url: 'no address' } }) },
  'get /v1/webhooks/{id}': nobody,
  'patch /v1/webhooks/{id}': nobody,
  'delete /v1/webhooks/{id}': nobody,
  'get /v1/webhooks/{id}/deliveries': nobody,
  'post /v1/webhooks/{id}/test': nobody,
  'post /v1/webhooks/{id}/rotate-secret': nobody,
  'post /v1/webhooks/{id}/replay': { belongs: 'asker', ask: () => ({ params: { id: crypto.randomUUID() }, body: { from: 'nothing' } }) },
};
