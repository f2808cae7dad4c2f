// The table of fields and readers: which text field is whose to read. `fields.test.ts` holds every answer, push and feed against it; docs/permissions.md has it for people.
import type { KeyScope } from '../../../src/model/roles.ts';
import type { Cast } from '../cast.ts';

/**
 * Who may read what is written there. `customer`: the customer, and those who may see customers where the appointment is; `staff`: only the latter; `desk`: of these, those who look after the location and not one calendar; `note`: the people among these, and no programs; `request`: the staff member, and who decides where they work; `management`: those
 * who see how it is managed. `unkept`: it is read, used and thrown away. `no-words`: a format that the schema does not show.
 */
export type Kept = 'public' | 'management' | 'customer' | 'staff' | 'desk' | 'note' | 'request' | 'owner' | 'unkept' | 'no-words';
export const FIELDS: Readonly<Record<string, Kept>> = {
  'post /v1/appointments customer.name': 'customer',
  'post /v1/appointments customer.email': 'customer',
  'post /v1/appointments customer.phone': 'customer',
  'post /v1/appointments notes': 'customer',
  'post /v1/appointments answers{}': 'customer',
  'post /v1/appointments staffNotes': 'staff',
  'post /v1/appointments override.reason': 'staff',
  'post /v1/appointments startsAt': 'no-words',
  'post /v1/appointments voucherCode': 'no-words',
  'patch /v1/appointments/{id} voucherCode': 'no-words',
  'post /v1/vouchers code': 'no-words',
  'put /v1/holds/{id}/voucher code': 'no-words',
  // By the business; what a customer gives as a reason has a test of its own.
  'post /v1/appointments/{id}/cancel reason': 'staff',
  'post /v1/appointments/{id}/decline reason': 'staff',
  'patch /v1/appointments/{id} customer.name': 'customer',
  'patch /v1/appointments/{id} customer.email': 'customer',
  'patch /v1/appointments/{id} customer.phone': 'customer',
  'patch /v1/appointments/{id} notes': 'customer',
  'patch /v1/appointments/{id} staffNotes': 'staff',
  'patch /v1/appointments/{id} override.reason': 'staff',
  'post /v1/appointments/{id}/reschedule override.reason': 'staff',
  'post /v1/appointments/{id}/reschedule startsAt': 'no-words',
  'post /v1/staff/{id}/blocks reason': 'staff',
  'post /v1/staff/{id}/time-off reason': 'staff',
  'post /v1/staff/{id}/time-off-requests note': 'request',
  'post /v1/time-off-requests/{id}/approve answer': 'request',
  'post /v1/time-off-requests/{id}/decline answer': 'request',
  'post /v1/staff/{id}/external-calendars url': 'no-words',
  ...Object.fromEntries(
    ['post /v1/customers', 'patch /v1/customers/{id}'].flatMap((route): [string, Kept][] => [
      ...['name', 'email', 'phone'].map((field): [string, Kept] => [`${route} ${field}`, 'customer']),
      ...['notes', 'staffNotes', 'tags[]'].map((field): [string, Kept] => [`${route} ${field}`, 'staff']),
    ]),
  ),
  'put /v1/locations/{id}/day-notes/{date} text': 'note',
  'post /v1/holds override.reason': 'unkept',
  'post /v1/holds startsAt': 'no-words',
  'post /v1/holds/{id}/proof email': 'owner',
  // Without a provider of payments it is not kept; with one it becomes that of the appointment.
  'post /v1/holds/{id}/payment customer.name': 'unkept',
  'post /v1/holds/{id}/payment customer.email': 'unkept',
  'post /v1/holds/{id}/payment customer.phone': 'unkept',
  'post /v1/holds/{id}/payment notes': 'unkept',
  'post /v1/holds/{id}/payment answers{}': 'unkept',
  // Kept, and told to nobody.
  'post /v1/appointments/{id}/refunds reason': 'unkept',
  'put /v1/appointments/{id}/no-show-fee reason': 'unkept',
  'post /v1/payments/test/pay clientSecret': 'unkept',
  'post /v1/locations name': 'public',
  'post /v1/locations address': 'public',
  'post /v1/locations phone': 'public',
  'patch /v1/locations/{id} name': 'public',
  'patch /v1/locations/{id} address': 'public',
  'patch /v1/locations/{id} phone': 'public',
  'post /v1/services name': 'public',
  'post /v1/services description': 'public',
  'post /v1/services category': 'public',
  'post /v1/services addOns[].name': 'public',
  'post /v1/services questions[].text': 'public',
  'post /v1/services questions[].options[]': 'public',
  'post /v1/services questions[].shownWhen.question': 'public',
  'post /v1/services questions[].shownWhen.answer': 'public',
  'patch /v1/services/{id} name': 'public',
  'patch /v1/services/{id} description': 'public',
  'patch /v1/services/{id} category': 'public',
  'patch /v1/services/{id} addOns[].name': 'public',
  'patch /v1/services/{id} questions[].text': 'public',
  'patch /v1/services/{id} questions[].options[]': 'public',
  'patch /v1/services/{id} questions[].shownWhen.question': 'public',
  'patch /v1/services/{id} questions[].shownWhen.answer': 'public',
  'post /v1/staff name': 'public',
  'post /v1/staff email': 'management',
  'patch /v1/staff/{id} name': 'public',
  'patch /v1/staff/{id} email': 'management',
  'post /v1/resources name': 'public',
  'post /v1/resources kind': 'public',
  'post /v1/resources/{id}/blocks reason': 'desk',
  'post /v1/resources/{id}/time-off reason': 'desk',
  'patch /v1/resources/{id} name': 'public',
  'patch /v1/resources/{id} kind': 'public',
  'patch /v1/settings name': 'public',
  'put /v1/message-templates/{kind}/{channel}/{locale} subject': 'management',
  'put /v1/message-templates/{kind}/{channel}/{locale} body': 'management',
  'post /v1/message-templates/{kind}/{channel}/{locale}/preview subject': 'unkept',
  'post /v1/message-templates/{kind}/{channel}/{locale}/preview body': 'unkept',
  'post /v1/messages/bounces report': 'unkept',
  'post /v1/users name': 'owner',
  'post /v1/users email': 'owner',
  'patch /v1/users/{id} name': 'owner',
  'post /v1/api-keys name': 'owner',
  'post /v1/auth/register email': 'owner',
  'post /v1/auth/register name': 'unkept',
  'post /v1/auth/register password': 'unkept',
  'post /v1/auth/password/forgot email': 'owner',
  'post /v1/auth/login email': 'unkept',
  'post /v1/auth/login password': 'unkept',
  'post /v1/auth/login code': 'unkept',
  'post /v1/auth/login deviceToken': 'unkept',
  'post /v1/auth/refresh refreshToken': 'unkept',
  'post /v1/auth/logout refreshToken': 'unkept',
  'post /v1/auth/email/verify token': 'unkept',
  'post /v1/auth/email/verify password': 'unkept',
  'post /v1/auth/password/reset token': 'unkept',
  'post /v1/auth/password/reset password': 'unkept',
  'post /v1/auth/password/change oldPassword': 'unkept',
  'post /v1/auth/password/change newPassword': 'unkept',
  'post /v1/auth/step-up password': 'unkept',
  'post /v1/auth/step-up code': 'unkept',
  'post /v1/auth/totp password': 'unkept',
  'post /v1/auth/totp/confirm code': 'unkept',
  'post /v1/auth/totp/remove password': 'unkept',
  'post /v1/auth/totp/remove code': 'unkept',
  'post /v1/auth/totp/recovery-codes password': 'unkept',
  'post /v1/auth/totp/recovery-codes code': 'unkept',
};

