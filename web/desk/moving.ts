// An appointment that is being moved by hand: with a pointer or with the keyboard, both end in the same command.
// While it moves, the server's own list of starts for it is the guide: what is offered can be booked.
import { effect, signal } from '@preact/signals';
import type { SlotsReply } from '../../src/protocol/slots.ts';
import { announce } from '../kit/announcing.tsx';
import { query } from '../kit/api.ts';
import { clock, longDay } from '../kit/money-and-time.ts';
import { askAs } from '../kit/session.ts';
import { openShop } from '../kit/shop.ts';
import { addDays, localDate, minuteOfDay, momentOf } from '../kit/zoned-dates.ts';
import { act } from './acting.ts';
import type { BoardClaim } from './board.ts';
import type { Column } from './commands.ts';
import { nearest, snap } from './day-layout.ts';
import { putOnShelf, takeOffShelf } from './shelved.ts';
import { actTelling } from './telling.tsx';
import { folded, onlyCalendar, shown, shownDays, view } from './views.ts';
import { board, columnName, columns, date, staffHere, timeZone } from './watching.ts';
import { words } from './wording.ts';

export type Moving = {
  readonly claim: BoardClaim;
  readonly from: Column;
  readonly to: Column;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly by: 'pointer' | 'keyboard';
  /** Only its end moves. */
  readonly isResized: boolean;
  /** Not on the grid: over the shelf, or on a day of the month, at the same time of the clock. */
  readonly over?: 'day' | 'shelf' | undefined;
  /** By staff member; undefined while it is being asked for, and where no times are offered. */
  readonly offered: ReadonlyMap<string, readonly number[]> | undefined;
};

/** Steps where nothing is offered. */
const STEP_MINUTES = 5;
const STEP = STEP_MINUTES * 60_000;
const WEEK_DAYS = 7;
export const moving = signal<Moving | undefined>(undefined);

export function canMove({ kind, status }: BoardClaim): boolean {
  return kind === 'block' || (kind === 'appointment' && (status === 'booked' || status === 'pending'));
}

/** The end of a class is the same for all. */
export function canResize(claim: BoardClaim): boolean {
  const isOpen = canMove(claim) || claim.status === 'checked-in';
  return isOpen && (openShop().services.find(({ id }) => id === claim.serviceId)?.capacity ?? 1) === 1;
}

export function pickUp(claim: BoardClaim, from: Column, by: Moving['by'], isResized = false): void {
  const { startsAt, endsAt } = claim;
  moving.value = { claim, from, to: from, startsAt, endsAt, by, isResized, offered: undefined };
  if (claim.kind === 'appointment' && !isResized) void loadOffered(claim);
  if (by === 'keyboard') announce(isResized ? words.value.moving.begunLength : words.value.moving.begun);
}

/** From the shelf to the day in view, at the time of the clock that it has now. */
export function pickUpHere(claim: BoardClaim, from: Column): void {
  pickUp(claim, from, 'keyboard');
  const mover = moving.value;
  if (mover === undefined) return;
  const isDrawn = board.value.calendars.has(from.calendarId);
  const first = columns.value.find(({ presence }) => presence === 'here') ?? from;
  moving.value = { ...onDay(mover, date.value), to: isDrawn ? from : { staffId: first.staffId, calendarId: first.calendarId } };
  sayWhere();
}

async function loadOffered(claim: BoardClaim): Promise<void> {
  const serviceId = claim.serviceId ?? '';
  const staffIds = staffHere.value.filter((person) => person.serviceIds.includes(serviceId)).map(({ id }) => id);
  const starts = await offeredStarts({ serviceId, staffIds, movingAppointmentId: claim.id, day: shown.from.value, before: shown.to.value });
  if (moving.value?.claim.id === claim.id && starts !== undefined) moving.value = { ...moving.value, offered: starts };
}

// Other days have come into view: what is offered there is another question.
effect(() => {
  void [date.value, view.value];
  const mover = moving.peek();
  if (mover === undefined || mover.isResized || mover.claim.kind !== 'appointment') return;
  const isDrawn = shownDays.peek().some(({ date: one }) => one === localDate(mover.startsAt, timeZone.peek()));
  moving.value = { ...mover, offered: undefined, over: isDrawn ? undefined : 'day' };
  void loadOffered(mover.claim);
});

type StartsAsk = {
  readonly serviceId: string;
  readonly staffIds: readonly string[];
  readonly movingAppointmentId?: string;
  readonly addOnIds?: readonly string[];
  readonly day?: string;
  readonly before?: string;
};

