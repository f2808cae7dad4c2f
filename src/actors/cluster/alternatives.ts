import { type Instant, instant, MINUTE } from '../../model/instant.ts';
import { nearestSlots } from '../../model/slot-engine.ts';
import { lasting, type SlotTerms } from '../../model/slot-terms.ts';
import type { Alternative, Refusal, RefusalCode } from '../calendar/calendar.ts';
import { type CalendarState, worldOf } from '../calendar/calendar-state.ts';
import { RecentMap } from '../recent-map.ts';
import type { Candidate } from '../scheduler.ts';
import type { ActorRegistry } from './actor-registry.ts';
import type { Offer } from './choices.ts';

/** Enough to choose from, few enough to read. */
const MOST_ALTERNATIVES = 6;
const OF_THE_SAME_PERSON = 4;
const OF_EACH_OTHER = 2;
/** How many others are considered besides the requested person. */
const MOST_PEERS = 12;
/** Of what each of them could take along. */
const MOST_RESOURCES_LOOKED = 6;
/** Answers kept: five hundred callers who lose the same slot get the same answer. */
const REMEMBERED = 64;

const WITH_ALTERNATIVES: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'slot-taken',
  'outside-hours',
  'off-grid',
  'limit-reached',
  'too-soon',
  'too-far',
  'slot-in-past',
]);

export type AlternativesAsk = {
  readonly terms: SlotTerms;
  readonly startsAt: Instant;
  readonly seats: number;
  readonly ignoreClaimId: string | null;
  readonly at: Instant;
};
type Resource = { readonly resourceId: string; readonly state: CalendarState };
/** `resources`: one of them has to be free as well; null where none is needed. `minutes`: how long it takes with them; absent: as asked. */
export type Person = {
  readonly staffId: string;
  readonly state: CalendarState;
  readonly resources: readonly Resource[] | null;
  readonly minutes?: number | undefined;
};

/** The nearest free starts of the requested person and of others, from the states in this turn. */
export class Alternatives {
  readonly #remembered = new RecentMap<string, readonly Alternative[]>(REMEMBERED);

  /** The refusal with the free times of those whose calendars are in memory, where they help. */
  with(refusal: Refusal, { calendarId, staffId, peers, slot, ignoreClaimId }: Offer, registry: ActorRegistry, at: Instant): Refusal {
    const own = registry.inMemory(calendarId);
    if (!WITH_ALTERNATIVES.has(refusal.code) || own === undefined) return refusal;
    const { terms, startsAt, seats } = slot;
    const everyone = peers.flatMap((peer) => personIn(registry, peer) ?? []);
    const asked = everyone.find((person) => person.state.id === calendarId) ?? { staffId, state: own.head, resources: null };
    return { ...refusal, alternatives: this.find(asked, everyone, { terms, startsAt, seats, ignoreClaimId, at }) };
  }

  find(asked: Person, peers: readonly Person[], ask: AlternativesAsk): readonly Alternative[] {
    const people = [asked, ...peers.filter((peer) => peer.state !== asked.state).slice(0, MOST_PEERS)];
    const name = nameOf(people, ask);
    const known = this.#remembered.get(name);
    if (known !== undefined) return known;
    const found = nearest(people, ask);
    this.#remembered.set(name, found);
    return found;
  }
}

/** `undefined`: their calendar is not in memory, or none of their resources is. */
function personIn(registry: ActorRegistry, { calendarId, staffId, resources, minutes }: Candidate): Person | undefined {
  const state = registry.inMemory(calendarId)?.head;
  const present = resources?.flatMap((resource) => {
    const room = registry.inMemory(resource.calendarId);
    return room === undefined ? [] : [{ resourceId: resource.resourceId, state: room.head }];
  });
  return state === undefined || present?.length === 0 ? undefined : { staffId, state, resources: present ?? null, minutes };
}

function nearest([asked, ...peers]: readonly Person[], ask: AlternativesAsk): readonly Alternative[] {
  const { startsAt } = ask;
  const startsOf = (person: Person | undefined, limit: number): Alternative[] => {
    if (person === undefined) return [];
    if (person.resources === null) return startsWith(person, undefined, ask, limit);
    const found = new Map<Instant, Alternative>();
    for (const resource of person.resources.slice(0, MOST_RESOURCES_LOOKED))
      for (const one of startsWith(person, resource, ask, limit)) if (!found.has(one.startsAt)) found.set(one.startsAt, one);
    return [...found.values()].sort(distance).slice(0, limit);
  };
  const distance = (one: Alternative, other: Alternative) =>
    Math.abs(one.startsAt - startsAt) - Math.abs(other.startsAt - startsAt) || one.startsAt - other.startsAt;
  const same = startsOf(asked, OF_THE_SAME_PERSON);
  const others = peers.flatMap((peer) => startsOf(peer, OF_EACH_OTHER)).sort(distance);
  return [...same, ...others.slice(0, Math.max(MOST_ALTERNATIVES - same.length, OF_EACH_OTHER))].sort(distance).slice(0, MOST_ALTERNATIVES);
}

function startsWith({ staffId, state, minutes }: Person, resource: Resource | undefined, ask: AlternativesAsk, limit: number): Alternative[] {
  const terms = lasting(ask.terms, minutes);
  const { startsAt, seats, ignoreClaimId, at } = ask;
  return nearestSlots(worldOf(state, resource?.state), terms, { startsAt, now: at, seats, ignoreClaimId }, limit).map((start) => ({
    startsAt: start,
    endsAt: instant(start + terms.minutes * MINUTE),
    staffId,
    ...(resource && { resourceId: resource.resourceId }),
  }));
}

/** The same states, the same question and the same minute have the same answer. */
function nameOf(people: readonly Person[], { terms, startsAt, seats, ignoreClaimId, at }: AlternativesAsk): string {
  const name = ({ id, revision }: CalendarState) => `${id}:${revision}`;
  const states = people
    .map(({ state, resources, minutes = '' }) => `${[state, ...(resources ?? []).map((resource) => resource.state)].map(name).join('+')}/${minutes}`)
    .join(' ');
  return `${states} ${JSON.stringify(terms)} ${startsAt} ${seats} ${ignoreClaimId} ${Math.floor(at / MINUTE)}`;
}
