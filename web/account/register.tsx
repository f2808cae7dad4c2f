import { useSignal } from '@preact/signals';
import { ask } from '../kit/api.ts';
import { Field, wrongOf } from '../kit/field.tsx';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { AddressField, BackToLogin } from './door-fields.tsx';
import { DoorHeading } from './door-heading.tsx';
import { NewPasswordField } from './new-password-field.tsx';
import { email, goTo, rememberAddress } from './standing.ts';

export function Register() {
  const name = useSignal('');
  const password = useSignal('');
  const { form, isBusy, problem, send } = useSending(async () => {
    const address = email.value.trim();
    const answer = await ask('POST', '/v1/auth/register', { body: { name: name.value, email: address, password: password.value } });
    if (!answer.ok) return answer.problem;
    rememberAddress(address);
    goTo({ at: 'emailed', about: 'registration', email: address });
    return undefined;
  });
  return (
    <form class="card entrance-card" ref={form} noValidate onSubmit={send}>
      <div>
        <DoorHeading>Create an account</DoorHeading>
        <p class="soft">See your appointments in one place, and book faster.</p>
      </div>
      <FormProblem problem={problem.value} fields={['name', 'email', 'password']} unheard="If you receive an e-mail, it worked. If not, please try again." />
      <Field
        id="name"
        label="Name"
        autoComplete="name"
        value={name.value}
        wrong={wrongOf(problem.value, 'name', 'Your name')}
        onInput={(value) => {
          name.value = value;
        }}
      />
      <AddressField wrong={wrongOf(problem.value, 'email', 'This')} />
      <NewPasswordField
        label="Password"
        value={password.value}
        wrong={wrongOf(problem.value, 'password', 'This password')}
        onInput={(value) => {
          password.value = value;
        }}
      />
      <SendButton isBusy={isBusy.value}>Create an account</SendButton>
      <BackToLogin>I already have an account</BackToLogin>
    </form>
  );
}
