import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ask, type Problem } from '../api.ts';
import { sentenceOf } from '../problem-sentences.ts';
import type { Business } from '../shop.ts';
import { logIn, session } from './session.ts';

export function Login() {
  const about = useSignal<Business | undefined>(undefined);
  const email = useSignal('');
  const password = useSignal('');
  const isBusy = useSignal(false);
  const problem = useSignal<Problem | undefined>(session.value.state === 'out' ? session.value.problem : undefined);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => {
    first.current?.focus();
    void ask<Business>('GET', '/v1/business').then((answer) => {
      if (answer.ok) about.value = answer.body;
    });
  }, []);
  const send = async (event: Event) => {
    event.preventDefault();
    if (isBusy.value) return;
    isBusy.value = true;
    problem.value = await logIn(email.value.trim(), password.value);
    isBusy.value = false;
  };
  return (
    <main class="login">
      <form class="card" onSubmit={(event) => void send(event)}>
        <div>
          <p class="soft">{about.value?.name ?? ' '}</p>
          <h1>Front desk</h1>
        </div>
        {about.value?.demo === true && (
          <p class="demo-hint">
            Demo: log in as <strong>desk@demo.test</strong> with the password printed when the server started.
          </p>
        )}
        {problem.value !== undefined && (
          <p class="banner danger" role="alert">
            {problem.value.code === 'unauthenticated' || problem.value.code === 'invalid-request'
              ? 'E-mail or password is not right.'
              : sentenceOf(problem.value)}
          </p>
        )}
        <div class="field">
          <label for="email">E-mail</label>
          <input
            id="email"
            ref={first}
            type="email"
            autoComplete="username"
            required
            value={email.value}
            onInput={(event) => {
              email.value = event.currentTarget.value;
            }}
          />
        </div>
        <div class="field">
          <label for="password">Password</label>
          <input
            id="password"
            type="password"
            autoComplete="current-password"
            required
            value={password.value}
            onInput={(event) => {
              password.value = event.currentTarget.value;
            }}
          />
        </div>
        <button type="submit" class="button primary" aria-busy={isBusy.value || undefined}>
          Log in
        </button>
      </form>
    </main>
  );
}
