import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { addressGroups } from '../access/address-group.ts';
import type { Principal } from '../access/principal.ts';
import { RecentMap } from '../actors/recent-map.ts';
import { type ProblemDraft, problemOf } from '../protocol/problems.ts';

const MINUTE = { seconds: 60, name: 'a minute' } as const;
const HOUR = { seconds: 3_600, name: 'an hour' } as const;
const DAY = { seconds: 86_400, name: 'a day' } as const;
type Window = typeof MINUTE | typeof HOUR | typeof DAY;

/**
 * How often one address, one user and one API key may ask, per minute, before `RATE_LIMIT_SCALE`. A login takes a quarter of a second of a core and is what a
 * guesser wants; a claim takes a slot from others, and a hold does so for nothing; everything else is a read from memory. A visitor who
 * tries one time after the other places a hold every few seconds. A program asks for many people. Requests of Engine.IO only
 * carry messages, and are counted by address: a screen that polls asks again after every change, fifty times a second for a
 * moment, and an office has a few of them.
 */
const ALLOWANCES = {
  read: { perAddress: 1_200, perUser: 1_200, perKey: 3_000 },
  claim: { perAddress: 120, perUser: 600, perKey: 1_200 },
  hold: { perAddress: 60, perUser: 120, perKey: 600 },
  login: { perAddress: 20, perUser: 10, perKey: 10 },
  callback: { perAddress: 3_000, perUser: 3_000, perKey: 3_000 },
  feed: { perAddress: 120, perUser: 120, perKey: 120 },
  transport: { perAddress: 6_000, perUser: 6_000, perKey: 6_000 },
} as const satisfies Record<string, { readonly perAddress: number; readonly perUser: number; readonly perKey: number }>;

/**
 * What all people who are logged in at one address may do together, as so many times what one of them may: an office with a few dozen desks, and yet
 * not as much as anybody can get who registers one account after the other. Keys are made by the owner and are not counted by address.
 */
export const PEOPLE_AT_ONE_ADDRESS = 5;

/**
 * E-mails that anybody can have sent to an address they type in. To one mailbox, an hour: each fills somebody else's mailbox and ends the link of the one
 * before, so there is an end to them within the life of a link, and the last one stays good. From one visitor, an hour: an office registers in a
 * morning, and a flood does not. Of the whole installation: what a mail provider takes without asking questions, and more than a busy
 * business needs.
 */
const EMAILS = { toOneMailboxAnHour: 10, fromOneAddressAnHour: 20, inAllAnHour: 500, inAllADay: 3_000 } as const;

/**
 * Of guests who prove their mailbox. A code has six digits: a guesser is right for one hold in 200,000, and from one address less than once a year.
 * Codes are for one that is lost and one that is mistyped. What is counted by hold is no subject of `RATE_LIMIT_SCALE`, and lasts longer than a hold
 * does unless `HOLD_SECONDS` is hours.
 */
const PROOFS = { codesOfOneHold: 3, triesOfOneHold: 5, triesFromOneAddressAnHour: 50 } as const;

/** Wrong ones. People mistype a code or try last year’s; a code that is made has ten characters of 31. */
const VOUCHER_TRIES_FROM_ONE_ADDRESS_AN_HOUR = 20;

/** Limits that everybody reaches together: then nobody gets an e-mail any more, and the people who run the server have to know. */
const INSTALLATION_LIMITS = ['emails-an-hour', 'emails-a-day'] as const;
type InstallationLimit = (typeof INSTALLATION_LIMITS)[number];

/** Counters that are used up and remembered, so that refusing costs the store nothing. Of more than this those refused longest ago are asked again. */
const MOST_REMEMBERED = 10_000;

/**
 * What guests and customers may have written down from one address in a day, in bytes. What is written stays, in the log of changes and in the lists, some
 * three times over. A few thousand holds and bookings of an office are less than this.
 */
const BYTES_A_DAY = 5_000_000;

export type Allowance = keyof typeof ALLOWANCES;
/** What was allowed, and what is left of it until its window ends. */
export type Taken = {
  readonly isAllowed: boolean;
  readonly name: string;
  readonly limit: number;
  readonly window: Window;
  readonly remaining: number;
  readonly resetSeconds: number;
  /** Whether this is the first refusal by this limit that this process has met in its window. */
  readonly isNews: boolean;
};

/** Of limits that a hold has, not who asks: waiting is no help. */
export function isOfHold({ name }: Taken): boolean {
  return name === 'codes-of-hold' || name === 'proof-tries-of-hold';
}

export function isOfInstallation({ name }: Taken): boolean {
  return INSTALLATION_LIMITS.some((limit) => limit === name);
}

/** Of a caller with nothing left. */
export function problemOfTooMany({ limit, window, resetSeconds }: Taken): ProblemDraft {
  return problemOf('rate-limited', { detail: `At most ${limit} ${window.name}.`, retryAfterSeconds: resetSeconds });
}