/** Free starts of a service on a day, or from it to before another, by staff member. `undefined`: the server would not say. */
export async function offeredStarts({
  serviceId,
  staffIds,
  movingAppointmentId,
  addOnIds,
  day = date.value,
  before = addDays(day, 1),
}: StartsAsk): Promise<ReadonlyMap<string, readonly number[]> | undefined> {
  if (staffIds.length === 0) return new Map();
  const search = query({ serviceId, from: day, to: before, timeZone: timeZone.value, movingAppointmentId, addOnIds });
  const people = staffIds.map((id) => `&staffId=${id}`).join('');
  const answer = await askAs<SlotsReply>('GET', `/v1/slots${search}${people}`);
  if (!answer.ok) return undefined;
  const starts = new Map<string, number[]>();
  for (const { staffId, startsAt } of answer.body.slots ?? []) starts.set(staffId, [...(starts.get(staffId) ?? []), Date.parse(startsAt)]);
  return starts;
}

function offeredTo({ offered, to }: Moving): readonly number[] {
  return offered?.get(to.staffId) ?? [];
}

/** True or false once it is known whether the target is free. */
export function fits(mover: Moving): boolean | undefined {
  if (mover.over !== undefined) return undefined;
  if (mover.isResized || mover.claim.kind === 'block') return hasRoom(mover);
  return mover.offered === undefined ? undefined : offeredTo(mover).includes(mover.startsAt);
}

function hasRoom({ claim, to, startsAt, endsAt }: Moving): boolean {
  const others = board.value.calendars.get(to.calendarId)?.claims.values() ?? [];
  return ![...others].some((other) => other.id !== claim.id && other.startsAt < endsAt && other.endsAt > startsAt);
}

/** Follows the pointer: the nearest start that is offered, if one is near. */
export function dragTo(calendarId: string, at: number): void {
  const mover = moving.value;
  if (mover === undefined) return;
  if (mover.isResized) {
    moving.value = withEnd(mover, snap(at, [], STEP_MINUTES));
    return;
  }
  const to = board.value.calendars.get(calendarId);
  if (to === undefined || !takesMore(to.calendarId)) return;
  const column = { staffId: to.staffId, calendarId: to.calendarId };
  moving.value = startingAt({ ...mover, to: column, over: undefined }, snap(at, mover.offered?.get(to.staffId) ?? [], STEP_MINUTES));
}

/** To a day of the month: at the same time of the clock, with the one who has it. Whether that is free is known once it is tried. */
export function dragToDay(day: string): void {
  const mover = moving.value;
  if (mover !== undefined && !mover.isResized && takesMore(mover.from.calendarId))
    moving.value = onDay({ ...mover, to: mover.from, startsAt: mover.claim.startsAt }, day);
}

export function dragToShelf(): void {
  const mover = moving.value;
  if (mover !== undefined && goesOnShelf(mover)) moving.value = { ...mover, over: 'shelf' };
}

/** A block is moved or made again. */
export function goesOnShelf({ claim, isResized }: Moving): boolean {
  return claim.kind === 'appointment' && !isResized;
}

function onDay(mover: Moving, day: string): Moving {
  const isDrawn = shownDays.value.some((one) => one.date === day);
  return startingAt({ ...mover, over: isDrawn ? undefined : 'day' }, momentOf(day, minuteOfDay(mover.startsAt, timeZone.value), timeZone.value));
}

function startingAt(mover: Moving, startsAt: number): Moving {
  return { ...mover, startsAt, endsAt: startsAt + mover.claim.endsAt - mover.claim.startsAt };
}

/** A change of length is on one day. */
function withEnd(mover: Moving, endsAt: number): Moving {
  const next = momentOf(addDays(localDate(mover.startsAt, timeZone.value), 1), 0, timeZone.value);
  return { ...mover, endsAt: Math.min(Math.max(endsAt, mover.startsAt + STEP), Math.max(next, mover.claim.endsAt)) };
}

/** Columns of staff members who do not work here, or no longer do, take no appointments; theirs can only be moved away. */
function takesMore(calendarId: string): boolean {
  return columns.value.find((column) => column.calendarId === calendarId)?.presence === 'here';
}

type Arrow = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight';

export function isArrow(key: string): key is Arrow {
  return key === 'ArrowUp' || key === 'ArrowDown' || key === 'ArrowLeft' || key === 'ArrowRight';
}

/** The keys while something is moved with the keyboard. False: it is none of them. */
export function steer({ key, shiftKey }: KeyboardEvent): boolean {
  const mover = moving.value;
  if (mover?.by !== 'keyboard') return false;
  if (key === 'Enter') putDown();
  else if (key === 'Escape') leaveWhereItWas();
  else if (isArrow(key)) nudge(mover, key);
  else if (mover.isResized && (key === '+' || key === '-')) nudge(mover, key === '+' ? 'ArrowDown' : 'ArrowUp');
  else if (!mover.isResized && (key === 'PageDown' || key === 'PageUp')) toOtherDay(mover, (key === 'PageDown' ? 1 : -1) * (shiftKey ? WEEK_DAYS : 1));
  else return false;
  return true;
}

