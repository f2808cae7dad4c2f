// What the provider says and does at inconvenient moments.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { suite, test } from 'node:test';
import type { Instant } from '../../src/model/instant.ts';
import type { LedgerEntry } from '../../src/payments/ledger.ts';
import type { MovementBooks } from '../../src/payments/movements.ts';
import { CalendarUnavailable, paymentCalendars } from '../../src/payments/payment-calendars.ts';
import type { PaymentProvider, ProviderPayment } from '../../src/payments/payment-provider-port.ts';
import type { Payment } from '../../src/payments/payment-store-port.ts';
import { Payments } from '../../src/payments/payments.ts';
import { later, NOW } from '../actors/calendar/scene.ts';
import { MemoryStore, NO_MOVEMENTS } from './memory-store.ts';

const PROVIDER_ID = 'pi_1';
const MONEY = { amount: 2_000, currency: 'EUR' };

/** Begun a moment ago: the provider knows of it, and the row does not say so yet. */
function begun(): Payment {
  return {
    ...({ id: randomUUID(), holdId: randomUUID(), appointmentId: randomUUID(), locationId: randomUUID(), state: 'held', method: 'test' } as const),
    ...{
      money: MONEY,
      received: 0,
      refunded: 0,
      taxPercent: null,
      providerId: null,
      payUntil: later(10),
      receiptNumber: null,
      booking: null,
      alarm: null,
      card: null,
      isFee: false,
      refusal: null,
      reservation: null,
      createdAt: NOW,
      lookAt: later(10),
      version: 1,
    },
  };
}

type Acting = Partial<Pick<PaymentProvider, 'refund' | 'movements'>> & { readonly paid?: Partial<ProviderPayment>; readonly books?: MovementBooks };

/** `onRead`: what happens meanwhile. */
function paymentsWith(
  store: MemoryStore,
  payment: Payment,
  onRead: () => Promise<unknown>,
  { paid = {}, books = NO_MOVEMENTS, ...acting }: Acting = {},
): Payments {
  const there: ProviderPayment = {
    ...({
      id: PROVIDER_ID,
      status: 'open',
      money: MONEY,
      received: 0,
      isLive: false,
      paymentId: payment.id,
      clientSecret: 'secret',
      hasFailed: false,
      needsOwner: false,
      captureBefore: null,
      card: null,
    } as const),
    ...paid,
  };
  const refuse = async () => assert.fail('nothing is to be changed there');
  const provider: PaymentProvider = {
    ...({ name: 'test', isLive: false, publishableKey: null, begin: refuse, charge: refuse, forgetCard: refuse, cancel: refuse, refund: refuse } as const),
    capture: refuse,
    ...{ disputes: async () => [], movements: async () => [], disputed: async () => [], ...acting },
    open: () => ({ id: 'evt_1', about: PROVIDER_ID, isDispute: false, isLive: false, account: null }),
    async read() {
      await onRead();
      return there;
    },
  };
  const calendars = {
    ...{ isHeld: async () => true, hasMade: async () => false, nearest: async () => [], owed: async () => null },
    ...{ book: refuse, claimAgain: refuse },
  };
  return new Payments({
    store,
    provider,
    calendars,
    movements: books,
    now: (): Instant => NOW,
    paySeconds: 600,
    log: { info() {}, warn() {}, error() {} },
  });
}

test('a refund that failed is over as soon as the desk has given the money back, and not before', async () => {
  const store = new MemoryStore();
  const payment = await store.add({ ...begun(), state: 'booked', providerId: PROVIDER_ID, received: MONEY.amount });
  const outcomes: ('failed' | 'succeeded')[] = ['failed', 'succeeded', 'succeeded'];
  const paid = { status: 'succeeded', received: MONEY.amount } as const;
  const payments = paymentsWith(store, payment, async () => undefined, {
    paid,
    refund: async ({ refundId, amount }) => ({ id: refundId, amount, status: outcomes.shift() ?? assert.fail() }),
  });
  const afterRefund = async (by: string | null, minute: number) => {
    const now = (await store.byId(payment.id)) ?? assert.fail();
    const refund = { id: `refund/${minute}`, paymentId: payment.id, amount: 500, why: 'cancelled', by, state: 'asked', createdAt: later(minute) } as const;
    await store.change(now, { newRefund: refund });
    await payments.settle(payment.id);
    const { state, alarm, refunded } = (await store.byId(payment.id)) ?? assert.fail();
    return [state, alarm, refunded];
  };
  assert.deepEqual(await afterRefund(null, 1), ['refunding', 'refund-failed', 0]);
  assert.deepEqual(await afterRefund(null, 2), ['refunding', 'refund-failed', 500]);
  assert.deepEqual(await afterRefund(randomUUID(), 3), ['refunded', null, 1_000]);
});

