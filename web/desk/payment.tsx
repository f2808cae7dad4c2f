// What is paid for an appointment: the desk takes money, gives it back, and makes a link with which the customer pays.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { AppointmentPaymentReply, PaymentLinkReply } from '../../src/protocol/payments.ts';
import { announce } from '../kit/announcing.tsx';
import type { Answer, Problem } from '../kit/api.ts';
import { CopyButton } from '../kit/copy-button.tsx';
import { Field } from '../kit/field.tsx';
import { price as priceKind } from '../kit/field-kinds.tsx';
import { money, moneyDigits } from '../kit/money-and-time.ts';
import { ReceiptLink } from '../kit/paid.tsx';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { withProof } from '../kit/proof.tsx';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { askAs, session } from '../kit/session.ts';
import type { BoardClaim } from './board.ts';
import { ChargeFee, isChargeable, WaiveFee } from './no-show-fee.tsx';
import { type Standing, Sums } from './payment-sums.tsx';
import { LetGo } from './reserved.tsx';
import { GiveVoucher } from './voucher.tsx';
import { words } from './wording.ts';
import { wrongIn } from './wrong-in.ts';

type Task = 'take' | 'let-go' | 'refund' | 'link' | 'waive' | 'charge' | 'voucher';
type Props = { readonly claimId: string; readonly paid: AppointmentPaymentReply; readonly onDone: () => void };

export function Payment({ claim }: { readonly claim: BoardClaim }) {
  const paid = useSignal<AppointmentPaymentReply | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const task = useSignal<Task | undefined>(undefined);
  const look = useSignal(0);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    let isOver = false;
    void askAs<AppointmentPaymentReply>('GET', `/v1/appointments/${claim.id}/payment`).then((answer) => {
      if (isOver) return;
      if (answer.ok) paid.value = answer.body;
      problem.value = answer.ok ? undefined : answer.problem;
    });
    return () => {
      isOver = true;
    };
  }, [claim.id, claim.status, claim.serviceId, claim.endsAt, look.value]);
  const text = words.value.payment;
  const of = paid.value;
  if (problem.value !== undefined) return <p class="soft">{text.notLoaded({ why: sentenceOf(problem.value) })}</p>;
  if (of === undefined || (of.price.amount === 0 && of.paid.amount === 0 && of.voucher === null)) return null;
  const done = () => {
    task.value = undefined;
    look.value += 1;
    heading.current?.focus();
  };
  return (
    <section class="messages stack" aria-label={text.title}>
      <h3 ref={heading} tabIndex={-1}>
        {text.title}
      </h3>
      <Sums of={of} status={claim.status} />
      {of.paid.amount > 0 && <ReceiptLink appointmentId={claim.id} words={text.receipt} />}
      {task.value === undefined && <Tasks of={of} status={claim.status} task={task} />}
      {task.value === 'take' && <Take claimId={claim.id} paid={of} status={claim.status} onDone={done} />}
      {task.value === 'let-go' && <LetGo claimId={claim.id} paid={of} onDone={done} />}
      {task.value === 'refund' && <GiveBack claimId={claim.id} paid={of} onDone={done} />}
      {task.value === 'charge' && <ChargeFee claimId={claim.id} paid={of} onDone={done} />}
      {task.value === 'waive' && <WaiveFee claimId={claim.id} paid={of} onDone={done} />}
      {task.value === 'voucher' && <GiveVoucher claimId={claim.id} paid={of} onDone={done} />}
      {task.value === 'link' && <PaymentLink claimId={claim.id} paid={of} onDone={done} />}
    </section>
  );
}

