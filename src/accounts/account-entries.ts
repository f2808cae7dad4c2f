// What accounts say in the audit trail.
import type { Principal } from '../access/principal.ts';
import { type AuditEntry, type AuditSource, auditEntry, byGuest, byUser, userSubject } from '../audit/audit-entry.ts';
import type { Instant } from '../model/instant.ts';
import type { User, Visit } from './account.ts';

type NamedUser = Pick<User, 'id' | 'name' | 'role'>;

function sourceOfUser(user: NamedUser, { address, requestId = null }: Visit): AuditSource {
  return { by: byUser(user, address), requestId };
}

/** Nobody is logged in, whatever they can show. */
function sourceOfGuest({ address, requestId = null }: Visit): AuditSource {
  return { by: byGuest(address), requestId };
}

export function sessionBegun(user: NamedUser, id: string, from: Visit, at: Instant): AuditEntry {
  const { device } = from;
  return auditEntry(sourceOfUser(user, from), at, { action: 'session.begun', subject: { kind: 'session', id, name: null }, after: { device } });
}

export function sessionEnded(user: NamedUser, id: string, from: Visit, at: Instant): AuditEntry {
  return auditEntry(sourceOfUser(user, from), at, { action: 'session.ended', subject: { kind: 'session', id, name: null } });
}

/** The password or a code was given again, to do what a token alone may not. */
export function sessionProven(principal: Principal, from: Visit, at: Instant): AuditEntry {
  const subject = { kind: 'session', id: principal.sessionId, name: null } as const;
  return auditEntry(sourceOfUser(personOf(principal), from), at, { action: 'session.proven', subject });
}

/** One of two has stolen the token; who shows it now may be either. */
export function sessionReuseDetected(userId: string, id: string, from: Visit, at: Instant): AuditEntry {
  return auditEntry(sourceOfGuest(from), at, { action: 'session.reuse-detected', subject: { kind: 'session', id, name: null }, after: { userId } });
}

/** One entry for all of them: somebody may have very many. */
export function otherSessionsEnded(user: NamedUser, ended: number, from: Visit, at: Instant): AuditEntry {
  return auditEntry(sourceOfUser(user, from), at, { action: 'session.ended', subject: userSubject(user), after: { sessionsEnded: ended } });
}

export function passwordChanged(user: NamedUser, ended: number, from: Visit, at: Instant): AuditEntry {
  return auditEntry(sourceOfUser(user, from), at, { action: 'password.changed', subject: userSubject(user), after: { sessionsEnded: ended } });
}

export function passwordReset(user: NamedUser, ended: number, from: Visit, at: Instant): AuditEntry {
  return auditEntry(sourceOfGuest(from), at, { action: 'password.reset', subject: userSubject(user), after: { sessionsEnded: ended } });
}

/** `ended` counts the sessions that began without it. */
export function secondFactorAdded(principal: Principal, ended: number, from: Visit, at: Instant): AuditEntry {
  const user = personOf(principal);
  return auditEntry(sourceOfUser(user, from), at, { action: 'second-factor.added', subject: userSubject(user), after: { sessionsEnded: ended } });
}

function secondFactorRemoved(user: NamedUser, source: AuditSource, at: Instant): AuditEntry {
  return auditEntry(source, at, { action: 'second-factor.removed', subject: userSubject(user) });
}

export function ownSecondFactorRemoved(principal: Principal, from: Visit, at: Instant): AuditEntry {
  const user = personOf(principal);
  return secondFactorRemoved(user, sourceOfUser(user, from), at);
}

export function recoveryCodesReplaced(principal: Principal, from: Visit, at: Instant): AuditEntry {
  const user = personOf(principal);
  return auditEntry(sourceOfUser(user, from), at, { action: 'recovery-codes.replaced', subject: userSubject(user) });
}

/** Keys have no password, no code and no session: none of this is theirs to do. */
function personOf({ userId: id, name, role }: Principal): NamedUser {
  if (role === 'integration') throw new Error('An API key has no account.');
  return { id, name, role };
}

export function userRegistered(user: User, from: Visit, at: Instant): AuditEntry {
  return auditEntry(sourceOfGuest(from), at, { action: 'user.registered', subject: userSubject(user), after: factsOf(user) });
}

export function userAdded(user: User, source: AuditSource, at: Instant): AuditEntry {
  return auditEntry(source, at, { action: 'user.added', subject: userSubject(user), after: factsOf(user) });
}

function factsOf({ email, role, staffId, customerId, locationId }: User): { readonly [field: string]: unknown } {
  return { ...(role !== 'customer' && { email }), role, staffId, customerId, locationId };
}

/** What has to wait: an account, under a hash where there is none, so that nobody sees a difference; or an address. */
export type LockedOutSubject = { readonly kind: 'login' | 'address'; readonly id: string };

export function loginLockedOut(subject: LockedOutSubject, user: NamedUser | undefined, from: Visit, at: Instant): AuditEntry {
  const isUser = user !== undefined && subject.kind === 'login';
  return auditEntry(sourceOfGuest(from), at, { action: 'login.locked-out', subject: isUser ? userSubject(user) : { ...subject, name: null } });
}
