import type { CalendarHours } from '../../model/calendar-hours.ts';
import type { Decision, HoursChange } from './calendar.ts';

/** Hours are the calendar's own, so that a change of them and a claim come one after the other. What is booked already stays booked. */
export function decideHours(was: CalendarHours, change: HoursChange): Decision {
  switch (change.type) {
    case 'set-weekly':
      return changed(was, { ...was, weekly: change.weekly }, change);
    case 'set-date-override': {
      const { [change.date]: _, ...others } = was.overrides;
      return changed(was, { ...was, overrides: change.windows === null ? others : { ...others, [change.date]: change.windows } }, change);
    }
    case 'add-time-off':
      if (was.timeOff.some((timeOff) => timeOff.id === change.timeOff.id)) return { refusal: { code: 'id-in-use' } };
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
