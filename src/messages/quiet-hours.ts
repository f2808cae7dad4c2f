// Quiet hours: when text messages wait. Pure.
import { zonesOfCountry } from '../model/countries.ts';
import { type Instant, instant } from '../model/instant.ts';
import type { QuietHours } from '../protocol/messages.ts';
import type { NewMessage } from './message.ts';

/** A customer who only hears of a change when they get up has this long to react to it. */
const TIME_TO_REACT_MS = 3 * 60 * 60 * 1_000;

/** The end of the quiet hours that `at` lies in, by the clock of the zone; null: it lies in none. They may go past midnight, and none have the same beginning and end. */
export function endOfQuiet(at: Instant, timeZone: string, quiet: QuietHours | null): Instant | null {
  if (quiet === null) return null;
  const there = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const [now, from, to] = [there.toPlainTime(), Temporal.PlainTime.from(quiet.from), Temporal.PlainTime.from(quiet.to)];
  const isFrom = Temporal.PlainTime.compare(now, from) >= 0;
  const isBefore = Temporal.PlainTime.compare(now, to) < 0;
  const passesMidnight = Temporal.PlainTime.compare(from, to) > 0;
  if (!(passesMidnight ? isFrom || isBefore : isFrom && isBefore)) return null;
  const day = isBefore ? there.toPlainDate() : there.toPlainDate().add({ days: 1 });
  return instant(day.toZonedDateTime({ timeZone, plainTime: to }).epochMilliseconds);
}

/**
 * Until when a text about an appointment waits; null: it is sent at once. What answers a customer who has just booked is sent at once, and so is news that would come too late to
 * react to. A reminder waits in any case, and `too-late` says that it would come after the appointment has begun.
 */
export function waitsUntil(
  { kind, about }: Pick<NewMessage, 'kind' | 'about'>,
  at: Instant,
  timeZone: string,
  quiet: QuietHours | null,
): Instant | null | 'too-late' {
  const end = kind === 'appointment-booked' || kind === 'appointment-requested' ? null : endOfQuiet(at, timeZone, quiet);
  if (end === null) return null;
  if (kind === 'appointment-reminder') return end < about.startsAt ? end : 'too-late';
  const firstStart = Math.min(about.startsAt, about.from?.startsAt ?? about.startsAt);
  return end + TIME_TO_REACT_MS > firstStart ? null : end;
}

/** Where a recipient is: the zone of the place if their number is of the same country, or of one with several times of the day; otherwise the zone of their country. */
export function zoneOfRecipient(country: string, placeZone: string, at: Instant): string {
  const zones = zonesOfCountry(country);
  const [first] = zones;
  if (first === undefined || zones.includes(placeZone)) return placeZone;
  const offsetOf = (timeZone: string) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).offset;
  return zones.every((zone) => offsetOf(zone) === offsetOf(first)) ? first : placeZone;
}
