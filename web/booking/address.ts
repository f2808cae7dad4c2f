// The choice in the address: a link leads to a service, a person or a place, and a reload or Back to what was chosen then.
import { batch, effect, signal } from '@preact/signals';
import { query } from '../kit/api.ts';
import { openShop } from '../kit/shop.ts';
import { addDays } from '../kit/zoned-dates.ts';
import {
  addOnIds,
  chooseAddOns,
  chooseDate,
  chooseLocation,
  chooseSeats,
  chooseService,
  clockOf,
  date,
  lastDate,
  locationId,
  nearestLocation,
  people,
  seats,
  serviceId,
  servicesHere,
  staffId,
  today,
} from './choosing.ts';

/** A day of the calendar, so not the 29th of February of most years. */
const isDate = (day: string) => /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);

/** Whether the page knows what to show first, so that nothing else is seen before. */
export const hasOpened = signal(false);
/** No link leads further than this: there are no calendars of the year 9999. */
const MOST_DAYS_AHEAD = 3_660;

export function readAddress(): void {
  const search = new URLSearchParams(location.search);
  const { locations, staff } = openShop();
  const person = staff.find(({ id }) => id === search.get('staff'));
  const named = locations.find(({ id }) => id === (person?.locationId ?? search.get('location')));
  // A link to a service leads to where it is offered.
  const offering = new Set(staff.filter(({ serviceIds }) => serviceIds.includes(search.get('service') ?? '')).map((one) => one.locationId));
  const near = [locations.find(({ id }) => id === locationId.peek()), nearestLocation(), ...locations].filter((place) => place !== undefined);
  const wanted = named ?? near.find(({ id }) => offering.has(id)) ?? near[0];
  if (wanted === undefined) return;
  batch(() => {
    clockOf.value = search.get('clock') === 'viewer' ? 'viewer' : 'place';
    chooseLocation(wanted.id);
    const here = servicesHere.value;
    const offer = here.find(({ id }) => id === search.get('service')) ?? (here.length === 1 ? here[0] : undefined);
    chooseService(offer?.id);
    const count = search.get('seats') ?? '1';
    chooseSeats(/^\d{1,3}$/.test(count) ? Number(count) : 1);
    chooseAddOns(search.getAll('addOn'));
    staffId.value = person !== undefined && people.value.includes(person) ? person.id : undefined;
    const day = search.get('date') ?? '';
    const last = lastDate.value ?? addDays(today(), MOST_DAYS_AHEAD);
    if (isDate(day) && day > today() && day <= last) chooseDate(day);
  });
}

/** A service chosen by hand is a step of its own: Back leads to the list of services. */
export function chooseServiceByHand(id: string): void {
  if (id !== serviceId.peek()) history.pushState({}, '');
  chooseService(id);
}

/** Keeps the address up to date for as long as the page is open. */
export function keepAddress(): void {
  effect(() => {
    const several = openShop().locations.length > 1;
    const chosen = new Map(new URLSearchParams(location.search));
    for (const name of ['location', 'service', 'staff', 'seats', 'addOn', 'date', 'clock']) chosen.delete(name);
    const day = serviceId.value !== undefined && date.value !== today() ? date.value : undefined;
    const search = query({
      ...Object.fromEntries(chosen),
      location: several ? locationId.value : undefined,
      service: serviceId.value,
      staff: staffId.value,
      seats: seats.value > 1 ? seats.value : undefined,
      addOn: addOnIds.value.length > 0 ? addOnIds.value : undefined,
      date: day,
      clock: clockOf.value === 'viewer' ? 'viewer' : undefined,
    });
    history.replaceState(history.state, '', location.pathname + (search === '?' ? '' : search) + location.hash);
  });
}
