import type { StoredUser } from '../accounts/account-store-port.ts';
import type { User } from '../accounts/principal.ts';
import type { UserAccountRow } from './entities/user-account.ts';

export function userOf(row: UserAccountRow): User {
  const { id, email, name, role } = row;
  return { id, email, name, role, staffId: row.staffId ?? null, customerId: row.customerId ?? null, locationId: row.locationId ?? null };
}

export function storedUserOf(row: UserAccountRow): StoredUser {
  return { ...userOf(row), passwordHash: row.passwordHash };
}
