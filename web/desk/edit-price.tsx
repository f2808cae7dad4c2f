// What an appointment costs, while it is edited: the price, whether it is final, and what is due then.
import type { Signal } from '@preact/signals';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { Problem } from '../kit/api.ts';
import { Field, wrongOf } from '../kit/field.tsx';
import { money } from '../kit/money-and-time.ts';
import { usePaid } from '../kit/paid.tsx';
import type { BoardClaim } from './board.ts';
import { priceOf, type Typed, typedOf, withPrice } from './editing.ts';

type FieldsProps = { readonly record: AppointmentReply; readonly typed: Signal<Typed>; readonly problem: Problem | undefined };

/** A price that is only the least can be made final without another amount. */
export function PriceFields({ record, typed, problem }: FieldsProps) {
  const { currency } = record.price;
  const isUnread = priceOf(typed.value, currency) === undefined;
  const wrong = wrongOf(problem, 'priceType', 'It');
  return (
    <>
      <Field
        id="edit-price"
        label={`Price (${currency})`}
        mode="numeric"
        value={typed.value.price}
        onInput={(price) => {
          typed.value = withPrice(typed.value, price);
        }}
        wrong={
          wrongOf(problem, 'price', 'The price') ??
          wrongOf(problem, 'price.amount', 'The price') ??
          (isUnread ? 'Type a number such as 45 or 45.50.' : undefined)
        }
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
          <span>This price is final. Until then it is only the least.</span>
        </label>
      )}
      {wrong !== undefined && <p class="wrong">{wrong}</p>}
    </>
  );
}

type MoneyProps = { readonly claim: BoardClaim; readonly before: Typed; readonly typed: Typed; readonly currency: string };

/** What was paid stays as it is: this says what is due then. */
export function PaidBefore({ claim, before, typed, currency }: MoneyProps) {
  const paid = usePaid(claim.id, 'unknown', '');
  const [was, is] = [priceOf(before, currency), priceOf(typed, currency)];
  if (paid === undefined || was === undefined || is === undefined || was.amount === is.amount) return null;
  const left = is.amount - (paid.paid.amount - paid.refunded.amount);
  if (left === 0) return <p class="soft">{money(paid.paid)} was paid: all of it.</p>;
  return (
    <p class="soft">
      {money(paid.paid)} was paid. {money({ amount: Math.abs(left), currency })}{' '}
      {left > 0 ? 'is still to pay then.' : 'more than it costs then. Nothing is paid back by this: “Payment” has a button for that.'}
    </p>
  );
}
