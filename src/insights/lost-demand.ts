// Demand that was lost: claims that a calendar refused because the time was taken.
//
// Counted are definite refusals `slot-taken` of a hold or a booking that was asked for, on the node that answered, by the start that was asked for. Not counted: repeats under the same key,
// dry runs, moves, and customers who saw no free time and never asked. One who tries five times is counted five times. A node writes its counts every ten seconds and when it stops; a
// node that is killed loses what it has not written.

import { failureFacts } from '../actors/journal/outage.ts';
import { type Cancel, type Log, ReadFailure, type Timers } from '../actors/ports.ts';
import type { ClaimAsk } from '../actors/scheduler.ts';
import type { CatalogKeeper } from '../catalog/catalog-keeper.ts';
import { DAY, HOUR } from '../model/instant.ts';
import { offsetAt } from '../model/zone-offsets.ts';

const WRITE_EVERY_MS = 10_000;
/** Cells that wait to be written. While the database is away, refusals of further ones are not counted. */
const MOST_CELLS = 10_000;

/** `staffId` null: anyone was asked for. */
export type Refused = {
  readonly day: number;
  readonly hour: number;
  readonly locationId: string;
  readonly serviceId: string;
  readonly staffId: string | null;
  readonly refused: number;
};

type LostDemandParts = {
  readonly catalog: Pick<CatalogKeeper, 'snapshot'>;
  readonly timers: Timers;
  readonly logger: Log;
  /** Adds to what is there. Rejects with ReadFailure while the database does not answer; then nothing was added, as far as is known. */
  readonly write: (refused: readonly Refused[]) => Promise<void>;
};

export class LostDemand implements AsyncDisposable {
  readonly #parts: LostDemandParts;
  #counts = new Map<string, Refused>();
  #cancel: Cancel;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: LostDemandParts) {
    this.#parts = parts;
    this.#cancel = this.#later();
  }

  /** A claim was refused: its time is taken. */
  note({ terms, startsAt, candidates }: ClaimAsk): void {
    const { staff, locations } = this.#parts.catalog.snapshot();
    const member = staff.get(candidates[0]?.staffId ?? '');
    const location = member && locations.get(member.locationId);
    if (location === undefined) return;
    const local = startsAt + offsetAt(location.timeZone, startsAt);
    const day = Math.floor(local / DAY);
    const [hour, staffId] = [Math.floor((local - day * DAY) / HOUR), candidates.length === 1 ? (member?.id ?? null) : null];
    this.#add({ day, hour, locationId: location.id, serviceId: terms.serviceId, staffId, refused: 1 });
  }

  async write(): Promise<void> {
    // Who wrote before was told if it failed.
    this.#writing = Promise.allSettled([this.#writing]).then(async () => {
      if (this.#counts.size === 0) return;
      const counted = [...this.#counts.values()];
      this.#counts = new Map();
      try {
        await this.#parts.write(counted);
      } catch (failure) {
        if (!(failure instanceof ReadFailure)) throw failure;
        for (const one of counted) this.#add(one);
      }
    });
    await this.#writing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cancel();
    await this.write();
  }

  #add(one: Refused): void {
    const { day, hour, locationId, serviceId, staffId, refused } = one;
    const key = [day, hour, locationId, serviceId, staffId].join(' ');
    const before = this.#counts.get(key);
    if (before !== undefined || this.#counts.size < MOST_CELLS) this.#counts.set(key, { ...one, refused: refused + (before?.refused ?? 0) });
  }

  #later(): Cancel {
    return this.#parts.timers.after(WRITE_EVERY_MS, () => {
      this.write()
        .catch((error: unknown) => this.#parts.logger.warn(failureFacts(error), 'refused claims could not be counted'))
        .finally(() => {
          this.#cancel = this.#later();
        });
    });
  }
}
