// The code of a voucher, before anything is typed or paid: the price beside the form is the new one from then on. It is kept, so another time, or the same one after a reload, has it too.
import { batch, signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { HoldReply } from '../../src/protocol/holds.ts';
import { announce } from '../kit/announcing.tsx';
import { ask, type Problem } from '../kit/api.ts';
import { Field } from '../kit/field.tsx';
import { say } from '../kit/language.ts';
import { money } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { draftHold, voucherCode } from './draft.ts';
import { hasRunOut, type Kept, kept } from './keeping.ts';
import { words } from './languages.ts';

/** The price may become another: nothing is booked or paid meanwhile. */
export const isGivingVoucher = signal(false);
const problem = signal<Problem | undefined>(undefined);

/** An empty code takes it away. */
async function give(hold: Kept, code: string): Promise<void> {
  isGivingVoucher.value = true;
  const body = { code: code === '' ? null : code };
  const answer = await ask<HoldReply>('PUT', `/v1/holds/${hold.id}/voucher`, { body, headers: { 'hold-token': hold.token } });
  batch(() => {
    isGivingVoucher.value = false;
    if (kept.value?.id !== hold.id) return;
    problem.value = answer.ok ? undefined : answer.problem;
    // One that cannot be used is not tried again by itself.
    if (answer.ok || answer.problem.code !== 'unreachable') voucherCode.value = answer.ok ? code : '';
    if (!answer.ok) return;
    // What is answered is the time left, and not the length of it.
    const next = { ...answer.body, expiresInSeconds: hold.expiresInSeconds, token: hold.token };
    draftHold.value = next;
    kept.value = { ...next, deadline: kept.value.deadline };
    if (next.price !== undefined) announce(say(words.value.voucher.newPrice, { price: money(next.price) }));
  });
}

/** Nothing where there is nothing to pay. */
export function VoucherField({ hold }: { readonly hold: Kept }) {
  const typed = useSignal('');
  const isOpen = useSignal(false);
  useEffect(() => {
    problem.value = undefined;
    if (voucherCode.value !== '' && hold.voucher === undefined && !hasRunOut.value) void give(hold, voucherCode.value);
  }, [hold.id]);
  const text = words.value.voucher;
  if (hold.voucher !== undefined) {
    return (
      <div class="voucher">
        <p role="status">{say(text.given, { amount: money(hold.voucher.discount) })}</p>
        {problem.value !== undefined && (
          <p class="wrong" role="alert">
            {sentenceOf(problem.value)}
          </p>
        )}
        <button type="button" class="button quiet" disabled={isGivingVoucher.value || hasRunOut.value} onClick={() => void give(hold, '')}>
          {text.remove}
        </button>
      </div>
    );
  }
  if (hold.price === undefined || hold.price.amount === 0) return null;
  if (!isOpen.value && problem.value === undefined) {
    return (
      <div class="voucher">
        <button
          type="button"
          class="button quiet"
          onClick={() => {
            isOpen.value = true;
          }}
        >
          {text.open}
        </button>
      </div>
    );
  }
  return (
    <form
      class="voucher"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.value.trim() !== '' && !isGivingVoucher.value) void give(hold, typed.value.trim());
      }}
    >
      <Field
        id="voucher"
        label={text.code}
        isFocused={isOpen.value}
        value={typed.value}
        wrong={problem.value && (problem.value.code === 'invalid-request' ? text.unreadable : sentenceOf(problem.value))}
        onInput={(value) => {
          typed.value = value;
        }}
      />
      <button type="submit" class="button" aria-busy={isGivingVoucher.value || undefined} disabled={hasRunOut.value}>
        {text.give}
      </button>
    </form>
  );
}
