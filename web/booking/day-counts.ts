// How many free times each day has: of the coming weeks, of the month that is open, and whether anyone is free before the person who is chosen.
import { computed, effect, type Signal, signal } from '@preact/signals';
import type { SlotsReply } from '../../src/protocol/slots.ts';
import { ask, query } from '../kit/api.ts';
import { addDays } from '../kit/zoned-dates.ts';
import { addOnIds, date, locationId, seats, serviceId, staffId, timeZone, today } from './choosing.ts';

/** How far the page looks for the next free day; the most days the server answers at once. */
const DAYS_AHEAD = 62;
/** How often the counts of an open month are read again while nothing is heard. */
const MONTH_MILLISECONDS = 15_000;
/** After a change is heard; more changes in this time are read together. */
const SETTLE_MILLISECONDS = 1_000;
/** After an answer that did not come. */
const AGAIN_SECONDS = 5;

type Counts = ReadonlyMap<string, number>;
/** `seats`: more than one; `addOnIds`: one at least. */
type Asked = {
  readonly serviceId: string;
  readonly locationId: string;
  readonly staffId: string | undefined;
  readonly seats: number | undefined;
  readonly addOnIds: readonly string[] | undefined;
};

/** Free starts per date. `undefined` while nothing is known. */
export const daysAhead = signal<Counts | undefined>(undefined);
const withAnyone = signal<Counts | undefined>(undefined);
export const monthCounts = signal<Counts | undefined>(undefined);
/** The first of the month that is open. */
export const openMonth = signal<string | undefined>(undefined);

const firstFree = (counts: Counts | undefined, from = '') => [...(counts ?? [])].find(([day, count]) => day >= from && count > 0)?.[0];
/** The next date after the chosen one with a free time. */
export const nextFreeDate = computed(() => firstFree(daysAhead.value, addDays(date.value, 1)));
export const firstFreeDate = computed(() => firstFree(daysAhead.value));
/** A day on which someone is free, although the chosen person is free only later. */
export const earlierWithAnyone = computed(() => {
  const [anyone, theirs] = [firstFree(withAnyone.value), firstFreeDate.value];
  return staffId.value !== undefined && daysAhead.value !== undefined && anyone !== undefined && (theirs === undefined || anyone < theirs) ? anyone : undefined;
});

export const choice = computed<Asked | undefined>(() =>
  serviceId.value === undefined || locationId.value === undefined
    ? undefined
    : {
        serviceId: serviceId.value,
        locationId: locationId.value,
        staffId: staffId.value,
        seats: seats.value > 1 ? seats.value : undefined,
        addOnIds: addOnIds.value.length > 0 ? addOnIds.value : undefined,
      },
);

/** Says how many seconds to wait before it is read again, if it could not be. */
async function read(asked: Asked, from: string, to: string, into: Signal<Counts | undefined>, abort: AbortSignal): Promise<number | undefined> {
  const search = query({ ...asked, from, to, grain: 'day', timeZone: timeZone.peek() });
  const answer = await ask<SlotsReply>('GET', `/v1/slots${search}`, { signal: abort });
  if (abort.aborted) return undefined;
  if (!answer.ok) return answer.problem.retryAfterSeconds ?? AGAIN_SECONDS;
  into.value = new Map((answer.body.days ?? []).map(({ date: day, slots }) => [day, slots]));
  return undefined;
}

const looks = signal(0);
const lookedFor = computed(() => ({ asked: choice.value, from: today(), look: looks.value }));

/** What is known of the coming weeks is out of date. It stays until there is something newer. */
export function lookAgain(): void {
  looks.value += 1;
}

/** Looks ahead whenever something else is chosen. Runs for as long as the page does. */
export function keepLooking(): void {
  effect(() => {
    if (choice.value === undefined || timeZone.value === '') return;
    daysAhead.value = undefined;
    withAnyone.value = undefined;
  });
  effect(() => {
    const { asked, from } = lookedFor.value;
    if (asked === undefined) return undefined;
    const stop = new AbortController();
    let again: ReturnType<typeof setTimeout> | undefined;
    const look = async (who: Asked, into: Signal<Counts | undefined>) => {
      const pause = await read(who, from, addDays(from, DAYS_AHEAD), into, stop.signal);
      if (pause !== undefined) again ??= setTimeout(lookAgain, pause * 1000);
    };
    void look(asked, daysAhead);
    if (asked.staffId !== undefined) void look({ ...asked, staffId: undefined }, withAnyone);
    return () => {
      stop.abort();
      clearTimeout(again);
    };
  });
}

/** Reads the counts of the open month, and again when `heard` changes or some time has passed. */
export function keepMonth(heard: { readonly value: unknown }): void {
  let reading: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const [asked, month] = [choice.value, openMonth.value];
    monthCounts.value = undefined;
    if (asked === undefined || month === undefined) return undefined;
    const stop = new AbortController();
    const from = month < today() ? today() : month;
    const again = () => void read(asked, from, monthAfter(month), monthCounts, stop.signal);
    again();
    const timer = setInterval(again, MONTH_MILLISECONDS);
    const stopHearing = effect(() => {
      if (heard.value === undefined) return;
      clearTimeout(reading);
      reading = setTimeout(again, SETTLE_MILLISECONDS);
    });
    return () => {
      stop.abort();
      clearInterval(timer);
      clearTimeout(reading);
      stopHearing();
    };
  });
}

/** The first of the month of a date. */
export function monthOfDate(day: string): string {
  return `${day.slice(0, 7)}-01`;
}

export function monthAfter(month: string): string {
  return monthOfDate(addDays(month, 31));
}

export function monthBefore(month: string): string {
  return monthOfDate(addDays(month, -1));
}
