import { useSignal } from '@preact/signals';
import { announce } from '../kit/announcing.tsx';
import { Field, wrongOf } from '../kit/field.tsx';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { session, stepUp } from '../kit/session.ts';
import { PresentPasswordField } from './present-password-field.tsx';

/** Links to owners' accounts are shown after confirming the password, or a code with a second factor: an open page or a stolen token has neither. */
export function StepUpForm({ onProven }: { readonly onProven: () => Promise<void> }) {
  const isAsked = useSignal(false);
  const typed = useSignal('');
  const wantsCode = session.value.state === 'in' && session.value.user.secondFactor;
  const { form, isBusy, problem, send } = useSending(async () => {
    const wrong = await stepUp(wantsCode ? { code: typed.value.trim() } : { password: typed.value });
    if (wrong !== undefined) return wrong;
    announce('All links are now shown.');
    await onProven();
    return undefined;
  });
  if (!isAsked.value)
    return (
      <p class="soft">
        Links to owners’ accounts are hidden.{' '}
        <button
          type="button"
          class="button quiet"
          onClick={() => {
            isAsked.value = true;
          }}
        >
          Show them
        </button>
      </p>
    );
  return (
    <form class="matter-form" ref={form} noValidate onSubmit={send}>
      <FormProblem problem={problem.value} fields={['password', 'code']} />
      {wantsCode ? (
        <Field
          id="step-up-code"
          label="Code"
          autoComplete="one-time-code"
          hint="From your app, or a recovery code."
          value={typed.value}
          wrong={wrongOf(problem.value, 'code', 'This code')}
          onInput={(value) => {
            typed.value = value;
          }}
        />
      ) : (
        <PresentPasswordField id="step-up-password" value={typed} problem={problem.value} />
      )}
      <div class="actions">
        <SendButton isBusy={isBusy.value} kind="primary">
          Show the links
        </SendButton>
      </div>
    </form>
  );
}
