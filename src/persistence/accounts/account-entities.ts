import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/**
 * Somebody who can log in. Written by accounts; `email` is in lower case and unique. Who has been removed keeps a row with nothing of theirs in
 * it, so that history goes on naming an id that nobody else gets.
 */
export const UserAccountRow = defineEntity({
  name: 'UserAccountRow',
  tableName: 'user_account',
  indexes: [
    { name: 'user_account_role', properties: ['role', 'id'] },
    { name: 'user_account_customer', properties: ['customerId'] },
  ],
  properties: {
    id: p.uuid().primary(),
    email: p.text().unique('user_account_email'),
    name: p.text(),
    /** Of the browser that last logged in or has registered; null: unknown. */
    locale: p.text().nullable(),
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

/** Everything since one login: a family of refresh tokens, as its user is told about it. Written by accounts, in the transactions that write the tokens. */
export const LoginSessionRow = defineEntity({
  name: 'LoginSessionRow',
  tableName: 'login_session',
  indexes: [
    { name: 'login_session_user', properties: ['userId', 'lastUsedAt'] },
    { name: 'login_session_last_used_at', properties: ['lastUsedAt'] },
  ],
  properties: {
    id: p.uuid().primary(),
    userId: () => p.manyToOne(UserAccountRow).mapToPk().fieldName('user_id').index(false),
    device: p.text(),
    address: p.text(),
    createdAt: p.bigint('number'),
    lastUsedAt: p.bigint('number'),
    endedAt: p.bigint('number').nullable(),
  },
});
export type LoginSessionRow = InferEntity<typeof LoginSessionRow>;

/** One turn of a session; only a hash of the token is kept. Written by accounts. Using a token twice revokes its whole family. */
export const RefreshTokenRow = defineEntity({
  name: 'RefreshTokenRow',
  tableName: 'refresh_token',
  indexes: [
    { name: 'refresh_token_family', properties: ['family'] },
    { name: 'refresh_token_user', properties: ['userId'] },
    { name: 'refresh_token_expires_at', properties: ['expiresAt'] },
  ],
  properties: {
    id: p.uuid().primary(),
    userId: () => p.manyToOne(UserAccountRow).mapToPk().fieldName('user_id').index(false),
    family: p.uuid(),
    tokenHash: p.text().unique('refresh_token_hash'),
    expiresAt: p.bigint('number'),
    usedAt: p.bigint('number').nullable(),
    revokedAt: p.bigint('number').nullable(),
    createdAt: p.bigint('number'),
  },
});
export type RefreshTokenRow = InferEntity<typeof RefreshTokenRow>;

/** An account that waits for its address to be verified, one for an address, also where there is an account already: then nobody knows its token. Written by registrations; goes when its token is used or has expired. */
export const RegistrationRow = defineEntity({
  name: 'RegistrationRow',
  tableName: 'registration',
  indexes: [{ name: 'registration_expires_at', properties: ['expiresAt'] }],
  properties: {
    email: p.text().primary(),
    name: p.text(),
    locale: p.text().nullable(),
    passwordHash: p.text(),
    tokenHash: p.text().unique('registration_token_hash'),
    createdAt: p.bigint('number'),
    expiresAt: p.bigint('number'),
  },
});
export type RegistrationRow = InferEntity<typeof RegistrationRow>;

/** A link that sets a password, one for an address, which need not have an account. Written by password resets; goes when it is used or has expired. */
export const PasswordResetRow = defineEntity({
  name: 'PasswordResetRow',
  tableName: 'password_reset',
  indexes: [{ name: 'password_reset_expires_at', properties: ['expiresAt'] }],
  properties: {
    email: p.text().primary(),
    tokenHash: p.text().unique('password_reset_token_hash'),
    expiresAt: p.bigint('number'),
  },
});
export type PasswordResetRow = InferEntity<typeof PasswordResetRow>;

/** A link that sets somebody's first password, one for an account. Written by the management of users; goes when a password is set, or it has expired. */
export const InvitationRow = defineEntity({
  name: 'InvitationRow',
  tableName: 'invitation',
  indexes: [{ name: 'invitation_expires_at', properties: ['expiresAt'] }],
  properties: {
    userId: () => p.manyToOne(UserAccountRow).mapToPk().primary().fieldName('user_id'),
    tokenHash: p.text().unique('invitation_token_hash'),
    expiresAt: p.bigint('number'),
  },
});
export type InvitationRow = InferEntity<typeof InvitationRow>;

/** Failed logins of an account or from an address, under a hash. Written by accounts with the row locked; goes when it has been still for a day. */
export const FailedLoginRow = defineEntity({
  name: 'FailedLoginRow',
  tableName: 'failed_login',
  indexes: [{ name: 'failed_login_last_at', properties: ['lastAt'] }],
  properties: {
    subject: p.text().primary(),
    count: p.integer(),
    lastAt: p.bigint('number'),
    blockedUntil: p.bigint('number'),
  },
});
export type FailedLoginRow = InferEntity<typeof FailedLoginRow>;

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

/** A second factor that is in force: where there is a row, no session begins without a code. Written by accounts with the user's row locked. */
export const SecondFactorRow = defineEntity({
  name: 'SecondFactorRow',
  tableName: 'second_factor',
  properties: {
    userId: () => p.manyToOne(UserAccountRow).mapToPk().primary().fieldName('user_id'),
    id: p.uuid(),
    /** Which of the server's keys the secret is sealed under. */
    keyId: p.text(),
    sealedSecret: p.text(),
    /** Of the last code that was used; codes of it and of earlier ones are refused. */
    lastStep: p.bigint('number'),
    turnedOnAt: p.bigint('number'),
  },
});
export type SecondFactorRow = InferEntity<typeof SecondFactorRow>;

/** A second factor of which no code has been shown yet, so that it means nothing. Written by accounts; goes when it is finished or has expired. */
export const SecondFactorSetupRow = defineEntity({
  name: 'SecondFactorSetupRow',
  tableName: 'second_factor_setup',
  indexes: [{ name: 'second_factor_setup_expires_at', properties: ['expiresAt'] }],
  properties: {
    userId: () => p.manyToOne(UserAccountRow).mapToPk().primary().fieldName('user_id'),
    id: p.uuid(),
    keyId: p.text(),
    sealedSecret: p.text(),
    expiresAt: p.bigint('number'),
  },
});
export type SecondFactorSetupRow = InferEntity<typeof SecondFactorSetupRow>;

/** A code that stands in for an app which is lost, by its hash. Written by accounts with the user's row locked; goes when it is used, or with the second factor. */
export const RecoveryCodeRow = defineEntity({
  name: 'RecoveryCodeRow',
  tableName: 'recovery_code',
  properties: {
    userId: () => p.manyToOne(UserAccountRow).mapToPk().primary().fieldName('user_id').updateRule('cascade').deleteRule('cascade'),
    codeHash: p.text().primary(),
  },
});
export type RecoveryCodeRow = InferEntity<typeof RecoveryCodeRow>;
