import { useSignal } from '@preact/signals';
import { ask } from '../api.ts';
import { Field, wrongOf } from '../field.tsx';
import { FormProblem, SendButton, useSending } from '../sending.tsx';
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
    goTo({ at: 'letter', about: 'registration', email: address });
    return undefined;
  });
  return (
    <form class="card entrance-card" ref={form} noValidate onSubmit={send}>
      <div>
        <DoorHeading>Make an account</DoorHeading>
        <p class="soft">To see your appointments in one place, and book without typing.</p>
      </div>
      <FormProblem problem={problem.value} fields={['name', 'email', 'password']} unheard="If an e-mail reaches you, it did; otherwise send it again." />
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
      <SendButton isBusy={isBusy.value}>Make an account</SendButton>
      <BackToLogin>I have an account already</BackToLogin>
    </form>
  );
}
