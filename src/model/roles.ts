/** What an account may do is said by its role; the table is in `access/permissions.ts`. */
export const ROLES = ['owner', 'manager', 'front-desk', 'staff', 'customer'] as const;
export type Role = (typeof ROLES)[number];
/** Roles that an owner can give. Customers register themselves; the role customer is never given or taken away. */
export const GIVEN_ROLES = ['owner', 'manager', 'front-desk', 'staff'] as const satisfies readonly Role[];
export type GivenRole = (typeof GIVEN_ROLES)[number];

/** `invited`: they have not set a password yet. */
export const USER_STATES = ['active', 'invited', 'disabled'] as const;
export type UserState = (typeof USER_STATES)[number];

/** What an API key may be for. A key has some of these, given when it is made. */
export const KEY_SCOPES = [
  'appointments:read',
  'appointments:write',
  'customers:read',
  'customers:write',
  'calendars:read',
  'calendars:write',
  'catalog:read',
  'catalog:write',
  'webhooks:write',
  'messages:write',
] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];
