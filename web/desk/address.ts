// What is in view is in the address of the page, so that reload and the back button work, and the keys that change it.
import { batch, effect, untracked } from '@preact/signals';
import { openShop } from '../kit/shop.ts';
import { asOf, chosenCalendar, firstView, VIEWS, view } from './views.ts';
import { chooseLocation, date, locationId, today } from './watching.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Shows what the address names, and keeps it up to date, until the returned function is called. */
export function keepAddress(): () => void {
  readAddress();
  let isFirst = true;
  const stop = effect(() => {
    const search = searchNow();
    const isNew = search !== location.search;
    const address = location.pathname + search + location.hash;
    if (isNew && isFirst) history.replaceState(null, '', address);
    else if (isNew) history.pushState(null, '', address);
    isFirst = false;
  });
  addEventListener('popstate', readAddress);
  return () => {
    stop();
    removeEventListener('popstate', readAddress);
  };
}

/** What it does not name, or names wrongly, is as on the first visit; only the location stays. */
function readAddress(): void {
  const named = new URLSearchParams(location.search);
  const day = named.get('date') ?? '';
  const place = openShop().locations.find(({ id }) => id === named.get('location'));
  batch(() => {
    if (place !== undefined) chooseLocation(place.id);
    date.value = DATE.test(day) && !Number.isNaN(Date.parse(day)) ? day : today();
    view.value = [...VIEWS, 'print' as const].find((one) => one === named.get('view')) ?? firstView();
    const at = Date.parse(named.get('at') ?? '');
    asOf.value = Number.isNaN(at) ? undefined : at;
    chosenCalendar.value = named.get('calendar') ?? '';
  });
}

function searchNow(): string {
  const named = new URLSearchParams();
  if (openShop().locations.length > 1) named.set('location', locationId.value);
  if (view.value !== firstView()) named.set('view', view.value);
  // Tomorrow, the same page shows tomorrow.
  if (date.value !== untracked(today)) named.set('date', date.value);
  if (chosenCalendar.value !== '') named.set('calendar', chosenCalendar.value);
  if (asOf.value !== undefined) named.set('at', new Date(asOf.value).toISOString());
  return named.size === 0 ? '' : `?${named}`;
}
