import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A key with which a program comes in. Written by accounts; the key itself is kept nowhere, and a revoked key is removed. */
export const ApiKeyRow = defineEntity({
  name: 'ApiKeyRow',
  tableName: 'api_key',
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    prefix: p.text(),
    keyHash: p.text().unique('api_key_key_hash'),
    scopes: p.json<string[]>(),
    locationId: p.uuid().nullable(),
    createdAt: p.bigint('number'),
    expiresAt: p.bigint('number').nullable(),
    lastUsedAt: p.bigint('number').nullable(),
  },
});
export type ApiKeyRow = InferEntity<typeof ApiKeyRow>;
