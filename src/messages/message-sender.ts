// Sends e-mails to customers: each node takes some that are due, under a lease, prepares them together, hands them to the mail server, few at a time, and writes down together
// what has become of them. Deciding on calendars has precedence: between two messages the event loop goes round.
//
// A message goes from waiting to ready (prepared, its budgets counted), to being sent, to an outcome that is written down. All the while the node renews its lease. A message that
// cannot be dealt with fails by itself: what is done together is then done one by one.
//
// The lease decides how long a message waits when its node dies, so it is as short as is safe. A mail server cannot be asked whether a message is still ours, so a message is sent
// twice if its lease ends while the node that has it lives. What that takes:
// - A node that lives renews every three seconds, and the lease is fifteen: four renewals in a row have to fail. How long the mail server takes does not matter.
// - No message is begun ten seconds after the lease was last granted, so a node that was frozen, or is cut off from the database, begins nothing that others may have taken.
// - While no node can write to the database, none can take either. When it comes back, leases of all nodes may be over: a node that has seen the outage takes nothing for five seconds, while
//   nodes that live write down what has left, every second, and renew the rest.
// What is left: a node that is killed, frozen or alone cut off from the database for more than the lease, between handing a message to the mail server and writing that down. It is a
// quarter of a second's worth, and three that are under way; they are sent again under the same Message-ID.
import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { reasonOf } from '../actors/journal/outage.ts';
import type { Log } from '../actors/ports.ts';
import type { JobKind } from '../jobs/job.ts';
import type { Mailer, MailerAnswer } from '../mail/mailer.ts';
import { SECOND } from '../model/instant.ts';
import type { Lease, MessageQueue, Outcome, Settled } from './message-queue-port.ts';
import { judge, type Leaving, later, outcomeOf, type SendingParts } from './send-message.ts';

/** Taken and prepared at a time: three statements for so many. More would keep what is urgent waiting. */
const MOST_TAKEN = 50;
/** After as many as that, no more are taken for so long: writing and sending one takes some milliseconds, which claims would wait for. 50 a second of each node are 100,000 in 17 minutes of two. */
const PACE_MS = SECOND;
/** Mails on their way at the same time, each on a connection of its own; few mail servers like more from one place. */
export const MOST_AT_ONCE = 3;
const LEASE_MS = 15 * SECOND;
/** A part of the lease: what was granted longer ago is given back unsent. */
const BEGIN_WITHIN = 2 / 3;
/** So often within a lease it is renewed. */
const RENEWALS = 5;
/** A part of the lease: after an outage of the database, until others have had time to write down and renew what is theirs. */
const REST_AFTER_OUTAGE = 1 / 3;
/** Outcomes are written down at once, and then not again for so long: each time is a commit. */
const WRITE_EVERY_MS = 250;
/** The database does not answer. */
const WRITE_AGAIN_MS = SECOND;
/** What another node has written or left behind, and what is to be tried again, is found within this time. */
const LOOK_EVERY_MS = 2 * SECOND;
/** It counts those that wait, so not more often. */
const MEASURE_EVERY_MS = 15 * SECOND;
/** Longer than a mail server takes that is well; what is still under way then is left to its lease. */
const STOP_LIMIT_MS = 3 * SECOND;

export type SenderParts = SendingParts & {
  readonly queue: MessageQueue;
  /** null: there is no mail server, and what would have been sent can be read in the list. */
  readonly mailer: Pick<Mailer, 'send'> | null;
  /** A budget had no room for a message. */
  readonly onOverBudget: (budget: string, isNews: boolean) => void;
  /** The database does not answer: no fault of a message. */
  readonly isOutage: (error: unknown) => boolean;
  readonly log: Log;
  readonly lookEveryMs?: number;
  readonly leaseMs?: number;
};
/** By the clock of the process, when what has granted it was asked for. */
type Held = { readonly lease: Lease; readonly grantedAt: number };
type Ready = Leaving & Held;
/** `sent` since this process began, the others of all nodes, as of the last look. */
type SenderGauges = { readonly sent: number; readonly waiting: number; readonly oldestSeconds: number };

