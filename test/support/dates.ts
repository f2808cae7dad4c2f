import { timeNow } from './clock.ts';

/** Today is the day on which the test file began: a file that runs over midnight keeps to its days, and a day from 2 on has not begun before it ends. */
const BEGAN_AT = Temporal.Instant.fromEpochMilliseconds(timeNow());

/** A local date some days from today. */
export function dateIn(days: number, timeZone = 'UTC'): string {
  return BEGAN_AT.toZonedDateTimeISO(timeZone).toPlainDate().add({ days }).toString();
}

/** The second of last month and, once it is over, of this one: when the month ends, what pages call the last month is the one in which the test file began. */
export function daysOfLastMonth(timeZone: string): readonly Temporal.PlainDate[] {
  const today = Temporal.PlainDate.from(dateIn(0, timeZone));
  const second = today.with({ day: 2 });
  return [second.subtract({ months: 1 }), second].filter((day) => Temporal.PlainDate.compare(day, today) < 0);
}

/** Open on every day of the week, as locations say it. */
export function everyDay(from: string, to: string): readonly { readonly day: string; readonly from: string; readonly to: string }[] {
  return ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => ({ day, from, to }));
}
