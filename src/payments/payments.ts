import type { Log } from '../actors/ports.ts';
import { ReadFailure } from '../actors/ports.ts';
import { DAY, type Instant, instant, MINUTE, SECOND } from '../model/instant.ts';
import { CARD_DAYS } from '../model/payment-words.ts';
import { settleDisputes } from './disputes.ts';
import { isPaymentId, type MovementBooks, readMovements } from './movements.ts';
import { CalendarUnavailable } from './payment-calendars.ts';
import { type PaymentProvider, ProviderUnavailable } from './payment-provider-port.ts';
import type { Payment, PaymentChange, PaymentStore } from './payment-store-port.ts';
import { mismatchOf, type PaymentCalendars, settlePayment } from './settle.ts';

/** Looked at in one minute; the rest, which is longest overdue by then, in the next. */
const MOST_AT_ONCE = 200;
/** More than one payment and its disputes change at once, nodes that get in each other’s way included; what is left is done at the next look. */
const MOST_ATTEMPTS = 30;

export type PaymentsParts = {
  readonly store: PaymentStore;
  readonly provider: PaymentProvider;
  readonly calendars: PaymentCalendars;
  readonly movements: MovementBooks;
  readonly now: () => Instant;
  readonly paySeconds: number;
  readonly log: Log;
};

/** Payments of customers, with one provider. */
export class Payments {
  readonly #parts: PaymentsParts;
  readonly #given: PaymentStore;
  readonly #alarms = new Map<string, number>();
  readonly store: PaymentStore;
  readonly provider: PaymentProvider;
  readonly paySeconds: number;

  constructor(parts: PaymentsParts) {
    this.#given = parts.store;
    this.store = { ...parts.store, change: (payment, change) => this.#change(payment, change) };
    this.#parts = { ...parts, store: this.store };
    this.provider = parts.provider;
    this.paySeconds = parts.paySeconds;
  }

  async #change(payment: Payment, change: PaymentChange): Promise<Payment | undefined> {
    const changed = await this.#given.change(payment, change);
    if (changed !== undefined && change.tells !== undefined) this.#alarmed(change.tells, { paymentId: payment.id });
    return changed;
  }

