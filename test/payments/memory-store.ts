// Payments in memory, for tests of what is decided about them.
import { instant } from '../../src/model/instant.ts';
import { balances, type LedgerEntry } from '../../src/payments/ledger.ts';
import type { MovementBooks } from '../../src/payments/movements.ts';
import type { NewPayment, PayerMessage, Payment, PaymentStore, Refund } from '../../src/payments/payment-store-port.ts';
import type { GivenUp, RefundAsked } from '../../src/payments/refund-consumer.ts';
import { keptOf, refundDue } from '../../src/payments/refund-rules.ts';

export class MemoryStore implements PaymentStore {
  readonly payments = new Map<string, Payment>();
  readonly refunds = new Map<string, Refund>();
  readonly books = new Map<string, LedgerEntry>();
  readonly events = new Set<string>();
  readonly told: string[] = [];
  readonly messages = new Map<string, PayerMessage>();

  add = async (added: NewPayment): Promise<Payment> => {
    const payment = { reservation: null, ...added, receiptNumber: null };
    const there = [...this.payments.values()].find(({ id, holdId }) => id === payment.id || (holdId !== null && holdId === payment.holdId));
    if (there === undefined) this.payments.set(payment.id, payment);
    return there ?? payment;
  };
  #open = (appointmentId: string) =>
    [...this.payments.values()].filter((one) => one.appointmentId === appointmentId && one.holdId === null && (one.state === 'held' || one.state === 'paying'));
  addOpen = async (payment: NewPayment) => this.#open(payment.appointmentId)[0] ?? this.add(payment);
  tellCustomer = async () => undefined;
  addAtDesk = (payment: NewPayment) => this.add(payment);
  byId = async (id: string) => this.payments.get(id);
  byHold = async (holdId: string) => [...this.payments.values()].find((one) => one.holdId === holdId);
  byProviderId = async (providerId: string) => [...this.payments.values()].find((one) => one.providerId === providerId);
  ofAppointment = async (appointmentId: string) => [...this.payments.values()].filter((one) => one.appointmentId === appointmentId);
  waived = new Set<string>();
  addFee = async (fee: NewPayment, most: number) => {
    const of = [...this.payments.values()].filter((one) => one.appointmentId === fee.appointmentId && one.isFee);
    const there = of.find(({ state }) => state !== 'closed');
    if (there !== undefined) return there;
    if (this.waived.has(fee.appointmentId)) return 'waived';
    if (of.length >= most) return 'tried';
    for (const link of this.#open(fee.appointmentId))
      this.payments.set(link.id, { ...link, payUntil: fee.createdAt, lookAt: fee.createdAt, version: link.version + 1 });
    return this.add(fee);
  };
  dropCards = async () => undefined;
  isWaived = async (id: string) => this.waived.has(id);
  waive = async () => false;
  change: PaymentStore['change'] = async (payment, { ledger = [], refund, newRefund, settled, failed: _failed, tells, audit: _, message, ...columns }) => {
    if (this.payments.get(payment.id)?.version !== payment.version || (newRefund && this.refunds.has(newRefund.id))) return undefined;
    const changed = { ...payment, ...columns, version: payment.version + 1 };
    this.payments.set(payment.id, changed);
    for (const entry of ledger) if (!this.books.has(entry.key)) this.books.set(entry.key, entry);
    if (newRefund) this.refunds.set(newRefund.id, newRefund);
    if (refund !== undefined && !this.refunds.has(refund.id)) this.refunds.set(refund.id, refund);
    const before = settled && this.refunds.get(settled.refundId);
    if (settled && before?.state === 'asked') this.refunds.set(before.id, { ...before, state: settled.state });
    if (tells !== undefined) this.told.push(tells);
    if (message !== undefined) this.messages.set(message.key, message);
    return changed;
  };
  tell = async (why: string) => void this.told.push(why);
  refund = async (id: string) => this.refunds.get(id);
  refundsOf = async (paymentId: string) => [...this.refunds.values()].filter((one) => one.paymentId === paymentId);
  entries = async (keys: readonly string[]) => keys.flatMap((key) => this.books.get(key) ?? []);
  due = async (now: number, limit: number) =>
    [...this.payments.values()]
      .filter(({ lookAt }) => lookAt !== null && lookAt <= now)
      .slice(0, limit)
      .map(({ id }) => id);
  hasEvent = async (id: string) => this.events.has(id);
  noteEvent = async (id: string) => void this.events.add(id);

  /** As `noteGivenUp` does it in the database. */
  noteGivenUp(givenUp: readonly GivenUp[]): void {
    for (const { holdId, at } of givenUp)
      for (const { booking, ...payment } of this.payments.values())
        if (payment.holdId === holdId && booking !== null && ['held', 'paying', 'lapsed', 'paid-late'].includes(payment.state))
          this.payments.set(payment.id, { ...payment, booking: { ...booking, isGivenUp: true }, lookAt: at, version: payment.version + 1 });
  }

  #keepOfReserved({ appointmentId, price, percent, at }: RefundAsked): void {
    const owed = [...this.payments.values()].reduce((left, { received, refunded }) => left - (received - refunded), price);
    for (const one of this.payments.values())
      if (one.appointmentId === appointmentId && one.reservation !== null && one.received === 0 && ['held', 'paying', 'reserved'].includes(one.state))
        this.payments.set(one.id, {
          ...one,
          reservation: { ...one.reservation, capture: keptOf(one.money, owed, percent) },
          lookAt: at,
          version: one.version + 1,
        });
  }

