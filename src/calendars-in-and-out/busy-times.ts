// Busy times out of the text of a calendar (RFC 5545). Its publisher can write anything, so everything here has a limit, and the worker around it
// (`busy-reader.ts`) has one of time and memory. Titles are not looked at.
import ICAL from 'ical.js';
import { packBusy } from '../model/external-busy.ts';
import { pushRun } from '../model/runs.ts';
import { isOwnUid } from './ics-event.ts';
import { endOf, instantOf, UnknownZone, type Wall, wallOf, type Zones, zonesOf } from './ics-times.ts';

/** Components of every kind, alarms and time zones included. */
export const MOST_COMPONENTS = 5_000;
/** Occurrences within the window, of all events together. */
export const MOST_INSTANCES = 1_000;
/** Steps of all recurrences together, also before the window: an event of each day for a century is a third of this. */
const MOST_STEPS = 100_000;
const DAY_MS = 86_400_000;
/** No zone is farther from UTC, so a wall clock that shows a time this long before the window is outside it. */
const FARTHEST_FROM_UTC_MS = DAY_MS;

export type BusyQuestion = {
  readonly text: string;
  /** The window, in milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Of times that name no zone, and of whole days. */
  readonly timeZone: string;
};
type BusyFailure = 'not-a-calendar' | 'too-many-components' | 'too-many-events' | 'too-frequent' | 'unknown-time-zone' | 'too-much-work';
export type BusyAnswer = { readonly busy: readonly number[] } | { readonly failure: BusyFailure };

class Unfit extends Error {
  readonly failure: BusyFailure;
  constructor(failure: BusyFailure) {
    super(failure);
    this.failure = failure;
  }
}

/** Never throws: what cannot be read is a failure of the calendar, and one event that cannot be read is one too, since its time would be open. */
export function busyTimesIn(question: BusyQuestion): BusyAnswer {
  try {
    const spans = new BusySpans(question).read();
    const runs: number[] = [];
    for (const [from, to] of spans.sort(([one], [other]) => one - other)) pushRun(runs, from, to);
    return { busy: packBusy(runs) };
  } catch (failure) {
    if (failure instanceof Unfit) return { failure: failure.failure };
    return { failure: failure instanceof UnknownZone ? 'unknown-time-zone' : 'not-a-calendar' };
  }
}

type Span = readonly [from: number, to: number];
type Occurrence = { readonly start: Wall; readonly at: number };
/** An event that stands for one occurrence of another, or for it and all that follow. */
type Exception = { readonly at: number; readonly isFuture: boolean; readonly event: ICAL.Component };

class BusySpans {
  readonly #question: BusyQuestion;
  readonly #spans: Span[] = [];
  #instances = 0;
  #steps = 0;

  constructor(question: BusyQuestion) {
    this.#question = question;
  }

  read(): Span[] {
    for (const calendar of calendarsIn(this.#question.text)) {
      const zones = zonesOf(calendar, this.#question.timeZone);
      for (const part of calendar.getAllSubcomponents('vfreebusy')) this.#readFreeBusy(part, zones);
      const events = Map.groupBy(calendar.getAllSubcomponents('vevent'), (event) => String(event.getFirstPropertyValue('uid') ?? ''));
      for (const [uid, same] of events) {
        if (isOwnUid(uid)) continue;
        if (uid === '') for (const event of same) this.#readEvents([event], zones);
        else this.#readEvents(same, zones);
      }
    }
    return this.#spans;
  }

  #readFreeBusy(part: ICAL.Component, zones: Zones): void {
    for (const property of part.getAllProperties('freebusy')) {
      if (String(property.getFirstParameter('fbtype') ?? 'BUSY').toUpperCase() === 'FREE') continue;
      for (const period of property.getValues() as ICAL.Period[]) {
        const from = instantOf(wallOf(period.start, property), zones);
        this.#take(from, from + period.getDuration().toSeconds() * 1_000);
      }
    }
  }

  /** Of one UID: the event, and those that stand for single occurrences of it. */
  #readEvents(events: readonly ICAL.Component[], zones: Zones): void {
    const exceptions: Exception[] = [];
    for (const event of events) {
      const of = event.getFirstProperty('recurrence-id');
      if (of === null) continue;
      const isFuture = String(of.getFirstParameter('range') ?? '').toUpperCase() === 'THISANDFUTURE';
      exceptions.push({ at: instantOf(wallOf(of.getFirstValue() as ICAL.Time, of), zones), isFuture, event });
    }
    exceptions.sort((one, other) => one.at - other.at);
    for (const { event } of exceptions) this.#readOccurrence(event, zones, 0);
    const replaced = new Set(exceptions.map(({ at }) => at));
    for (const event of events) {
      if (event.hasProperty('recurrence-id')) continue;
      for (const occurrence of this.#occurrencesOf(event, zones)) {
        if (replaced.has(occurrence.at)) continue;
        const change = exceptions.findLast(({ at, isFuture }) => isFuture && at < occurrence.at);
        if (change === undefined) this.#takeEvent(event, occurrence, zones);
        else this.#readOccurrence(change.event, zones, occurrence.at - change.at);
      }
    }
  }

