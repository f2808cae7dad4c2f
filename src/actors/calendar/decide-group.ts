// Decisions of several calendars together. Pure.
import type { Instant } from '../../model/instant.ts';
import type { CalendarCommand, CalendarEvent, Decision } from './calendar.ts';
import type { CalendarState, CalendarStates } from './calendar-state.ts';
import { calendarsOf, homeOf } from './calendars-of.ts';
import { decide } from './decide.ts';
import type { GroupDecision, Parts } from './group.ts';

/** A fact, and the calendar that has decided it. */
type Decided = { readonly by: string; readonly event: CalendarEvent };

/**
 * All or nothing: the first refusing part gives the refusal. A fact goes into the log of every calendar it concerns, so all of them must
 * be in the group. Due holds have been expired before, on each calendar.
 */
export function decideGroup(states: CalendarStates, parts: Parts, at: Instant): GroupDecision {
  const facts: Decided[] = [];
  for (const { calendarId, command } of parts) {
    const decision = decide(stateIn(states, calendarId), command, at, states);
    if (!('events' in decision)) return decision;
    facts.push(...decision.events.map((event) => ({ by: calendarId, event })));
  }
  const eventsOf = new Map<string, CalendarEvent[]>();
  for (const { by, event } of facts) {
    for (const calendarId of calendarsOf(event, by)) {
      if (!parts.some((part) => part.calendarId === calendarId)) return { stale: true };
      const events = eventsOf.get(calendarId);
      if (events === undefined) eventsOf.set(calendarId, [event]);
      else events.push(event);
    }
  }
  const answer = facts.at(-1);
  return { eventsOf, answeredBy: answer === undefined ? parts[0].calendarId : homeOf(answer.event, answer.by) };
}

/** As `decide`, for one calendar: a command that also concerns another calendar is not decided, because that would leave the other out. */
export function decideAlone(calendar: CalendarState, command: CalendarCommand, at: Instant): Decision {
  const decision = decide(calendar, command, at);
  const isOwn = !('events' in decision) || decision.events.every((event) => calendarsOf(event, calendar.id).every((id) => id === calendar.id));
  return isOwn ? decision : { stale: true };
}

function stateIn(states: CalendarStates, calendarId: string): CalendarState {
  const state = states.get(calendarId);
  if (state === undefined) throw new Error(`calendar ${calendarId} has a part in a group and is not there`);
  return state;
}
