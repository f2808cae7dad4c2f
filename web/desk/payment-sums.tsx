// What an appointment costs, and what has become of the money, as the desk reads it.
import type { AppointmentPaymentReply } from '../../src/protocol/payments.ts';
import { clock, money } from '../kit/money-and-time.ts';
import { priceWords } from '../kit/service-words.tsx';
import type { BoardClaim } from './board.ts';
import { feeRow } from './no-show-fee.tsx';
import { reservedRows } from './reserved.tsx';
import { timeZone } from './watching.ts';
import { words } from './wording.ts';

export type Standing = { readonly of: AppointmentPaymentReply; readonly status: BoardClaim['status'] };

export function Sums({ of, status }: Standing) {
  const { sums: text, paid } = words.value;
  const rows = [
    [text.status, paid[of.status]],
    ...(of.voucher === null ? [] : [[of.voucher.code === null ? text.voucher : text.voucherCode({ code: of.voucher.code }), `−${money(of.voucher.discount)}`]]),
    [text.price, priceWords(of.price, of.priceType)],
    ...feeRow(of, status),
    ...(of.reserved === null ? [] : reservedRows(of.reserved)),
    ...(of.paid.amount > 0 ? [[text.paid, money(of.paid)]] : []),
    ...(of.refunded.amount > 0 ? [[text.paidBack, money(of.refunded)]] : []),
    ...(of.due.amount > 0 ? [[text.due, priceWords(of.due, of.priceType)]] : []),
    ...(of.payingUntil === null ? [] : [[text.byLink, text.until({ time: clock(Date.parse(of.payingUntil), timeZone.value) })]]),
    ...(of.overpaid.amount > 0 ? [[text.tooMuch, money(of.overpaid)]] : []),
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
