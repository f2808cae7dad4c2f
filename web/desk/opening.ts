// Opens the appointment that the address of the page names, as links of notifications do: `/desk#appointment=…&staff=…&at=…`.
import { openShop } from '../kit/shop.ts';
import { localDate } from '../kit/zoned-dates.ts';
import { look } from './looking-at.ts';
import { chooseLocation, date, timeZone } from './watching.ts';

/** On its day, in the panel. */
export function showAppointment({ id, locationId, startsAt }: { readonly id: string; readonly locationId: string; readonly startsAt: string }): void {
  chooseLocation(locationId);
  date.value = localDate(Date.parse(startsAt), timeZone.peek());
  look({ kind: 'claim', claimId: id });
}

/** Now, and whenever the part after `#` changes, until the returned function is called. */
export function followLinks(): () => void {
  openLinked();
  addEventListener('hashchange', openLinked);
  return () => removeEventListener('hashchange', openLinked);
}

function openLinked(): void {
  const named = new URLSearchParams(location.hash.slice(1));
  const [claimId, at] = [named.get('appointment'), Date.parse(named.get('at') ?? '')];
  if (claimId === null || Number.isNaN(at)) return;
  // The same link can be followed again.
  history.replaceState(null, '', location.pathname + location.search);
  const place = openShop().staff.find(({ id }) => id === named.get('staff'))?.locationId;
  if (place !== undefined) chooseLocation(place);
  date.value = localDate(at, timeZone.value);
  look({ kind: 'claim', claimId });
}
