// The link to an appointment. Its token stands behind the `#`, which browsers send to no server, and leaves the address as soon as the page
// has read it: an address is seen over a shoulder, stays in the history, and is copied to the other devices of a browser.
// The tab keeps it with this entry of its history, so that a reload shows the appointment again.

export type AppointmentLink = { readonly id: string; readonly token: string };

/** As the server makes them: the id of the appointment and 32 bytes of signature. */
const TOKEN = /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\.[\w-]{43}$/;

/** Reads what is behind the `#`. `undefined`: it speaks of no appointment; `malformed`: something is missing or was changed on the way. */
export function linkOf(hash: string): AppointmentLink | 'malformed' | undefined {
  const named = new URLSearchParams(hash.slice(1));
  const [id, token] = [named.get('appointment'), named.get('token')];
  if (id === null && token === null) return undefined;
  return id === null || token === null || TOKEN.exec(token)?.[1] !== id ? 'malformed' : { id, token };
}

/** For the customer to keep. */
export function linkTo({ id, token }: AppointmentLink): string {
  return `${location.origin}${location.pathname}#appointment=${id}&token=${token}`;
}

/** The link that this tab was opened with, or has kept; afterwards the address does not show it. */
export function takeLink(): AppointmentLink | 'malformed' | undefined {
  const named = linkOf(location.hash);
  if (named === undefined) return history.state?.link;
  keepLink(named === 'malformed' ? undefined : named);
  return named;
}

/** Until another takes its place, or the tab is closed. */
export function keepLink(link: AppointmentLink | undefined): void {
  history.replaceState(link && { stage: 'booked', link }, '', location.pathname + location.search);
}
