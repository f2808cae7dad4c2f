import type { CalendarHours } from '../../model/calendar-hours.ts';
import type { Instant } from '../../model/instant.ts';
import type { CalendarCommand, CalendarEvent, Decision, HoursChange, Refusal } from './calendar.ts';
import type { CalendarState } from './calendar-state.ts';
import { inTheWayOf, liveAppointmentsAhead, strandedBy } from './stranded.ts';

/** Special dates of one calendar: ten years of them. The whole hours document is in memory and written with every change. */
export const MOST_OVERRIDES = 3_660;
/** Times off in one calendar, past ones included, for the same reason: a lunch break a day for ten years. */
export const MOST_TIMES_OFF = 3_660;

/** The refusal of a retired calendar. */
export const RETIRED: Refusal = { code: 'not-found', detail: 'The staff member or resource has been removed.' };

type ChangeHours = Extract<CalendarCommand, { type: 'change-hours' }>;

/**
 * Hours belong to the calendar, so a change of hours and a claim are decided one after the other. Existing appointments stay; whether they prevent
 * the change is decided here, so that an appointment made at the same moment is either counted or refused.
 */
export function decideHours(calendar: CalendarState, { change, unless, strands, expectedVersions = null }: ChangeHours, at: Instant): Decision {
  const was = calendar.hours;
  const currentVersion = was.version ?? 0;
  if (expectedVersions?.includes(currentVersion) === false) return { refusal: { code: 'version-mismatch', currentVersion } };
  const next = hoursAfter(was, change);
  if ('refusal' in next) return next;
  const affected = change.type === 'retire' ? liveAppointmentsAhead(calendar, at) : strandedBy(calendar, next.hours, at);
  const inTheWay = inTheWayOf(affected, calendar.id, { named: change.type !== 'retire' });
  if (unless === 'in-use' && inTheWay !== undefined) return { refusal: { code: 'still-in-use', inTheWay } };
  if (strands !== undefined && affected.some(({ id }) => !strands.includes(id))) return { refusal: { code: 'plan-outdated' } };
  const stranded = inTheWay?.stranded === undefined ? {} : { stranded: inTheWay.stranded };
  const changed: CalendarEvent = { type: 'hours.changed', hours: next.hours, was, change, ...stranded };
  // The last fact is the one that answers the request.
  return { events: change.type === 'retire' ? [...heldOn(calendar), changed] : [changed] };
}

/** Holds end when the staff member is removed. */
function heldOn(calendar: CalendarState): CalendarEvent[] {
  return [...calendar.holds.values()].map((hold) => ({ type: 'hold.released', hold }));
}

/** As a change leaves them. */
export function hoursAfter(was: CalendarHours, change: HoursChange): { readonly hours: CalendarHours } | { readonly refusal: Refusal } {
  switch (change.type) {
    case 'set-weekly':
      return ofStaff(was, { weekly: change.weekly });
    case 'set-date-override': {
      const { [change.date]: _, ...others } = was.overrides;
      if (change.windows !== null && Object.keys(others).length >= MOST_OVERRIDES)
        return { refusal: { code: 'limit-reached', detail: `a calendar can have at most ${MOST_OVERRIDES} dates with special hours` } };
      return ofStaff(was, { overrides: change.windows === null ? others : { ...others, [change.date]: change.windows } });
    }
    case 'add-time-off':
      if (was.timeOff.some((timeOff) => timeOff.id === change.timeOff.id)) return { refusal: { code: 'id-in-use' } };
      if (was.timeOff.length >= MOST_TIMES_OFF)
        return { refusal: { code: 'limit-reached', detail: `a calendar can have at most ${MOST_TIMES_OFF} times off; remove past ones` } };
      return ofStaff(was, { timeOff: [...was.timeOff, change.timeOff] });
    case 'remove-time-off':
      if (!was.timeOff.some((timeOff) => timeOff.id === change.timeOffId)) return { refusal: { code: 'not-found' } };
      return ofStaff(was, { timeOff: was.timeOff.filter((timeOff) => timeOff.id !== change.timeOffId) });
    case 'set-zone':
      return ofStaff(was, { timeZone: change.timeZone, ownHours: change.ownHours });
    case 'set-most-starts':
      return ofStaff(was, { mostStarts: change.mostStarts });
    case 'set-location-hours':
      return { hours: { ...unplanned(was), location: change.location, ...plannedBy(change) } };
    case 'retire':
      return { hours: { ...unplanned(was), retired: true, ...plannedBy(change) } };
    case 'reinstate': {
      const { retired: _, ...hours } = unplanned(was);
      return { hours };
    }
    default:
      return change satisfies never;
  }
}

function unplanned({ plannedFor: _, ...hours }: CalendarHours): CalendarHours {
  return hours;
}

function plannedBy({ plannedFor }: { readonly plannedFor?: string }): Pick<CalendarHours, 'plannedFor'> {
  return plannedFor === undefined ? {} : { plannedFor };
}

/** The hours of a removed staff member no longer change; changes of the location's hours still reach every calendar of the location. */
function ofStaff(was: CalendarHours, change: Partial<CalendarHours>): { readonly hours: CalendarHours } | { readonly refusal: Refusal } {
  return was.retired === true ? { refusal: RETIRED } : { hours: { ...was, ...change, version: (was.version ?? 0) + 1 } };
}
