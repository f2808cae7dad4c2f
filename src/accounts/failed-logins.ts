import { createHash } from 'node:crypto';
import { addressGroup, addressGroups } from '../access/address-group.ts';
import { type Instant, SECOND } from '../model/instant.ts';
import type { User, Visit } from './account.ts';
import { type LockedOutSubject, loginLockedOut } from './account-entries.ts';
import type { AccountStore, KnownFailures } from './account-store-port.ts';
import { ACCOUNT_BACKOFF, ADDRESS_BACKOFF, attempted, type Backoff, CODE_BACKOFF, isLockOut, scaled, succeeded, takenBack, waitOf } from './backoff.ts';

export type LockedOut = { readonly lockedForSeconds: number };
/** Of whom, from where, and from where they have logged in before. `device`: that of a ticket which shows that they have logged in with it. */
export type Claim = { readonly email: string; readonly address: string; readonly usualAddresses: readonly string[]; readonly device?: string | undefined };
/** An attempt that may go on. `locksOut`: who has to wait from now on if it fails, and did not before. */
export type Attempt = { readonly account: string; readonly addresses: readonly string[]; readonly at: Instant; readonly locksOut: readonly LockedOutSubject[] };

/**
 * Counts failed logins of an account, whatever addresses they come from, and of an address, whatever accounts they try; after a few each waits for
 * the other. Nobody who knows an e-mail address can lock its owner out with that of a device or an address they have logged in from before: failures
 * there are counted on their own, those of a device for nothing else. Addresses without an account are counted like others, so that a wait says nothing.
 */
export class FailedLogins {
  readonly #store: AccountStore;
  readonly #now: () => Instant;
  readonly #backoff: { readonly account: Backoff; readonly address: Backoff; readonly code: Backoff };

  constructor(store: AccountStore, now: () => Instant, scale: number) {
    this.#store = store;
    this.#now = now;
    this.#backoff = { account: scaled(ACCOUNT_BACKOFF, scale), address: scaled(ADDRESS_BACKOFF, scale), code: scaled(CODE_BACKOFF, scale) };
  }

  /** Counts the attempt before it is looked at, so that many at once are not free. One that has to wait is not counted, and makes nobody wait longer. */
  async begin(claim: Claim): Promise<Attempt | LockedOut> {
    const { account: accountBackoff, address: addressBackoff } = this.#backoff;
    const [account, at] = [accountSubject('account', claim), this.#now()];
    // With a ticket what others do at the same address is not the owner's to wait for.
    const groups = claim.device === undefined ? addressGroups(claim.address) : [];
    const addresses = groups.map(({ name }) => subjectOf(['address', name]));
    const ofAddresses = groups.map(({ factor }, index) => ({ subject: addresses[index] ?? '', backoff: scaled(addressBackoff, factor) }));
    const counted = [{ subject: account, backoff: accountBackoff }, ...ofAddresses];
    const known = await this.#count(counted, at);
    if ('lockedForSeconds' in known) return known;
    const subjects: readonly LockedOutSubject[] = [{ kind: 'login', id: account }, ...groups.map(({ name }) => ({ kind: 'address' as const, id: name }))];
    const locksOut = subjects.filter((_, index) => isLockOut(known[index], counted[index]?.backoff ?? accountBackoff, at));
    return { account, addresses, at, locksOut };
  }

  /** The attempt was wrong. What is said of it in the audit trail is the same work whether there is such a user or not. */
  async failed({ locksOut }: Attempt, user: User | undefined, from: Visit): Promise<void> {
    for (const subject of locksOut) {
      const entry = loginLockedOut(subject, user, from, this.#now());
      await this.#store.changing((transaction) => transaction.addAuditEntry(entry));
    }
  }

  /**
   * A code is going to be looked at, after a password that was right. Guesses of codes are counted apart, besides: nothing but a right code ends
   * their wait, neither the password nor a link in an e-mail.
   */
  async beginCode(claim: Claim): Promise<string | LockedOut> {
    const subject = accountSubject('code', claim);
    const known = await this.#count([{ subject, backoff: this.#backoff.code }], this.#now());
    return 'lockedForSeconds' in known ? known : subject;
  }

  /** The code of this attempt was right. */
  async codeWasRight(subject: string): Promise<void> {
    await this.#store.changeFailures([subject], () => [undefined]);
  }

  /** The password was right and a code is still missing: that is no failure, and forgives none. */
  async takeBack({ account, addresses, at }: Attempt): Promise<void> {
    await this.#store.changeFailures([account, ...addresses], (known) => known.map((failures) => failures && takenBack(failures, at)));
  }

  /** The password was right: the account's failures are forgotten, and of the address's only this one, which was none. */
  async succeeded({ account, addresses }: Pick<Attempt, 'account' | 'addresses'>): Promise<void> {
    await this.#store.changeFailures([account, ...addresses], ([_, ...ofAddresses]) => [undefined, ...ofAddresses.map((known) => known && succeeded(known))]);
  }

  /** Somebody has shown in another way that the account is theirs. */
  async forget(email: string): Promise<void> {
    await this.#store.changeFailures([subjectOf(['account', email])], () => [undefined]);
  }

  /** What was known before, if it is counted and may go on. */
  async #count(counted: readonly { readonly subject: string; readonly backoff: Backoff }[], at: Instant): Promise<KnownFailures | LockedOut> {
    const wait = (known: KnownFailures) => Math.max(...known.map((failures) => waitOf(failures, at)));
    const known = await this.#store.changeFailures(
      counted.map(({ subject }) => subject),
      (now) => (wait(now) > 0 ? now : counted.map(({ backoff }, index) => attempted(now[index], backoff, at))),
    );
    return wait(known) > 0 ? { lockedForSeconds: Math.ceil(wait(known) / SECOND) } : known;
  }
}

function accountSubject(what: 'account' | 'code', { email, address, usualAddresses, device }: Claim): string {
  if (device !== undefined) return subjectOf([what, email, 'device', device]);
  const group = addressGroup(address);
  const isUsual = address !== '' && usualAddresses.some((usual) => addressGroup(usual) === group);
  return subjectOf(isUsual ? [what, email, group] : [what, email]);
}

/** A hash: a table of e-mail addresses that somebody tried is worth nothing to us, and something to others. */
function subjectOf(words: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('base64url');
}
