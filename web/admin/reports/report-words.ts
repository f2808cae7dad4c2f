// What each report is called, what it shows, and its totals in sentences.
import type { Money } from '../../../src/model/money.ts';
import type { ReportName, ReportReply, ReportRow, ReportTotals } from '../../../src/protocol/analytics.ts';
import { counted, duration, listed, money } from '../../kit/money-and-time.ts';

type Figures = ReportTotals;
/** One column, and what the chart can draw. null: there is nothing to say, such as a share of nothing. */
export type Measure = {
  readonly id: string;
  readonly name: string;
  readonly of: (figures: Figures) => number | null;
  readonly say: (value: number) => string;
};
export type ReportWords = {
  readonly name: string;
  readonly about: string;
  readonly measures: (totals: Figures) => readonly [Measure, ...Measure[]];
  readonly sentences: (totals: Figures) => readonly string[];
  readonly isEmpty: (totals: Figures) => boolean;
};

const number = (id: string, name: string, of: (figures: Figures) => number | undefined): Measure => ({ id, name, of: (one) => of(one) ?? 0, say: String });
const share = (id: string, name: string, of: (figures: Figures) => number | null | undefined): Measure => ({
  ...{ id, name, of: (one) => of(one) ?? null, say: percent },
});
const hours = (id: string, name: string, of: (figures: Figures) => number | undefined): Measure => ({ id, name, of: (one) => of(one) ?? 0, say: hoursWords });

/** A column for each currency that occurs, so that nothing is added up that is not of one kind. */
function amounts(id: string, name: string, totals: Figures, of: (figures: Figures) => readonly Money[] | undefined): readonly Measure[] {
  const currencies = (of(totals) ?? []).map(({ currency }) => currency);
  return currencies.map((currency) => ({
    id: `${id}-${currency}`,
    name: currencies.length === 1 ? name : `${name}, ${currency}`,
    of: (figures) => of(figures)?.find((one) => one.currency === currency)?.amount ?? 0,
    say: (amount) => money({ amount, currency }),
  }));
}

function percent(part: number): string {
  return `${Math.round(part * 1_000) / 10}%`;
}

function hoursWords(minutes: number): string {
  return minutes < 600 ? duration(Math.round(minutes)) : `${Math.round(minutes / 60)} h`;
}

function leadWords(minutes: number): string {
  const days = minutes / 1_440;
  return days < 2 ? duration(Math.round(minutes)) : `${Math.round(days * 10) / 10} days`;
}

const moneyWords = (all: readonly Money[] | undefined) => (all === undefined || all.length === 0 ? 'nothing' : listed(all.map(money)));
const METHODS = { provider: 'by card online', cash: 'in cash', terminal: 'by card at the desk' } as const;
const appointments = number('appointments', 'Appointments', (one) => one.appointments);
const noShows = number('no-shows', 'No-shows', (one) => one.noShows);
const cancelled = number('cancelled', 'Cancelled', (one) => one.cancelled);
const booked = hours('booked', 'Booked', (one) => one.bookedMinutes);
const open = hours('open', 'Open', (one) => one.openMinutes);
const utilisation = share('utilisation', 'Utilisation', (one) => one.utilisation);
const hasNone = (totals: Figures) => (totals.appointments ?? 0) === 0;

function usedWords({ bookedMinutes = 0, openMinutes = 0, utilisation: used }: Figures): string {
  const start = `${hoursWords(bookedMinutes)} of ${hoursWords(openMinutes)} were booked`;
  return used == null ? `${start}.` : `${start}: a utilisation of ${percent(used)}.`;
}

function bookingWords(totals: Figures): readonly string[] {
  const { pending = 0, booked: ahead = 0, checkedIn = 0, completed = 0, noShows: missed = 0, cancelled: off = 0, declined = 0, bySource } = totals;
  const parts = [
    ...(ahead + pending > 0 ? [`${ahead + pending} are booked`] : []),
    ...(checkedIn + completed > 0 ? [`${checkedIn + completed} took place`] : []),
    ...(missed > 0 ? [`in ${missed} the customer did not come`] : []),
    ...(off + declined > 0 ? [`${off + declined} were cancelled or declined`] : []),
  ];
  const { online = 0, desk = 0, integration = 0 } = bySource ?? {};
  return [
    `${counted(totals.appointments ?? 0, 'appointment', 'appointments')}: ${listed(parts)}.`,
    `${online} were booked online, ${desk} at the desk and ${integration} by programs.`,
    `Their prices come to ${moneyWords(totals.value)}, without what was cancelled.`,
  ];
}

