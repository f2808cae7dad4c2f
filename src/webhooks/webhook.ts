// Endpoints that are told what happens, and what has become of telling them. Types and limits only.
//
// A fact waits as a row of its endpoint until it was told or given up. Of the facts about one thing (an appointment and what is paid for it, a hold, a block, the hours of a calendar)
// only the first is due; the next one is when it is done with. So what fails holds back what comes later about the same thing, and nothing else.
//
//   waiting ──2xx──▶ sent
//      │ ╰─else──▶ waiting, later and later, for three days after the first attempt
//      ╰───────then──▶ failed
//
// One node serves an endpoint at a time, by a lease on its row; a node that dies between sending and marking leaves the fact to the next one, who tells it
// again under the same id.
import { reachOf } from '../access/permissions.ts';
import type { CalendarEvent } from '../actors/calendar/calendar.ts';
import type { LoggedChange } from '../actors/change-log-port.ts';
import { FACT_NAMES } from '../model/facts.ts';
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../model/instant.ts';
import { type PaymentFact, WEBHOOK_TYPES, type WebhookType } from '../model/payment-facts.ts';

/** Each is served on its own and written for each fact; a business has a handful of programs. */
export const MOST_ENDPOINTS = 50;
/** Facts that wait for one endpoint: a day of a very large business. One that has more is disabled. */
export const MOST_WAITING = 100_000;
/** How long both secrets are good after one was replaced. */
export const SECRETS_OVERLAP = DAY;
/** After so long without any success an endpoint is disabled. */
export const FAILING_LIFE = 5 * DAY;
/** How long it is told what has become of a delivery. */
export const DELIVERY_LIFE = 7 * DAY;
/** Facts that one request asks for again. */
export const MOST_REPLAYED = 1_000;
/** A receiver takes it and works on it afterwards. */
export const LIMITS = { timeoutMilliseconds: 5 * SECOND, mostBytes: 64 * 1024, mostRedirects: 0 } as const;
/** Of what a receiver answers, in characters. */
export const LONGEST_REPLY = 500;

/** After the first attempt, the second, …; then the last of them again and again. */
const DELAYS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR] as const;
/** After the first attempt; then the fact is given up. */
const LONGEST_TRYING = 3 * DAY;
/** So many failures in a row, and the endpoint as a whole is left alone for a while. */
const FAILURES_BEFORE_PAUSE = 10;
const FIRST_PAUSE = 10 * SECOND;
const LONGEST_PAUSE = 15 * MINUTE;

/** Its maker: it is told what the maker may know, at each attempt. */
export type Maker = { readonly kind: 'user' | 'api-key'; readonly id: string };

export const DISABLED_BECAUSE = ['by-hand', 'failing', 'gone', 'maker-gone', 'too-many-waiting'] as const;
export type DisabledBecause = (typeof DISABLED_BECAUSE)[number];

export type SealedSecret = { readonly keyId: string; readonly sealed: string };

export type Endpoint = {
  readonly id: string;
  readonly url: string;
  readonly types: readonly WebhookType[];
  /** null: wherever its maker may look. */
  readonly locationId: string | null;
  readonly maker: Maker;
  readonly createdAt: Instant;
  readonly disabled: { readonly at: Instant; readonly because: DisabledBecause } | null;
  /** Since when every attempt has failed. */
  readonly failingSince: Instant | null;
  /** Facts that wait. */
  readonly waiting: number;
  readonly version: number;
};

/** Both are good until the overlap is over. */
export type Secrets = { readonly current: SealedSecret; readonly old: (SealedSecret & { readonly until: Instant }) | null };

export type DeliveryState = 'waiting' | 'sent' | 'failed';

/** The last attempt: `status` of the answer, or why there was none. */
export type LastAttempt = {
  readonly at: Instant;
  readonly status: number | null;
  readonly milliseconds: number;
  readonly reply: string | null;
  readonly failure: string | null;
};

export type Delivery = {
  /** Grows in the order of the log. */
  readonly number: string;
  /** `webhook-id`. */
  readonly id: string;
  readonly type: WebhookType;
  /** null: it is no fact of a calendar. */
  readonly calendarId: string | null;
  readonly revision: number;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly createdAt: Instant;
  /** null: it waits for one before it, or is done with. */
  readonly nextAttemptAt: Instant | null;
  readonly last: LastAttempt | null;
};

/** A change of a calendar, or what has become of money: then it has no events. */
export type ToldChange = LoggedChange & { readonly payment?: PaymentFact };

/** A fact that waits for an endpoint. `subject`: what it is about, in whose order it is told. */
export type NewDelivery = {
  readonly endpointId: string;
  readonly id: string;
  readonly type: WebhookType;
  readonly calendarId: string | null;
  readonly revision: number;
  readonly eventIndex: number;
  /** The key of what has become of money. */
  readonly paymentFact: string | null;
  readonly subject: string;
};

export type TellableFact = { readonly at: Instant; readonly calendarId: string; readonly event: CalendarEvent } | { readonly payment: PaymentFact };

/** A fact that is due. `fact` null: the log has been cut. */
export type DueDelivery = {
  readonly number: string;
  readonly id: string;
  readonly type: WebhookType;
  readonly calendarId: string | null;
  readonly revision: number;
  readonly subject: string;
  readonly attempts: number;
  readonly firstAttemptAt: Instant | null;
  readonly fact: TellableFact | null;
};

/** What an attempt has come to. `later` with `counts: false`: nothing was sent, and it says nothing about the receiver. */
export type Outcome =
  | { readonly type: 'sent' }
  | { readonly type: 'failed'; readonly counts: boolean }
  | { readonly type: 'later'; readonly delay: number; readonly counts: boolean };

/** `chance`: from 0 to 1; a fifth up or down keeps what failed together from coming back together. */
export function nextAttempt({ attempts, firstAttemptAt }: Pick<DueDelivery, 'attempts' | 'firstAttemptAt'>, now: Instant, chance: number): Outcome {
  const left = (firstAttemptAt ?? now) + LONGEST_TRYING - now;
  if (left <= 0) return { type: 'failed', counts: true };
  const delay = DELAYS[Math.min(attempts, DELAYS.length - 1)] ?? LONGEST_TRYING;
  return { type: 'later', delay: Math.min(Math.round(delay * (0.8 + 0.4 * chance)), left), counts: true };
}

/** What its maker may ask to be told of; what they may know of it is judged again each time. */
export function typesFor({ kind }: Maker): readonly WebhookType[] {
  return kind === 'user' || reachOf('read-payments', 'integration') !== null ? WEBHOOK_TYPES : FACT_NAMES;
}

/** How long an endpoint is left alone after so many failures in a row. */
export function pauseAfter(failures: number): number {
  return failures < FAILURES_BEFORE_PAUSE ? 0 : Math.min(FIRST_PAUSE * 2 ** (failures - FAILURES_BEFORE_PAUSE), LONGEST_PAUSE);
}
