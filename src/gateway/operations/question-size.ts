// What a question about free times costs who asks it: by the days of all calendars that it is about.

import type { Caller } from '../../access/caller.ts';
import { worksForBusiness } from '../../access/rights.ts';
import { dayOfDate } from '../../model/local-dates.ts';
import { type Failed, failed, failedField } from '../../protocol/reply.ts';
import type { GatewayContext } from '../context.ts';
import { sourceOf } from '../security/big-questions.ts';
import { allowanceHeaders, problemOfTooMany } from '../security/rate-limits.ts';

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
  context: GatewayContext,
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
  const taken = reads > 0 ? await context.limits.take('read', address, principal, reads) : undefined;
  if (taken?.isAllowed === false) return { problem: problemOfTooMany(taken), headers: allowanceHeaders(taken) };
  if (await context.bigQuestions.turn(sourceOf(principal, address), calendarDays)) return taken === undefined ? {} : { headers: allowanceHeaders(taken) };
  return failed('overloaded', { detail: `At most ${context.bigQuestions.mostWaiting} requests of this size can wait at once.`, retryAfterSeconds: 1 });
}
