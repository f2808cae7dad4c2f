import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** Somebody who can log in. Written by accounts; `email` is in lower case and unique. */
export const UserAccountRow = defineEntity({
  name: 'UserAccountRow',
  tableName: 'user_account',
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
  },
});
export type UserAccountRow = InferEntity<typeof UserAccountRow>;
