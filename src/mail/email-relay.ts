import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '../actors/ports.ts';
import { MINUTE, SECOND } from '../model/instant.ts';
import { composeAccountEmail, type Sender } from './compose-account-email.ts';
import type { Delivery, EmailQueue, TakenEmail } from './email-queue-port.ts';
import type { Mailer, MailerAnswer } from './mailer.ts';
import { deadlineOf, delayAfter } from './retries.ts';

/** E-mails that a node sends at the same time, each over a connection of its own: few mail servers like more from one place. */
export const MOST_AT_ONCE = 5;
/** What another node has left behind, and what is to be tried again, is found within this time. An e-mail that is written here is taken at once. */
const LOOK_EVERY_MS = 5 * SECOND;
/** Longer than sending one can take: only who has died loses an e-mail to another node. */
const LEASE_MS = 2 * MINUTE;
/** Longer than a mail server takes that is well; what is still under way then is left to its lease. */
const STOP_LIMIT_MS = 3 * SECOND;

export type RelayParts = {
  readonly queue: EmailQueue;
  readonly mailer: Mailer;
  /** Asked for every e-mail, since the business may change its name. */
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
 * Takes e-mails that wait and sends them, at least once each. An e-mail is taken for the time of a lease and sent outside of any transaction;
 * a node that dies between sending and marking leaves it to the next one, and it is sent again with the same id. Every node has a relay.
 */
export class EmailRelay implements AsyncDisposable {
  readonly #parts: RelayParts;
  readonly #looks: NodeJS.Timeout;
  readonly #underWay = new Set<Promise<void>>();
  #looking: Promise<void> | null = null;
  #isCalledAgain = false;
  /** No e-mail is taken any more. */
  #isStopped = false;
  /** What is under way is left to its lease: the database may be closed by now. */
  #hasLeft = false;
  /** Outages are told once, not once an e-mail. */
  #isMailerAway = false;
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

  /** An e-mail has been written: looks at once, without waiting for the outcome. */
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
    this.#parts.mailer.close();
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
      const mails = free === 0 ? [] : await queue.take(free, leaseMs);
      for (const mail of mails) this.#begin(mail, mails.length === free);
      const { mails: waiting, oldestMs } = await queue.waiting();
      this.#gauges = { ...this.#gauges, waiting, oldestSeconds: oldestMs / SECOND };
      this.#isQueueAway = false;
    } catch (error) {
      if (!this.#isQueueAway) this.#parts.log.warn({ error }, 'e-mails that wait cannot be looked for; trying again');
      this.#isQueueAway = true;
    }
  }

  /** `mayBeMore`: who has room again looks again. */
  #begin(mail: TakenEmail, mayBeMore: boolean): void {
    const delivery = this.#deliver(mail)
      .catch((error: unknown) => this.#parts.log.error({ emailId: mail.id, error }, 'an e-mail could not be dealt with; it is taken up again later'))
      .finally(() => {
        this.#underWay.delete(delivery);
        if (mayBeMore) this.nudge();
      });
    this.#underWay.add(delivery);
  }

  async #deliver(mail: TakenEmail): Promise<void> {
    const delivery = await this.#attempt(mail);
    if (this.#hasLeft) return;
    await this.#parts.queue.settle(mail, delivery);
    if (delivery.type === 'sent') this.#gauges = { ...this.#gauges, sent: this.#gauges.sent + 1 };
    if (delivery.type !== 'failed') return;
    this.#gauges = { ...this.#gauges, failed: this.#gauges.failed + 1 };
    const { id: emailId, topic, attempts } = mail;
    this.#parts.log.warn({ emailId, topic, attempts, reason: delivery.reason }, 'an e-mail has been given up');
  }

  async #attempt(mail: TakenEmail): Promise<Delivery> {
    const deadline = deadlineOf(mail);
    if (mail.takenAt >= deadline) return { type: 'failed', reason: tooLate(mail) };
    const message = composeAccountEmail(mail, this.#parts.sender());
    if (typeof message === 'string') return { type: 'failed', reason: message };
    const answer = await this.#parts.mailer.send(message);
    this.#heard(answer);
    if (answer.type === 'accepted') return { type: 'sent' };
    if (answer.type === 'refused') return { type: 'failed', reason: answer.reason };
    const delayMs = Math.min(delayAfter(mail.attempts, this.#parts.firstDelayMs), deadline - mail.takenAt);
    return { type: 'later', reason: answer.reason, delayMs };
  }

  #heard(answer: MailerAnswer): void {
    if (this.#hasLeft) return;
    if (answer.type === 'not-now' && !this.#isMailerAway) this.#parts.log.warn({ reason: answer.reason }, 'an e-mail could not be sent; trying again');
    if (answer.type === 'accepted' && this.#isMailerAway) this.#parts.log.info({}, 'e-mails are sent again');
    if (answer.type !== 'refused') this.#isMailerAway = answer.type === 'not-now';
  }
}

/** With the reason why it could not be sent before, if there was an attempt. */
function tooLate({ takenAt, tokenExpiresAt, failure }: TakenEmail): string {
  const late = tokenExpiresAt !== null && tokenExpiresAt <= takenAt ? 'link-expired' : 'too-old';
  return failure === null ? late : `${late} (${failure})`;
}
