import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

type HeadProps = {
  readonly title: string;
  readonly lead?: ComponentChildren;
  readonly back?: { readonly href: string; readonly words: string };
  readonly children?: ComponentChildren;
};

/** The head of a tab, or of something in it: it takes the focus, so that the keyboard and the screen reader begin here. */
export function Head({ title, lead, back, children }: HeadProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [title]);
  return (
    <div class="head">
      <div>
        {back !== undefined && (
          <a class="head-back" href={back.href}>
            <span aria-hidden="true">‹ </span>
            {back.words}
          </a>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead !== undefined && <p class="soft">{lead}</p>}
      </div>
      {children !== undefined && <div class="head-acts">{children}</div>}
    </div>
  );
}
