// What time it is in the tests: now, or another moment that `npm test -- --on …` asks for (see CONTRIBUTING.md). Nothing else in `test/`
// asks a clock for the time of day; test/tidy keeps that.
//
// To make it another moment this file is preloaded in every process and worker thread of a test. It moves `Date` and `Temporal.Now`, and
// with them the embedded database, whose clock is that of its thread; test/support/postgres.ts moves PostgreSQL's and test/web/browser.ts
// the pages'. Slotkeeper's time is its database's, so the server under test needs no switch for it. Timers and `performance.now()` are not moved:
// they measure how long something takes.
import { subscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';

/** Set by test/run.ts: the moment at which a test file begins, as a number of milliseconds. */
export const CLOCK_STARTS_AT = 'TEST_CLOCK_STARTS_AT';
/** Set here, for what a test starts: workers and processes go on with the clock of the test, instead of beginning anew. */
const CLOCK_AHEAD_MS = 'TEST_CLOCK_AHEAD_MS';

const RealDate = Date;
/** How far the clock is ahead of the machine's; 0 if it has not been moved. */
export const clockAheadMs = readAhead();
if (clockAheadMs !== 0) moveClocks();

/** Milliseconds since 1970, on the clock of the tests. */
export function timeNow(): number {
  return realNow() + clockAheadMs;
}

/** What the machine's own clock says, for what is compared with files, certificates and programs that live by it. */
export function realNow(): number {
  return RealDate.now();
}

/** For the environment of a process that a test starts and that is not to get the test's own. */
export function clockSettings(): Readonly<Record<string, string | undefined>> {
  return clockAheadMs === 0 ? {} : { NODE_OPTIONS: process.env.NODE_OPTIONS, [CLOCK_AHEAD_MS]: String(clockAheadMs) };
}

/** For a process that is to live by the machine's clock: makes what outlives a test. */
export function machineClockSettings(): Readonly<Record<string, undefined>> {
  return { [CLOCK_STARTS_AT]: undefined, [CLOCK_AHEAD_MS]: undefined };
}

function readAhead(): number {
  const { [CLOCK_STARTS_AT]: startsAt, [CLOCK_AHEAD_MS]: ahead } = process.env;
  if (ahead !== undefined) return Number(ahead);
  if (startsAt === undefined) return 0;
  const read = Number(startsAt) - realNow();
  process.env[CLOCK_AHEAD_MS] = String(read);
  return read;
}

function moveClocks(): void {
  const instant = () => Temporal.Instant.fromEpochMilliseconds(timeNow());
  const zoned = (zone?: Temporal.TimeZoneLike) => instant().toZonedDateTimeISO(zone ?? Temporal.Now.timeZoneId());
  Object.assign(Temporal.Now, {
    instant,
    zonedDateTimeISO: zoned,
    plainDateTimeISO: (zone?: Temporal.TimeZoneLike) => zoned(zone).toPlainDateTime(),
    plainDateISO: (zone?: Temporal.TimeZoneLike) => zoned(zone).toPlainDate(),
    plainTimeISO: (zone?: Temporal.TimeZoneLike) => zoned(zone).toPlainTime(),
  });
  globalThis.Date = new Proxy(RealDate, {
    construct: (date, given, made) => Reflect.construct(date, given.length === 0 ? [timeNow()] : given, made),
    apply: () => new RealDate(timeNow()).toString(),
    get: (date, name) => (name === 'now' ? timeNow : Reflect.get(date, name)),
  });
  // Node writes this header by a clock of its own, and pages set theirs by it.
  subscribe('http.server.request.start', (message) => {
    const { response } = message as { readonly response: ServerResponse };
    response.setHeader('date', new Date().toUTCString());
  });
}
