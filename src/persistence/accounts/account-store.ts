import { UniqueConstraintViolationException } from '@mikro-orm/core';
import type { Account, User } from '../../accounts/account.ts';
import type { AccountEmail, EmailChoice } from '../../accounts/account-emails.ts';
import type { UserEntry } from '../../accounts/account-entries.ts';
import type { AccountStore, Credentials, StoredUser } from '../../accounts/account-store-port.ts';
import { type Instant, instant } from '../../model/instant.ts';
import { customerWith } from '../appointments/customer-rows.ts';
import { addAuditEntry } from '../audit/audit-rows.ts';
import type { Database, EntityManager } from '../database/database.ts';
import { keepEmail, mails, type NewEmail, type NewEmailChoice } from '../mail/account-email-rows.ts';
import { RegistrationRow, UserAccountRow } from './account-entities.ts';
import { changePassword, keepRegistration, keepReset, passwordHashOfRegistration, redeemRegistration, redeemReset, userOfReset } from './account-openings.ts';
import { addressesOf, endOtherSessions, endSession, endSessionOf, rotate, sessionsOf } from './account-sessions.ts';
import { addApiKey, apiKey, apiKeys, removeApiKey, useApiKeys } from './api-key-rows.ts';
import { changeFailures } from './failed-login-rows.ts';
import {
  beginSession,
  factorOf,
  keepSetup,
  proveSession,
  recoveryCodesLeft,
  removeSecondFactor,
  replaceRecoveryCodes,
  setupOf,
  turnOn,
} from './second-factor-rows.ts';
import { accountOf, NOBODY, storedUserOf } from './user-rows.ts';
import { changeUsers, managedUser, users } from './user-store.ts';

/** What becomes of e-mails once they are written. */
export type EmailDelivering = {
  /** Whether a relay is to send them; otherwise they are kept for the owner. */
  readonly isMailed: boolean;
  /** E-mails have been written and can be seen by everybody. */
  onWritten(): void;
};
const KEEP_ALL: EmailDelivering = { isMailed: false, onWritten: () => undefined };