  /** As `askForRefunds` does it in the database. */
  askForRefunds(asked: readonly RefundAsked[]): void {
    for (const one of asked) {
      const { id: name, appointmentId, percent, why, at } = one;
      this.#keepOfReserved(one);
      const payment = [...this.payments.values()].find((paid) => paid.appointmentId === appointmentId && paid.received > 0);
      if (payment === undefined) continue;
      const [id, paymentId] = [`${name}/${payment.id}`, payment.id];
      if (this.refunds.has(id)) continue;
      const waiting = [...this.refunds.values()]
        .filter((refund) => refund.paymentId === paymentId && refund.state === 'asked')
        .reduce((sum, refund) => sum + refund.amount, 0);
      const { amount } = refundDue({ ...payment.money, amount: payment.received }, payment.refunded + waiting, percent);
      if (amount === 0) continue;
      this.refunds.set(id, { id, paymentId, amount, why, by: null, state: 'asked', createdAt: instant(at) });
      this.payments.set(paymentId, { ...payment, lookAt: at, version: payment.version + 1 });
    }
  }
}

/** Fees and payouts are no part of these worlds. */
export const NO_MOVEMENTS: MovementBooks = { readTo: async () => ({ readTo: null, first: null }), book: async () => undefined };

type Disputed = { readonly payment_intent: unknown; readonly amount: number; readonly status: string };

/** What the books, or the states, say otherwise than the provider. At rest, also while disputes are open. */
export function disputeFaults({ books, payments }: MemoryStore, disputes: readonly Disputed[]): readonly string[] {
  const withdrawn = disputes.reduce((sum, { status, amount }) => sum + (status === 'needs_response' ? amount : 0), 0);
  const aside = balances([...books.values()]).get('EUR disputes') ?? 0;
  const faults = aside === withdrawn ? [] : [`the ledger says ${aside} is put aside, the provider ${withdrawn}`];
  for (const { providerId, state, id } of payments.values()) {
    const isOpen = disputes.some(({ payment_intent, status }) => payment_intent === providerId && status.endsWith('needs_response'));
    if (isOpen !== (state === 'disputed')) faults.push(`a payment is ${state} ${isOpen ? 'with' : 'without'} an open dispute: ${id}`);
  }
  return faults;
}

export const TAX_PERCENT = 19;

/** Where the entries of a payment do not have, together, the tax of what is left of it. */
export function taxFaults({ books, payments }: MemoryStore): readonly string[] {
  return [...payments.values()].flatMap(({ id, received, refunded }) => {
    const entries = [...books.values()].filter((entry) => entry.paymentId === id && (entry.debit === 'customers' || entry.credit === 'customers'));
    const tax = entries.reduce((sum, entry) => sum + (entry.credit === 'customers' ? 1 : -1) * (entry.tax ?? Number.NaN), 0);
    const expected = Math.round(((received - refunded) * TAX_PERCENT) / (100 + TAX_PERCENT));
    return tax === expected ? [] : [`the books say a tax of ${tax}, and it is ${expected}: ${id}`];
  });
}
