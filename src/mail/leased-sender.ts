// Sends e-mails that wait in rows: each node takes some that are due, under a lease, prepares them together, hands them to the mail server, few at a time, and writes down together
// what has become of them. Deciding on calendars has precedence: between two e-mails the event loop goes round.
//
// An e-mail goes from waiting to ready (prepared), to being sent, to an outcome that is written down. All the while the node renews its lease. An e-mail that cannot be dealt with fails
// by itself: what is done together is then done one by one.
//
// The lease decides how long an e-mail waits when its node dies, so it is as short as is safe. A mail server cannot be asked whether an e-mail is still ours, so an e-mail is sent
// twice if its lease ends while the node that has it lives. What that takes:
// - A node that lives renews every three seconds, and the lease is fifteen: four renewals in a row have to fail. How long the mail server takes does not matter.
// - No e-mail is begun ten seconds after the lease was last granted, so a node that was frozen, or is cut off from the database, begins nothing that others may have taken.
// - While no node can write to the database, none can take either. When it comes back, leases of all nodes may be over: a node that has seen the outage takes nothing for five seconds, while
//   nodes that live write down what has left, every second, and renew the rest.
// What is left: a node that is killed, frozen or alone cut off from the database for more than the lease, between handing an e-mail to the mail server and writing that down. There are ten
// such e-mails at most, since no other is begun before some of them are written down; they are sent again under the same Message-ID.
import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import { reasonOf } from '../actors/journal/outage.ts';
import type { Log } from '../actors/ports.ts';
import { SECOND } from '../model/instant.ts';
import type { Lease, LeaseQueue, Outcome, Settled } from './lease-queue-port.ts';
import type { Mailer, MailerAnswer, Message } from './mailer.ts';
import { later } from './retries.ts';

/** After a full take a node rests for so long for each e-mail in it: writing and sending one takes some milliseconds, which claims would wait for. 50 a second of each node are 100,000 in 17 minutes of two. */
const PACE_MS = SECOND / 50;
/** Handed to the mail server, or being handed to it, and not written down. */
export const MOST_UNWRITTEN = 10;
const LEASE_MS = 15 * SECOND;
/** A part of the lease: what was granted longer ago is given back unsent. */
const BEGIN_WITHIN = 2 / 3;
/** So often within a lease it is renewed. */
const RENEWALS = 5;
/** A part of the lease: after an outage of the database, until others have had time to write down and renew what is theirs. */
const REST_AFTER_OUTAGE = 1 / 3;
/** Outcomes are written down at once, and then not again for so long, unless too many wait for it: each time is a commit. */
const WRITE_EVERY_MS = 250;
/** The database does not answer. */
const WRITE_AGAIN_MS = SECOND;
/** What another node has written or left behind, and what is to be tried again, is found within this time. An e-mail that is written here is taken at once. */
const LOOK_EVERY_MS = 2 * SECOND;
/** It counts those that wait, so not more often. */
const MEASURE_EVERY_MS = 15 * SECOND;
/** Longer than a mail server takes that is well; what is still under way then is left to its lease. */
const STOP_LIMIT_MS = 3 * SECOND;

export type Leaving = { readonly mail: Message };
export type LeasedParts<Taken, Ready extends Leaving, End extends string> = {
  readonly queue: LeaseQueue<Taken, End>;
  /** null: there is no mail server. */
  readonly mailer: Pick<Mailer, 'send'> | null;
  /** Taken and prepared at a time. They wait for this node's mail server, whatever other nodes could do. */
  readonly mostTaken: number;
  /** On their way at the same time, each on a connection of its own; few mail servers like more from one place. */
  readonly mostAtOnce: number;
  readonly leaseOf: (taken: Taken) => Lease;
  /** It leaves, or this becomes of it. */
  readonly judge: (taken: Taken) => Ready | Outcome<End>;
  /** Before they leave, all or none. Answers those that leave; the others have an end. */
  readonly prepare: (ready: readonly Ready[]) => Promise<readonly Ready[]>;
  /** `answer`: null without a mail server. */
  readonly outcomeOf: (answer: MailerAnswer | null, ready: Ready, lease: Lease) => Outcome<End>;
  /** The database does not answer: no fault of an e-mail. */
  readonly isOutage: (error: unknown) => boolean;
  readonly log: Log;
  readonly lookEveryMs?: number;
  readonly measureEveryMs?: number;
  readonly leaseMs?: number;
  readonly stopLimitMs?: number;
};
/** By the clock of the process, when what has granted it was asked for. */
type Held = { readonly lease: Lease; readonly grantedAt: number };
type Waits<Ready> = { readonly lease: Lease; readonly ready: Ready };
/** `sent` since this process began, the others of all nodes, as of the last count. */
export type SenderGauges = { readonly sent: number; readonly waiting: number; readonly oldestSeconds: number };

