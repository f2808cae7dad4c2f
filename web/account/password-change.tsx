import { useSignal } from '@preact/signals';
import { announce } from '../kit/announcing.tsx';
import { Field, wrongOf } from '../kit/field.tsx';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { askAs } from '../kit/session.ts';
import { NewPasswordField } from './new-password-field.tsx';
import { othersEnded } from './other-sessions.ts';
import { focusSection, Section } from './section.tsx';

const ID = 'password';

export function PasswordChange({ email }: { readonly email: string }) {
  const state = useSignal<'closed' | 'open' | 'done'>('closed');
  return (
    <Section id={ID} title="Password" lead="Changing it logs out all other devices.">
      {state.value === 'open' ? (
        <ChangeForm
          email={email}
          onEnd={(isDone) => {
            state.value = isDone ? 'done' : 'closed';
            if (isDone) announce('Password changed.');
            focusSection(ID);
          }}
        />
      ) : (
        <div class="row">
          <p class={state.value === 'done' ? 'well' : 'soft'}>
            {state.value === 'done' ? 'Password changed. All other devices are logged out.' : 'You need it to log in.'}
          </p>
          <button
            type="button"
            class="button"
            onClick={() => {
              state.value = 'open';
            }}
          >
            Change password
          </button>
        </div>
      )}
    </Section>
  );
}

function ChangeForm({ email, onEnd }: { readonly email: string; readonly onEnd: (isDone: boolean) => void }) {
  const oldPassword = useSignal('');
  const newPassword = useSignal('');
  const { form, isBusy, problem, send } = useSending(async () => {
    const answer = await askAs('POST', '/v1/auth/password/change', { body: { oldPassword: oldPassword.value, newPassword: newPassword.value } });
    if (!answer.ok) return answer.problem;
    othersEnded.value += 1;
    onEnd(true);
    return undefined;
  });
  return (
    <form class="matter-form" ref={form} noValidate onSubmit={send}>
      <FormProblem problem={problem.value} fields={['oldPassword', 'newPassword']} unheard="Try again: if your old password is refused, it was changed." />
      {/* Tells a password manager which account it is. */}
      <input type="text" hidden readOnly autoComplete="username" value={email} />
      <Field
        id="old-password"
        label="Current password"
        isSecret
        isFocused
        autoComplete="current-password"
        value={oldPassword.value}
        wrong={wrongOf(problem.value, 'oldPassword', 'This')}
        onInput={(value) => {
          oldPassword.value = value;
        }}
      />
      <NewPasswordField
        label="New password"
        value={newPassword.value}
        wrong={wrongOf(problem.value, 'newPassword', 'This password')}
        onInput={(value) => {
          newPassword.value = value;
        }}
      />
      <div class="actions">
        <SendButton isBusy={isBusy.value}>Change password</SendButton>
        <button type="button" class="button quiet" onClick={() => onEnd(false)}>
          Cancel
        </button>
      </div>
    </form>
  );
}
