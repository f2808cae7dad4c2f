// Commands over several calendars. All calendars of a group are frozen in order of id, so that groups cannot deadlock. A pure function decides, and the
// result is one entry, which the database writes whole or not at all. Groups waiting for the same calendars share a freeze: each is decided on the state
// the previous one left, and all are sent together. Groups of other calendars share the commit.
//
// Any node can do this correctly: it decides on its own calendars and on those it follows, and the commit compares the revision of each.
import { type Instant, instant } from '../../model/instant.ts';
import type { CalendarActor } from '../calendar/actor.ts';
import type { CalendarEvent, Refusal } from '../calendar/calendar.ts';
import type { CalendarStates } from '../calendar/calendar-state.ts';
import { dueExpiries } from '../calendar/decide.ts';
import { decideGroup } from '../calendar/decide-group.ts';
import type { GroupDecision, Parts } from '../calendar/group.ts';
import { typedWith } from '../calendar/pending.ts';
import { readTogether } from '../calendar/read-together.ts';
import type { FreezeEnd, Frozen, Outcome, Work } from '../calendar/work.ts';
import type { Entry, EntryAnswer, EntryEnd, EntryPart } from '../journal/entry.ts';
import { BATCH_ENTRIES, type Lane } from '../journal/lane.ts';
import type { Cancel } from '../ports.ts';

/** How often a group is decided again after losing a compare-and-set. */
const GROUP_AGAIN_LIMIT = 6;
/** The first pause before that; each is twice the previous one, in total under a third of a second. */
const AGAIN_PAUSE_MS = 10;
/** Groups that can wait for the same calendars; beyond that the answer is `overloaded`. */
const MOST_WAITING = 1_000;

/** `actors`: one for each part, in memory until the group has its outcome. */
export type Group = Omit<Work, 'command'> & { readonly parts: Parts; readonly actors: ReadonlyMap<string, CalendarActor> };

type Waiting = Group & { readonly resolve: (outcome: Outcome) => void; readonly reject: (error: unknown) => void; attempts: number };
type World = { readonly lane: Lane; readonly newEntryId: (at: Instant) => string; readonly after: (milliseconds: number, run: () => void) => Cancel };

export class Groups {
  readonly #world: World;
  /** By their calendars: those whose freeze has not been granted yet. */
  readonly #queues = new Map<string, Waiting[]>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Rejects only if one of the calendars was unloaded. */
  decide(group: Group): Promise<Outcome> {
    return new Promise((resolve, reject) => this.#enqueue({ ...group, resolve, reject, attempts: 0 }));
  }

  #enqueue(waiting: Waiting): void {
    const name = nameOf(waiting);
    const queue = this.#queues.get(name);
    if (queue === undefined) this.#open(name, [waiting]);
    else if (queue.length < MOST_WAITING) queue.push(waiting);
    else waiting.resolve({ type: 'overloaded' });
  }

  /** If another node decides on the same calendars, it goes first. */
  #decideAgain(waiting: Waiting): void {
    const { attempts } = waiting;
    if (attempts === 0) this.#enqueue(waiting);
    else if (attempts < GROUP_AGAIN_LIMIT) this.#world.after(AGAIN_PAUSE_MS * 2 ** (attempts - 1), () => this.#enqueue(waiting));
    else waiting.resolve({ type: 'overloaded' });
  }

  #open(name: string, queue: Waiting[]): void {
    this.#queues.set(name, queue);
    void this.#run(name, queue);
  }

  async #run(name: string, queue: Waiting[]): Promise<void> {
    const freeze = new Freeze(this.#world, (again) => this.#decideAgain(again));
    try {
      await freeze.begin(queue);
    } catch (error) {
      this.#queues.delete(name);
      for (const { reject } of queue) reject(error);
      return;
    }
    this.#queues.delete(name);
    const now = queue.splice(0, BATCH_ENTRIES);
    if (queue.length > 0) this.#open(name, queue);
    freeze.decide(now);
  }
}

/** Runs every check on durable states and stores nothing. Rejects with ReadFailure. */
export function rehearse({ parts, actors, elaborate }: Pick<Group, 'parts' | 'actors' | 'elaborate'>): Promise<Outcome> {
  return readTogether([...actors.values()], (states, at): Outcome => {
    const decision = decideGroup(states, parts, at);
    if ('refusal' in decision) return { type: 'refused', refusal: elaborate?.(decision.refusal, at) ?? decision.refusal };
    if ('stale' in decision) return { type: 'stale' };
    return { type: 'done', calendarId: decision.answeredBy, revision: states.get(decision.answeredBy)?.revision ?? 0, event: answerOf(decision) };
  });
}

type Sent = { readonly waiting: Waiting; readonly outcome: Outcome };

/** Frozen calendars, and the decisions made on them. */
class Freeze {
  readonly #world: World;
  readonly #again: (waiting: Waiting) => void;
  readonly #frozen = new Map<string, Frozen>();
  readonly #actors = new Map<string, CalendarActor>();
  /** Sent, and not ended; in the order of decision. */
  readonly #open = new Map<Entry, Sent>();

  constructor(world: World, again: (waiting: Waiting) => void) {
    this.#world = world;
    this.#again = again;
  }

  /** `queue`: has one group at least; those that join it meanwhile are of the same calendars. */
  async begin([first]: readonly Waiting[]): Promise<void> {
    const actors = [...(first?.actors.values() ?? [])].sort((one, other) => (one.id < other.id ? -1 : 1));
    try {
      for (const actor of actors) {
        this.#actors.set(actor.id, actor);
        this.#frozen.set(actor.id, await actor.freeze((entry) => this.#open.has(entry)));
      }
    } catch (error) {
      this.#thaw('durable');
      throw error;
    }
  }

