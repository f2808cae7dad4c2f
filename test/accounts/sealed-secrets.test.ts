import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BrokenSeal, SecretSeal } from '../../src/accounts/sealed-secrets.ts';

const [OLD, NEW, OTHER] = ['o'.repeat(32), 'n'.repeat(32), 'x'.repeat(32)];
const PURPOSE = 'test';
const TEXT = 'JBSWY3DPEHPK3PXP';

describe('a sealed secret', () => {
  const seal = new SecretSeal([OLD], PURPOSE);

  test('can be read with the server’s secret, and its text is nowhere in it', () => {
    const sealed = seal.seal(TEXT, 'ada');
    assert.equal(seal.open(sealed, 'ada'), TEXT);
    assert.equal(new SecretSeal([OLD], PURPOSE).open(sealed, 'ada'), TEXT);
    assert.ok(!Buffer.from(sealed.sealed, 'base64url').includes(TEXT) && !JSON.stringify(sealed).includes(OLD));
  });

  test('never looks the same twice', () => {
    assert.notEqual(seal.seal(TEXT, 'ada').sealed, seal.seal(TEXT, 'ada').sealed);
  });

  test('is of no use to another owner, for another purpose or under another secret', () => {
    const sealed = seal.seal(TEXT, 'ada');
    assert.throws(() => seal.open(sealed, 'grace'), BrokenSeal);
    assert.throws(() => new SecretSeal([OLD], 'another').open(sealed, 'ada'), BrokenSeal);
    assert.throws(() => new SecretSeal([OTHER], PURPOSE).open(sealed, 'ada'), BrokenSeal);
    assert.throws(
      () => new SecretSeal([OTHER], PURPOSE).open({ ...new SecretSeal([OTHER], PURPOSE).seal(TEXT, 'ada'), sealed: sealed.sealed }, 'ada'),
      BrokenSeal,
    );
  });

  test('that was changed in any byte, cut short or emptied does not open', () => {
    const { keyId, sealed } = seal.seal(TEXT, 'ada');
    const bytes = Buffer.from(sealed, 'base64url');
    const broken = Array.from(bytes.keys(), (index) => bytes.map((byte, at) => (at === index ? byte ^ 1 : byte)));
    for (const length of [0, 5, 12, 20, 28, bytes.length - 1]) broken.push(bytes.subarray(0, length));
    for (const each of broken) assert.throws(() => seal.open({ keyId, sealed: Buffer.from(each).toString('base64url') }, 'ada'), BrokenSeal);
  });

  test('outlives the replacement of the server’s secret as long as the old one is listed', () => {
    const sealed = seal.seal(TEXT, 'ada');
    const both = new SecretSeal([NEW, OLD], PURPOSE);
    assert.deepEqual([both.isCurrent(sealed), both.open(sealed, 'ada')], [false, TEXT]);
    const again = both.seal(TEXT, 'ada');
    assert.equal(both.isCurrent(again), true);
    assert.equal(new SecretSeal([NEW], PURPOSE).open(again, 'ada'), TEXT);
    assert.throws(() => new SecretSeal([NEW], PURPOSE).open(sealed, 'ada'), BrokenSeal);
  });

  test('needs a secret', () => {
    assert.throws(() => new SecretSeal([], PURPOSE), RangeError);
  });
});
