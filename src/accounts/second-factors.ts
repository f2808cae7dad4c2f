import { randomUUIDv7 } from 'node:crypto';
import type { Principal } from '../access/principal.ts';
import { type Instant, instant, MINUTE } from '../model/instant.ts';
import { type Account, NOWHERE, type Visit } from './account.ts';
import { newEmail } from './account-emails.ts';
import { ownSecondFactorRemoved, recoveryCodesReplaced, secondFactorAdded, sessionProven } from './account-entries.ts';
import type { AccountStore, AccountTransaction } from './account-store-port.ts';
import type { EndedSessions } from './ended-sessions.ts';
import type { Attempt, Claim, FailedLogins, LockedOut } from './failed-logins.ts';
import { appUri, newAppSecret, newRecoveryCodes, readCode, stepOf } from './one-time-codes.ts';
import type { PasswordQueue } from './password-queue.ts';
import { isRightPassword } from './passwords.ts';
import { SecretSeal } from './sealed-secrets.ts';
import { type Beginning, endSessionsOf, isProven } from './sessions.ts';
import { accountOf, type Proof, type SecondFactor, type SecondFactorSetup } from './stored-accounts.ts';

/** Long enough to find and install an app. */
export const SETUP_LIFE = 15 * MINUTE;
/** Never changed: what is sealed could not be read any more. */
const SEAL_PURPOSE = 'slotkeeper second factor';

export type FactorStatus = { readonly isOn: boolean; readonly recoveryCodesLeft: number };
/** `overloaded`: too many passwords are being looked at; nothing was, and nothing is counted. */
export type SetupAnswer = { readonly secret: string; readonly uri: string } | 'is-on' | 'wrong-password' | 'overloaded' | LockedOut;
export type NoChange = 'is-off' | 'wrong-password' | 'wrong-code' | 'overloaded' | LockedOut;
/** What somebody shows who is logged in already. */
export type Shown = { readonly password: string; readonly code: string };

/** What somebody shows to do more than their token may: the code, where they have a second factor, and otherwise the password. */
export type Evidence = { readonly password: string } | { readonly code: string };
export type NotProven = NoChange | 'second-factor-required' | 'session-over';

/** What it takes to find out whether a code opens something. */
export type Entry = { readonly userId: string; readonly factor: SecondFactor | undefined; readonly code: string | undefined; readonly claim: Claim };
/** Begins the session and spends the code, in one transaction. */
type Begin = (proof: Proof | null) => Promise<Beginning>;

type Told = { readonly ended: EndedSessions; readonly failedLogins: FailedLogins };
/** The first of `secrets` is in use; the others can still be read. */
type Settings = { readonly secrets: readonly string[]; readonly queue: PasswordQueue; readonly now: () => Instant };

/** The optional second factor of accounts: a code of an app beside the password. */
export class SecondFactors {
  readonly #store: AccountStore;
  readonly #now: () => Instant;
  readonly #seal: SecretSeal;
  readonly #queue: PasswordQueue;
  readonly #ended: EndedSessions;
  readonly #failedLogins: FailedLogins;

  constructor(store: AccountStore, { secrets, queue, now }: Settings, { ended, failedLogins }: Told) {
    this.#store = store;
    this.#now = now;
    this.#queue = queue;
    this.#seal = new SecretSeal(secrets, SEAL_PURPOSE);
    this.#ended = ended;
    this.#failedLogins = failedLogins;
  }

  async status({ userId }: Principal): Promise<FactorStatus> {
    const left = await this.#store.recoveryCodesLeft(userId);
    return { isOn: left !== null, recoveryCodesLeft: left ?? 0 };
  }

