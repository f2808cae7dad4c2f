import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/**
 * Who appointments are for. Added by the journal's commit with the first booking of an address, or with an account that is made for it. The id is drawn and says
 * nothing; everything else may change. `email` is in the form of `normaliseEmail`.
 */
export const CustomerRow = defineEntity({
  name: 'CustomerRow',
  tableName: 'customer',
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    email: p.text().unique('customer_email'),
    phone: p.text().nullable(),
    createdAt: p.bigint('number'),
  },
});
export type CustomerRow = InferEntity<typeof CustomerRow>;
