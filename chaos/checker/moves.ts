import type { ChangeEventReply } from '../../src/protocol/calendars.ts';
import type { FeedLine } from '../history/lines.ts';
import { type Violation, violation } from './invariants.ts';

const CAN_MOVE: readonly string[] = ['appointment.rescheduled', 'appointment.edited'];

/** Every arrival from another calendar is a departure there, and the other way round. */
export function checkMoves(feeds: readonly FeedLine[]): Violation[] {
  const balance = new Map<string, { departures: number; arrivals: number; readonly event: ChangeEventReply }>();
  for (const { calendarId, changes } of feeds) {
    for (const event of changes.flatMap(({ events }) => events)) {
      if (!CAN_MOVE.includes(event.type) || event.from === undefined || event.from.calendarId === event.calendarId) continue;
      // What stands in rooms is compared by `rooms.ts`.
      if (calendarId !== event.calendarId && calendarId !== event.from.calendarId) continue;
      const name = JSON.stringify([
        event.appointmentId,
        event.from.calendarId,
        event.calendarId,
        event.from.startsAt,
        event.startsAt,
        event.from.lane,
        event.lane,
      ]);
      const entry = balance.get(name) ?? { departures: 0, arrivals: 0, event };
      balance.set(name, entry);
      if (calendarId === event.calendarId) entry.arrivals += 1;
      else entry.departures += 1;
    }
  }
  return [...balance.values()]
    .filter(({ departures, arrivals }) => departures !== arrivals)
    .map(({ departures, arrivals, event: { appointmentId, from, calendarId } }) =>
      violation(10, `the move of ${appointmentId} from ${from?.calendarId} to ${calendarId} left ${departures} times and arrived ${arrivals} times`, {
        about: [appointmentId],
      }),
    );
}