function Tasks({ of, status, task }: Standing & { readonly task: Signal<Task | undefined> }) {
  const text = words.value.payment;
  const role = session.value.state === 'in' ? session.value.user.role : undefined;
  const mayTake = role === 'front-desk' || role === 'manager' || role === 'owner';
  const mayRefund = role === 'manager' || role === 'owner';
  const open = (which: Task) => () => {
    task.value = which;
  };
  return (
    <div class="actions">
      {mayTake && of.due.amount > 0 && (
        <button type="button" class="button" onClick={open('take')}>
          {text.take}
        </button>
      )}
      {mayTake && of.reserved !== null && !of.reserved.isBeingTaken && (
        <button type="button" class="button" onClick={open('let-go')}>
          {text.letGo}
        </button>
      )}
      {mayTake && (status === 'pending' || status === 'booked' || status === 'checked-in' || status === 'completed') && (
        <button type="button" class="button" onClick={open('voucher')}>
          {of.voucher === null ? text.voucher : text.otherVoucher}
        </button>
      )}
      {mayTake && of.canPayByCard && (
        <button type="button" class="button" onClick={open('link')}>
          {text.link}
        </button>
      )}
      {mayRefund && leftOf(of) > 0 && (
        <button type="button" class="button" onClick={open('refund')}>
          {of.overpaid.amount > 0 ? text.giveBackAmount({ amount: money(of.overpaid) }) : text.giveBack}
        </button>
      )}
      {mayRefund && isChargeable(of, status) && (
        <button type="button" class="button" onClick={open('charge')}>
          {text.charge}
        </button>
      )}
      {mayRefund && status === 'no-show' && of.noShowFee !== null && (
        <button type="button" class="button" onClick={open('waive')}>
          {of.noShowFee.isWaived ? text.askForFee : text.waive}
        </button>
      )}
      {!mayRefund && mayTake && of.overpaid.amount > 0 && <p class="soft">{text.byManager}</p>}
    </div>
  );
}

/** What was paid at another location is given back there. */
function leftOf({ payments }: AppointmentPaymentReply): number {
  const here = session.value.state === 'in' ? session.value.user.locationId : null;
  const ours = payments.filter(({ locationId, state }) => state !== 'disputed' && (here === null || locationId === here));
  return Math.max(0, ...ours.map(({ received, refunded }) => received.amount - refunded.amount));
}

type AmountForm = {
  readonly amount: Signal<string>;
  readonly read: () => { readonly amount: number; readonly currency: string } | undefined;
  readonly wrong: string | undefined;
};

function useAmount(of: AppointmentPaymentReply, first: number): AmountForm {
  const text = words.value.payment;
  const kind = priceKind(of.price.currency);
  const amount = useSignal(String(kind.show({ ...of.price, amount: first })));
  const told = useSignal<string | undefined>(undefined);
  const read = () => {
    const found = kind.read(amount.value);
    told.value = 'wrong' in found ? (moneyDigits(of.price.currency) === 0 ? text.notWhole : text.notNumber) : undefined;
    return 'wrong' in found ? undefined : (found.value as { amount: number; currency: string });
  };
  return { amount, read, wrong: told.value };
}

/** The field itself says what is wrong with it. */
const NOT_READ: Problem = { code: 'invalid-request', status: 400, title: 'amount', errors: [{ path: 'amount', message: 'unread' }] };

function Take({ claimId, paid, status, onDone }: Props & Pick<Standing, 'status'>) {
  const { amount, read, wrong } = useAmount(paid, paid.due.amount);
  const text = words.value.payment;
  const isTooEarly = status === 'pending' || status === 'booked';
  const reserved = isTooEarly ? null : paid.reserved;
  const method = useSignal<'cash' | 'terminal' | 'reserved'>(reserved === null ? 'cash' : 'reserved');
  const id = useRef(crypto.randomUUID());
  const { form, isBusy, problem, send } = useSending(async () => {
    const asked = read();
    if (asked === undefined) return NOT_READ;
    const answer = await askAs('POST', `/v1/appointments/${claimId}/payments`, { body: { id: id.current, method: method.value, amount: asked } });
    if (!answer.ok) return answer.problem;
    announce(text.taken({ amount: money(asked) }));
    onDone();
    return undefined;
  });
  return (
    <form class="stack" ref={form} noValidate onSubmit={send}>
      {paid.reserved !== null && isTooEarly && <p class="soft">{text.tooEarly}</p>}
      <FormProblem problem={problem.value} fields={['amount', 'amount.amount']} unheard={text.again} />
      <Field
        id="take-amount"
        label={text.amountIn({ currency: paid.price.currency })}
        mode="text"
        isFocused
        value={amount.value}
        wrong={wrong ?? wrongIn(problem.value, 'amount.amount', 'amount')}
        onInput={(value) => {
          amount.value = value;
        }}
      />
      <div class="field">
        <label for="take-method">{text.how}</label>
        <select
          id="take-method"
          value={method.value}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            method.value = chosen === 'terminal' || chosen === 'reserved' ? chosen : 'cash';
          }}
        >
          {reserved !== null && <option value="reserved">{text.reservedCard({ amount: money(reserved.amount) })}</option>}
          <option value="cash">{text.cash}</option>
          <option value="terminal">{text.terminal}</option>
        </select>
      </div>
      <div class="actions">
        <SendButton isBusy={isBusy.value}>{method.value === 'reserved' ? text.takeFromCard : text.record}</SendButton>
        <button type="button" class="button" onClick={onDone}>
          {text.back}
        </button>
      </div>
    </form>
  );
}