  /** Makes a secret for an app. Nothing is in force before a code of it was shown, within SETUP_LIFE. `issuer` is what the app calls us. */
  async begin(principal: Principal, password: string, issuer: string, from: Visit): Promise<SetupAnswer> {
    const { userId, email } = principal;
    const known = await this.#provePassword(principal, password, from);
    if (typeof known === 'string' || 'lockedForSeconds' in known) return known;
    await this.#failedLogins.succeeded(known.attempt);
    const secret = newAppSecret();
    const expiresAt = instant(this.#now() + SETUP_LIFE);
    const setup = { id: randomUUIDv7(), userId, secret: this.#seal.seal(secret, userId), expiresAt };
    const isKept = await this.#store.changing((transaction) => keepSetup(transaction, setup));
    return isKept ? { secret, uri: appUri(secret, { issuer, label: email }) } : 'is-on';
  }

  /** Puts the set-up in force and ends every other session, which began without it. The recovery codes are shown this once. */
  async confirm(principal: Principal, code: string, from: Visit = NOWHERE): Promise<readonly string[] | 'nothing-begun' | 'wrong-code' | LockedOut> {
    const { userId, sessionId, email } = principal;
    const setup = await this.#store.changing((transaction) => transaction.setup(userId));
    if (setup === undefined || setup.expiresAt <= this.#now()) return 'nothing-begun';
    const attempt = await this.#failedLogins.beginCode({ email, address: '', usualAddresses: [] });
    if (typeof attempt !== 'string') return attempt;
    const typed = readCode(code);
    const step = typed?.kind === 'app' ? stepOf(typed.digits, this.#seal.open(setup.secret, userId), this.#now()) : undefined;
    if (step === undefined) return 'wrong-code';
    await this.#failedLogins.codeWasRight(attempt);
    const { codes, codeHashes } = newRecoveryCodes();
    const at = this.#now();
    const ended = await this.#store.changing(async (transaction) => {
      const others = await turnOn(transaction, { setup, step, codeHashes, keptSession: sessionId }, at);
      if (others === undefined) return undefined;
      await transaction.keepEmail(newEmail('second-factor-on', email, at, from));
      await transaction.addAuditEntry(secondFactorAdded(principal, others.length, from, at));
      return others;
    });
    if (ended === undefined) return 'nothing-begun';
    this.#ended.end(ended);
    return codes;
  }

  async remove(principal: Principal, shown: Shown, from: Visit): Promise<'removed' | NoChange> {
    const at = this.#now();
    const refusal = await this.#withBoth(principal, shown, from, async (transaction) => {
      if (!(await transaction.dropSecondFactor(principal.userId))) return false;
      await transaction.keepEmail(newEmail('second-factor-off', principal.email, at, from));
      await transaction.addAuditEntry(ownSecondFactorRemoved(principal, from, at));
      return true;
    });
    return refusal ?? 'removed';
  }

  /** The old ones are void from then on. */
  async renewRecoveryCodes(principal: Principal, shown: Shown, from: Visit): Promise<readonly string[] | NoChange> {
    const { codes, codeHashes } = newRecoveryCodes();
    const at = this.#now();
    const refusal = await this.#withBoth(principal, shown, from, async (transaction) => {
      await transaction.keepRecoveryCodes(principal.userId, codeHashes);
      await transaction.addAuditEntry(recoveryCodesReplaced(principal, from, at));
      return true;
    });
    return refusal ?? codes;
  }

  /** Who has the second factor shows a code of it, since the password alone would not have let them in; everybody else their password. */
  async prove(principal: Principal, shown: Evidence, from: Visit): Promise<Account | NotProven> {
    const prove = (proof: Proof | null) => this.#store.changing((transaction) => proveSession(transaction, principal, proof, { from, at: this.#now() }));
    if ('code' in shown) return this.#proveByCode(principal, shown.code, from, prove);
    const known = await this.#provePassword(principal, shown.password, from);
    if (typeof known === 'string' || 'lockedForSeconds' in known) return known;
    const proven = known.factor === undefined ? await prove(null) : 'not-proven';
    // As at a login: the password was right, and that forgives nothing while a code is missing.
    if (proven === 'not-proven') await this.#failedLogins.takeBack(known.attempt);
    else await this.#failedLogins.succeeded(known.attempt);
    return proven === 'not-proven' ? 'second-factor-required' : proven;
  }

  async #proveByCode(
    { userId, email }: Principal,
    code: string,
    from: Visit,
    use: (proof: Proof) => Promise<Account | 'not-proven' | 'session-over'>,
  ): Promise<Account | NotProven> {
    const { user, factor, usualAddresses } = await this.#store.credentialsOf(email, this.#now());
    if (user?.id !== userId || factor === undefined) return 'is-off';
    const outcome: { proven: Account | 'wrong-code' | 'session-over' } = { proven: 'wrong-code' };
    const refusal = await this.#spend({ userId, factor, code, claim: { email, address: from.address, usualAddresses } }, async (proof) => {
      const proven = await use(proof);
      outcome.proven = proven === 'not-proven' ? 'wrong-code' : proven;
      return proven !== 'not-proven';
    });
    return refusal ?? outcome.proven;
  }

  /** The door behind the right password. Without a second factor it is open, unless one was turned on meanwhile. `changed`: whom the password was right for is somebody else by now. */
  async enter(entry: Entry, begin: Begin): Promise<'entered' | 'second-factor-required' | 'wrong-code' | 'changed' | LockedOut> {
    const { factor, code } = entry;
    if (factor === undefined) {
      const beginning = await begin(null);
      if (beginning === 'not-proven') return 'second-factor-required';
      return beginning === 'begun' ? 'entered' : beginning;
    }
    if (code === undefined) return 'second-factor-required';
    return (await this.#spend({ ...entry, factor, code }, async (proof) => (await begin(proof)) === 'begun')) ?? 'entered';
  }

  /** `undefined` if it was done. The password alone ends no wait. */
  async #withBoth(
    principal: Principal,
    { password, code }: Shown,
    from: Visit,
    work: (transaction: AccountTransaction) => Promise<boolean>,
  ): Promise<NoChange | undefined> {
    const known = await this.#provePassword(principal, password, from);
    if (typeof known === 'string' || 'lockedForSeconds' in known) return known;
    const { attempt, claim, factor } = known;
    const { userId } = principal;
    const spendAndWork = (proof: Proof) =>
      this.#store.changing(async (transaction) => {
        await transaction.lockUser(userId);
        return (await transaction.spend(userId, proof)) && (await work(transaction));
      });
    const refusal = factor === undefined ? 'is-off' : await this.#spend({ userId, factor, code, claim }, spendAndWork);
    if (refusal === undefined || refusal === 'is-off') await this.#failedLogins.succeeded(attempt);
    return refusal;
  }

  async #spend(
    { userId, factor, code, claim }: Entry & { readonly factor: SecondFactor; readonly code: string },
    use: (proof: Proof) => Promise<boolean>,
  ): Promise<'wrong-code' | LockedOut | undefined> {
    const attempt = await this.#failedLogins.beginCode(claim);
    if (typeof attempt !== 'string') return attempt;
    const proof = this.#proofOf(userId, factor, code);
    if (proof === undefined || !(await use(proof))) return 'wrong-code';
    await this.#failedLogins.codeWasRight(attempt);
    return undefined;
  }

  /** Throws BrokenSeal where the secret cannot be read: nobody comes in by that. A recovery code does not need it. */
  #proofOf(userId: string, { id: factorId, secret }: SecondFactor, code: string): Proof | undefined {
    const typed = readCode(code);
    if (typed?.kind !== 'app') return typed && { kind: 'recovery-code', codeHash: typed.codeHash };
    const opened = this.#seal.open(secret, userId);
    const step = stepOf(typed.digits, opened, this.#now());
    return step === undefined ? undefined : { kind: 'step', factorId, step, resealed: this.#seal.isCurrent(secret) ? null : this.#seal.seal(opened, userId) };
  }

  /** Guesses wait like those at the door. */
  async #provePassword(
    { userId, email }: Principal,
    password: string,
    from: Visit,
  ): Promise<{ readonly attempt: Attempt; readonly claim: Claim; readonly factor: SecondFactor | undefined } | 'wrong-password' | 'overloaded' | LockedOut> {
    using place = this.#queue.enter(from.address);
    if (place === null) return 'overloaded';
    const { user, factor, usualAddresses } = await this.#store.credentialsOf(email, this.#now());
    const claim = { email, address: from.address, usualAddresses };
    const attempt = await this.#failedLogins.begin(claim);
    if ('lockedForSeconds' in attempt) return attempt;
    const isRight = user?.id === userId && (await isRightPassword(password, user.passwordHash));
    if (!isRight) await this.#failedLogins.failed(attempt, user, from);
    return isRight ? { attempt, claim, factor } : 'wrong-password';
  }
}

