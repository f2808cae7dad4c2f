import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { addressGroup } from '../../accounts/address-group.ts';
import type { Principal } from '../../accounts/principal.ts';
import { type ProblemDraft, problemOf } from '../../protocol/problems.ts';

const MINUTE = { seconds: 60, name: 'a minute' } as const;
const HOUR = { seconds: 3_600, name: 'an hour' } as const;
type Window = typeof MINUTE | typeof HOUR;

/**
 * How often one address, one user and one API key may ask, per minute, before `RATE_LIMIT_SCALE`. A login takes a hundred milliseconds of a core and is what a
 * guesser wants; a claim takes a slot from others, and a hold does so for nothing; everything else is a read from memory. A visitor who
 * tries one time after the other places a hold every few seconds. A program asks for many people.
 */
const ALLOWANCES = {
  read: { perAddress: 1_200, perUser: 1_200, perKey: 3_000 },
  claim: { perAddress: 120, perUser: 600, perKey: 1_200 },
  hold: { perAddress: 60, perUser: 120, perKey: 600 },
  login: { perAddress: 20, perUser: 10, perKey: 10 },
} as const satisfies Record<string, { readonly perAddress: number; readonly perUser: number; readonly perKey: number }>;

/**
 * Letters that anybody can have sent to one e-mail address, an hour. They fill somebody else's mailbox, and each ends the link of the one
 * before: so there is an end to them within the life of a link, and the last one stays good.
 */
const LETTERS_AN_HOUR = 10;

export type Allowance = keyof typeof ALLOWANCES;
/** What was allowed, and what is left of it until its window ends. */
export type Taken = {
  readonly isAllowed: boolean;
  readonly name: string;
  readonly limit: number;
  readonly window: Window;
  readonly remaining: number;
  readonly resetSeconds: number;
};

/** Of whoever has nothing left. */
export function problemOfTooMany({ limit, window, resetSeconds }: Taken): ProblemDraft {
  return problemOf('rate-limited', { detail: `At most ${limit} ${window.name}.`, retryAfterSeconds: resetSeconds });
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
type Limiters = { readonly address: Limiter; readonly user: Limiter; readonly key: Limiter };
type Limiter = { readonly name: string; readonly limit: number; readonly window: Window; readonly counter: RateLimiterMemory | RateLimiterRedis };

/**
 * Counts requests, of all nodes together where they share counters. While those do not answer, and on a node of its own, it counts in memory
 * for this process only. Somebody who is logged in is counted as that user and a program as its key, wherever they are; everybody else by address.
 */
export class RateLimits {
  readonly #limiters: { readonly [kind in Allowance]: Limiters };
  readonly #letters: Limiter;

  constructor(scale: number, shared: CounterSpace | null) {
    const of = (kind: Allowance) => limitersOf(kind, scale, shared);
    this.#limiters = { read: of('read'), claim: of('claim'), hold: of('hold'), login: of('login') };
    this.#letters = limiter('letter-email', LETTERS_AN_HOUR * scale, HOUR, shared);
  }

  /** Takes one from the allowance of the user or the key, or of the address of a guest. */
  take(kind: Allowance, address: string, principal: Asker | null): Promise<Taken> {
    const { address: ofAddress, user, key } = this.#limiters[kind];
    if (principal === null) return takeFrom(ofAddress, addressGroup(address));
    return takeFrom(principal.role === 'integration' ? key : user, principal.userId);
  }

  /** For what sends a letter to whatever e-mail address is named, from wherever it is asked for. */
  takeLetter(email: string): Promise<Taken> {
    return takeFrom(this.#letters, email);
  }
}

function limitersOf(kind: Allowance, scale: number, shared: CounterSpace | null): Limiters {
  const { perAddress, perUser, perKey } = ALLOWANCES[kind];
  const one = (whose: string, points: number) => limiter(`${kind}-${whose}`, points * scale, MINUTE, shared);
  return { address: one('address', perAddress), user: one('user', perUser), key: one('key', perKey) };
}

function limiter(name: string, points: number, window: Window, shared: CounterSpace | null): Limiter {
  const limit = Math.max(1, Math.floor(points));
  const memory = new RateLimiterMemory({ keyPrefix: name, points: limit, duration: window.seconds });
  if (shared === null) return { name, limit, window, counter: memory };
  const counter = new RateLimiterRedis({
    storeClient: shared.counters,
    useRedisPackage: true, // how it calls `eval`
    rejectIfRedisNotReady: true,
    keyPrefix: `${shared.namespace}:limit:${name}`,
    points: limit,
    duration: window.seconds,
    insuranceLimiter: memory,
    // Whoever has used up their allowance is refused from memory until it is renewed, and costs the store nothing.
    inMemoryBlockOnConsumed: limit,
  });
  return { name, limit, window, counter };
}

async function takeFrom(limiter: Limiter, key: string): Promise<Taken> {
  try {
    return taken(limiter, true, await limiter.counter.consume(key));
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return taken(limiter, false, refusal); // the library says "no" by rejecting
    throw refusal;
  }
}

function taken({ name, limit, window }: Limiter, isAllowed: boolean, state: RateLimiterRes): Taken {
  const resetSeconds = Math.max(1, Math.ceil(state.msBeforeNext / 1_000));
  return { isAllowed, name, limit, window, remaining: Math.max(0, state.remainingPoints), resetSeconds };
}
