import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

type DoorHeadingProps = { readonly children: ComponentChildren /** Where a field takes the focus instead. */; readonly isQuiet?: boolean };

/** Moves the focus to the new heading, for users who cannot see that the card has changed. */
export function DoorHeading({ children, isQuiet = false }: DoorHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isQuiet) heading.current?.focus();
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