/** What is left of an allowance, as REST says it: draft-ietf-httpapi-ratelimit-headers. */
export function allowanceHeaders({ name, limit, window, remaining, resetSeconds }: Taken): Readonly<Record<string, string>> {
  return { 'RateLimit-Policy': `"${name}";q=${limit};w=${window.seconds}`, RateLimit: `"${name}";r=${remaining};t=${resetSeconds}` };
}

/** Counters that all nodes share, in a store that runs a script on them in one step. `integrations/redis/` has it. */
export type SharedCounters = {
  /** False while it does not answer: it is not asked then. */
  readonly isReady: boolean;
  /** Rejects soon when there is no answer. */
  eval(script: string, words: { readonly keys: readonly string[]; readonly arguments: readonly string[] }): Promise<unknown>;
};
/** `namespace` keeps the counters of several installations in one store apart. */
export type CounterSpace = { readonly counters: SharedCounters; readonly namespace: string };

/** Whom a request is counted for. */
type Asker = Pick<Principal, 'userId' | 'role'>;
/** One limit that a request counts for, and under which key. */
type Count = { readonly name: string; readonly limit: number; readonly window: Window; readonly key: string };
/** What is taken of it, and for how many milliseconds it lasts. */
type State = { readonly count: Count; readonly taken: number; readonly left: number };

/**
 * Takes from several counters in one step. It stops at the first that is used up, so what is refused counts nothing in the wider ones after it: a flood
 * from one line uses up nothing of its neighbours.
 */
const TAKE = `local answer = {}
for each = 1, #KEYS do
  local limit, window = tonumber(ARGV[2 * each]), tonumber(ARGV[2 * each + 1])
  local taken = redis.call('INCRBY', KEYS[each], ARGV[1])
  local left = redis.call('PTTL', KEYS[each])
  if left < 0 then
    redis.call('PEXPIRE', KEYS[each], window)
    left = window
  end
  answer[2 * each - 1], answer[2 * each] = taken, left
  if taken > limit then break end
end
return answer`;

/**
 * Counts requests, of all nodes together where they share counters. While those do not answer, and on a node of its own, it counts in memory
 * for this process only. A guest is counted by address and by the networks around it; somebody who is logged in as that user, and with
 * everybody else who is logged in there by address; a program as its key, wherever it is.
 */
export class RateLimits {
  readonly #scale: number;
  readonly #shared: CounterSpace | null;
  readonly #here = new Map<string, RateLimiterMemory>();
  /** Until when a counter is used up, by this process's clock. */
  readonly #usedUp = new RecentMap<string, number>(MOST_REMEMBERED);

  constructor(scale: number, shared: CounterSpace | null) {
    this.#scale = scale;
    this.#shared = shared;
  }

  /**
   * Takes from the allowance of the user or the key, or of the address of a guest. `points` is what the request costs, for those whose size the asker
   * chooses; one that costs more than there is altogether takes all of it.
   */
  take(kind: Allowance, address: string, principal: Asker | null, points = 1): Promise<Taken> {
    return this.#take(this.#countsOf(kind, address, principal), points);
  }

  /** For what sends an e-mail to whatever mailbox is named, from wherever it is asked for. `mailbox` is its name by `GuestSources.mailboxOf`: counters are shared. */
  takeEmail(mailbox: string, address: string): Promise<Taken> {
    return this.#take(this.#countsOfEmail(mailbox, address), 1);
  }

  /** For an e-mail with a code that proves a mailbox. */
  takeCode(holdId: string, mailbox: string, address: string): Promise<Taken> {
    return this.#take([ofHold('codes-of-hold', holdId, PROOFS.codesOfOneHold), ...this.#countsOfEmail(mailbox, address)], 1);
  }

  /**
   * For a code that a guest has typed: only wrong ones are counted, so a request that comes twice is none more. A right one counts for nothing once
   * `remaining` is 0: it would have been guessed.
   */
  takeTry(holdId: string, address: string, isRight: boolean): Promise<Taken> {
    const fromHere = this.#countsOfAddress('proof-tries-address', address, PROOFS.triesFromOneAddressAnHour, HOUR);
    return this.#take([ofHold('proof-tries-of-hold', holdId, PROOFS.triesOfOneHold), ...fromHere], isRight ? 0 : 1);
  }

  /** For the code of a voucher as it was typed: as with `takeTry`, only wrong ones are counted, and a right one counts for nothing once `remaining` is 0. */
  takeVoucherTry(address: string, isRight: boolean): Promise<Taken> {
    return this.#take(this.#countsOfAddress('voucher-tries-address', address, VOUCHER_TRIES_FROM_ONE_ADDRESS_AN_HOUR, HOUR), isRight ? 0 : 1);
  }

