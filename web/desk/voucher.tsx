// A voucher that a customer shows at the desk: its code takes something off the price of their appointment.
import { useSignal } from '@preact/signals';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { AppointmentPaymentReply } from '../../src/protocol/payments.ts';
import { announce } from '../kit/announcing.tsx';
import type { Problem } from '../kit/api.ts';
import { Field } from '../kit/field.tsx';
import { money } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { askAs } from '../kit/session.ts';
import { words } from './wording.ts';
import { wrongIn } from './wrong-in.ts';

type Props = { readonly claimId: string; readonly paid: AppointmentPaymentReply; readonly onDone: () => void };
const REFUSED: readonly Problem['code'][] = ['voucher-unknown', 'voucher-expired', 'voucher-used-up', 'voucher-not-for-this'];

export function GiveVoucher({ claimId, paid: { voucher }, onDone }: Props) {
  const typed = useSignal('');
  const text = words.value.voucher;
  const give = async (voucherCode: string | null): Promise<Problem | undefined> => {
    const answer = await askAs<AppointmentReply>('PATCH', `/v1/appointments/${claimId}`, { body: { voucherCode } });
    if (!answer.ok) return answer.problem;
    announce(text.now({ price: money(answer.body.price) }));
    onDone();
    return undefined;
  };
  const { form, isBusy, problem, send } = useSending(() => give(typed.value.trim() === '' ? null : typed.value.trim()));
  const refused = problem.value !== undefined && REFUSED.includes(problem.value.code) ? sentenceOf(problem.value) : undefined;
  return (
    <form class="stack" ref={form} noValidate onSubmit={send}>
      {voucher !== null && <p class="soft">{text.lead({ code: voucher.code ?? '', amount: money(voucher.discount) })}</p>}
      {refused === undefined && <FormProblem problem={problem.value} fields={['voucherCode']} unheard={text.again} />}
      <Field
        id="voucher-code"
        label={text.field}
        isFocused
        hint={text.hint}
        value={typed.value}
        wrong={refused ?? wrongIn(problem.value, 'voucherCode', 'code')}
        onInput={(value) => {
          typed.value = value;
        }}
      />
      <div class="actions">
        <SendButton isBusy={isBusy.value}>{voucher !== null && typed.value.trim() === '' ? text.takeAway : text.use}</SendButton>
        <button type="button" class="button" onClick={onDone}>
          {text.back}
        </button>
      </div>
    </form>
  );
}
