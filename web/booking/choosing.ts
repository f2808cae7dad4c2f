// What the customer has chosen so far, and the free times that go with it, kept live.
import { batch, computed, effect, signal, untracked } from '@preact/signals';
import { WEEKDAYS } from '../../src/model/day-plan.ts';
import type { SlotsReply } from '../../src/protocol/slots.ts';
import type { ServerMessageBody, SlotsSnapshot } from '../../src/protocol/socket.ts';
import { announce } from '../kit/announcing.tsx';
import { ask, type Problem, query } from '../kit/api.ts';
import { Live } from '../kit/live.ts';
import { clock, counted, listed } from '../kit/money-and-time.ts';
import { type Location, openShop, type Service, type Staff } from '../kit/shop.ts';
import { addDays, localDate, weekdayOf } from '../kit/zoned-dates.ts';
import { afterChange, noticed, type OfferedSlots, type OfferedStart, offeredBy, startsOf } from './offered-slots.ts';

export const DAYS_SHOWN = 7;
/** How far the page looks for the next free day; the most days the server answers at once. */
const DAYS_AHEAD = 62;
const LIGHT_MILLISECONDS = 650;
const TIMES_LISTED = 4;

export const live = new Live();
export const locationId = signal<string | undefined>(undefined);
export const serviceId = signal<string | undefined>(undefined);
/** `undefined` is anyone. */
export const staffId = signal<string | undefined>(undefined);
/** The local date, and the first of the days in the strip. */
export const date = signal('');
export const firstDate = signal('');
export const offered = signal<OfferedSlots | undefined>(undefined);
export const watchProblem = signal<Problem | undefined>(undefined);
/** Free starts per date, for the days the strip does not show. */
const daysAhead = signal<ReadonlyMap<string, number> | undefined>(undefined);
/** Starts that have just come back. */
export const returned = signal<ReadonlySet<number>>(new Set());
/** The start this page holds or is requesting: its disappearance is not announced. */
export const ownStart = signal<number | undefined>(undefined);

export const location = computed<Location | undefined>(() => openShop().locations.find(({ id }) => id === locationId.value));
export const service = computed<Service | undefined>(() => openShop().services.find(({ id }) => id === serviceId.value));
export const timeZone = computed(() => location.value?.timeZone ?? 'UTC');
export const today = () => localDate(Date.now(), timeZone.value);

/** Whether the location is closed on that day. Staff with their own hours may still work. */
export function isClosedOn(day: string): boolean {
  const special = location.value?.specialDates[day];
  if (special !== undefined) return special.length === 0;
  return location.value?.weekly.every((window) => window.day !== WEEKDAYS[weekdayOf(day)]) ?? false;
}

/** Staff at the location who offer the service. */
export const people = computed<readonly Staff[]>(() =>
  openShop().staff.filter((person) => person.locationId === locationId.value && serviceId.value !== undefined && person.serviceIds.includes(serviceId.value)),
);
export const servicesHere = computed<readonly Service[]>(() => {
  const { services, staff } = openShop();
  const done = new Set(staff.filter((person) => person.locationId === locationId.value).flatMap((person) => person.serviceIds));
  return services.filter(({ id, active }) => active && done.has(id));
});

