// A start that somebody asks for: an instant with its offset, or a wall-clock time together with the zone it is meant in.
import { z } from 'zod';
import { type Instant, instant, parseInstant } from '../model/instant.ts';
import type { ProblemCode } from './problems.ts';
import { timeZone } from './scalars.ts';

const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?$/;

export type ReadMoment = { readonly ok: true; readonly at: Instant } | { readonly ok: false; readonly code: Extract<ProblemCode, 'invalid-request' | 'nonexistent-local-time'>; readonly message: string };

/** Reads a start. A wall-clock time without a zone, one that does not exist and one that happens twice are refused: which moment is meant is never guessed. */
export function readMoment(text: string, zone: string | undefined): ReadMoment {
  const at = parseInstant(text);
  if (at !== undefined) return { ok: true, at };
  if (!LOCAL_TIME.test(text)) return invalid('must be a date and time with an offset, as in 2026-11-24T09:00:00+01:00 or 2026-11-24T08:00:00Z');
  if (zone === undefined) return invalid('has no offset: add one, as in 2026-11-24T09:00:00+01:00, or send the timeZone it is meant in');
  let local: Temporal.PlainDateTime;
  try {
    local = Temporal.PlainDateTime.from(text, { overflow: 'reject' });
  } catch {
    return invalid('is not a date and time that exists');
  }
  const earlier = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const later = local.toZonedDateTime(zone, { disambiguation: 'later' });
  if (!earlier.toPlainDateTime().equals(local)) {
    return { ok: false, code: 'nonexistent-local-time', message: `does not exist in ${zone}: clocks are put forward from ${earlier.offset} to ${later.offset} there and skip it` };
  }
  if (earlier.epochMilliseconds !== later.epochMilliseconds) return invalid(`happens twice in ${zone} on that day: say which by its offset, ${earlier.offset} or ${later.offset}`);
  return { ok: true, at: instant(earlier.epochMilliseconds) };
}

function invalid(message: string): ReadMoment {
  return { ok: false, code: 'invalid-request', message };
}

/** The fields of a request that asks for a start; pass the object through `withStart` to have them read. */
export const startFields = {
  startsAt: z.string().max(40).meta({ format: 'date-time', description: 'With an offset; or a local date and time together with `timeZone`.', example: '2026-11-24T09:00:00+01:00' }),
  timeZone: timeZone.optional().meta({ description: 'The zone of a `startsAt` that has no offset.' }),
};

/** Turns `startsAt` and `timeZone` of a parsed body into one `Instant`; an issue that is a problem of its own names it in `params.problem`. */
export function withStart<Body extends { startsAt: string; timeZone?: string | undefined }>(body: Body, context: z.RefinementCtx): Omit<Body, 'startsAt' | 'timeZone'> & { startsAt: Instant } {
  const { startsAt, timeZone: zone, ...rest } = body;
  const read = readMoment(startsAt, zone);
  if (read.ok) return { ...rest, startsAt: read.at };
  context.addIssue({ code: 'custom', path: ['startsAt'], message: read.message, input: startsAt, params: { problem: read.code } });
  return z.NEVER;
}
