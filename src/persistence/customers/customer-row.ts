import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** In the order in which customers are listed, and for what begins with something. */
export const CUSTOMER_NAME_INDEX = 'create index customer_name on customer ((found_by collate "C"), id)';
/** For what is inside a name, an address or a number, and for what is similar. Needs `pg_trgm`; without it there is no such index, and looking inside reads every customer. */
export const CUSTOMER_TEXT_INDEX = 'create index customer_text on customer using gin (found_by gin_trgm_ops)';

/**
 * Who appointments are for. Added by the journal's commit with the first booking of an address, with each booking of one who gives none, with an account that is made
 * for an address, or by hand. The id is drawn and says nothing; everything else may change. `email` is in the form of `normaliseEmail`.
 */
export const CustomerRow = defineEntity({
  name: 'CustomerRow',
  tableName: 'customer',
  indexes: [
    { name: 'customer_name', expression: CUSTOMER_NAME_INDEX },
    { name: 'customer_text', expression: CUSTOMER_TEXT_INDEX },
  ],
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    email: p.text().unique('customer_email').nullable(),
    phone: p.text().nullable(),
    /** The digests of addresses at which they want no reminders, with a space in between; they say nothing once the row is gone. */
    remindersDeclined: p.text().nullable(),
    createdAt: p.bigint('number'),
    notes: p.text().nullable(),
    staffNotes: p.text().nullable(),
    tags: p.json<string[]>().defaultRaw(`'[]'`),
    blocked: p.boolean().default(false),
    /** Whether they agree to be written to about offers, and since when that is written down; null: they were not asked. */
    marketing: p.boolean().nullable(),
    marketingAt: p.bigint('number').nullable(),
    /** The location of the user who made the record, if they have one. */
    locationId: p.uuid().nullable(),
    version: p.integer().default(1),
    /** Of a person who was erased: a row without anything of them, for their appointments to refer to. */
    erasedAt: p.bigint('number').nullable(),
    /** What they are looked for in: name without case and accents, address, digits of the number. */
    foundBy: p.text().nullable().generated('customer_text_v2(name, email, phone) stored'),
  },
});
export type CustomerRow = InferEntity<typeof CustomerRow>;

/** A customer who was merged into another one: their id, which older facts name, and their address, with which the other one is found. Written by customers. */
export const CustomerAliasRow = defineEntity({
  name: 'CustomerAliasRow',
  tableName: 'customer_alias',
  indexes: [{ name: 'customer_alias_customer', properties: ['customerId'] }],
  properties: {
    id: p.uuid().primary(),
    customerId: () => p.manyToOne(CustomerRow).mapToPk().fieldName('customer_id').index(false),
    email: p.text().unique('customer_alias_email').nullable(),
    createdAt: p.bigint('number'),
  },
});
export type CustomerAliasRow = InferEntity<typeof CustomerAliasRow>;
