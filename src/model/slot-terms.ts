import { type Instant, MINUTE } from './instant.ts';

/** The terms of a service: all that the slot engine knows about it. Read from the catalog when a request arrives. */
export type SlotTerms = {
  readonly serviceId: string;
  readonly minutes: number;
  readonly slotIntervalMinutes: number;
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
  readonly leadTimeMinutes: number;
  /** Local days ahead of today (0 is today); null is no limit. */
  readonly horizonDays: number | null;
  /** Seats of one sitting; 1 is an exclusive slot. */
  readonly capacity: number;
  readonly grid: 'fixed' | 'pack';
  /** Live claims of this service on one calendar whose start falls on one local date; null is no limit. */
  readonly dailyLimit: number | null;
  /** The same of one week from Monday to Sunday, and of one month. Left out: no limit, as in the terms of nodes of earlier versions. */
  readonly weeklyLimit?: number | null;
  readonly monthlyLimit?: number | null;
  readonly bufferRule: 'max' | 'sum';
};

/** With a person who takes longer or shorter; `undefined`: as everybody else. */
export function lasting(terms: SlotTerms, minutes: number | undefined): SlotTerms {
  return minutes === undefined ? terms : { ...terms, minutes };
}

/** A moved claim keeps its length, buffers and capacity. Rules about when it may take place are those of the service now. */
export type BookedTime = Pick<SlotTerms, 'bufferBeforeMinutes' | 'bufferAfterMinutes' | 'capacity'> & { readonly startsAt: Instant; readonly endsAt: Instant };

/** The terms by which a claim is moved; the starts that are offered for a move are listed by the same. */
export function keepingBooked(terms: SlotTerms, { startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes, capacity }: BookedTime): SlotTerms {
  return { ...terms, minutes: (endsAt - startsAt) / MINUTE, bufferBeforeMinutes, bufferAfterMinutes, capacity };
}
