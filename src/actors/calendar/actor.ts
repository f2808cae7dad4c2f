// The actor of one calendar: the only writer of its state in memory. It decides one command at a time, in order of arrival, on the
// newest state it knows ("head"), and lets nothing out before the database has it.
//
// On the node that owns its shard it is the only one that decides; elsewhere it follows, and decides only if the owner cannot be reached.
// Only its timers depend on that: if two decide, the database lets one through, and the other catches up.
//
//   live       decides at once; every decision is an entry on its lane, and its answer waits until that entry has ended
//   rewinding  the head was not the state of the database: decisions that are not durable are undone, the missed changes are applied
//              (`catch-up.ts`), and the commands are decided again in order, or returned if another node decides in our place.
//              New commands wait in the mailbox.
//   frozen     a group of calendars decides and keeps this one still: nothing of its own is in flight, new commands wait in the mailbox.
//              Freezes and the mailbox take turns, so that neither starves the other.
import { type Instant, instant } from '../../model/instant.ts';
import type { Entry, EntryAnswer, EntryEnd } from '../journal/entry.ts';
import { ReadFailure, type StoredCalendar } from '../ports.ts';
import type { CalendarChange } from '../scheduler.ts';
import type { CalendarEvent } from './calendar.ts';
import { type CalendarState, stateOf } from './calendar-state.ts';
import { catchUp } from './catch-up.ts';
import { dueExpiries } from './decide.ts';
import { decideAlone } from './decide-group.ts';
import { takeIn } from './evolve.ts';
import { ExpiryTimer } from './expiry-timer.ts';
import { HoldEnds } from './hold-ends.ts';
import { givenBack, ownExpiry, type Pending, pendingOf, takeBack, typedWith } from './pending.ts';
import { Provisional } from './provisional.ts';
import { WaitingReaders } from './waiting-readers.ts';
import type { ActorContext, FreezeEnd, Frozen, Outcome, Work } from './work.ts';

/** Commands that can wait for one calendar while it is rewinding or frozen; beyond that the answer is `overloaded`. */
const MAILBOX_LIMIT = 1_000;

export class CalendarActor {
  readonly id: string;
  readonly shard: number;
  readonly #context: ActorContext;
  #state: CalendarState;
  readonly #provisional = new Provisional();
  /** The revision the database has, as far as this actor has taken it in. */
  #durable: number;
  /** The revision that others have announced; nothing older is shown. */
  #heardOf = 0;
  #mode: 'live' | 'rewinding' | 'frozen' = 'live';
  /** Decided, not durable; in the order of decision. */
  #pending: Pending[] = [];
  /** Not decided: the mailbox. */
  #waiting: Pending[] = [];
  #freezers: { readonly grant: () => void; readonly isMeant: (entry: Entry) => boolean }[] = [];
  /** Frozen: which entries of its group are still to be sent. */
  #isMeant: (entry: Entry) => boolean = () => false;
  readonly #readers: WaitingReaders;
  readonly #ends = new HoldEnds();
  readonly #expiry: ExpiryTimer;
  #lastUsedAt: Instant;
  /** The failure for requests after the actor was unloaded. */
  #retired: Error | undefined;

  constructor(stored: StoredCalendar, context: ActorContext) {
    this.id = stored.id;
    this.shard = stored.shard;
    this.#context = context;
    this.#readers = new WaitingReaders(context.after);
    this.#state = stateOf(stored);
    this.#durable = stored.revision;
    this.#lastUsedAt = context.now();
    this.#expiry = new ExpiryTimer(context, () => this.#onExpiryDue());
    this.#scheduleExpiry();
  }

  get durableRevision(): number {
    return this.#durable;
  }

  get lastUsedAt(): Instant {
    return this.#lastUsedAt;
  }

  /** Nothing waits or is in flight, and no hold needs a timer: it can be unloaded. */
  get isIdle(): boolean {
    const isQuiet = this.#mode === 'live' && [this.#pending, this.#waiting, this.#freezers].every(({ length }) => length === 0);
    return isQuiet && this.#readers.size === 0 && (this.#state.holds.size === 0 || !this.#context.isOurs(this.shard));
  }

