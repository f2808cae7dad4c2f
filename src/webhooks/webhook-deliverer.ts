import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '../actors/ports.ts';
import { type Instant, SECOND } from '../model/instant.ts';
import type { Outside } from '../model/outside.ts';
import { isTaken, keysOf, type SecretBox, sendWebhook, withoutKey } from './send-webhook.ts';
import { type DueDelivery, type Endpoint, LIMITS, nextAttempt, type Outcome, type TellableFact } from './webhook.ts';
import type { Attempted, Leased, Settled, WebhookStore } from './webhook-store-port.ts';

/** Endpoints that a node serves at the same time: one that is slow keeps none of the others waiting. */
const MOST_SERVED = 8;
/** Requests to one endpoint at the same time, about different things. */
const AT_ONCE = 4;
/** Then another one has its turn. */
const MOST_ROUNDS = 50;
/** What another node has written or left behind, and what is to be tried again, is found within this time. */
const LOOK_EVERY_MS = SECOND;
/** Longer than a round can take; kept by each attempt that is settled. */
const LEASE_MS = 30 * SECOND;
/** Longer than an attempt takes; what is still under way then is left to its lease. */
const STOP_LIMIT_MS = LIMITS.timeoutMilliseconds + SECOND;
/** Nothing was sent, as too much was under way. */
const BUSY_DELAY_MS = 5 * SECOND;

/** What a maker is told of a fact: the text of `occurredAt`, and the fields that the change feed has for them. `null`: they may not know of it. */
export type ToldFact = { readonly occurredAt: string; readonly data: object } | null;
export type Teller = {
  /** In the order in which they were asked. `maker-gone`: there is no such user or key any more, or they may not have endpoints. */
  tell(endpoint: Pick<Endpoint, 'maker' | 'locationId'>, facts: readonly TellableFact[]): Promise<readonly ToldFact[] | 'maker-gone'>;
};

export type DelivererParts = {
  readonly store: WebhookStore;
  readonly outside: Outside;
  readonly teller: Teller;
  readonly box: SecretBox;
  readonly now: () => Instant;
  /** From 0 to 1. */
  readonly chance: () => number;
  /** This incarnation of the process. */
  readonly node: string;
  /** Disables an endpoint and says so in the audit trail. */
  readonly disable: (id: string, because: 'maker-gone') => Promise<void>;
  /** An endpoint was disabled because of its receiver. */
  readonly onDisabled: (endpoint: Endpoint, because: 'failing' | 'gone') => Promise<void>;
  readonly log: Log;
  readonly lookEveryMs?: number;
  readonly leaseMs?: number;
};

type Gauges = { readonly sent: number; readonly failed: number; readonly waiting: number; readonly oldestSeconds: number; readonly failing: number };

/** Tells endpoints what waits for them: at least once, and in order for each thing that facts are about. Every node has one. */
export class WebhookDeliverer implements AsyncDisposable {
  readonly #parts: DelivererParts;
  readonly #looks: NodeJS.Timeout;
  readonly #serving = new Set<Promise<void>>();
  #looking: Promise<void> | null = null;
  #isCalledAgain = false;
  #isStopped = false;
  /** The database may be closed by now. */
  #hasLeft = false;
  #isAway = false;
  #gauges: Gauges = { sent: 0, failed: 0, waiting: 0, oldestSeconds: 0, failing: 0 };

  constructor(parts: DelivererParts) {
    this.#parts = parts;
    this.#looks = setInterval(() => this.nudge(), parts.lookEveryMs ?? LOOK_EVERY_MS);
    this.nudge();
  }

  /** `sent` and `failed`: attempts of this process; the others of all nodes, as of the last look. */
  gauges(): Gauges {
    return this.#gauges;
  }

  /** Something may be due: looks at once, without waiting for the outcome. */
  readonly nudge = (): void => {
    this.#isCalledAgain = true;
    if (this.#isStopped || this.#looking !== null) return;
    this.#looking = this.deliverDue().finally(() => {
      this.#looking = null;
      if (this.#isCalledAgain) this.nudge();
    });
  };

