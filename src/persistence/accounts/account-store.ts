import { LockMode, UniqueConstraintViolationException } from '@mikro-orm/core';
import type { Account } from '../../accounts/account.ts';
import type { AccountEmail } from '../../accounts/account-emails.ts';
import type { AccountStore, AccountTransaction } from '../../accounts/account-store-port.ts';
import { accountOf, type Credentials } from '../../accounts/stored-accounts.ts';
import { closeAccountOf as close } from '../../accounts/user-changes.ts';
import type { AuditSource } from '../../audit/audit-entry.ts';
import type { Instant } from '../../model/instant.ts';
import { BusinessRow } from '../catalog/catalog-entities.ts';
import type { Database, EntityManager } from '../database/database.ts';
import { keepEmail, mails } from '../mail/account-email-rows.ts';
import { RegistrationRow, UserAccountRow } from './account-entities.ts';
import { accountTables } from './account-tables.ts';
import { apiKeys, useApiKeys } from './api-key-rows.ts';
import { changeFailures } from './failed-login-rows.ts';
import { factorOf, hasSecondFactor, recoveryCodesLeft } from './second-factor-rows.ts';
import { addressesOf, sessionsOf } from './session-rows.ts';
import { hasOwner, managedUser, NOBODY, storedUserOf, users, visibleUserOf } from './user-rows.ts';

/** What becomes of e-mails once they are written. */
export type EmailDelivering = {
  /** Whether a relay is to send them; otherwise they are kept for the owner. */
  readonly isMailed: boolean;
  /** E-mails have been written and can be seen by everybody. */
  onWritten(): void;
};
const KEEP_ALL: EmailDelivering = { isMailed: false, onWritten: () => undefined };

type Work<T> = (transaction: AccountTransaction) => Promise<T>;

/** Keeps accounts and sessions in their tables. */
export function accountStore(database: Database, { isMailed, onWritten }: EmailDelivering = KEEP_ALL): AccountStore {
  const delivery = isMailed ? 'waiting' : 'kept';
  /** `lock` comes first, before the work looks at anything. */
  const changing = async <T>(work: Work<T>, lock?: (em: EntityManager) => Promise<unknown>): Promise<T> => {
    let hasEmail = false;
    const answer = await database.transaction(async (em) => {
      await lock?.(em);
      const keep = (mail: AccountEmail) => {
        hasEmail = true;
        return keepEmail(em, { ...mail, delivery });
      };
      return work(accountTables(em, keep));
    });
    if (hasEmail) onWritten();
    return answer;
  };
  return {
    changing: (work) => changing(work),
    adding: (work) => unlessTaken(changing(work)),
    changeUsers: (work) => unlessTaken(changing(work, lockBusiness)),
    changeFailures: (subjects, change) => database.transaction((em) => changeFailures(em, subjects, change)),
    useApiKeys: (keyHashes, at, since) => database.transaction((em) => useApiKeys(em, keyHashes, at, since)),
    credentialsOf: (email, at) => database.transaction((em) => credentialsOf(em, email, at)),
    userById: (id) => database.transaction((em) => userById(em, id)),
    hasOwner: (email) => database.transaction((em) => hasOwner(em, email)),
    sessionsOf: (userId, since, limit) => database.transaction((em) => sessionsOf(em, userId, since, limit)),
    recoveryCodesLeft: (userId) => database.transaction((em) => recoveryCodesLeft(em, userId)),
    apiKeys: () => database.transaction(apiKeys),
    users: (filter, limit, after) => database.transaction((em) => users(em, filter, limit, after)),
    managedUser: (id) => database.transaction((em) => managedUser(em, id)),
    mails: (limit, before, at) => database.transaction((em) => mails(em, limit, before, at)),
  };
}

/** Part of a change of the catalog, which holds the same lock as changes of users. */
export async function closeAccountOf(em: EntityManager, staffId: string, source: AuditSource, at: Instant): Promise<void> {
  await close(staffId, accountTables(em), source, at);
}

/** Changes of users and of the catalog come one after the other, on all nodes: so what a change looks at stays until it is written, and of two owners who demote each other one is too late. */
function lockBusiness(em: EntityManager): Promise<unknown> {
  return em.findOneOrFail(BusinessRow, { id: 1 }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

async function userById(em: EntityManager, id: string): Promise<Account | undefined> {
  const row = await em.findOne(UserAccountRow, { id, removedAt: null });
  return row === null ? undefined : accountOf(visibleUserOf(row), await hasSecondFactor(em, id));
}

async function credentialsOf(em: EntityManager, email: string, at: Instant): Promise<Credentials> {
  const user = await em.findOne(UserAccountRow, { email, disabledAt: null });
  const registration = await em.findOne(RegistrationRow, { email, expiresAt: { $gt: at } });
  const factor = await factorOf(em, user?.id ?? NOBODY);
  const usualAddresses = await addressesOf(em, user?.id ?? NOBODY);
  return { user: user === null ? undefined : storedUserOf(user), factor, registeredHash: registration?.passwordHash, usualAddresses };
}

/** The address may have been taken by somebody in the same moment; the database says so. */
async function unlessTaken<T>(made: Promise<T>): Promise<T | 'email-taken'> {
  try {
    return await made;
  } catch (failure) {
    if (failure instanceof UniqueConstraintViolationException) return 'email-taken';
    throw failure;
  }
}
