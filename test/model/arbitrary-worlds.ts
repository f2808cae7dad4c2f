// Random calendars for property tests: hours of every kind, zones with every kind of clock change, claims anywhere.
import fc from 'fast-check';
import type { CalendarHours, DateWindows, DayWindow, WeeklyWindow } from '../../src/model/calendar-hours.ts';
import type { ClaimTime } from '../../src/model/claim-times.ts';
import { WEEKDAYS } from '../../src/model/day-plan.ts';
import { DAY, HOUR, type Instant, instant, MINUTE } from '../../src/model/instant.ts';
import type { SlotTerms } from '../../src/model/slot-terms.ts';

/** A zone, and a day (UTC) on which its clocks do something, or nothing. */
const SCENES = [
  ['UTC', '2027-06-21'],
  ['Asia/Kathmandu', '2027-06-21'],
  ['Asia/Kolkata', '2027-01-04'],
  ['America/New_York', '2027-03-14'],
  ['America/New_York', '2027-11-07'],
  ['Europe/London', '2027-10-31'],
  ['Europe/Berlin', '2027-03-28'],
  ['Australia/Lord_Howe', '2027-04-04'],
  ['Australia/Lord_Howe', '2027-10-03'],
  ['Pacific/Chatham', '2027-09-26'],
  ['Asia/Beirut', '2027-03-28'],
  ['America/Havana', '2027-11-07'],
  ['America/Santiago', '2027-04-04'],
  ['Africa/Casablanca', '2025-02-23'],
  // Clocks went back at one minute past midnight, so that a date was over, came again, and began a second time.
  ['America/St_Johns', '2010-11-07'],
  // A date was left out.
  ['Pacific/Apia', '2011-12-30'],
] as const;

export type World = {
  hours: CalendarHours;
  claims: ClaimTime[][];
  resourceHours: CalendarHours[];
  terms: SlotTerms;
  from: Instant;
  to: Instant;
  now: Instant;
  seats: number;
  ignoreClaimId: string | null;
};

const time = fc.integer({ min: 0, max: 96 }).map((quarter) => quarter * 15);
const oddTime = fc.integer({ min: 0, max: 1_440 });
const window: fc.Arbitrary<DayWindow> = fc
  .tuple(fc.oneof(time, oddTime), fc.oneof(time, oddTime, fc.constant(1_440)))
  .map(([one, other]) => ({ from: clock(Math.min(one, other)), to: clock(Math.max(one, other)) }))
  .filter(({ from, to }) => from < to);
const allDay: WeeklyWindow[] = WEEKDAYS.map((day) => ({ day, from: '00:00', to: '24:00' }));
const weekly: fc.Arbitrary<WeeklyWindow[]> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(
      fc.tuple(fc.constantFrom(...WEEKDAYS), window).map(([day, hours]) => ({ day, ...hours })),
      { minLength: 6, maxLength: 20, size: 'max' },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.array(window, { minLength: 1, maxLength: 3 }).map((windows) => WEEKDAYS.flatMap((day) => windows.map((hours) => ({ day, ...hours })))),
  },
  { weight: 3, arbitrary: fc.constant(allDay) },
);

function datesNear(day: string): fc.Arbitrary<DateWindows> {
  const entry = fc.tuple(
    fc.integer({ min: -2, max: 3 }).map((days) => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10)),
    fc.oneof(fc.constant([]), fc.constant([{ from: '00:00', to: '24:00' }]), fc.array(window, { maxLength: 2 })),
  );
  return fc.array(entry, { maxLength: 2 }).map(Object.fromEntries);
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

const buffer = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.constantFrom(5, 15, 20, 45, 120));
const terms: fc.Arbitrary<SlotTerms> = fc.record({
  serviceId: fc.constant('main'),
  minutes: fc.constantFrom(1, 5, 10, 25, 30, 45, 60, 90, 180),
  slotIntervalMinutes: fc.constantFrom(1, 5, 7, 15, 20, 30, 50, 60, 120),
  bufferBeforeMinutes: buffer,
  bufferAfterMinutes: buffer,
  leadTimeMinutes: fc.constantFrom(0, 0, 0, 0, 60, 1_500),
  horizonDays: fc.constantFrom(null, null, null, null, 1, 2, 3),
  capacity: fc.constantFrom(1, 1, 2, 5, 5),
  grid: fc.constantFrom('fixed', 'pack'),
  dailyLimit: fc.constantFrom(null, null, null, null, null, 0, 1, 2, 3),
  weeklyLimit: fc.constantFrom(null, null, null, null, 1, 3),
  monthlyLimit: fc.constantFrom(null, null, null, null, 2, 4),
  bufferRule: fc.constantFrom('max', 'sum'),
});

