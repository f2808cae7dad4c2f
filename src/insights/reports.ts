// Reports: sums by period, made into figures. What is counted is in `roll-up.ts`, what is open in `open-minutes.ts`.
import type { Principal } from '../access/principal.ts';
import { reachFor, refuseAction } from '../access/rights.ts';
import type { CatalogKeeper } from '../catalog/catalog-keeper.ts';
import { WEEKDAYS } from '../model/day-plan.ts';
import { DAY, formatInstant, type Instant } from '../model/instant.ts';
import { dateOfDay, dayOfDate } from '../model/local-dates.ts';
import type { ReportAsked, ReportName, ReportReply, ReportRow, ReportTotals } from '../protocol/analytics.ts';
import { type Done, done, type Failed, failed, failedField, isFailed } from '../protocol/reply.ts';
import {
  bookingFigures,
  customerFigures,
  type Figures,
  heatFigures,
  leadFigures,
  moneyFigures,
  noShowFigures,
  SumOf,
  staffFigures,
  utilisationFigures,
} from './figures.ts';
import type { InsightReads, Period, Stretch } from './insight-reads-port.ts';
import { openMinutesOf, type StaffHours } from './open-minutes.ts';

/** Of one answer: more is for a longer period or fewer people. */
const MOST_ROWS = 5_000;

type ReportsParts = {
  readonly reads: InsightReads;
  readonly catalog: Pick<CatalogKeeper, 'snapshot' | 'snapshotWithArchived'>;
  /** Resolves with null when everything that is committed is counted, or when it takes too long: with the moment up to which it is. */
  readonly countedTo: () => Promise<Instant | null>;
  /** What this node has counted is written. Others write theirs within ten seconds. */
  readonly lostDemand: { write(): Promise<void> };
};
type Range = { readonly from: string; readonly to: string };
type Part = Range & { readonly rows: ReportRow[]; readonly totals: ReportTotals };
type Asked = Omit<ReportAsked, 'compare'> & { readonly compare?: 'previous' | undefined };

export class Reports {
  readonly #parts: ReportsParts;

  constructor(parts: ReportsParts) {
    this.#parts = parts;
  }

  async read(principal: Principal | null, name: ReportName, asked: Asked): Promise<Done<ReportReply> | Failed> {
    const locationId = this.#locationFor(principal, asked.locationId);
    if (locationId !== null && typeof locationId === 'object') return locationId;
    const unknown = this.#refuseUnknown(asked);
    if (unknown !== undefined) return unknown;
    const countedTo = await this.#parts.countedTo();
    const stretch = { locationId, serviceId: asked.serviceId ?? null, staffId: asked.staffId ?? null };
    const part = await this.#part(name, asked, stretch, asked.by);
    if (isFailed(part)) return part;
    const previous = asked.compare === undefined ? null : await this.#part(name, before(asked), stretch, asked.by);
    if (previous !== null && isFailed(previous)) return previous;
    const counted = countedTo === null ? { complete: true } : { complete: false, countedTo: formatInstant(countedTo, 'UTC') };
    return done({ report: name, timeZone: this.#zone(locationId), by: asked.by, ...part, ...(previous && { previous }), ...counted });
  }

  /** A manager of one location reads reports of that one. */
  #locationFor(principal: Principal | null, asked: string | undefined): string | null | Failed {
    const refusal = refuseAction(principal, 'read-reports');
    if (refusal !== undefined) return refusal;
    const own = reachFor(principal, 'read-reports') === 'all' ? null : (principal?.locationId ?? null);
    if (own !== null && asked !== undefined && asked !== own) return failed('forbidden', { detail: 'This belongs to another location.' });
    return asked ?? own;
  }

  #refuseUnknown({ locationId, serviceId, staffId }: Asked): Failed | undefined {
    const { locations, services, staff } = this.#parts.catalog.snapshotWithArchived();
    if (locationId !== undefined && !locations.has(locationId)) return failedField('invalid-request', 'locationId', 'is not a location');
    if (serviceId !== undefined && !services.has(serviceId)) return failedField('invalid-request', 'serviceId', 'is not a service');
    if (staffId !== undefined && !staff.has(staffId)) return failedField('invalid-request', 'staffId', 'is not a staff member');
    return undefined;
  }

