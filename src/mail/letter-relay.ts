import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '../actors/ports.ts';
import { MINUTE, SECOND } from '../model/instant.ts';
import { composeLetter, type Sender } from './compose-letter.ts';
import type { Delivery, LetterQueue, TakenLetter } from './letter-queue-port.ts';
import type { Post, PostAnswer } from './post.ts';
import { deadlineOf, delayAfter } from './retries.ts';

/** Letters that a node sends at the same time, each over a connection of its own: few mail servers like more from one place. */
export const MOST_AT_ONCE = 5;
/** What another node has left behind, and what is to be tried again, is found within this time. A letter that is written here is taken at once. */
const LOOK_EVERY_MS = 5 * SECOND;
/** Longer than sending one can take: only who has died loses a letter to another node. */
const LEASE_MS = 2 * MINUTE;
/** Longer than a mail server takes that is well; what is still under way then is left to its lease. */
const STOP_LIMIT_MS = 3 * SECOND;

export type RelayParts = {
  readonly queue: LetterQueue;
  readonly post: Post;
  /** Asked for every letter, since the business may change its name. */
  readonly sender: () => Sender;
  readonly log: Log;
  readonly lookEveryMs?: number;
  readonly leaseMs?: number;
  readonly firstDelayMs?: number;
  readonly stopLimitMs?: number;
};

/** `sent` and `failed` since this process began, the others as of the last look at the database, which all nodes share. */
export type RelayGauges = { readonly sent: number; readonly failed: number; readonly waiting: number; readonly oldestSeconds: number };

/**
 * Takes letters that wait and sends them, at least once each. A letter is taken for the time of a lease and sent outside of any transaction;
 * a node that dies between sending and marking leaves it to the next one, and it is sent again with the same id. Every node has a relay.
 */
export class LetterRelay implements AsyncDisposable {
  readonly #parts: RelayParts;
  readonly #looks: NodeJS.Timeout;
  readonly #underWay = new Set<Promise<void>>();
  #looking: Promise<void> | null = null;
  #isCalledAgain = false;
  /** No letter is taken any more. */
  #isStopped = false;
  /** What is under way is left to its lease: the database may be closed by now. */
  #hasLeft = false;
  /** Outages are told once, not once a letter. */
  #isPostAway = false;
  #isQueueAway = false;
  #gauges = { sent: 0, failed: 0, waiting: 0, oldestSeconds: 0 };

  constructor(parts: RelayParts) {
    this.#parts = parts;
    this.#looks = setInterval(() => this.nudge(), parts.lookEveryMs ?? LOOK_EVERY_MS);
    this.nudge();
  }

  gauges(): RelayGauges {
    return this.#gauges;
  }

  /** A letter has been written: looks at once, without waiting for the outcome. */
  nudge(): void {
    this.#isCalledAgain = true;
    if (this.#isStopped || this.#looking !== null) return;
    this.#looking = this.#look().finally(() => {
      this.#looking = null;
      if (this.#isCalledAgain) this.nudge();
    });
  }

  /** Finishes what is being sent, within a limit. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#looks);
    const limit = new AbortController();
    await Promise.race([this.#idle(), wait(this.#parts.stopLimitMs ?? STOP_LIMIT_MS, undefined, { signal: limit.signal })]);
    limit.abort();
    this.#hasLeft = true;
    this.#parts.post.close();
  }

  async #idle(): Promise<void> {
    await this.#looking;
    await Promise.all(this.#underWay);
  }

  async #look(): Promise<void> {
    const { queue, leaseMs = LEASE_MS } = this.#parts;
    this.#isCalledAgain = false;
    const free = MOST_AT_ONCE - this.#underWay.size;
    try {
      const letters = free === 0 ? [] : await queue.take(free, leaseMs);
      for (const letter of letters) this.#begin(letter, letters.length === free);
      const { letters: waiting, oldestMs } = await queue.waiting();
      this.#gauges = { ...this.#gauges, waiting, oldestSeconds: oldestMs / SECOND };
      this.#isQueueAway = false;
    } catch (error) {
      if (!this.#isQueueAway) this.#parts.log.warn({ error }, 'letters that wait cannot be looked for; trying again');
      this.#isQueueAway = true;
    }
  }

  /** `mayBeMore`: who has room again looks again. */
  #begin(letter: TakenLetter, mayBeMore: boolean): void {
    const delivery = this.#deliver(letter)
      .catch((error: unknown) => this.#parts.log.error({ letterId: letter.id, error }, 'a letter could not be dealt with; it is taken up again later'))
      .finally(() => {
        this.#underWay.delete(delivery);
        if (mayBeMore) this.nudge();
      });
    this.#underWay.add(delivery);
  }

  async #deliver(letter: TakenLetter): Promise<void> {
    const delivery = await this.#attempt(letter);
    if (this.#hasLeft) return;
    await this.#parts.queue.settle(letter, delivery);
    if (delivery.type === 'sent') this.#gauges = { ...this.#gauges, sent: this.#gauges.sent + 1 };
    if (delivery.type !== 'failed') return;
    this.#gauges = { ...this.#gauges, failed: this.#gauges.failed + 1 };
    const { id: letterId, topic, attempts } = letter;
    this.#parts.log.warn({ letterId, topic, attempts, reason: delivery.reason }, 'a letter has been given up');
  }

  async #attempt(letter: TakenLetter): Promise<Delivery> {
    const deadline = deadlineOf(letter);
    if (letter.takenAt >= deadline) return { type: 'failed', reason: tooLate(letter) };
    const message = composeLetter(letter, this.#parts.sender());
    if (typeof message === 'string') return { type: 'failed', reason: message };
    const answer = await this.#parts.post.send(message);
    this.#heard(answer);
    if (answer.type === 'accepted') return { type: 'sent' };
    if (answer.type === 'refused') return { type: 'failed', reason: answer.reason };
    const delayMs = Math.min(delayAfter(letter.attempts, this.#parts.firstDelayMs), deadline - letter.takenAt);
    return { type: 'later', reason: answer.reason, delayMs };
  }

  #heard(answer: PostAnswer): void {
    if (this.#hasLeft) return;
    if (answer.type === 'not-now' && !this.#isPostAway) this.#parts.log.warn({ reason: answer.reason }, 'a letter could not be sent; trying again');
    if (answer.type === 'accepted' && this.#isPostAway) this.#parts.log.info({}, 'letters are sent again');
    if (answer.type !== 'refused') this.#isPostAway = answer.type === 'not-now';
  }
}

/** With the reason why it could not be sent before, if there was an attempt. */
function tooLate({ takenAt, tokenExpiresAt, failure }: TakenLetter): string {
  const late = tokenExpiresAt !== null && tokenExpiresAt <= takenAt ? 'link-expired' : 'too-old';
  return failure === null ? late : `${late} (${failure})`;
}
