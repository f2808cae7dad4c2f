// What is reserved on a card, as the desk sees it: until when, and letting go of it.
import { useRef } from 'preact/hooks';
import type { AppointmentPaymentReply } from '../../src/protocol/payments.ts';
import { announce } from '../kit/announcing.tsx';
import { clock, money, shortDay } from '../kit/money-and-time.ts';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { askAs } from '../kit/session.ts';
import { timeZone } from './watching.ts';

export const TOO_EARLY = 'What is reserved on the card can be taken once the customer is checked in. If it is paid otherwise, the card is let go.';

export function reservedRows({ amount, takeAt, isBeingTaken }: NonNullable<AppointmentPaymentReply['reserved']>): readonly (readonly [string, string])[] {
  if (isBeingTaken) return [['Being taken from the card', money(amount)]];
  const at = Date.parse(takeAt);
  return [
    ['Reserved on the card', money(amount)],
    ['Taken by itself', `${shortDay(at, timeZone.value)}, ${clock(at, timeZone.value)}`],
  ];
}

type Props = { readonly claimId: string; readonly paid: AppointmentPaymentReply; readonly onDone: () => void };

/** It cannot be reserved again. */
export function LetGo({ claimId, paid, onDone }: Props) {
  const id = useRef(crypto.randomUUID());
  const { form, isBusy, problem, send } = useSending(async () => {
    const body = { id: id.current, method: 'reserved', amount: { ...paid.price, amount: 0 } };
    const answer = await askAs('POST', `/v1/appointments/${claimId}/payments`, { body });
    if (!answer.ok) return answer.problem;
    announce('Nothing is reserved on the card any more.');
    onDone();
    return undefined;
  });
  return (
    <form class="stack" ref={form} noValidate onSubmit={send}>
      <p class="soft">
        Nothing of the {money(paid.reserved?.amount ?? paid.due)} is taken from the card, and it cannot be reserved again. {money(paid.due)} is still due.
      </p>
      <FormProblem problem={problem.value} unheard="Please look at what is paid before you try again." />
      <div class="actions">
        <SendButton isBusy={isBusy.value} kind="danger">
          Let go of it
        </SendButton>
        <button type="button" class="button" onClick={onDone}>
          Back
        </button>
      </div>
    </form>
  );
}
