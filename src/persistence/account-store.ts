import { UniqueConstraintViolationException } from '@mikro-orm/core';
import type { AccountStore, StoredUser } from '../accounts/account-store-port.ts';
import { addSession, changePassword, endOtherSessions, endSession, endSessionOf, rotate, sessionsOf } from './account-sessions.ts';
import type { Database } from './database.ts';
import { UserAccountRow } from './entities/user-account.ts';
import { storedUserOf, userOf } from './user-rows.ts';

/** Keeps accounts and sessions in their tables. */
export function accountStore(database: Database): AccountStore {
  return {
    userByEmail: (email) =>
      database.transaction(async (em) => {
        const row = await em.findOne(UserAccountRow, { email });
        return row === null ? undefined : storedUserOf(row);
      }),
    userById: (id) =>
      database.transaction(async (em) => {
        const row = await em.findOne(UserAccountRow, { id });
        return row === null ? undefined : userOf(row);
      }),
    passwordHashOf: (id) => database.transaction(async (em) => (await em.findOne(UserAccountRow, { id }))?.passwordHash),
    addUser: (user) => addUser(database, user),
    hasOwner: () => database.transaction(async (em) => (await em.count(UserAccountRow, { role: 'owner' })) > 0),
    addSession: (token, from) => database.transaction((em) => addSession(em, token, from)),
    rotate: (tokenHash, successor, from) => database.transaction((em) => rotate(em, tokenHash, successor, from)),
    sessionsOf: (userId, since, limit) => database.transaction((em) => sessionsOf(em, userId, since, limit)),
    endSessionOf: (tokenHash, at) => database.transaction((em) => endSessionOf(em, tokenHash, at)),
    endSession: (userId, family, at) => database.transaction((em) => endSession(em, userId, family, at)),
    endOtherSessions: (userId, kept, at) => database.transaction((em) => endOtherSessions(em, userId, kept, at)),
    changePassword: (change) => database.transaction((em) => changePassword(em, change)),
  };
}

async function addUser(database: Database, user: StoredUser): Promise<boolean> {
  try {
    await database.transaction((em) => em.insert(UserAccountRow, { ...user, createdAt: Date.now() }));
    return true;
  } catch (failure) {
    if (failure instanceof UniqueConstraintViolationException) return false;
    throw failure;
  }
}
