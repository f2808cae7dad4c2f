import type { Signal } from '@preact/signals';
import type { Problem } from '../kit/api.ts';
import { Field, wrongOf } from '../kit/field.tsx';

type PresentPassword = {
  readonly value: Signal<string>;
  readonly problem: Problem | undefined /** Another one where two of them can be in sight. */;
  readonly id?: string;
};

/** Asks the user for their password again: they may have left the page open. */
export function PresentPasswordField({ value, problem, id = 'factor-password' }: PresentPassword) {
  return (
    <Field
      id={id}
      label="Your password"
      isSecret
      isFocused
      autoComplete="current-password"
      value={value.value}
      wrong={wrongOf(problem, 'password', 'This')}
      onInput={(typed) => {
        value.value = typed;
      }}
    />
  );
}
