import { localeTag } from './language.ts';
import { clock, shortDay } from './money-and-time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "just now", "25 minutes ago", "3 hours ago", and from a day on the day and the time in `timeZone`. */
export function ago(at: number, now: number, timeZone: string, { tag = localeTag.value, justNow = 'just now' } = {}): string {
  const format = new Intl.RelativeTimeFormat(tag, { numeric: 'always' });
  const passed = now - at;
  if (passed < 2 * MINUTE) return justNow;
  if (passed < HOUR) return format.format(-Math.floor(passed / MINUTE), 'minute');
  if (passed < DAY) return format.format(-Math.floor(passed / HOUR), 'hour');
  return `${shortDay(at, timeZone, tag)}, ${clock(at, timeZone, tag)}`;
}
