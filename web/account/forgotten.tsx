import { ask } from '../kit/api.ts';
import { wrongOf } from '../kit/field.tsx';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { AddressField, BackToLogin } from './door-fields.tsx';
import { DoorHeading } from './door-heading.tsx';
import { email, goTo } from './standing.ts';

export function Forgotten() {
  const { form, isBusy, problem, send } = useSending(async () => {
    const address = email.value.trim();
    const answer = await ask('POST', '/v1/auth/password/forgot', { body: { email: address } });
    if (!answer.ok) return answer.problem;
    goTo({ at: 'emailed', about: 'password', email: address });
    return undefined;
  });
  return (
    <form class="card entrance-card" ref={form} noValidate onSubmit={send}>
      <div>
        <DoorHeading>Reset your password</DoorHeading>
        <p class="soft">We will e-mail you a link to set a new password.</p>
      </div>
      <FormProblem problem={problem.value} fields={['email']} unheard="If you receive an e-mail, it worked. If not, please try again." />
      <AddressField wrong={wrongOf(problem.value, 'email', 'This')} />
      <SendButton isBusy={isBusy.value}>Send the link</SendButton>
      <BackToLogin>Back to login</BackToLogin>
    </form>
  );
}
