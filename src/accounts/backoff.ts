// How long somebody waits after failed logins. Pure.
import { type Instant, instant, MINUTE, SECOND } from '../model/instant.ts';

/** What is known of an account or an address. An attempt that is under way counts as failed until it has succeeded. */
export type Failures = { readonly count: number; readonly lastAt: Instant; readonly blockedUntil: Instant };

export type Backoff = {
  /** So many failures are forgiven without a wait. */
  readonly free: number;
  /** The first wait is a second, each one after it twice as long, up to this many milliseconds. */
  readonly longestWait: number;
  /** After this many milliseconds without an attempt one failure is forgotten, after twice as many two. Not less than the longest wait, which could not be reached otherwise. */
  readonly forgetsEvery: number;
};

/** Somebody who mistypes does so five times; a guesser gets one guess a minute, and a person who is attacked waits no longer than that. */
export const ACCOUNT_BACKOFF: Backoff = { free: 5, longestWait: MINUTE, forgetsEvery: 10 * MINUTE };
/** A whole office may be behind one address; a guesser who goes through many accounts is, too, and nobody is locked out of an account by it. */
export const ADDRESS_BACKOFF: Backoff = { free: 20, longestWait: 5 * MINUTE, forgetsEvery: 5 * MINUTE };
/**
 * Codes have six digits, so someone who knows the password must get few guesses: a hundred a day, which means one chance in 3,500 of being
 * right a day. Only somebody with the password can make others wait for it.
 */
export const CODE_BACKOFF: Backoff = { free: 5, longestWait: 15 * MINUTE, forgetsEvery: 15 * MINUTE };

/** Where a rate limit is scaled, so is what is forgiven. */
export function scaled(backoff: Backoff, scale: number): Backoff {
  return { ...backoff, free: Math.max(1, Math.floor(backoff.free * scale)) };
}

/** Milliseconds until the next attempt is looked at; 0 is now. */
export function waitOf(known: Failures | undefined, at: Instant): number {
  return Math.max(0, (known?.blockedUntil ?? 0) - at);
}

/** One more attempt; what is said of the next one is in `blockedUntil`. */
export function attempted(known: Failures | undefined, backoff: Backoff, at: Instant): Failures {
  // Beyond the longest wait nothing is counted, or what is forgotten would take as long as the attack has lasted.
  const most = backoff.free + 1 + Math.ceil(Math.log2(backoff.longestWait / SECOND));
  const count = Math.min(remembered(known, backoff, at) + 1, most);
  const wait = count <= backoff.free ? 0 : Math.min(backoff.longestWait, SECOND * 2 ** (count - backoff.free - 1));
  // Without a wait not even until now: of several at once, one that began a moment earlier may be counted later.
  return { count, lastAt: at, blockedUntil: instant(wait === 0 ? 0 : at + wait) };
}

/** Whether one more failure is the first that makes wait. Those after it belong to the same lock-out, until enough is forgotten. */
export function isLockOut(known: Failures | undefined, backoff: Backoff, at: Instant): boolean {
  return remembered(known, backoff, at) === backoff.free;
}

/** An attempt that has succeeded after all. */
export function succeeded(known: Failures): Failures {
  return { ...known, count: Math.max(0, known.count - 1), blockedUntil: instant(0) };
}

/** An attempt that does not count after all, as nothing was guessed. Others that were made meanwhile make wait as they did. */
export function takenBack(known: Failures, at: Instant): Failures {
  return { ...known, count: Math.max(0, known.count - 1), blockedUntil: known.lastAt === at ? instant(0) : known.blockedUntil };
}

function remembered(known: Failures | undefined, { forgetsEvery }: Backoff, at: Instant): number {
  if (known === undefined) return 0;
  return Math.max(0, known.count - Math.floor(Math.max(0, at - known.lastAt) / forgetsEvery));
}
