// A start that somebody asks for: an instant with its offset, or a wall-clock time together with the zone it is meant in.
import { z } from 'zod';
import { type Instant, parseInstant } from '../model/instant.ts';
import { parseLocalDateTime } from '../model/local-dates.ts';
import type { ProblemCode } from './problems.ts';
import { INSTANT_ADVICE, isInReach, OUT_OF_REACH, timeZone } from './scalars.ts';

const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?$/;

export type ReadMoment =
  | { readonly ok: true; readonly at: Instant }
  | { readonly ok: false; readonly code: Extract<ProblemCode, 'invalid-request' | 'nonexistent-local-time'>; readonly message: string };

/** Reads a start. A wall-clock time needs a zone; one that is shown twice is the first of the two, one that is never shown is refused, not moved. */
export function readMoment(text: string, zone: string | undefined): ReadMoment {
  const at = parseInstant(text);
  if (at !== undefined) return isInReach(at) ? { ok: true, at } : invalid(OUT_OF_REACH);
  if (!LOCAL_TIME.test(text)) return invalid(INSTANT_ADVICE);
  if (zone === undefined) return invalid('has no offset: add one, such as 2026-11-24T09:00:00+01:00, or send its timeZone');
  const local = parseLocalDateTime(text, zone);
  if (local === 'invalid') return invalid('is not a date and time that exists');
  if (local === 'nonexistent-local-time')
    return { ok: false, code: local, message: `does not exist in ${zone}: the clocks go forward and skip it on that day` };
  return isInReach(local) ? { ok: true, at: local } : invalid(OUT_OF_REACH);
}

function invalid(message: string): ReadMoment {
  return { ok: false, code: 'invalid-request', message };
}

/** The fields of a request that asks for a start; pass the object through `withStart` to have them read. */
export const startFields = {
  startsAt: z
    .string()
    .max(40)
    .meta({ format: 'date-time', description: 'With an offset; or a local date and time together with `timeZone`.', example: '2026-11-24T09:00:00+01:00' }),
  timeZone: timeZone.optional().meta({ description: 'The zone of a `startsAt` that has no offset.' }),
};

/** Turns `startsAt` and `timeZone` of a parsed body into one `Instant`; an issue that is a problem of its own names it in `params.problem`. */
export function withStart<Body extends { startsAt: string; timeZone?: string | undefined }>(
  body: Body,
  context: z.RefinementCtx,
): Omit<Body, 'startsAt' | 'timeZone'> & { startsAt: Instant } {
  const { startsAt, timeZone: zone, ...rest } = body;
  const read = readMoment(startsAt, zone);
  if (read.ok) return { ...rest, startsAt: read.at };
  context.addIssue({ code: 'custom', path: ['startsAt'], message: read.message, input: startsAt, params: { problem: read.code } });
  return z.NEVER;
}
