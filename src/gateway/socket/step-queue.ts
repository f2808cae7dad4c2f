import { ReadFailure } from '../../actors/ports.ts';
import type { AppointmentReads } from '../../booking/appointment-reads-port.ts';
import type { FeedStep } from './calendar-feeds.ts';
import { DETAILS_AGAIN_MILLISECONDS, MOST_DETAILS_AT_ONCE, MOST_STEPS_WAITING } from './limits.ts';

/** `isLost`: what was typed could not be read in time, so the step cannot be told. */
type Deliver = (isLost: boolean) => void;
type Waiting = { readonly step: FeedStep; readonly deliver: Deliver };

/**
 * Facts hold no text about people, so what was typed for the appointments of a step is read before boards that show it are told: for all calendars and boards at
 * once, and one read at a time. Steps are delivered in the order in which they came. While the database cannot be read they wait, up to a limit; then all that
 * wait are given up, and their boards have to ask again. Nothing is told without its names.
 */
export class StepQueue {
  readonly #appointments: Pick<AppointmentReads, 'detailsOf'>;
  readonly #onFailure: (failure: unknown) => void;
  #waiting: Waiting[] = [];
  #isReading = false;
  #again: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(appointments: Pick<AppointmentReads, 'detailsOf'>, onFailure: (failure: unknown) => void) {
    this.#appointments = appointments;
    this.#onFailure = onFailure;
  }

  /** At once where nothing has to be read and nothing waits. */
  push(step: FeedStep, deliver: Deliver): void {
    if (step.details !== undefined && this.#waiting.length === 0) return deliver(false);
    this.#waiting.push({ step, deliver });
    if (this.#waiting.length > MOST_STEPS_WAITING) return this.#giveUp();
    if (!this.#isReading && this.#again === undefined) void this.#read();
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
    clearTimeout(this.#again);
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#waiting.length > 0 && !this.#isClosed) await this.#readSome();
    } catch (failure) {
      this.#onFailure(failure);
      if (failure instanceof ReadFailure) this.#readAgainLater();
      else this.#giveUp();
    } finally {
      this.#isReading = false;
    }
  }

  /** As many of the oldest as one read may be about. */
  async #readSome(): Promise<void> {
    const ids = new Set<string>();
    let count = 0;
    for (const { step } of this.#waiting) {
      if (count > 0 && ids.size + step.appointmentIds.length > MOST_DETAILS_AT_ONCE) break;
      if (step.details === undefined) for (const id of step.appointmentIds) ids.add(id);
      count += 1;
    }
    const details = ids.size === 0 ? new Map() : await this.#appointments.detailsOf([...ids]);
    for (const { step, deliver } of this.#waiting.splice(0, count)) {
      step.details ??= details;
      deliver(false);
    }
  }

  #readAgainLater(): void {
    if (this.#isClosed) return;
    this.#again = setTimeout(() => {
      this.#again = undefined;
      void this.#read();
    }, DETAILS_AGAIN_MILLISECONDS);
  }

  #giveUp(): void {
    for (const { deliver } of this.#waiting.splice(0)) deliver(true);
  }
}
