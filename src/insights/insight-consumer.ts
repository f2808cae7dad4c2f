// The roll-ups follow from the log: appointments, and the hours that calendars had.
import type { Appointment, CalendarEvent } from '../actors/calendar/calendar.ts';
import type { LoggedChange } from '../actors/change-log-port.ts';
import type { Consumer } from '../consumers/consumer.ts';
import type { CalendarHours } from '../model/calendar-hours.ts';
import { zoneOf } from '../model/calendar-hours.ts';
import { FACT_NAMES, FACTS } from '../model/facts.ts';
import { localDayOf } from '../model/zone-offsets.ts';

/** Never changed: how far the log is counted stands under it, and who changes the roll-ups otherwise locks this row. */
export const INSIGHT_CONSUMER = 'insights';
/** One step reads all appointments of the customers of so many changes: some thousand rows. */
const BATCH_SIZE = 200;
const COUNTED = ['booking', 'appointment', 'move', 'hours'];
const COUNTED_FACTS = FACT_NAMES.filter((name) => COUNTED.includes(FACTS[name].carries));

/** The hours of a calendar from a day on, in its zone; what is not open by themselves is left out. `day`: null for those before the first change that is known. */
export type HoursSince = { readonly calendarId: string; readonly day: number | null; readonly hours: CalendarHours };
/** What the changes say in the end: each appointment once, as it is after them. */
export type Told = { readonly appointments: readonly Appointment[]; readonly hours: readonly HoursSince[] };

/** `write` counts what was told, within the transaction. */
export function insightConsumer<Transaction>(write: (transaction: Transaction, told: Told) => Promise<void>): Consumer<Transaction> {
  return {
    ...{ name: INSIGHT_CONSUMER, from: 'beginning', batchSize: BATCH_SIZE, types: COUNTED_FACTS },
    async effectsOf(changes) {
      const told = toldIn(changes);
      return told.appointments.length + told.hours.length === 0 ? null : (transaction) => write(transaction, told);
    },
  };
}

function toldIn(changes: readonly LoggedChange[]): Told {
  const appointments = new Map<string, Appointment>();
  const hours = new Map<string, HoursSince>();
  for (const { calendarId, at, events } of changes)
    for (const event of events) {
      if ('appointment' in event) appointments.set(event.appointment.id, event.appointment);
      else if (event.type === 'hours.changed') tellHours(hours, calendarId, at, event);
    }
  return { appointments: [...appointments.values()], hours: [...hours.values()] };
}

/** A change counts for the whole day on which it is made, and for those after. */
function tellHours(told: Map<string, HoursSince>, calendarId: string, at: number, { was, hours }: Extract<CalendarEvent, { type: 'hours.changed' }>): void {
  const day = localDayOf(zoneOf(hours), at);
  if (!told.has(`${calendarId} first`)) told.set(`${calendarId} first`, { calendarId, day: null, hours: openOnly(was) });
  told.set(`${calendarId} ${day}`, { calendarId, day, hours: openOnly(hours) });
}

/** No reasons of time off, which are about people, and no busy times of calendars elsewhere. */
function openOnly({ external: _, ...hours }: CalendarHours): CalendarHours {
  return { ...hours, timeOff: hours.timeOff.map((off) => ({ ...off, reason: null })) };
}
