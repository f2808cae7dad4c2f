// Sums as people read them. Pure: the same sums always make the same figures.
import { APPOINTMENT_STATUSES } from '../model/appointment-status.ts';
import { WEEKDAYS } from '../model/day-plan.ts';
import { dateOfDay } from '../model/local-dates.ts';
import type { ReportRow, ReportTotals } from '../protocol/analytics.ts';
import type { MoneyRow, SumRow } from './insight-reads-port.ts';
import type { StaffHours } from './open-minutes.ts';
import { MEASURES, type Measure, measureOf } from './roll-up.ts';

export type Figures = { readonly rows: ReportRow[]; readonly totals: ReportTotals };
type Money = { readonly amount: number; readonly currency: string };
const ACCOUNTS = ['provider', 'cash', 'terminal'] as const;

/** What is counted, over all sources and currencies. */
export class SumOf {
  readonly #sums = new Map<Measure, number>();
  readonly #sources = new Map<string, number>();
  readonly #values = new Map<string, number>();

  static byPeriod(rows: readonly SumRow[]): ReadonlyMap<number, SumOf> {
    return SumOf.by(rows, ({ period }) => period);
  }

  static by<Key>(rows: readonly SumRow[], keyOf: (row: SumRow) => Key): ReadonlyMap<Key, SumOf> {
    const sums = new Map<Key, SumOf>();
    for (const row of rows) {
      const sum = sums.get(keyOf(row)) ?? new SumOf();
      sum.add(row);
      sums.set(keyOf(row), sum);
    }
    return sums;
  }

