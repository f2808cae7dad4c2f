import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { ask, fieldError, type Problem } from '../api.ts';
import { sentenceOf } from '../problem-sentences.ts';
import type { AccountLink } from './link.ts';

export function AccountPage({ link }: { readonly link: AccountLink | undefined }) {
  return (
    <main>{link === undefined ? <Register /> : link.topic === 'email-verification' ? <Verify token={link.token} /> : <NewPassword token={link.token} />}</main>
  );
}

function Register() {
  return (
    <OneStep title="Register" path="/v1/auth/register" action="Register" done="Look into your mail: we have sent you a letter.">
      <Field name="name" label="Name">
        <input id="name" name="name" type="text" autoComplete="name" required />
      </Field>
      <Field name="email" label="E-mail">
        <input id="email" name="email" type="email" autoComplete="email" required />
      </Field>
      <Field name="password" label="Password">
        <input id="password" name="password" type="password" autoComplete="new-password" required />
      </Field>
    </OneStep>
  );
}

/** Needs a press of the button: programs that look at the links in mail press none. */
function Verify({ token }: { readonly token: string }) {
  return (
    <OneStep
      title="Is this your address?"
      path="/v1/auth/email/verify"
      token={token}
      action="Yes, verify it"
      done="Your address is verified. You can log in now."
    >
      <p>If you have not registered here, close this page, and nothing happens.</p>
    </OneStep>
  );
}

function NewPassword({ token }: { readonly token: string }) {
  return (
    <OneStep
      title="A new password"
      path="/v1/auth/password/reset"
      token={token}
      action="Set password"
      done="Your new password holds. Everybody who was logged in has to log in again."
    >
      <Field name="password" label="New password">
        <input id="password" name="password" type="password" autoComplete="new-password" required />
      </Field>
    </OneStep>
  );
}

type Step = {
  readonly title: string;
  readonly path: string;
  readonly token?: string;
  readonly action: string;
  readonly done: string;
  readonly children: ComponentChildren;
};

/** One form, one request, one sentence afterwards. */
function OneStep({ title, path, token, action, done, children }: Step) {
  const state = useSignal<'asking' | 'busy' | 'done'>('asking');
  const problem = useSignal<Problem | undefined>(undefined);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    if (state.value === 'busy' || !(event.target instanceof HTMLFormElement)) return;
    state.value = 'busy';
    const body = { ...Object.fromEntries(new FormData(event.target)), ...(token !== undefined && { token }) };
    const answer = await ask('POST', path, { body });
    problem.value = answer.ok ? undefined : answer.problem;
    state.value = answer.ok ? 'done' : 'asking';
  };
  if (state.value === 'done')
    return (
      <div class="card" role="status">
        <h1>{title}</h1>
        <p>{done}</p>
      </div>
    );
  return (
    <form class="card" onSubmit={(event) => void send(event)}>
      <h1>{title}</h1>
      {problem.value !== undefined && (
        <p class="banner danger" role="alert">
          {whatIsWrong(problem.value)}
        </p>
      )}
      {children}
      <button type="submit" class="button primary" aria-busy={state.value === 'busy' || undefined}>
        {action}
      </button>
    </form>
  );
}

/** A field is named in the sentence, since there are three at most. */
function whatIsWrong(problem: Problem): string {
  const named = (['name', 'email', 'password'] as const).map((path) => [path, fieldError(problem, path)] as const).find(([, message]) => message !== undefined);
  return named === undefined ? sentenceOf(problem) : `Your ${named[0] === 'email' ? 'e-mail' : named[0]} ${named[1]}.`;
}

type FieldFacts = { readonly name: string; readonly label: string; readonly children: ComponentChildren };

/** `name` is the id of the input. */
function Field({ name, label, children }: FieldFacts) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {children}
    </div>
  );
}
