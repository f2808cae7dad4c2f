// Accounts as rows.
import { randomUUIDv7 } from 'node:crypto';
import { LockMode } from '@mikro-orm/core';
import type { User } from '../../accounts/account.ts';
import type { AccountTransaction, UserFilter, UserPage } from '../../accounts/account-store-port.ts';
import { type ManagedUser, type StoredUser, userOf } from '../../accounts/stored-accounts.ts';
import { type Instant, instant } from '../../model/instant.ts';
import { LocationRow, StaffMemberRow } from '../catalog/catalog-entities.ts';
import type { EntityManager } from '../database/database.ts';
import { UserAccountRow } from './account-entities.ts';

/** An id that no user has, for the same look where there is no user. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Read as it is once the lock is there, whatever was read before. */
const LOCKED = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
/** Where it was sent is theirs, as that of a customer who is erased. */
const FORGET_EMAILS = 'update message set recipient = null, subject = null, body = null, html = null where user_id = ?';

export async function users(em: EntityManager, { roles, locationId }: UserFilter, limit: number, after: string | null): Promise<UserPage> {
  const filter = { role: { $in: [...roles] }, removedAt: null, ...(locationId !== undefined && { locationId }), ...(after !== null && { id: { $gt: after } }) };
  // One more than the page shows whether there is a next one.
  const rows = await em.find(UserAccountRow, filter, { orderBy: { id: 'asc' }, limit: limit + 1 });
  const items = rows.slice(0, limit).map(managedUserOf);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

export async function managedUser(em: EntityManager, id: string): Promise<ManagedUser | undefined> {
  const row = await em.findOne(UserAccountRow, { id, removedAt: null });
  return row === null ? undefined : managedUserOf(row);
}

/** `email` left out: any owner. */
export async function hasOwner(em: EntityManager, email?: string): Promise<boolean> {
  return (await em.count(UserAccountRow, { role: 'owner', removedAt: null, ...(email !== undefined && { email }) })) > 0;
}

export function userTables(em: EntityManager) {
  const isThere = async (filter: Parameters<typeof em.count<UserAccountRow>>[1]) => (await em.count(UserAccountRow, filter)) > 0;
  return {
    lockUser: (id) => lockUser(em, id),
    user: (id) => lockedUser(em, id),
    async userOfStaffMember(staffId) {
      const row = await em.findOne(UserAccountRow, { staffId, removedAt: null }, { fields: ['id'] });
      return row === null ? undefined : lockedUser(em, row.id);
    },
    async enabledUser(id) {
      const row = await em.findOne(UserAccountRow, { id, disabledAt: null, removedAt: null }, LOCKED);
      return row === null ? undefined : storedUserOf(row);
    },
    isIdTaken: (id) => isThere({ id }),
    countOfWorkers: () => em.count(UserAccountRow, { role: { $ne: 'customer' }, removedAt: null }),
    isEmailTaken: (email) => isThere({ email }),
    isEmailOfEnabled: (email) => isThere({ email, disabledAt: null }),
    hasLocation: async (id) => (await em.count(LocationRow, { id, archived: false })) > 0,
    hasStaffMember: async (id) => (await em.count(StaffMemberRow, { id, archived: false })) > 0,
    hasUser: (staffId) => isThere({ staffId }),
    hasOwnerBeside: (id) => isThere({ id: { $ne: id }, role: 'owner', invitedAt: null, disabledAt: null, removedAt: null }),
    customerWith: (user, at) => customerWith(em, user, at),
    async addUser({ passwordHash, createdAt, locale = null, isInvited = false, ...user }) {
      await em.insert(UserAccountRow, { ...userOf(user), passwordHash, locale, createdAt, invitedAt: isInvited ? createdAt : null });
    },
    async changeUser({ id, name, role, staffId, locationId, isDisabled, version }, at) {
      await em.nativeUpdate(UserAccountRow, { id }, { name, role, staffId, locationId, version });
      // When a user was disabled stays, whatever else is changed.
      if (isDisabled) await em.nativeUpdate(UserAccountRow, { id, disabledAt: null }, { disabledAt: at });
      else await em.nativeUpdate(UserAccountRow, { id }, { disabledAt: null });
    },
    async setPassword(id, passwordHash) {
      await em.nativeUpdate(UserAccountRow, { id }, { passwordHash, invitedAt: null });
    },
    async removeUser(id, at) {
      // What stands in place of the address is none, so no one logs in with it; and nothing is a hash of no password.
      const nothing = { name: '', locale: null, passwordHash: '', staffId: null, customerId: null, locationId: null };
      await em.nativeUpdate(UserAccountRow, { id }, { ...nothing, email: `removed:${id}`, removedAt: at });
      await em.execute(FORGET_EMAILS, [id]);
    },
  } satisfies Partial<AccountTransaction>;
}

/**
 * What happens to the sessions of one user happens one after the other, by the lock on the user's row. Without it a family could be revoked
 * while its newest token is just being made, and that token would live on.
 */
export async function lockUser(em: EntityManager, id: string): Promise<void> {
  await em.findOne(UserAccountRow, { id }, LOCKED);
}

async function lockedUser(em: EntityManager, id: string): Promise<ManagedUser | undefined> {
  const row = await em.findOne(UserAccountRow, { id, removedAt: null }, LOCKED);
  return row === null ? undefined : managedUserOf(row);
}

/** The customer with the address of this user; added if there is none. Inside the transaction of what makes the account, whatever books with the address meanwhile. */
async function customerWith(em: EntityManager, { email, name }: Pick<User, 'email' | 'name'>, at: Instant): Promise<string> {
  const [merged] = await em.execute<{ id: string }[]>('select customer_id as id from customer_alias where email = ?', [email]);
  if (merged !== undefined) return merged.id;
  await em.execute('insert into customer (id, name, email, created_at) values (?, ?, ?, ?) on conflict do nothing', [randomUUIDv7(), name, email, at]);
  const [row] = await em.execute<{ id: string }[]>('select id from customer where email = ?', [email]);
  if (row === undefined) throw new Error('a customer was taken away while their account was made');
  return row.id;
}

export function visibleUserOf(row: UserAccountRow) {
  return userOf({ ...row, staffId: row.staffId ?? null, customerId: row.customerId ?? null, locationId: row.locationId ?? null });
}

export function storedUserOf(row: UserAccountRow): StoredUser {
  return { ...visibleUserOf(row), passwordHash: row.passwordHash };
}

function managedUserOf(row: UserAccountRow): ManagedUser {
  const { invitedAt, disabledAt, createdAt, lastSeenAt, version } = row;
  return {
    ...visibleUserOf(row),
    isInvited: invitedAt != null,
    isDisabled: disabledAt != null,
    createdAt: instant(createdAt),
    lastSeenAt: lastSeenAt == null ? null : instant(lastSeenAt),
    version,
  };
}
