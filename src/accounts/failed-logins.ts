import { createHash } from 'node:crypto';
import { type Instant, SECOND } from '../model/instant.ts';
import { addressGroup } from './address-group.ts';
import { ACCOUNT_PATIENCE, ADDRESS_PATIENCE, attempted, type Failures, type Patience, scaled, succeeded, waitOf } from './patience.ts';

type Known = readonly (Failures | undefined)[];

export type FailureStore = {
  /** Keeps what `change` makes of what is known of these subjects, in their order, while everybody else who asks about them waits. Returns what was known before. */
  changeFailures(subjects: readonly string[], change: (known: Known) => Known): Promise<Known>;
};

export type LockedOut = { readonly lockedForSeconds: number };
/** Of whom, from where, and from where they have logged in before. */
export type Claim = { readonly email: string; readonly address: string; readonly usualAddresses: readonly string[] };
/** An attempt that may go on. */
export type Attempt = { readonly account: string; readonly address: string };

/**
 * Counts failed logins of an account, whatever addresses they come from, and of an address, whatever accounts they try; after a few each waits for
 * the other. Nobody who knows an e-mail address can lock its owner out with that: from an address the owner has logged in from before, failures
 * are counted on their own. Addresses without an account are counted like others, so that a wait says nothing.
 */
export class FailedLogins {
  readonly #store: FailureStore;
  readonly #now: () => Instant;
  readonly #patience: readonly [Patience, Patience];

  constructor(store: FailureStore, now: () => Instant, scale: number) {
    this.#store = store;
    this.#now = now;
    this.#patience = [scaled(ACCOUNT_PATIENCE, scale), scaled(ADDRESS_PATIENCE, scale)];
  }

  /** Counts the attempt before it is looked at, so that many at once are not free. One that has to wait is not counted, and makes nobody wait longer. */
  async begin({ email, address, usualAddresses }: Claim): Promise<Attempt | LockedOut> {
    const group = addressGroup(address);
    const isUsual = address !== '' && usualAddresses.some((usual) => addressGroup(usual) === group);
    const attempt = { account: subjectOf(isUsual ? ['account', email, group] : ['account', email]), address: subjectOf(['address', group]) };
    const at = this.#now();
    const wait = (known: Known) => Math.max(...known.map((failures) => waitOf(failures, at)));
    const [accountPatience, addressPatience] = this.#patience;
    const known = await this.#store.changeFailures([attempt.account, attempt.address], (now) =>
      wait(now) > 0 ? now : [attempted(now[0], accountPatience, at), attempted(now[1], addressPatience, at)],
    );
    return wait(known) > 0 ? { lockedForSeconds: Math.ceil(wait(known) / SECOND) } : attempt;
  }

  /** The password was right: the account's failures are forgotten, and of the address's only this one, which was none. */
  async succeeded({ account, address }: Attempt): Promise<void> {
    await this.#store.changeFailures([account, address], ([_, ofAddress]) => [undefined, ofAddress && succeeded(ofAddress)]);
  }

  /** Somebody has shown in another way that the account is theirs. */
  async forget(email: string): Promise<void> {
    await this.#store.changeFailures([subjectOf(['account', email])], () => [undefined]);
  }
}

/** A hash: a table of e-mail addresses that somebody tried is worth nothing to us, and something to others. */
function subjectOf(words: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('base64url');
}
