// Asks external calendars for their busy times and tells the calendars that follow them.
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../actors/ports.ts';
import type { Scheduler } from '../actors/scheduler.ts';
import { zoneOf } from '../model/calendar-hours.ts';
import { DAY, HOUR, type Instant, instant, MINUTE } from '../model/instant.ts';
import type { Outside } from '../model/outside.ts';
import type { BusyAnswer, BusyQuestion } from './busy-times.ts';
import { REFRESH_MS } from './external-calendars.ts';
import type { CalendarsStore, Settled, TakenCalendar } from './store-port.ts';

/** At once: each waits for a server for most of its time. */
const MOST_AT_ONCE = 4;
/** Longer than a fetch, a reading and a command can take together; a node that crashes leaves its calendars to the others after it. */
const LEASE_MS = 2 * MINUTE;
const FETCH_MS = 15_000;
const MOST_BYTES = 1024 * 1024;
const MOST_REDIRECTS = 3;
/** After the first failure it is asked again as soon as after a success, then after twice as long each time, up to this. */
const LONGEST_PAUSE_MS = 6 * HOUR;
/** Nothing was wrong with the calendar. */
const SOON_MS = MINUTE;
/** A fifth earlier or later, so that calendars that were added together are not asked together. */
const JITTER = 0.2;
/** Further ahead than this is not read, whatever the services allow. */
const MOST_DAYS_AHEAD = 366;
/** With too many events it is read less far ahead, but not less than this. */
const LEAST_DAYS_AHEAD = 45;

/** Who follows it. `daysAhead`: how far ahead they can be booked; null: no service says. */
export type Follower = { readonly daysAhead: number | null };

type Parts = {
  readonly store: CalendarsStore;
  readonly outside: Outside;
  readonly scheduler: Pick<Scheduler, 'ask' | 'views' | 'now'>;
  /** `undefined`: they have left. */
  readonly followerOf: (staffId: string) => Follower | undefined;
  readonly openSealed: (sealed: string) => string | undefined;
  readonly readBusyTimes: (question: BusyQuestion) => Promise<BusyAnswer>;
  readonly log: Log;
};

type Reading = { readonly timeZone: string; readonly daysAhead: number; readonly readAs: string };
type Read = { readonly busy: readonly number[]; readonly readUntil: Instant; readonly etag: string | null } | 'unchanged' | { readonly failure: string };

export class ExternalRefresher {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Refreshes what is due, as many as fit at once. How many there were: while it is not 0, there may be more. Rejects if the database cannot be read. */
  async refreshDue(): Promise<number> {
    const taken = await this.#parts.store.takeDue(MOST_AT_ONCE, LEASE_MS);
    await Promise.all(taken.map((calendar) => this.#refresh(calendar)));
    return taken.length;
  }

  /** Never rejects: what cannot be settled is taken again when its lease ends. */
  async #refresh(calendar: TakenCalendar): Promise<void> {
    const { store, log } = this.#parts;
    try {
      const settled = await this.#outcomeOf(calendar);
      if (settled !== undefined) await store.settle(calendar.id, settled);
    } catch (error) {
      log.warn({ error, externalCalendarId: calendar.id }, 'an external calendar could not be refreshed');
    }
  }

  async #outcomeOf(calendar: TakenCalendar): Promise<Settled | undefined> {
    const follower = this.#parts.followerOf(calendar.staffId);
    if (follower === undefined) return this.#leave(calendar);
    const daysAhead = Math.min(follower.daysAhead ?? MOST_DAYS_AHEAD, MOST_DAYS_AHEAD);
    const now = this.#parts.scheduler.now();
    const [view] = await this.#parts.scheduler.views([calendar.calendarId], now, now);
    if (view === undefined) return failed(calendar, 'not-followed');
    const timeZone = zoneOf(view.hours);
    const readAs = `${Math.floor(calendar.takenAt / DAY)} ${daysAhead} ${timeZone}`;
    const read = await this.#read(calendar, { timeZone, daysAhead, readAs });
    if (read === 'unchanged')
      return {
        outcome: 'ok',
        busyTimes: calendar.busyTimes,
        readUntil: calendar.readUntil ?? calendar.takenAt,
        freshness: { etag: calendar.freshness?.etag ?? null, readAs },
        nextInMs: jittered(REFRESH_MS),
      };
    if ('failure' in read) return failed(calendar, read.failure);
    // Nothing is asked where nothing has changed.
    const refusal = isDeepStrictEqual(view.hours.external?.[calendar.id], read.busy) ? undefined : await this.#tell(calendar, read.busy);
    if (refusal === 'later') return { outcome: 'failed', failure: 'not-taken-yet', nextInMs: SOON_MS };
    if (refusal !== undefined) return failed(calendar, refusal);
    const { readUntil, etag } = read;
    return { outcome: 'ok', busyTimes: read.busy.length / 2, readUntil, freshness: { etag, readAs }, nextInMs: jittered(REFRESH_MS) };
  }

