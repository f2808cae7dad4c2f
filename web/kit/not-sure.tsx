import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { announce } from './announcing.tsx';
import { kitWords } from './language.ts';

type NotSureProps = {
  /** What is not known, as a sentence: "We do not know yet whether the time is booked." */
  readonly children: string;
  /** What else the user can do: usually, to give up. */
  readonly actions?: ComponentChildren;
};

/** The third state of a write, between yes and no. */
export function NotSure({ children, actions }: NotSureProps) {
  const { title, more } = kitWords.value.notSure;
  const sentence = `${children} ${more}`;
  const said = useRef('');
  useEffect(() => {
    if (said.current !== sentence) announce(`${title} ${sentence}`);
    said.current = sentence;
  }, [sentence]);
  return (
    <div class="banner not-sure" data-not-sure>
      <span class="turning" aria-hidden="true" />
      <p>
        <strong>{title}</strong> {sentence}
      </p>
      {actions}
    </div>
  );
}
