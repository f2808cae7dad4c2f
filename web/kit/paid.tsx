// What is paid for an appointment, in words.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Money } from '../../src/model/money.ts';
import type { AppointmentPaymentReply } from '../../src/protocol/payments.ts';
import { clock, longDay, money } from './money-and-time.ts';
import { askAs } from './session.ts';

/** As the user who is logged in may know it; `undefined` until it is known, and where nothing was paid. `when`: what it may change with. */
export function usePaid(appointmentId: string, price: { readonly amount: number } | 'unknown' | undefined, when: string): AppointmentPaymentReply | undefined {
  const paid = useSignal<AppointmentPaymentReply | undefined>(undefined);
  const isFree = price === undefined || (price !== 'unknown' && price.amount === 0);
  useEffect(() => {
    let isGone = false;
    if (!isFree)
      void askAs<AppointmentPaymentReply>('GET', `/v1/appointments/${appointmentId}/payment`).then((answer) => {
        if (!isGone && answer.ok) paid.value = answer.body;
      });
    return () => {
      isGone = true;
    };
  }, [appointmentId, isFree, when]);
  return paid.value?.paid.amount === 0 && paid.value.reserved === null ? undefined : paid.value;
}

/** For the user who is logged in. */
export function ReceiptLink({ appointmentId, words = 'Receipt' }: { readonly appointmentId: string; readonly words?: string }) {
  return (
    <a href={`/receipt#appointment=${appointmentId}`} target="_blank" rel="noopener">
      {words}
    </a>
  );
}

/** `€40 paid, €120 still to pay`. */
export function paidWords({ paid, reserved, due, overpaid, refunded, status }: AppointmentPaymentReply, timeZone: string): string {
  if (status === 'none') return 'Nothing was paid, and nothing is to be paid';
  if (reserved !== null && paid.amount === 0) {
    const at = Date.parse(reserved.takeAt);
    const when = reserved.isBeingTaken
      ? 'it is being taken now'
      : `it is taken at your visit, at the latest on ${longDay(at, timeZone)}, ${clock(at, timeZone)}`;
    return `${money(reserved.amount)} reserved on your card, and not paid yet: ${when}`;
  }
  const asked = status === 'disputed' && 'your card’s bank has a question about it, which does not change your appointment';
  const more = overpaid.amount > 0 && `${money(overpaid)} more than it costs`;
  const parts = [`${money(paid)} paid`, due.amount > 0 && `${money(due)} still to pay`, more, refunded.amount > 0 && `${money(refunded)} paid back`, asked];
  return parts.filter((part) => part !== false).join(', ');
}

type Amount = { readonly amount: string };
type RefundWords = {
  readonly letGo: (values: Amount) => string;
  readonly taken: (values: Amount & { readonly taken: string }) => string;
  readonly disputed: string;
  readonly nothing: string;
  readonly back: (values: Amount) => string;
};
const IN_ENGLISH: RefundWords = {
  letGo: ({ amount }) => `${amount} is no longer reserved on the card.`,
  taken: ({ taken, amount }) => `${taken} is taken from the card, of the ${amount} reserved.`,
  disputed: 'The card’s bank has asked for the money. Nothing is paid back until that is settled.',
  nothing: 'What was paid online is not paid back.',
  back: ({ amount }) => `${amount} goes back to the card.`,
};

/** Exactly what goes back if it is cancelled now; `undefined`: nothing was paid. */
export function refundWords(of: AppointmentPaymentReply | undefined, text = IN_ENGLISH): string | undefined {
  if (of?.reserved?.takenOnCancelling != null && of.paid.amount === 0) return letGoWords(of.reserved.amount, of.reserved.takenOnCancelling, text);
  if (of === undefined || of.paid.amount === 0 || of.refundNow === null) return undefined;
  if (of.status === 'disputed' && of.refundNow.amount === 0) return text.disputed;
  return of.refundNow.amount === 0 ? text.nothing : text.back({ amount: money(of.refundNow) });
}

function letGoWords(amount: Money, taken: Money, text: RefundWords): string {
  return taken.amount === 0 ? text.letGo({ amount: money(amount) }) : text.taken({ taken: money(taken), amount: money(amount) });
}
