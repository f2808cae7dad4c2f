// What is reserved on a card, as the desk sees it: until when, and letting go of it.
import { useRef } from 'preact/hooks';
import type { AppointmentPaymentReply } from '../../src/protocol/payments.ts';
import { announce } from '../kit/announcing.tsx';
import { clock, money, shortDay } from '../kit/money-and-time.ts';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { askAs } from '../kit/session.ts';
import { timeZone } from './watching.ts';
import { words } from './wording.ts';

export function reservedRows({ amount, takeAt, isBeingTaken }: NonNullable<AppointmentPaymentReply['reserved']>): readonly (readonly [string, string])[] {
  const text = words.value.sums;
  if (isBeingTaken) return [[text.beingTaken, money(amount)]];
  const at = Date.parse(takeAt);
  return [
    [text.reserved, money(amount)],
    [text.byItself, `${shortDay(at, timeZone.value)}, ${clock(at, timeZone.value)}`],
  ];
}

type Props = { readonly claimId: string; readonly paid: AppointmentPaymentReply; readonly onDone: () => void };

/** It cannot be reserved again. */
export function LetGo({ claimId, paid, onDone }: Props) {
  const text = words.value.payment;
  const id = useRef(crypto.randomUUID());
  const { form, isBusy, problem, send } = useSending(async () => {
    const body = { id: id.current, method: 'reserved', amount: { ...paid.price, amount: 0 } };
    const answer = await askAs('POST', `/v1/appointments/${claimId}/payments`, { body });
    if (!answer.ok) return answer.problem;
    announce(text.letGone);
    onDone();
    return undefined;
  });
  return (
    <form class="stack" ref={form} noValidate onSubmit={send}>
      <p class="soft">{text.letGoLead({ reserved: money(paid.reserved?.amount ?? paid.due), due: money(paid.due) })}</p>
      <FormProblem problem={problem.value} unheard={text.again} />
      <div class="actions">
        <SendButton isBusy={isBusy.value} kind="danger">
          {text.letGoIt}
        </SendButton>
        <button type="button" class="button" onClick={onDone}>
          {text.back}
        </button>
      </div>
    </form>
  );
}