const starts = computed<readonly OfferedStart[]>(() => (offered.value === undefined ? [] : startsOf(offered.value)));
/** Free starts of the chosen date. */
export const startsOfDay = computed(() => starts.value.filter(({ startsAt }) => localDate(startsAt, timeZone.value) === date.value));
/** The starts when the list was opened: taken ones keep their place, so that nothing moves under a finger. */
const opened = signal<readonly number[]>([]);
const openings = signal(0);
export type ListedStart = { readonly startsAt: number; readonly isTaken: boolean };
export const listedStarts = computed<readonly ListedStart[]>(() => {
  const free = new Set(startsOfDay.value.map(({ startsAt }) => startsAt));
  return opened.value.map((startsAt) => ({ startsAt, isTaken: !free.has(startsAt) }));
});
/** Free starts that were not in the list when it was opened. They stand after it. */
export const freedStarts = computed(() => startsOfDay.value.map(({ startsAt }) => startsAt).filter((startsAt) => !opened.value.includes(startsAt)));
export const dates = computed(() => Array.from({ length: DAYS_SHOWN }, (_, day) => addDays(firstDate.value, day)));
/** Free starts per date: live for the days in the strip. `undefined` while nothing is known. */
export const countOf = (day: string): number | undefined => {
  if (offered.value === undefined) return daysAhead.value?.get(day);
  return liveCounts.value.get(day) ?? 0;
};
const liveCounts = computed(() => {
  const counts = new Map<string, number>();
  for (const { startsAt } of starts.value) {
    const day = localDate(startsAt, timeZone.value);
    counts.set(day, (counts.get(day) ?? 0) + 1);
  }
  return counts;
});
/** The next date after the chosen one with a free time. */
export const nextFreeDate = computed(() => [...(daysAhead.value ?? [])].filter(([day, count]) => day > date.value && count > 0).map(([day]) => day)[0]);

export function chooseLocation(id: string): void {
  batch(() => {
    locationId.value = id;
    if (serviceId.value !== undefined && !servicesHere.value.some((offer) => offer.id === serviceId.value)) serviceId.value = undefined;
    if (!people.value.some((person) => person.id === staffId.value)) staffId.value = undefined;
    firstDate.value = today();
    date.value = firstDate.value;
  });
}

export function chooseService(id: string | undefined): void {
  batch(() => {
    serviceId.value = id;
    if (!people.value.some((person) => person.id === staffId.value)) staffId.value = undefined;
  });
}

export function chooseDate(day: string): void {
  batch(() => {
    date.value = day;
    if (!dates.value.includes(day)) firstDate.value = day;
  });
}

export function turnStrip(days: number): void {
  const first = addDays(firstDate.value, days);
  batch(() => {
    firstDate.value = first < today() ? today() : first;
    if (!dates.value.includes(date.value)) date.value = firstDate.value;
  });
}

/** The choice in the address, so that a reload and a link keep it. */
export function readAddress(): void {
  const search = new URLSearchParams(globalThis.location.search);
  const { locations, staff, services } = openShop();
  const person = staff.find(({ id }) => id === search.get('staff'));
  const wanted = locations.find(({ id }) => id === (person?.locationId ?? search.get('location'))) ?? locations[0];
  if (wanted === undefined) return;
  chooseLocation(wanted.id);
  const offer = servicesHere.value.find(({ id }) => id === search.get('service')) ?? (services.length === 1 ? services[0] : undefined);
  chooseService(offer?.id);
  if (person !== undefined && people.value.includes(person)) staffId.value = person.id;
}

/** Refreshes the list: taken starts leave it, free ones are sorted in, including an own start being released. */
export function openList(): void {
  openings.value += 1;
}

function listAnew(): void {
  const own = ownStart.peek();
  const isHere = own !== undefined && localDate(own, timeZone.peek()) === date.peek();
  const free = startsOfDay.peek().map(({ startsAt }) => startsAt);
  opened.value = isHere && !free.includes(own) ? [...free, own].sort((left, right) => left - right) : free;
}

const listKey = computed(() => [serviceId.value, locationId.value, staffId.value, date.value, openings.value, offered.value !== undefined].join(' '));

function writeAddress(): void {
  const several = openShop().locations.length > 1;
  const search = query({ location: several ? locationId.value : undefined, service: serviceId.value, staff: staffId.value });
  history.replaceState(history.state, '', globalThis.location.pathname + (search === '?' ? '' : search) + globalThis.location.hash);
}

/** Keeps watching whatever is chosen. Runs for as long as the page does. */
export function keepLive(): void {
  effect(() => {
    writeAddress();
    const asked = { serviceId: serviceId.value, locationId: locationId.value, staffId: staffId.value };
    daysAhead.value = undefined;
    if (asked.serviceId === undefined || asked.locationId === undefined) return undefined;
    const stop = new AbortController();
    void lookAhead(asked, stop.signal);
    return () => stop.abort();
  });
  effect(() => {
    const asked = serviceId.value === undefined || locationId.value === undefined ? undefined : watchBody(serviceId.value, locationId.value);
    batch(() => {
      offered.value = undefined;
      watchProblem.value = undefined;
    });
    if (asked === undefined) return undefined;
    return watchSlots(asked);
  });
  effect(() => {
    if (listKey.value !== '') untracked(listAnew);
  });
  live.connect();
}