export const REPORT_WORDS: Readonly<Record<ReportName, ReportWords>> = {
  bookings: {
    name: 'Bookings',
    about: 'Appointments by what became of them, on the day they start.',
    measures: (totals) => [
      appointments,
      number('booked', 'Booked', (one) => (one.booked ?? 0) + (one.pending ?? 0)),
      number('came', 'Took place', (one) => (one.checkedIn ?? 0) + (one.completed ?? 0)),
      noShows,
      number('cancelled', 'Cancelled', (one) => (one.cancelled ?? 0) + (one.declined ?? 0)),
      ...amounts('value', 'Prices', totals, (one) => one.value),
    ],
    sentences: bookingWords,
    isEmpty: hasNone,
  },
  revenue: {
    name: 'Money',
    about: 'What came in and went back, on the day on which it moved.',
    measures: (totals) => {
      const [first, ...others] = [
        ...amounts('received', 'Received', totals, (one) => one.received),
        ...amounts('refunded', 'Refunded', totals, (one) => one.refunded),
        ...amounts('disputed', 'Disputed', totals, (one) => one.disputed),
        ...amounts('net', 'Net', totals, (one) => one.net),
      ];
      return [first ?? number('received', 'Received', () => 0), ...others];
    },
    sentences: ({ received, refunded, disputed = [], net, byMethod = [] }) => [
      `${moneyWords(received)} came in, and ${moneyWords(refunded)} went back: ${moneyWords(net)} stayed.`,
      ...disputed.map((one) =>
        one.amount > 0
          ? `Banks have withdrawn ${money(one)} for disputes, which is not counted as kept.`
          : `Banks have given ${money({ ...one, amount: -one.amount })} back from disputes.`,
      ),
      ...byMethod.map((one) => `${money(one.received)} came ${METHODS[one.method]}${one.refunded.amount > 0 ? `, ${money(one.refunded)} went back so` : ''}.`),
    ],
    isEmpty: ({ received = [], refunded = [], disputed = [] }) => received.length + refunded.length + disputed.length === 0,
  },
  utilisation: {
    name: 'Utilisation',
    about: 'Booked time as a share of open time. Breaks that are blocked count as open.',
    measures: () => [utilisation, booked, open],
    sentences: (totals) => [usedWords(totals)],
    isEmpty: ({ bookedMinutes = 0, openMinutes = 0 }) => bookedMinutes + openMinutes === 0,
  },
  staff: {
    name: 'By person',
    about: 'Utilisation, appointments and prices of each person.',
    measures: (totals) => [utilisation, booked, open, appointments, noShows, cancelled, ...amounts('value', 'Prices', totals, (one) => one.value)],
    sentences: (totals) => [usedWords(totals), `${counted(totals.appointments ?? 0, 'appointment', 'appointments')} in all.`],
    isEmpty: ({ appointments: all = 0, openMinutes = 0 }) => all + openMinutes === 0,
  },
  'no-shows': {
    name: 'No-shows and cancellations',
    about: 'Of those that were to take place, how many customers did not come; of those that were booked, how many were cancelled.',
    measures: () => [
      share('no-show-rate', 'No-show rate', (one) => one.noShowRate),
      noShows,
      share('cancellation-rate', 'Cancellation rate', (one) => one.cancellationRate),
      cancelled,
      appointments,
    ],
    sentences: ({ noShows: missed = 0, noShowRate, cancelled: off = 0, cancellationRate }) => [
      `In ${counted(missed, 'appointment', 'appointments')} the customer did not come${noShowRate == null ? '' : `: ${percent(noShowRate)}`}.`,
      `${counted(off, 'appointment was', 'appointments were')} cancelled${cancellationRate == null ? '' : `: ${percent(cancellationRate)}`}.`,
    ],
    isEmpty: hasNone,
  },
  'lead-time': {
    name: 'How early people book',
    about: 'The time from booking to start.',
    measures: () => [
      { id: 'average', name: 'On average', of: ({ averageMinutes }) => averageMinutes ?? null, say: leadWords },
      number('same-day', 'Within a day', (one) => one.sameDay),
      number('within-week', 'Within a week', (one) => one.withinWeek),
      number('within-month', 'Within 30 days', (one) => one.withinMonth),
      number('longer', 'Earlier', (one) => one.longer),
    ],
    sentences: ({ averageMinutes, sameDay = 0, withinWeek = 0, withinMonth = 0, longer = 0 }) => [
      ...(averageMinutes == null ? [] : [`People book ${leadWords(averageMinutes)} ahead on average.`]),
      `${sameDay} were booked less than a day before, ${withinWeek} less than a week, ${withinMonth} less than 30 days and ${longer} earlier.`,
    ],
    isEmpty: hasNone,
  },
  customers: {
    name: 'New and returning customers',
    about: 'A customer is new at the first visit anywhere in the business. Booked again: another visit within 90 days.',
    measures: () => [
      number('visits', 'Visits', (one) => one.visits),
      number('new', 'New customers', (one) => one.newCustomers),
      number('returning', 'Returning', (one) => one.returningVisits),
      number('rebooked', 'Booked again', (one) => one.rebooked),
      share('rebooking-rate', 'Share booked again', (one) => one.rebookingRate),
    ],
    sentences: ({ visits = 0, newCustomers = 0, returningVisits = 0, rebookingRate }) => [
      `${counted(visits, 'visit', 'visits')}: ${counted(newCustomers, 'of a new customer', 'of new customers')} and ${returningVisits} of customers who were here before.`,
      ...(rebookingRate == null ? [] : [`After ${percent(rebookingRate)} of the visits the customer has booked again.`]),
    ],
    isEmpty: ({ visits = 0 }) => visits === 0,
  },
  'heat-map': {
    name: 'Busy hours',
    about: 'Appointments by weekday and by the hour in which they start.',
    measures: () => [appointments],
    sentences: ({ appointments: all = 0, bookedMinutes = 0 }) => [
      `${counted(all, 'appointment', 'appointments')} and ${hoursWords(bookedMinutes)} of booked time.`,
    ],
    isEmpty: hasNone,
  },
  'lost-demand': {
    name: 'Demand that was lost',
    about: 'Times that people asked for and that were taken, by weekday and hour. One who tries five times counts five times.',
    measures: () => [number('refused', 'Refused', (one) => one.refused)],
    sentences: ({ refused = 0 }) => [`${counted(refused, 'claim was', 'claims were')} refused because the time was taken.`],
    isEmpty: ({ refused = 0 }) => refused === 0,
  },
};