  static ofAll(sums: Iterable<SumOf>): SumOf {
    const total = new SumOf();
    for (const sum of sums) {
      for (const name of MEASURES) increase(total.#sums, name, sum.of(name));
      for (const [source, number] of sum.#sources) increase(total.#sources, source, number);
      for (const [currency, amount] of sum.#values) increase(total.#values, currency, amount);
    }
    return total;
  }

  add({ measures, source, currency }: SumRow): void {
    for (const name of MEASURES) increase(this.#sums, name, measures[name]);
    increase(this.#sources, source, totalOf(APPOINTMENT_STATUSES.map((status) => measures[measureOf(status)])));
    increase(this.#values, currency, measures.value);
  }

  of(name: Measure): number {
    return this.#sums.get(name) ?? 0;
  }

  /** Whatever has become of them. */
  get appointments(): number {
    return totalOf(APPOINTMENT_STATUSES.map((status) => this.of(measureOf(status))));
  }

  get bySource() {
    const [online, desk, integration] = ['online', 'desk', 'integration'].map((source) => this.#sources.get(source) ?? 0);
    return { online: online ?? 0, desk: desk ?? 0, integration: integration ?? 0 };
  }

  get value(): Money[] {
    return amountsIn(this.#values);
  }

  get bookedMinutes(): number {
    return Math.round(this.of('seconds') / 60);
  }
}

export function bookingFigures(periods: readonly number[], sums: ReadonlyMap<number, SumOf>): Figures {
  return figuresOf(periods, sums, (sum) => ({
    ...{ appointments: sum.appointments, pending: sum.of('pending'), booked: sum.of('booked') },
    ...{ declined: sum.of('declined'), cancelled: sum.of('cancelled'), noShows: sum.of('no_show') },
    ...{ checkedIn: sum.of('checked_in'), completed: sum.of('completed') },
    ...{ bySource: sum.bySource, value: sum.value },
  }));
}

export function noShowFigures(periods: readonly number[], sums: ReadonlyMap<number, SumOf>): Figures {
  return figuresOf(periods, sums, (sum) => {
    const due = sum.of('visits') + sum.of('no_show');
    const [noShows, cancelled] = [sum.of('no_show'), sum.of('cancelled')];
    return { appointments: sum.appointments, noShows, noShowRate: share(noShows, due), cancelled, cancellationRate: share(cancelled, due + cancelled) };
  });
}

export function leadFigures(periods: readonly number[], sums: ReadonlyMap<number, SumOf>): Figures {
  return figuresOf(periods, sums, (sum) => ({
    ...{ appointments: sum.appointments, averageMinutes: sum.appointments === 0 ? null : Math.round(sum.of('lead_minutes') / sum.appointments) },
    ...{ sameDay: sum.of('lead_day'), withinWeek: sum.of('lead_week'), withinMonth: sum.of('lead_month'), longer: sum.of('lead_longer') },
  }));
}

export function customerFigures(periods: readonly number[], sums: ReadonlyMap<number, SumOf>): Figures {
  return figuresOf(periods, sums, (sum) => {
    const [visits, newCustomers, rebooked] = [sum.of('visits'), sum.of('new_customers'), sum.of('rebooked')];
    return { visits, newCustomers, returningVisits: visits - newCustomers, rebooked, rebookingRate: share(rebooked, visits) };
  });
}

export function utilisationFigures(periods: readonly number[], sums: ReadonlyMap<number, SumOf>, open: ReadonlyMap<number, number>): Figures {
  const figures = (sum: SumOf, openMinutes: number) => ({ bookedMinutes: sum.bookedMinutes, openMinutes, utilisation: share(sum.bookedMinutes, openMinutes) });
  return {
    rows: periods.map((period) => ({ period: dateOfDay(period), ...figures(sums.get(period) ?? new SumOf(), open.get(period) ?? 0) })),
    totals: figures(SumOf.ofAll(sums.values()), totalOf(open.values())),
  };
}

/** Rows of hours in which nothing was booked are left out. */
export function heatFigures(found: readonly SumRow[]): Figures {
  const figures = (sum: SumOf) => ({ appointments: sum.appointments, bookedMinutes: sum.bookedMinutes });
  const rows = [...SumOf.by(found, ({ period, weekday, hour }) => `${period}/${weekday}/${hour}`)].map(([key, sum]) => {
    const [period = 0, weekday = 0, hour = 0] = key.split('/').map(Number);
    return { period: dateOfDay(period), weekday: WEEKDAYS[weekday], hour, ...figures(sum) };
  });
  return { rows, totals: figures(SumOf.ofAll(SumOf.byPeriod(found).values())) };
}

/** A row for each person and period, also where there was nothing. */
export function staffFigures(
  periods: readonly number[],
  staff: readonly Pick<StaffHours, 'staffId' | 'name'>[],
  found: readonly SumRow[],
  open: ReadonlyMap<string, ReadonlyMap<number, number>>,
): Figures {
  const sums = SumOf.by(found, ({ period, staffId }) => `${period}/${staffId}`);
  const figures = (sum: SumOf, openMinutes: number) => ({
    ...{ appointments: sum.appointments, noShows: sum.of('no_show'), cancelled: sum.of('cancelled'), bookedMinutes: sum.bookedMinutes, openMinutes },
    ...{ utilisation: share(sum.bookedMinutes, openMinutes), value: sum.value },
  });
  const rows = periods.flatMap((period) =>
    staff.map(({ staffId, name }) => ({
      ...{ period: dateOfDay(period), staffId, staffName: name },
      ...figures(sums.get(`${period}/${staffId}`) ?? new SumOf(), open.get(staffId)?.get(period) ?? 0),
    })),
  );
  return { rows, totals: figures(SumOf.ofAll(sums.values()), totalOf([...open.values()].flatMap((minutes) => [...minutes.values()]))) };
}

export function moneyFigures(periods: readonly number[], found: readonly MoneyRow[]): Figures {
  return {
    rows: periods.map((period) => ({ period: dateOfDay(period), ...moneyIn(found.filter((row) => row.period === period)) })),
    totals: moneyIn(found),
  };
}

function moneyIn(rows: readonly MoneyRow[]) {
  const [received, refunded] = [new Map<string, number>(), new Map<string, number>()];
  const [disputed, net] = [new Map<string, number>(), new Map<string, number>()];
  for (const row of rows) {
    increase(received, row.currency, row.received);
    increase(refunded, row.currency, row.refunded);
    increase(disputed, row.currency, row.disputed);
    increase(net, row.currency, row.received - row.refunded - row.disputed);
  }
  const byMethod = ACCOUNTS.flatMap((method) =>
    [...received.keys()].sort().flatMap((currency) => {
      const these = rows.filter((row) => row.account === method && row.currency === currency);
      const sum = (of: 'received' | 'refunded' | 'disputed') => ({ amount: totalOf(these.map((row) => row[of])), currency });
      return these.length === 0 ? [] : [{ method, received: sum('received'), refunded: sum('refunded'), disputed: sum('disputed') }];
    }),
  );
  return { received: amountsIn(received), refunded: amountsIn(refunded), disputed: amountsIn(disputed), net: amountsIn(net), byMethod };
}

function figuresOf(periods: readonly number[], sums: ReadonlyMap<number, SumOf>, figures: (sum: SumOf) => ReportTotals): Figures {
  return {
    rows: periods.map((period) => ({ period: dateOfDay(period), ...figures(sums.get(period) ?? new SumOf()) })),
    totals: figures(SumOf.ofAll(sums.values())),
  };
}

/** To four places; null: of nothing. */
function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}

function totalOf(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

function increase<Key>(sums: Map<Key, number>, key: Key, by: number): void {
  sums.set(key, (sums.get(key) ?? 0) + by);
}

function amountsIn(sums: ReadonlyMap<string, number>): Money[] {
  return [...sums]
    .filter(([, amount]) => amount !== 0)
    .map(([currency, amount]) => ({ amount, currency }))
    .sort((one, other) => (one.currency < other.currency ? -1 : 1));
}
