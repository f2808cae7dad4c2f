/** A moment in elapsed time: whole milliseconds since 1970-01-01T00:00Z. A number, so it compares with `<`, clones, and survives JSON. */
export type Instant = number & { readonly __brand: 'Instant' };

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

/** Brands a number of milliseconds; the one place where an `Instant` is made from arithmetic. */
export function instant(milliseconds: number): Instant {
  return milliseconds as Instant;
}

/** Reads an RFC 3339 date-time with an offset. `undefined` for anything else, never a guess. */
export function parseInstant(text: string): Instant | undefined {
  if (!/^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})$/.test(text)) return undefined;
  try {
    return instant(Temporal.Instant.from(text).epochMilliseconds);
  } catch {
    return undefined; // a date that does not exist, such as 30 February
  }
}

/** RFC 3339 with the offset that `timeZone` has at that moment, to the second. Throws RangeError for an unknown zone. */
export function formatInstant(at: Instant, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString({ timeZone, smallestUnit: 'second' });
}
