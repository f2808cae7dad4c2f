// Days on which something is different, and what has to work on each of them. What leans on the calendar without knowing it fails on one of these.

/** When a test file begins. The clocks of Lisbon and Berlin, where the demo is, change at one o'clock UTC on the last Sundays of March and October. */
export const DAYS: Readonly<Record<string, string>> = {
  /** A Sunday: the demo's locations are closed. The clocks go forward in less than half an hour. */
  'sunday-clocks-forward': '2027-03-28T00:40:00Z',
  /** A Saturday afternoon, after the last appointments; tomorrow has 25 hours. */
  'clocks-back-tomorrow': '2027-10-30T17:30:00Z',
  /** A Tuesday, while the shop is open. */
  'leap-day': '2028-02-29T10:00:00Z',
  /** A Sunday, when all is closed, and the last minute of the year: it is another year while the tests run. */
  'last-minute-of-the-year': '2028-12-31T23:59:30Z',
};

/** On which of them every run looks, without the pages: today is closed, and the year ends. All the others, and the pages, are for `--on every`. */
export const USUAL_DAYS: readonly string[] = ['last-minute-of-the-year'];

/** Milliseconds since 1970; NaN for what is neither a name nor a moment with its offset. */
export function momentOf(name: string): number {
  const moment = DAYS[name] ?? name;
  return /T.*(Z|[+-]\d\d:\d\d)$/.test(moment) ? Date.parse(moment) : Number.NaN;
}

/** Words of the paths of the suites that seed a business and ask for days in it. */
export const NEEDS_EVERY_DAY = [
  'test/demo/',
  'test/web/desk.test',
  'test/web/pages.test',
  'test/gateway/http/appointments.test',
  'test/gateway/http/calendars.test',
  'test/gateway/http/holds.test',
  'test/gateway/http/slots.test',
  'test/gateway/socket/watching.test',
];

/** Pages take most of the time of a day, and lean on it in two ways: today is closed, and the date changes while they are open. One day has both. */
export const PAGES = 'test/web/';
export const DAYS_FOR_PAGES: readonly string[] = ['last-minute-of-the-year'];

/** Tests of those suites that have nothing to do with the day: passwords, lines that break, and what takes long whatever the day is. */
export const SAME_ON_EVERY_DAY = /\baxe\b|password|session|regist|cut off|beacon|renew|\blines?\b|policy forbids|phone/;
