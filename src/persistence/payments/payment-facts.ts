// What becomes of money as rows that are only added, each in the transaction that changes the payment or the books: so it is there if and only if that is, and once.
//
// Their place is the one of the change log, `(xid, position)`: who reads both in that order hears of what has come before what was booked for it, since the calendar is asked after the
// commit. Of one payment it is the order in which it changed: who changes it has read the version that the change before it has left, so their transaction began later.
import type { Instant } from '../../model/instant.ts';
import type { PaymentFailure } from '../../model/payment-facts.ts';
import { isReceipt, type LedgerEntry, refundOf } from '../../payments/ledger.ts';
import type { EntityManager } from '../database/database.ts';

/** A row as JSON. */
export const PAYMENT_FACT_JSON = `json_build_object('key', f.key, 'type', f.type, 'paymentId', f.payment_id, 'appointmentId', f.appointment_id, 'locationId', f.location_id, 'kind', f.kind,
  'method', f.method, 'money', json_build_object('amount', f.amount, 'currency', f.currency), 'refundId', f.refund_id, 'failure', f.failure, 'at', f.at)`;

/** One that is there already stays. */
const ADD = `insert into payment_fact (key, type, payment_id, appointment_id, location_id, kind, method, amount, currency, refund_id, failure, at)
  select ?, ?, p.id, p.appointment_id, p.location_id, case when p.is_fee then 'no-show-fee' when p.method in ('cash', 'terminal') then 'desk'
      when p.reserves then 'reservation' when p.hold_id is null then 'link' else 'booking' end, p.method, coalesce(?::int8, p.amount), p.currency, ?, ?, ?::int8
    from payment p where p.id = ?::uuid on conflict (key) do nothing`;

/** Of an entry that was added to the books just now. */
export async function addFactOfEntry(em: EntityManager, entry: LedgerEntry): Promise<void> {
  const { key, paymentId, amount, at } = entry;
  const refundId = refundOf(entry);
  if (isReceipt(entry)) await em.execute(ADD, [key, 'payment.succeeded', amount, null, null, at, paymentId]);
  else if (refundId !== undefined) await em.execute(ADD, [key, 'payment.refunded', amount, refundId, null, at, paymentId]);
}

/** Once for each reason of a payment: that a second card was declined, too, tells nothing more. */
export async function addFailure(em: EntityManager, paymentId: string, { why, at }: { readonly why: PaymentFailure; readonly at: Instant }): Promise<void> {
  await em.execute(ADD, [`${why}/${paymentId}`, 'payment.failed', null, null, why, at, paymentId]);
}
