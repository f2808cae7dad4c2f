// The fee of a no-show at the desk: what it is, charging it to the card that was kept, and whether it is asked for.
import { useSignal } from '@preact/signals';
import type { AppointmentPaymentReply } from '../../src/protocol/payments.ts';
import { announce } from '../kit/announcing.tsx';
import type { Answer } from '../kit/api.ts';
import { Field } from '../kit/field.tsx';
import { money } from '../kit/money-and-time.ts';
import { withProof } from '../kit/proof.tsx';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { askAs } from '../kit/session.ts';
import type { BoardClaim } from './board.ts';
import { words } from './wording.ts';
import { wrongIn } from './wrong-in.ts';

/** Lines of what is paid; none where no fee was agreed, or it cannot come to it any more. */
export function feeRow({ noShowFee }: AppointmentPaymentReply, status: BoardClaim['status']): readonly (readonly [string, string])[] {
  if (noShowFee === null) return [];
  const text = words.value.fee;
  const { isWaived, hasCard, charge } = noShowFee;
  const amount = money(noShowFee.amount);
  const charged: readonly (readonly [string, string])[] = charge === null ? [] : [[text.card, text[charge]]];
  if (status === 'pending' || status === 'booked') return [[text.ifNotCome, hasCard ? text.fromCard({ amount }) : amount], ...charged];
  return status === 'no-show' ? [[text.fee, isWaived ? text.waived({ amount }) : amount], ...charged] : charged;
}

/** The server decides, and says why not. */
export function isChargeable({ noShowFee, due }: AppointmentPaymentReply, status: BoardClaim['status']): boolean {
  return status === 'no-show' && noShowFee !== null && noShowFee.hasCard && !noShowFee.isWaived && noShowFee.charge !== 'asked' && due.amount > 0;
}

type Props = { readonly claimId: string; readonly paid: AppointmentPaymentReply; readonly onDone: () => void };

/** Or the other way round, where it is waived. */
export function WaiveFee({ claimId, paid, onDone }: Props) {
  const reason = useSignal('');
  const { fee: text, payment } = words.value;
  const isWaived = paid.noShowFee?.isWaived === true;
  const { form, isBusy, problem, send } = useSending(async () => {
    const body = { isWaived: !isWaived, reason: reason.value.trim() };
    const answer = await askAs<AppointmentPaymentReply>('PUT', `/v1/appointments/${claimId}/no-show-fee`, { body });
    if (!answer.ok) return answer.problem;
    announce(isWaived ? text.isAsked : text.isWaived);
    onDone();
    return undefined;
  });
  return (
    <form class="stack" ref={form} noValidate onSubmit={send}>
      <p class="soft">{isWaived ? text.owesAgain : text.owesNot}</p>
      <FormProblem problem={problem.value} fields={['reason']} />
      <Field
        id="waive-reason"
        label={payment.reason}
        hint={payment.forStaff}
        isFocused
        value={reason.value}
        wrong={wrongIn(problem.value, 'reason', 'reason')}
        onInput={(value) => {
          reason.value = value;
        }}
      />
      <div class="actions">
        <SendButton isBusy={isBusy.value}>{isWaived ? text.askForIt : text.waiveIt}</SendButton>
        <button type="button" class="button" onClick={onDone}>
          {payment.back}
        </button>
      </div>
    </form>
  );
}

/** Once: a second click, or another desk, gets the same answer. */
export function ChargeFee({ claimId, paid, onDone }: Props) {
  const { fee: text, payment } = words.value;
  const amount = money(paid.due);
  const { form, isBusy, problem, send } = useSending(async () => {
    const answer: Answer<AppointmentPaymentReply> = await withProof(() => askAs('POST', `/v1/appointments/${claimId}/no-show-fee`));
    if (!answer.ok) return answer.problem;
    const charge = answer.body.noShowFee?.charge;
    if (charge != null) announce(`${text[charge]}.`);
    onDone();
    return undefined;
  });
  return (
    <form class="stack" ref={form} noValidate onSubmit={send}>
      <p class="soft">{text.chargeLead({ amount })}</p>
      <FormProblem problem={problem.value} unheard={payment.again} />
      <div class="actions">
        <SendButton isBusy={isBusy.value}>{text.chargeIt({ amount })}</SendButton>
        <button type="button" class="button" onClick={onDone}>
          {payment.back}
        </button>
      </div>
    </form>
  );
}
