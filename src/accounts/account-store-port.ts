// What accounts need of their storage. `persistence/accounts/account-store.ts` implements it.
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Instant } from '../model/instant.ts';
import type { Account, Session, User, Visit } from './account.ts';
import type { AccountEmail, EmailStore } from './account-emails.ts';
import type { EndingEntry, SessionEntry, UserEntry } from './account-entries.ts';
import type { ApiKeyStore } from './api-keys.ts';
import type { FailureStore } from './failed-logins.ts';
import type { PasswordResetStore } from './password-resets.ts';
import type { RegistrationStore } from './registrations.ts';
import type { Proof, SecondFactor, SecondFactorStore } from './second-factor-store-port.ts';
import type { UserStore } from './user-store-port.ts';

export type StoredUser = User & { readonly passwordHash: string };

/** One use of a session: a token is used once, for the next one of its family. */
export type NewRefreshToken = {
  readonly id: string;
  readonly userId: string;
  /** The session: every token since one login. */
  readonly family: string;
  /** SHA-256 of the token; the token itself is kept nowhere. */
  readonly tokenHash: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
};

export type Rotation =
  | { readonly outcome: 'rotated'; readonly user: Account; readonly family: string }
  /** A token that was used before may be stolen, so the session has been revoked. */
  | { readonly outcome: 'reused'; readonly family: string }
  /** A token that was good until its session ended. */
  | { readonly outcome: 'ended'; readonly family: string }
  | { readonly outcome: 'unknown' };

/** Replaces a password, if it still is the one that was looked at, ends the sessions of the user but one and keeps the e-mail about it, in the moment of the e-mail. */
export type PasswordChange = {
  readonly userId: string;
  readonly passwordHash: string;
  readonly replaces: string;
  readonly keptSession: string;
  readonly told: AccountEmail;
  readonly entry: EndingEntry;
};

/** Whom an address and a password may be of. Looking for both is the same work whatever there is. */
export type Credentials = {
  readonly user: StoredUser | undefined;
  /** Of the user. */
  readonly factor: SecondFactor | undefined;
  /** Of a registration that waits for its address to be verified. */
  readonly registeredHash: string | undefined;
  /** Where the user has logged in from lately. */
  readonly usualAddresses: readonly string[];
};

/** Whom a login has looked at, what it spends, and what is said of it if it succeeds. */
export type Login = { readonly looked: StoredUser; readonly proof: Proof | null; readonly entry: AuditEntry };

export type Beginning = 'begun' | 'not-proven' | 'changed';

export type AccountStore = EmailStore &
  ApiKeyStore &
  RegistrationStore &
  PasswordResetStore &
  FailureStore &
  SecondFactorStore &
  UserStore & {
    /** `email` in the form of `normaliseEmail`. No user: there is none, or they are disabled. */
    credentialsOf(email: string, at: Instant): Promise<Credentials>;
    userById(id: string): Promise<Account | undefined>;
    /** As it is kept: a customer's account is that of the customer with its address. `undefined`: the e-mail is taken. */
    addUser(user: StoredUser, entry: UserEntry): Promise<User | undefined>;
    /** `email` in the form of `normaliseEmail`; left out: any owner. Those count, too, who are invited or disabled. */
    hasOwner(email?: string): Promise<boolean>;

    /**
     * A session begins with its first token, and spends the proof. `not-proven`: it was spent already, or it is null and the user has a second factor by now.
     * `changed`: the user is disabled, or in anything another than the one whose password was looked at.
     */
    addSession(token: NewRefreshToken, from: Visit, login: Login): Promise<Beginning>;
    /** Uses up the token with `tokenHash` and adds its successor, in one transaction: of two at once exactly one succeeds. `reused` is said of a session that ends by it. */
    rotate(tokenHash: string, successor: Omit<NewRefreshToken, 'userId' | 'family'>, from: Visit, reused: SessionEntry): Promise<Rotation>;
    /** Those that have not ended and were used after `since`, the one used last first. */
    sessionsOf(userId: string, since: Instant, limit: number): Promise<readonly Session[]>;
    /** Ends the session that the token belongs to; returns its family, `undefined` for a token nobody knows. What had ended before is not said again. */
    endSessionOf(tokenHash: string, at: Instant, entry: SessionEntry): Promise<string | undefined>;
    /** Whether there was such a session of the user that had not ended. */
    endSession(userId: string, family: string, at: Instant, entry: AuditEntry): Promise<boolean>;
    /** Ends all sessions of the user but one; returns those that it has ended. */
    endOtherSessions(userId: string, kept: string, at: Instant, entry: EndingEntry): Promise<readonly string[]>;
    /** Ends the links that set a password, too. Returns the sessions that it has ended, or `undefined` if the password was another one by then. */
    changePassword(change: PasswordChange): Promise<readonly string[] | undefined>;
  };
