// Takes a command to the node that owns its calendar, or the first of its calendars.
//
//   ours                      decided here; where another node decides in our place and we lose to it, handed over to that node
//   another living node's     sent to it over the bus, and once more if it does not answer; then the direct path
//   nobody's, or out of reach the direct path: decided here
//   a silent node's           the direct path, but for one command a second, which shows whether it answers in time again
//
// The direct path is an ordinary decision of an ordinary actor on this node. It may lose against the owner's commits, which makes it slow,
// and is never wrong: the database compares revisions, and the request's key lets only one copy of a command take effect.
//
// A copy that was sent and not answered may still be decided. From then on a "no" counts only from the last copy, and only if it is stored
// under the key; an "ok" counts from any; an answer that leaves the key unused counts as unknown.
import { type Instant, instant } from '../../model/instant.ts';
import type { Bus } from '../bus.ts';
import { BusFailure } from '../bus.ts';
import type { Outcome } from '../calendar/work.ts';
import { CommitFailure, type Ids, type Seal, type Timers } from '../ports.ts';
import type { Directory } from './directory.ts';
import { type Channels, calendarsOfForwarded, type ForwardedCommand, type NodeMessage, type ToldOutcome } from './messages.ts';
import { shardOf } from './shard-of.ts';
import type { StandIns } from './stand-ins.ts';

/** A healthy owner answers within milliseconds, one under full load within a few hundred. Two copies and the direct path must fit into 1.5 seconds. */
const ANSWER_TO_COPY_MS = 600;
/** The first copy has been waited for by then, and it may be answered now as well. */
const ANSWER_TO_LAST_COPY_MS = 400;
const MOST_COPIES = 2;
/** An owner that has not answered in time is bypassed, except for one command in this time, which tests whether it answers again. Milliseconds. */
const PROBE_EVERY_MS = 1_000;
/** After this the caller has been told `unknown`; a copy that arrives later is not started. */
const FORWARDED_LIFE_MS = 10_000;
/** Answers "not mine" that are followed before going the direct path: a hand-over takes a few milliseconds, and two in a row are rare. */
const MOST_REDIRECTS = 8;
const REDIRECT_PAUSE_MS = 15;
/** Commands on the direct path at once; beyond that this node is overloaded. */
const MOST_DIRECT = 1_000;
/** A command that did nothing on the direct path is retried after pauses that double each time, 1.5 seconds in total. */
const DIRECT_PAUSE_MS = 50;
const DIRECT_PAUSE_MOST_MS = 800;

export type RouterOptions = {
  readonly nodeId: string;
  readonly bus: Bus | null;
  readonly channels: Channels;
  readonly directory: Directory;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly seal: Seal;
  readonly now: () => Instant;
  /** Decides on this node. `handsOver`: see `Work`. */
  readonly decideHere: (forwarded: ForwardedCommand, handsOver?: boolean) => Promise<Outcome>;
  readonly standIns: StandIns;
  /** Asks the database for the owners. */
  readonly refreshDirectory: () => Promise<void>;
  /** A message says that a calendar has reached this revision. */
  readonly onNews: (calendarId: string, revision: number) => void;
};

type Told = Extract<NodeMessage, { type: 'outcome' | 'not-owner' }>;
/** A command that was sent. `copy` is the last one sent, `open` how many of them may still be decided. */
type Sent = { readonly id: string; copy: number; open: number; hear: (told: Told) => void };

export class Router {
  readonly #options: RouterOptions;
  readonly #sent = new Map<string, Sent>();
  /** Owners that do not answer in time, and when the next command is sent to them. */
  readonly #silent = new Map<string, number>();
  #direct = 0;

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  send(forwarded: ForwardedCommand): Promise<Outcome> {
    const { directory, decideHere, bus } = this.#options;
    if (!directory.isOurs(shardFor(forwarded))) return this.#sendAway((sent) => this.#deliver(forwarded, sent));
    return bus === null ? decideHere(forwarded) : this.#decideOrHandOver(forwarded);
  }

  async #sendAway(deliver: (sent: Sent) => Promise<Outcome>): Promise<Outcome> {
    const sent: Sent = { id: this.#options.ids.next(this.#options.now()), copy: 0, open: 0, hear: () => undefined };
    this.#sent.set(sent.id, sent);
    try {
      return await deliver(sent);
    } finally {
      this.#sent.delete(sent.id);
    }
  }

