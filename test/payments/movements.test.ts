// What changes the provider’s balance as entries of the books, and how it is read: a day at a time, from where it has got to.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { DAY, HOUR, type Instant, instant } from '../../src/model/instant.ts';
import { balances, type LedgerEntry, receiptEntry } from '../../src/payments/ledger.ts';
import { entriesOf, type MovementParts, readMovements } from '../../src/payments/movements.ts';
import type { ProviderMovement } from '../../src/payments/payment-provider-port.ts';
import { MemoryStore } from './memory-store.ts';

const NOW = instant(Date.UTC(2027, 2, 1, 12));
const movement = (more: Partial<ProviderMovement>): ProviderMovement => ({
  ...({ id: randomUUID(), kind: 'payment', of: 'pi_1', paymentId: null, amount: 1_000, fee: 40, currency: 'EUR', before: null, at: NOW } as const),
  ...more,
});
const payment = await new MemoryStore().add({
  ...({ id: randomUUID(), holdId: null, appointmentId: randomUUID(), locationId: randomUUID(), state: 'booked', method: 'stripe' } as const),
  ...{ money: { amount: 1_000, currency: 'USD' }, received: 1_000, refunded: 0, taxPercent: null, providerId: 'pi_1', payUntil: null, booking: null },
  ...{ card: null, isFee: false, refusal: null, alarm: null, createdAt: NOW, lookAt: null, version: 1 },
});
const providerHas = (entries: readonly LedgerEntry[], currency = 'EUR') => balances(entries).get(`${currency} provider`) ?? 0;

describe('what changes the provider’s balance', () => {
  test('changes the account of the provider by as much, whatever it is, and is balanced', () => {
    const all: readonly [ProviderMovement, boolean][] = [
      [movement({ kind: 'payout', of: null, amount: -5_000, fee: 0 }), false],
      [movement({ kind: 'payout', of: null, amount: -5_000, fee: 50 }), false],
      [movement({ kind: 'payout', of: null, amount: 5_000, fee: 0 }), false],
      [movement({ kind: 'fee', of: null, amount: -199, fee: 0 }), false],
      [movement({ kind: 'other', of: null, amount: 700, fee: 0 }), false],
      [movement({ of: 'pi_of_others' }), false],
      [movement({ of: 'pi_of_others', amount: -1_000, fee: 2_000 }), false],
    ];
    for (const [one, isOurs] of all) assert.equal(providerHas(entriesOf(one, isOurs ? payment : undefined)), one.amount - one.fee, JSON.stringify(one));
    // Money of ours is in the books by its payment: only the fee comes along.
    assert.equal(providerHas(entriesOf(movement({}), payment)), -40);
    assert.equal(providerHas(entriesOf(movement({ amount: -1_000, fee: -40 }), payment)), 40, 'a fee that is given back');
    assert.deepEqual(entriesOf(movement({ fee: 0 }), payment), []);
  });

  test('says what came in another currency in that of the business', () => {
    const changed = entriesOf(movement({ amount: 920, fee: 40, before: { amount: 1_000, currency: 'USD' } }), payment);
    const books = [receiptEntry(payment, 1_000, NOW), ...changed];
    assert.deepEqual([providerHas(books, 'USD'), providerHas(books)], [0, 880]);
    assert.ok(changed.every(({ paymentId, locationId }) => paymentId === payment.id && locationId === payment.locationId));
    assert.equal(
      [...balances(books).values()].reduce((sum, amount) => sum + amount, 0),
      0,
    );
  });
});

describe('reading the provider’s balance', () => {
  type Span = readonly [from: Instant, to: Instant];
  async function spansFrom(readTo: Instant | null, first: Instant | null, signal = new AbortController().signal) {
    const [spans, kept]: [Span[], Instant[]] = [[], []];
    const parts: MovementParts = {
      store: new MemoryStore(),
      noted: async () => undefined,
      provider: {
        name: 'stripe',
        async movements(from, to) {
          spans.push([from, to]);
          return [];
        },
      },
      movements: { readTo: async () => ({ readTo, first }), book: async (_method, _entries, to) => void kept.push(to) },
      now: () => NOW,
    };
    await readMovements(parts, signal);
    return { spans, kept };
  }

  test('goes on from where it has got to, an hour before that, a day at a time, up to now', async () => {
    const { spans, kept } = await spansFrom(instant(NOW - 2 * DAY), instant(0));
    assert.deepEqual(
      spans.map(([from, to]) => [NOW - from, NOW - to]),
      [
        [2 * DAY + HOUR, DAY + HOUR],
        [DAY + HOUR, HOUR],
        [HOUR, 0],
      ],
    );
    assert.deepEqual(
      kept,
      spans.map(([, to]) => to),
    );
  });

  test('begins with the first payment that the provider knows, and without one there is nothing to read', async () => {
    assert.equal((await spansFrom(null, instant(NOW - HOUR))).spans[0]?.[0], NOW - 2 * HOUR);
    assert.deepEqual((await spansFrom(null, null)).spans, []);
    assert.deepEqual((await spansFrom(instant(NOW), null, AbortSignal.abort())).spans, []);
  });
});
