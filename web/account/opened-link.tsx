import { useSignal } from '@preact/signals';
import { ask } from '../kit/api.ts';
import { Field, wrongOf } from '../kit/field.tsx';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { logIn, renewSession, session } from '../kit/session.ts';
import { DoorHeading } from './door-heading.tsx';
import { NewPasswordField } from './new-password-field.tsx';
import { email, goTo } from './standing.ts';

/**
 * The password shows that the reader of the e-mail is the person who registered. Otherwise someone could register another person's address
 * with a password of their own and wait for that person to open the link.
 */
export function Verify({ token }: { readonly token: string }) {
  const password = useSignal('');
  const { form, isBusy, problem, send } = useSending(async () => {
    const answer = await ask('POST', '/v1/auth/email/verify', { body: { token, password: password.value } });
    if (!answer.ok) return answer.problem;
    // In the browser used for registering the address is known, so the password need not be entered twice.
    const isKnown = session.value.state === 'out' && email.value !== '';
    const isIn = isKnown && (await logIn(email.value, password.value)) === undefined;
    goTo({ at: 'login', ...(!isIn && { after: 'verifying' }) });
    return undefined;
  });
  return (
    <form class="card entrance-card" ref={form} noValidate onSubmit={send}>
      <DoorHeading>Is this your address?</DoorHeading>
      <FormProblem problem={problem.value} fields={['password']} unheard="Try to log in with this password. If that works, your address is verified." />
      {problem.value?.code === 'link-not-valid' ? (
        <Anew href="#register">Create an account</Anew>
      ) : (
        <>
          <p>If you did not create an account here, close this page. Nothing will happen.</p>
          <Field
            id="chosen-password"
            label="The password you chose"
            isSecret
            autoComplete="current-password"
            value={password.value}
            wrong={wrongOf(problem.value, 'password', 'This')}
            onInput={(typed) => {
              password.value = typed;
            }}
          />
          <SendButton isBusy={isBusy.value}>Yes, verify my address</SendButton>
          <p class="elsewhere">
            <a href="#register">Create the account again</a>
          </p>
        </>
      )}
    </form>
  );
}

export function NewPassword({ token, isFirst }: { readonly token: string; readonly isFirst: boolean }) {
  const password = useSignal('');
  const { form, isBusy, problem, send } = useSending(async () => {
    const answer = await ask('POST', '/v1/auth/password/reset', { body: { token, password: password.value } });
    if (!answer.ok) return answer.problem;
    // Every session of that account has ended; only the server knows whether this browser had one of them.
    if (session.value.state === 'in') await renewSession();
    goTo({ at: 'login', after: 'resetting' });
    return undefined;
  });
  return (
    <form class="card entrance-card" ref={form} noValidate onSubmit={send}>
      <DoorHeading>{isFirst ? 'Welcome' : 'Set a new password'}</DoorHeading>
      <FormProblem problem={problem.value} fields={['password']} unheard="Try to log in with the new password. If that works, it was set." />
      {problem.value?.code === 'link-not-valid' ? (
        <Anew href="#forgotten">Ask for a new link</Anew>
      ) : (
        <>
          {isFirst && <p>An account has been created for you. Choose a password, then log in.</p>}
          <NewPasswordField
            label={isFirst ? 'Password' : 'New password'}
            value={password.value}
            wrong={wrongOf(problem.value, 'password', 'This password')}
            onInput={(value) => {
              password.value = value;
            }}
          />
          <SendButton isBusy={isBusy.value}>Set password</SendButton>
        </>
      )}
    </form>
  );
}

function Anew({ href, children }: { readonly href: string; readonly children: string }) {
  return (
    <p class="elsewhere">
      <a href={href}>{children}</a>
      <a href="#login">Log in</a>
    </p>
  );
}
