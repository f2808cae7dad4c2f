/** What an account may do is said by its role; the table is in `gateway/security/permissions.ts`. */
export const ROLES = ['owner', 'manager', 'front-desk', 'staff', 'customer'] as const;
export type Role = (typeof ROLES)[number];

/** What an API key may be for. A key has some of these, given when it is made. */
export const KEY_SCOPES = [
  'appointments:read',
  'appointments:write',
  'customers:read',
  'calendars:read',
  'calendars:write',
  'catalog:read',
  'catalog:write',
] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];
