import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/**
 * Somebody who can log in. Written by accounts; `email` is in lower case and unique. Who has been removed keeps a row with nothing of theirs in
 * it, so that history goes on naming an id that nobody else gets.
 */
export const UserAccountRow = defineEntity({
  name: 'UserAccountRow',
  tableName: 'user_account',
  indexes: [{ name: 'user_account_role', properties: ['role', 'id'] }],
  properties: {
    id: p.uuid().primary(),
    email: p.text().unique('user_account_email'),
    name: p.text(),
    role: p.enum(['owner', 'manager', 'front-desk', 'staff', 'customer']),
    passwordHash: p.text(),
    staffId: p.uuid().nullable(),
    customerId: p.uuid().nullable(),
    locationId: p.uuid().nullable(),
    createdAt: p.bigint('number'),
    version: p.integer().default(1),
    /** Until they have a password that they know. */
    invitedAt: p.bigint('number').nullable(),
    disabledAt: p.bigint('number').nullable(),
    removedAt: p.bigint('number').nullable(),
    /** When tokens of a session were last made. */
    lastSeenAt: p.bigint('number').nullable(),
  },
});
export type UserAccountRow = InferEntity<typeof UserAccountRow>;
