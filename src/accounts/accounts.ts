import { randomUUIDv7 } from 'node:crypto';
import type { Person, Principal } from '../access/principal.ts';
import { TokenKeys } from '../access/token-keys.ts';
import { type AuditSource, SYSTEM } from '../audit/audit-entry.ts';
import { normaliseEmail } from '../model/email.ts';
import { DAY, type Instant, instant, MINUTE, SECOND } from '../model/instant.ts';
import type { Role } from '../model/roles.ts';
import type { MessageLocale } from '../protocol/messages.ts';
import { readAccessToken, signAccessToken } from './access-tokens.ts';
import { type Account, NOWHERE, type Session, type User, type Visit } from './account.ts';
import { type EmailPage, type EmailToken, newEmail } from './account-emails.ts';
import { otherSessionsEnded, passwordChanged, sessionEnded, userAdded } from './account-entries.ts';
import type { AccountStore, AccountTransaction } from './account-store-port.ts';
import { ApiKeys } from './api-keys.ts';
import { DeviceTickets } from './device-tickets.ts';
import { EndedSessions } from './ended-sessions.ts';
import { FailedLogins, type LockedOut } from './failed-logins.ts';
import { isGuessable } from './guessable.ts';
import { setPassword } from './new-password.ts';
import { PasswordQueue } from './password-queue.ts';
import { PasswordResets } from './password-resets.ts';
import { hashOfNobody, hashPassword, isRightPassword } from './passwords.ts';
import { Registrations } from './registrations.ts';
import { textSeal } from './sealed-secrets.ts';
import { type Evidence, type NotProven, SecondFactors } from './second-factors.ts';
import { hashOfToken, newSecretToken } from './secret-tokens.ts';
import { beginSession, endSessionOfToken, endSessionsOf, rotate } from './sessions.ts';
import { accountOf, type NewRefreshToken, type Proof } from './stored-accounts.ts';
import { Users } from './users.ts';

export const ACCESS_TOKEN_LIFE = 15 * MINUTE;
/** What makes or unmakes owners and keys takes a password or a code that is no older. Long enough to fill in a form, short beside the life of a token. */
export const PROOF_LIFE = 5 * MINUTE;
/** A session that is not used for this long ends by itself. */
export const REFRESH_TOKEN_LIFE = 30 * DAY;
/** Users with more see the most recently used; all of them can be ended at once. */
export const MOST_SESSIONS_LISTED = 200;

/** Every refresh token begins with it since the cookie that carries them over https has a name of its own. */
const REFRESH_TOKEN_PREFIX = 'slr_';

/** Whether it is from before refresh tokens had a prefix. The last of those ends REFRESH_TOKEN_LIFE after the upgrade. */
export function isOlderRefreshToken(token: string): boolean {
  return !token.startsWith(REFRESH_TOKEN_PREFIX);
}

export type Tokens = {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
  /** Only with a login: what it leaves on the device, see `DeviceTickets`. */
  readonly deviceToken?: string;
  readonly user: Account;
};

/** Why somebody is not let in. */
export type NoLogin = 'wrong-credentials' | 'email-not-verified' | 'second-factor-required' | 'overloaded' | LockedOut;

export type PasswordAnswer = 'changed' | 'wrong-password' | 'guessable' | 'overloaded' | LockedOut;

export type NewUser = {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly id?: string;
  readonly staffId?: string | null;
  readonly customerId?: string | null;
  readonly locationId?: string | null;
};

export type AccountSettings = {
  readonly jwtSecret: string;
  /** Tokens made with these are good, too, and what was sealed under them can be read. */
  readonly otherJwtSecrets?: readonly string[];
  /** log2 of the rounds of bcrypt. */
  readonly bcryptCost: number;
  readonly now: () => Instant;
  /** Access tokens from before belong to a database that is no more, such as the demo; none do if left out. */
  readonly tokensSince?: Instant;
  /** Whether a staff member has been removed from the catalog, as far as this process knows. Left out: none has. */
  readonly hasLeft?: (staffId: string) => boolean;
  /** Multiplies how many failed logins are forgiven without a wait; 1 if left out. */
  readonly rateLimitScale?: number;
};

