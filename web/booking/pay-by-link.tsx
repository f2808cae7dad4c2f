// The appointment shown is paid by card: what the desk has booked by phone, or what is left of the price.
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PaymentBegunReply } from '../../src/protocol/payments.ts';
import { announce } from '../kit/announcing.tsx';
import { ask, type Problem } from '../kit/api.ts';
import { say } from '../kit/language.ts';
import { money } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { linkOfShown, lookAtMoney, paidFor } from './appointment.ts';
import { words } from './languages.ts';
import { Card } from './pay-step.tsx';
import { leavePayment, payMessage, payStep } from './paying.ts';

const LOOK_EVERY_MILLISECONDS = 2_000;
/** Beginning asks a provider elsewhere, which may be slow. */
const ATTEMPTS = 3;

/** With the appointment that it is for. */
const begun = signal<{ readonly appointmentId: string; readonly payment: PaymentBegunReply } | undefined>(undefined);
const isBeginning = signal(false);
const problem = signal<Problem | undefined>(undefined);

async function begin(): Promise<void> {
  const link = linkOfShown();
  if (link === undefined || isBeginning.value) return;
  isBeginning.value = true;
  problem.value = undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const answer = await ask<PaymentBegunReply>('POST', `/v1/appointments/${link.id}/payment`, { headers: { 'manage-token': link.token } });
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) {
      payStep.value = 'card';
      payMessage.value = undefined;
      begun.value = { appointmentId: link.id, payment: answer.body };
    }
    if (answer.ok || (answer.problem.code !== 'overloaded' && answer.problem.code !== 'unreachable')) break;
    await new Promise((resolve) => setTimeout(resolve, (problem.value?.retryAfterSeconds ?? 1) * 1000));
  }
  isBeginning.value = false;
}

/** What is paid next has nothing to do with it. */
function leave(): void {
  if (begun.value === undefined) return;
  begun.value = undefined;
  leavePayment();
}

/** Where something is due and can be paid by card. What has become of it the server is asked. */
export function PayByLink() {
  const paid = paidFor.value;
  const at = begun.value !== undefined && begun.value.appointmentId === linkOfShown()?.id ? begun.value.payment : undefined;
  const isChecking = at !== undefined && payStep.value === 'checking';
  useEffect(() => {
    if (!isChecking) return undefined;
    const timer = setInterval(() => void lookAtMoney(), LOOK_EVERY_MILLISECONDS);
    return () => clearInterval(timer);
  }, [isChecking]);
  const isDone = at !== undefined && paid !== undefined && !paid.canPayByCard;
  useEffect(() => {
    if (!isDone) return;
    announce(words.value.payLink.done);
    leave();
  }, [isDone]);
  useEffect(() => leave, []);
  if (paid === undefined || !paid.canPayByCard) return null;
  const text = words.value.payLink;
  if (at === undefined)
    return (
      <div class="stack">
        {problem.value !== undefined && (
          <p class="banner danger" role="alert">
            {sentenceOf(problem.value)}
          </p>
        )}
        <button type="button" class="button primary" aria-busy={isBeginning.value || undefined} onClick={() => void begin()}>
          {say(text.pay, { amount: money(paid.due) })}
        </button>
      </div>
    );
  return (
    <section class="stack" aria-label={say(text.pay, { amount: money(paid.due) })}>
      {payMessage.value !== undefined && (
        <p class="banner danger" role="alert">
          {payMessage.value}
        </p>
      )}
      {isChecking ? <p role="status">{text.checking}</p> : <Card at={{ begun: at }} />}
    </section>
  );
}
