// The link to an appointment. Its token is behind the `#`, which browsers send to no server, and is removed from the address once the page
// has read it, because addresses are visible, stay in the history and are synchronised to other devices.
// The tab keeps it with this history entry, so that a reload shows the appointment again.

export type AppointmentLink = { readonly id: string; readonly token: string };

/** The format of the server: the id of the appointment and 32 bytes of signature. */
const TOKEN = /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\.[\w-]{43}$/;

/** Reads the part behind the `#`. `undefined`: no appointment; `malformed`: something is missing or was changed. */
export function linkOf(hash: string): AppointmentLink | 'malformed' | undefined {
  const named = new URLSearchParams(hash.slice(1));
  const [id, token] = [named.get('appointment'), named.get('token')];
  if (id === null && token === null) return undefined;
  return id === null || token === null || TOKEN.exec(token)?.[1] !== id ? 'malformed' : { id, token };
}

/** For the customer to keep: of the booking page itself, also where another site shows it. */
export function linkTo({ id, token }: AppointmentLink): string {
  return `${location.origin}/#appointment=${id}&token=${token}`;
}

/** The link this tab was opened with, or has kept; it is removed from the address. */
export function takeLink(): AppointmentLink | 'malformed' | undefined {
  const named = linkOf(location.hash);
  if (named === undefined) return history.state?.link;
  keepLink(named === 'malformed' ? undefined : named);
  return named;
}

/** Until it is replaced or the tab is closed. */
export function keepLink(link: AppointmentLink | undefined): void {
  history.replaceState(link && { stage: 'booked', link }, '', location.pathname + location.search);
}
