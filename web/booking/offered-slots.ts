// The free times of a few days, and how they change. Pure.
import type { ServerMessageBody, SlotsSnapshot } from '../../src/protocol/socket.ts';

/** The free starts of one person's calendar, in milliseconds, each with the seats that are left (1 for an exclusive time). */
type OfferedCalendar = { readonly staffId: string; readonly revision: number; readonly starts: ReadonlyMap<number, number> };
export type SlotsChange = Omit<ServerMessageBody<'slots-changed'>, 'watchId'>;
export type OfferedSlots = { readonly era: string; readonly calendars: ReadonlyMap<string, OfferedCalendar> };
/** A start, the staff who offer it, and the most seats one of them has. */
export type OfferedStart = { readonly startsAt: number; readonly staffIds: readonly string[]; readonly seatsLeft: number };
/** Starts that no one offers any more, and starts that are offered again. */
export type Noticed = { readonly gone: readonly number[]; readonly back: readonly number[] };

/** What the snapshot says; calendars it calls unchanged are taken from `known`. */
export function offeredBy(snapshot: SlotsSnapshot, known: OfferedSlots | undefined): OfferedSlots {
  const calendars = new Map<string, OfferedCalendar>();
  for (const calendarId of snapshot.unchanged) {
    const calendar = known?.calendars.get(calendarId);
    if (calendar !== undefined) calendars.set(calendarId, calendar);
  }
  for (const { calendarId, staffId, revision, slots, remaining } of snapshot.calendars) {
    calendars.set(calendarId, { staffId, revision, starts: new Map(slots.map((start, place) => [Date.parse(start), remaining?.[place] ?? 1])) });
  }
  return { era: snapshot.era, calendars };
}

/**
 * `missed` when the change does not build on what is here: another era, an unknown calendar, or a revision in between.
 * A change that the snapshot already has changes nothing. One that begins and ends at the present revision is time passing.
 */
export function afterChange(offered: OfferedSlots, change: SlotsChange): OfferedSlots | 'missed' {
  const calendar = offered.calendars.get(change.calendarId);
  if (calendar === undefined || change.era !== offered.era) return 'missed';
  if (change.base < calendar.revision && change.revision <= calendar.revision) return offered;
  if (change.base !== calendar.revision) return 'missed';
  const starts = new Map(calendar.starts);
  for (const start of change.taken) starts.delete(Date.parse(start));
  for (const start of change.freed) starts.set(Date.parse(start), 1);
  for (const [start, seats] of Object.entries(change.remaining ?? {})) if (starts.has(Date.parse(start))) starts.set(Date.parse(start), seats);
  return { ...offered, calendars: new Map(offered.calendars).set(change.calendarId, { ...calendar, revision: change.revision, starts }) };
}

/** Every start once, in order, with everyone who offers it. */
export function startsOf(offered: OfferedSlots): readonly OfferedStart[] {
  const byStart = new Map<number, OfferedStart>();
  for (const { staffId, starts } of offered.calendars.values()) {
    for (const [startsAt, seats] of starts) {
      const known = byStart.get(startsAt);
      byStart.set(startsAt, { startsAt, staffIds: [...(known?.staffIds ?? []), staffId], seatsLeft: Math.max(known?.seatsLeft ?? 0, seats) });
    }
  }
  return [...byStart.values()].sort((left, right) => left.startsAt - right.startsAt);
}

export function noticed(before: readonly OfferedStart[], after: readonly OfferedStart[]): Noticed {
  const had = new Set(before.map(({ startsAt }) => startsAt));
  const has = new Set(after.map(({ startsAt }) => startsAt));
  return { gone: [...had].filter((start) => !has.has(start)), back: [...has].filter((start) => !had.has(start)) };
}

export type PartOfDay = 'morning' | 'afternoon' | 'evening';

/** Before noon, before five, and after. */
export function partOfDay(minuteOfDay: number): PartOfDay {
  if (minuteOfDay < 12 * 60) return 'morning';
  return minuteOfDay < 17 * 60 ? 'afternoon' : 'evening';
}
