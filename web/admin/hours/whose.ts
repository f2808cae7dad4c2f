// Whose hours are looked at: a location's, a person's, a room's. What the page shows of them and how each is changed.
import type { Method } from '../../kit/api.ts';
import { counted } from '../../kit/money-and-time.ts';
import { addDays, localDate, startOfDate } from '../../kit/zoned-dates.ts';
import type { Catalog, ManagedLocation } from '../catalog.ts';
import type { Weekly, Window } from './windows.ts';

export type TimeOff = { readonly id: string; readonly startsAt: string; readonly endsAt: string; readonly reason: string | null };
export type Whose = {
  readonly kind: 'location' | 'staff' | 'resource';
  readonly id: string;
  readonly name: string;
  readonly location: ManagedLocation;
  readonly timeZone: string;
  readonly version: number;
  /** Null: those of the location. */
  readonly weekly: Weekly | null;
  readonly dates: { readonly [date: string]: readonly Window[] };
  readonly timeOff: readonly TimeOff[];
};
/** A change as it is planned first, and then carried out. `isOfItsOwn`: the version of the hours is not what it is made for. */
export type Change = {
  readonly method: Method;
  readonly path: string;
  readonly body: object;
  readonly act: string;
  readonly done: string;
  readonly isOfItsOwn?: true;
};
export type Span = { readonly from: string; readonly to: string };

export function allOf({ locations, staff, resources }: Catalog): readonly Whose[] {
  return locations.flatMap((location): Whose[] => {
    const { id, name, timeZone, version, weekly, specialDates } = location;
    const ofOne = (kind: 'staff' | 'resource', one: (typeof staff)[number] | (typeof resources)[number]): Whose => ({
      ...{ kind, id: one.id, name: one.name, location, version: one.version, weekly: one.weekly ?? null },
      ...{ timeZone: ('timeZone' in one && one.timeZone) || timeZone, dates: one.dateOverrides ?? {}, timeOff: one.timeOff ?? [] },
    });
    const isHere = ({ locationId }: { readonly locationId: string }) => locationId === id;
    return [
      { kind: 'location', id, name, location, timeZone, version, weekly, dates: specialDates, timeOff: [] },
      ...staff.filter(isHere).map((one) => ofOne('staff', one)),
      ...resources.filter(isHere).map((one) => ofOne('resource', one)),
    ];
  });
}

const pathOf = ({ kind, id }: Whose) => `/v1/${kind === 'location' ? 'locations' : kind === 'staff' ? 'staff' : 'resources'}/${id}`;

export function weeklyChange(whose: Whose, weekly: Weekly | null): Change {
  return { method: 'PUT', path: `${pathOf(whose)}/hours`, body: { weekly }, act: 'Save the week', done: `The week of ${whose.name} is saved.` };
}

/** A location is closed on dates; people and rooms are away from the start of the first day to the end of the last. */
export function closingChange(whose: Whose, span: Span, words: string): Change {
  if (whose.kind === 'location') return datesChange(whose, datesOf(span), [], { act: `Close ${words}`, done: `${whose.name} is closed ${words}.` });
  const [startsAt, endsAt] = [startOfDate(span.from, whose.timeZone), startOfDate(addDays(span.to, 1), whose.timeZone)];
  return {
    ...{ method: 'POST', path: `${pathOf(whose)}/time-off` },
    body: { startsAt: new Date(startsAt).toISOString(), endsAt: new Date(endsAt).toISOString() },
    ...{ act: `Away ${words}`, done: `${whose.name} is away ${words}.` },
  };
}

/** Of a person or room one date at a time: they have no request for several. */
export function specialChange(whose: Whose, span: Span, window: Window, words: string): Change {
  const said = { act: `Set ${window.from} – ${window.to} ${words}`, done: `${whose.name} has other hours ${words}.` };
  if (whose.kind === 'location') return datesChange(whose, datesOf(span), [window], said);
  return { method: 'PUT', path: `${pathOf(whose)}/date-overrides/${span.from}`, body: { windows: [window] }, ...said };
}

/** The weekly hours apply again; `undefined`: nothing is special about these days. */
export function openingChange(whose: Whose, span: Span, words: string): Change | undefined {
  const said = { act: `Open as usual ${words}`, done: `The usual hours of ${whose.name} apply ${words}.` };
  const dates = datesOf(span).filter((date) => whose.dates[date] !== undefined);
  if (whose.kind === 'location') {
    if (dates.length === 0) return undefined;
    return { method: 'PUT', path: `${pathOf(whose)}/special-dates`, body: { dates: Object.fromEntries(dates.map((date) => [date, null])) }, ...said };
  }
  const [date] = dates;
  return date === undefined ? undefined : { method: 'DELETE', path: `${pathOf(whose)}/date-overrides/${date}`, body: {}, ...said };
}

/** Of a location. */
export function holidaysChange(whose: Whose, dates: readonly string[]): Change {
  const words = counted(dates.length, 'public holiday', 'public holidays');
  return datesChange(whose, dates, [], { act: `Close on ${words}`, done: `${whose.name} is closed on ${words}.` });
}

function datesChange(whose: Whose, dates: readonly string[], windows: readonly Window[], said: Pick<Change, 'act' | 'done'>): Change {
  const body = { dates: Object.fromEntries(dates.map((date) => [date, windows])) };
  return { method: 'PUT', path: `${pathOf(whose)}/special-dates`, body, ...said };
}

export function pathOfTimeOff(whose: Whose, { id }: TimeOff): string {
  return `${pathOf(whose)}/time-off/${id}`;
}

/** As many as one request can have. */
const MOST_DATES = 400;

export function datesOf({ from, to }: Span): readonly string[] {
  const dates: string[] = [];
  for (let date = from; date <= to && dates.length < MOST_DATES; date = addDays(date, 1)) dates.push(date);
  return dates;
}

export type DayState = 'open' | 'shut' | 'closed' | 'special' | 'away';

/** What a day is like; away counts before what the week says. */
export function dayState(whose: Whose, date: string, weekday: Weekly[number]['day']): DayState {
  if (offOn(whose, date).length > 0) return 'away';
  const special = whose.dates[date] ?? (whose.kind === 'location' || whose.weekly !== null ? undefined : whose.location.specialDates[date]);
  if (special !== undefined) return special.length === 0 ? 'closed' : 'special';
  return (whose.weekly ?? whose.location.weekly).some(({ day }) => day === weekday) ? 'open' : 'shut';
}

export function offOn({ timeOff, timeZone }: Whose, date: string): readonly TimeOff[] {
  return timeOff.filter(({ startsAt, endsAt }) => localDate(Date.parse(startsAt), timeZone) <= date && localDate(Date.parse(endsAt) - 1, timeZone) >= date);
}
