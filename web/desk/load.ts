// How many appointments each day of some weeks has, as the server counts them: a board of all of them would be read for their number alone.
import { computed, effect, signal, untracked } from '@preact/signals';
import type { AppointmentCountsReply } from '../../src/protocol/appointment-lists.ts';
import { query } from '../kit/api.ts';
import { askAs } from '../kit/session.ts';
import { addDays, weekdayOf } from '../kit/zoned-dates.ts';
import { onlyCalendar } from './views.ts';
import { columns, date, lastEvents, locationId, timeZone } from './watching.ts';

/** Six weeks hold every month. */
const DAYS_OF_MONTH = 42;
/** What is booked for days that are not in view is not heard of: it is asked again after this time, while the page is seen. */
const ASK_AGAIN_MILLISECONDS = 60_000;
/** After a change that was heard of. However much changes, the server is asked once in this time. */
const AFTER_CHANGE_MILLISECONDS = 2_000;

type Load = { readonly key: string; readonly counts: ReadonlyMap<string, number> };
/** The month that was turned to from a date. */
const turned = signal({ from: '', month: '' });
/** The first of the month whose days are in view, in the rail or instead of the day: another date brings its own. */
export const month = computed(() => (turned.value.from === date.value ? turned.value.month : monthOfDate(date.value)));
export function turnTo(first: string): void {
  turned.value = { from: date.peek(), month: first };
}
const load = signal<Load>({ key: '', counts: new Map() });

/** `undefined` while it is not known. */
export function loadOf(day: string): number | undefined {
  return load.value.key === keyNow() ? load.value.counts.get(day) : undefined;
}

/** The days of the weeks in which the month is. */
export function daysOf(first: string): readonly string[] {
  const monday = addDays(first, -weekdayOf(first));
  return Array.from({ length: DAYS_OF_MONTH }, (_, index) => addDays(monday, index));
}

const monthOfDate = (day: string) => `${day.slice(0, 7)}-01`;

/** Of one person, where one is chosen; rooms are not counted by. */
const countedStaff = () => columns.value.find(({ calendarId }) => calendarId === onlyCalendar.value)?.staffId;
const keyNow = () => [month.value, locationId.value, timeZone.value, countedStaff() ?? ''].join(' ');

/** Keeps the counts up to date until the returned function is called. */
export function keepLoad(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isSoon = false;
  const askIn = (milliseconds: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      isSoon = false;
      if (document.visibilityState === 'visible') void readLoad();
      askIn(ASK_AGAIN_MILLISECONDS);
    }, milliseconds);
  };
  const stops = [
    effect(() => {
      keyNow();
      askIn(0);
    }),
    effect(() => {
      if (!lastEvents.value.some(({ appointmentId }) => appointmentId !== undefined) || isSoon) return;
      isSoon = true;
      askIn(AFTER_CHANGE_MILLISECONDS);
    }),
  ];
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}

async function readLoad(): Promise<void> {
  const key = untracked(keyNow);
  const days = daysOf(month.peek());
  const [from] = days;
  const asked = { from, to: addDays(days.at(-1) ?? '', 1), timeZone: timeZone.peek(), locationId: locationId.peek(), staffId: untracked(countedStaff) };
  const answer = await askAs<AppointmentCountsReply>('GET', `/v1/appointments/counts${query(asked)}`);
  // If it was not answered, what is known stays; another month has its own question.
  if (answer.ok) load.value = { key, counts: new Map(answer.body.days.map((day) => [day.date, day.appointments])) };
}