  decide(groups: readonly Waiting[]): void {
    // All are decided in this turn, before any of them can end.
    for (const waiting of groups) this.#decide(waiting);
    for (const entry of this.#open.keys()) this.#world.lane.enqueue(entry);
  }

  get #states(): CalendarStates {
    return new Map(Array.from(this.#frozen, ([id, frozen]) => [id, frozen.state()]));
  }

  #decide(waiting: Waiting): void {
    const { parts, request, isFinal, elaborate } = waiting;
    // One moment for all, no earlier than the last change of any, so a hold that ended on one has ended on all.
    const at = instant(Math.max(...Array.from(this.#frozen.values(), (frozen) => frozen.moment())));
    const expiries = this.#expire(at);
    const decision = decideGroup(this.#states, parts, at);
    const refusal = 'refusal' in decision ? (elaborate?.(decision.refusal, at) ?? decision.refusal) : undefined;
    const facts = 'eventsOf' in decision ? decision.eventsOf : new Map<string, readonly CalendarEvent[]>();
    const answer = answerFor(facts, isFinal ? refusal : undefined);
    const answeredBy = 'eventsOf' in decision ? decision.answeredBy : parts[0].calendarId;
    // The first part has the fact that answers.
    const order = [...new Set([answeredBy, ...parts.map(({ calendarId }) => calendarId)])];
    const entryParts = order.map((id) => {
      const command = parts.find(({ calendarId }) => calendarId === id)?.command;
      const typed = answer.type === 'fact' && command !== undefined ? typedWith(command) : undefined;
      return { ...this.#step(id, at, expiries.get(id) ?? [], facts.get(id) ?? []), ...(typed && { typed }) };
    });
    const entry: Entry = {
      id: this.#world.newEntryId(at),
      parts: entryParts,
      request: answer.type === 'none' ? null : request,
      answer,
      end: (end) => this.#ended(entry, end),
    };
    this.#open.set(entry, { waiting, outcome: outcomeOf(decision, refusal, entryParts) });
  }

  #expire(at: Instant): ReadonlyMap<string, readonly CalendarEvent[]> {
    const expired = new Map<string, readonly CalendarEvent[]>();
    for (const [id, frozen] of this.#frozen) {
      const due = dueExpiries(frozen.state(), at);
      if (due.length === 0) continue;
      frozen.take(due);
      expired.set(id, due);
    }
    return expired;
  }

  #step(id: string, at: Instant, expiries: readonly CalendarEvent[], facts: readonly CalendarEvent[]): EntryPart {
    const actor = this.#actors.get(id);
    const frozen = this.#frozen.get(id);
    if (actor === undefined || frozen === undefined) throw new Error(`calendar ${id} is decided and was not frozen`);
    const events = [...expiries, ...facts];
    frozen.take(facts);
    const { revision } = frozen.state();
    return events.length === 0 ? { actor, base: revision, revision, at, events } : { actor, ...frozen.step(at), at, events };
  }

  #ended(entry: Entry, end: EntryEnd): void {
    const sent = this.#open.get(entry);
    if (sent === undefined) return; // taken back in the meantime
    if (end.type === 'lost') return this.#takeBack('lost');
    this.#open.delete(entry);
    if (end.type === 'done') this.#becameDurable(entry, end.epochs);
    else this.#takeBack(end.type);
    sent.waiting.resolve(end.type === 'done' ? sent.outcome : end);
  }

  #becameDurable({ parts }: Entry, epochs: ReadonlyMap<number, number>): void {
    for (const { actor, revision, at, events } of parts) {
      if (events.length > 0) this.#frozen.get(actor.id)?.becameDurable({ revision, at, events, epoch: epochs.get(actor.shard) ?? 0 });
    }
    if (this.#open.size === 0) this.#thaw('durable');
  }

  /** One of them was not written as decided, so none after it can be. */
  #takeBack(why: Exclude<EntryEnd['type'], 'done'>): void {
    const lost = why === 'lost' ? 1 : 0;
    const again = Array.from(this.#open.values(), ({ waiting }) => ({ ...waiting, attempts: waiting.attempts + lost }));
    this.#open.clear();
    // The database refused the decision, so memory may be wrong.
    this.#thaw(why === 'poisoned' ? 'suspect' : 'taken-back');
    for (const waiting of again) this.#again(waiting);
  }

  #thaw(end: FreezeEnd): void {
    for (const frozen of this.#frozen.values()) frozen.thaw(end);
    this.#frozen.clear();
  }
}

function nameOf({ actors }: Group): string {
  return [...actors.keys()].sort().join(' ');
}

function answerFor(facts: ReadonlyMap<string, readonly CalendarEvent[]>, refusal: Refusal | undefined): EntryAnswer {
  if (refusal !== undefined) return { type: 'refusal', refusal };
  return facts.size === 0 ? { type: 'none' } : { type: 'fact' };
}

function outcomeOf(decision: GroupDecision, refusal: Refusal | undefined, [answeringPart]: readonly EntryPart[]): Outcome {
  if (refusal !== undefined) return { type: 'refused', refusal };
  if (!('eventsOf' in decision) || answeringPart === undefined) return { type: 'stale' };
  return { type: 'done', calendarId: answeringPart.actor.id, revision: answeringPart.revision, event: answerOf(decision) };
}

function answerOf({ eventsOf, answeredBy }: Extract<GroupDecision, { eventsOf: unknown }>): CalendarEvent | undefined {
  return eventsOf.get(answeredBy)?.at(-1);
}
