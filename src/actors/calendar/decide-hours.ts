import type { CalendarHours } from '../../model/calendar-hours.ts';
import type { Decision, HoursChange } from './calendar.ts';

/** Dates with hours of their own in one calendar: ten years of them. The whole hours document is in memory, and is written with every change. */
export const MOST_OVERRIDES = 3_660;
/** Times off in one calendar, past ones included, for the same reason: a lunch break a day for ten years. */
export const MOST_TIMES_OFF = 3_660;

/** Hours are the calendar's own, so that a change of them and a claim come one after the other. What is booked already stays booked. */
export function decideHours(was: CalendarHours, change: HoursChange): Decision {
  switch (change.type) {
    case 'set-weekly':
      return changed(was, { ...was, weekly: change.weekly }, change);
    case 'set-date-override': {
      const { [change.date]: _, ...others } = was.overrides;
      if (change.windows !== null && Object.keys(others).length >= MOST_OVERRIDES)
        return { refusal: { code: 'limit-reached', detail: `a calendar has at most ${MOST_OVERRIDES} dates with hours of their own` } };
      return changed(was, { ...was, overrides: change.windows === null ? others : { ...others, [change.date]: change.windows } }, change);
    }
    case 'add-time-off':
      if (was.timeOff.some((timeOff) => timeOff.id === change.timeOff.id)) return { refusal: { code: 'id-in-use' } };
      if (was.timeOff.length >= MOST_TIMES_OFF)
        return { refusal: { code: 'limit-reached', detail: `a calendar has at most ${MOST_TIMES_OFF} times off; remove some that are over` } };
      return changed(was, { ...was, timeOff: [...was.timeOff, change.timeOff] }, change);
    case 'remove-time-off':
      if (!was.timeOff.some((timeOff) => timeOff.id === change.timeOffId)) return { refusal: { code: 'not-found' } };
      return changed(was, { ...was, timeOff: was.timeOff.filter((timeOff) => timeOff.id !== change.timeOffId) }, change);
    case 'set-zone':
      return changed(was, { ...was, timeZone: change.timeZone, ownHours: change.ownHours }, change);
    case 'set-location-hours':
      return changed(was, { ...was, location: change.location }, change);
    default:
      return change satisfies never;
  }
}

function changed(was: CalendarHours, hours: CalendarHours, change: HoursChange): Decision {
  return { events: [{ type: 'hours.changed', hours, was, change }] };
}