function claimsNear(from: number, service: SlotTerms): fc.Arbitrary<ClaimTime[]> {
  const kind = fc.constantFrom('hold', 'appointment', 'appointment', 'appointment', 'block');
  const startsAt = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -20 * 2, max: 50 * 2 }).map((steps) => from + steps * 30 * MINUTE) },
    { weight: 1, arbitrary: fc.integer({ min: -2 * DAY, max: 3 * DAY }).map((milliseconds) => from + milliseconds) },
  );
  const minutes = fc.oneof({ weight: 5, arbitrary: fc.constant(service.minutes) }, fc.constantFrom(1, 10, 30, 60, 1_500));
  const claim = fc
    .tuple(fc.uuid(), kind, startsAt, minutes, fc.constantFrom('main', 'main', 'other'), buffer, buffer, fc.constantFrom(1, 1, 1, 2))
    .map(([id, kind, startsAt, length, serviceId, bufferBeforeMinutes, bufferAfterMinutes, seats]): ClaimTime => {
      const isMain = serviceId === 'main';
      return {
        id,
        kind,
        status: kind === 'block' ? null : kind === 'hold' ? 'held' : 'booked',
        startsAt: instant(startsAt),
        endsAt: instant(startsAt + length * MINUTE),
        bufferBeforeMinutes: isMain ? service.bufferBeforeMinutes : bufferBeforeMinutes,
        bufferAfterMinutes: isMain ? service.bufferAfterMinutes : bufferAfterMinutes,
        serviceId: kind === 'block' ? null : serviceId,
        capacity: isMain ? service.capacity : 1,
        lane: 0,
        seats,
      };
    });
  return fc.uniqueArray(claim, { maxLength: 10, selector: ({ id }) => id });
}

export const someHours: fc.Arbitrary<{ hours: CalendarHours; from: Instant }> = fc.constantFrom(...SCENES).chain(([zone, day]) => {
  const away = fc.record({ id: fc.uuid(), after: fc.integer({ min: -48, max: 72 }), length: fc.integer({ min: 1, max: 20 }) }).map(({ id, after, length }) => {
    const startsAt = Date.parse(day) + after * HOUR;
    return { id, startsAt: instant(startsAt), endsAt: instant(startsAt + length * HOUR), reason: null };
  });
  return fc
    .record({
      timeZone: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, fc.constant(zone), fc.constantFrom('Asia/Dubai', 'Pacific/Honolulu', 'Asia/Kathmandu')),
      weekly: fc.option(weekly, { freq: 4 }),
      overrides: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, datesNear(day)),
      ownHours: fc.boolean(),
      timeOff: fc.array(away, { maxLength: 2 }),
      external: elsewhereNear(day),
      mostStarts: fc.constantFrom({}, {}, {}, { day: 2 }, { week: 4 }, { month: 5 }, { day: null, week: 2 }),
      location: fc.record({
        timeZone: fc.constant(zone),
        weekly: fc.oneof(fc.constant(allDay), weekly),
        specialDates: fc.oneof(fc.constant({}), datesNear(day)),
        version: fc.constant(1),
      }),
    })
    .map(({ external, ...hours }) => ({ hours: external === undefined ? hours : { ...hours, external }, from: instant(Date.parse(day) - 12 * HOUR) }));
});

/** Two calendars elsewhere whose times may overlap; mostly none. */
function elsewhereNear(day: string): fc.Arbitrary<CalendarHours['external']> {
  const gap = fc.constantFrom(1, 15, 17, 60, 240);
  const calendar = fc
    .tuple(fc.integer({ min: -1_440, max: 2_880 }), fc.array(gap, { minLength: 1, maxLength: 8 }))
    .map(([from, [first = 1, ...more]]) => [Date.parse(day) / MINUTE + from, first, ...more.slice(0, more.length - (more.length % 2))]);
  return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, fc.record({ work: calendar, home: calendar }));
}

/** Of a resource at the same location: the hours there, or fewer. */
function hoursLike({ location, timeOff }: CalendarHours): fc.Arbitrary<CalendarHours> {
  const away = timeOff.map(({ startsAt, endsAt, ...off }) => ({ ...off, startsAt: instant(startsAt + 3 * HOUR), endsAt: instant(endsAt + 3 * HOUR) }));
  const open = { timeZone: null, overrides: {}, ownHours: false, timeOff: away, location };
  return fc.oneof(
    fc.constant({ ...open, weekly: null }),
    weekly.map((own) => ({ ...open, weekly: own })),
    weekly.map((own) => ({ ...open, weekly: own, ownHours: true })),
  );
}

export const worlds: fc.Arbitrary<World> = fc.tuple(someHours, terms).chain(([{ hours, from }, service]) =>
  fc
    .record({
      own: claimsNear(from, service),
      resources: fc.oneof(
        { weight: 3, arbitrary: fc.constant<{ claims: ClaimTime[]; hours: CalendarHours }[]>([]) },
        fc.array(fc.record({ claims: claimsNear(from, service), hours: hoursLike(hours) }), { minLength: 1, maxLength: 1 }),
      ),
      hoursLater: fc.integer({ min: 0, max: 12 }),
      length: fc.integer({ min: 6, max: 36 }),
      asked: fc.integer({ min: -100 * 60, max: 24 * 60 }),
      seats: fc.constantFrom(1, 1, 1, 2),
      moves: fc.boolean(),
    })
    .map(({ own, resources, hoursLater, length, asked, seats, moves }) => ({
      hours,
      claims: [own, ...resources.map(({ claims }) => claims)],
      resourceHours: resources.map((resource) => resource.hours),
      terms: service,
      from: instant(from + hoursLater * HOUR),
      to: instant(from + (hoursLater + length) * HOUR),
      // Long before, as a rule, so that lead time and past leave something to look at.
      now: instant(asked < 0 ? from - 1.5 * DAY : from + asked * MINUTE + 1),
      seats,
      ignoreClaimId: moves ? (own[0]?.id ?? null) : null,
    })),
);
