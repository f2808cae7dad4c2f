import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask } from '../kit/api.ts';
import { LanguagePicker } from '../kit/languages.tsx';
import { LoginForm } from '../kit/login-form.tsx';
import type { Business } from '../kit/shop.ts';
import { chooseLanguage } from './languages.ts';
import { words } from './wording.ts';

export function Login() {
  const about = useSignal<Business | undefined>(undefined);
  const email = useSignal('');
  useEffect(() => {
    void ask<Business>('GET', '/v1/business').then((answer) => {
      if (answer.ok) about.value = answer.body;
    });
  }, []);
  const text = words.value.top;
  const heading = (
    <div>
      <p class="soft">{about.value?.name ?? ' '}</p>
      <h1>{text.desk}</h1>
    </div>
  );
  const hint = about.value?.demo === true && <p class="demo-hint">{text.demo({ address: 'desk@demo.test' })}</p>;
  return (
    <main class="entrance">
      <LoginForm heading={heading} email={email} hint={hint}>
        <p class="elsewhere">
          <a href="/account#forgotten">{text.forgotten}</a>
        </p>
        <LanguagePicker label={text.language} onChoose={chooseLanguage} />
      </LoginForm>
    </main>
  );
}
