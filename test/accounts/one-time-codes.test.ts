import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Secret, URI } from 'otpauth';
import { appUri, CODE_STEP, newAppSecret, newRecoveryCodes, readCode, stepOf } from '../../src/accounts/one-time-codes.ts';
import { hashOfToken } from '../../src/accounts/secret-tokens.ts';
import { instant, SECOND } from '../../src/model/instant.ts';
import { shownCode } from './authenticator.ts';

describe('codes of an app', () => {
  test('are those of RFC 6238, appendix B', () => {
    const secret = Secret.fromLatin1('12345678901234567890').base32;
    // The last six of the eight digits that are printed there.
    for (const [seconds, digits] of [
      [59, '287082'],
      [1_111_111_109, '081804'],
      [1_111_111_111, '050471'],
      [1_234_567_890, '005924'],
      [2_000_000_000, '279037'],
    ] as const)
      assert.equal(stepOf(digits, secret, instant(seconds * SECOND)), Math.floor(seconds / 30), digits);
  });

  test('are good in the step before and the step after, and no further', () => {
    const secret = newAppSecret();
    const at = instant(Date.UTC(2026, 10, 24, 9));
    const now = at / CODE_STEP;
    for (const aside of [-1, 0, 1]) assert.equal(stepOf(shownCode(secret, at, aside), secret, at), now + aside);
    for (const aside of [-2, 2]) assert.equal(stepOf(shownCode(secret, at, aside), secret, at), undefined);
    assert.equal(stepOf(shownCode(secret, at), newAppSecret(), at), undefined);
  });

  test('come from a secret of 160 bits in a link that names the business and the person', () => {
    const secret = newAppSecret();
    assert.match(secret, /^[A-Z2-7]{32}$/);
    const uri = appUri(secret, { issuer: 'Salt & Pine: Mitte', label: 'ada+x@example.org' });
    const { issuer, label, period, digits, algorithm, secret: read } = URI.parse(uri) as { period?: number } & ReturnType<typeof URI.parse>;
    assert.deepEqual([issuer, label, period, digits, algorithm, read.base32], ['Salt & Pine Mitte', 'ada+x@example.org', 30, 6, 'SHA1', secret]);
  });
});

describe('what is typed as a code', () => {
  test('may be spaced and dashed in any way', () => {
    for (const text of ['123456', ' 123 456 ', '123-456', '1 2 3 4 5 6']) assert.deepEqual(readCode(text), { kind: 'app', digits: '123456' });
    const bare = 'ABCDEFGHIJKLMN27';
    for (const text of ['ABCD-EFGH-IJKL-MN27', bare, 'abcd efgh ijkl mn27', ' abcdefgh-ijklmn27'])
      assert.deepEqual(readCode(text), { kind: 'recovery', codeHash: hashOfToken(bare) });
  });

  test('is none if it looks like none', () => {
    for (const text of ['', ' ', '12345', '1234567', '١٢٣٤٥٦', 'ABCD-EFGH-IJKL-MN2', 'ABCD-EFGH-IJKL-MN01', '12345a', '-----'])
      assert.equal(readCode(text), undefined, text);
  });
});

test('recovery codes are ten different ones of 80 bits, and their hashes are those of what is typed', () => {
  const { codes, codeHashes } = newRecoveryCodes();
  assert.equal(new Set(codes).size, 10);
  for (const [index, code] of codes.entries()) {
    assert.match(code, /^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
    assert.deepEqual(readCode(code.toLowerCase()), { kind: 'recovery', codeHash: codeHashes[index] });
  }
});
