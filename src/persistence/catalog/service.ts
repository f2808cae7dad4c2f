import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** What is done for a customer. Written by the catalog. Amounts are minor units of `priceCurrency`; null means no limit, no deposit. */
export const ServiceRow = defineEntity({
  name: 'ServiceRow',
  tableName: 'service',
  checks: [
    { name: 'service_lengths', expression: 'minutes > 0 and slot_interval_minutes > 0 and buffer_before_minutes >= 0 and buffer_after_minutes >= 0' },
    { name: 'service_capacity', expression: 'capacity >= 1' },
  ],
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    description: p.text().nullable(),
    minutes: p.integer(),
    slotIntervalMinutes: p.integer(),
    bufferBeforeMinutes: p.integer().default(0),
    bufferAfterMinutes: p.integer().default(0),
    leadTimeMinutes: p.integer().default(0),
    horizonDays: p.integer().nullable(),
    capacity: p.integer().default(1),
    grid: p.enum(['fixed', 'pack']).default('fixed'),
    priceAmount: p.bigint('number'),
    priceCurrency: p.character().length(3),
    depositAmount: p.bigint('number').nullable(),
    paymentPolicy: p.enum(['none', 'deposit', 'full']).default('none'),
    approval: p.enum(['automatic', 'manual']).default('automatic'),
    cancelUntilMinutes: p.integer().nullable(),
    rescheduleUntilMinutes: p.integer().nullable(),
    refundRules: p.json<{ untilMinutes: number; percent: number }[]>(),
    dailyLimit: p.integer().nullable(),
    /** In the order in which they are taken. */
    resourceIds: p.json<string[]>().defaultRaw(`'[]'`),
    active: p.boolean().default(true),
    archived: p.boolean().default(false),
    version: p.integer().default(1),
    position: p.integer().default(0),
  },
});
export type ServiceRow = InferEntity<typeof ServiceRow>;
