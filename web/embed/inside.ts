// What the booking page says to the site that shows it: how tall it is, that another step begins at its top, and that something was booked.
// Nothing about the customer. Browsers deliver it only if the site around it is the one that is named in the address, to the letter.
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

/** Goes on for as long as the page is open. */
export function speakToSite({ stage, justBooked }: Pick<typeof keeping, 'stage' | 'justBooked'>): void {
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
