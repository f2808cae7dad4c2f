// What a customer’s bank asks for. The provider withdraws it while the dispute is open; then it is ours again, or gone. As everywhere, the provider is asked and no event believed.
//
// The books follow each dispute by its id, whatever state the payment is in: one withdrawal, and one return or loss. The payment is `disputed` while any dispute is open.
import type { Instant } from '../model/instant.ts';
import { disputeRefundId } from '../model/payment-facts.ts';
import { disputeEndEntry, disputeEndKey, disputeEntry, disputeKey, type LedgerEntry } from './ledger.ts';
import type { PaymentProvider, ProviderDispute } from './payment-provider-port.ts';
import { cellOf, type PaymentEvent } from './payment-states.ts';
import type { Payment, PaymentChange, PaymentStore, Refund } from './payment-store-port.ts';

type Disputing = {
  readonly store: Pick<PaymentStore, 'change' | 'refundsOf' | 'entries'>;
  readonly provider: Pick<PaymentProvider, 'disputes'>;
  readonly calendars: { hasMade(payment: Payment): Promise<boolean> };
  readonly now: () => Instant;
};
/** What is known when one change is decided. `disputes`: the oldest first; `entries`: those of the books that follow from them. */
type Known = {
  readonly disputes: readonly ProviderDispute[];
  readonly entries: ReadonlyMap<string, LedgerEntry>;
  readonly refunds: readonly Refund[];
  readonly at: Instant;
};

/** Why money has gone that no one here has given back. */
export const LOST_DISPUTE = 'disputed';

/** Whether something has changed, here or elsewhere at the same moment; then it is to be looked at again. */
export async function settleDisputes(parts: Disputing, payment: Payment): Promise<boolean> {
  if (payment.providerId === null) return false;
  const disputes = (await parts.provider.disputes(payment.providerId)).toReversed();
  if (disputes.length === 0) return false;
  const found = await parts.store.entries(disputes.flatMap(({ id }) => [disputeKey(id), disputeEndKey(id)]));
  const entries = new Map(found.map((entry) => [entry.key, entry]));
  const known: Known = { disputes, entries, refunds: await parts.store.refundsOf(payment.id), at: parts.now() };
  const change = nextEntries(payment, known) ?? (isOver(payment, known) ? await afterDisputes(parts, payment, known) : null);
  if (change === null) return false;
  await parts.store.change(payment, { lookAt: known.at, ...change });
  return true;
}

/** For the first dispute that the books, or the state, do not follow yet. */
function nextEntries(payment: Payment, known: Known): PaymentChange | null {
  for (const dispute of known.disputes) {
    const change = dispute.status === 'lost' ? lost(payment, dispute, known) : followed(payment, dispute, known);
    if (change !== null) return change;
  }
  return null;
}

/** Open: what is withdrawn is put aside, also if the bank only asked at first. Won: what was put aside is there again. */
function followed(payment: Payment, dispute: ProviderDispute, known: Known): PaymentChange | null {
  const { id, status, isWithdrawn } = dispute;
  const { entries, at } = known;
  const [begun, ended] = [entries.get(disputeKey(id)), entries.get(disputeEndKey(id))];
  const amount = begun?.amount ?? ended?.amount ?? amountOf(payment, dispute, known);
  const isMissing = begun === undefined && isWithdrawn && amount > 0;
  const beginning = isMissing ? [disputeEntry(payment, id, amount, at)] : [];
  if (status === 'open') {
    const { to } = cellOf(payment.state, 'dispute-opened');
    return to === payment.state && !isMissing ? null : { ...(to === 'disputed' && told(to, 'dispute-opened')), ledger: beginning };
  }
  const isReturned = ended !== undefined || (begun === undefined && !isMissing);
  const ledger = [...beginning, ...(isReturned ? [] : [disputeEndEntry(payment, id, amount, true, at)])];
  return ledger.length === 0 ? null : { ...(payment.state === 'disputed' && told('disputed', 'dispute-won')), ledger };
}

function lost(payment: Payment, dispute: ProviderDispute, known: Known): PaymentChange | null {
  const { id } = dispute;
  const { entries, refunds, at } = known;
  const begun = entries.get(disputeKey(id));
  const amount = begun?.amount ?? amountOf(payment, dispute, known);
  const refund = { id: disputeRefundId(id), paymentId: payment.id, amount, why: LOST_DISPUTE, by: null, state: 'done', createdAt: at } as const;
  if (amount === 0 || refunds.some((one) => one.id === refund.id)) return null;
  const { to } = cellOf(payment.state, 'dispute-opened');
  const ledger = [...(begun === undefined ? [disputeEntry(payment, id, amount, at)] : []), disputeEndEntry(payment, id, amount, false, at)];
  return { ...told(to, 'dispute-lost'), newRefund: refund, refunded: payment.refunded + amount, ledger };
}

/** Never more than is left of the payment, less what other banks’ claims have put aside. */
function amountOf({ received, refunded }: Payment, { amount }: ProviderDispute, { disputes, entries }: Known): number {
  const aside = disputes.reduce((sum, { id }) => sum + (entries.has(disputeEndKey(id)) ? 0 : (entries.get(disputeKey(id))?.amount ?? 0)), 0);
  return Math.max(0, Math.min(amount, received - refunded - aside));
}

function isOver({ state }: Payment, { disputes }: Known): boolean {
  return state === 'disputed' && disputes.every(({ status }) => status !== 'open');
}

/** The books are right, and no dispute is open any more. Without an appointment, what is left of money of which a part has gone goes back. */
async function afterDisputes({ calendars }: Disputing, payment: Payment, { refunds, at }: Known): Promise<PaymentChange> {
  const { state, id, received, refunded, alarm } = payment;
  const left = received - refunded;
  const event = refunds.some(({ why }) => why === LOST_DISPUTE) ? 'dispute-lost' : 'dispute-won';
  // How a dispute has ended was told with its entries. One in which nothing was withdrawn has none.
  const isUntold = alarm === 'dispute-opened';
  if (left === 0) return { state: cellOf(state, 'dispute-lost').to, ...(isUntold && { alarm: null }) };
  if (await calendars.hasMade(payment)) {
    const { to } = cellOf(state, event);
    return isUntold ? told(to, 'dispute-won') : { state: to };
  }
  if (refunded === 0) return told(cellOf(state, 'claim-refused').to, 'claim-refused');
  const asked = refunds.reduce((sum, one) => sum + (one.state === 'asked' ? one.amount : 0), 0);
  const rest = { id: `rest/${id}`, paymentId: id, amount: left - asked, why: 'late', by: null, state: 'asked', createdAt: at } as const;
  return { state: cellOf(state, 'dispute-lost').to, ...(rest.amount > 0 && { refund: rest }) };
}

function told(state: Payment['state'], event: PaymentEvent): Pick<PaymentChange, 'state' | 'alarm' | 'tells'> {
  return { state, alarm: event, tells: event };
}
