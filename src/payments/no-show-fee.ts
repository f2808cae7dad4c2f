// The fee of a no-show: whether it is asked for.
import { type Caller, sourceOf } from '../access/caller.ts';
import { auditEntry } from '../audit/audit-entry.ts';
import type { AppointmentPaymentReply, WaiveFee } from '../protocol/payments.ts';
import { done, failed, isFailed, type Reply } from '../protocol/reply.ts';
import { ofOurs, paymentTold } from './desk-payments.ts';
import { feeAgreed } from './owed.ts';
import type { Paying } from './parts.ts';

/** For those who may give money back. Once, with a reason, and taken back the same way. */
export async function waiveFee(parts: Paying, caller: Caller, appointmentId: string, { isWaived, reason }: WaiveFee): Promise<Reply<AppointmentPaymentReply>> {
  const found = await ofOurs(parts, caller, appointmentId, 'refund-payment');
  if (isFailed(found)) return found;
  const { appointment } = found;
  const fee = feeAgreed(appointment);
  if (fee === undefined) return failed('wrong-status', { detail: 'No no-show fee was agreed when it was booked.' });
  if (appointment.status !== 'no-show') return failed('wrong-status', { detail: 'The customer is not marked as a no-show.' });
  const at = parts.scheduler.now();
  const subject = { kind: 'appointment', id: appointmentId, name: null } as const;
  const after = { amount: fee.amount, currency: fee.currency };
  const audit = auditEntry(sourceOf(caller), at, { action: isWaived ? 'no-show-fee.waived' : 'no-show-fee.restored', subject, after });
  await parts.payments.store.waive(appointmentId, isWaived ? { reason, by: caller.principal?.userId ?? null, at } : null, audit);
  return done(await paymentTold(parts, found));
}