  /** On a calendar of ours. What was decided here and lost did nothing, so that it can be decided elsewhere under the same key. */
  async #decideOrHandOver(forwarded: ForwardedCommand): Promise<Outcome> {
    const { decideHere, standIns } = this.#options;
    const [{ calendarId }] = forwarded.parts;
    if (standIns.of(calendarId) === undefined) {
      const outcome = await decideHere(forwarded, true);
      if (outcome.type !== 'overloaded') return outcome;
    }
    const standIn = standIns.of(calendarId);
    return standIn === undefined ? { type: 'overloaded' } : this.#sendAway((sent) => this.#handOver(forwarded, sent, standIn));
  }

  /** One copy, to the node that has decided in our place; then here, as the last copy. */
  async #handOver(forwarded: ForwardedCommand, sent: Sent, standIn: string): Promise<Outcome> {
    const told = await this.#sendCopy(forwarded, sent, standIn, true);
    if (typeof told === 'object' && told.type === 'outcome' && told.outcome.type !== 'overloaded') return this.#outcomeOf(forwarded, sent, told);
    this.#options.standIns.failed(forwarded.parts[0].calendarId);
    return this.#decideHere(forwarded, sent);
  }

  /** What another node has said. */
  hear(message: NodeMessage): void {
    if (message.type === 'outcome' || message.type === 'not-owner') this.#sent.get(message.id)?.hear(message);
  }

  async #deliver(forwarded: ForwardedCommand, sent: Sent): Promise<Outcome> {
    const { directory, nodeId } = this.#options;
    const shard = shardFor(forwarded);
    for (let redirects = 0; sent.open < MOST_COPIES && redirects < MOST_REDIRECTS; ) {
      const owner = directory.ownerOf(shard);
      if (owner === nodeId || owner === null || !this.#isInReach(owner, sent)) break;
      const told = await this.#sendCopy(forwarded, sent, owner);
      if (told === 'nobody') {
        if (!(await this.#hasMoved(shard, owner))) break;
      } else if (told === 'silence') {
        this.#silent.set(owner, this.#options.timers.monotonic() + PROBE_EVERY_MS);
        if (sent.open < MOST_COPIES) await this.#options.refreshDirectory();
      } else if (told.type === 'not-owner') {
        redirects += 1;
        await this.#follow(told, shard);
      } else return this.#outcomeOf(forwarded, sent, told);
    }
    return this.#decideHere(forwarded, sent);
  }

  async #hasMoved(shard: number, from: string): Promise<boolean> {
    await this.#options.refreshDirectory();
    return this.#options.directory.ownerOf(shard) !== from;
  }

  /** A command already sent is sent to a silent owner once more, in case only the copy was lost. */
  #isInReach(owner: string, { open }: Sent): boolean {
    const { bus, timers } = this.#options;
    if (bus?.isUp !== true) return false;
    const probeAt = this.#silent.get(owner);
    if (probeAt === undefined || open > 0) return true;
    if (probeAt > timers.monotonic()) return false;
    this.#silent.set(owner, timers.monotonic() + PROBE_EVERY_MS);
    return true;
  }

  /** `nobody`: certainly not received. `silence`: perhaps received, and not answered in time. */
  async #sendCopy(forwarded: ForwardedCommand, sent: Sent, owner: string, isHandedOver = false): Promise<Told | 'nobody' | 'silence'> {
    const { timers } = this.#options;
    const { promise, resolve } = Promise.withResolvers<Told | 'silence'>();
    sent.copy += 1;
    const { copy } = sent;
    sent.hear = (told) => {
      if (isFromAnyCopy(told) || told.copy === copy) resolve(told);
    };
    const cancel = timers.after(sent.open === 0 ? ANSWER_TO_COPY_MS : ANSWER_TO_LAST_COPY_MS, () => resolve('silence'));
    try {
      if ((await this.#publishCopy(forwarded, sent, owner, isHandedOver)) === 'nobody') return 'nobody';
      sent.open += 1;
      const told = await promise;
      if (told === 'silence') return told;
      this.#silent.delete(owner);
      sent.open -= 1;
      return told;
    } finally {
      cancel();
    }
  }

  async #publishCopy(forwarded: ForwardedCommand, { id, copy }: Sent, to: string, isHandedOver: boolean): Promise<'nobody' | 'perhaps'> {
    const { bus, channels, directory, now, nodeId, seal } = this.#options;
    const { epoch } = directory.rowOf(shardFor(forwarded));
    const deadlineAt = instant(now() + FORWARDED_LIFE_MS);
    const handing = isHandedOver ? { isHandedOver } : {};
    const message: NodeMessage = {
      type: 'forwarded-command',
      ...handing,
      from: nodeId,
      id,
      copy,
      epoch,
      deadlineAt,
      forwarded: seal.seal(JSON.stringify(forwarded)),
    };
    try {
      return (await bus?.publish(channels.node(to), JSON.stringify(message))) === 0 ? 'nobody' : 'perhaps';
    } catch (failure) {
      if (!(failure instanceof BusFailure)) throw failure;
      return 'perhaps';
    }
  }

  /** This copy did nothing, as if it had not been sent. A node that has just been given a shard may not know it yet. */
  async #follow({ row }: Extract<Told, { type: 'not-owner' }>, shard: number): Promise<void> {
    const { directory, timers, refreshDirectory } = this.#options;
    const { epoch } = directory.rowOf(shard);
    directory.learn([row]);
    if (directory.rowOf(shard).epoch > epoch) return;
    await refreshDirectory();
    if (directory.rowOf(shard).epoch === epoch) await new Promise<void>((resolve) => timers.after(REDIRECT_PAUSE_MS, resolve));
  }

  #outcomeOf(forwarded: ForwardedCommand, sent: Sent, { outcome, revisions }: Extract<Told, { type: 'outcome' }>): Outcome {
    for (const [index, calendarId] of calendarsOfForwarded(forwarded).entries()) this.#options.onNews(calendarId, revisions[index] ?? 0);
    const heard = outcomeOf(outcome);
    return sent.open > 0 ? considering(forwarded, heard) : heard;
  }

  /** This node owns it, or no other node answers. The last copy is decided here; an "ok" of an earlier one may still arrive first. */
  async #decideHere(forwarded: ForwardedCommand, sent: Sent): Promise<Outcome> {
    if (this.#direct >= MOST_DIRECT) return sent.open > 0 ? { type: 'unknown' } : { type: 'overloaded' };
    this.#direct += 1;
    try {
      if (sent.open === 0) return await this.#decideAgain(forwarded);
      const elsewhere = Promise.withResolvers<Outcome>();
      sent.hear = (told) => {
        if (told.type === 'outcome' && isFromAnyCopy(told)) elsewhere.resolve(outcomeOf(told.outcome));
      };
      const decided = this.#decideAgain(forwarded);
      return await Promise.race([decided.then((outcome) => considering(forwarded, outcome)), elsewhere.promise]);
    } finally {
      this.#direct -= 1;
    }
  }

  /** If the owner also decides, this node may lose several times in a row; a moment later it may win. */
  async #decideAgain(forwarded: ForwardedCommand): Promise<Outcome> {
    const { decideHere, timers } = this.#options;
    for (let pause = DIRECT_PAUSE_MS; ; pause *= 2) {
      const outcome = await decideHere(forwarded);
      if (outcome.type !== 'overloaded' || pause > DIRECT_PAUSE_MOST_MS) return outcome;
      await new Promise<void>((resolve) => timers.after(pause, resolve));
    }
  }
}

