// What an appointment costs, while it is edited: the price, whether it is final, and what is due then.
import type { Signal } from '@preact/signals';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { Problem } from '../kit/api.ts';
import { Field } from '../kit/field.tsx';
import { money } from '../kit/money-and-time.ts';
import { usePaid } from '../kit/paid.tsx';
import type { BoardClaim } from './board.ts';
import { priceOf, type Typed, typedOf, withPrice } from './editing.ts';
import { words } from './wording.ts';
import { wrongIn } from './wrong-in.ts';

type FieldsProps = { readonly record: AppointmentReply; readonly typed: Signal<Typed>; readonly problem: Problem | undefined };

/** A price that is only the least can be made final without another amount. */
export function PriceFields({ record, typed, problem }: FieldsProps) {
  const text = words.value.edit;
  const { currency } = record.price;
  const isUnread = priceOf(typed.value, currency) === undefined;
  const wrong = wrongIn(problem, 'priceType', 'priceType');
  return (
    <>
      <Field
        id="edit-price"
        label={text.priceIn({ currency })}
        mode="numeric"
        hint={voucherHint(record)}
        value={typed.value.price}
        onInput={(price) => {
          typed.value = withPrice(typed.value, price);
        }}
        wrong={wrongIn(problem, 'price', 'price') ?? wrongIn(problem, 'price.amount', 'price') ?? (isUnread ? text.priceWrong : undefined)}
      />
      {(typed.value.priceType === 'from' || typedOf(record).priceType === 'from') && (
        <label class="check">
          <input
            type="checkbox"
            checked={typed.value.priceType === 'fixed'}
            onChange={(event) => {
              typed.value = { ...typed.value, priceType: event.currentTarget.checked ? 'fixed' : 'from' };
            }}
          />
          <span>{text.final}</span>
        </label>
      )}
      {wrong !== undefined && <p class="wrong">{wrong}</p>}
    </>
  );
}

/** A price that is typed is what there is to pay. */
function voucherHint({ voucher }: AppointmentReply): string | undefined {
  if (voucher === undefined || voucher.discount.amount === 0) return undefined;
  return words.value.edit.voucherOff({ amount: money(voucher.discount) });
}

type MoneyProps = { readonly claim: BoardClaim; readonly before: Typed; readonly typed: Typed; readonly currency: string };

/** What was paid stays as it is: this says what is due then. */
export function PaidBefore({ claim, before, typed, currency }: MoneyProps) {
  const paid = usePaid(claim.id, 'unknown', '');
  const [was, is] = [priceOf(before, currency), priceOf(typed, currency)];
  if (paid === undefined || was === undefined || is === undefined || was.amount === is.amount) return null;
  const left = is.amount - (paid.paid.amount - paid.refunded.amount);
  const text = words.value.edit;
  const sums = { amount: money(paid.paid), left: money({ amount: Math.abs(left), currency }) };
  return <p class="soft">{left === 0 ? text.paidAll(sums) : left > 0 ? text.paidLess(sums) : text.paidMore(sums)}</p>;
}
