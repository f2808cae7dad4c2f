// Reports on the wire.
import { z } from 'zod';
import { WEEKDAYS } from '../model/day-plan.ts';
import { dayOfDate } from '../model/local-dates.ts';
import { instantText, localDate, sum, uuid } from './scalars.ts';

export const REPORTS = ['bookings', 'revenue', 'utilisation', 'no-shows', 'lead-time', 'customers', 'heat-map', 'lost-demand', 'staff'] as const;
export type ReportName = (typeof REPORTS)[number];
const PERIODS = ['day', 'week', 'month'] as const;
/** Three years. */
const MOST_DAYS = 1_100;

const asked = {
  from: localDate.meta({ description: 'First date, as clocks at each location show it.' }),
  to: localDate.meta({ description: `The date after the last one; at most ${MOST_DAYS} days later.` }),
  by: z.enum(PERIODS).default('day').meta({ description: 'One row for each; weeks begin on Monday.' }),
  locationId: uuid.optional(),
  serviceId: uuid.optional(),
  staffId: uuid.optional(),
};

export function checkDates({ from, to }: { readonly from: string; readonly to: string }, context: z.RefinementCtx): void {
  const days = (dayOfDate(to) ?? 0) - (dayOfDate(from) ?? 0);
  if (days >= 1 && days <= MOST_DAYS) return;
  const message = days < 1 ? 'must be later than from; the end day is not included' : `must be at most ${MOST_DAYS} days after from`;
  context.addIssue({ code: 'custom', path: ['to'], message, input: to });
}

/** GET /v1/analytics/{report}.csv */
export const reportFileQuery = z.strictObject(asked).superRefine(checkDates);
/** GET /v1/analytics/{report} */
export const reportQuery = z
  .strictObject({
    ...asked,
    compare: z.enum(['previous']).optional().meta({ description: 'Adds the period before: as many whole months before whole months, else as many days.' }),
  })
  .superRefine(checkDates);
export type ReportAsked = z.output<typeof reportQuery>;

const count = z.int().optional();
const rate = z.number().nullable().optional();
const amounts = z.array(sum).optional();
const of = (description: string) => ({ description });

/** Each report has some of these. */
const figures = {
  appointments: count.meta(of('Those that start in the period, whatever has become of them.')),
  ...{ pending: count, booked: count, declined: count, checkedIn: count, completed: count, cancelled: count, noShows: count },
  bySource: z.object({ online: z.int(), desk: z.int(), integration: z.int() }).optional(),
  value: amounts.meta(of('Prices of those that are not cancelled or declined, by currency.')),
  received: amounts.meta(of('Money that came in the period, for whichever appointments.')),
  refunded: amounts.meta(of('Money that went back in the period.')),
  disputed: amounts.meta(of('What banks have withdrawn in the period, less what they have given back.')),
  net: amounts.meta(of('Received, less refunded and disputed: what the takings of these days say.')),
  byMethod: z
    .array(z.object({ method: z.enum(['provider', 'cash', 'terminal']), received: sum, refunded: sum, disputed: sum }))
    .optional()
    .meta(of('The same, by where it was paid.')),
  bookedMinutes: z.number().optional().meta(of('Of appointments that are not cancelled or declined; of a class, the share of its seats.')),
  openMinutes: count.meta(of('Working hours less time off.')),
  utilisation: rate.meta(of('Booked of open minutes, as a share; null: nothing was open.')),
  noShowRate: rate.meta(of('Of those that were to take place, as a share.')),
  cancellationRate: rate.meta(of('Of those that were booked, as a share.')),
  averageMinutes: rate.meta(of('From booking to start.')),
  sameDay: count.meta(of('Booked less than 24 hours before.')),
  withinWeek: count.meta(of('Less than 7 days before.')),
  withinMonth: count.meta(of('Less than 30 days before.')),
  longer: count,
  visits: count.meta(of('Booked, checked in or completed.')),
  newCustomers: count.meta(of('Customers whose first visit it is.')),
  returningVisits: count,
  rebooked: count.meta(of('Visits after which the same customer has another within 90 days.')),
  rebookingRate: rate,
  refused: count.meta(of('Claims for a time that was taken, which were refused.')),
};

const row = z
  .object({
    period: localDate.meta(of('The first day of the day, week or month.')),
    staffId: uuid.optional(),
    staffName: z.string().optional(),
    weekday: z.enum(WEEKDAYS).optional(),
    hour: z.int().optional().meta(of('From 0 to 23, as clocks at the location show it.')),
    ...figures,
  })
  .meta({ id: 'ReportRow' });
const totals = z.object(figures).meta({ id: 'ReportTotals' });
const part = { from: localDate, to: localDate, rows: z.array(row), totals };

export const report = z
  .object({
    report: z.enum(REPORTS),
    timeZone: z.string().nullable().meta(of('null: locations in several zones, each counted in its own.')),
    by: z.enum(PERIODS),
    ...part,
    previous: z.object(part).optional(),
    complete: z.boolean().meta(of('Whether everything that was answered before this request is counted; it waits up to a second for it.')),
    countedTo: instantText.optional().meta(of('Unless complete: what was answered before this moment is counted.')),
  })
  .meta({ id: 'Report' });
export type ReportReply = z.output<typeof report>;
export type ReportRow = z.output<typeof row>;
export type ReportTotals = z.output<typeof totals>;
