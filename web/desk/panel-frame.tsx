import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { lookAway } from './looking-at.ts';
import { isPhone } from './views.ts';
import { words } from './wording.ts';

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
        <button type="button" class="button icon quiet" aria-label={words.value.panel.close} onClick={lookAway}>
          <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
            <path d="M5 5l10 10M15 5L5 15" />
          </svg>
        </button>
      </header>
      {children}
    </aside>
  );
}

/** What the panel is about is not left below it: the day is scrolled as far as that takes, and no further. On a phone it covers the day. */
export function keepInSight(about: Element | null): void {
  const grid = about?.closest('.grid');
  const panel = document.querySelector('.panel');
  if (about === null || grid === null || grid === undefined || panel === null || isPhone.peek()) return;
  const [box, frame] = [about.getBoundingClientRect(), grid.getBoundingClientRect()];
  const hidden = box.right - (frame.right - panel.clientWidth);
  // Its beginning comes before its end.
  const toSpare = box.left - frame.left - (grid.querySelector('.hours')?.clientWidth ?? 0);
  if (hidden > 0) grid.scrollLeft += Math.max(0, Math.min(hidden, toSpare));
}
