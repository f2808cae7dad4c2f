import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** Who an appointment is for. Written by the journal's commit when somebody books for the first time. `email` is in lower case and unique. */
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
