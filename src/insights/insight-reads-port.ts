// What reports need of the roll-ups. `persistence/insights/insight-reads.ts` implements it.
import type { StaffHours } from './open-minutes.ts';
import type { Measures } from './roll-up.ts';

export type Period = 'day' | 'week' | 'month';

/** Days since 1970-01-01, half-open, as clocks at each location show them. null: all. */
export type Stretch = {
  readonly fromDay: number;
  readonly toDay: number;
  readonly locationId: string | null;
  readonly serviceId: string | null;
  readonly staffId: string | null;
};

/** `period`: the day on which it begins, for a week a Monday, for a month the first. `hour` and `weekday` (0 is Monday) or `staffId`: where they are asked for. */
export type SumRow = {
  readonly period: number;
  readonly weekday: number | null;
  readonly hour: number | null;
  readonly staffId: string | null;
  readonly source: string;
  readonly currency: string;
  readonly measures: Measures;
};
/** `disputed`: what banks have withdrawn, less what they have given back. */
export type MoneyRow = {
  readonly period: number;
  readonly account: string;
  readonly currency: string;
  readonly received: number;
  readonly refunded: number;
  readonly disputed: number;
};
export type RefusedRow = { readonly period: number; readonly weekday: number; readonly hour: number; readonly refused: number };

/** Each is one statement, which reads sums and not appointments, except where one staff member and one service are asked for together. Rejects with ReadFailure. */
export type InsightReads = {
  sums(stretch: Stretch, by: Period, each: 'hour' | 'staff' | null): Promise<readonly SumRow[]>;
  money(stretch: Stretch, by: Period): Promise<readonly MoneyRow[]>;
  refused(stretch: Stretch, by: Period): Promise<readonly RefusedRow[]>;
  /** Of everyone who works or has worked there. */
  hours(stretch: Pick<Stretch, 'locationId' | 'staffId'>): Promise<readonly StaffHours[]>;
};
