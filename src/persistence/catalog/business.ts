import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/**
 * The business itself: one row, made by the first migration. Settings and `catalogVersion` are written by the catalog, `era` and `life` by the
 * nodes' beats (and by the operator after restoring a database that has lost its tail), `holdsDemo` by the seeding of the demo. The database guards that there is only one.
 */
export const BusinessRow = defineEntity({
  name: 'BusinessRow',
  tableName: 'business',
  checks: [{ name: 'business_only_one', expression: 'id = 1' }],
  properties: {
    id: p.smallint().primary().autoincrement(false),
    name: p.text(),
    bufferRule: p.enum(['max', 'sum']),
    guestProof: p.enum(['none', 'email']).default('none'),
    /** The era of the database that revisions belong to. */
    era: p.uuid(),
    settings: p.json<{ [setting: string]: unknown }>(),
    version: p.integer().default(1),
    /** Grows with every change of the catalog, so that nodes notice what others have changed. */
    catalogVersion: p.integer().default(1),
    /** System identifier and timeline of the database cluster that wrote the latest beat; null before the first. */
    life: p.text().nullable(),
    /** Seeded with the demo, whose passwords everybody knows. */
    holdsDemo: p.boolean().default(false),
    /** When its tables were made: access tokens from before are of another database. 0 where nobody noted it. */
    madeAt: p.bigint('number').defaultRaw('0'),
  },
});
export type BusinessRow = InferEntity<typeof BusinessRow>;