export class MessageSender implements AsyncDisposable {
  readonly #parts: SenderParts;
  readonly #looks: NodeJS.Timeout;
  readonly #measures: NodeJS.Timeout;
  readonly #renewals: NodeJS.Timeout;
  readonly #leaseMs: number;
  /** Ready, being sent, or with an outcome that is not written down: by id. */
  readonly #held = new Map<string, Held>();
  readonly #sending = new Set<Promise<void>>();
  #ready: Ready[] = [];
  #outcomes: Settled[] = [];
  #writing: Promise<void> | null = null;
  #looking: Promise<void> | null = null;
  #measuring: Promise<void> = Promise.resolve();
  #renewing: Promise<void> | null = null;
  #isCalledAgain = false;
  /** By the clock of the process. */
  #restsUntil = 0;
  /** Nothing is taken or begun any more. */
  readonly #stopped = new AbortController();
  /** What is under way is left to its lease: the database may be closed by now. */
  readonly #left = new AbortController();
  /** Outages are told once. */
  #isDatabaseAway = false;
  #isMailerAway = false;
  #gauges = { sent: 0, waiting: 0, oldestSeconds: 0 };

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#looks = setInterval(() => this.nudge(), parts.lookEveryMs ?? LOOK_EVERY_MS);
    this.#measures = setInterval(() => this.#measure(), MEASURE_EVERY_MS);
    this.#leaseMs = parts.leaseMs ?? LEASE_MS;
    this.#renewals = setInterval(() => this.#renew(), this.#leaseMs / RENEWALS);
    this.nudge();
  }

  gauges(): SenderGauges {
    return this.#gauges;
  }

  /** Something may be due: looks at once, without waiting for the outcome. */
  readonly nudge = (): void => {
    this.#isCalledAgain = true;
    // Who sends the last one that is ready looks again.
    if (this.#stopped.signal.aborted || this.#looking !== null || this.#ready.length > 0) return;
    this.#looking = this.#rest(this.#look).finally(() => {
      this.#looking = null;
      if (this.#isCalledAgain) this.nudge();
    });
  };

  /** Begins no more, gives back what it has not begun, and finishes what is under way, within a limit. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    clearInterval(this.#looks);
    clearInterval(this.#measures);
    clearInterval(this.#renewals);
    const limit = new AbortController();
    await Promise.race([this.#idle(), wait(STOP_LIMIT_MS, undefined, { signal: limit.signal })]);
    limit.abort();
    this.#left.abort();
  }

  async #idle(): Promise<void> {
    await this.#looking;
    await this.#giveBack(this.#ready.splice(0));
    await Promise.all(this.#sending);
    while (this.#writing !== null) await this.#writing;
    await Promise.all([this.#measuring, this.#renewing]);
  }

  async #rest(then: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopped;
    await wait(Math.max(0, this.#restsUntil - performance.now()), undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await then();
  }

  readonly #look = async (): Promise<void> => {
    this.#isCalledAgain = false;
    const grantedAt = performance.now();
    try {
      const taken = await this.#parts.queue.take(MOST_TAKEN, this.#leaseMs);
      const leaving: Ready[] = [];
      // After an outage it may be one whose outcome is not written down yet.
      for (const one of taken.filter(({ message }) => !this.#held.has(message.id))) {
        const { id, attempts } = one.message;
        const lease = { id, attempts };
        const judged = this.#try(lease, () => judge(this.#parts, one));
        if ('status' in judged) this.#end(lease, judged);
        else leaving.push({ ...judged, lease, grantedAt });
        await setImmediate();
      }
      const ready = await this.#prepared(leaving);
      for (const { lease } of ready) this.#held.set(lease.id, { lease, grantedAt });
      this.#ready.push(...ready);
      if (taken.length === MOST_TAKEN) {
        this.#isCalledAgain = true;
        this.#restsUntil = grantedAt + PACE_MS;
      }
      this.#isDatabaseAway = false;
    } catch (error) {
      this.#tell(error, 'messages that wait cannot be looked for; trying again');
      if (this.#parts.isOutage(error)) this.#restsUntil = performance.now() + this.#leaseMs * REST_AFTER_OUTAGE;
    }
    this.#fill();
  };

  #renew(): void {
    if (this.#renewing !== null || this.#held.size === 0) return;
    this.#renewing = this.#renewed([...this.#held.values()])
      .catch((error: unknown) => this.#tell(error, 'leases of messages could not be renewed; trying again'))
      .finally(() => {
        this.#renewing = null;
      });
  }

  /** What is not renewed has an end, or another node has it. */
  async #renewed(held: readonly Held[]): Promise<void> {
    const grantedAt = performance.now();
    const leases = held.map(({ lease }) => lease);
    const kept = new Set(await this.#parts.queue.renew(leases, this.#leaseMs));
    for (const lease of leases) {
      if (this.#held.get(lease.id)?.lease !== lease) continue;
      if (kept.has(lease.id)) this.#held.set(lease.id, { lease, grantedAt });
      else this.#held.delete(lease.id);
    }
  }

  #try(lease: Lease, work: () => Leaving | Outcome): Leaving | Outcome {
    try {
      return work();
    } catch (error) {
      return this.#broken(lease, error);
    }
  }

  /** A fault of ours, or of this one message. */
  #broken({ id: messageId, attempts }: Lease, error: unknown): Outcome {
    this.#parts.log.error({ messageId, attempts, error }, 'a message could not be dealt with; trying again');
    return later('internal-error', attempts);
  }

  /** Those that leave. Where the database refuses to take all, each is for itself. */
  async #prepared(leaving: readonly Ready[]): Promise<readonly Ready[]> {
    if (leaving.length === 0) return [];
    const { queue, mailer, onOverBudget, isOutage } = this.#parts;
    try {
      const spent = await queue.prepare(leaving.map(({ prepared }) => (mailer === null ? { ...prepared, shares: null } : prepared)));
      for (const { full, isNews } of spent) if (full !== null) onOverBudget(full, isNews);
      return leaving.filter((_, index) => spent[index]?.full === null);
    } catch (error) {
      if (isOutage(error)) throw error;
      const ready: Ready[] = [];
      if (leaving.length === 1) for (const { lease } of leaving) this.#end(lease, this.#broken(lease, error));
      else for (const one of leaving) ready.push(...(await this.#prepared([one])));
      return ready;
    }
  }

  #fill(): void {
    while (!this.#stopped.signal.aborted && this.#sending.size < MOST_AT_ONCE) {
      const next = this.#ready.shift();
      if (next === undefined) break;
      const sending = this.#send(next).finally(() => {
        this.#sending.delete(sending);
        this.#fill();
      });
      this.#sending.add(sending);
    }
    if (this.#ready.length === 0 && this.#isCalledAgain) this.nudge();
  }

  async #send({ lease, mail }: Ready): Promise<void> {
    const { mailer } = this.#parts;
    if (mailer === null) return this.#end(lease, { status: 'skipped', failure: 'no-mail-server' });
    const held = this.#held.get(lease.id);
    if (held === undefined || performance.now() - held.grantedAt > this.#leaseMs * BEGIN_WITHIN) return this.#giveBack([{ lease }]);
    try {
      const answer = await mailer.send(mail);
      this.#heard(answer);
      this.#end(lease, outcomeOf(answer, lease.attempts));
    } catch (error) {
      this.#end(lease, this.#broken(lease, error));
    }
  }

  async #giveBack(unsent: readonly Pick<Ready, 'lease'>[]): Promise<void> {
    if (unsent.length === 0) return;
    for (const { lease } of unsent) this.#held.delete(lease.id);
    try {
      await this.#parts.queue.release(unsent.map(({ lease }) => lease));
    } catch (error) {
      this.#tell(error, 'messages could not be given back; they wait for the end of their lease');
    }
  }

  #end(lease: Lease, outcome: Outcome): void {
    this.#outcomes.push({ ...lease, ...outcome });
    if (outcome.status === 'sent') this.#gauges = { ...this.#gauges, sent: this.#gauges.sent + 1 };
    this.#writeDown();
  }

  #writeDown(): void {
    if (this.#writing !== null || this.#outcomes.length === 0 || this.#left.signal.aborted) return;
    this.#writing = this.#write().finally(() => {
      this.#writing = null;
      this.#writeDown();
    });
  }

  /** One statement at a time, until there is nothing to write down. */
  async #write(): Promise<void> {
    while (this.#outcomes.length > 0 && !this.#left.signal.aborted) {
      const settled = this.#outcomes;
      this.#outcomes = [];
      let pauseMs = WRITE_EVERY_MS;
      try {
        await this.#settle(settled);
      } catch (error) {
        this.#tell(error, 'what has become of messages could not be written down; trying again');
        this.#outcomes.unshift(...settled);
        pauseMs = WRITE_AGAIN_MS;
      }
      if (this.#stopped.signal.aborted && this.#outcomes.length === 0) return;
      await wait(pauseMs, undefined, { signal: this.#left.signal }).catch(() => undefined);
    }
  }

  async #settle(settled: readonly Settled[]): Promise<void> {
    try {
      await this.#parts.queue.settle(settled);
    } catch (error) {
      if (this.#parts.isOutage(error)) throw error;
      if (settled.length > 1) for (const one of settled) await this.#settle([one]);
      else this.#parts.log.error({ messageId: settled[0]?.id, error }, 'what has become of a message could not be written down; it may be sent again');
    }
    for (const { id } of settled) this.#held.delete(id);
  }

  #measure(): void {
    this.#measuring = this.#parts.queue.waiting().then(
      ({ messages, oldestMs }) => {
        this.#gauges = { ...this.#gauges, waiting: messages, oldestSeconds: oldestMs / SECOND };
      },
      (error: unknown) => this.#tell(error, 'messages that wait could not be counted'),
    );
  }

  #heard(answer: MailerAnswer): void {
    const { log } = this.#parts;
    if (this.#left.signal.aborted) return;
    if (answer.type === 'not-now' && !this.#isMailerAway) log.warn({ reason: answer.reason }, 'a message could not be sent; trying again');
    if (answer.type === 'accepted' && this.#isMailerAway) log.info({}, 'messages are sent again');
    if (answer.type !== 'refused') this.#isMailerAway = answer.type === 'not-now';
  }

  #tell(error: unknown, message: string): void {
    if (this.#left.signal.aborted) return;
    const isOutage = this.#parts.isOutage(error);
    if (!isOutage) this.#parts.log.warn({ error }, message);
    else if (!this.#isDatabaseAway) this.#parts.log.warn({ reason: reasonOf(error) }, message);
    this.#isDatabaseAway ||= isOutage;
  }
}

const ADOPTING = { atOnce: 3, expireSeconds: 60, retries: { most: 70, firstDelaySeconds: 5, longestDelaySeconds: 1_800 }, schedule: null } as const;

/** An earlier version asked for each e-mail with a job. What it has left is handed to the sender; nodes of both versions can run side by side. */
export function adoptMessageJob(queue: Pick<MessageQueue, 'adopt'>, onAdopted: () => void): JobKind<{ readonly messageId: string }> {
  return {
    ...{ name: 'send-message', payload: z.strictObject({ messageId: z.uuid() }), ...ADOPTING },
    async work({ messageId }) {
      await queue.adopt(messageId);
      onAdopted();
    },
  };
}
