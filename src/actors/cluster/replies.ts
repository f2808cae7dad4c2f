import type { Refusal } from '../calendar/calendar.ts';
import type { Outcome } from '../calendar/work.ts';
import type { EntryAnswer, EntryEnd } from '../journal/entry.ts';
import { type Cancel, isTakenId, isUsedUpVoucher, type StoredRequest, type Timers } from '../ports.ts';
import type { Answer, RequestKey } from '../scheduler.ts';
import { IdempotencyCache } from './idempotency-cache.ts';

/** After this time the caller gets `unknown`; the request itself continues. */
export const ANSWER_WITHIN_MS = 10_000;

type World = {
  readonly era: string;
  readonly timers: Timers;
  /** Stores a key that belongs to no calendar. */
  readonly writeKey: (request: RequestKey, answer: EntryAnswer) => Promise<EntryEnd>;
};

type Waiter = { readonly giveUpAt: number; readonly tell: (answer: Answer) => void };

/** Replies to callers: one for each request, in time, and the same for every repeat. */
export class Replies {
  readonly #world: World;
  readonly #requests = new IdempotencyCache();
  /** Waiting callers, in order of arrival; all have the same timeout. */
  readonly #waiters = new Set<Waiter>();
  /** One timer, for the first of them. Undefined: no one waits. */
  #cancelTimer: Cancel | undefined;
  #isClosed = false;

  constructor(world: World) {
    this.#world = world;
  }

  get openCount(): number {
    return this.#requests.openCount;
  }

  /** Runs a request once, however often it is asked, and stops waiting (not working) at the deadline. */
  answer(request: RequestKey | null, perform: () => Promise<Answer>): Promise<Answer> {
    if (this.#isClosed) return Promise.resolve({ outcome: 'retry', reason: 'draining', retryAfterSeconds: 1 });
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const waiter: Waiter = { giveUpAt: this.#world.timers.monotonic() + ANSWER_WITHIN_MS, tell: resolve };
    this.#waiters.add(waiter);
    this.#cancelTimer ??= this.#world.timers.after(ANSWER_WITHIN_MS, () => this.#onTimer());
    this.#requests.answer(request, perform).then(
      (answer) => {
        this.#dismiss(waiter);
        resolve(answer);
      },
      (failure: unknown) => {
        this.#dismiss(waiter);
        reject(failure);
      },
    );
    return promise;
  }

  #dismiss(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    if (this.#waiters.size > 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** Answers callers whose time is up and sets the timer for the next. */
  #onTimer(): void {
    this.#cancelTimer = undefined;
    const { timers } = this.#world;
    const now = timers.monotonic();
    for (const waiter of this.#waiters) {
      if (waiter.giveUpAt > now) {
        this.#cancelTimer = timers.after(waiter.giveUpAt - now, () => this.#onTimer());
        return;
      }
      this.#waiters.delete(waiter);
      waiter.tell({ outcome: 'unknown' });
    }
  }

  /** Accepts nothing new from now on. */
  close(): void {
    this.#isClosed = true;
  }

  /** As `close`, and pending callers get `unknown`. */
  giveUp(): void {
    this.close();
    for (const waiter of this.#waiters) waiter.tell({ outcome: 'unknown' });
  }

  /** Waits until all callers and `others` have an answer, up to the time that an answer may take. */
  async settled(others: () => number): Promise<void> {
    const { timers } = this.#world;
    const until = timers.monotonic() + ANSWER_WITHIN_MS;
    while (this.openCount + others() > 0 && timers.monotonic() < until) await new Promise<void>((resolve) => timers.after(5, resolve));
  }

  ofOutcome(outcome: Outcome, request: RequestKey): Answer | Promise<Answer> {
    switch (outcome.type) {
      case 'done':
        if (outcome.event === undefined) throw new Error('a request was answered without a fact');
        return { outcome: 'ok', era: this.#world.era, calendarId: outcome.calendarId, revision: outcome.revision, event: outcome.event, replayed: false };
      case 'refused':
        return { outcome: 'no', refusal: outcome.refusal, replayed: false };
      case 'duplicate':
        return this.ofStored(outcome.stored, request);
      case 'stale':
      case 'overloaded':
        return { outcome: 'retry', reason: 'overloaded', retryAfterSeconds: 1 };
      case 'outdated':
        return { outcome: 'outdated' };
      case 'unknown':
        return { outcome: 'unknown' };
      case 'poisoned':
        // Found by the database, not by a calendar; stored, so that it stays a refusal when the id becomes free.
        if (isTakenId(outcome.failure)) return this.refuse(request, { code: 'id-in-use' });
        if (isUsedUpVoucher(outcome.failure)) return this.refuse(request, { code: 'voucher-used-up' });
        throw outcome.failure;
      default:
        return outcome satisfies never;
    }
  }

  ofStored(stored: StoredRequest, request: RequestKey, { anyFingerprint = false } = {}): Answer {
    if (stored.outcome === 'abandoned') return { outcome: 'no', refusal: { code: 'abandoned' }, replayed: true };
    if (!anyFingerprint && stored.fingerprint !== request.fingerprint) return { outcome: 'no', refusal: { code: 'idempotency-key-reused' }, replayed: true };
    if (stored.outcome === 'no') {
      if (stored.refusal === null) throw new Error('a stored refusal is empty');
      return { outcome: 'no', refusal: stored.refusal, replayed: true };
    }
    if (stored.event === null || stored.calendarId === null || stored.revision === null) throw new Error('a stored answer has lost its fact');
    const { calendarId, revision, event } = stored;
    return { outcome: 'ok', era: this.#world.era, calendarId, revision, event, replayed: true };
  }

  /** Stores a refusal made by no calendar. Returns the stored outcome if the key was used before. */
  refuse(request: RequestKey, refusal: Refusal): Promise<Answer> {
    return this.#written(request, { type: 'refusal', refusal }, { outcome: 'no', refusal, replayed: false });
  }

  /** A caller that abandons a request does not know its fingerprint. */
  abandon(request: RequestKey): Promise<Answer> {
    return this.#written(request, { type: 'tombstone' }, { outcome: 'no', refusal: { code: 'abandoned' }, replayed: false }, { anyFingerprint: true });
  }

  async #written(request: RequestKey, answer: EntryAnswer, fresh: Answer, options: { anyFingerprint?: boolean } = {}): Promise<Answer> {
    const end = await this.#world.writeKey(request, answer);
    if (end.type === 'done') return fresh;
    if (end.type === 'duplicate') return this.ofStored(end.stored, request, options);
    throw end.type === 'poisoned' ? end.failure : new Error('a key without a calendar cannot lose its place');
  }
}
