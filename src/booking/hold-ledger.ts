// How many live holds one person has, counted by all nodes together.
import { hash } from 'node:crypto';
import { addressGroups } from '../access/address-group.ts';
import type { Principal } from '../access/principal.ts';
import { type CounterSpace, PEOPLE_AT_ONE_ADDRESS } from '../limits/rate-limits.ts';

/**
 * How many holds one person has at once, before `RATE_LIMIT_SCALE`. A hold is a lock: without a limit one visitor could keep a whole day from everybody.
 * A customer looks at a few times before choosing one. A guest is counted by address, and a school or an office is one address: ten of them may be
 * filling in the form at the same moment, and who logs in has places of their own; yet ten half hours are no whole day. A desk keeps times
 * for everybody on the telephone and at the counter, perhaps from several screens with one login. An API key is a website or
 * a telephone robot with many customers.
 */
const MOST_AT_ONCE = { guest: 10, customer: 5, staff: 30, integration: 100 } as const;

/** Looked at to find out whether somebody who has no place left asks for a time they hold already: as many as a desk may have, and of an API key those that end first. */
const MOST_LISTED = MOST_AT_ONCE.staff;

export type Person = { readonly principal: Pick<Principal, 'userId' | 'role'> | null; readonly address: string };
/**
 * `isFull`: nothing was reserved. `held` are the holds they have, the one that ends first at the front; those of a guest may be anybody's at the address.
 * `isOfAddress`: the limit is that of everybody like them at the address, or in a network around it.
 */
export type Reserved =
  | { readonly isFull: false }
  | { readonly isFull: true; readonly limit: number; readonly isOfAddress: boolean; readonly held: readonly string[] };

/** Of a request that is under way and has no hold yet. No id of a hold looks like it. */
const UNDER_WAY = 'request:';

/** Redis' own clock, so that nodes need not agree about the time. */
const NOW = `local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)`;
const LIVE_AS_LONG_AS_THE_LAST = `for each = 1, #KEYS do
  local last = redis.call('ZRANGE', KEYS[each], -1, -1, 'WITHSCORES')
  if last[2] then redis.call('PEXPIREAT', KEYS[each], last[2]) end
end`;

const RESERVE = `${NOW}
local place, life, listed = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
for each = 1, #KEYS do redis.call('ZREMRANGEBYSCORE', KEYS[each], '-inf', now) end
if not redis.call('ZSCORE', KEYS[1], place) then
  for each = 1, #KEYS do
    if redis.call('ZCARD', KEYS[each]) >= tonumber(ARGV[3 + each]) then return {each - 1, redis.call('ZRANGE', KEYS[1], 0, listed - 1)} end
  end
  if life > 0 then for each = 1, #KEYS do redis.call('ZADD', KEYS[each], now + life, place) end end
end
${LIVE_AS_LONG_AS_THE_LAST}
return 0`;

const KEEP = `${NOW}
local holdId, life, place, own = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
for each = 1, #KEYS do
  if each <= own then
    redis.call('ZREM', KEYS[each], place)
    redis.call('ZADD', KEYS[each], now + life, holdId)
  else redis.call('ZREM', KEYS[each], holdId) end
end
${LIVE_AS_LONG_AS_THE_LAST}
return 0`;

const FORGET = `for each = 1, #KEYS do redis.call('ZREM', KEYS[each], ARGV[1]) end return 0`;

/**
 * Each person has so many places. One is reserved before a calendar is asked, becomes that of the hold when there is one, and is given back when there is none.
 * A place ends by itself with the life of its hold, so whatever is missed (a booking by other means, an answer that nobody knows) makes the count
 * wrong for no longer than that. While the shared counters do not answer a node counts what it reserves in that time in its memory: nobody
 * is refused because of what it cannot know, and each node then allows as much as all of them together do otherwise.
 */
export class HoldLedger {
  readonly #scale: number;
  readonly #shared: CounterSpace | null;
  readonly #here: HoldPlaces;

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(scale: number, shared: CounterSpace | null, now: () => number = () => performance.now()) {
    this.#scale = scale;
    this.#shared = shared;
    this.#here = new HoldPlaces(now);
  }

