import assert from 'node:assert/strict';
import { createHmac, hkdfSync, randomUUIDv7 } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Principal } from '../../src/access/principal.ts';
import { TokenKeys } from '../../src/access/token-keys.ts';
import { readAccessToken, signAccessToken } from '../../src/accounts/access-tokens.ts';
import { instant } from '../../src/model/instant.ts';

const [SECRET, NEXT_SECRET, STRANGE_SECRET] = ['s'.repeat(32), 'n'.repeat(32), 't'.repeat(32)];
const KEYS = new TokenKeys(SECRET);
const ISSUED_AT = instant(1_799_999_100_000);
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
const token = signAccessToken(principal, ISSUED_AT, KEYS);
const [header = '', payload = '', signature = ''] = token.split('.');
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const accessKey = Buffer.from(hkdfSync('sha256', SECRET, '', 'slotkeeper access token', 32));
const sign = (body: string, key: string | Buffer = accessKey, hash = 'sha256') => `${body}.${createHmac(hash, key).update(body).digest('base64url')}`;
const plainHeader = encode({ alg: 'HS256', typ: 'JWT' });

test('a token says who it was made for, and which key it was signed with', () => {
  assert.deepEqual(readAccessToken(token, KEYS), principal);
  assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url').toString()), { alg: 'HS256', typ: 'JWT', kid: KEYS.current.id });
  assert.match(KEYS.current.id, /^[\w-]{11}$/);
  assert.equal(token, sign(`${header}.${payload}`));
});

test('only our own secrets count', () => {
  assert.equal(readAccessToken(token, new TokenKeys(STRANGE_SECRET, [NEXT_SECRET])), undefined);
});

test('every single character counts', () => {
  for (let index = 0; index < token.length; index += 1) {
    const other = token[index] === 'A' ? 'B' : 'A';
    assert.equal(readAccessToken(token.slice(0, index) + other + token.slice(index + 1), KEYS), undefined, `character ${index}`);
  }
});

test('no header talks its way around the signature', () => {
  const kid = KEYS.current.id;
  assert.equal(readAccessToken(`${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`, KEYS), undefined);
  assert.equal(readAccessToken(`${encode({ alg: 'none', typ: 'JWT', kid })}.${payload}.${signature}`, KEYS), undefined);
  assert.equal(readAccessToken(sign(`${encode({ alg: 'HS512', typ: 'JWT', kid })}.${payload}`, accessKey, 'sha512'), KEYS), undefined);
  assert.equal(readAccessToken(sign(`${encode({ alg: 'HS256', typ: 'JWT', kid, jwk: { kty: 'oct', k: 'AA' } })}.${payload}`), KEYS), undefined);
});

test('a key id that is not one of ours is nothing, however well the rest is signed', () => {
  const { id } = new TokenKeys(STRANGE_SECRET).current;
  for (const kid of [id, '', '../../secret', `${KEYS.current.id} `, '__proto__', 'constructor', 0, 7, null, true, [KEYS.current.id], { id: KEYS.current.id }])
    for (const key of [accessKey, SECRET, ''])
      assert.equal(readAccessToken(sign(`${encode({ alg: 'HS256', typ: 'JWT', kid })}.${payload}`, key), KEYS), undefined, JSON.stringify(kid));
});

test('junk is no token', () => {
  for (const junk of ['', '.', '..', 'a.b.c', `${header}.${payload}`, `${token}.`, `${token}.${signature}`, token.repeat(20)]) {
    assert.equal(readAccessToken(junk, KEYS), undefined, junk);
  }
});

test('a role that is not known any more is nobody', () => {
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  assert.equal(readAccessToken(sign(`${header}.${encode({ ...claims, role: 'superuser' })}`), KEYS), undefined);
});

describe('rotation', () => {
  const distributed = new TokenKeys(SECRET, [NEXT_SECRET]);
  const switched = new TokenKeys(NEXT_SECRET, [SECRET]);
  const finished = new TokenKeys(NEXT_SECRET);
  const signedBy = (keys: TokenKeys) => signAccessToken(principal, ISSUED_AT, keys);

  test('while nodes are switched one by one, each takes the tokens of the others', () => {
    for (const signer of [KEYS, distributed, switched])
      for (const reader of [distributed, switched]) assert.deepEqual(readAccessToken(signedBy(signer), reader), principal);
  });
  test('a node that has not heard of the new secret refuses it, which is why it is told first', () => {
    assert.equal(readAccessToken(signedBy(switched), KEYS), undefined);
  });
  test('once the old secret is gone, so are its tokens', () => {
    assert.deepEqual(readAccessToken(signedBy(switched), finished), principal);
    assert.equal(readAccessToken(signedBy(distributed), finished), undefined);
  });
  test('the id of one secret does not open another', () => {
    const body = `${switched.current.accessHeader}.${payload}`;
    assert.equal(readAccessToken(sign(body), switched), undefined);
  });
});

describe('a token without a key id, from before the upgrade', () => {
  const old = sign(`${plainHeader}.${payload}`, SECRET);
  test('is good under any secret that is accepted', () => {
    assert.deepEqual(readAccessToken(old, KEYS), principal);
    assert.deepEqual(readAccessToken(old, new TokenKeys(NEXT_SECRET, [SECRET])), principal);
  });
  test('is nothing under another', () => {
    assert.equal(readAccessToken(old, new TokenKeys(NEXT_SECRET)), undefined);
    assert.equal(readAccessToken(sign(`${plainHeader}.${payload}`), KEYS), undefined);
    assert.equal(readAccessToken(`${plainHeader}.${payload}.`, KEYS), undefined);
  });
});
