// What accounts need of their storage. `persistence/accounts/` implements it, in statements; what they are for is decided here in `accounts/`.
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Instant } from '../model/instant.ts';
import type { KeptReplies } from '../model/kept-replies.ts';
import type { Role } from '../model/roles.ts';
import type { Account, Session, User } from './account.ts';
import type { AccountEmail, EmailPage } from './account-emails.ts';
import type { Failures } from './backoff.ts';
import type {
  ApiKey,
  Credentials,
  Invitation,
  ManagedUser,
  NewAccount,
  NewRefreshToken,
  PasswordReset,
  Proof,
  RefreshToken,
  Registration,
  SecondFactorSetup,
  SessionUse,
  StoredKey,
  StoredUser,
} from './stored-accounts.ts';

/** One change, all or nothing. A user whose row is locked, and their sessions, change nowhere else until its end. */
export type AccountTransaction = KeptReplies & {
  addAuditEntry(entry: AuditEntry): Promise<void>;
  /** So there is never a token without its e-mail. The relay hears of it after the commit. */
  keepEmail(mail: AccountEmail): Promise<void>;

  lockUser(id: string): Promise<void>;
  /** Locked; `undefined`: removed. */
  user(id: string): Promise<ManagedUser | undefined>;
  /** As `user`: the one whose calendar is this staff member's. */
  userOfStaffMember(staffId: string): Promise<ManagedUser | undefined>;
  /** Locked; `undefined`: removed or disabled. */
  enabledUser(id: string): Promise<StoredUser | undefined>;
  /** Also by a user who has been removed. */
  isIdTaken(id: string): Promise<boolean>;
  /** Accounts of people who work here, disabled ones included; those that have been removed are not. */
  countOfWorkers(): Promise<number>;
  isEmailTaken(email: string): Promise<boolean>;
  /** As `isEmailTaken`, by an account that is not disabled. */
  isEmailOfEnabled(email: string): Promise<boolean>;
  hasLocation(id: string): Promise<boolean>;
  hasStaffMember(id: string): Promise<boolean>;
  hasUser(staffId: string): Promise<boolean>;
  /** Whether an owner who can log in is left without this one. */
  hasOwnerBeside(id: string): Promise<boolean>;
  /** The customer with this address, who is added if there is none. */
  customerWith(user: Pick<User, 'email' | 'name'>, at: Instant): Promise<string>;
  addUser(user: NewAccount): Promise<void>;
  changeUser(user: ManagedUser, at: Instant): Promise<void>;
  /** They have a password that they know from then on. */
  setPassword(userId: string, passwordHash: string): Promise<void>;
  /** Takes away who they were; the id and the role stay, so that no one else gets the id. */
  removeUser(id: string, at: Instant): Promise<void>;

  /** With its user locked. */
  refreshToken(tokenHash: string): Promise<RefreshToken | undefined>;
  addRefreshToken(token: NewRefreshToken): Promise<void>;
  useRefreshToken(id: string, at: Instant): Promise<void>;
  beginSession(use: SessionUse): Promise<void>;
  /** `startedAt`: of a session that has no row, since a node of an older version has begun it. */
  continueSession(use: SessionUse, startedAt: Instant): Promise<void>;
  isSessionOpen(userId: string, sessionId: string): Promise<boolean>;
  /** Those of a user that are neither ended nor over. */
  openSessions(userId: string, at: Instant): Promise<readonly string[]>;
  /** Those that have ended since. */
  endedSessions(userId: string, since: Instant): Promise<readonly string[]>;
  /** Whether any of them had not ended yet. */
  endSessions(ids: readonly string[], at: Instant): Promise<boolean>;

  keepRegistration(registration: Registration): Promise<void>;
  /** Locked. `undefined`: no such token, or not any more. */
  registration(tokenHash: string, at: Instant): Promise<Registration | undefined>;
  dropRegistration(tokenHash: string): Promise<void>;
  keepReset(reset: PasswordReset): Promise<void>;
  keepInvitation(invitation: Invitation): Promise<void>;
  /** Whose password a link sets: one of a reset or of an invitation. */
  userOfLink(tokenHash: string, at: Instant): Promise<User | undefined>;
  /** Whether there was one. */
  dropLink(tokenHash: string): Promise<boolean>;
  /** All that would set a password of this user. */
  dropLinks(user: Pick<User, 'id' | 'email'>): Promise<void>;

  hasSecondFactor(userId: string): Promise<boolean>;
  keepSetup(setup: SecondFactorSetup): Promise<void>;
  /** One that has expired, too. */
  setup(userId: string): Promise<SecondFactorSetup | undefined>;
  dropSetup(userId: string): Promise<void>;
  /** `step`: that of the code which finished the set-up, and so is used. */
  addSecondFactor(setup: SecondFactorSetup, step: number, at: Instant): Promise<void>;
  /** With its recovery codes; whether there was one. */
  dropSecondFactor(userId: string): Promise<boolean>;
  /** In place of those that there are. */
  keepRecoveryCodes(userId: string, codeHashes: readonly string[]): Promise<void>;
  /** Whether the proof was still good: of two at once, with the user locked, exactly one is. */
  spend(userId: string, proof: Proof): Promise<boolean>;

  /** Others who add or remove keys wait. */
  lockApiKeys(): Promise<void>;
  apiKey(id: string): Promise<ApiKey | undefined>;
  countOfApiKeys(): Promise<number>;
  addApiKey(key: StoredKey): Promise<void>;
  /** Whether there was one. */
  dropApiKey(id: string): Promise<boolean>;
};

