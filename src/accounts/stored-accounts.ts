// What is kept of accounts, in the form in which the rules read and write it.
import type { Instant } from '../model/instant.ts';
import type { KeyScope, UserState } from '../model/roles.ts';
import type { MessageLocale } from '../protocol/messages.ts';
import type { Account, User, Visit } from './account.ts';
import type { Sealed } from './sealed-secrets.ts';

export type StoredUser = User & { readonly passwordHash: string };
/** `locale`: null or left out: unknown. `isInvited`: they set a password of their own later. */
export type NewAccount = StoredUser & { readonly createdAt: Instant; readonly locale?: MessageLocale | null; readonly isInvited?: boolean };

/** What others may see of an account that is kept. */
export function userOf({ id, email, name, role, staffId, customerId, locationId }: User): User {
  return { id, email, name, role, staffId, customerId, locationId };
}

export function accountOf(user: User, secondFactor: boolean): Account {
  return { ...userOf(user), secondFactor };
}

/** An account as those see it who manage accounts. */
export type ManagedUser = User & {
  /** They have set no password yet. */
  readonly isInvited: boolean;
  readonly isDisabled: boolean;
  readonly createdAt: Instant;
  /** When tokens of a session of theirs were last made: every quarter of an hour while they are there. */
  readonly lastSeenAt: Instant | null;
  readonly version: number;
};

export function stateOf({ isDisabled, isInvited }: Pick<ManagedUser, 'isDisabled' | 'isInvited'>): UserState {
  if (isDisabled) return 'disabled';
  return isInvited ? 'invited' : 'active';
}

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
/** `revokedAt`: when its session ended. */
export type RefreshToken = NewRefreshToken & { readonly usedAt: Instant | null; readonly revokedAt: Instant | null };

/** The first use of a session, or a further one. */
export type SessionUse = { readonly userId: string; readonly sessionId: string; readonly at: Instant; readonly from: Visit };

/** An account that waits for its address to be verified. There is one for an address: a new one replaces it, and the link of the old one. */
export type Registration = {
  readonly email: string;
  readonly name: string;
  readonly locale: MessageLocale | null;
  readonly passwordHash: string;
  readonly tokenHash: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
};

/** There is one for an address: a new one replaces the link of the old one. */
export type PasswordReset = { readonly email: string; readonly tokenHash: string; readonly expiresAt: Instant };

/** A link that sets the first password. There is one for an account: a new one replaces it. */
export type Invitation = { readonly userId: string; readonly tokenHash: string; readonly expiresAt: Instant };

/** What an app and this server both know. Another set-up makes another one, with another id. */
export type SecondFactor = { readonly id: string; readonly secret: Sealed };
/** One of which no code has been shown yet. A user has one at most: a new one replaces it. */
export type SecondFactorSetup = SecondFactor & { readonly userId: string; readonly expiresAt: Instant };

/** A code that is right as far as one can see. It is good once, so it only counts if it can be spent. */
export type Proof =
  | {
      readonly kind: 'step';
      readonly factorId: string;
      readonly step: number;
      /** The secret under the key in use, if it is under an older one. */
      readonly resealed: Sealed | null;
    }
  | { readonly kind: 'recovery-code'; readonly codeHash: string };

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

/** A key as it is shown: the key itself is told once, when it is made, and kept nowhere. */
export type ApiKey = {
  readonly id: string;
  readonly name: string;
  /** The first characters of it. */
  readonly prefix: string;
  readonly scopes: readonly KeyScope[];
  /** The location it is bound to; null is all of them. */
  readonly locationId: string | null;
  readonly createdAt: Instant;
  /** null: never. */
  readonly expiresAt: Instant | null;
  /** To the minute; null if never. */
  readonly lastUsedAt: Instant | null;
};
export type StoredKey = ApiKey & { readonly keyHash: string };