  /**
   * Put away for good: there may be another actor for this calendar from now on, so this one must not be asked again. Readers that wait have to ask
   * anew. Asking it is a mistake of ours, unless the node ends: then `asked` is a ReadFailure, for requests that had found it and not asked it yet.
   */
  retire(asked: Error = new Error(`calendar ${this.id} was put away and is asked all the same`)): void {
    this.#retired = asked;
    this.#readers.fail(new ReadFailure('the calendar was put away'));
    this.#expiry.stop();
  }

  #use(): void {
    if (this.#retired !== undefined) throw this.#retired;
    this.#lastUsedAt = this.#context.now();
  }

  /** The newest state, durable or not: use it in the same turn, for a decision that will be made on it anyway. */
  get head(): CalendarState {
    return this.#state;
  }

  isPending(entry: Entry): boolean {
    return this.#mode === 'frozen' ? this.#isMeant(entry) : this.#pending.some((pending) => pending.entry === entry);
  }

  /** Resolves when the answer may leave: when the decision, and the state it was made on, is durable. */
  submit(work: Work): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#use();
      const pending = pendingOf(work, resolve);
      if (this.#mode === 'live' && this.#freezers.length === 0) this.#decide(pending);
      else if (this.#waiting.length < MAILBOX_LIMIT) this.#waiting.push(pending);
      else resolve({ type: 'overloaded' });
    });
  }

  /** A durable change of another node. Out of order, or while this actor decides, it only announces a revision. */
  follow(change: CalendarChange): void {
    if (this.#retired !== undefined || change.revision <= this.#durable) return;
    if (this.#mode !== 'live' || this.#pending.length > 0 || change.base !== this.#durable) return this.news(change.revision);
    takeIn(this.#state, change);
    this.#becomeDurable(change, false);
    this.#scheduleExpiry();
  }

  /** A message says that the database has reached this revision. */
  news(revision: number): void {
    if (this.#retired !== undefined) return;
    this.#heardOf = Math.max(this.#heardOf, revision);
    this.#catchUpWithNews();
  }

  /** The shard has changed owner; the owner runs the timers of its holds. */
  ownershipChanged(): void {
    if (this.#retired !== undefined) return;
    this.#expiry.stop();
    this.#scheduleExpiry();
  }

  /** Decisions in flight will lose against the newer state and then catch up anyway. Over a slow link that would go on for ever, so what waits can be handed over. */
  #catchUpWithNews(): void {
    if (this.#heardOf <= this.#durable || this.#mode !== 'live' || this.#pending.length > 0) return;
    if (this.#waiting.length > 0) this.#context.onLost(this.id);
    this.#rewind();
  }

  /** Reads the newest state and returns the result once that state is durable; reads again if it never becomes durable. Rejects with ReadFailure if that takes too long. */
  async read<Result>(look: (state: CalendarState, at: Instant) => Result): Promise<Result> {
    this.#use();
    this.#expireDue();
    using reader = this.#readers.open();
    for (;;) {
      const revision = this.#state.revision;
      const result = look(this.#state, this.moment);
      const needed = Math.max(revision, this.#heardOf);
      if (needed <= this.#durable && this.#mode === 'live') return result;
      if ((await reader.until(needed)) && needed === revision) return result;
    }
  }

  /** Waits until nothing is in flight and freezes this calendar until it is released. One freeze at a time, in order. `isMeant`: whether an entry of that group is still to be sent. */
  async freeze(isMeant: (entry: Entry) => boolean): Promise<Frozen> {
    this.#use();
    await new Promise<void>((grant) => {
      this.#freezers.push({ grant, isMeant });
      this.#grantFreeze();
    });
    return {
      state: () => this.#state,
      moment: () => this.moment,
      take: (events) => this.#provisional.take(this.#state, events),
      step: (at) => this.#step(at),
      becameDurable: (change) => this.#becomeDurable({ calendarId: this.id, base: this.#durable, ...change }, true),
      thaw: (end) => this.#thaw(end),
    };
  }

  #grantFreeze(): void {
    if (this.#mode !== 'live' || this.#pending.length > 0) return;
    const freezer = this.#freezers.shift();
    if (freezer === undefined) return;
    this.#mode = 'frozen';
    this.#isMeant = freezer.isMeant;
    freezer.grant();
  }

  #thaw(end: FreezeEnd): void {
    this.#mode = 'live';
    // A read during the freeze may have seen a state between two revisions.
    this.#readers.lookAgain();
    if (end === 'taken-back') this.#context.onLost(this.id);
    if (end !== 'durable') return this.#rewind(end === 'suspect');
    this.#catchUpWithNews();
    this.#scheduleExpiry();
    this.#drain();
    this.#grantFreeze();
  }

  /** Now, but never earlier than the last change of the calendar. */
  get moment(): Instant {
    return instant(Math.max(this.#context.now(), this.#state.changedAt));
  }

  #decide(pending: Pending): void {
    const at = this.moment;
    const expiries = dueExpiries(this.#state, at);
    this.#provisional.take(this.#state, expiries);
    const decision = decideAlone(this.#state, pending.command, at);
    if ('events' in decision && decision.events.length > 0) return this.#record(pending, at, [...expiries, ...decision.events], decision.events);
    if (expiries.length > 0) this.#record(ownExpiry(), at, expiries, []);
    if ('events' in decision)
      return this.#answer(pending, at, { type: 'none' }, { type: 'done', calendarId: this.id, revision: this.#state.revision, event: undefined });
    if ('stale' in decision) return this.#answer(pending, at, { type: 'none' }, { type: 'stale' });
    const refusal = pending.elaborate?.(decision.refusal, at) ?? decision.refusal;
    this.#answer(pending, at, pending.isFinal ? { type: 'refusal', refusal } : { type: 'none' }, { type: 'refused', refusal });
  }

  /** A decision that changes the calendar. Due expiries have been applied already. */
  #record(pending: Pending, at: Instant, events: readonly CalendarEvent[], fresh: readonly CalendarEvent[]): void {
    this.#provisional.take(this.#state, fresh);
    const { base, revision } = this.#step(at);
    pending.outcome = { type: 'done', calendarId: this.id, revision, event: events.at(-1) };
    this.#enqueue(pending, { base, revision, at, events }, { type: 'fact' });
    this.#scheduleExpiry();
  }

  #step(at: Instant): { readonly base: number; readonly revision: number } {
    const base = this.#state.revision;
    this.#state.revision = base + 1;
    this.#state.changedAt = at;
    return { base, revision: base + 1 };
  }

  /** A decision that changes nothing also waits for the database: the state it was made on must be durable, and still ours. */
  #answer(pending: Pending, at: Instant, answer: EntryAnswer, outcome: Outcome): void {
    const base = this.#state.revision;
    pending.outcome = outcome;
    // Only a final refusal is stored under its key: after a stale record, or before the next candidate, the same key is used again.
    const request = answer.type === 'refusal' ? pending.request : null;
    this.#enqueue(pending, { base, revision: base, at, events: [] }, answer, request);
  }

  #enqueue(
    pending: Pending,
    step: { base: number; revision: number; at: Instant; events: readonly CalendarEvent[] },
    answer: EntryAnswer,
    request = pending.request,
  ): void {
    const typed = answer.type === 'fact' ? typedWith(pending.command) : undefined;
    const entry: Entry = {
      id: this.#context.newEntryId(step.at),
      parts: [{ actor: this, ...step, ...(typed && { typed }) }],
      request,
      answer,
      end: (end) => this.#ended(pending, entry, end),
    };
    pending.entry = entry;
    this.#pending.push(pending);
    this.#context.laneOf(this.shard).enqueue(entry);
  }

  #ended(pending: Pending, entry: Entry, end: EntryEnd): void {
    if (pending.entry !== entry) return; // taken back in the meantime
    switch (end.type) {
      case 'done':
        return this.#settled(pending, entry, end.epochs);
      case 'duplicate':
        return this.#giveBack(pending, { type: 'duplicate', stored: end.stored });
      case 'lost':
        for (const other of this.#pending) other.attempts += 1;
        this.#context.onLost(this.id);
        return this.#rewind();
      case 'poisoned':
        return this.#giveBack(pending, { type: 'poisoned', failure: end.failure });
      default:
        end satisfies never;
    }
  }

  /** It is not decided again; later decisions are. */
  #giveBack(pending: Pending, outcome: Outcome): void {
    this.#pending = this.#pending.filter((other) => other !== pending);
    pending.entry = null;
    pending.resolve(outcome);
    // The database refused the decision, so memory may be wrong.
    this.#rewind(outcome.type === 'poisoned');
  }

  #settled(pending: Pending, entry: Entry, epochs: ReadonlyMap<number, number>): void {
    const [part, outcome] = [entry.parts[0], pending.outcome];
    if (part === undefined || outcome === null) throw new Error('an entry of a calendar has a part and an outcome');
    if (this.#pending[0] !== pending) throw new Error(`calendar ${this.id}: an entry became durable out of turn`);
    this.#pending.shift();
    pending.entry = null;
    const { revision, at, events } = part;
    if (events.length > 0) this.#becomeDurable({ calendarId: this.id, base: this.#durable, revision, epoch: epochs.get(this.shard) ?? 0, at, events }, true);
    pending.resolve(outcome);
    this.#catchUpWithNews();
    this.#grantFreeze();
  }

  #becomeDurable(change: CalendarChange, isOwn: boolean): void {
    this.#durable = change.revision;
    this.#provisional.becameDurable(change.revision);
    this.#announce(change, isOwn);
    this.#readers.becameDurable(change.revision);
  }

  #announce(change: CalendarChange, isOwn: boolean): void {
    this.#ends.note(change.events);
    this.#context.onChange(change, isOwn);
  }

  /** Undoes everything that is not durable and decides it again on the state of the database. */
  #rewind(isSuspect = false): void {
    if (this.#mode === 'rewinding') return;
    this.#mode = 'rewinding';
    this.#provisional.takeBack(this.#state);
    this.#context.laneOf(this.shard).withdraw(this);
    for (const pending of this.#pending) takeBack(pending);
    const again = [...this.#pending.filter(({ command }) => command.type !== 'expire-holds'), ...this.#waiting];
    this.#pending = [];
    const isGivenBack = givenBack(this.#context.hasStandIn(this.id));
    this.#waiting = again.filter((pending) => !isGivenBack(pending));
    for (const pending of again.filter(isGivenBack)) pending.resolve({ type: 'overloaded' });
    this.#expiry.stop();
    void this.#catchUp(isSuspect);
  }

  async #catchUp(isSuspect: boolean): Promise<void> {
    const heardOf = this.#heardOf;
    const caughtUp = await catchUp(this.#context, { calendarId: this.id, known: this.#durable, isSuspect }, () => this.#retired === undefined);
    if (caughtUp === undefined) return;
    const { missed, stored } = caughtUp;
    if (stored !== null) this.#state = stateOf(stored);
    else for (const change of missed) takeIn(this.#state, change);
    this.#durable = Math.max(this.#durable, this.#state.revision);
    // Changes that another node made (or that were ours and never acknowledged) are announced like any other.
    for (const change of missed) this.#announce(change, false);
    this.#ends.putInto(this.#state);
    this.#mode = 'live';
    // This read settles earlier announcements; later ones may be newer.
    if (this.#heardOf === heardOf) this.#heardOf = 0;
    this.#catchUpWithNews();
    this.#readers.lookAgain();
    this.#scheduleExpiry();
    this.#drain();
    this.#grantFreeze();
  }

  /** Decides what waits now, also before the next freeze. */
  #drain(): void {
    for (let left = this.#waiting.length; left > 0 && this.#mode === 'live'; left -= 1) {
      const next = this.#waiting.shift();
      if (next !== undefined) this.#decide(next);
    }
  }

  #expireDue(): void {
    if (this.#mode !== 'live' || this.#freezers.length > 0 || !this.#context.isOurs(this.shard)) return;
    const at = this.moment;
    const due = dueExpiries(this.#state, at);
    if (due.length === 0) return;
    this.#provisional.take(this.#state, due);
    this.#record(ownExpiry(), at, due, []);
  }

  /** Only the owner runs a timer for its holds; other deciders expire what is due before they decide. */
  #scheduleExpiry(): void {
    this.#expiry.set(this.#context.isOurs(this.shard) ? this.#state.nextExpiryAt : Number.POSITIVE_INFINITY);
  }

  /** Frozen (or about to be) or rewinding now: the end of that schedules the expiry again. */
  #onExpiryDue(): void {
    this.#expireDue();
    if (this.#mode === 'live' && this.#freezers.length === 0) this.#scheduleExpiry();
  }
}
