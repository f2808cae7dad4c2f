import { fieldError, type Problem } from '../kit/api.ts';
import { Field, wrongOf } from '../kit/field.tsx';
import { language, say, sayWith } from '../kit/language.ts';
import { countdown } from '../kit/money-and-time.ts';
import { useTick } from '../kit/ticking.ts';
import type { DraftHold } from './draft.ts';
import { bookProblem } from './keeping.ts';
import { words } from './languages.ts';
import { code, isSendingCode, sendCode, sentCode } from './proof.ts';

const TICK_MILLISECONDS = 500;

/** Where the code of the e-mail is typed, and another one asked for. */
export function ProofField({ hold, email, isChecked }: { readonly hold: DraftHold; readonly email: string; readonly isChecked: boolean }) {
  useTick(TICK_MILLISECONDS);
  const sent = sentCode(hold, email);
  if (sent === undefined) return null;
  const left = sent.againAt - performance.now();
  const { proof, details } = words.value;
  const incomplete = isChecked && !isComplete(code.value) ? proof.incomplete : undefined;
  return (
    <div class="proof">
      <p>{sayWith(proof.sent, { b: (email) => <strong>{email}</strong> }, { email: sent.email })}</p>
      <Field
        id="code"
        label={proof.code}
        mode="numeric"
        autoComplete="one-time-code"
        isFocused
        hint={proof.hint}
        value={code.value}
        wrong={incomplete ?? wrongField(bookProblem.value, 'proofCode', 'The code', details.wrongCode)}
        onInput={(value) => {
          code.value = value;
        }}
      />
      <button type="button" class="button quiet" disabled={left > 0 || isSendingCode.value} onClick={() => void sendCode(hold, email)}>
        {left > 0 ? say(proof.againIn, { time: countdown(left) }) : proof.again}
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

/** The server says what is wrong in English; in another language only the field is named. */
export function wrongField(problem: Problem | undefined, path: string, subject: string, elsewhere: string): string | undefined {
  if (language.value === 'en') return wrongOf(problem, path, subject);
  return fieldError(problem, path) === undefined ? undefined : elsewhere;
}
