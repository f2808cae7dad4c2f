// Parts shared by several doors.
import { Field } from '../kit/field.tsx';
import { email } from './standing.ts';

/** Keeps its value across doors. */
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