export class LeasedSender<Taken, Ready extends Leaving, End extends string> implements AsyncDisposable {
  readonly #parts: LeasedParts<Taken, Ready, End>;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #leaseMs: number;
  /** Ready, being sent, or with an outcome that is not written down: by id. */
  readonly #held = new Map<string, Held>();
  readonly #sending = new Set<Promise<void>>();
  /** Ids of those that may have left, and are not written down. */
  readonly #unwritten = new Set<string>();
  #ready: Waits<Ready>[] = [];
  #outcomes: Settled<End>[] = [];
  #writing: Promise<void> | null = null;
  /** Ends the pause between two writes. */
  #hurry = new AbortController();
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

  constructor(parts: LeasedParts<Taken, Ready, End>) {
    this.#parts = parts;
    this.#leaseMs = parts.leaseMs ?? LEASE_MS;
    this.#timers = [
      setInterval(this.nudge, parts.lookEveryMs ?? LOOK_EVERY_MS),
      setInterval(() => this.#measure(), parts.measureEveryMs ?? MEASURE_EVERY_MS),
      setInterval(() => this.#renew(), this.#leaseMs / RENEWALS),
    ];
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
    for (const timer of this.#timers) clearInterval(timer);
    const limit = new AbortController();
    await Promise.race([this.#idle(), wait(this.#parts.stopLimitMs ?? STOP_LIMIT_MS, undefined, { signal: limit.signal })]);
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
    const { queue, mostTaken, judge, leaseOf, isOutage } = this.#parts;
    this.#isCalledAgain = false;
    const grantedAt = performance.now();
    try {
      const taken = await queue.take(mostTaken, this.#leaseMs);
      const leaving: Waits<Ready>[] = [];
      // What is not written down yet here, or has been only just, is taken another time.
      const early = taken.map(leaseOf).filter(({ id }) => this.#held.has(id));
      if (early.length > 0) await queue.release(early);
      for (const one of taken.filter((each) => !early.some(({ id }) => id === leaseOf(each).id))) {
        const lease = leaseOf(one);
        const judged = this.#try(lease, () => judge(one));
        if ('status' in judged) this.#end(lease, judged);
        else leaving.push({ lease, ready: judged });
        await setImmediate();
      }
      const ready = await this.#prepared(leaving);
      for (const { lease } of ready) this.#held.set(lease.id, { lease, grantedAt });
      this.#ready.push(...ready);
      if (taken.length === mostTaken) {
        this.#isCalledAgain = true;
        this.#restsUntil = grantedAt + mostTaken * PACE_MS;
      }
      this.#isDatabaseAway = false;
    } catch (error) {
      this.#tell(error, 'e-mails that wait cannot be looked for; trying again');
      if (isOutage(error)) this.#restsUntil = performance.now() + this.#leaseMs * REST_AFTER_OUTAGE;
    }
    this.#fill();
  };

  #renew(): void {
    if (this.#renewing !== null || this.#held.size === 0) return;
    this.#renewing = this.#renewed([...this.#held.values()])
      .catch((error: unknown) => this.#tell(error, 'leases of e-mails could not be renewed; trying again'))
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

  #try(lease: Lease, work: () => Ready | Outcome<End>): Ready | Outcome<End> {
    try {
      return work();
    } catch (error) {
      return this.#broken(lease, error);
    }
  }

  /** A fault of ours, or of this one e-mail. */
  #broken({ id: emailId, attempts }: Lease, error: unknown): Outcome<End> {
    this.#parts.log.error({ emailId, attempts, error }, 'an e-mail could not be dealt with; trying again');
    return later('internal-error', attempts);
  }

  /** Those that leave. Where the database refuses to take all, each is for itself. */
  async #prepared(leaving: readonly Waits<Ready>[]): Promise<readonly Waits<Ready>[]> {
    if (leaving.length === 0) return [];
    try {
      const leave = new Set(await this.#parts.prepare(leaving.map(({ ready }) => ready)));
      return leaving.filter(({ ready }) => leave.has(ready));
    } catch (error) {
      if (this.#parts.isOutage(error)) throw error;
      const prepared: Waits<Ready>[] = [];
      if (leaving.length === 1) for (const { lease } of leaving) this.#end(lease, this.#broken(lease, error));
      else for (const one of leaving) prepared.push(...(await this.#prepared([one])));
      return prepared;
    }
  }

  #fill(): void {
    while (!this.#stopped.signal.aborted && this.#sending.size < this.#parts.mostAtOnce && this.#unwritten.size < MOST_UNWRITTEN) {
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

  async #send({ lease, ready }: Waits<Ready>): Promise<void> {
    const { mailer, outcomeOf } = this.#parts;
    if (mailer === null) return this.#end(lease, outcomeOf(null, ready, lease));
    const held = this.#held.get(lease.id);
    if (held === undefined || performance.now() - held.grantedAt > this.#leaseMs * BEGIN_WITHIN) return this.#giveBack([{ lease }]);
    this.#unwritten.add(lease.id);
    try {
      const answer = await mailer.send(ready.mail);
      this.#heard(answer);
      this.#end(lease, outcomeOf(answer, ready, lease));
    } catch (error) {
      this.#end(lease, this.#broken(lease, error));
    }
  }

  async #giveBack(unsent: readonly Pick<Held, 'lease'>[]): Promise<void> {
    if (unsent.length === 0) return;
    for (const { lease } of unsent) this.#held.delete(lease.id);
    try {
      await this.#parts.queue.release(unsent.map(({ lease }) => lease));
    } catch (error) {
      this.#tell(error, 'e-mails could not be given back; they wait for the end of their lease');
    }
  }

  #end(lease: Lease, outcome: Outcome<End>): void {
    const { id, attempts } = lease;
    this.#outcomes.push({ id, attempts, ...outcome });
    if (outcome.status === 'sent') this.#gauges = { ...this.#gauges, sent: this.#gauges.sent + 1 };
    if (this.#unwritten.size >= MOST_UNWRITTEN) this.#hurry.abort();
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
    const left = this.#left.signal;
    while (this.#outcomes.length > 0 && !left.aborted) {
      const settled = this.#outcomes;
      this.#outcomes = [];
      this.#hurry = new AbortController();
      const isWritten = await this.#isWritten(settled);
      if (isWritten) this.#fill();
      else this.#outcomes.unshift(...settled);
      if (this.#stopped.signal.aborted && this.#outcomes.length === 0) return;
      const signal = isWritten ? AbortSignal.any([left, this.#hurry.signal]) : left;
      await wait(isWritten ? WRITE_EVERY_MS : WRITE_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #isWritten(settled: readonly Settled<End>[]): Promise<boolean> {
    try {
      await this.#settle(settled);
      return true;
    } catch (error) {
      this.#tell(error, 'what has become of e-mails could not be written down; trying again');
      return false;
    }
  }

  async #settle(settled: readonly Settled<End>[]): Promise<void> {
    try {
      await this.#parts.queue.settle(settled);
    } catch (error) {
      if (this.#parts.isOutage(error)) throw error;
      if (settled.length > 1) for (const one of settled) await this.#settle([one]);
      else this.#parts.log.error({ emailId: settled[0]?.id, error }, 'what has become of an e-mail could not be written down; it may be sent again');
    }
    for (const { id } of settled) {
      this.#held.delete(id);
      this.#unwritten.delete(id);
    }
  }

  #measure(): void {
    this.#measuring = this.#parts.queue.waiting().then(
      ({ emails, oldestMs }) => {
        this.#gauges = { ...this.#gauges, waiting: emails, oldestSeconds: oldestMs / SECOND };
      },
      (error: unknown) => this.#tell(error, 'e-mails that wait could not be counted'),
    );
  }

  #heard(answer: MailerAnswer): void {
    const { log } = this.#parts;
    if (this.#left.signal.aborted) return;
    if (answer.type === 'not-now' && !this.#isMailerAway) log.warn({ reason: answer.reason }, 'an e-mail could not be sent; trying again');
    if (answer.type === 'accepted' && this.#isMailerAway) log.info({}, 'e-mails are sent again');
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