/** False if the user has a second factor. */
async function keepSetup(transaction: AccountTransaction, setup: SecondFactorSetup): Promise<boolean> {
  await transaction.lockUser(setup.userId);
  if (await transaction.hasSecondFactor(setup.userId)) return false;
  await transaction.keepSetup(setup);
  return true;
}

/** `step`: of the code that was shown, which is used by that. */
type Finished = { readonly setup: SecondFactorSetup; readonly step: number; readonly codeHashes: readonly string[]; readonly keptSession: string };

/** Returns the other sessions of the user, which it has ended; `undefined` if the set-up is not there any more. */
export async function turnOn(
  transaction: AccountTransaction,
  { setup, step, codeHashes, keptSession }: Finished,
  at: Instant,
): Promise<readonly string[] | undefined> {
  const { userId } = setup;
  await transaction.lockUser(userId);
  if ((await transaction.setup(userId))?.id !== setup.id) return undefined;
  await transaction.dropSetup(userId);
  await transaction.addSecondFactor(setup, step, at);
  await transaction.keepRecoveryCodes(userId, codeHashes);
  return endSessionsOf(transaction, userId, keptSession, at);
}

/** `not-proven`: the proof is not good any more, or it is null and there is a second factor by now. `session-over`: it has ended, perhaps on another node. */
async function proveSession(
  transaction: AccountTransaction,
  principal: Principal,
  proof: Proof | null,
  { from, at }: { readonly from: Visit; readonly at: Instant },
): Promise<Account | 'not-proven' | 'session-over'> {
  const { userId, sessionId } = principal;
  const user = await transaction.enabledUser(userId);
  if (user === undefined || !(await transaction.isSessionOpen(userId, sessionId))) return 'session-over';
  if (!(await isProven(transaction, userId, proof))) return 'not-proven';
  await transaction.addAuditEntry(sessionProven(principal, from, at));
  return accountOf(user, await transaction.hasSecondFactor(userId));
}