/** Never changed: answers that are kept could not be read any more. */
const REPLIES_PURPOSE = 'slotkeeper kept replies';

function secretsOf({ jwtSecret, otherJwtSecrets = [] }: AccountSettings): readonly string[] {
  return [jwtSecret, ...otherJwtSecrets];
}

/** Who may come in. Passwords and refresh tokens are kept as hashes only. */
export class Accounts {
  readonly #store: AccountStore;
  readonly #settings: AccountSettings;
  readonly #hashOfNobody: string;
  readonly #ended: EndedSessions;
  readonly #tickets: DeviceTickets;
  readonly #failedLogins: FailedLogins;
  /** What tokens are signed with, those of guests included. */
  readonly keys: TokenKeys;
  readonly #queue: PasswordQueue;
  readonly registrations: Registrations;
  readonly passwordResets: PasswordResets;
  readonly apiKeys: ApiKeys;
  readonly secondFactors: SecondFactors;
  readonly users: Users;

  private constructor(store: AccountStore, settings: AccountSettings, hashed: string) {
    this.#store = store;
    this.#settings = settings;
    this.#hashOfNobody = hashed;
    this.keys = new TokenKeys(settings.jwtSecret, settings.otherJwtSecrets);
    this.#tickets = new DeviceTickets(this.keys, settings.now);
    this.#ended = new EndedSessions(settings.now, ACCESS_TOKEN_LIFE);
    this.apiKeys = new ApiKeys(store, settings, this.#ended);
    this.#queue = new PasswordQueue(settings.rateLimitScale ?? 1);
    this.registrations = new Registrations(store, { ...settings, queue: this.#queue });
    this.users = new Users(store, { hashOfNobody: hashed, now: settings.now, seal: textSeal(secretsOf(settings), REPLIES_PURPOSE) }, this.#ended);
    this.#failedLogins = new FailedLogins(store, settings.now, settings.rateLimitScale ?? 1);
    const told = { ended: this.#ended, failedLogins: this.#failedLogins };
    this.passwordResets = new PasswordResets(store, { ...settings, queue: this.#queue }, told);
    this.secondFactors = new SecondFactors(
      store,
      { secrets: [settings.jwtSecret, ...(settings.otherJwtSecrets ?? [])], queue: this.#queue, now: settings.now },
      told,
    );
  }

  static async open(store: AccountStore, settings: AccountSettings): Promise<Accounts> {
    return new Accounts(store, settings, await hashOfNobody(settings.bcryptCost));
  }

  /** An unknown e-mail and a wrong password get the same answer after the same work; whether a code is wrong, or missing, is only looked at after that. */
  async login(email: string, password: string, from: Visit = NOWHERE, code?: string): Promise<Tokens | NoLogin> {
    using place = this.#queue.enter(from.address);
    if (place === null) return 'overloaded';
    const address = normaliseEmail(email);
    const { user, factor, registeredHash, usualAddresses } = await this.#store.credentialsOf(address, this.#settings.now());
    const device = user && this.#tickets.deviceOf(from.deviceTickets ?? [], user.id);
    const claim = { email: address, address: from.address, usualAddresses, device };
    const attempt = await this.#failedLogins.begin(claim);
    if ('lockedForSeconds' in attempt) return attempt;
    const isUser = await isRightPassword(password, user?.passwordHash ?? this.#hashOfNobody);
    if (user === undefined || !isUser) {
      await this.#failedLogins.failed(attempt, user, from);
      return this.#whyNot(password, registeredHash);
    }
    const family = randomUUIDv7();
    const { token, row } = this.#newRefreshToken();
    const begin = (proof: Proof | null) => this.#store.changing((transaction) => beginSession(transaction, { ...row, family }, from, { looked: user, proof }));
    const entry = await this.secondFactors.enter({ userId: user.id, factor, code, claim }, begin);
    if (entry === 'second-factor-required') await this.#failedLogins.takeBack(attempt);
    if (entry === 'wrong-code') await this.#failedLogins.failed(attempt, user, from);
    // Who has been changed, disabled or removed in the meantime tries again as what they are now.
    if (entry === 'wrong-code' || entry === 'changed') return 'wrong-credentials';
    if (entry !== 'entered') return entry;
    await this.#failedLogins.succeeded(attempt);
    return {
      ...this.#tokens(accountOf(user, factor !== undefined), family, token, this.#settings.now()),
      deviceToken: this.#tickets.issue(user.id, device),
    };
  }

  /** Each refresh token is good for one call. Showing one a second time ends the session for everybody who holds a token of it. */
  async refresh(refreshToken: string, from: Visit = NOWHERE): Promise<Tokens | 'wrong-credentials'> {
    const { token, row } = this.#newRefreshToken();
    const rotation = await this.#store.changing((transaction) => rotate(transaction, hashOfToken(refreshToken), row, from));
    // A session that was ended before this process heard of it is ended here, too.
    if (rotation.outcome === 'reused' || rotation.outcome === 'ended') this.#ended.end([rotation.family]);
    if (rotation.outcome !== 'rotated') return 'wrong-credentials';
    return this.#tokens(rotation.user, rotation.family, token);
  }

  /** Another access token of the session, which is proven: see `isProven`. The ones before it, which somebody may have stolen, are not. */
  async stepUp(principal: Principal, shown: Evidence, from: Visit = NOWHERE): Promise<Pick<Tokens, 'accessToken' | 'expiresInSeconds'> | NotProven> {
    const account = await this.secondFactors.prove(principal, shown, from);
    if (typeof account === 'string' || 'lockedForSeconds' in account) return account;
    return this.#accessToken(account, principal.sessionId, this.#settings.now());
  }

  /** Whether the access token was the answer to a password or a code, not longer than PROOF_LIFE ago. No API key ever is. */
  isProven({ role, provenAt }: Principal): boolean {
    return role !== 'integration' && provenAt !== undefined && this.#settings.now() < provenAt + PROOF_LIFE;
  }

  /** Ends the session of the token. One that nobody knows is no mistake: there is nothing left to end. */
  async logout(refreshToken: string, from: Visit = NOWHERE): Promise<void> {
    const at = this.#settings.now();
    const family = await this.#store.changing((transaction) => endSessionOfToken(transaction, hashOfToken(refreshToken), from, at));
    if (family !== undefined) this.#ended.end([family]);
  }

  /** Ends the session that an access token belongs to; an API key has none. */
  async endSession(principal: Principal, from: Visit = NOWHERE): Promise<void> {
    if (principal.role === 'integration') return;
    await this.#endSession(principal, principal.sessionId, from);
    this.#ended.end([principal.sessionId]);
  }

  /** The sessions of a user that have not ended, the one used last first, at most MOST_SESSIONS_LISTED. */
  sessions(userId: string): Promise<readonly Session[]> {
    return this.#store.sessionsOf(userId, instant(this.#settings.now() - REFRESH_TOKEN_LIFE), MOST_SESSIONS_LISTED);
  }

  /** Ends one session of the user. One that is somebody else's is not found, like one that does not exist or has ended. */
  async endSessionById(principal: Principal, sessionId: string, from: Visit = NOWHERE): Promise<'ended' | 'not-found'> {
    if (principal.role === 'integration' || !(await this.#endSession(principal, sessionId, from))) return 'not-found';
    this.#ended.end([sessionId]);
    return 'ended';
  }

  /** Ends every session of the user but the one that asks. */
  async endOtherSessions(principal: Principal, from: Visit = NOWHERE): Promise<void> {
    if (principal.role === 'integration') return;
    const at = this.#settings.now();
    const { userId: id, sessionId } = principal;
    const ended = await this.#store.changing(async (transaction) => {
      const others = await endSessionsOf(transaction, id, sessionId, at);
      if (others.length > 0) await transaction.addAuditEntry(otherSessionsEnded({ ...principal, id }, others.length, from, at));
      return others;
    });
    this.#ended.end(ended);
  }

  /** Takes the old password; all other sessions of the user end, because one of them may be the reason. Wrong passwords wait like failed logins. */
  async changePassword({ userId, sessionId, ...owner }: Principal, old: string, chosen: string, from: Visit = NOWHERE): Promise<PasswordAnswer> {
    using place = this.#queue.enter(from.address);
    if (place === null) return 'overloaded';
    if (await isGuessable(chosen, owner)) return 'guessable';
    const { user, usualAddresses } = await this.#store.credentialsOf(owner.email, this.#settings.now());
    const attempt = await this.#failedLogins.begin({ email: owner.email, address: from.address, usualAddresses });
    if ('lockedForSeconds' in attempt) return attempt;
    const isRight = await isRightPassword(old, user?.passwordHash ?? this.#hashOfNobody);
    if (user?.id !== userId || !isRight) {
      await this.#failedLogins.failed(attempt, user, from);
      return 'wrong-password';
    }
    await this.#failedLogins.succeeded(attempt);
    const passwordHash = await hashPassword(chosen, this.#settings.bcryptCost);
    const at = this.#settings.now();
    const ended = await this.#store.changing(async (transaction) => {
      const now = await transaction.enabledUser(userId);
      if (now?.passwordHash !== user.passwordHash) return undefined;
      const others = await setPassword(transaction, now, { passwordHash, keptSession: sessionId }, { from, at });
      await transaction.addAuditEntry(passwordChanged(now, others.length, from, at));
      return others;
    });
    if (ended === undefined) return 'wrong-password';
    this.#ended.end(ended);
    return 'changed';
  }

  /** Calls back whenever a session has ended here, so that others can be told. Returns how to stop. */
  onSessionEnded(listener: (sessionId: string) => void): () => void {
    return this.#ended.onEnded(listener);
  }

  /** Sessions have ended here, with the accounts they were of. */
  sessionsEnded(sessionIds: readonly string[]): void {
    this.#ended.end(sessionIds);
  }

  /** A session has ended elsewhere: its access tokens are refused from now on. Nobody is called back. */
  sessionEnded(sessionId: string): void {
    this.#ended.heard(sessionId);
  }

  /** Who an access token speaks for; `undefined` if it is not ours, has expired, or its session has ended. */
  verify(accessToken: string): Principal | undefined {
    const principal = readAccessToken(accessToken, this.keys, this.#settings.tokensSince);
    return principal !== undefined && this.isCurrent(principal) ? principal : undefined;
  }

  /**
   * Whether the access token that said so is still good: its time has not run out, its session has not ended, and the staff member whose calendar it is for has
   * not left. Every node hears of the last with the catalog, also without Redis.
   */
  isCurrent({ expiresAt, sessionId, staffId }: Principal): boolean {
    const hasLeft = staffId !== null && this.#settings.hasLeft?.(staffId) === true;
    return expiresAt > this.#settings.now() && !this.#ended.has(sessionId) && !hasLeft;
  }

  /** E-mails and what has become of them, newest first. `before`: the cursor of the page before. */
  mails(limit: number, before: string | null): Promise<EmailPage> {
    return this.#store.mails(limit, before, this.#settings.now());
  }

  /** Tells a guest the code that proves their mailbox. */
  tellBookingCode(email: string, secret: EmailToken, locale: MessageLocale | null): Promise<void> {
    return this.#store.changing((transaction) => transaction.keepEmail(newEmail('booking-code', email, this.#settings.now(), { secret, locale })));
  }

  user(id: string): Promise<Account | undefined> {
    return this.#store.userById(id);
  }

  /** Throws RangeError for a password of more than 72 bytes. */
  async create(user: NewUser, password: string, source: AuditSource = SYSTEM): Promise<User | 'email-taken'> {
    const [answer] = await this.createAll([user], password, source);
    return answer ?? 'email-taken';
  }

  /** Several accounts with one password, which is hashed once. In the same order; throws as `create`. */
  async createAll(users: readonly NewUser[], password: string, source: AuditSource = SYSTEM): Promise<readonly (User | 'email-taken')[]> {
    const passwordHash = await hashPassword(password, this.#settings.bcryptCost);
    const answers: (User | 'email-taken')[] = [];
    for (const user of users) {
      answers.push(await this.#store.adding((transaction) => this.#add(transaction, user, passwordHash, source)));
    }
    return answers;
  }

  async #add(transaction: AccountTransaction, { id = randomUUIDv7(), ...given }: NewUser, passwordHash: string, source: AuditSource): Promise<User> {
    const { name, role, staffId = null, locationId = null } = given;
    const [at, email] = [this.#settings.now(), normaliseEmail(given.email)];
    const isOfCustomer = role === 'customer' && given.customerId == null;
    const customerId = isOfCustomer ? await transaction.customerWith({ email, name }, at) : (given.customerId ?? null);
    const user: User = { id, email, name, role, staffId, customerId, locationId };
    await transaction.addUser({ ...user, passwordHash, createdAt: at });
    await transaction.addAuditEntry(userAdded(user, source, at));
    return user;
  }

  hasOwner(): Promise<boolean> {
    return this.#store.hasOwner();
  }

  /** Makes the first owner. `is-owner`: this address is one; `has-owner`: another one is; `email-taken`: no one is, and the address belongs to another user. The password is only looked at if it is to be used. */
  async ensureOwner(email: string, password: string): Promise<'made' | 'is-owner' | 'has-owner' | 'email-taken' | 'guessable'> {
    if (await this.#store.hasOwner(normaliseEmail(email))) return 'is-owner';
    if (await this.#store.hasOwner()) return 'has-owner';
    if (await isGuessable(password, { email: normaliseEmail(email), name: '' })) return 'guessable';
    return (await this.create({ email, name: 'Owner', role: 'owner' }, password)) === 'email-taken' ? 'email-taken' : 'made';
  }

  /**
   * That an address is not verified yet is only said to somebody who knows the password of the registration, and also where the address has an
   * account besides: otherwise registering an address and logging in would reveal whether it has an account.
   */
  async #whyNot(password: string, registeredHash: string | undefined): Promise<'wrong-credentials' | 'email-not-verified'> {
    const isRegistered = await isRightPassword(password, registeredHash ?? this.#hashOfNobody);
    return isRegistered && registeredHash !== undefined ? 'email-not-verified' : 'wrong-credentials';
  }

  #tokens(user: Account, sessionId: string, refreshToken: string, provenAt?: Instant): Tokens {
    return { ...this.#accessToken(user, sessionId, provenAt), refreshToken, user };
  }

  #accessToken(user: Account, sessionId: string, provenAt?: Instant): Pick<Tokens, 'accessToken' | 'expiresInSeconds'> {
    const now = this.#settings.now();
    const { id: userId, secondFactor: _, ...rest } = user;
    const expiresAt = instant(Math.floor((now + ACCESS_TOKEN_LIFE) / SECOND) * SECOND);
    const accessToken = signAccessToken({ userId, ...rest, sessionId, expiresAt, ...(provenAt !== undefined && { provenAt }) }, now, this.keys);
    return { accessToken, expiresInSeconds: ACCESS_TOKEN_LIFE / SECOND };
  }

  #endSession({ userId: id, ...person }: Person, sessionId: string, from: Visit): Promise<boolean> {
    const at = this.#settings.now();
    return this.#store.changing(async (transaction) => {
      await transaction.lockUser(id);
      if (!(await transaction.isSessionOpen(id, sessionId))) return false;
      await transaction.endSessions([sessionId], at);
      await transaction.addAuditEntry(sessionEnded({ ...person, id }, sessionId, from, at));
      return true;
    });
  }

  #newRefreshToken(): { readonly token: string; readonly row: Omit<NewRefreshToken, 'userId' | 'family'> } {
    const token = REFRESH_TOKEN_PREFIX + newSecretToken().token;
    const now = this.#settings.now();
    return { token, row: { id: randomUUIDv7(), tokenHash: hashOfToken(token), createdAt: now, expiresAt: instant(now + REFRESH_TOKEN_LIFE) } };
  }
}
