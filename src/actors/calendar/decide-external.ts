// Busy times from a staff member's calendars elsewhere. Pure.

import type { BusyMinutes } from '../../model/calendar-hours.ts';
import type { ClaimTime } from '../../model/claim-times.ts';
import { busyWithin, stretchesIn, unpackBusy } from '../../model/external-busy.ts';
import type { Instant } from '../../model/instant.ts';
import type { CalendarCommand, CalendarEvent, Decision } from './calendar.ts';
import type { CalendarState } from './calendar-state.ts';
import { RETIRED } from './decide-hours.ts';
import { inTheWayOf, liveAppointmentsAhead } from './stranded.ts';

/** Calendars elsewhere that one calendar follows: work, home, a club, and two more. */
const MOST_EXTERNAL_CALENDARS = 5;
/** Busy stretches of all of them together. They are part of the hours document: some twenty kilobytes, in memory and in every fact that changes it. */
export const MOST_BUSY_STRETCHES = 2_000;

type ChangeExternal = Extract<CalendarCommand, { type: 'change-external' }>;

/**
 * The busy times of one calendar elsewhere, all at once. They take free time like time off does, and never push aside what is there: an appointment that they
 * overlap stays, a hold that was placed before can still be booked, and the fact names the appointments so that the desk can see to them.
 */
export function decideExternal(calendar: CalendarState, { externalCalendarId, change }: ChangeExternal, at: Instant): Decision {
  const was = calendar.hours;
  const { [externalCalendarId]: before, ...others } = was.external ?? {};
  if (change.type === 'remove') {
    if (before === undefined) return { refusal: { code: 'not-found' } };
    const { external: _, ...rest } = was;
    return accept({ hours: Object.keys(others).length === 0 ? rest : { ...rest, external: others }, was });
  }
  if (was.retired) return { refusal: RETIRED };
  if (change.type === 'add') {
    if (before !== undefined) return { refusal: { code: 'id-in-use' } };
    if (Object.keys(others).length >= MOST_EXTERNAL_CALENDARS)
      return { refusal: { code: 'limit-reached', detail: `a calendar follows at most ${MOST_EXTERNAL_CALENDARS} calendars elsewhere` } };
    return accept({ hours: { ...was, external: { ...others, [externalCalendarId]: [] } }, was });
  }
  // A refresh of one that is no longer followed comes too late.
  if (before === undefined) return { refusal: { code: 'not-found' } };
  const { busy } = change;
  const stretches = Object.values(others).reduce((sum, each) => sum + stretchesIn(each), stretchesIn(busy));
  if (stretches > MOST_BUSY_STRETCHES)
    return { refusal: { code: 'limit-reached', detail: `calendars elsewhere have at most ${MOST_BUSY_STRETCHES} busy times together` } };
  const conflicts = inTheWayOf(newConflicts(calendar, before, busy, at), calendar.id, { named: true })?.stranded;
  return accept({ hours: { ...was, external: { ...others, [externalCalendarId]: busy } }, was, ...(conflicts && { conflicts }) });

  function accept(changed: Pick<Extract<CalendarEvent, { type: 'external.changed' }>, 'hours' | 'was' | 'conflicts'>): Decision {
    return { events: [{ type: 'external.changed', externalCalendarId, change: change.type, ...changed }] };
  }
}

/** Live appointments that these busy times overlap. */
function conflictsWith(calendar: { readonly claims: CalendarState['claims'] }, busy: BusyMinutes, at: Instant): ClaimTime[] {
  const runs = unpackBusy(busy);
  return liveAppointmentsAhead(calendar, at).filter(({ startsAt, endsAt }) =>
    busyWithin(runs, startsAt, endsAt).some((each) => each.startsAt < endsAt && startsAt < each.endsAt),
  );
}

function newConflicts(calendar: CalendarState, before: BusyMinutes, busy: BusyMinutes, at: Instant): ClaimTime[] {
  const known = new Set(conflictsWith(calendar, before, at).map(({ id }) => id));
  return conflictsWith(calendar, busy, at).filter(({ id }) => !known.has(id));
}
