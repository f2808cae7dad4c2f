import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask } from '../kit/api.ts';
import { LoginForm } from '../kit/login-form.tsx';
import type { Business } from '../kit/shop.ts';

export function Login() {
  const about = useSignal<Business | undefined>(undefined);
  const email = useSignal('');
  useEffect(() => {
    void ask<Business>('GET', '/v1/business').then((answer) => {
      if (answer.ok) about.value = answer.body;
    });
  }, []);
  const heading = (
    <div>
      <p class="soft">{about.value?.name ?? ' '}</p>
      <h1>Front desk</h1>
    </div>
  );
  const hint = about.value?.demo === true && (
    <p class="demo-hint">
      Demo: log in as <strong>desk@demo.test</strong> with the password printed when the server started.
    </p>
  );
  return (
    <main class="entrance">
      <LoginForm heading={heading} email={email} hint={hint}>
        <p class="elsewhere">
          <a href="/account#forgotten">Forgotten your password?</a>
        </p>
      </LoginForm>
    </main>
  );
}
