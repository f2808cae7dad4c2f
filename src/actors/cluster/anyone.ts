// Claims that several could take. Each is decided where the calendars are, for the first of them in order that can: every candidate is asked once at
// most, so that there is a definite answer whatever others take meanwhile.
//
// The candidates of one node are one command for it. It decides for the first one that its newest states say is free, in the same turn, so claims are
// decided in the order in which they came. A candidate that refuses is out. Where none looks free, those that may be free after all, because what took
// their time is not durable yet, are asked one by one.
//
// Where the candidates are of several nodes, one node after the other is asked, and only the last may write the "no" down.
import type { Instant } from '../../model/instant.ts';
import type { CalendarActor } from '../calendar/actor.ts';
import { calendarsOfClaim } from '../calendar/calendars-of.ts';
import { decideGroup } from '../calendar/decide-group.ts';
import type { Parts } from '../calendar/group.ts';
import { readTogether } from '../calendar/read-together.ts';
import type { Outcome } from '../calendar/work.ts';
import type { ActorRegistry } from './actor-registry.ts';
import { type Claim, canTake, choicesOf, inOrder, isTaken, type Present, partsOf, presentAmong, reasonAmong } from './choices.ts';

/** Asks the calendars of one choice. `isFinal`: a refusal is stored under the key. */
type AskChoice = (choice: Present, isFinal: boolean) => Promise<Outcome>;
/** Has the node that decides for `first` decide for one of these calendars. */
type AskOwner = (first: Present, among: readonly string[], isFinal: boolean) => Promise<Outcome>;
type World = {
  readonly registry: ActorRegistry;
  readonly now: () => Instant;
  /** The living node that owns the calendar; null if there is none. */
  readonly ownerOf: (calendarId: string) => string | null;
  /** Brings calendars of other nodes up to the state of the database. */
  readonly refresh: (calendarIds: readonly string[]) => Promise<void>;
};

export class Anyone {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Takes a claim to the owners of its candidates. `no-one`: none of them exists. */
  async ask(claim: Claim, askOwner: AskOwner): Promise<Outcome | 'no-one'> {
    using present = await this.#present(claim);
    const choices = present.of(choicesOf(claim.ask));
    const owners = await this.#ownersToAsk(claim, choices);
    let isUndecided = false;
    for (const [number, own] of owners.entries()) {
      const [first] = own;
      if (first === undefined) continue;
      const isFinal = number === owners.length - 1 && !isUndecided;
      const outcome = await askOwner(first, [...new Set(own.map(({ calendarId }) => calendarId))], isFinal);
      if (isFinal) return outcome;
      if (outcome.type === 'overloaded' || outcome.type === 'stale') isUndecided = true;
      else if (outcome.type !== 'refused') return outcome;
    }
    // No "no" is stored, so a copy that an owner has not decided yet may still succeed.
    return isUndecided ? { type: 'unknown' } : 'no-one';
  }

  /**
   * The choices of each owner, in the order in which owners are asked: first those of whom one looks free. Owners whose candidates cannot take it for
   * another reason than a taken time come before the last of the others, who tells that it is taken. Where none looks free, only those are asked before
   * that one of whom there is no definite "no".
   */
  async #ownersToAsk(claim: Claim, choices: readonly Present[]): Promise<readonly (readonly Present[])[]> {
    const { registry, now, ownerOf } = this.#world;
    const at = now();
    const ordered = inOrder(claim, choices);
    const free = new Set(ordered.filter((choice) => canTake(registry, claim, choice, at)));
    const isFree = (choice: Present) => free.has(choice);
    const freeFirst = [...free, ...ordered.filter((choice) => !isFree(choice))];
    const owners = [...Map.groupBy(freeFirst, (choice) => ownerOf(partsOf(claim, choice)[0].calendarId)).values()];
    if (owners.length < 2) return owners;
    const isHopeful = (own: readonly Present[]) => own.some((choice) => isFree(choice) || isTaken(registry, partsOf(claim, choice), at));
    const last = owners.findLast(isHopeful) ?? owners.at(-1) ?? [];
    const others = owners.filter((own) => own !== last);
    if (free.size === 0) {
      const unsure = new Set(await this.#unsure(claim, others.flat()));
      return [...others.map((own) => own.filter((choice) => unsure.has(choice))).filter((own) => own.length > 0), last];
    }
    const isLastNeeded = last.some(isFree) && others.some((own) => !isHopeful(own));
    return [...others.filter(isHopeful), ...(isLastNeeded ? [last] : []), ...others.filter((own) => !isHopeful(own)), last];
  }

  /** Decides for the first that can, of choices whose calendars are decided here. */
  async decide(claim: Claim, among: readonly string[], isFinal: boolean, askChoice: AskChoice): Promise<Outcome | 'no-one'> {
    using present = await this.#present(claim);
    let open = present.of(choicesOf(claim.ask)).filter(({ calendarId }) => among.includes(calendarId));
    for (let free = this.#free(claim, open); free !== undefined && open.length > 1; free = this.#free(claim, open)) {
      const chosen = free;
      const outcome = await askChoice(chosen, false);
      if (outcome.type !== 'refused') return outcome;
      open = open.filter((choice) => choice !== chosen);
    }
    const last = reasonAmong(this.#world.registry, claim, inOrder(claim, open), this.#world.now());
    if (last === undefined) return 'no-one';
    for (const choice of await this.#unsure(
      claim,
      open.filter((other) => other !== last),
    )) {
      const outcome = await askChoice(choice, false);
      if (outcome.type !== 'refused') return outcome;
    }
    return await askChoice(last, isFinal);
  }

  /** The first in order that can take it, by the newest states. */
  #free(claim: Claim, open: readonly Present[]): Present | undefined {
    const at = this.#world.now();
    return inOrder(claim, open).find((choice) => canTake(this.#world.registry, claim, choice, at));
  }

  /** Those of whom there is no definite "no", decided on durable states. */
  async #unsure(claim: Claim, choices: readonly Present[]): Promise<readonly Present[]> {
    const { registry, refresh } = this.#world;
    const parts = choices.map((choice) => partsOf(claim, choice));
    await refresh([...new Set(parts.flatMap((each) => each.map(({ calendarId }) => calendarId)))]);
    const refusals = await Promise.all(parts.map((each) => readTogether(actorsOf(registry, each), (states, at) => 'refusal' in decideGroup(states, each, at))));
    return choices.filter((_, number) => refusals[number] !== true);
  }

  /** All that could be asked, and what a move leaves, in memory until this is disposed. */
  async #present(claim: Claim): ReturnType<typeof presentAmong> {
    const left = claim.type === 'move' ? calendarsOfClaim(claim.appointment) : [];
    return presentAmong(this.#world.registry, claim.ask, left);
  }
}

/** Of calendars that are kept in memory. */
function actorsOf(registry: ActorRegistry, parts: Parts): readonly CalendarActor[] {
  return parts.map(({ calendarId }) => {
    const actor = registry.inMemory(calendarId);
    if (actor === undefined) throw new Error(`calendar ${calendarId} is kept in memory and is not there`);
    return actor;
  });
}
