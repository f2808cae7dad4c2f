// What of the calendars is in view: how, whose, and from which day to which.
import { computed, signal } from '@preact/signals';
import { addDays, addMonths, weekdayOf } from '../kit/zoned-dates.ts';
import type { BoardCalendar, BoardClaim, BoardRoom, Span } from './board.ts';
import { type Day, dayOf, drawnStretches, openings } from './day-layout.ts';
import { board, type Column, columns, date, type RoomColumn, rooms, timeZone } from './watching.ts';

/** In the order of the keys 1, 2, … */
export const VIEWS = ['day', 'three-days', 'week', 'agenda', 'month'] as const;
export type View = (typeof VIEWS)[number] | 'print';
const THREE = 3;
const WEEK = 7;
/** What is read of the calendars; a month is counted by the server. */
const DAYS_OF = { day: 1, 'three-days': THREE, week: WEEK, agenda: 1, month: 1, print: 1 } as const satisfies Record<View, number>;

const phone = matchMedia('(max-width: 760px)');
export const isPhone = signal(phone.matches);
phone.addEventListener('change', () => {
  isPhone.value = phone.matches;
});
/** A phone has no room for columns. */
export const firstView = (): View => (isPhone.peek() ? 'agenda' : 'day');
export const view = signal<View>(firstView());
/** Whose calendar; empty: everyone's, where a view can show that. */
export const chosenCalendar = signal('');
/** The moment of the past whose calendars are shown; `undefined`: now. */
export const asOf = signal<number | undefined>(undefined);
/** By calendar, what was there then; `undefined` while it is not known. */
export const pastClaims = signal<ReadonlyMap<string, readonly BoardClaim[]> | undefined>(undefined);
/** People who do not work are drawn, too. */
export const showsAway = signal(false);

const DENSITY = 'desk-density';
export const isDense = signal(localStorage.getItem(DENSITY) === 'dense');
export function changeDensity(): void {
  isDense.value = !isDense.value;
  localStorage.setItem(DENSITY, isDense.value ? 'dense' : 'roomy');
}

let firstOfThree = '';
/** The days in view. Another day among them can be chosen without moving them. */
const from = computed(() => {
  const chosen = date.value;
  if (view.value === 'week') return addDays(chosen, -weekdayOf(chosen));
  if (view.value !== 'three-days') return chosen;
  if (firstOfThree === '' || chosen < firstOfThree || chosen >= addDays(firstOfThree, THREE)) firstOfThree = chosen;
  return firstOfThree;
});
export const shown = { from, to: computed(() => addDays(from.value, DAYS_OF[view.value])) };
export const shownDays = computed<readonly Day[]>(() =>
  Array.from({ length: DAYS_OF[view.value] }, (_, index) => dayOf(addDays(from.value, index), timeZone.value)),
);

/** The days before or after those in view. */
export function turn(direction: -1 | 1): void {
  date.value = view.value === 'month' ? addMonths(date.value, direction) : addDays(from.value, direction * DAYS_OF[view.value]);
}

/** A week has room for one calendar, a phone for one column of people. */
const isOfOne = computed(() => asOf.value === undefined && isOneColumn());
const isOneColumn = () => view.value === 'week' || (isPhone.value && (view.value === 'day' || view.value === 'three-days'));
/** Whose calendar is drawn alone; `undefined`: everyone's. */
export const onlyCalendar = computed<string | undefined>(() => {
  const all = [...columns.value, ...rooms.value];
  if (all.some(({ calendarId }) => calendarId === chosenCalendar.value)) return chosenCalendar.value;
  return isOfOne.value ? all[0]?.calendarId : undefined;
});
const isShown = ({ calendarId }: { readonly calendarId: string }) => onlyCalendar.value === undefined || onlyCalendar.value === calendarId;
/** Those who neither work nor have anything on the days in view; none, if that is everyone. */
export const away = computed<readonly Column[]>(() => {
  if (onlyCalendar.value !== undefined) return [];
  const isAway = ({ calendarId }: Column) => {
    const calendar = board.value.calendars.get(calendarId);
    return calendar !== undefined && calendar.claims.size === 0 && openings(calendar, board.value.range).length === 0;
  };
  const found = columns.value.filter(isAway);
  return found.length === columns.value.length ? [] : found;
});
/** Of `away`, those who are not drawn. */
export const folded = computed(() => (showsAway.value || asOf.value !== undefined ? [] : away.value.map(({ calendarId }) => calendarId)));
export const shownColumns = computed<readonly Column[]>(() => columns.value.filter((column) => isShown(column) && !folded.value.includes(column.calendarId)));
export const shownRooms = computed<readonly RoomColumn[]>(() => rooms.value.filter(isShown));

/** The calendar with what it had at the moment that is looked at; `undefined` where the present is. */
export function asItWas<Of extends BoardCalendar | BoardRoom>(calendar: Of): Of | undefined {
  const claims = pastClaims.value?.get(calendar.calendarId);
  return asOf.value === undefined || claims === undefined ? undefined : { ...calendar, claims: new Map(claims.map((claim) => [claim.id, claim])) };
}

export type Stretch = { readonly day: Day; readonly stretch: Span };
let drawn: readonly Stretch[] = [];
/** What of each day is drawn. The same object as long as it is the same: every column would be drawn again with each change otherwise. */
export const stretches = computed<readonly Stretch[]>(() => {
  const all = [...board.value.calendars.values(), ...board.value.rooms.values()].map((calendar) => asItWas(calendar) ?? calendar);
  const days = shownDays.value;
  const now = drawnStretches(all, days, timeZone.value);
  const isSame = drawn.length === now.length && drawn.every(({ day, stretch }, index) => day === days[index] && isEqual(stretch, now[index]));
  if (!isSame) drawn = days.flatMap((day, index) => (now[index] === undefined ? [] : [{ day, stretch: now[index] }]));
  return drawn;
});

function isEqual(one: Span, other: Span | undefined): boolean {
  return one.startsAt === other?.startsAt && one.endsAt === other.endsAt;
}