  /** An event as it stands, so much later. */
  #readOccurrence(event: ICAL.Component, zones: Zones, laterMs: number): void {
    const start = startOf(event);
    const at = instantOf(start, zones) + laterMs;
    this.#takeEvent(event, { start, at }, zones);
  }

  #takeEvent(event: ICAL.Component, { start, at }: Occurrence, zones: Zones): void {
    if (isBusy(event)) this.#take(at, endOf(event, start, at, zones));
  }

  #take(from: number, to: number): void {
    const { from: opensAt, to: closesAt } = this.#question;
    if (to <= from || to <= opensAt || from >= closesAt) return;
    this.#instances += 1;
    if (this.#instances > MOST_INSTANCES) throw new Unfit('too-many-events');
    this.#spans.push([Math.max(from, opensAt), Math.min(to, closesAt)]);
  }

  *#occurrencesOf(event: ICAL.Component, zones: Zones): Generator<Occurrence> {
    const start = startOf(event);
    const timesOf = (name: string) => event.getAllProperties(name).flatMap((property) => valuesOf(property).map((time) => wallOf(time, property)));
    const excluded = new Set(timesOf('exdate').map((wall) => instantOf(wall, zones)));
    const seen = new Set<number>();
    const rules = event.getAllProperties('rrule');
    const single = [...(rules.length === 0 ? [start] : []), ...timesOf('rdate')];
    for (const wall of single) yield* once(wall, instantOf(wall, zones));
    for (const rule of rules) yield* this.#recurrencesOf(rule, start, zones, once);

    function* once(wall: Wall, at: number): Generator<Occurrence> {
      if (seen.has(at) || excluded.has(at)) return;
      seen.add(at);
      yield { start: wall, at };
    }
  }

  /** Recurrences go by the wall clock. What ends before the window is passed over without asking what its instant is. */
  *#recurrencesOf(property: ICAL.Property, start: Wall, zones: Zones, once: (wall: Wall, at: number) => Generator<Occurrence>): Generator<Occurrence> {
    const { to } = this.#question;
    const rule = (property.getFirstValue() as ICAL.Recur).clone();
    if (rule.freq === 'SECONDLY' || rule.freq === 'MINUTELY') throw new Unfit('too-frequent');
    const until = rule.until === null ? Number.POSITIVE_INFINITY : untilOf(rule.until, property, start, zones);
    rule.until = null;
    const iterator = rule.iterator(start.time);
    const length = endOf(property.parent as ICAL.Component, start, instantOf(start, zones), zones) - instantOf(start, zones);
    for (let next = iterator.next(); next; next = iterator.next()) {
      this.#steps += 1;
      if (this.#steps > MOST_STEPS) throw new Unfit('too-many-events');
      const shown = Date.UTC(next.year, next.month - 1, next.day, next.hour, next.minute, next.second);
      if (shown + Math.max(0, length) + FARTHEST_FROM_UTC_MS < this.#question.from && shown + FARTHEST_FROM_UTC_MS < until) continue;
      const wall = { ...start, time: next.clone() };
      const at = instantOf(wall, zones);
      if (at >= to || at > until) return;
      yield* once(wall, at);
    }
  }
}

function calendarsIn(text: string): ICAL.Component[] {
  const trimmed = text.replace(/^\uFEFF?\s*/, '');
  if (!/^BEGIN:VCALENDAR\s/i.test(trimmed)) throw new Unfit('not-a-calendar');
  let components = 0;
  for (const _ of trimmed.matchAll(/^BEGIN:/gim)) {
    components += 1;
    if (components > MOST_COMPONENTS) throw new Unfit('too-many-components');
  }
  const parsed = ICAL.parse(trimmed) as unknown[];
  const roots = typeof parsed[0] === 'string' ? [parsed] : parsed;
  return roots.map((root) => new ICAL.Component(root as ConstructorParameters<typeof ICAL.Component>[0]));
}

function startOf(event: ICAL.Component): Wall {
  const property = event.getFirstProperty('dtstart');
  if (property === null) throw new Unfit('not-a-calendar');
  return wallOf(property.getFirstValue() as ICAL.Time, property);
}

/** The end of the times of a period is that of the event, so only the start is of interest. */
function valuesOf(property: ICAL.Property): ICAL.Time[] {
  return property.getValues().map((value) => (value instanceof ICAL.Period ? value.start : (value as ICAL.Time)));
}

/** A date means the whole of it. */
function untilOf(until: ICAL.Time, property: ICAL.Property, start: Wall, zones: Zones): number {
  const wall = wallOf(until, property);
  if (until.isDate) return instantOf({ ...start, time: until }, zones) + DAY_MS - 1;
  return instantOf(wall.isUtc ? wall : { ...start, time: until }, zones);
}

/** Tentative counts: it is better to ask than to book over it. */
function isBusy(event: ICAL.Component): boolean {
  const text = (name: string) => String(event.getFirstPropertyValue(name) ?? '').toUpperCase();
  return text('transp') !== 'TRANSPARENT' && text('status') !== 'CANCELLED' && text('x-microsoft-cdo-busystatus') !== 'FREE';
}
