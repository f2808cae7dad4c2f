// Which appointments a change of hours leaves without a place. Pure.
import { LIVE_STATUSES } from '../../model/appointment-status.ts';
import type { CalendarHours } from '../../model/calendar-hours.ts';
import type { ClaimTime } from '../../model/claim-times.ts';
import type { Instant } from '../../model/instant.ts';
import { openWindows } from '../../model/open-windows.ts';
import { fits } from '../../model/slot-frame.ts';
import type { InTheWay } from './calendar.ts';
import type { CalendarState } from './calendar-state.ts';

/** So many are named in an answer; how many there are is told besides. */
export const MOST_NAMED = 50;

const LIVE: ReadonlySet<ClaimTime['status']> = new Set(LIVE_STATUSES);

type Claims = Pick<CalendarState, 'claims'>;

/** Live appointments that are ahead or under way, by start. */
export function liveAppointmentsAhead({ claims }: Claims, at: Instant): ClaimTime[] {
  const found: ClaimTime[] = [];
  for (let index = claims.indexReaching(at); index < claims.size; index += 1) {
    const { kind, status, durationMs } = claims.shapeAt(index);
    if (kind === 'appointment' && LIVE.has(status) && claims.startAt(index) + durationMs > at) found.push(claims.claimAt(index));
  }
  return found;
}

/**
 * Those whose time was open before and is not afterwards, or was free of time off and is not. What was outside the hours already, on purpose or since an
 * earlier change, is not stranded by this one. That a calendar has retired says nothing about its appointments: they were kept in the hours it had.
 */
export function strandedBy(calendar: Pick<CalendarState, 'claims' | 'hours'>, next: CalendarHours, at: Instant): ClaimTime[] {
  const was = inService(calendar.hours);
  const hours = inService(next);
  return liveAppointmentsAhead(calendar, at).filter(
    (claim) => (isOpenFor(was, claim) && !isOpenFor(hours, claim)) || (!isOffAt(was, claim) && isOffAt(hours, claim)),
  );
}

/** `undefined` if there are none. `named`: with a list of the first of them. */
export function inTheWayOf(affected: readonly ClaimTime[], calendarId: string, { named }: { readonly named: boolean }): InTheWay | undefined {
  const [next] = affected;
  if (next === undefined) return undefined;
  const first = affected.slice(0, MOST_NAMED).map(({ id, startsAt }) => ({ appointmentId: id, calendarId, startsAt }));
  return { appointments: affected.length, next: { id: next.id, calendarId, startsAt: next.startsAt }, ...(named && { stranded: first }) };
}

function inService({ retired: _, ...hours }: CalendarHours): CalendarHours {
  return hours;
}

function isOpenFor(hours: CalendarHours, { startsAt, endsAt }: ClaimTime): boolean {
  return fits(openWindows(hours, startsAt, endsAt), startsAt, endsAt - startsAt);
}

function isOffAt({ timeOff }: CalendarHours, { startsAt, endsAt }: ClaimTime): boolean {
  return timeOff.some((off) => off.startsAt < endsAt && off.endsAt > startsAt);
}
