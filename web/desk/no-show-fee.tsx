// The fee of a no-show at the desk: what it is, charging it to the card that was kept, and whether it is asked for.
import { useSignal } from '@preact/signals';
import type { AppointmentPaymentReply } from '../../src/protocol/payments.ts';
import { announce } from '../kit/announcing.tsx';
import type { Answer } from '../kit/api.ts';
import { Field, wrongOf } from '../kit/field.tsx';
import { money } from '../kit/money-and-time.ts';
import { withProof } from '../kit/proof.tsx';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { askAs } from '../kit/session.ts';
import type { BoardClaim } from './board.ts';

type Fee = NonNullable<AppointmentPaymentReply['noShowFee']>;
/** What has become of charging the card. */
const CHARGE_WORDS = {
  asked: 'The payment provider is being asked',
  charged: 'Charged',
  'not-charged': 'Not charged',
  declined: 'The card was declined',
  'needs-owner': 'Only the customer can confirm it: send a payment link',
  'card-gone': 'The card was removed',
} as const satisfies Record<NonNullable<Fee['charge']>, string>;

/** Lines of what is paid; none where no fee was agreed, or it cannot come to it any more. */
export function feeRow({ noShowFee }: AppointmentPaymentReply, status: BoardClaim['status']): readonly (readonly [string, string])[] {
  if (noShowFee === null) return [];
  const { amount, isWaived, hasCard, charge } = noShowFee;
  const charged: readonly (readonly [string, string])[] = charge === null ? [] : [['The card', CHARGE_WORDS[charge]]];
  if (status === 'pending' || status === 'booked') return [['If they do not come', hasCard ? `${money(amount)}, from a card` : money(amount)], ...charged];
  return status === 'no-show' ? [['No-show fee', isWaived ? `${money(amount)}, waived` : money(amount)], ...charged] : charged;
}

/** The server decides, and says why not. */
export function isChargeable({ noShowFee, due }: AppointmentPaymentReply, status: BoardClaim['status']): boolean {
  return status === 'no-show' && noShowFee !== null && noShowFee.hasCard && !noShowFee.isWaived && noShowFee.charge !== 'asked' && due.amount > 0;
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

/** Once: a second click, or another desk, gets the same answer. */
export function ChargeFee({ claimId, paid, onDone }: Props) {
  const { form, isBusy, problem, send } = useSending(async () => {
    const answer: Answer<AppointmentPaymentReply> = await withProof(() => askAs('POST', `/v1/appointments/${claimId}/no-show-fee`));
    if (!answer.ok) return answer.problem;
    const charge = answer.body.noShowFee?.charge;
    if (charge != null) announce(`${CHARGE_WORDS[charge]}.`);
    onDone();
    return undefined;
  });
  return (
    <form class="stack" ref={form} noValidate onSubmit={send}>
      <p class="soft">
        {money(paid.due)} is charged to the card that the customer has left for this, once. They get a receipt. If the no-show is undone afterwards, it counts
        for the price.
      </p>
      <FormProblem problem={problem.value} unheard="Please look at what is paid before you try again." />
      <div class="actions">
        <SendButton isBusy={isBusy.value}>{`Charge ${money(paid.due)}`}</SendButton>
        <button type="button" class="button" onClick={onDone}>
          Back
        </button>
      </div>
    </form>
  );
}
