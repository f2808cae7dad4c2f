// What takes a room along stands on two calendars: with the staff member and in the room. The same fact is in both feeds, or in neither.
import type { ChangeEventReply } from '../../src/protocol/calendars.ts';
import type { FeedLine, ShopFacts } from '../history/lines.ts';
import type { Deed } from './attribution.ts';
import { type Violation, violation } from './invariants.ts';
import type { CalendarModel } from './model.ts';

type Place = { readonly calendarId?: string | undefined; readonly resourceId?: string | undefined };

/** Each fact as often on each calendar that it is about, and nowhere else. */
export function checkRooms(feeds: readonly FeedLine[], { rooms }: ShopFacts): Violation[] {
  const calendarOf = new Map(rooms.map(({ id, calendarId }) => [id, calendarId]));
  const counts = new Map<string, { readonly event: ChangeEventReply; readonly times: Map<string, number> }>();
  for (const { calendarId, changes } of feeds) {
    for (const event of changes.flatMap(({ events }) => events)) {
      if (event.resourceId === undefined && event.from?.resourceId === undefined) continue;
      const name = nameOf(event);
      const entry = counts.get(name) ?? { event, times: new Map<string, number>() };
      counts.set(name, entry);
      entry.times.set(calendarId, (entry.times.get(calendarId) ?? 0) + 1);
    }
  }
  return [...counts.values()].flatMap(({ event, times }) => {
    const due = new Set([event, ...(event.from === undefined ? [] : [event.from])].flatMap((place) => standsOn(place, calendarOf)));
    const isWhole = due.size === times.size && [...due].every((id) => times.has(id)) && new Set(times.values()).size === 1;
    if (isWhole) return [];
    const id = event.appointmentId ?? event.holdId;
    const said = [...due, ...times.keys()].map((calendarId) => `${times.get(calendarId) ?? 0} times on ${calendarId}`);
    return [violation(10, `${event.type} of ${id} is ${[...new Set(said)].join(' and ')}`, { about: [id] })];
  });
}

function standsOn({ calendarId, resourceId }: Place, calendarOf: ReadonlyMap<string, string>): readonly string[] {
  return [calendarId, resourceId === undefined ? undefined : (calendarOf.get(resourceId) ?? resourceId)].filter((id) => id !== undefined);
}

/** The same words wherever it stands. */
function nameOf({ type, holdId, appointmentId, calendarId, resourceId, startsAt, expiresAt, status, lane, from }: ChangeEventReply): string {
  return JSON.stringify([type, holdId, appointmentId, calendarId, resourceId, startsAt, expiresAt, status, lane, from]);
}

/** The same deeds as they are on the calendars of rooms, by staff member. */
export function inRooms(deeds: readonly Deed[], models: readonly CalendarModel[], rooms: ReadonlyMap<string, string>): readonly Deed[] {
  const waiting = Map.groupBy(deeds, ({ event }) => nameOf(event));
  return models
    .filter(({ calendarId }) => rooms.has(calendarId))
    .flatMap(({ calendarId, changes }) => {
      const taken = new Map<string, number>();
      return changes.flatMap(({ revision, events }) =>
        events.flatMap((event) => {
          const name = nameOf(event);
          const turn = taken.get(name) ?? 0;
          taken.set(name, turn + 1);
          const twin = waiting.get(name)?.[turn];
          return twin === undefined ? [] : [{ calendarId, revision, event, by: twin.by }];
        }),
      );
    });
}