/** To the offered start before or after, or to the column beside; where it is resized, its end. */
function nudge(mover: Moving, key: Arrow): void {
  const direction = key === 'ArrowUp' || key === 'ArrowLeft' ? -1 : 1;
  const isInTime = key === 'ArrowUp' || key === 'ArrowDown';
  if (mover.isResized) moving.value = isInTime ? withEnd(mover, mover.endsAt + direction * STEP) : mover;
  else moving.value = isInTime ? inTime(mover, direction) : across(mover, direction);
  sayWhere();
}

function toOtherDay(mover: Moving, days: number): void {
  moving.value = onDay(mover, addDays(localDate(mover.startsAt, timeZone.value), days));
  sayWhere();
}

function sayWhere(): void {
  if (moving.value !== undefined) announce(whereWords(moving.value));
}

/** "Thursday 10 December, 10:00 with Ana, free" */
export function whereWords(mover: Moving): string {
  const text = words.value.moving;
  const fit = fits(mover);
  const day = shownDays.value.length > 1 || mover.over === 'day' ? `${longDay(mover.startsAt, timeZone.value)}, ` : '';
  const when = mover.isResized ? text.until({ time: clock(mover.endsAt, timeZone.value) }) : clock(mover.startsAt, timeZone.value);
  const said = fit === undefined ? text.where : fit ? text.whereFree : text.whereNotFree;
  return said({ when: `${day}${when}`, name: columnName(mover.to.staffId) });
}

function inTime(mover: Moving, direction: -1 | 1): Moving {
  if (!takesMore(mover.to.calendarId)) return mover;
  const starts = mover.over === undefined ? offeredTo(mover) : [];
  const next = direction === 1 ? starts.find((start) => start > mover.startsAt) : starts.findLast((start) => start < mover.startsAt);
  if (next !== undefined) return startingAt(mover, next);
  return starts.length > 0 ? mover : startingAt(mover, mover.startsAt + direction * STEP);
}

/** Where one calendar is drawn for some days, to the day beside, else to the person beside. */
function across(mover: Moving, direction: -1 | 1): Moving {
  return shownDays.value.length > 1 && onlyCalendar.value !== undefined ? acrossDays(mover, direction) : acrossPeople(mover, direction);
}

function acrossDays(mover: Moving, direction: -1 | 1): Moving {
  const there = addDays(localDate(mover.startsAt, timeZone.value), direction);
  if (!shownDays.value.some(({ date: one }) => one === there)) return mover;
  const sameTime = momentOf(there, minuteOfDay(mover.startsAt, timeZone.value), timeZone.value);
  const offered = offeredTo(mover).filter((start) => localDate(start, timeZone.value) === there);
  return startingAt({ ...mover, over: undefined }, nearest(sameTime, offered) ?? sameTime);
}

function acrossPeople(mover: Moving, direction: -1 | 1): Moving {
  const people = staffHere.value.filter(({ calendarId }) => !folded.value.includes(calendarId));
  const here = people.findIndex(({ id }) => id === mover.to.staffId);
  // Those who do not work here stand behind those who do.
  const person = people[(here < 0 ? people.length : here) + direction];
  const to = person === undefined ? undefined : board.value.calendars.get(person.calendarId);
  if (to === undefined) return mover;
  const start = mover.over === undefined ? nearest(mover.startsAt, mover.offered?.get(to.staffId) ?? []) : undefined;
  return startingAt({ ...mover, to: { staffId: to.staffId, calendarId: to.calendarId } }, start ?? mover.startsAt);
}

export function putDown(): void {
  const mover = moving.value;
  moving.value = undefined;
  if (mover === undefined) return;
  const { claim, from, to, startsAt, endsAt } = mover;
  if (mover.over === 'shelf') return putOnShelf(claim.id);
  const isSame = to.calendarId === from.calendarId && startsAt === claim.startsAt && endsAt === claim.endsAt;
  if (isSame) return takeOffShelf(claim.id);
  if (claim.kind === 'block') void act({ type: 'move-block', claim, from, to, at: { startsAt, endsAt } });
  else if (mover.isResized) actTelling(resizing(claim, from, endsAt));
  else actTelling({ type: 'move', claim, from, to, startsAt });
}

function resizing(claim: BoardClaim, column: Column, endsAt: number): Parameters<typeof actTelling>[0] {
  const minutesTo = (end: number) => Math.round((end - claim.startsAt) / 60_000);
  const [changes, back] = [{ minutes: minutesTo(endsAt) }, { minutes: minutesTo(claim.endsAt) }];
  return { type: 'edit', claim, from: column, to: column, endsAt, changes, back };
}

export function leaveWhereItWas(): void {
  if (moving.value !== undefined) announce(words.value.moving.cancelled);
  moving.value = undefined;
}
