import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { fieldError, type Problem } from './api.ts';
import { kitWords } from './language.ts';

type FieldProps = {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** What is wrong with it, as a sentence. */
  readonly wrong: string | undefined;
  /** What helps to fill it in. */
  readonly hint?: ComponentChildren;
  /** Not shown while it is typed. */
  readonly isSecret?: boolean;
  /** Which keyboard a phone shows. */
  readonly mode?: 'text' | 'email' | 'tel' | 'numeric' | 'decimal';
  readonly autoComplete?: 'name' | 'email' | 'tel' | 'username' | 'current-password' | 'new-password' | 'one-time-code' | 'off';
  readonly isOptional?: boolean;
  /** Takes the focus when it appears: the first field of a form that somebody has asked for. */
  readonly isFocused?: boolean;
  readonly isLong?: boolean;
};

/** A labelled field with its hint and what is wrong with it, for eyes and ears. */
export function Field({ id, label, value, onInput, wrong, hint, isOptional = false, isLong = false, isFocused = false, ...kind }: FieldProps) {
  const { isSecret = false, mode = 'text', autoComplete = 'off' } = kind;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isFocused) input.current?.focus();
  }, []);
  // What is wrong says it better than the hint does.
  const isHinted = hint !== undefined && wrong === undefined;
  const described = [...(isHinted ? [`${id}-hint`] : []), ...(wrong === undefined ? [] : [`${id}-wrong`])].join(' ');
  const shared = { id, name: id, value, 'aria-invalid': wrong !== undefined, ...(described === '' ? {} : { 'aria-describedby': described }) };
  return (
    <div class="field">
      <label for={id}>
        {label} {isOptional && <span class="optional">{kitWords.value.optional}</span>}
      </label>
      {isLong ? (
        <textarea {...shared} rows={3} maxLength={2000} onInput={(event) => onInput(event.currentTarget.value)} />
      ) : (
        <input
          {...shared}
          ref={input}
          {...(isSecret && { type: 'password' })}
          inputMode={mode}
          autoComplete={autoComplete}
          required={!isOptional}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
      {isHinted && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {wrong !== undefined && (
        <p class="wrong" id={`${id}-wrong`}>
          {wrong}
        </p>
      )}
    </div>
  );
}

/** What the server finds wrong with a field, as a sentence about it: "The password must have at least 10 characters." */
export function wrongOf(problem: Problem | undefined, path: string, subject: string): string | undefined {
  const message = fieldError(problem, path);
  return message === undefined ? undefined : `${subject} ${message}.`;
}
