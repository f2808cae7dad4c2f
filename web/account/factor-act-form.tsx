import { useSignal } from '@preact/signals';
import { announce } from '../kit/announcing.tsx';
import { Field, wrongOf } from '../kit/field.tsx';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { askAs } from '../kit/session.ts';
import { factorSentence } from './factor-sentences.ts';
import { PresentPasswordField } from './present-password-field.tsx';
import type { FactorAct, TakeFactorChange } from './second-factor.ts';

const WORDS = {
  'renew-codes': {
    path: '/v1/auth/totp/recovery-codes',
    lead: 'Your current recovery codes stop working.',
    action: 'Create new codes',
  },
  remove: { path: '/v1/auth/totp/remove', lead: 'After that, your password alone is enough to log in.', action: 'Remove' },
} as const satisfies Record<FactorAct, object>;

/** Asks for password and code again: someone who finds an open page must not be able to remove the second factor. */
export function FactorActForm({ act, take }: { readonly act: FactorAct; readonly take: TakeFactorChange }) {
  const password = useSignal('');
  const code = useSignal('');
  const { path, lead, action } = WORDS[act];
  const { form, isBusy, problem, send } = useSending(async () => {
    const body = { password: password.value, code: code.value.trim() };
    const answer = await askAs<{ readonly recoveryCodes?: readonly string[] }>('POST', path, { body });
    if (!answer.ok) return answer.problem;
    if (act === 'remove') announce('Second factor removed.');
    take(act === 'remove' ? { type: 'removed' } : { type: 'codes-made', recoveryCodes: answer.body.recoveryCodes ?? [] });
    return undefined;
  });
  return (
    <form class="matter-form" ref={form} noValidate onSubmit={send}>
      <p>{lead}</p>
      <FormProblem
        problem={problem.value}
        fields={['password', 'code']}
        sentence={factorSentence}
        unheard="Reload the page to see whether the second factor is on. If you have not seen your recovery codes, create new ones."
      />
      <PresentPasswordField value={password} problem={problem.value} />
      <Field
        id="factor-code"
        label="Code"
        autoComplete="one-time-code"
        hint="From your app, or a recovery code."
        value={code.value}
        wrong={wrongOf(problem.value, 'code', 'This code')}
        onInput={(value) => {
          code.value = value;
        }}
      />
      <div class="actions">
        <SendButton isBusy={isBusy.value} kind={act === 'remove' ? 'danger' : 'primary'}>
          {action}
        </SendButton>
        <button type="button" class="button quiet" onClick={() => take({ type: 'leave' })}>
          Keep it on
        </button>
      </div>
    </form>
  );
}