/** Keeps accounts and sessions in their tables. */
export function accountStore(database: Database, delivering: EmailDelivering = KEEP_ALL): AccountStore {
  const withDelivery = (mail: AccountEmail): NewEmail => ({ ...mail, delivery: delivering.isMailed ? 'waiting' : 'kept' });
  const either = ({ ifAccount, ifNone }: EmailChoice): NewEmailChoice => ({ ifAccount: withDelivery(ifAccount), ifNone: withDelivery(ifNone) });
  const writing = async <T>(work: (em: EntityManager) => Promise<T>): Promise<T> => {
    const answer = await database.transaction(work);
    delivering.onWritten();
    return answer;
  };
  return {
    credentialsOf: (email, at) => database.transaction((em) => credentialsOf(em, email, at)),
    userById: (id) => database.transaction((em) => userById(em, id)),
    addUser: (user, entry) => addUser(database, user, entry),
    addAuditEntry: (entry) => database.transaction((em) => addAuditEntry(em, entry)),
    hasOwner: (email) =>
      database.transaction(async (em) => (await em.count(UserAccountRow, { role: 'owner', removedAt: null, ...(email !== undefined && { email }) })) > 0),
    addSession: (token, ...rest) => database.transaction((em) => beginSession(em, token, ...rest)),
    rotate: (tokenHash, ...rest) => database.transaction((em) => rotate(em, tokenHash, ...rest)),
    sessionsOf: (userId, since, limit) => database.transaction((em) => sessionsOf(em, userId, since, limit)),
    endSessionOf: (tokenHash, at, entry) => database.transaction((em) => endSessionOf(em, tokenHash, at, entry)),
    endSession: (userId, ...rest) => database.transaction((em) => endSession(em, userId, ...rest)),
    endOtherSessions: (userId, kept, at, entry) =>
      database.transaction(async (em) => {
        const ended = await endOtherSessions(em, userId, kept, at);
        if (ended.length > 0) await addAuditEntry(em, entry(ended.length));
        return ended;
      }),
    changePassword: (change) => writing((em) => changePassword(em, { ...change, told: withDelivery(change.told) })),
    keepRegistration: (registration, choice) => writing((em) => keepRegistration(em, registration, either(choice))),
    passwordHashOfRegistration: (tokenHash, at) => database.transaction((em) => passwordHashOfRegistration(em, tokenHash, at)),
    redeemRegistration: (tokenHash, ...rest) => unlessTaken(database.transaction((em) => redeemRegistration(em, tokenHash, ...rest))),
    keepReset: (reset, choice) => writing((em) => keepReset(em, reset, either(choice))),
    userOfReset: (tokenHash, at) => database.transaction((em) => userOfReset(em, tokenHash, at)),
    redeemReset: (tokenHash, passwordHash, told, entry) => writing((em) => redeemReset(em, tokenHash, passwordHash, withDelivery(told), entry)),
    keepSetup: (setup) => database.transaction((em) => keepSetup(em, setup)),
    setupOf: (userId, at) => database.transaction((em) => setupOf(em, userId, at)),
    turnOn: (turning) => writing((em) => turnOn(em, { ...turning, told: withDelivery(turning.told) })),
    recoveryCodesLeft: (userId) => database.transaction((em) => recoveryCodesLeft(em, userId)),
    replaceRecoveryCodes: (userId, ...rest) => database.transaction((em) => replaceRecoveryCodes(em, userId, ...rest)),
    proveSession: (proving) => database.transaction((em) => proveSession(em, proving)),
    removeSecondFactor: (userId, told, ...rest) => writing((em) => removeSecondFactor(em, userId, withDelivery(told), ...rest)),
    changeFailures: (subjects, change) => database.transaction((em) => changeFailures(em, subjects, change)),
    apiKeys: () => database.transaction(apiKeys),
    apiKey: (id) => database.transaction((em) => apiKey(em, id)),
    addApiKey: (key, most, audited) => database.transaction((em) => addApiKey(em, key, most, audited)),
    removeApiKey: (id, audited) => database.transaction((em) => removeApiKey(em, id, audited)),
    useApiKeys: (keyHashes, at, since) => database.transaction((em) => useApiKeys(em, keyHashes, at, since)),
    users: (filter, limit, after) => database.transaction((em) => users(em, filter, limit, after)),
    managedUser: (id) => database.transaction((em) => managedUser(em, id)),
    changeUsers: async (work) => (await unlessTaken(writing((em) => changeUsers(em, withDelivery, work)))) ?? 'email-taken',
    keepEmail: (mail) => writing((em) => keepEmail(em, withDelivery(mail))),
    mails: (limit, before, at) => database.transaction((em) => mails(em, limit, before, at)),
  };
}

async function userById(em: EntityManager, id: string): Promise<Account | undefined> {
  const row = await em.findOne(UserAccountRow, { id, removedAt: null });
  return row === null ? undefined : accountOf(em, row);
}

async function credentialsOf(em: EntityManager, email: string, at: Instant): Promise<Credentials> {
  const user = await em.findOne(UserAccountRow, { email, disabledAt: null });
  const registration = await em.findOne(RegistrationRow, { email, expiresAt: { $gt: at } });
  const factor = await factorOf(em, user?.id ?? NOBODY);
  const usualAddresses = await addressesOf(em, user?.id ?? NOBODY);
  return { user: user === null ? undefined : storedUserOf(user), factor, registeredHash: registration?.passwordHash, usualAddresses };
}

function addUser(database: Database, { passwordHash, ...given }: StoredUser, entry: UserEntry): Promise<User | undefined> {
  const added = database.transaction(async (em) => {
    const createdAt = instant(Date.now());
    const isCustomer = given.role === 'customer' && given.customerId === null;
    const user = isCustomer ? { ...given, customerId: await customerWith(em, given, createdAt) } : given;
    await em.insert(UserAccountRow, { ...user, passwordHash, createdAt });
    await addAuditEntry(em, entry(user));
    return user;
  });
  return unlessTaken(added);
}

/** The address may have been taken by somebody in the same moment; the database says so. */
async function unlessTaken<T>(made: Promise<T>): Promise<T | undefined> {
  try {
    return await made;
  } catch (failure) {
    if (failure instanceof UniqueConstraintViolationException) return undefined;
    throw failure;
  }
}
