// What the customer has chosen so far: place, service, person, day, and whose clock the times are on.
import { batch, computed, signal } from '@preact/signals';
import { WEEKDAYS } from '../../src/model/day-plan.ts';
import { type Problem, serverNow } from '../kit/api.ts';
import { sameClock } from '../kit/money-and-time.ts';
import { type Location, openShop, rereadService, type Service, type Staff } from '../kit/shop.ts';
import { addDays, localDate, viewerZone, weekdayOf } from '../kit/zoned-dates.ts';

export const DAYS_SHOWN = 7;

export const locationId = signal<string | undefined>(undefined);
export const serviceId = signal<string | undefined>(undefined);
/** `undefined` is anyone. */
export const staffId = signal<string | undefined>(undefined);
/** What is done along with the service, in its order. */
export const addOnIds = signal<readonly string[]>([]);
/** How many come; more than one only to what takes several at one start. */
export const seats = signal(1);
/** The local date, and the first of the days in the strip. */
export const date = signal('');
export const firstDate = signal('');
/** Whose clock the times are on: that of the place, unless the customer wants their own. */
export const clockOf = signal<'place' | 'viewer'>('place');

export const location = computed<Location | undefined>(() => openShop().locations.find(({ id }) => id === locationId.value));
export const service = computed<Service | undefined>(() => openShop().services.find(({ id }) => id === serviceId.value));
export const addOns = computed<Service['addOns']>(() => service.value?.addOns.filter(({ id }) => addOnIds.value.includes(id)) ?? []);
export const placeZone = computed(() => location.value?.timeZone ?? 'UTC');
/** In which the times are shown. */
export const timeZone = computed(() => (clockOf.value === 'viewer' ? viewerZone() : placeZone.value));
/** By the server's clock: that of the device may be wrong. */
export const today = () => localDate(serverNow(), timeZone.value);
export const dates = computed(() => Array.from({ length: DAYS_SHOWN }, (_, day) => addDays(firstDate.value, day)));

/** The last day that can be booked; `undefined`: there is no limit. */
export const lastDate = computed(() => {
  const horizon = service.value?.horizonDays ?? null;
  return horizon === null ? undefined : addDays(today(), horizon);
});

/** Whether the location is closed on that day. Staff with their own hours may still work. */
export function isClosedOn(day: string): boolean {
  // On another clock, the day is another one.
  if (timeZone.value !== placeZone.value) return false;
  const special = location.value?.specialDates[day];
  if (special !== undefined) return special.length === 0;
  return location.value?.weekly.every((window) => window.day !== WEEKDAYS[weekdayOf(day)]) ?? false;
}

/** Staff at the location who offer the service. */
export const people = computed<readonly Staff[]>(() =>
  openShop().staff.filter((person) => person.locationId === locationId.value && serviceId.value !== undefined && person.serviceIds.includes(serviceId.value)),
);
/** Who would do it: the one who is chosen, or all who could. */
export const doers = computed<readonly string[]>(() => (staffId.value === undefined ? people.value.map(({ id }) => id) : [staffId.value]));

/** At the location. */
export function doersHere(service: Service): readonly string[] {
  return openShop()
    .staff.filter((person) => person.locationId === locationId.value && person.serviceIds.includes(service.id))
    .map(({ id }) => id);
}

export const servicesHere = computed<readonly Service[]>(() => {
  const { services, staff } = openShop();
  const done = new Set(staff.filter((person) => person.locationId === locationId.value).flatMap((person) => person.serviceIds));
  return services.filter(({ id, active }) => active && done.has(id));
});

export function chooseLocation(id: string): void {
  batch(() => {
    locationId.value = id;
    if (serviceId.value !== undefined && !servicesHere.value.some((offer) => offer.id === serviceId.value)) serviceId.value = undefined;
    if (!people.value.some((person) => person.id === staffId.value)) staffId.value = undefined;
    showToday();
  });
}

export function chooseService(id: string | undefined): void {
  batch(() => {
    serviceId.value = id;
    chooseSeats(seats.value);
    chooseAddOns(addOnIds.value);
    if (!people.value.some((person) => person.id === staffId.value)) staffId.value = undefined;
  });
}

/** Those that the service has. */
export function chooseAddOns(ids: readonly string[]): void {
  const known = service.value?.addOns.map(({ id }) => id).filter((id) => ids.includes(id)) ?? [];
  if (known.join() !== addOnIds.value.join()) addOnIds.value = known;
}

/** One of them is not offered any more: the rest stays chosen. */
export async function rereadAddOns({ errors = [] }: Problem): Promise<void> {
  if (!errors.some(({ path }) => path.startsWith('addOnIds.'))) return;
  await rereadService(serviceId.value);
  chooseAddOns(addOnIds.value);
}

/** As many as there can be. */
export function chooseSeats(count: number): void {
  seats.value = Math.max(1, Math.min(count, service.value?.capacity ?? 1));
}

export function chooseDate(day: string): void {
  batch(() => {
    date.value = day;
    if (!dates.value.includes(day)) firstDate.value = day;
  });
}

export function chooseClock(whose: 'place' | 'viewer'): void {
  batch(() => {
    clockOf.value = whose;
    showToday();
  });
}

function showToday(): void {
  firstDate.value = today();
  date.value = firstDate.value;
}

export function turnStrip(days: number): void {
  const first = addDays(firstDate.value, days);
  batch(() => {
    firstDate.value = first < today() ? today() : first;
    if (!dates.value.includes(date.value)) date.value = firstDate.value;
  });
}

/** The place whose clock the visitor's device has, else the first. */
export function nearestLocation(): Location | undefined {
  const { locations } = openShop();
  return (
    locations.find((place) => place.timeZone === viewerZone()) ??
    locations.find((place) => sameClock(serverNow(), place.timeZone, viewerZone())) ??
    locations[0]
  );
}