  /** Finishes the attempts that are under way, within a limit. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#looks);
    const limit = new AbortController();
    const idle = async () => {
      await this.#looking;
      await Promise.all(this.#serving);
    };
    await Promise.race([idle(), wait(STOP_LIMIT_MS, undefined, { signal: limit.signal })]);
    limit.abort();
    this.#hasLeft = true;
  }

  /** Begins to serve endpoints for which something is due, as far as there is room. Never rejects. */
  async deliverDue(): Promise<void> {
    const { store, node, log, leaseMs = LEASE_MS } = this.#parts;
    this.#isCalledAgain = false;
    const free = MOST_SERVED - this.#serving.size;
    try {
      const taken = free === 0 ? [] : await store.take(node, free, leaseMs);
      for (const leased of taken) this.#begin(leased, taken.length === free);
      const { deliveries: waiting, oldestMs, failing } = await store.waiting();
      this.#gauges = { ...this.#gauges, waiting, oldestSeconds: oldestMs / SECOND, failing };
      this.#isAway = false;
    } catch (error) {
      if (!this.#isAway && !this.#isStopped) log.warn({ error }, 'webhooks that wait cannot be looked for; trying again');
      this.#isAway = true;
    }
  }

  /** `mayBeMore`: who has room again looks again. */
  #begin(leased: Leased, mayBeMore: boolean): void {
    const { log } = this.#parts;
    const endpointId = leased.endpoint.id;
    const serving = this.#serve(leased)
      .catch((error: unknown) => {
        if (!this.#hasLeft) log.error({ endpointId, error }, 'an endpoint could not be served; it is taken up again later');
      })
      .finally(() => {
        this.#serving.delete(serving);
        if (mayBeMore) this.nudge();
      });
    this.#serving.add(serving);
  }

  async #serve(leased: Leased): Promise<void> {
    const { store, node } = this.#parts;
    const { id } = leased.endpoint;
    for (let round = 0; round < MOST_ROUNDS && !this.#isStopped; round += 1) {
      const due = await store.due(id, AT_ONCE);
      if (due.length === 0 || !(await this.#round(leased, due))) break;
    }
    if (!this.#hasLeft) await store.release(node, id);
  }

  /** False: it is not served any more, or not now. */
  async #round({ endpoint, secrets }: Leased, due: readonly DueDelivery[]): Promise<boolean> {
    const { teller, box, now, disable } = this.#parts;
    const known = due.flatMap(({ fact }) => (fact === null ? [] : [fact]));
    const told = await teller.tell(endpoint, known);
    if (told === 'maker-gone') {
      await disable(endpoint.id, 'maker-gone');
      return false;
    }
    const keys = keysOf(box, endpoint.id, secrets, now());
    const next = told.values();
    const settled = await Promise.all(
      due.map((delivery) => this.#attempt(endpoint, keys, delivery, delivery.fact === null ? null : (next.next().value ?? null))),
    );
    return settled.every(({ goOn }) => goOn);
  }

  async #attempt(endpoint: Endpoint, keys: readonly string[] | null, delivery: DueDelivery, told: ToldFact): Promise<Settled> {
    const { outside, now, chance } = this.#parts;
    const { id, type, calendarId, revision } = delivery;
    if (told === null) {
      // It is too old, or its maker may not know of it any more: nothing was sent, and nothing is held back by it.
      const last = { at: now(), status: null, milliseconds: 0, reply: null, failure: delivery.fact === null ? 'no-longer-kept' : 'not-for-its-maker' };
      return this.#settle(endpoint, delivery, { last, outcome: { type: 'failed', counts: false }, isGone: false });
    }
    if (keys === null) return this.#settle(endpoint, delivery, { last: withoutKey(now()), outcome: nextAttempt(delivery, now(), chance()), isGone: false });
    const body = JSON.stringify({ type, id, calendarId, revision, occurredAt: told.occurredAt, data: told.data });
    const { last, refusal } = await sendWebhook(outside, { id, body, url: endpoint.url, keys }, now);
    const isSent = isTaken(last.status);
    const isGone = last.status === 410;
    this.#gauges = { ...this.#gauges, ...(isSent ? { sent: this.#gauges.sent + 1 } : { failed: this.#gauges.failed + 1 }) };
    const otherwise: Outcome = refusal === 'busy' ? { type: 'later', delay: BUSY_DELAY_MS, counts: false } : nextAttempt(delivery, now(), chance());
    return this.#settle(endpoint, delivery, { last, outcome: isSent ? { type: 'sent' } : otherwise, isGone });
  }

  async #settle(endpoint: Endpoint, delivery: DueDelivery, attempted: Omit<Attempted, 'owner' | 'leaseMs'>): Promise<Settled> {
    const { store, node, onDisabled, log, leaseMs = LEASE_MS } = this.#parts;
    if (this.#hasLeft) return { goOn: false, isDisabled: false };
    const settled = await store.settle(endpoint.id, delivery, { ...attempted, owner: node, leaseMs });
    const { status, failure } = attempted.last;
    if (attempted.outcome.type === 'failed') log.warn({ endpointId: endpoint.id, webhookId: delivery.id, status, failure }, 'a webhook has been given up');
    if (settled.isDisabled) await onDisabled(endpoint, attempted.isGone ? 'gone' : 'failing');
    return settled;
  }
}