/** The owner of the first calendar is asked to decide for all of them. */
function shardFor({ parts: [{ calendarId }] }: ForwardedCommand): number {
  return shardOf(calendarId);
}

/** An "ok", or the stored answer of a key, counts from any copy. */
function isFromAnyCopy(told: Told): boolean {
  return told.type === 'outcome' && (told.outcome.type === 'done' || told.outcome.type === 'duplicate');
}

/**
 * The outcome of the last copy while an earlier one may still be decided under a key that this one left unused. Not so where others are asked after a
 * refusal: the last of them uses the key up, or its asker says `unknown`.
 */
function considering({ isFinal, oneOf }: ForwardedCommand, outcome: Outcome): Outcome {
  const leavesKeyUnused = outcome.type === 'overloaded' || outcome.type === 'stale' || (outcome.type === 'refused' && !isFinal && oneOf === undefined);
  return leavesKeyUnused ? { type: 'unknown' } : outcome;
}

/** In the form that nodes send to each other. */
export function toldOf(outcome: Exclude<Outcome, { type: 'unknown' }>): ToldOutcome {
  if (outcome.type !== 'poisoned') return outcome;
  const { message, sqlState, constraint } = outcome.failure;
  return { type: 'poisoned', message, sqlState, constraint };
}

function outcomeOf(told: ToldOutcome): Outcome {
  if (told.type !== 'poisoned') return told;
  const { message, sqlState, constraint } = told;
  return { type: 'poisoned', failure: new CommitFailure(message, { definite: true, sqlState, constraint }) };
}
