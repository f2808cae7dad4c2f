import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { HOUR, instant } from '../../src/model/instant.ts';
import { shareOf, taxIn } from '../../src/model/money.ts';
import { refundDue, refundShare } from '../../src/payments/refund-rules.ts';

const startsAt = instant(100 * HOUR);
const rules = {
  refundRules: [
    { untilMinutes: 24 * 60, percent: 100 },
    { untilMinutes: 120, percent: 50 },
  ],
};
const euros = (amount: number) => ({ amount, currency: 'EUR' });

suite('what a customer gets back', () => {
  test('a rule counts up to its minute, that minute included', () => {
    assert.equal(refundShare(rules, startsAt, instant(76 * HOUR)), 100);
    assert.equal(refundShare(rules, startsAt, instant(76 * HOUR + 1)), 50);
    assert.equal(refundShare(rules, startsAt, instant(98 * HOUR)), 50);
    assert.equal(refundShare(rules, startsAt, instant(98 * HOUR + 1)), 0);
  });

  test('the order of the rules does not matter, and the best one that counts wins', () => {
    assert.equal(refundShare({ refundRules: [...rules.refundRules].reverse() }, startsAt, instant(0)), 100);
    assert.equal(
      refundShare(
        {
          refundRules: [
            { untilMinutes: 60, percent: 0 },
            { untilMinutes: 0, percent: 10 },
          ],
        },
        startsAt,
        instant(0),
      ),
      10,
    );
  });

  test('without rules everything goes back', () => {
    assert.equal(refundShare({ refundRules: [] }, startsAt, startsAt), 100);
  });

  test('half a minor unit is rounded up, and large amounts are exact', () => {
    assert.deepEqual([shareOf(euros(5), 50), shareOf(euros(1), 49), shareOf(euros(999), 33)], [euros(3), euros(0), euros(330)]);
    assert.equal(shareOf(euros(Number.MAX_SAFE_INTEGER), 100).amount, Number.MAX_SAFE_INTEGER);
  });

  test('what goes back and what has gone back never exceed what was paid', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(1_000_000), fc.nat(100), (paid, gone, percent) => {
        const { amount } = refundDue(euros(paid), Math.min(gone, paid), percent);
        assert.ok(Number.isInteger(amount) && amount >= 0 && amount + Math.min(gone, paid) <= Math.max(paid, Math.min(gone, paid)));
      }),
    );
  });
});

suite('the tax that an amount includes', () => {
  test('and the rest are the amount; the tax is exact to half a minor unit, and half a unit is rounded up', () => {
    assert.deepEqual(taxIn(euros(11_900), 19), { tax: euros(1_900), net: euros(10_000) });
    assert.deepEqual(taxIn(euros(10_555), 5.55), { tax: euros(555), net: euros(10_000) });
    assert.deepEqual(taxIn(euros(3), 20), { tax: euros(1), net: euros(2) }, 'half a cent');
    assert.deepEqual(taxIn(euros(500), 0), { tax: euros(0), net: euros(500) });
    assert.equal(taxIn(euros(Number.MAX_SAFE_INTEGER), 100).tax.amount, (Number.MAX_SAFE_INTEGER + 1) / 2);
    fc.assert(
      fc.property(fc.nat(100_000_000), fc.nat(10_000), (gross, hundredths) => {
        const { tax, net } = taxIn(euros(gross), hundredths / 100);
        assert.equal(tax.amount + net.amount, gross);
        const off = tax.amount * (10_000 + hundredths) - gross * hundredths;
        assert.ok(Number.isInteger(tax.amount) && 2 * off <= 10_000 + hundredths && 2 * off > -(10_000 + hundredths));
      }),
    );
  });
});