  /** Brings it to where it belongs. Rejects where the provider, a calendar or the database does not answer; then it is done again. */
  settle(paymentId: string): Promise<void> {
    return settlePayment(this.#parts, paymentId);
  }

  /** Where a caller waits for the answer: what could not be done now is done within a minute. */
  async settleSoon(paymentId: string): Promise<void> {
    try {
      await this.settle(paymentId);
    } catch (failure) {
      if (!isForLater(failure)) throw failure;
    }
  }

  /** Without any event: all that is open is asked for, whatever has become of events. */
  async lookAtOpen(signal: AbortSignal): Promise<void> {
    for (const id of await this.store.due(this.#parts.now(), MOST_AT_ONCE)) {
      if (signal.aborted) return;
      try {
        await this.settle(id);
      } catch (failure) {
        if (failure instanceof ReadFailure) throw failure;
        this.#parts.log.warn(
          { paymentId: id, ...(isForLater(failure) ? { reason: failure.name } : { error: failure }) },
          'a payment could not be settled; trying again',
        );
        await this.#later(id);
      }
    }
  }

  /** Disputes whose events were lost, too. */
  async lookAtDisputes(signal: AbortSignal): Promise<void> {
    for (const providerId of new Set(await this.provider.disputed())) {
      if (signal.aborted) return;
      const payment = await this.store.byProviderId(providerId);
      if (payment !== undefined) await this.#settleDisputes(payment.id);
    }
  }

  /** Cards that may not be charged any more. The provider is told at the next look. */
  forgetCards(): Promise<void> {
    const now = this.#parts.now();
    return this.store.dropCards(instant(now - CARD_DAYS * DAY), now, MOST_AT_ONCE);
  }

  /** The provider’s fees and payouts, into the books. */
  readMovements(signal: AbortSignal): Promise<void> {
    const noted = async (providerId: string) => {
      const payment = await this.#paymentOf(providerId);
      return payment === 'other-account' ? undefined : payment;
    };
    return readMovements({ ...this.#parts, noted }, signal);
  }

  /**
   * An event of the provider. `not-signed`: it is not the provider’s. Rejects as `settle` does; then the provider tells it again. It is noted after it was followed up,
   * since following up twice does no harm, and not at all does.
   */
  async takeEvent(body: Uint8Array, signature: string | undefined): Promise<'taken' | 'not-signed'> {
    const { store, provider, now } = this.#parts;
    const hint = provider.open(body, signature, now());
    if (hint === null) return 'not-signed';
    if (await store.hasEvent(hint.id)) return 'taken';
    const foreign = hint.account !== null ? 'other-account' : hint.isLive === provider.isLive ? null : 'other-mode';
    const payment = foreign !== null || hint.about === null ? undefined : await this.#paymentOf(hint.about);
    if (foreign !== null || payment === 'other-account') await this.#alarm(foreign ?? 'other-account', hint.id);
    else if (payment !== undefined) {
      await this.settle(payment.id);
      if (hint.isDispute) await this.#settleDisputes(payment.id);
    }
    await store.noteEvent(hint.id, now());
    return 'taken';
  }

  /** What we were cut off from noting is known to the provider by our id. Payments of others are none of our business. */
  async #paymentOf(providerId: string, attempts = MOST_ATTEMPTS): Promise<Payment | 'other-account' | undefined> {
    const { store, provider, now } = this.#parts;
    const known = await store.byProviderId(providerId);
    if (known !== undefined) return known;
    const there = await provider.read(providerId);
    // Signed for us, and not in our account: it is of another one.
    if (there === undefined) return 'other-account';
    const ours = isPaymentId(there.paymentId) ? await store.byId(there.paymentId) : undefined;
    // It was noted between the two looks.
    if (ours === undefined || ours.providerId === providerId) return ours;
    if (ours.providerId === null && mismatchOf(ours, there, provider) === null) {
      const noted = await store.change(ours, { providerId, lookAt: now() });
      // Something else has happened to it between the two looks.
      return noted ?? (attempts > 1 ? this.#paymentOf(providerId, attempts - 1) : undefined);
    }
    await store.change(ours, { alarm: 'other-payment', tells: 'other-payment' });
    return undefined;
  }

  async #settleDisputes(id: string): Promise<void> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const payment = await this.store.byId(id);
      if (payment === undefined || !(await settleDisputes(this.#parts, payment))) break;
    }
    await this.settle(id);
  }

  /** About no payment of ours: nothing changes, and managers are told, once a day of each reason. */
  async #alarm(why: string, eventId: string): Promise<void> {
    await this.store.tell(why, this.#parts.now());
    this.#alarmed(why, { eventId });
  }

  #alarmed(why: string, about: object): void {
    this.#alarms.set(why, (this.#alarms.get(why) ?? 0) + 1);
    this.#parts.log.error({ code: 'payment-alarm', why, ...about }, 'a payment is not as it should be');
  }

  /** Of this node since it began, by reason. */
  alarms(): readonly (readonly [why: string, count: number])[] {
    return [...this.#alarms];
  }

  async #later(id: string): Promise<void> {
    const payment = await this.store.byId(id);
    if (payment !== undefined) await this.store.change(payment, { lookAt: instant(this.#parts.now() + MINUTE) });
  }

  /** Whether there is, or was, an appointment that this payment has made. */
  hasMade(payment: Payment): Promise<boolean> {
    return this.#parts.calendars.hasMade(payment);
  }

  /** Until when a customer who begins now can pay. */
  payUntil(): Instant {
    return instant(this.#parts.now() + this.paySeconds * SECOND);
  }
}

export function isForLater(failure: unknown): failure is Error {
  return failure instanceof ProviderUnavailable || failure instanceof CalendarUnavailable || failure instanceof ReadFailure;
}
