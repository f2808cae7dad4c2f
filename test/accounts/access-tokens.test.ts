import assert from 'node:assert/strict';
import { createHmac, randomUUIDv7 } from 'node:crypto';
import { test } from 'node:test';
import { readAccessToken, signAccessToken } from '../../src/accounts/access-tokens.ts';
import type { Principal } from '../../src/accounts/principal.ts';
import { instant } from '../../src/model/instant.ts';

const SECRET = 's'.repeat(32);
const principal: Principal = {
  userId: randomUUIDv7(),
  role: 'staff',
  name: 'Inês',
  email: 'ines@example.org',
  staffId: randomUUIDv7(),
  customerId: null,
  locationId: null,
  sessionId: randomUUIDv7(),
  expiresAt: instant(1_800_000_000_000),
};
const token = signAccessToken(principal, instant(1_799_999_100_000), SECRET);
const [header = '', payload = '', signature = ''] = token.split('.');
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const sign = (body: string, hash = 'sha256') => `${body}.${createHmac(hash, SECRET).update(body).digest('base64url')}`;

test('a token says who it was made for', () => {
  assert.deepEqual(readAccessToken(token, SECRET), principal);
});

test('only our own secret counts', () => {
  assert.equal(readAccessToken(token, 't'.repeat(32)), undefined);
});

test('every single character counts', () => {
  for (let index = 0; index < token.length; index += 1) {
    const other = token[index] === 'A' ? 'B' : 'A';
    assert.equal(readAccessToken(token.slice(0, index) + other + token.slice(index + 1), SECRET), undefined, `character ${index}`);
  }
});

test('no header talks its way around the signature', () => {
  assert.equal(readAccessToken(`${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`, SECRET), undefined);
  assert.equal(readAccessToken(`${encode({ alg: 'none', typ: 'JWT' })}.${payload}.${signature}`, SECRET), undefined);
  assert.equal(readAccessToken(sign(`${encode({ alg: 'HS512', typ: 'JWT' })}.${payload}`, 'sha512'), SECRET), undefined);
  assert.equal(readAccessToken(sign(`${encode({ alg: 'HS256', typ: 'JWT', kid: '../../secret' })}.${payload}`), SECRET), undefined);
});

test('junk is no token', () => {
  for (const junk of ['', '.', '..', 'a.b.c', `${header}.${payload}`, `${token}.`, `${token}.${signature}`, token.repeat(20)]) {
    assert.equal(readAccessToken(junk, SECRET), undefined, junk);
  }
});

test('a role that is not known any more is nobody', () => {
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  assert.equal(readAccessToken(sign(`${header}.${encode({ ...claims, role: 'superuser' })}`), SECRET), undefined);
});