  #countsOfEmail(mailbox: string, address: string): readonly Count[] {
    const { fromOneAddressAnHour, toOneMailboxAnHour, inAllAnHour, inAllADay } = EMAILS;
    const ofAll = (name: InstallationLimit, points: number, window: Window) => this.#count(name, 'all', points, window);
    return [
      ...this.#countsOfAddress('account-email-address', address, fromOneAddressAnHour, HOUR),
      this.#count('account-email-mailbox', mailbox, toOneMailboxAnHour, HOUR),
      ofAll('emails-an-hour', inAllAnHour, HOUR),
      ofAll('emails-a-day', inAllADay, DAY),
    ];
  }

  /** For what people who book online have written down, by where they are. */
  takeBytes(address: string, bytes: number): Promise<Taken> {
    return this.#take(this.#countsOfAddress('bytes-address', address, BYTES_A_DAY, DAY), bytes);
  }

  #countsOf(kind: Allowance, address: string, principal: Asker | null): readonly Count[] {
    const { perAddress, perUser, perKey } = ALLOWANCES[kind];
    if (principal === null) return this.#countsOfAddress(`${kind}-address`, address, perAddress, MINUTE);
    if (principal.role === 'integration') return [this.#count(`${kind}-key`, principal.userId, perKey, MINUTE)];
    const people = this.#countsOfAddress(`${kind}-people`, address, perUser * PEOPLE_AT_ONE_ADDRESS, MINUTE);
    return [this.#count(`${kind}-user`, principal.userId, perUser, MINUTE), ...people];
  }

  #countsOfAddress(name: string, address: string, points: number, window: Window): readonly Count[] {
    return addressGroups(address).map((group) => this.#count(name + group.suffix, group.name, points * group.factor, window));
  }

  #count(name: string, key: string, points: number, window: Window): Count {
    return { name, limit: Math.max(1, Math.floor(points * this.#scale)), window, key: `${name}:${key}` };
  }

  async #take(counts: readonly Count[], points: number): Promise<Taken> {
    // A caller over the limit is refused from memory until it resets, and costs the store nothing.
    const known = this.#firstUsedUp(counts);
    if (known !== undefined) return takenOf(known);
    const price = Math.min(points, ...counts.map(({ limit }) => limit));
    const states = (await this.#takeTogether(counts, price)) ?? (await this.#takeHere(counts, price));
    const refused = states.find(isOver);
    if (refused === undefined) return takenOf(tightest(states));
    this.#usedUp.set(refused.count.key, performance.now() + refused.left);
    return { ...takenOf(refused), isNews: true };
  }

  /** `undefined`: the counters are not shared, or do not answer within their limit; then they may have counted all the same. */
  async #takeTogether(counts: readonly Count[], price: number): Promise<readonly State[] | undefined> {
    if (this.#shared?.counters.isReady !== true) return undefined;
    const { counters, namespace } = this.#shared;
    const keys = counts.map(({ key }) => `${namespace}:limit:${key}`);
    const limits = counts.flatMap(({ limit, window }) => [String(limit), String(window.seconds * 1_000)]);
    const answer = await counters.eval(TAKE, { keys, arguments: [String(price), ...limits] }).catch(() => undefined);
    if (!Array.isArray(answer)) return undefined;
    return counts.slice(0, answer.length / 2).map((count, index) => ({ count, taken: Number(answer[2 * index]), left: Number(answer[2 * index + 1]) }));
  }

  async #takeHere(counts: readonly Count[], price: number): Promise<readonly State[]> {
    const states: State[] = [];
    for (const count of counts) {
      const { consumedPoints, msBeforeNext } = await consume(this.#counterHere(count), count.key, price);
      const state = { count, taken: consumedPoints, left: msBeforeNext };
      states.push(state);
      if (isOver(state)) break;
    }
    return states;
  }

  #counterHere({ name, limit, window }: Count): RateLimiterMemory {
    const counter = this.#here.get(name) ?? new RateLimiterMemory({ keyPrefix: '', points: limit, duration: window.seconds });
    this.#here.set(name, counter);
    return counter;
  }

  #firstUsedUp(counts: readonly Count[]): State | undefined {
    for (const count of counts) {
      const left = (this.#usedUp.get(count.key) ?? 0) - performance.now();
      if (left > 0) return { count, taken: count.limit + 1, left };
    }
    return undefined;
  }
}

function ofHold(name: 'codes-of-hold' | 'proof-tries-of-hold', holdId: string, limit: number): Count {
  return { name, limit, window: DAY, key: `${name}:${holdId}` };
}

/** The library says "no" by rejecting. */
async function consume(counter: RateLimiterMemory, key: string, points: number): Promise<RateLimiterRes> {
  try {
    return await counter.consume(key, points);
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return refusal;
    throw refusal;
  }
}

function isOver({ count, taken }: State): boolean {
  return taken > count.limit;
}

/** Of several limits that let a request through, the one that will be reached first; of equals the narrowest. */
function tightest([first, ...others]: readonly State[]): State {
  if (first === undefined) throw new Error('Nothing was counted.');
  const remaining = ({ count, taken }: State) => count.limit - taken;
  return others.reduce((least, state) => (remaining(state) < remaining(least) ? state : least), first);
}

function takenOf({ count: { name, limit, window }, taken, left }: State): Taken {
  const resetSeconds = Math.max(1, Math.ceil(left / 1_000));
  return { isAllowed: taken <= limit, name, limit, window, remaining: Math.max(0, limit - taken), resetSeconds, isNews: false };
}
