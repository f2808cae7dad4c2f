// The one line that a site takes in: it shows the booking page where its tag stands, as tall as it is.
// It runs on pages of others, so it leaves nothing there but the frame: no global name, and no inline style or script, which a strict policy refuses.
import type { SaidToSite } from './inside.ts';

/** Until the page says how tall it is. */
const FIRST_HEIGHT = 640;
/** A page that has said nothing for so long after it was loaded was refused by the browser: this site is not on the list. */
const SILENCE_MILLISECONDS = 5_000;

(() => {
  const tag = document.currentScript;
  if (!(tag instanceof HTMLScriptElement)) return;
  const { origin } = new URL(tag.src);
  const address = new URL('/embed', origin);
  address.searchParams.set('site', location.origin);
  // As in the address of the booking page.
  for (const name of ['service', 'location', 'staff', 'lang']) {
    const chosen = tag.dataset[name];
    if (chosen !== undefined) address.searchParams.set(name, chosen);
  }
  const frame = Object.assign(document.createElement('iframe'), { src: address.href, title: tag.dataset.title ?? origin, allow: 'payment; clipboard-write' });
  Object.assign(frame.style, { display: 'block', width: '100%', height: `${FIRST_HEIGHT}px`, border: '0', colorScheme: 'normal' });
  let hasSpoken = false;
  addEventListener('message', ({ source, origin: from, data }: MessageEvent<SaidToSite>) => {
    if (source !== frame.contentWindow || from !== origin) return;
    hasSpoken = true;
    if (data.slotkeeper === 'height') frame.style.height = `${data.height}px`;
    else if (data.slotkeeper === 'step' && frame.getBoundingClientRect().top < 0) frame.scrollIntoView();
    else if (data.slotkeeper === 'booked')
      frame.dispatchEvent(new CustomEvent('slotkeeper:booked', { bubbles: true, detail: { serviceId: data.serviceId, locationId: data.locationId } }));
  });
  const openInstead = () => {
    if (hasSpoken || !frame.isConnected) return;
    frame.replaceWith(Object.assign(document.createElement('a'), { href: `${origin}/`, textContent: `${origin}/` }));
  };
  frame.addEventListener('load', () => setTimeout(openInstead, SILENCE_MILLISECONDS), { once: true });
  tag.after(frame);
})();