test('late money books nothing while it is not known whether its hold was given up', async () => {
  const store = new MemoryStore();
  const payment = await store.add({ ...begun(), state: 'paid-late', providerId: PROVIDER_ID, received: MONEY.amount });
  // Nothing else is asked before that.
  const others = {} as Parameters<typeof paymentCalendars>[0];
  const calendars = (isKnown: boolean) => paymentCalendars({ ...others, store, knowsGivenUp: async () => isKnown });
  await assert.rejects(calendars(false).claimAgain(payment), CalendarUnavailable);
  assert.equal(await calendars(true).claimAgain(payment), 'claim-refused', 'it has no booking');
});

suite('an event', () => {
  test('about a payment whose name at the provider is written down at this moment is no alarm', async () => {
    const store = new MemoryStore();
    const payment = await store.add(begun());
    const payments = paymentsWith(store, payment, async () => {
      const now = await store.byId(payment.id);
      if (now?.providerId === null) await store.change(now, { state: 'paying', providerId: PROVIDER_ID });
    });
    assert.equal(await payments.takeEvent(Buffer.from(''), 'signed'), 'taken');
    assert.deepEqual([store.told, (await store.byId(payment.id))?.state], [[], 'paying']);
  });
});

suite('the provider’s fee for a payment', () => {
  const others = randomUUID();
  /** Read an hour ago, as the provider is read between a charge and the note of it. `changes`: what else happens to the payment at that moment. */
  async function read(named: (paymentId: string) => string, changes = 0) {
    const store = new MemoryStore();
    const payment = await store.add({ ...begun(), state: 'closed' });
    const booked: LedgerEntry[] = [];
    let left = changes;
    const touch = async () => {
      const now = await store.byId(payment.id);
      if (now !== undefined && left-- > 0) await store.change(now, { lookAt: later(11) });
    };
    const change = {
      id: 'txn_1',
      kind: 'payment',
      of: PROVIDER_ID,
      paymentId: named(payment.id),
      amount: MONEY.amount,
      fee: 55,
      currency: 'EUR',
      before: null,
      at: NOW,
    } as const;
    const payments = paymentsWith(store, payment, touch, {
      paid: { status: 'succeeded', received: MONEY.amount },
      movements: async () => [change],
      books: { readTo: async () => ({ readTo: NOW, first: NOW }), book: async (_method, entries) => void booked.push(...entries) },
    });
    await payments.readMovements(new AbortController().signal);
    return { payment: (await store.byId(payment.id)) ?? assert.fail(), told: store.told, keys: booked.map(({ key, paymentId }) => [key, paymentId]) };
  }

  test('is booked as that also while the provider’s id of the payment is not noted yet, which it is then', async () => {
    for (const changes of [0, 1, 5]) {
      const { payment, told, keys } = await read((id) => id, changes);
      assert.deepEqual(keys, [['fee/txn_1', payment.id]]);
      assert.deepEqual([payment.providerId, payment.lookAt, told], [PROVIDER_ID, NOW, []]);
    }
  });

  test('of others who use the same account is none of ours, whatever they have noted with it', async () => {
    for (const named of [others, 'order 12']) {
      const { payment, told, keys } = await read(() => named);
      assert.deepEqual(keys, [
        ['other/txn_1', null],
        ['fee/txn_1', null],
      ]);
      assert.deepEqual([payment.providerId, told], [null, []]);
    }
  });
});
