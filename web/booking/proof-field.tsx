import { Field, wrongOf } from '../kit/field.tsx';
import { countdown } from '../kit/money-and-time.ts';
import { useTick } from '../kit/ticking.ts';
import type { DraftHold } from './draft.ts';
import { bookProblem } from './keeping.ts';
import { code, isSendingCode, sendCode, sentCode } from './proof.ts';

const TICK_MILLISECONDS = 500;

/** Where the code of the e-mail is typed, and another one asked for. */
export function ProofField({ hold, email, isChecked }: { readonly hold: DraftHold; readonly email: string; readonly isChecked: boolean }) {
  useTick(TICK_MILLISECONDS);
  const sent = sentCode(hold, email);
  if (sent === undefined) return null;
  const left = sent.againAt - performance.now();
  const incomplete = isChecked && !isComplete(code.value) ? 'Please enter the six digits from the e-mail.' : undefined;
  return (
    <div class="proof">
      <p>
        We sent a code to <strong>{sent.email}</strong>. Enter it here to book. Your time stays on hold meanwhile.
      </p>
      <Field
        id="code"
        label="Code"
        mode="numeric"
        autoComplete="one-time-code"
        isFocused
        hint="Six digits. Please check your spam folder, too."
        value={code.value}
        wrong={incomplete ?? wrongOf(bookProblem.value, 'proofCode', 'The code')}
        onInput={(value) => {
          code.value = value;
        }}
      />
      <button type="button" class="button quiet" disabled={left > 0 || isSendingCode.value} onClick={() => void sendCode(hold, email)}>
        {left > 0 ? `Send again in ${countdown(left)}` : 'Send again'}
      </button>
    </div>
  );
}

/** The digits of a code, however they were pasted. */
export function digitsOf(typed: string): string {
  return typed.replaceAll(/\s/g, '');
}

export function isComplete(typed: string): boolean {
  return /^\d{6}$/.test(digitsOf(typed));
}
