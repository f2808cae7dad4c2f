import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { announce } from './announcing.tsx';

type NotSureProps = {
  /** What is not known, as a sentence: "We do not know yet whether the time is booked." */
  readonly children: string;
  /** What else the user can do: usually, to give up. */
  readonly actions?: ComponentChildren;
};

/** The third state of a write, between yes and no. */
export function NotSure({ children, actions }: NotSureProps) {
  const sentence = `${children} We keep checking until we know. Nothing is done twice.`;
  const said = useRef('');
  useEffect(() => {
    if (said.current !== sentence) announce(`Not sure yet. ${sentence}`);
    said.current = sentence;
  }, [sentence]);
  return (
    <div class="banner not-sure" data-not-sure>
      <span class="turning" aria-hidden="true" />
      <p>
        <strong>Not sure yet.</strong> {sentence}
      </p>
      {actions}
    </div>
  );
}
