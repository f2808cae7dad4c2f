// The free times of what is chosen, kept live: of the week in the strip, and the next ones from now.
import { batch, computed, effect, type Signal, signal, untracked } from '@preact/signals';
import type { ServerMessageBody, SlotsSnapshot } from '../../src/protocol/socket.ts';
import { announce } from '../kit/announcing.tsx';
import type { Problem } from '../kit/api.ts';
import { say } from '../kit/language.ts';
import { Live } from '../kit/live.ts';
import { clock, listed } from '../kit/money-and-time.ts';
import { addDays, localDate } from '../kit/zoned-dates.ts';
import { keepAddress } from './address.ts';
import {
  addOnIds,
  chooseDate,
  DAYS_SHOWN,
  date,
  firstDate,
  locationId,
  rereadAddOns,
  seats,
  serviceId,
  staffId,
  timeZone,
  today,
  turnStrip,
} from './choosing.ts';
import { choice, daysAhead, firstFreeDate, keepLooking, keepMonth, lookAgain, nextFreeDate } from './day-counts.ts';
import { words } from './languages.ts';
import { afterChange, noticed, type OfferedSlots, type OfferedStart, offeredBy, startsOf } from './offered-slots.ts';

const LIGHT_MILLISECONDS = 650;
const TIMES_LISTED = 4;
const SOON_SHOWN = 3;
const SOON_DAYS = 3;
/** Until what is live is believed more than what was counted before. */
const DISAGREEING_MILLISECONDS = 2_000;

export const live = new Live();
export const offered = signal<OfferedSlots | undefined>(undefined);
export const watchProblem = signal<Problem | undefined>(undefined);
/** Starts that have just come back. */
export const returned = signal<ReadonlySet<number>>(new Set());
/** The start this page holds or is requesting: its disappearance is not announced. */
export const ownStart = signal<number | undefined>(undefined);
/** The appointment that is being moved does not stand in the way. */
export const movingOwn = signal<{ readonly movingAppointmentId: string; readonly manageToken: string } | undefined>(undefined);

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

/** The next free starts, wherever the strip is. `undefined` while nothing is known. */
export const soon = signal<readonly OfferedStart[] | undefined>(undefined);
const offeredSoon = signal<OfferedSlots | undefined>(undefined);
/** The strip shows the first free day, so its times are the next ones. */
const isStripFirst = computed(() => firstDate.value === today() || firstDate.value <= (firstFreeDate.value ?? ''));

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

const listKey = computed(() =>
  [serviceId.value, locationId.value, staffId.value, seats.value, addOnIds.value.join(), date.value, openings.value, offered.value !== undefined].join(' '),
);

/** Keeps watching whatever is chosen. Runs for as long as the page does. */
export function keepLive(): void {
  keepAddress();
  keepLooking();
  keepMonth(offered);
  effect(() => {
    const asked = watchBody(firstDate.value, DAYS_SHOWN);
    batch(() => {
      offered.value = undefined;
      watchProblem.value = undefined;
    });
    return asked === undefined ? undefined : watchSlots(asked, offered, show);
  });
  effect(() => {
    if (listKey.value !== '') untracked(listAnew);
  });
  effect(() => {
    if (daysAhead.value !== undefined) untracked(showFirstFreeDay);
  });
  keepSoon();
  followLosses();
  live.connect();
}

/** What was counted before a loss of the connection may be long ago: the device may have slept over midnight. */
function followLosses(): void {
  let wasLost = false;
  effect(() => {
    const { value } = live.state;
    if (value === 'live' && wasLost) {
      untracked(() => {
        if (firstDate.value < today()) turnStrip(0);
        lookAgain();
      });
    }
    wasLost = value === 'reconnecting' || value === 'offline';
  });
}

