// What takes the money. `integrations/stripe/` implements it; the double in `integrations/stripe-double/` stands behind the same implementation.
import type { Instant } from '../model/instant.ts';
import type { Money } from '../model/money.ts';

/**
 * What the provider has of a payment, as it says when it is asked. `open`: a customer can still pay. `authorised`: the card has reserved the money. `received` and `refunded` in minor units. `paymentId`: ours, which it was given.
 * `clientSecret` lets a page pay, and nothing else; it goes to the customer only.
 */
export type ProviderPayment = {
  readonly id: string;
  readonly status: 'open' | 'processing' | 'authorised' | 'succeeded' | 'cancelled';
  readonly money: Money;
  readonly received: number;
  readonly isLive: boolean;
  readonly paymentId: string | null;
  readonly clientSecret: string | null;
  /** Of what is reserved: when the bank lets go of it. */
  readonly captureBefore: Instant | null;
  /** The last card was declined. */
  readonly hasFailed: boolean;
  /** It was declined only because its owner was not there to confirm. */
  readonly needsOwner: boolean;
  /** That was kept with it, once it has succeeded. */
  readonly card: ProviderCard | null;
};

/** A card that may be charged without its owner, by the provider’s ids. */
export type ProviderCard = { readonly customerId: string; readonly methodId: string };

/** `disputed`: nothing goes back while the customer’s bank asks for the money. */
export type ProviderRefund = { readonly id: string; readonly status: 'pending' | 'succeeded' | 'failed' | 'disputed'; readonly amount: number };

/** The customer’s bank asks for money. `isWithdrawn`: the provider has taken it until the dispute is over; after a lost one it is gone. */
export type ProviderDispute = { readonly id: string; readonly amount: number; readonly status: 'open' | 'won' | 'lost'; readonly isWithdrawn: boolean };

/**
 * Something has changed what the provider has for the business: `amount`, of which it keeps `fee`; below zero it has less. `kind`: money of a payment, its refund or its dispute; money that
 * it has paid out; a fee by itself; or anything else. `of`: the provider’s id of the payment; null: it is of none. `paymentId`: of a payment that has come, ours, which the provider was
 * given. `before`: the amount as it was, where it came in another currency.
 */
export type ProviderMovement = {
  readonly id: string;
  readonly kind: 'payment' | 'payout' | 'fee' | 'other';
  readonly of: string | null;
  readonly paymentId: string | null;
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
  readonly before: Money | null;
  readonly at: Instant;
};

/** Something has happened to a payment of the provider: a reason to look. `about` null: to nothing of ours. `account`: the account it is said of, if it is another one than ours. */
export type ProviderHint = {
  readonly id: string;
  readonly about: string | null;
  readonly isDispute: boolean;
  readonly isLive: boolean;
  readonly account: string | null;
};

/** A charge of a kept card. `isWanted`: whether it may be made now, if it was not made before. */
export type ProviderCharge = {
  readonly paymentId: string;
  readonly money: Money;
  readonly description: string;
  readonly card: ProviderCard;
  readonly isWanted: boolean;
};

/** It did not answer, or could not: nothing is known, and it can be asked again under the same key. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';
}

/** Every write is done once for its id, however often it is asked for. Rejects with ProviderUnavailable; with anything else where a request of ours is wrong. */
export type PaymentProvider = {
  readonly name: 'stripe' | 'test';
  /** Whether it moves real money. A payment that says otherwise is not ours. */
  readonly isLive: boolean;
  /** What a page needs to ask for a card; null: the page uses a form of our own. */
  readonly publishableKey: string | null;
  /** `keepsCard`: the card may be charged later without its owner. An amount of nothing only keeps the card. */
  begin(asked: {
    readonly paymentId: string;
    readonly money: Money;
    readonly description: string;
    readonly keepsCard: boolean;
    /** It is reserved on the card, and taken by `capture`. */
    readonly reserves: boolean;
  }): Promise<ProviderPayment>;
  /** Takes so much of what is reserved, and lets go of the rest; once, whatever is asked for afterwards: the answer says how much. */
  capture(asked: { readonly id: string; readonly amount: number }): Promise<ProviderPayment>;
  /** Charges it without its owner. A declined card is a payment that is open. `card-gone`: it was removed, and nothing was charged. `not-made`: nor is it wanted. */
  charge(asked: ProviderCharge): Promise<ProviderPayment | 'card-gone' | 'not-made'>;
  /** It cannot be charged any more. */
  forgetCard(card: ProviderCard): Promise<void>;
  /** `undefined`: it has no such payment. */
  read(id: string): Promise<ProviderPayment | undefined>;
  /** It takes no money from now on, if it has taken none: the answer says which. */
  cancel(id: string): Promise<ProviderPayment>;
  refund(asked: { readonly refundId: string; readonly of: string; readonly amount: number }): Promise<ProviderRefund>;
  /** Those of a payment, the newest first. */
  disputes(of: string): Promise<readonly ProviderDispute[]>;
  /** Payments that banks have asked for last, by the provider’s ids. */
  disputed(): Promise<readonly string[]>;
  /** What has changed the balance between two moments, in no order; it may say more on both sides. */
  movements(from: Instant, to: Instant): Promise<readonly ProviderMovement[]>;
  /** The event in a signed request; null: it is not signed by the provider, or too long ago. `at`: milliseconds. */
  open(body: Uint8Array, signature: string | undefined, at: number): ProviderHint | null;
};
