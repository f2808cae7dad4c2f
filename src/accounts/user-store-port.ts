// What the management of users needs of its storage. `persistence/accounts/user-store.ts` implements it.
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Instant } from '../model/instant.ts';
import type { KeptReplies } from '../model/kept-replies.ts';
import type { Role, UserState } from '../model/roles.ts';
import type { User } from './account.ts';
import type { AccountEmail } from './account-emails.ts';

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

/** A link that sets the first password. There is one for an account: a new one replaces it. */
export type Invitation = { readonly userId: string; readonly tokenHash: string; readonly expiresAt: Instant };

/** One change, all or nothing. Only one is open at a time, in the whole cluster, and none of the catalog beside it, so what is read here stays true until it is written. */
export type UserTransaction = KeptReplies & {
  addAuditEntry(entry: AuditEntry): Promise<void>;

  /** Nothing else happens to them, or to their sessions, until the end of the transaction. */
  user(id: string): Promise<ManagedUser | undefined>;
  /** As `user`: the one whose calendar is this staff member's. */
  userOfStaffMember(staffId: string): Promise<ManagedUser | undefined>;
  /** Also by somebody who has been removed. */
  isIdTaken(id: string): Promise<boolean>;
  /** Accounts of people who work here, disabled ones included; those that have been removed are not. */
  countOfWorkers(): Promise<number>;
  isEmailTaken(email: string): Promise<boolean>;
  hasLocation(id: string): Promise<boolean>;
  hasStaffMember(id: string): Promise<boolean>;
  hasUser(staffId: string): Promise<boolean>;
  /** Whether an owner who can log in is left without this one. */
  hasOwnerBeside(id: string): Promise<boolean>;

  addUser(user: ManagedUser, passwordHash: string): Promise<void>;
  changeUser(user: ManagedUser, at: Instant): Promise<void>;
  /** Takes away who they were; the id and the role stay, so that nobody else gets the id. */
  removeUser(id: string, at: Instant): Promise<void>;
  keepInvitation(invitation: Invitation, mail: AccountEmail): Promise<void>;
  keepEmail(mail: AccountEmail): Promise<void>;
  /** Whether there was one. */
  dropSecondFactor(userId: string): Promise<boolean>;
  /** Links that would set a password, of whatever kind, are good no more. */
  dropLinks(user: User): Promise<void>;
  /** Those that have ended since. */
  endedSessions(userId: string, since: Instant): Promise<readonly string[]>;
  /** Ends all of them and returns them. */
  endSessions(userId: string, at: Instant): Promise<readonly string[]>;
};

export type UserFilter = { readonly roles: readonly Role[] /** Of accounts that are bound to it. */; readonly locationId?: string };
export type UserPage = { readonly items: readonly ManagedUser[] /** The id to go on from; null on the last page. */; readonly nextCursor: string | null };

export type UserStore = {
  /** By id, those behind the id `after`. */
  users(filter: UserFilter, limit: number, after: string | null): Promise<UserPage>;
  managedUser(id: string): Promise<ManagedUser | undefined>;
  /** `email-taken`: somebody has registered the address in the same moment, and nothing was changed. */
  changeUsers<T>(work: (transaction: UserTransaction) => Promise<T>): Promise<T | 'email-taken'>;
};

export function stateOf({ isDisabled, isInvited }: Pick<ManagedUser, 'isDisabled' | 'isInvited'>): UserState {
  if (isDisabled) return 'disabled';
  return isInvited ? 'invited' : 'active';
}
