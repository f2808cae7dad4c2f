import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { addressGroup } from '../../accounts/address-group.ts';

const MINUTE_SECONDS = 60;

/**
 * How often one address and one user may ask, per minute, before `RATE_LIMIT_SCALE`. A login takes a hundred milliseconds of a core and is what a
 * guesser wants; a claim takes a slot from others; everything else is a read from memory.
 */
const ALLOWANCES = {
  read: { perAddress: 1_200, perUser: 1_200 },
  claim: { perAddress: 120, perUser: 600 },
  login: { perAddress: 20, perUser: 10 },
} as const satisfies Record<string, { readonly perAddress: number; readonly perUser: number }>;

export type Allowance = keyof typeof ALLOWANCES;
export type Taken = { readonly isAllowed: boolean; readonly name: string; readonly limit: number; readonly remaining: number; readonly resetSeconds: number };

/** Counters that all nodes share, in a store that runs a script on them in one step. `integrations/redis/` has it. */
export type SharedCounters = {
  /** False while it does not answer: it is not asked then. */
  readonly isReady: boolean;
  /** Rejects soon when there is no answer. */
  eval(script: string, words: { readonly keys: readonly string[]; readonly arguments: readonly string[] }): Promise<unknown>;
};
/** `namespace` keeps the counters of several installations in one store apart. */
export type CounterSpace = { readonly counters: SharedCounters; readonly namespace: string };

type Limiter = { readonly name: string; readonly limit: number; readonly counter: RateLimiterMemory | RateLimiterRedis };

/**
 * Counts requests, of all nodes together where they share counters. While those do not answer, and on a node of its own, it counts in memory
 * for this process only. Somebody who is logged in is counted as that user, wherever they are; everybody else by address.
 */
export class RateLimits {
  readonly #limiters: { readonly [kind in Allowance]: { readonly address: Limiter; readonly user: Limiter } };

  constructor(scale: number, shared: CounterSpace | null) {
    this.#limiters = { read: pair('read', scale, shared), claim: pair('claim', scale, shared), login: pair('login', scale, shared) };
  }

  /** Takes one from the allowance of the user, or of the address if nobody is logged in. */
  take(kind: Allowance, address: string, userId: string | null): Promise<Taken> {
    return userId === null ? takeFrom(this.#limiters[kind].address, addressGroup(address)) : takeFrom(this.#limiters[kind].user, userId);
  }

  /** For what sends a letter: an e-mail address has an allowance too, whatever addresses it is asked for from. Logins have their own way to wait: `accounts/failed-logins.ts`. */
  takeForAccount(email: string): Promise<Taken> {
    return takeFrom(this.#limiters.login.user, email);
  }
}

function pair(kind: Allowance, scale: number, shared: CounterSpace | null): { readonly address: Limiter; readonly user: Limiter } {
  const { perAddress, perUser } = ALLOWANCES[kind];
  return { address: limiter(`${kind}-address`, perAddress * scale, shared), user: limiter(`${kind}-user`, perUser * scale, shared) };
}

function limiter(name: string, points: number, shared: CounterSpace | null): Limiter {
  const limit = Math.max(1, Math.floor(points));
  const memory = new RateLimiterMemory({ keyPrefix: name, points: limit, duration: MINUTE_SECONDS });
  if (shared === null) return { name, limit, counter: memory };
  const counter = new RateLimiterRedis({
    storeClient: shared.counters,
    useRedisPackage: true, // how it calls `eval`
    rejectIfRedisNotReady: true,
    keyPrefix: `${shared.namespace}:limit:${name}`,
    points: limit,
    duration: MINUTE_SECONDS,
    insuranceLimiter: memory,
    // Whoever has used up their allowance is refused from memory until it is renewed, and costs the store nothing.
    inMemoryBlockOnConsumed: limit,
  });
  return { name, limit, counter };
}

async function takeFrom({ name, limit, counter }: Limiter, key: string): Promise<Taken> {
  try {
    return taken(name, limit, true, await counter.consume(key));
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return taken(name, limit, false, refusal); // the library says "no" by rejecting
    throw refusal;
  }
}

function taken(name: string, limit: number, isAllowed: boolean, state: RateLimiterRes): Taken {
  return { isAllowed, name, limit, remaining: Math.max(0, state.remainingPoints), resetSeconds: Math.max(1, Math.ceil(state.msBeforeNext / 1_000)) };
}
