// What the provider keeps for itself and pays out, in the books: so that the account `provider` has what the provider says the business has there.
//
// Money of customers is in the books by its payment. From the provider’s balance come only its fees, its payouts, and what else it moves. Each follows from one change of the balance, under
// a key made from its id, so reading one twice does no harm.
import { DAY, HOUR, type Instant, instant } from '../model/instant.ts';
import type { Money } from '../model/money.ts';
import type { LedgerAccount, LedgerEntry } from './ledger.ts';
import type { PaymentProvider, ProviderMovement } from './payment-provider-port.ts';
import type { Payment, PaymentStore } from './payment-store-port.ts';

/** Where reading has got to. `persistence/payments/` implements it. */
export type MovementBooks = {
  /** Up to when it has been read; null: never, and no payment by this method is older than `first`. `first` null: there is none. */
  readTo(method: PaymentProvider['name']): Promise<{ readonly readTo: Instant | null; readonly first: Instant | null }>;
  /** In one transaction; an entry that is there already stays. */
  book(method: PaymentProvider['name'], entries: readonly LedgerEntry[], readTo: Instant): Promise<void>;
};

export type MovementParts = {
  readonly store: Pick<PaymentStore, 'byId' | 'byProviderId'>;
  /** Ours, of which it is noted then that this is the provider’s id of it; `undefined`: it is none of ours. Rejects while the provider does not answer. */
  readonly noted: (providerId: string) => Promise<Payment | undefined>;
  readonly provider: Pick<PaymentProvider, 'name' | 'movements'>;
  readonly movements: MovementBooks;
  readonly now: () => Instant;
};

/** Read at once. */
const SPAN = DAY;
/** Clocks differ, and a change may be listed a moment after it was made. */
const READ_AGAIN = HOUR;

/** From where it has got to, up to now, a day at a time. */
export async function readMovements(parts: MovementParts, signal: AbortSignal): Promise<void> {
  const { provider, movements, now } = parts;
  const { readTo, first } = await movements.readTo(provider.name);
  const from = readTo ?? first;
  if (from === null) return;
  const end = now();
  for (let at = instant(from - READ_AGAIN); at < end && !signal.aborted; ) {
    const to = instant(Math.min(at + SPAN, end));
    const found = await provider.movements(at, to);
    const ofPayment = await paymentsOf(parts, found);
    await movements.book(
      provider.name,
      found.flatMap((movement) => entriesOf(movement, movement.of === null ? undefined : ofPayment.get(movement.of))),
      to,
    );
    at = to;
  }
}

async function paymentsOf(parts: MovementParts, found: readonly ProviderMovement[]): Promise<ReadonlyMap<string, Payment>> {
  const ofPayment = new Map<string, Payment>();
  for (const [of, these] of Map.groupBy(found, (movement) => movement.of)) {
    const payment = of === null ? undefined : await paymentOf(parts, of, these.find(({ paymentId }) => paymentId !== null)?.paymentId ?? null);
    if (of !== null && payment !== undefined) ofPayment.set(of, payment);
  }
  return ofPayment;
}

/** What came a moment ago may not be noted yet, and what is booked as something else stays so. The provider is asked only about what bears an id of ours. */
async function paymentOf({ store, noted }: MovementParts, of: string, paymentId: string | null): Promise<Payment | undefined> {
  const known = await store.byProviderId(of);
  if (known !== undefined || !isPaymentId(paymentId)) return known;
  return (await store.byId(paymentId))?.providerId === null ? noted(of) : store.byProviderId(of);
}

/** Others who use the same account may have put anything there. */
export function isPaymentId(named: string | null): named is string {
  return named !== null && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(named);
}

/** `payment`: ours that it is about. What is about one of others counts as something else that the provider moves. */
export function entriesOf({ id, kind, amount, fee, currency, before, at }: ProviderMovement, payment: Payment | undefined): readonly LedgerEntry[] {
  const about = { paymentId: payment?.id ?? null, appointmentId: payment?.appointmentId ?? null, locationId: payment?.locationId ?? null };
  const move = (key: string, to: LedgerAccount, gained: Money): readonly LedgerEntry[] => {
    if (gained.amount === 0) return [];
    const [debit, credit] = gained.amount > 0 ? ([to, 'provider'] as const) : (['provider', to] as const);
    return [{ ...about, key, debit, credit, amount: Math.abs(gained.amount), currency: gained.currency, taxPercent: null, tax: null, at }];
  };
  const fees = move(`fee/${id}`, 'fees', { amount: fee, currency });
  const gone = { amount: -amount, currency };
  if (kind === 'payout') return [...move(`payout/${id}`, 'payouts', gone), ...fees];
  if (kind === 'fee') return [...move(`provider-fee/${id}`, 'fees', gone), ...fees];
  if (kind === 'other' || payment === undefined) return [...move(`other/${id}`, 'other', gone), ...fees];
  // What came is in the books in the currency of the customer, and the provider has it in that of the business.
  return before === null ? fees : [...move(`exchange/${id}/from`, 'other', before), ...move(`exchange/${id}/to`, 'other', gone), ...fees];
}
