import type { StoredUser } from '../accounts/account-store-port.ts';
import type { Account, User } from '../accounts/principal.ts';
import type { EntityManager } from './database.ts';
import { SecondFactorRow } from './entities/second-factor.ts';
import type { UserAccountRow } from './entities/user-account.ts';

export function userOf(row: UserAccountRow): User {
  const { id, email, name, role } = row;
  return { id, email, name, role, staffId: row.staffId ?? null, customerId: row.customerId ?? null, locationId: row.locationId ?? null };
}

export async function accountOf(em: EntityManager, row: UserAccountRow): Promise<Account> {
  return { ...userOf(row), secondFactor: (await em.count(SecondFactorRow, { userId: row.id })) > 0 };
}

export function storedUserOf(row: UserAccountRow): StoredUser {
  return { ...userOf(row), passwordHash: row.passwordHash };
}
