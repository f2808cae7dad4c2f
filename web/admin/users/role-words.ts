import type { ManagedUserReply } from '../../../src/protocol/users.ts';

export const ROLE_NAMES = {
  owner: 'Owner',
  manager: 'Manager',
  'front-desk': 'Front desk',
  staff: 'Staff',
  customer: 'Customer',
} as const satisfies Record<ManagedUserReply['role'], string>;

export const STATE_WORDS = {
  active: 'can log in',
  invited: 'invited, no password yet',
  disabled: 'disabled',
} as const satisfies Record<ManagedUserReply['state'], string>;