function GiveBack({ claimId, paid, onDone }: Props) {
  const text = words.value.payment;
  const isTooMuch = paid.overpaid.amount > 0;
  const { amount, read, wrong } = useAmount(paid, isTooMuch ? Math.min(paid.overpaid.amount, leftOf(paid)) : leftOf(paid));
  const reason = useSignal(isTooMuch ? text.lessNow : '');
  const id = useRef(crypto.randomUUID());
  const { form, isBusy, problem, send } = useSending(async () => {
    const asked = read();
    if (asked === undefined) return NOT_READ;
    const body = { id: id.current, amount: asked, reason: reason.value.trim() };
    const answer: Answer<AppointmentPaymentReply> = await withProof(() => askAs('POST', `/v1/appointments/${claimId}/refunds`, { body }));
    if (!answer.ok) return answer.problem;
    announce(text.givenBack({ amount: money(asked) }));
    onDone();
    return undefined;
  });
  return (
    <form class="stack" ref={form} noValidate onSubmit={send}>
      <p class="soft">{text.giveBackLead}</p>
      <FormProblem problem={problem.value} fields={['amount', 'amount.amount', 'reason']} unheard={text.again} />
      <Field
        id="refund-amount"
        label={text.amountIn({ currency: paid.price.currency })}
        mode="text"
        isFocused
        value={amount.value}
        wrong={wrong ?? wrongIn(problem.value, 'amount.amount', 'amount')}
        onInput={(value) => {
          amount.value = value;
        }}
      />
      <Field
        id="refund-reason"
        label={text.reason}
        hint={text.forStaff}
        value={reason.value}
        wrong={wrongIn(problem.value, 'reason', 'reason')}
        onInput={(value) => {
          reason.value = value;
        }}
      />
      <div class="actions">
        <SendButton isBusy={isBusy.value} kind="danger">
          {text.giveItBack}
        </SendButton>
        <button type="button" class="button" onClick={onDone}>
          {text.back}
        </button>
      </div>
    </form>
  );
}

function PaymentLink({ claimId, paid, onDone }: Props) {
  const made = useSignal<PaymentLinkReply | undefined>(undefined);
  const text = words.value.payment;
  const key = useRef({ copy: crypto.randomUUID(), send: crypto.randomUUID() });
  const { form, isBusy, problem, send } = useSending(() => ask(true));
  const ask = async (isSent: boolean): Promise<Problem | undefined> => {
    const headers = { 'Idempotency-Key': isSent ? key.current.send : key.current.copy };
    const answer = await askAs<PaymentLinkReply>('POST', `/v1/appointments/${claimId}/payment-link`, { body: { send: isSent }, headers });
    if (!answer.ok) return answer.problem;
    made.value = answer.body;
    if (isSent) announce(text.sending);
    return undefined;
  };
  useEffect(() => void ask(false), []);
  return (
    <form class="stack" ref={form} noValidate onSubmit={send}>
      <p class="soft">{text.linkLead({ amount: money(paid.due) })}</p>
      <FormProblem problem={problem.value} />
      {made.value !== undefined && <CopyButton text={made.value.url}>{text.copyLink}</CopyButton>}
      {made.value?.isSent === true && <p role="status">{text.sentToCustomer}</p>}
      <div class="actions">
        {made.value?.isSent !== true && <SendButton isBusy={isBusy.value}>{text.sendLink}</SendButton>}
        <button type="button" class="button" onClick={onDone}>
          {text.back}
        </button>
      </div>
    </form>
  );
}