/** Of attempts to log in, in the order of the subjects that were asked about. */
export type KnownFailures = readonly (Failures | undefined)[];

export type UserFilter = { readonly roles: readonly Role[] /** Of accounts that are bound to it. */; readonly locationId?: string };
export type UserPage = { readonly items: readonly ManagedUser[] /** The id to go on from; null on the last page. */; readonly nextCursor: string | null };

export type AccountStore = {
  changing<T>(work: (transaction: AccountTransaction) => Promise<T>): Promise<T>;
  /** As `changing`, where an account is added. `email-taken`: the address was registered in the same moment, and nothing was changed. */
  adding<T>(work: (transaction: AccountTransaction) => Promise<T>): Promise<T | 'email-taken'>;
  /** As `adding`. Only one is open at a time, in the whole cluster, and no change of the catalog beside it, so what is read stays true until it is written. */
  changeUsers<T>(work: (transaction: AccountTransaction) => Promise<T>): Promise<T | 'email-taken'>;
  /** Keeps what `change` makes of what is known of these subjects, while everybody else who asks about them waits. Returns what was known before. */
  changeFailures(subjects: readonly string[], change: (known: KnownFailures) => KnownFailures): Promise<KnownFailures>;
  /** Those of these hashes that are of keys, and notes that they are used, unless that has been noted after `since`. */
  useApiKeys(keyHashes: readonly string[], at: Instant, since: Instant): Promise<ReadonlyMap<string, ApiKey>>;

  /** `email` in the form of `normaliseEmail`. No user: there is none, or they are disabled. */
  credentialsOf(email: string, at: Instant): Promise<Credentials>;
  userById(id: string): Promise<Account | undefined>;
  /** `email` in the form of `normaliseEmail`; left out: any owner. Those count, too, who are invited or disabled. */
  hasOwner(email?: string): Promise<boolean>;
  /** Those that have not ended and were used after `since`, the one used last first. */
  sessionsOf(userId: string, since: Instant, limit: number): Promise<readonly Session[]>;
  /** `null`: the user has no second factor. */
  recoveryCodesLeft(userId: string): Promise<number | null>;
  /** Oldest first; at most MOST_KEYS. Those that have been revoked are gone, those that have expired are still there. */
  apiKeys(): Promise<readonly ApiKey[]>;
  /** By id, those behind the id `after`. */
  users(filter: UserFilter, limit: number, after: string | null): Promise<UserPage>;
  managedUser(id: string): Promise<ManagedUser | undefined>;
  /** Newest first, those older than the e-mail `before`. Tokens that have expired are left out. */
  mails(limit: number, before: string | null, at: Instant): Promise<EmailPage>;
};
