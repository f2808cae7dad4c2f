// An appointment that is being moved by hand: with a pointer or with the keyboard, both end in the same command.
// While it moves, the server's own list of starts for it is the guide: what is offered can be booked.
import { signal } from '@preact/signals';
import type { SlotsReply } from '../../src/protocol/slots.ts';
import { announce } from '../kit/announcing.tsx';
import { query } from '../kit/api.ts';
import { clock, longDay } from '../kit/money-and-time.ts';
import { askAs } from '../kit/session.ts';
import { addDays, localDate, minuteOfDay, momentOf } from '../kit/zoned-dates.ts';
import { act } from './acting.ts';
import type { BoardCalendar, BoardClaim } from './board.ts';
import { nearest, snap } from './day-layout.ts';
import { onlyCalendar, shown, shownDays } from './views.ts';
import { board, columnName, columns, date, staffHere, timeZone } from './watching.ts';

export type Moving = {
  readonly claim: BoardClaim;
  readonly from: BoardCalendar;
  readonly to: BoardCalendar;
  readonly startsAt: number;
  readonly by: 'pointer' | 'keyboard';
  /** Over a day of the month in the rail. */
  readonly isElsewhere?: boolean;
  /** By staff member; undefined while it is being asked for. */
  readonly offered: ReadonlyMap<string, readonly number[]> | undefined;
};

/** Steps where nothing is offered. */
const STEP_MINUTES = 5;
export const moving = signal<Moving | undefined>(undefined);

export function canMove(claim: BoardClaim): boolean {
  return claim.kind === 'appointment' && (claim.status === 'booked' || claim.status === 'pending');
}

export function pickUp(claim: BoardClaim, from: BoardCalendar, by: Moving['by']): void {
  moving.value = { claim, from, to: from, startsAt: claim.startsAt, by, offered: undefined };
  void loadOffered(claim);
  if (by === 'keyboard') announce('Moving. Arrow keys change time and person, Enter drops it, Escape cancels the move.');
}

async function loadOffered(claim: BoardClaim): Promise<void> {
  const serviceId = claim.serviceId ?? '';
  const staffIds = staffHere.value.filter((person) => person.serviceIds.includes(serviceId)).map(({ id }) => id);
  const starts = await offeredStarts({ serviceId, staffIds, movingAppointmentId: claim.id, day: shown.from.value, before: shown.to.value });
  if (moving.value?.claim.id === claim.id && starts !== undefined) moving.value = { ...moving.value, offered: starts };
}

type StartsAsk = {
  readonly serviceId: string;
  readonly staffIds: readonly string[];
  readonly movingAppointmentId?: string;
  readonly day?: string;
  readonly before?: string;
};

/** Free starts of a service on a day, or from it to before another, by staff member. `undefined`: the server would not say. */
export async function offeredStarts({
  serviceId,
  staffIds,
  movingAppointmentId,
  day = date.value,
  before = addDays(day, 1),
}: StartsAsk): Promise<ReadonlyMap<string, readonly number[]> | undefined> {
  if (staffIds.length === 0) return new Map();
  const search = query({ serviceId, from: day, to: before, timeZone: timeZone.value, movingAppointmentId });
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

/** True or false once it is known whether the target is offered. */
export function fits(mover: Moving): boolean | undefined {
  return mover.offered === undefined ? undefined : offeredTo(mover).includes(mover.startsAt);
}

/** Follows the pointer: the nearest start that is offered, if one is near. */
export function dragTo(calendarId: string, at: number): void {
  const mover = moving.value;
  const to = board.value.calendars.get(calendarId);
  if (mover === undefined || to === undefined || !takesMore(calendarId)) return;
  moving.value = { ...mover, to, isElsewhere: false, startsAt: snap(at, mover.offered?.get(to.staffId) ?? [], STEP_MINUTES) };
}

/** To a day of the month: at the same time of the clock, with the one who has it. Whether that is free is known once it is tried. */
export function dragToDay(day: string): void {
  const mover = moving.value;
  if (mover === undefined || !takesMore(mover.from.calendarId)) return;
  const startsAt = momentOf(day, minuteOfDay(mover.claim.startsAt, timeZone.value), timeZone.value);
  moving.value = { ...mover, to: mover.from, isElsewhere: true, startsAt };
}

/** Columns of staff members who do not work here, or no longer do, take no appointments; theirs can only be moved away. */
function takesMore(calendarId: string): boolean {
  return columns.value.find((column) => column.calendarId === calendarId)?.presence === 'here';
}

/** Arrow keys: to the offered start before or after, or to the column beside. */
export function nudge(key: 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight'): void {
  const mover = moving.value;
  if (mover === undefined) return;
  moving.value = key === 'ArrowUp' || key === 'ArrowDown' ? inTime(mover, key === 'ArrowUp' ? -1 : 1) : across(mover, key === 'ArrowLeft' ? -1 : 1);
  const fit = fits(moving.value);
  announce(
    `${shownDays.value.length > 1 ? `${longDay(moving.value.startsAt, timeZone.value)}, ` : ''}${clock(moving.value.startsAt, timeZone.value)} with ${columnName(moving.value.to.staffId)}${fit === undefined ? '' : fit ? ', free' : ', not free'}`,
  );
}

function inTime(mover: Moving, direction: -1 | 1): Moving {
  if (!takesMore(mover.to.calendarId)) return mover;
  const starts = offeredTo(mover);
  const next = direction === 1 ? starts.find((start) => start > mover.startsAt) : starts.findLast((start) => start < mover.startsAt);
  if (next !== undefined) return { ...mover, startsAt: next };
  return starts.length > 0 ? mover : { ...mover, startsAt: mover.startsAt + direction * STEP_MINUTES * 60_000 };
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
  return { ...mover, startsAt: nearest(sameTime, offered) ?? sameTime };
}

function acrossPeople(mover: Moving, direction: -1 | 1): Moving {
  const people = staffHere.value;
  const here = people.findIndex(({ id }) => id === mover.to.staffId);
  // Those who do not work here stand behind those who do.
  const person = people[(here < 0 ? people.length : here) + direction];
  const to = person === undefined ? undefined : board.value.calendars.get(person.calendarId);
  if (to === undefined) return mover;
  return { ...mover, to, startsAt: nearest(mover.startsAt, mover.offered?.get(to.staffId) ?? []) ?? mover.startsAt };
}

export function putDown(): void {
  const mover = moving.value;
  moving.value = undefined;
  if (mover === undefined) return;
  const { claim, from, to, startsAt } = mover;
  if (to.calendarId === from.calendarId && startsAt === claim.startsAt) return;
  void act({
    type: 'move',
    claim,
    from: { staffId: from.staffId, calendarId: from.calendarId },
    to: { staffId: to.staffId, calendarId: to.calendarId },
    startsAt,
  });
}

export function leaveWhereItWas(): void {
  if (moving.value !== undefined) announce('Move cancelled.');
  moving.value = undefined;
}
