// What accounts need of their storage. `persistence/account-store.ts` implements it.
import type { Instant } from '../model/instant.ts';
import type { User } from './principal.ts';

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
  | { readonly outcome: 'rotated'; readonly user: User; readonly family: string }
  /** A token that was used before: whoever shows it may have stolen it, so the family has been revoked. */
  | { readonly outcome: 'reused'; readonly family: string }
  /** A token that was good until its session ended. */
  | { readonly outcome: 'ended'; readonly family: string }
  | { readonly outcome: 'unknown' };

export type AccountStore = {
  /** `email` in the form of `normaliseEmail`. */
  userByEmail(email: string): Promise<StoredUser | undefined>;
  userById(id: string): Promise<User | undefined>;
  /** False if the e-mail is taken. */
  addUser(user: StoredUser): Promise<boolean>;
  hasOwner(): Promise<boolean>;

  addRefreshToken(token: NewRefreshToken): Promise<void>;
  /** Uses up the token with `tokenHash` and adds its successor, in one transaction: of two at once exactly one succeeds. */
  rotate(tokenHash: string, successor: Omit<NewRefreshToken, 'userId' | 'family'>): Promise<Rotation>;
  /** Ends the session that the token belongs to; returns its family, `undefined` for a token nobody knows. */
  revokeFamilyOf(tokenHash: string, at: Instant): Promise<string | undefined>;
  revokeFamily(userId: string, family: string, at: Instant): Promise<void>;
};
