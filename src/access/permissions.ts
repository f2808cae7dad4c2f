// Who may do what, and how far it reaches: the one table. `docs/permissions.md` shows it, a test keeps the two alike, and another walks every
// route and message with every role and compares. Every route and every message names one of these actions.
import type { KeyScope, Role } from '../model/roles.ts';

/**
 * How far a right reaches: everything; the own location, which is every location for an account without one; the own calendar; what is the
 * asker's own, by login or by a token for it. `null`: not at all.
 */
export type Reach = 'all' | 'location' | 'calendar' | 'own';
/** The kind of caller; a caller who is not logged in is a guest. */
export type Standing = 'guest' | Role | 'integration';

/** Who the columns of a row are about. */
export const STANDINGS = ['guest', 'customer', 'staff', 'front-desk', 'manager', 'owner', 'integration'] as const satisfies readonly Standing[];

type Row = readonly [
  guest: Reach | null,
  customer: Reach | null,
  staff: Reach | null,
  frontDesk: Reach | null,
  manager: Reach | null,
  owner: Reach | null,
  integration: Reach | null,
  /** What a key needs; null: any key will do. */
  scope: KeyScope | null,
];

const no = null;
// biome-ignore format: a table is read by its columns
const TABLE = {
  //                          guest   customer   staff       front-desk   manager     owner   integration, with the scope
  'log-in':                  ['all',  'all',     'all',      'all',       'all',      'all',  no,         null],
  'manage-own-account':      [no,     'own',     'own',      'own',       'own',      'own',  no,         null],
  'find-slots':              ['all',  'all',     'all',      'all',       'all',      'all',  'all',      null],
  'read-catalog':            ['all',  'all',     'all',      'all',       'all',      'all',  'all',      null],
  'abandon-request':         ['own',  'own',     'own',      'own',       'own',      'own',  'own',      null],
  'place-hold':              ['all',  'all',     'all',      'all',       'all',      'all',  'location', 'appointments:write'],
  'keep-hold':               ['own',  'own',     'own',      'own',       'own',      'own',  'own',      'appointments:write'],
  'read-hold':               ['own',  'own',     'calendar', 'location',  'location', 'all',  'location', 'appointments:read'],
  'book':                    ['all',  'all',     'all',      'all',       'all',      'all',  'location', 'appointments:write'],
  'name-source':             [no,     no,        'all',      'all',       'all',      'all',  'all',      'appointments:write'],
  'override-rules':          [no,     no,        no,         'location',  'location', 'all',  no,         null],
  'read-appointment':        ['own',  'own',     'calendar', 'location',  'location', 'all',  'location', 'appointments:read'],
  'list-appointments':       [no,     'own',     'calendar', 'location',  'location', 'all',  'location', 'appointments:read'],
  'change-appointment':      ['own',  'own',     'calendar', 'location',  'location', 'all',  'location', 'appointments:write'],
  'share-manage-link':       [no,     no,        no,         'location',  'location', 'all',  no,         null],
  'cancel-by-source':        [no,     no,        no,         'location',  'location', 'all',  no,         null],
  'settle-appointment':      [no,     no,        'calendar', 'location',  'location', 'all',  'location', 'appointments:write'],
  'see-customers':           [no,     no,        'calendar', 'location',  'location', 'all',  'location', 'customers:read'],
  'manage-customers':        [no,     no,        no,         'location',  'location', 'all',  'location', 'customers:write'],
  'export-customers':        [no,     no,        no,         no,          'location', 'all',  no,         null],
  'import-customers':        [no,     no,        no,         no,          'location', 'all',  no,         null],
  'erase-customers':         [no,     no,        no,         no,          'location', 'all',  no,         null],
  'keep-day-notes':          [no,     no,        no,         'location',  'location', 'all',  no,         null],
  'see-busy-times':          [no,     no,        'all',      'all',       'all',      'all',  'location', 'calendars:read'],
  'block-time':              [no,     no,        'calendar', 'location',  'location', 'all',  'location', 'calendars:write'],
  'see-unlisted':            [no,     no,        'all',      'all',       'all',      'all',  'all',      'catalog:read'],
  'see-how-it-is-managed':   [no,     no,        no,         'all',       'all',      'all',  'all',      'catalog:read'],
  'read-working-hours':      [no,     no,        'calendar', 'all',       'all',      'all',  'all',      'catalog:read'],
  'read-external-calendars': [no,    no,        'calendar', 'location',  'location', 'all',  'location', 'calendars:read'],
  'connect-calendars':       [no,    no,        'calendar', no,          'location', 'all',  no,         null],
  'read-calendar-feed':      ['all', 'all',     'all',      'all',       'all',      'all',  'all',      null],
  'manage-working-hours':    [no,     no,        no,         no,          'location', 'all',  'location', 'catalog:write'],
  'manage-time-off':         [no,     no,        no,         'location',  'location', 'all',  'location', 'catalog:write'],
  'request-time-off':        [no,     no,        'calendar', no,          'location', 'all',  no,         null],
  'decide-time-off':         [no,     no,        no,         no,          'location', 'all',  no,         null],
  'manage-staff':            [no,     no,        no,         no,          'location', 'all',  'location', 'catalog:write'],
  'manage-resources':        [no,     no,        no,         no,          'location', 'all',  'location', 'catalog:write'],
  'manage-locations':        [no,     no,        no,         no,          'location', 'all',  'location', 'catalog:write'],
  'manage-services':         [no,     no,        no,         no,          'location', 'all',  'location', 'catalog:write'],
  'manage-settings':         [no,     no,        no,         no,          'location', 'all',  no,         null],
  'manage-users':            [no,     no,        no,         no,          no,         'all',  no,         null],
  'read-account-emails':            [no,     no,        no,         no,          no,         'all',  no,         null],
  'read-messages':           [no,     no,        no,         'location',  'location', 'all',  no,         null],
  'resend-message':          [no,     no,        no,         'location',  'location', 'all',  no,         null],
  'read-notifications':      [no,     no,        'own',      'own',       'own',      'own',  no,         null],
  'tell-of-messages':        ['all', 'all',     'all',      'all',       'all',      'all',  'all',      null],
  'report-bounces':          [no,     no,        no,         no,          no,         'all',  'all',      'messages:write'],
  'read-payments':           [no,     no,        no,         no,          'location', 'all',  no,         null],
  'take-payment':            [no,     no,        no,         'location',  'location', 'all',  no,         null],
  'refund-payment':          [no,     no,        no,         no,          'location', 'all',  no,         null],
  'manage-vouchers':         [no,     no,        no,         no,          'location', 'all',  no,         null],
  'read-reports':            [no,     no,        no,         no,          'location', 'all',  no,         null],
  'tell-of-payments':        ['all',  'all',     'all',      'all',       'all',      'all',  'all',      null],
  'manage-api-keys':         [no,     no,        no,         no,          no,         'all',  no,         null],
  'manage-webhooks':         [no,     no,        no,         no,          'location', 'all',  'location', 'webhooks:write'],
  'manage-jobs':             [no,     no,        no,         no,          'all',      'all',  no,         null],
  'read-audit':              [no,     no,        no,         no,          no,         'all',  no,         null],
} as const satisfies Record<string, Row>;

export type Action = keyof typeof TABLE;
export const ACTIONS = Object.keys(TABLE) as readonly Action[]; // the keys of a literal are what its type says

/** How far a right reaches for somebody of that standing, whatever their scopes are. */
export function reachOf(action: Action, standing: Standing): Reach | null {
  const [guest, customer, staff, frontDesk, manager, owner, integration] = TABLE[action];
  return { guest, customer, staff, 'front-desk': frontDesk, manager, owner, integration }[standing];
}

/** What an API key needs beside; null: nothing. */
export function scopeFor(action: Action): KeyScope | null {
  return TABLE[action][7];
}
