/** What an account may do; scopes are in docs/security.md. */
export type Role = 'owner' | 'manager' | 'front-desk' | 'staff' | 'customer';
export const ROLES = ['owner', 'manager', 'front-desk', 'staff', 'customer'] as const satisfies readonly Role[];