  #zone(locationId: string | null): string | null {
    const { locations } = this.#parts.catalog.snapshotWithArchived();
    const zones = new Set([...locations.values()].filter(({ id }) => locationId === null || id === locationId).map(({ timeZone }) => timeZone));
    const [zone = null] = zones;
    return zones.size === 1 ? zone : null;
  }

  async #part(name: ReportName, { from, to }: Range, of: Omit<Stretch, 'fromDay' | 'toDay'>, by: Period): Promise<Part | Failed> {
    const stretch = { ...of, fromDay: dayOfDate(from) ?? 0, toDay: dayOfDate(to) ?? 0 };
    const found = await this.#figures(name, stretch, by);
    if (isFailed(found)) return found;
    return { from, to, rows: found.rows, totals: found.totals };
  }

  async #figures(name: ReportName, stretch: Stretch, by: Period): Promise<Figures | Failed> {
    const { reads } = this.#parts;
    const periods = periodsIn(stretch, by);
    const sums = async () => SumOf.byPeriod(await reads.sums(stretch, by, null));
    switch (name) {
      case 'bookings':
        return bookingFigures(periods, await sums());
      case 'no-shows':
        return noShowFigures(periods, await sums());
      case 'lead-time':
        return leadFigures(periods, await sums());
      case 'customers':
        return customerFigures(periods, await sums());
      case 'revenue':
        return moneyFigures(periods, await reads.money(stretch, by));
      case 'utilisation':
        return utilisationFigures(periods, await sums(), openBy(await reads.hours(stretch), stretch, by));
      case 'heat-map': {
        const rows = heatFigures(await reads.sums(stretch, by, 'hour'));
        return rows.rows.length > MOST_ROWS ? tooMany() : rows;
      }
      case 'lost-demand': {
        await this.#parts.lostDemand.write();
        const found = await reads.refused(stretch, by);
        const rows = found.map(({ period, weekday, hour, refused }) => ({ period: dateOfDay(period), weekday: WEEKDAYS[weekday], hour, refused }));
        return rows.length > MOST_ROWS ? tooMany() : { rows, totals: { refused: rows.reduce((total, { refused }) => total + refused, 0) } };
      }
      case 'staff': {
        const staff = await reads.hours(stretch);
        if (staff.length * periods.length > MOST_ROWS) return tooMany();
        const open = new Map(staff.map((one) => [one.staffId, openBy([one], stretch, by)]));
        return staffFigures(periods, staff, await reads.sums(stretch, by, 'staff'), open);
      }
      default:
        return name satisfies never;
    }
  }
}

function tooMany(): Failed {
  return failedField('invalid-request', 'by', `makes more than ${MOST_ROWS} rows: ask for longer periods, or for fewer days`);
}

/** Open minutes of all of them, by the first day of the period. */
function openBy(staff: readonly StaffHours[], { fromDay, toDay }: Stretch, by: Period): ReadonlyMap<number, number> {
  const open = new Map<number, number>();
  for (const one of staff)
    for (const [day, minutes] of openMinutesOf(one, fromDay, toDay)) open.set(periodOf(day, by), (open.get(periodOf(day, by)) ?? 0) + minutes);
  return open;
}

function periodsIn({ fromDay, toDay }: Stretch, by: Period): readonly number[] {
  const periods: number[] = [];
  for (let day = fromDay; day < toDay; day += 1) if (periods.at(-1) !== periodOf(day, by)) periods.push(periodOf(day, by));
  return periods;
}

/** 1970-01-01 was a Thursday. */
function periodOf(day: number, by: Period): number {
  if (by === 'day') return day;
  if (by === 'week') return day - ((day + 3) % 7);
  return day - new Date(day * DAY).getUTCDate() + 1;
}

/** Whole months before whole months; otherwise as many days. */
function before({ from, to }: Range): Range {
  const [start, end] = [Temporal.PlainDate.from(from), Temporal.PlainDate.from(to)];
  const { months } = start.until(end, { largestUnit: 'month' });
  const isWhole = start.day === 1 && end.day === 1;
  return { from: String(isWhole ? start.subtract({ months }) : start.subtract(start.until(end, { largestUnit: 'day' }))), to: from };
}