function watchBody(service: string, place: string) {
  const from = firstDate.value;
  const person = staffId.value === undefined ? {} : { staffIds: [staffId.value] };
  return { serviceId: service, locationId: place, ...person, from, to: addDays(from, DAYS_SHOWN), timeZone: timeZone.value };
}

function watchSlots(body: object): () => void {
  return live.watch<SlotsSnapshot, ServerMessageBody<'slots-changed'>>({
    name: 'watch-slots',
    body: () => ({ ...body, ...(offered.peek() === undefined ? {} : { since: sinceOf(offered.peek()) }) }),
    onSnapshot: (snapshot) => show(offeredBy(snapshot, offered.peek())),
    onChange: (change) => {
      const before = offered.peek();
      const after = before === undefined ? 'missed' : afterChange(before, change);
      if (after === 'missed') return 'missed';
      show(after);
      return 'applied';
    },
    onRefused: (problem) => {
      watchProblem.value = { ...problem };
    },
    isBehind: ({ era, revisions }) => {
      const known = offered.peek();
      if (known === undefined) return false;
      return era !== known.era || [...known.calendars].some(([id, { revision }]) => (revisions[id] ?? 0) > revision);
    },
  });
}

function sinceOf(known: OfferedSlots | undefined) {
  return known && { era: known.era, revisions: Object.fromEntries([...known.calendars].map(([id, { revision }]) => [id, revision])) };
}

/** Shows new free times and announces changes of the day in view. */
function show(next: OfferedSlots): void {
  const before = startsOfDay.peek();
  const isFirst = offered.peek() === undefined;
  offered.value = next;
  if (isFirst) {
    showFirstFreeDay();
    return;
  }
  const { gone, back } = noticed(before, startsOfDay.peek());
  const lost = gone.filter((start) => start !== ownStart.peek());
  lightUp(back);
  if (lost.length > 0) announce(`${timesInWords(lost)} no longer free.`);
  else if (back.length > 0 && !back.includes(ownStart.peek() ?? 0)) announce(`${timesInWords(back)} free again.`);
}

/** "10:00, 10:15 and 10:30 are", or only how many when a list would be too much to listen to. */
function timesInWords(moments: readonly number[]): string {
  if (moments.length > TIMES_LISTED) return `${counted(moments.length, 'time', 'times')} are`;
  return `${listed(moments.map((moment) => clock(moment, timeZone.peek())))} ${moments.length === 1 ? 'is' : 'are'}`;
}

function lightUp(moments: readonly number[]): void {
  if (moments.length === 0) return;
  returned.value = new Set([...returned.peek(), ...moments]);
  setTimeout(() => {
    returned.value = new Set([...returned.peek()].filter((moment) => !moments.includes(moment)));
  }, LIGHT_MILLISECONDS);
}

async function lookAhead(
  asked: { serviceId: string | undefined; locationId: string | undefined; staffId: string | undefined },
  abort: AbortSignal,
): Promise<void> {
  const from = today();
  const search = query({ ...asked, from, to: addDays(from, DAYS_AHEAD), grain: 'day', timeZone: timeZone.peek() });
  const answer = await ask<SlotsReply>('GET', `/v1/slots${search}`, { signal: abort });
  if (abort.aborted || !answer.ok) return;
  daysAhead.value = new Map((answer.body.days ?? []).map(({ date: day, slots }) => [day, slots]));
  showFirstFreeDay();
}

/** Until a day is chosen by hand, shows the first one with free times. */
function showFirstFreeDay(): void {
  if (date.peek() !== today() || offered.peek() === undefined || startsOfDay.peek().length > 0) return;
  const free = nextFreeDate.peek();
  if (free !== undefined) chooseDate(free);
}
