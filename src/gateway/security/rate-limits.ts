import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

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

type Limiter = { readonly name: string; readonly limit: number; readonly memory: RateLimiterMemory };

/** Counts requests in memory, of this process only. Somebody who is logged in is counted as that user, wherever they are; everybody else by address. */
export class RateLimits {
  readonly #limiters: { readonly [kind in Allowance]: { readonly address: Limiter; readonly user: Limiter } };

  constructor(scale: number) {
    this.#limiters = { read: pair('read', scale), claim: pair('claim', scale), login: pair('login', scale) };
  }

  /** Takes one from the allowance of the user, or of the address if nobody is logged in. */
  take(kind: Allowance, address: string, userId: string | null): Promise<Taken> {
    return userId === null ? takeFrom(this.#limiters[kind].address, addressGroup(address)) : takeFrom(this.#limiters[kind].user, userId);
  }

  /** For a login: the account that is tried has an allowance too, whatever addresses it is tried from. */
  takeForAccount(email: string): Promise<Taken> {
    return takeFrom(this.#limiters.login.user, email);
  }
}

function pair(kind: Allowance, scale: number): { readonly address: Limiter; readonly user: Limiter } {
  return { address: limiter(`${kind}-address`, ALLOWANCES[kind].perAddress * scale), user: limiter(`${kind}-user`, ALLOWANCES[kind].perUser * scale) };
}

function limiter(name: string, points: number): Limiter {
  const limit = Math.max(1, Math.floor(points));
  return { name, limit, memory: new RateLimiterMemory({ keyPrefix: name, points: limit, duration: MINUTE_SECONDS }) };
}

async function takeFrom({ name, limit, memory }: Limiter, key: string): Promise<Taken> {
  try {
    return taken(name, limit, true, await memory.consume(key));
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return taken(name, limit, false, refusal); // the library says "no" by rejecting
    throw refusal;
  }
}

function taken(name: string, limit: number, isAllowed: boolean, state: RateLimiterRes): Taken {
  return { isAllowed, name, limit, remaining: Math.max(0, state.remainingPoints), resetSeconds: Math.max(1, Math.ceil(state.msBeforeNext / 1_000)) };
}

/** One customer line often has a whole IPv6 /64, so that is what is counted. */
function addressGroup(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address;
  return address.split('::')[0]?.split(':').slice(0, 4).join(':') ?? address;
}
