// What several doors have.
import { Field } from '../field.tsx';
import { email } from './standing.ts';

/** What was typed here is still there at the next door. */
export function AddressField({ wrong }: { readonly wrong: string | undefined }) {
  return (
    <Field
      id="email"
      label="E-mail"
      mode="email"
      autoComplete="username"
      value={email.value}
      wrong={wrong}
      onInput={(value) => {
        email.value = value;
      }}
    />
  );
}

export function BackToLogin({ children }: { readonly children: string }) {
  return (
    <p class="elsewhere">
      <a href="#login">{children}</a>
    </p>
  );
}