/** Of a message beside the body that REST has as well; the name of a watch is told to the screen that has chosen it, and to no other. */
export const OF_MESSAGES = ['key', 'watchId', 'holdToken', 'manageToken', 'ifMatch', 'since.era', 'token'];

export type Place = 'Berlin' | 'New York';
export const PLACES = ['Berlin', 'New York'] as const;
/** What somebody reads: the field's own class, of appointments and calendars with the place. */
export type Class =
  | Exclude<Kept, 'unkept' | 'no-words' | 'customer' | 'staff' | 'desk' | 'note' | 'request'>
  | `${'customer' | 'staff' | 'desk' | 'note' | 'request'} in ${Place}`;
const OWN_IN_BERLIN = ['customer in Berlin', 'staff in Berlin'] as const;
const OWN_IN_NEW_YORK = ['customer in New York', 'staff in New York'] as const;
const IN_BERLIN = [...OWN_IN_BERLIN, 'desk in Berlin'] as const;
const IN_NEW_YORK = [...OWN_IN_NEW_YORK, 'desk in New York'] as const;

const NOTES = ['note in Berlin', 'note in New York'] as const;
const REQUESTS = ['request in Berlin', 'request in New York'] as const;

export type Reader = {
  readonly account?: keyof Cast['tokenOf'];
  readonly scopes?: readonly KeyScope[];
  readonly boundTo?: Place;
  readonly hasTokens?: true;
  readonly reads: readonly Class[];
  /** Boards and feeds have fewer fields than appointments. */
  readonly isPartial?: true;
};
export const READERS: Readonly<Record<string, Reader>> = {
  'a guest': { reads: ['public'] },
  'a guest with the links to the appointments': { hasTokens: true, reads: ['public', 'customer in Berlin', 'customer in New York'] },
  'another customer': { account: 'dan@example.org', reads: ['public'] },
  'the staff member': { account: 'ada@example.org', reads: ['public', ...OWN_IN_BERLIN, 'request in Berlin'] },
  'a colleague at the same place': { account: 'bo@example.org', reads: ['public'] },
  'the staff member elsewhere': { account: 'cy@example.org', reads: ['public', ...OWN_IN_NEW_YORK, 'request in New York'] },
  'the desk of Berlin': { account: 'desk@example.org', reads: ['public', 'management', ...IN_BERLIN, 'note in Berlin'] },
  'the desk of New York': { account: 'desk.newyork@example.org', reads: ['public', 'management', ...IN_NEW_YORK, 'note in New York'] },
  'a manager of Berlin': { account: 'manager.berlin@example.org', reads: ['public', 'management', ...IN_BERLIN, 'note in Berlin', 'request in Berlin'] },
  'a manager': { account: 'manager@example.org', reads: ['public', 'management', ...IN_BERLIN, ...IN_NEW_YORK, ...NOTES, ...REQUESTS] },
  'the owner': { account: 'owner@example.org', reads: ['public', 'management', 'owner', ...IN_BERLIN, ...IN_NEW_YORK, ...NOTES, ...REQUESTS] },
  'a program for everything': { account: 'a program for everything', reads: ['public', 'management', ...IN_BERLIN, ...IN_NEW_YORK] },
  'a program for everything in Berlin': { account: 'a program for everything in Berlin', reads: ['public', 'management', ...IN_BERLIN] },
  'a program with catalog:read': { scopes: ['catalog:read'], reads: ['public', 'management'] },
  'a program with catalog:write': { scopes: ['catalog:write'], reads: ['public'] },
  'a program with appointments:read': { scopes: ['appointments:read'], reads: ['public'] },
  'a program with appointments:write': { scopes: ['appointments:write'], reads: ['public'] },
  'a program with calendars:read': { scopes: ['calendars:read'], reads: ['public'] },
  'a program with calendars:write': { scopes: ['calendars:write'], reads: ['public'] },
  'a program with customers:read': { scopes: ['customers:read'], reads: ['public', ...OWN_IN_BERLIN, ...OWN_IN_NEW_YORK], isPartial: true },
  'a program with customers:write': { scopes: ['customers:write'], reads: ['public'] },
  'a program with appointments:read and customers:read in New York': {
    scopes: ['appointments:read', 'customers:read'],
    boundTo: 'New York',
    reads: ['public', ...OWN_IN_NEW_YORK],
    isPartial: true,
  },
  'a program with calendars:read and customers:read in Berlin': {
    scopes: ['calendars:read', 'customers:read'],
    boundTo: 'Berlin',
    reads: ['public', ...IN_BERLIN],
    isPartial: true,
  },
  'a program with catalog:read and customers:read in Berlin': {
    scopes: ['catalog:read', 'customers:read'],
    boundTo: 'Berlin',
    reads: ['public', 'management', ...IN_BERLIN],
    isPartial: true,
  },
};
