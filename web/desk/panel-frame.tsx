import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { lookAway } from './looking-at.ts';

/** The frame: a title, a way out, Escape. */
type Props = {
  readonly title: string;
  /** What takes the focus when it opens; else the title. */
  readonly focus?: string | undefined;
  readonly children: ComponentChildren;
};

export function PanelFrame({ title, focus = 'h2', children }: Props) {
  const frame = useRef<HTMLElement>(null);
  useEffect(() => frame.current?.querySelector<HTMLElement>(focus)?.focus({ preventScroll: true }), []);
  return (
    <aside
      class="panel"
      ref={frame}
      aria-labelledby="panel-title"
      onKeyDown={(event) => {
        if (event.key === 'Escape') lookAway();
      }}
    >
      <header class="panel-top">
        <h2 id="panel-title" tabIndex={-1}>
          {title}
        </h2>
        <button type="button" class="button icon quiet" aria-label="Close" onClick={lookAway}>
          <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
            <path d="M5 5l10 10M15 5L5 15" />
          </svg>
        </button>
      </header>
      {children}
    </aside>
  );
}
