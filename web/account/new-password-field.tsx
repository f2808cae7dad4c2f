import { SHORTEST_PASSWORD } from '../../src/protocol/password-rules.ts';
import { Field } from '../kit/field.tsx';

type NewPasswordProps = { readonly label: string; readonly value: string; readonly wrong: string | undefined; readonly onInput: (value: string) => void };

export function NewPasswordField(props: NewPasswordProps) {
  return (
    <Field
      id="new-password"
      isSecret
      autoComplete="new-password"
      hint={`At least ${SHORTEST_PASSWORD} characters, and not a common password. Three unrelated words work well.`}
      {...props}
    />
  );
}
