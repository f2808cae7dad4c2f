import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { Field } from './field.tsx';
import { isWrongEntry, type LoginStep, loginSentence, nextStep, problemShown } from './login-steps.ts';
import { FormProblem, SendButton, useSending } from './sending.tsx';
import { logIn, session } from './session.ts';
import { staffWords } from './staff-words.ts';

type LoginFormProps = {
  readonly heading: ComponentChildren;
  /** Kept by the caller, so that it is still there after a look elsewhere. */
  readonly email: Signal<string>;
  /** Between heading and fields. */
  readonly hint?: ComponentChildren;
  /** Where else somebody may want to go. */
  readonly children: ComponentChildren;
};

/** Asks who it is, and for the code of a second factor where there is one. What happens then is in the session. */
export function LoginForm({ heading, email, hint, children }: LoginFormProps) {
  const step = useSignal<LoginStep>('password');
  const password = useSignal('');
  const code = useSignal('');
  const sending = useSending(
    async () => {
      const answer = await logIn(email.value.trim(), password.value, step.value === 'code' ? code.value.trim() : undefined);
      const shown = problemShown(step.value, answer);
      step.value = nextStep(step.value, answer);
      return shown;
    },
    session.value.state === 'out' ? session.value.problem : undefined,
  );
  const why = session.value.state === 'out' ? session.value.why : undefined;
  const text = staffWords.value.login;
  const problem = sending.problem.value;
  const wrongCode = step.value === 'code' && problem !== undefined && isWrongEntry(problem) ? loginSentence(step.value, problem) : undefined;
  const restart = () => {
    code.value = '';
    password.value = '';
    sending.forget();
    step.value = 'password';
  };
  return (
    <form class="card entrance-card" ref={sending.form} onSubmit={sending.send}>
      {heading}
      {why !== undefined && (
        <p class="banner" role="status">
          {text[why]}
        </p>
      )}
      {step.value === 'password' && hint}
      {wrongCode === undefined && <FormProblem problem={problem} sentence={(refusal) => loginSentence(step.value, refusal)} />}
      {step.value === 'password' ? <Credentials email={email} password={password} /> : <Code code={code} wrong={wrongCode} />}
      <SendButton isBusy={sending.isBusy.value}>{text.logIn}</SendButton>
      {step.value === 'password' ? (
        children
      ) : (
        <button type="button" class="button quiet" onClick={restart}>
          {text.someoneElse}
        </button>
      )}
    </form>
  );
}

/** If the address is already known, the focus goes to the password. */
function Credentials({ email, password }: { readonly email: Signal<string>; readonly password: Signal<string> }) {
  const text = staffWords.value.login;
  const isKnown = useRef(email.value !== '').current;
  return (
    <>
      <Field
        id="email"
        label={text.email}
        mode="email"
        autoComplete="username"
        isFocused={!isKnown}
        value={email.value}
        wrong={undefined}
        onInput={(value) => {
          email.value = value;
        }}
      />
      <Field
        id="password"
        label={text.password}
        isSecret
        autoComplete="current-password"
        isFocused={isKnown}
        value={password.value}
        wrong={undefined}
        onInput={(value) => {
          password.value = value;
        }}
      />
    </>
  );
}

function Code({ code, wrong }: { readonly code: Signal<string>; readonly wrong: string | undefined }) {
  return (
    <Field
      id="code"
      label={staffWords.value.login.code}
      autoComplete="one-time-code"
      isFocused
      hint={staffWords.value.login.codeHint}
      value={code.value}
      wrong={wrong}
      onInput={(value) => {
        code.value = value;
      }}
    />
  );
}
