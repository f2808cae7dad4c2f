// What may do harm is done only after the password, or a code, was entered again: the server asks for it, and this dialog passes the question on.
import { signal, useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { Answer, Problem } from './api.ts';
import { Field, wrongOf } from './field.tsx';
import { language } from './language.ts';
import { FormProblem, SendButton, useSending } from './sending.tsx';
import { session, stepUp } from './session.ts';
import { staffWords } from './staff-words.ts';

const asked = signal<((isProven: boolean) => void) | undefined>(undefined);

/** Does `work`, and does it again once the person at the page has proven who they are. */
export async function withProof<T>(work: () => Promise<Answer<T>>): Promise<Answer<T>> {
  const answer = await work();
  if (answer.ok || answer.problem.code !== 'step-up-required') return answer;
  const isProven = await new Promise<boolean>((resolve) => {
    asked.value = resolve;
  });
  return isProven ? work() : answer;
}

export function ProofDialog() {
  return asked.value === undefined ? null : <Dialog onAnswer={asked.value} />;
}

function Dialog({ onAnswer }: { readonly onAnswer: (isProven: boolean) => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const typed = useSignal('');
  const wantsCode = session.value.state === 'in' && session.value.user.secondFactor;
  const answer = (isProven: boolean) => {
    asked.value = undefined;
    onAnswer(isProven);
  };
  useEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector('input')?.focus();
  }, []);
  const { form, isBusy, problem, send } = useSending(async (): Promise<Problem | undefined> => {
    const wrong = await stepUp(wantsCode ? { code: typed.value.trim() } : { password: typed.value });
    if (wrong === undefined) answer(true);
    return wrong;
  });
  const text = staffWords.value.proof;
  const isWrong = problem.value?.code === 'unauthenticated' || (language.value !== 'en' && problem.value?.code === 'invalid-request');
  const path = wantsCode ? 'code' : 'password';
  return (
    <dialog class="ask-first" ref={dialog} aria-labelledby={id} onCancel={() => answer(false)}>
      <form class="ask-first-form" ref={form} noValidate onSubmit={send}>
        <h2 id={id}>{text.title}</h2>
        <p class="soft">{wantsCode ? text.needsCode : text.needsPassword}</p>
        <FormProblem problem={problem.value} fields={[path]} />
        <Field
          id="proof"
          label={wantsCode ? text.code : text.password}
          isSecret={!wantsCode}
          autoComplete={wantsCode ? 'one-time-code' : 'current-password'}
          value={typed.value}
          wrong={isWrong ? text.wrong : wrongOf(problem.value, path, wantsCode ? 'The code' : 'The password')}
          onInput={(value) => {
            typed.value = value;
          }}
        />
        <div class="ask-first-actions">
          <button type="button" class="button" onClick={() => answer(false)}>
            {text.cancel}
          </button>
          <SendButton isBusy={isBusy.value}>{text.goOn}</SendButton>
        </div>
      </form>
    </dialog>
  );
}