function keepSoon(): void {
  effect(() => {
    if (choice.value !== undefined && timeZone.value !== '') soon.value = undefined;
  });
  effect(() => {
    const from = isStripFirst.value ? undefined : firstFreeDate.value;
    const asked = from === undefined ? undefined : watchBody(from, SOON_DAYS);
    offeredSoon.value = undefined;
    if (asked === undefined) return undefined;
    return watchSlots(asked, offeredSoon, (next) => {
      offeredSoon.value = next;
    });
  });
  effect(() => {
    const known = isStripFirst.value ? offered.value : offeredSoon.value;
    if (known === undefined) return undefined;
    const next = startsOf(known).slice(0, SOON_SHOWN);
    const isCounted = next.length === 0 && firstFreeDate.value !== undefined;
    soon.value = isCounted ? undefined : next;
    if (!isCounted) return undefined;
    // All of them were taken since the days were counted.
    const counting = setTimeout(lookAgain, DISAGREEING_MILLISECONDS);
    return () => clearTimeout(counting);
  });
}

function watchBody(from: string, days: number): object | undefined {
  const asked = choice.value;
  if (asked === undefined) return undefined;
  const person = asked.staffId === undefined ? {} : { staffIds: [asked.staffId] };
  const several = asked.seats === undefined ? {} : { seats: asked.seats };
  const along = asked.addOnIds === undefined || movingOwn.value !== undefined ? {} : { addOnIds: asked.addOnIds };
  const range = { from, to: addDays(from, days), timeZone: timeZone.value };
  return { serviceId: asked.serviceId, locationId: asked.locationId, ...person, ...several, ...along, ...range, ...movingOwn.value };
}

function watchSlots(body: object, known: Signal<OfferedSlots | undefined>, onNext: (next: OfferedSlots) => void): () => void {
  return live.watch<SlotsSnapshot, ServerMessageBody<'slots-changed'>>({
    name: 'watch-slots',
    body: () => ({ ...body, ...(known.peek() === undefined ? {} : { since: sinceOf(known.peek()) }) }),
    onSnapshot: (snapshot) => {
      watchProblem.value = undefined;
      onNext(offeredBy(snapshot, known.peek()));
    },
    onChange: (change) => {
      const before = known.peek();
      const after = before === undefined ? 'missed' : afterChange(before, change);
      if (after === 'missed') return 'missed';
      onNext(after);
      return 'applied';
    },
    onRefused: (problem) => {
      watchProblem.value = { ...problem };
      void rereadAddOns(problem);
    },
    isBehind: ({ era, revisions }) => {
      const shown = known.peek();
      if (shown === undefined) return false;
      return era !== shown.era || [...shown.calendars].some(([id, { revision }]) => (revisions[id] ?? 0) > revision);
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
  const { times } = words.peek();
  if (lost.length > 0) announce(timesInWords(lost, times.gone, times.goneMany));
  else if (back.length > 0 && !back.includes(ownStart.peek() ?? 0)) announce(timesInWords(back, times.back, times.backMany));
}

/** "10:00, 10:15 and 10:30 are …", or only how many when a list would be too much to listen to. */
function timesInWords(moments: readonly number[], few: string, many: string): string {
  const count = moments.length;
  if (count > TIMES_LISTED) return say(many, { count });
  return say(few, { count, times: listed(moments.map((moment) => clock(moment, timeZone.peek()))) });
}

function lightUp(moments: readonly number[]): void {
  if (moments.length === 0) return;
  returned.value = new Set([...returned.peek(), ...moments]);
  setTimeout(() => {
    returned.value = new Set([...returned.peek()].filter((moment) => !moments.includes(moment)));
  }, LIGHT_MILLISECONDS);
}

/** Until a day is chosen by hand, shows the first one with free times. */
function showFirstFreeDay(): void {
  if (date.peek() !== today() || offered.peek() === undefined || startsOfDay.peek().length > 0) return;
  const free = nextFreeDate.peek();
  if (free !== undefined) chooseDate(free);
}