  /** The staff member has left. */
  async #leave({ id }: TakenCalendar): Promise<undefined> {
    await this.#parts.store.removeExternal(id, null);
    return undefined;
  }

  async #read(calendar: TakenCalendar, { timeZone, daysAhead, readAs }: Reading): Promise<Read> {
    const url = this.#parts.openSealed(calendar.sealedUrl);
    if (url === undefined) return { failure: 'address-lost' };
    const { freshness, failure } = calendar;
    const known = failure === null && freshness?.readAs === readAs ? freshness.etag : null;
    const answer = await this.#parts.outside.ask({
      url,
      headers: { Accept: 'text/calendar, */*;q=0.1', 'Accept-Encoding': 'gzip', 'User-Agent': 'Slotkeeper', ...(known !== null && { 'If-None-Match': known }) },
      timeoutMilliseconds: FETCH_MS,
      mostBytes: MOST_BYTES,
      mostRedirects: MOST_REDIRECTS,
    });
    if ('refusal' in answer) return { failure: answer.refusal };
    if (answer.status === 304 && known !== null) return 'unchanged';
    if (answer.status !== 200) return { failure: `answered-${answer.status}` };
    const text = new TextDecoder().decode(answer.body);
    const read = await this.#readWithin({ text, timeZone }, calendar.takenAt, daysAhead);
    return 'failure' in read ? read : { ...read, etag: answer.headers.etag ?? null };
  }

  /** From yesterday on. Where there are too many events, half as far ahead; then how far is shown. */
  async #readWithin(
    asked: Pick<BusyQuestion, 'text' | 'timeZone'>,
    now: Instant,
    daysAhead: number,
  ): Promise<{ readonly busy: readonly number[]; readonly readUntil: Instant } | { readonly failure: string }> {
    const today = Math.floor(now / DAY);
    for (let days = daysAhead; ; days = Math.max(LEAST_DAYS_AHEAD, Math.floor(days / 2))) {
      // A date is a day longer somewhere.
      const to = instant((today + days + 2) * DAY);
      const answer = await this.#parts.readBusyTimes({ ...asked, from: (today - 1) * DAY, to });
      if ('busy' in answer) return { busy: answer.busy, readUntil: to };
      if (answer.failure !== 'too-many-events' || days <= LEAST_DAYS_AHEAD) return answer;
    }
  }

  /** Why the calendar does not take them; `undefined`: it has them. */
  async #tell({ id, calendarId }: TakenCalendar, busy: readonly number[]): Promise<string | undefined> {
    const { scheduler } = this.#parts;
    const request = { caller: 'external-calendars', key: randomUUID(), fingerprint: id };
    const answer = await scheduler.ask(request, { type: 'change-external', calendarId, externalCalendarId: id, change: { type: 'replace', busy } });
    if (answer.outcome === 'ok') return undefined;
    if (answer.outcome !== 'no') return 'later';
    return answer.refusal.code === 'limit-reached' ? 'too-many-events' : 'not-followed';
  }
}

function failed({ failures }: TakenCalendar, failure: string): Settled {
  return { outcome: 'failed', failure, nextInMs: jittered(Math.min(LONGEST_PAUSE_MS, REFRESH_MS * 2 ** Math.min(failures, 10))) };
}

function jittered(ms: number): number {
  return ms * (1 + JITTER * (2 * Math.random() - 1));
}
