// Decisions of several calendars together. Pure.
import type { Instant } from '../../model/instant.ts';
import type { CalendarCommand, CalendarEvent, Decision } from './calendar.ts';
import type { CalendarState, CalendarStates } from './calendar-state.ts';
import { copyOf } from './calendar-state.ts';
import { calendarsOf, homeOf } from './calendars-of.ts';
import { decide } from './decide.ts';
import { evolve } from './evolve.ts';
import type { GroupDecision, Parts } from './group.ts';

/** A fact, and the calendar that has decided it. */
type Decided = { readonly by: string; readonly event: CalendarEvent };

/**
 * All or nothing: the first refusing part gives the refusal. A fact goes into the log of every calendar it concerns, so all of them must
 * be in the group. Due holds have been expired before, on each calendar. Where a calendar has several parts, each is decided on what those before have left.
 */
export function decideGroup(states: CalendarStates, parts: Parts, at: Instant): GroupDecision {
  const ids = new Set(parts.map(({ calendarId }) => calendarId));
  // What gives way does so on copies alone.
  const isSequence = ids.size < parts.length || parts.some(({ command }) => command.type === 'give-way');
  const present = isSequence ? new Map(Array.from(ids, (id) => [id, copyOf(stateIn(states, id))])) : states;
  const facts: Decided[] = [];
  const eventsOf = new Map<string, CalendarEvent[]>();
  let first: Decided | undefined;
  for (const { calendarId, command } of parts) {
    if (command.type === 'give-way') stateIn(present, calendarId).claims.remove(command.claimId);
    const decision = decide(stateIn(present, calendarId), command, at, present);
    if (!('events' in decision)) return decision;
    for (const event of decision.events) {
      facts.push({ by: calendarId, event });
      for (const id of calendarsOf(event, calendarId)) {
        if (!ids.has(id)) return { stale: true };
        eventsOf.set(id, [...(eventsOf.get(id) ?? []), event]);
        if (isSequence) evolve(stateIn(present, id), event);
      }
    }
    first ??= facts.at(-1);
  }
  const answer = isSequence ? first : facts.at(-1);
  if (!isSequence || answer === undefined) return { eventsOf, answeredBy: answer === undefined ? parts[0].calendarId : homeOf(answer.event, answer.by) };
  // The last fact of a calendar is the one that answers.
  const answeredBy = homeOf(answer.event, answer.by);
  eventsOf.set(answeredBy, [...(eventsOf.get(answeredBy) ?? []).filter((event) => event !== answer.event), answer.event]);
  return { eventsOf, answeredBy };
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
