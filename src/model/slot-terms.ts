/** What a service asks of a calendar: all that the slot engine knows about it. Taken from the catalog when a request arrives. */
export type SlotTerms = {
  readonly serviceId: string;
  readonly minutes: number;
  readonly slotIntervalMinutes: number;
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
  readonly leadTimeMinutes: number;
  /** Local days ahead of today (0 is today); null is no limit. */
  readonly horizonDays: number | null;
  /** Customers one session can take; 1 is an exclusive slot. */
  readonly capacity: number;
  readonly grid: 'fixed' | 'pack';
  /** Live claims of this service whose start falls on one local date; null is no limit. */
  readonly dailyLimit: number | null;
  readonly bufferRule: 'max' | 'sum';
};
