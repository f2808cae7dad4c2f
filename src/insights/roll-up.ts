// What reports are added up from. Each appointment is one small row; the roll-ups are sums of these rows by cell, and follow them by difference: a fact replaces the row, and what
// the new row counts for less what the old one did is added to the sums. So a fact that is told twice changes nothing, and a move, a reopening or a no-show that is taken
// back takes with it all that was counted before.
import type { Appointment } from '../actors/calendar/calendar.ts';
import { APPOINTMENT_STATUSES, type AppointmentStatus } from '../model/appointment-status.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../model/instant.ts';
import { offsetAt } from '../model/zone-offsets.ts';

/** An appointment as it is counted. `day` and `hour` are those that a clock at its location shows when it starts; days are counted from 1970-01-01. */
export type Counted = {
  readonly id: string;
  readonly status: AppointmentStatus;
  readonly locationId: string;
  readonly serviceId: string;
  readonly staffId: string;
  /** Of those who were merged: the one who stayed. */
  readonly customerId: string;
  readonly source: Appointment['source'];
  readonly startsAt: number;
  readonly day: number;
  readonly hour: number;
  /** Of the calendar's time. In a sitting, the share of its seats: three of ten seats of an hour are eighteen minutes. */
  readonly seconds: number;
  /** In the minor unit. */
  readonly price: number;
  readonly currency: string;
  /** From booking to start. */
  readonly leadMinutes: number;
  /** It is the customer's first visit. */
  readonly isFirst: boolean;
  /** The customer's next visit begins within REBOOKED_DAYS of this one. */
  readonly isRebooked: boolean;
};

/** How soon the next visit must begin for a customer to count as one who has booked again. */
export const REBOOKED_DAYS = 90;

/** An appointment that took place or is still to: a customer is there for it. */
export const VISIT_STATUSES = ['booked', 'checked-in', 'completed'] as const satisfies readonly AppointmentStatus[];
/** The calendar's time is or was taken. A customer who did not come has taken it, too. */
export const OCCUPYING_STATUSES = ['pending', ...VISIT_STATUSES, 'no-show'] as const satisfies readonly AppointmentStatus[];

/** Upper limits, exclusive, of how long before its start an appointment was booked; what is longer is the last class. */
export const LEAD_CLASSES = { lead_day: DAY / MINUTE, lead_week: (7 * DAY) / MINUTE, lead_month: (30 * DAY) / MINUTE } as const;

type NameOf<Status extends string> = Status extends `${infer Before}-${infer After}` ? `${Before}_${After}` : Status;
/** As a column is called. */
export function measureOf(status: AppointmentStatus): NameOf<AppointmentStatus> {
  return status.replace('-', '_') as NameOf<AppointmentStatus>; // no status has two hyphens
}

/** The columns of a sum. Lead times are of all appointments, whatever became of them. */
export const MEASURES = [
  ...APPOINTMENT_STATUSES.map(measureOf),
  'seconds',
  'value',
  'lead_minutes',
  'lead_day',
  'lead_week',
  'lead_month',
  'lead_longer',
  'visits',
  'new_customers',
  'rebooked',
] as const;
export type Measure = (typeof MEASURES)[number];
export type Measures = Readonly<Record<Measure, number>>;

/**
 * The same appointments are summed twice: by staff member and day, and by service, day and hour. `subjectId` is the staff member or the service; `hour` is -1 for staff.
 */
export type Cell = {
  readonly slice: 'staff' | 'service';
  readonly day: number;
  readonly hour: number;
  readonly locationId: string;
  readonly subjectId: string;
  readonly source: string;
  readonly currency: string;
};

