// The booking page in a page of another site: dialogs open where the visitor looks, and the site is told how tall the page is,
// that another step begins at its top, and that something was booked.
// It is told nothing about the customer. Browsers deliver it only if the site around it is the one that is named in the address, exactly.
import { effect } from '@preact/signals';
import type * as keeping from '../booking/keeping.ts';

/** What the script on the site is told. */
export type SaidToSite =
  | { readonly slotkeeper: 'height'; readonly height: number }
  | { readonly slotkeeper: 'step' }
  | { readonly slotkeeper: 'booked'; readonly serviceId: string; readonly locationId: string };

/** `undefined` where it is shown without the script, and so to nothing that listens. */
function siteAround(): string | undefined {
  const named = new URLSearchParams(location.search).get('site') ?? '';
  return parent !== window && URL.parse(named)?.origin === named ? named : undefined;
}

/** A frame hears of the scrolling around it a moment later, on a busy device some frames later. */
const SETTLED_AFTER_MILLISECONDS = 1_000;

/** Where the visitor looks: how much of the page is above and below what is seen of it. A dialog that has been open for a moment stays where it is. */
function followSight(): void {
  const { style } = document.documentElement;
  let settledAt = 0;
  const sight = new IntersectionObserver((looks) => {
    if (performance.now() < settledAt) lookAgain();
    const seen = looks.at(-1)?.intersectionRect;
    if (seen === undefined || seen.height === 0) return;
    style.setProperty('--above-sight', `${seen.top}px`);
    style.setProperty('--below-sight', `${innerHeight - seen.bottom}px`);
  });
  /** Observing anew is the only way to be told once more. */
  const lookAgain = () => {
    sight.disconnect();
    sight.observe(document.documentElement);
  };
  const look = () => {
    if (document.querySelector('dialog[open]') !== null) return;
    settledAt = performance.now() + SETTLED_AFTER_MILLISECONDS;
    lookAgain();
  };
  // Scrolling is the site's and not heard here, but whatever opens a dialog is pressed or focused first.
  for (const kind of ['pointerdown', 'keydown', 'focusin']) addEventListener(kind, look, { capture: true, passive: true });
}

/** Goes on for as long as the page is open. */
export function fitIntoSite({ stage, justBooked }: Pick<typeof keeping, 'stage' | 'justBooked'>): void {
  followSight();
  const site = siteAround();
  if (site === undefined) return;
  const tell = (words: SaidToSite) => parent.postMessage(words, site);
  new ResizeObserver(() => tell({ slotkeeper: 'height', height: Math.ceil(document.body.getBoundingClientRect().height) })).observe(document.body);
  let shown = stage.peek();
  effect(() => {
    if (stage.value !== shown) tell({ slotkeeper: 'step' });
    shown = stage.value;
  });
  effect(() => {
    if (justBooked.value !== undefined) tell({ slotkeeper: 'booked', ...justBooked.value });
  });
}
