import { addressGroups } from '../access/address-group.ts';
import type { Caller } from '../access/caller.ts';
import type { Principal } from '../access/principal.ts';
import { worksForBusiness } from '../access/rights.ts';
import { dayOfDate } from '../model/local-dates.ts';
import { type Failed, failed, failedField } from '../protocol/reply.ts';
import { allowanceHeaders, problemOfTooMany, type RateLimits } from './rate-limits.ts';

/**
 * For whom it is counted what is scarce in this process: who works for the business as the user or key, guests and customers by address and the networks around it,
 * the narrowest first. `factor` multiplies what one may have.
 */
export type Source = readonly [{ readonly name: string; readonly factor: number }, ...{ readonly name: string; readonly factor: number }[]];

export function sourceOf(principal: Principal | null, address: string): Source {
  return worksForBusiness(principal) ? [{ name: `user ${principal.userId}`, factor: 1 }] : addressGroups(address);
}

/** Of one source, before `RATE_LIMIT_SCALE`. A page asks one thing at a time, and a moment later the next; ten at once from an office are answered in half a second. */
const MAX_WAITING_PER_SOURCE = 32;
/** Calendar-days that are answered at once: a week of twenty people, which is what pages ask for, takes a few milliseconds. */
const SMALL_CALENDAR_DAYS = 150;

/**
 * Questions about many days of many calendars take some ten milliseconds each. They are answered one in each turn of the event loop, so that everything else
 * is served in between, and sources take turns, so that one that asks much waits for itself and not others for it.
 */
export class BigQuestions {
  /** Of one source. */
  readonly mostWaiting: number;
  /** In the order in which sources have their turn. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #isRunning = false;

  constructor(scale: number) {
    this.mostWaiting = MAX_WAITING_PER_SOURCE * scale;
  }

  /** Waits until it is this question's turn. False: too many of this source wait already. */
  turn(source: Source, calendarDays: number): Promise<boolean> {
    if (calendarDays <= SMALL_CALENDAR_DAYS) return Promise.resolve(true);
    const { name } = source.at(-1) ?? source[0];
    const queue = this.#waiting.get(name) ?? [];
    if (queue.length >= this.mostWaiting) return Promise.resolve(false);
    this.#waiting.set(name, queue);
    return new Promise((resolve) => {
      queue.push(() => resolve(true));
      if (this.#isRunning) return;
      this.#isRunning = true;
      setImmediate(() => this.#next());
    });
  }

  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#isRunning = false;
      return;
    }
    const [source, queue] = first;
    this.#waiting.delete(source);
    queue.shift()?.();
    if (queue.length > 0) this.#waiting.set(source, queue);
    setImmediate(() => this.#next());
  }
}

// What a question about free times costs who asks it: by the days of all calendars that it is about.

/** A week of one calendar costs as much as any other read; so does every further one. */
const CALENDAR_DAYS_PER_READ = 7;
/** For guests and customers: two thousand people for a day, or thirty for two months. They are read in steps, and the answer lists 10,000 free times at most. */
const MAX_CALENDAR_DAYS_OF_VISITOR = 2_000;
/** For who works for the business, and its programs: a hundred people for two months. */
const MAX_CALENDAR_DAYS_OF_WORKER = 6_200;
/** Days that are counted instead of listed make a far shorter answer. */
const COUNTED_DAYS_PER_DAY = 4;

type Asked = { readonly from: string; readonly to: string; readonly grain?: 'slot' | 'day' };

/** The days of `calendars` calendars in this range; those that are only counted are four for one. */
export function calendarDaysOf({ from, to, grain }: Asked, calendars: number): number {
  const days = (dayOfDate(to) ?? 0) - (dayOfDate(from) ?? 0);
  return Math.ceil((calendars * days) / (grain === 'day' ? COUNTED_DAYS_PER_DAY : 1));
}

/**
 * Takes from the caller's reads what the question costs beyond the one that every request does, and waits for its turn. Refuses what is too large for one answer,
 * what the allowance is not enough for, and what there are too many of at once. `headers` say what is left of it, where that is not said already.
 */
export async function admitQuestion(
  parts: { readonly limits: RateLimits; readonly bigQuestions: BigQuestions },
  { principal, address }: Pick<Caller, 'principal' | 'address'>,
  calendarDays: number,
): Promise<Failed | { readonly headers?: Readonly<Record<string, string>> }> {
  const most = worksForBusiness(principal) ? MAX_CALENDAR_DAYS_OF_WORKER : MAX_CALENDAR_DAYS_OF_VISITOR;
  if (calendarDays > most)
    return failedField(
      'invalid-request',
      'to',
      `would be ${calendarDays} calendar days in total; one reply covers at most ${most}. Ask for fewer days or fewer people`,
    );
  const reads = Math.ceil(calendarDays / CALENDAR_DAYS_PER_READ) - 1;
  const taken = reads > 0 ? await parts.limits.take('read', address, principal, reads) : undefined;
  if (taken?.isAllowed === false) return { problem: problemOfTooMany(taken), headers: allowanceHeaders(taken) };
  if (await parts.bigQuestions.turn(sourceOf(principal, address), calendarDays)) return taken === undefined ? {} : { headers: allowanceHeaders(taken) };
  return failed('overloaded', { detail: `At most ${parts.bigQuestions.mostWaiting} requests of this size can wait at once.`, retryAfterSeconds: 1 });
}
