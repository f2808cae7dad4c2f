// What an appointment costs, and what has become of the money, as the desk reads it.
import type { AppointmentPaymentReply } from '../../src/protocol/payments.ts';
import { clock, money } from '../kit/money-and-time.ts';
import { priceWords } from '../kit/service-words.tsx';
import type { BoardClaim } from './board.ts';
import { feeRow } from './no-show-fee.tsx';
import { reservedRows } from './reserved.tsx';
import { timeZone } from './watching.ts';

const STATUS_WORDS = {
  none: 'Nothing to pay',
  unpaid: 'Not paid',
  reserved: 'Reserved on the card',
  'partly-paid': 'Partly paid',
  paid: 'Paid',
  'partly-refunded': 'Partly paid back',
  refunded: 'Paid back',
  disputed: 'Disputed by the bank',
} as const satisfies Record<AppointmentPaymentReply['status'], string>;

export type Standing = { readonly of: AppointmentPaymentReply; readonly status: BoardClaim['status'] };

export function Sums({ of, status }: Standing) {
  const rows = [
    ['Status', STATUS_WORDS[of.status]],
    ...(of.voucher === null ? [] : [[of.voucher.code === null ? 'Voucher' : `Voucher ${of.voucher.code}`, `−${money(of.voucher.discount)}`]]),
    ['Price', priceWords(of.price, of.priceType)],
    ...feeRow(of, status),
    ...(of.reserved === null ? [] : reservedRows(of.reserved)),
    ...(of.paid.amount > 0 ? [['Paid', money(of.paid)]] : []),
    ...(of.refunded.amount > 0 ? [['Paid back', money(of.refunded)]] : []),
    ...(of.due.amount > 0 ? [['Still due', priceWords(of.due, of.priceType)]] : []),
    ...(of.payingUntil === null ? [] : [['Paying by link', `until ${clock(Date.parse(of.payingUntil), timeZone.value)}`]]),
    ...(of.overpaid.amount > 0 ? [['More than it costs', money(of.overpaid)]] : []),
  ];
  return (
    <dl class="pair">
      {rows.map(([term, words]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{words}</dd>
        </div>
      ))}
    </dl>
  );
}
