import type { Account, User } from '../../accounts/account.ts';
import type { StoredUser } from '../../accounts/account-store-port.ts';
import type { ManagedUser } from '../../accounts/user-store-port.ts';
import { instant } from '../../model/instant.ts';
import type { EntityManager } from '../database/database.ts';
import { SecondFactorRow, type UserAccountRow } from './account-entities.ts';

/** An id that no user has, for the same look where there is no user. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

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

export function managedUserOf(row: UserAccountRow): ManagedUser {
  const { invitedAt, disabledAt, createdAt, lastSeenAt, version } = row;
  return {
    ...userOf(row),
    isInvited: invitedAt != null,
    isDisabled: disabledAt != null,
    createdAt: instant(createdAt),
    lastSeenAt: lastSeenAt == null ? null : instant(lastSeenAt),
    version,
  };
}