/** Not yet known how it stands among the customer's other visits. */
export function countedOf(appointment: Appointment, customerId: string): Counted {
  const { id, status, locationId, serviceId, staffId, source, startsAt, endsAt, createdAt, timeZone, seats, capacity, price } = appointment;
  const local = startsAt + offsetAt(timeZone, startsAt);
  const day = Math.floor(local / DAY);
  return {
    ...{ id, status, locationId, serviceId, staffId, customerId, source, startsAt, day },
    hour: Math.floor((local - day * DAY) / HOUR),
    seconds: Math.round(((endsAt - startsAt) / SECOND) * Math.min(1, seats / Math.max(1, capacity))),
    ...{ price: price.amount, currency: price.currency },
    leadMinutes: Math.max(0, Math.floor((startsAt - createdAt) / MINUTE)),
    ...{ isFirst: false, isRebooked: false },
  };
}

/** How each stands among the others: they are all appointments of some customers. */
export function amongVisits(rows: readonly Counted[]): readonly Counted[] {
  const ordered = rows.toSorted((one, other) => one.startsAt - other.startsAt || (one.id < other.id ? -1 : 1));
  const nextVisit = new Map<string, number>();
  const next = new Map<string, number | undefined>();
  for (const { id, customerId, startsAt } of ordered.filter(isVisit).toReversed()) {
    next.set(id, nextVisit.get(customerId));
    nextVisit.set(customerId, startsAt);
  }
  const seen = new Set<string>();
  return ordered.map((row) => {
    if (!isVisit(row)) return { ...row, isFirst: false, isRebooked: false };
    const isFirst = !seen.has(row.customerId);
    seen.add(row.customerId);
    const following = next.get(row.id);
    return { ...row, isFirst, isRebooked: following !== undefined && following - row.startsAt <= REBOOKED_DAYS * DAY };
  });
}

function isVisit({ status }: Counted): boolean {
  return VISIT_STATUSES.some((one) => one === status);
}

function measuresOf(row: Counted): Measures {
  const { status, seconds, price, leadMinutes } = row;
  const one = (is: boolean) => (is ? 1 : 0);
  const occupies = OCCUPYING_STATUSES.some((some) => some === status);
  const { lead_day, lead_week, lead_month } = LEAD_CLASSES;
  return {
    ...(Object.fromEntries(APPOINTMENT_STATUSES.map((some) => [measureOf(some), one(some === status)])) as Record<NameOf<AppointmentStatus>, number>),
    ...{ seconds: occupies ? seconds : 0, value: occupies ? price : 0, lead_minutes: leadMinutes },
    ...{ lead_day: one(leadMinutes < lead_day), lead_week: one(leadMinutes >= lead_day && leadMinutes < lead_week) },
    ...{ lead_month: one(leadMinutes >= lead_week && leadMinutes < lead_month), lead_longer: one(leadMinutes >= lead_month) },
    ...{ visits: one(isVisit(row)), new_customers: one(row.isFirst), rebooked: one(row.isRebooked) },
  };
}

/** What is to be added to each cell when these rows become those. Cells in which nothing changes are left out. */
export function differenceOf(before: readonly Counted[], after: readonly Counted[]): readonly (Cell & { readonly measures: Measures })[] {
  const sums = new Map<string, { readonly cell: Cell; readonly measures: Record<Measure, number> }>();
  const add = (row: Counted, sign: 1 | -1) => {
    const measures = measuresOf(row);
    for (const cell of cellsOf(row)) {
      const key = Object.values(cell).join(' ');
      const sum = sums.get(key) ?? { cell, measures: Object.fromEntries(MEASURES.map((name) => [name, 0])) as Record<Measure, number> };
      for (const name of MEASURES) sum.measures[name] += sign * measures[name];
      sums.set(key, sum);
    }
  };
  for (const row of before) add(row, -1);
  for (const row of after) add(row, 1);
  // In one order, so that two who write sums wait for each other in no circle.
  return [...sums]
    .filter(([, { measures }]) => MEASURES.some((name) => measures[name] !== 0))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { cell, measures }]) => ({ ...cell, measures }));
}

function cellsOf({ day, hour, locationId, staffId, serviceId, source, currency }: Counted): readonly Cell[] {
  return [
    { slice: 'staff', day, hour: -1, locationId, subjectId: staffId, source, currency },
    { slice: 'service', day, hour, locationId, subjectId: serviceId, source, currency },
  ];
}
