// The steps an appointment can take now, and when others become possible. The server decides; this avoids refusals at the desk.
import { addDays, localDate, startOfDate } from '../kit/zoned-dates.ts';
import type { BoardClaim } from './board.ts';
import type { StatusStep } from './commands.ts';

type Window = { readonly from: number; readonly until: number };
export type StepsOf = {
  /** The first is the one that comes next. */
  readonly now: readonly StatusStep[];
  /** Not yet possible, soonest first. */
  readonly later: readonly { readonly step: StatusStep; readonly from: number }[];
};

const FROM: { readonly [Status in NonNullable<BoardClaim['status']>]?: readonly StatusStep[] } = {
  pending: ['approve'],
  booked: ['check-in', 'complete', 'no-show'],
  'checked-in': ['complete', 'reopen'],
  completed: ['reopen'],
  'no-show': ['reopen'],
};

/** `timeZone` is that of the place where the appointment is. */
export function stepsOf(claim: BoardClaim, now: number, timeZone: string): StepsOf {
  const steps = claim.kind === 'appointment' && claim.status !== null ? (FROM[claim.status] ?? []) : [];
  const timed = steps.map((step) => ({ step, ...windowOf(step, claim, timeZone) }));
  const possible = timed.filter(({ from, until }) => from <= now && now < until).map(({ step }) => step);
  return {
    // While check-in is possible, completing is not offered.
    now: possible.includes('check-in') ? possible.filter((step) => step !== 'complete') : possible,
    later: timed
      .filter(({ step, from }) => from > now && !(claim.status === 'booked' && step === 'complete'))
      .map(({ step, from }) => ({ step, from }))
      .sort((one, other) => one.from - other.from),
  };
}

function windowOf(step: StatusStep, { startsAt, endsAt }: BoardClaim, timeZone: string): Window {
  switch (step) {
    case 'approve':
      return { from: 0, until: startsAt };
    case 'check-in':
      return {
        from: startOfDate(localDate(startsAt, timeZone), timeZone),
        until: startOfDate(addDays(localDate(endsAt - 1, timeZone), 1), timeZone),
      };
    case 'complete':
    case 'no-show':
      return { from: startsAt, until: Number.POSITIVE_INFINITY };
    case 'reopen':
      return { from: 0, until: Number.POSITIVE_INFINITY };
    default:
      return step satisfies never;
  }
}
