// What a customer’s bank asks for. The provider withdraws it while the dispute is open; then it is ours again, or gone. As everywhere, the provider is asked and no event believed.
import type { Instant } from '../model/instant.ts';
import { disputeEndEntry, disputeEntry } from './ledger.ts';
import type { PaymentProvider, ProviderDispute } from './payment-provider-port.ts';
import { cellOf, type PaymentEvent } from './payment-states.ts';
import type { Payment, PaymentChange, PaymentStore } from './payment-store-port.ts';

type Disputing = {
  readonly store: Pick<PaymentStore, 'change' | 'refund'>;
  readonly provider: Pick<PaymentProvider, 'disputes'>;
  readonly calendars: { hasMade(payment: Payment): Promise<boolean> };
  readonly now: () => Instant;
};

/** Why money has gone that no one here has given back. */
export const LOST_DISPUTE = 'disputed';

/** Whether something has changed, here or elsewhere at the same moment; then it is to be looked at again. */
export async function settleDisputes(parts: Disputing, payment: Payment): Promise<boolean> {
  if (payment.providerId === null) return false;
  const disputes = await parts.provider.disputes(payment.providerId);
  for (const dispute of disputes) {
    const change = await changeFor(parts, payment, dispute, disputes);
    if (change === null) continue;
    await parts.store.change(payment, { lookAt: parts.now(), ...change });
    return true;
  }
  return false;
}

async function changeFor(parts: Disputing, payment: Payment, dispute: ProviderDispute, all: readonly ProviderDispute[]): Promise<PaymentChange | null> {
  const { id, status, isWithdrawn } = dispute;
  const at = parts.now();
  const amount = Math.min(dispute.amount, payment.received - payment.refunded);
  if (status === 'lost') {
    const refund = { id: `dispute/${id}`, paymentId: payment.id, amount, why: LOST_DISPUTE, by: null, state: 'done', createdAt: at } as const;
    if (amount === 0 || (await parts.store.refund(refund.id)) !== undefined) return null;
    const ledger = [disputeEntry(payment, id, amount, at), disputeEndEntry(payment, id, amount, false, at)];
    return { ...met(payment, 'dispute-lost'), newRefund: refund, refunded: payment.refunded + amount, ledger };
  }
  if (status === 'open')
    return cellOf(payment.state, 'dispute-opened').to === payment.state
      ? null
      : { ...met(payment, 'dispute-opened'), ...(isWithdrawn && amount > 0 && { ledger: [disputeEntry(payment, id, amount, at)] }) };
  if (payment.state !== 'disputed' || all.some((other) => other.status === 'open')) return null;
  const isBooked = await parts.calendars.hasMade(payment);
  return {
    ...met(payment, isBooked ? 'dispute-won' : 'claim-refused'),
    ...(isWithdrawn && amount > 0 && { ledger: [disputeEndEntry(payment, id, amount, true, at)] }),
  };
}

function met({ state }: Payment, event: PaymentEvent): Pick<PaymentChange, 'state' | 'alarm' | 'tells'> {
  return { state: cellOf(state, event).to, alarm: event, tells: event };
}