/** Those that are by weekday and hour, whatever the period. */
export function isByHour(name: ReportName): boolean {
  return name === 'heat-map' || name === 'lost-demand';
}

/** "30 more than in the period before (170)", for the first measure. */
export function comparison(measure: Measure, { totals, previous }: ReportReply): string | undefined {
  if (previous === undefined) return undefined;
  const [now, then] = [measure.of(totals), measure.of(previous.totals)];
  if (then === null) return 'There is nothing in the period before to compare with.';
  const what = `${measure.name}: ${now === null ? 'none' : measure.say(now)} now, ${measure.say(then)} in the period before`;
  if (now === null || now === then || then === 0 || measure.say === percent) return `${what}.`;
  const change = percent(Math.abs(now - then) / Math.abs(then));
  return `${what}: ${change} ${now > then ? 'more' : 'less'}.`;
}

/** Each person once, over all periods. */
export function byPerson(rows: readonly ReportRow[]): readonly ReportRow[] {
  const people = new Map<string, ReportRow>();
  for (const row of rows) {
    const before = people.get(row.staffId ?? '');
    people.set(row.staffId ?? '', before === undefined ? row : together(before, row));
  }
  return [...people.values()];
}

function together(one: ReportRow, other: ReportRow): ReportRow {
  const sum = (of: (row: ReportRow) => number | undefined) => (of(one) ?? 0) + (of(other) ?? 0);
  const [bookedMinutes, openMinutes] = [sum((row) => row.bookedMinutes), sum((row) => row.openMinutes)];
  const value = [...(one.value ?? [])];
  for (const { amount, currency } of other.value ?? []) {
    const at = value.findIndex((known) => known.currency === currency);
    if (at < 0) value.push({ amount, currency });
    else value[at] = { amount: (value[at]?.amount ?? 0) + amount, currency };
  }
  return {
    ...one,
    ...{ appointments: sum((row) => row.appointments), noShows: sum((row) => row.noShows), cancelled: sum((row) => row.cancelled) },
    ...{ bookedMinutes, openMinutes, utilisation: openMinutes === 0 ? null : bookedMinutes / openMinutes, value },
  };
}