  /** Takes a place for this long, unless `place` has one already. With no life nothing is taken: it only says whether there is one. */
  reserve(person: Person, place: string, lifeMilliseconds: number): Reserved | Promise<Reserved> {
    const counted = countedFor(person, this.#scale);
    const here = () => reservedOf(counted, this.#here.reserve(counted, UNDER_WAY + place, lifeMilliseconds));
    if (!this.#isShared) return here();
    const words = [UNDER_WAY + digestOf(place), String(Math.ceil(lifeMilliseconds)), String(MOST_LISTED), ...counted.map(({ limit }) => String(limit))];
    return this.#ask(RESERVE, namesOf(counted), words).then((answer) => (answer === 'not-there' ? here() : reservedOf(counted, fullOf(answer))));
  }

  /** There is a hold, and it lives for so long from now. It takes the place that was reserved for it, and one beyond the limit if none was: renewing is refused to nobody. */
  keep(person: Person, holdId: string, lifeMilliseconds: number, place: string): undefined | Promise<undefined> {
    const own = namesOf(countedFor(person, this.#scale));
    const before = namesBefore(person);
    const here = (isCounted: boolean): undefined => {
      this.#here.forget(before, holdId);
      this.#here.forget(own, UNDER_WAY + place);
      if (isCounted) for (const name of own) this.#here.keep(name, holdId, lifeMilliseconds);
    };
    if (!this.#isShared) return here(true);
    const words = [holdId, String(Math.ceil(lifeMilliseconds)), UNDER_WAY + digestOf(place), String(own.length)];
    return this.#ask(KEEP, [...own, ...before], words).then((answer) => here(answer === 'not-there'));
  }

  /** What was asked for came to nothing. */
  async giveBack(person: Person, place: string): Promise<void> {
    await this.#forget(person, UNDER_WAY + place, UNDER_WAY + digestOf(place));
  }

  /** The hold is over. Who has placed it as a guest and logged in since is looked for under both. */
  async forget(person: Person, holdId: string): Promise<void> {
    await this.#forget(person, holdId, holdId);
  }

  async #forget(person: Person, memberHere: string, memberShared: string): Promise<void> {
    const names = [...namesOf(countedFor(person, this.#scale)), ...namesBefore(person)];
    this.#here.forget(names, memberHere);
    await this.#ask(FORGET, names, [memberShared]);
  }

  /** Nothing is waited for where the counters are not shared, or are known not to answer. */
  get #isShared(): boolean {
    return this.#shared?.counters.isReady === true;
  }

  /** `not-there`: the counters are not shared, or do not answer within their limit; then they may have counted all the same. */
  async #ask(script: string, names: readonly string[], words: readonly string[]): Promise<unknown> {
    if (this.#shared?.counters.isReady !== true) return 'not-there';
    const keys = names.map((name) => `${this.#shared?.namespace}:holds:${name}`);
    return this.#shared.counters.eval(script, { keys, arguments: words }).catch(() => 'not-there');
  }
}

/** What nodes share names no keys of callers. */
function digestOf(place: string): string {
  return hash('sha256', place, 'base64url');
}

type Counted = Limited & { readonly isOfAddress: boolean };

/** What a person's holds count for, the narrowest first: a guest's for the address and the networks around it; of those who are logged in also for themselves. */
function countedFor({ principal, address }: Person, scale: number): readonly Counted[] {
  const kind = kindOf(principal);
  const count = (name: string, most: number, isOfAddress: boolean) => ({ name, limit: Math.max(1, Math.floor(most * scale)), isOfAddress });
  const atAddress = (whose: string, most: number) => addressGroups(address).map(({ name, factor }) => count(`${whose}:${name}`, most * factor, true));
  if (principal === null) return atAddress('address', MOST_AT_ONCE.guest);
  const own = count(`user:${principal.userId}`, MOST_AT_ONCE[kind], false);
  // Owners make keys, and many customers are behind each.
  return kind === 'integration' ? [own] : [own, ...atAddress(`${kind}-at`, MOST_AT_ONCE[kind] * PEOPLE_AT_ONE_ADDRESS)];
}

function kindOf(principal: Person['principal']): keyof typeof MOST_AT_ONCE {
  if (principal === null) return 'guest';
  return principal.role === 'customer' || principal.role === 'integration' ? principal.role : 'staff';
}

/** The names under which a logged-in user may have placed a hold before. */
function namesBefore({ principal, address }: Person): readonly string[] {
  return principal === null ? [] : addressGroups(address).map(({ name }) => `address:${name}`);
}

function namesOf(counted: readonly Limited[]): readonly string[] {
  return counted.map(({ name }) => name);
}

/** `full`: which limit is reached, if one is. */
function reservedOf(counted: readonly Counted[], full: ReturnType<typeof fullOf>): Reserved {
  if (full === undefined) return { isFull: false };
  const held = full.has.filter((member) => !member.startsWith(UNDER_WAY));
  const { limit = 0, isOfAddress = false } = counted[full.index] ?? {};
  return { isFull: true, limit, isOfAddress, held: held.slice(0, MOST_LISTED) };
}

/** What `RESERVE` has answered. */
function fullOf(answer: unknown): { readonly index: number; readonly has: readonly string[] } | undefined {
  return Array.isArray(answer) ? { index: Number(answer[0]), has: answer[1].map(String) } : undefined;
}

/** Under what places are counted, and how many there may be. */
export type Limited = { readonly name: string; readonly limit: number };
/** The places under one name and when each ends, in the order in which they came. The first one does not end before `nextEndAt`, and all have ended `until` then. */
type Places = { readonly ends: Map<string, number>; nextEndAt: number; until: number };

/** Places that one process counts for itself. */
export class HoldPlaces {
  readonly #now: () => number;
  /** In the order of `until`, as all holds live equally long: names with nothing left are at the front, where they are found at once. */
  readonly #byName = new Map<string, Places>();
  /** No name is left with nothing before this. */
  #nextEndAt = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Which limit is reached, if one is, and what there is under the first name, the one that ends first at the front. */
  reserve(counted: readonly Limited[], member: string, lifeMilliseconds: number): { readonly index: number; readonly has: readonly string[] } | undefined {
    this.#dropEndedNames();
    const [first] = counted;
    const has = first && this.#living(first);
    if (has?.has(member)) return undefined;
    const index = counted.findIndex((one) => (this.#living(one)?.size ?? 0) >= one.limit);
    if (index >= 0) return { index, has: [...(has?.keys() ?? [])] };
    if (lifeMilliseconds > 0) for (const { name } of counted) this.keep(name, member, lifeMilliseconds);
    return undefined;
  }

  keep(name: string, member: string, lifeMilliseconds: number): void {
    const endsAt = this.#now() + lifeMilliseconds;
    const places = this.#byName.get(name) ?? { ends: new Map<string, number>(), nextEndAt: 0, until: 0 };
    const before = places.ends.get(member);
    // A hold that cannot be renewed any more keeps its end, and so its place in the order.
    if (before !== undefined && before >= endsAt) return;
    if (before !== undefined) places.ends.delete(member);
    places.ends.set(member, endsAt);
    places.until = Math.max(places.until, endsAt);
    this.#byName.delete(name);
    this.#byName.set(name, places);
  }

  forget(names: readonly string[], member: string): void {
    for (const name of names) {
      const places = this.#byName.get(name);
      if (places?.ends.delete(member) === true && places.ends.size === 0) this.#byName.delete(name);
    }
  }

  /** What is there under a name, the ended among it as long as they do not fill it. */
  #living({ name, limit }: Limited): ReadonlyMap<string, number> | undefined {
    const places = this.#byName.get(name);
    if (places === undefined) return undefined;
    const now = this.#now();
    if (now >= places.nextEndAt)
      for (const [member, endsAt] of places.ends) {
        places.nextEndAt = endsAt;
        if (endsAt > now) break;
        places.ends.delete(member);
      }
    // A hold that is being paid for lives longer than those that came after it: they have ended behind it.
    if (places.ends.size >= limit) for (const [member, endsAt] of places.ends) if (endsAt <= now) places.ends.delete(member);
    return places.ends;
  }

  #dropEndedNames(): void {
    const now = this.#now();
    if (now < this.#nextEndAt) return;
    for (const [name, { until }] of this.#byName) {
      this.#nextEndAt = until;
      if (until > now) return;
      this.#byName.delete(name);
    }
  }
}
