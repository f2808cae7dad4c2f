// The fee of a no-show at the desk: what it is, and whether it is asked for.
import { useSignal } from '@preact/signals';
import type { AppointmentPaymentReply } from '../../src/protocol/payments.ts';
import { announce } from '../kit/announcing.tsx';
import { Field, wrongOf } from '../kit/field.tsx';
import { money } from '../kit/money-and-time.ts';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { askAs } from '../kit/session.ts';
import type { BoardClaim } from './board.ts';

/** A line of what is paid; none where no fee was agreed, or it cannot come to it any more. */
export function feeRow({ noShowFee }: AppointmentPaymentReply, status: BoardClaim['status']): readonly (readonly [string, string])[] {
  if (noShowFee === null) return [];
  const { amount, isWaived } = noShowFee;
  if (status === 'pending' || status === 'booked') return [['If they do not come', money(amount)]];
  return status === 'no-show' ? [['No-show fee', isWaived ? `${money(amount)}, waived` : money(amount)]] : [];
}

type Props = { readonly claimId: string; readonly paid: AppointmentPaymentReply; readonly onDone: () => void };

/** Or the other way round, where it is waived. */
export function WaiveFee({ claimId, paid, onDone }: Props) {
  const reason = useSignal('');
  const isWaived = paid.noShowFee?.isWaived === true;
  const { form, isBusy, problem, send } = useSending(async () => {
    const body = { isWaived: !isWaived, reason: reason.value.trim() };
    const answer = await askAs<AppointmentPaymentReply>('PUT', `/v1/appointments/${claimId}/no-show-fee`, { body });
    if (!answer.ok) return answer.problem;
    announce(isWaived ? 'The no-show fee is asked for.' : 'The no-show fee is waived.');
    onDone();
    return undefined;
  });
  return (
    <form class="stack" ref={form} noValidate onSubmit={send}>
      <p class="soft">
        {isWaived ? 'The customer owes the no-show fee again.' : 'The customer does not owe the no-show fee. What they have paid can be given back.'}
      </p>
      <FormProblem problem={problem.value} fields={['reason']} />
      <Field
        id="waive-reason"
        label="Reason"
        hint="For those who work here."
        isFocused
        value={reason.value}
        wrong={wrongOf(problem.value, 'reason', 'The reason')}
        onInput={(value) => {
          reason.value = value;
        }}
      />
      <div class="actions">
        <SendButton isBusy={isBusy.value}>{isWaived ? 'Ask for it' : 'Waive it'}</SendButton>
        <button type="button" class="button" onClick={onDone}>
          Back
        </button>
      </div>
    </form>
  );
}
