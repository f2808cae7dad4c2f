// What may be done to the accounts of others, and why not. Each decides inside the transaction that writes it.
import { type AuditRecord, type AuditSource, auditEntry, userSubject } from '../audit/audit-entry.ts';
import { auditDifference } from '../audit/difference.ts';
import type { AuditAction } from '../model/audit-actions.ts';
import type { Instant } from '../model/instant.ts';
import type { GivenRole, Role } from '../model/roles.ts';
import { newEmail } from './account-emails.ts';
import { userAdded } from './account-entries.ts';
import type { AccountTransaction } from './account-store-port.ts';
import { endSessionsOf } from './sessions.ts';
import type { ManagedUser } from './stored-accounts.ts';
import { blame, blameField, EMAIL_TAKEN, NO_SUCH_USER, NOT_PROVEN, type Refused, type UserChange, type UserRequest } from './user-answer.ts';

export type UserDraft = {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: GivenRole;
  readonly staffId: string | null;
  readonly locationId: string | null;
};

/** What is left out, or undefined, stays as it is. */
export type UserChanges = {
  readonly name?: string | undefined;
  readonly role?: GivenRole | undefined;
  readonly staffId?: string | null | undefined;
  readonly locationId?: string | null | undefined;
  readonly disabled?: boolean | undefined;
};

/** A link that has been made and is not kept yet. */
export type NewLink = { readonly token: string; readonly tokenHash: string; readonly expiresAt: Instant };

/** Accounts of people who work here: as many as there may be staff members. Customers are not counted: each has answered an e-mail, of which there are so many a day. */
export const MOST_WORKERS = 10_000;

const BOUND_ROLES: readonly Role[] = ['front-desk', 'manager'];

/** `passwordHash` is of a password that nobody has. */
export function addUser(draft: UserDraft, passwordHash: string, link: NewLink): UserChange {
  return async (transaction, request, at) => {
    if (draft.role === 'owner' && !request.isProven) return NOT_PROVEN;
    const user: ManagedUser = { ...draft, customerId: null, isInvited: true, isDisabled: false, createdAt: at, lastSeenAt: null, version: 1 };
    const misplaced = await refusePlace(transaction, user, undefined);
    if (misplaced !== undefined) return misplaced;
    if (await transaction.isIdTaken(user.id)) return blameField('id-in-use', 'id', 'is or was in use');
    if (await transaction.isEmailTaken(user.email)) return EMAIL_TAKEN;
    const taken = await refuseStaffMember(transaction, user, undefined);
    if (taken !== undefined) return taken;
    if ((await transaction.countOfWorkers()) >= MOST_WORKERS)
      return {
        refusal: {
          code: 'limit-reached',
          limit: 'users',
          detail: `At most ${MOST_WORKERS} people who work here can have an account. Remove accounts that are no longer used.`,
        },
      };
    await transaction.addUser({ ...user, passwordHash });
    await keepInvitation(transaction, user, link, at);
    await transaction.addAuditEntry(userAdded(user, request, at));
    return { user, ended: [] };
  };
}

export function inviteUser(id: string, link: NewLink): UserChange {
  return async (transaction, request, at) => {
    const user = await transaction.user(id);
    if (user === undefined) return NO_SUCH_USER;
    if (user.isDisabled) return { refusal: { code: 'wrong-status', detail: 'The account is disabled.' } };
    if (!user.isInvited) return { refusal: { code: 'wrong-status', detail: 'This user already has a password and can reset it.' } };
    await keepInvitation(transaction, user, link, at);
    await audit(transaction, request, at, { action: 'user.invited', user, after: { email: user.email } });
    return { user, ended: [] };
  };
}

/** Tokens say what somebody may do, so where that changes every session ends with it. */
export function changeUser(id: string, changes: UserChanges): UserChange {
  return async (transaction, request, at) => {
    const user = await transaction.user(id);
    if (user === undefined) return NO_SUCH_USER;
    const next = { ...changed(user, changes), version: user.version + 1 };
    const refusal =
      refuseUnproven(request, user, next) ??
      versionMismatch(request, user) ??
      refuseOneself(request, user, next) ??
      (await refusePlace(transaction, next, user)) ??
      (await refuseStaffMember(transaction, next, user)) ??
      (await refuseLastOwner(transaction, user, next));
    if (refusal !== undefined) return refusal;
    const difference = differenceOf(user, next);
    if (difference === undefined) return { user, ended: [] };
    await transaction.changeUser(next, at);
    if (next.isDisabled) await transaction.dropLinks(next);
    const ended = mayTheSame(user, next) ? [] : await endSessionsOf(transaction, id, null, at);
    await audit(transaction, request, at, { action: 'user.changed', user: next, ...difference });
    return { user: next, ended };
  };
}

export function removeUser(id: string): UserChange {
  return async (transaction, request, at) => {
    const user = await transaction.user(id);
    if (user === undefined) return NO_SUCH_USER;
    const refusal =
      refuseUnproven(request, user) ??
      versionMismatch(request, user) ??
      refuseOwnRemoval(request, user) ??
      (await refuseLastOwner(transaction, user, undefined));
    if (refusal !== undefined) return refusal;
    const ended = await endSessionsOf(transaction, id, null, at);
    await transaction.dropLinks(user);
    await transaction.removeUser(id, at);
    await transaction.dropSetup(id);
    await transaction.dropSecondFactor(id);
    await audit(transaction, request, at, { action: 'user.removed', user, before: recordOf(user) });
    return { user, ended };
  };
}

/** The account of a staff member who is removed from the catalog: nobody logs in with it any more. The owner removes it, or gives it another role. */
export async function closeAccountOf(staffId: string, transaction: AccountTransaction, source: AuditSource, at: Instant): Promise<void> {
  const user = await transaction.userOfStaffMember(staffId);
  if (user === undefined || user.isDisabled) return;
  const next = { ...user, isDisabled: true, version: user.version + 1 };
  await transaction.changeUser(next, at);
  await transaction.dropLinks(next);
  await endSessionsOf(transaction, user.id, null, at);
  await audit(transaction, source, at, { action: 'user.changed', user: next, ...auditDifference(recordOf(user), recordOf(next)) });
}

/** For somebody who has lost their app and their recovery codes. They are told, in case it was not they who asked. */
export function removeUsersFactor(id: string): UserChange {
  return async (transaction, request, at) => {
    const user = await transaction.user(id);
    if (user === undefined) return NO_SUCH_USER;
    const own = refuseOwnFactor(request, user);
    if (own !== undefined) return own;
    if (!request.isProven) return NOT_PROVEN;
    if (!(await transaction.dropSecondFactor(id))) return { refusal: { code: 'wrong-status', detail: 'This user has no second factor.' } };
    await transaction.keepEmail(newEmail('second-factor-off', user.email, at));
    await audit(transaction, request, at, { action: 'user.second-factor-removed', user });
    return { user, ended: [] };
  };
}

/** With another role goes what only the old one had, unless something else is said about it. */
function changed(user: ManagedUser, changes: UserChanges): ManagedUser {
  const { name = user.name, staffId, locationId, disabled = user.isDisabled } = changes;
  const role: Role = changes.role ?? user.role;
  const kept = { staffId: role === 'staff' ? user.staffId : null, locationId: BOUND_ROLES.includes(role) ? user.locationId : null };
  const asBefore = role === user.role ? user : kept;
  return {
    ...user,
    name,
    role,
    isDisabled: disabled,
    staffId: staffId === undefined ? asBefore.staffId : staffId,
    locationId: locationId === undefined ? asBefore.locationId : locationId,
  };
}

/** What stays as it was is not looked at: a location may have been removed since. `before` undefined: somebody new. */
async function refusePlace(transaction: AccountTransaction, next: ManagedUser, before: ManagedUser | undefined): Promise<Refused | undefined> {
  const { role, staffId, locationId } = next;
  const isOther = (field: 'role' | 'staffId' | 'locationId') => before === undefined || next[field] !== before[field];
  if (before?.role === 'customer' && isOther('role'))
    return blameField('invalid-request', 'role', 'of a customer cannot be changed: people who work here need a separate account');
  // A former staff member comes back with another role.
  const isBack = before?.isDisabled === true && !next.isDisabled;
  const staff = isOther('staffId') || isOther('role') || isBack ? await wrongStaffMember(transaction, role, staffId) : undefined;
  const location = isOther('locationId') || isOther('role') ? await wrongLocation(transaction, role, locationId) : undefined;
  return blame('invalid-request', [
    ...(staff === undefined ? [] : [{ path: 'staffId', message: staff }]),
    ...(location === undefined ? [] : [{ path: 'locationId', message: location }]),
  ]);
}

/** Without a calendar of their own somebody with the role staff would see nothing. */
async function wrongStaffMember(transaction: AccountTransaction, role: Role, staffId: string | null): Promise<string | undefined> {
  if (role !== 'staff') return staffId === null ? undefined : 'is for the role staff only';
  if (staffId === null) return 'is required for the role staff: it names their calendar';
  return (await transaction.hasStaffMember(staffId)) ? undefined : 'there is no such staff member';
}

/** null is every location. */
async function wrongLocation(transaction: AccountTransaction, role: Role, locationId: string | null): Promise<string | undefined> {
  if (locationId === null) return undefined;
  if (!BOUND_ROLES.includes(role)) return `is for the roles ${BOUND_ROLES.join(' and ')} only`;
  return (await transaction.hasLocation(locationId)) ? undefined : 'there is no such location';
}

async function refuseStaffMember(transaction: AccountTransaction, { staffId }: ManagedUser, before: ManagedUser | undefined): Promise<Refused | undefined> {
  if (staffId === null || staffId === before?.staffId || !(await transaction.hasUser(staffId))) return undefined;
  return blameField('id-in-use', 'staffId', 'already has a user');
}

/** Owners are made, changed and removed by who is there in person. What an owner changes about their own account is not theirs to lose. */
function refuseUnproven({ by, isProven }: UserRequest, user: ManagedUser, next: ManagedUser = user): Refused | undefined {
  const isAboutOwner = by.id !== user.id && (user.role === 'owner' || next.role === 'owner');
  return isAboutOwner && !isProven ? NOT_PROVEN : undefined;
}

/** Nobody takes their own rights away, by mistake or in the hope that somebody else gives them back. */
function refuseOneself({ by }: UserRequest, user: ManagedUser, next: ManagedUser): Refused | undefined {
  if (by.id !== user.id) return undefined;
  if (next.role !== user.role) return blameField('forbidden', 'role', 'is your own: another owner has to change it');
  return next.isDisabled ? blameField('forbidden', 'disabled', 'is your own account: another owner has to do this') : undefined;
}

function refuseOwnRemoval({ by }: UserRequest, { id }: ManagedUser): Refused | undefined {
  return by.id === id ? blameField('forbidden', 'id', 'is your own: another owner has to do this') : undefined;
}

/** That takes password and code, which someone who finds an open page does not have. */
function refuseOwnFactor({ by }: UserRequest, { id }: ManagedUser): Refused | undefined {
  return by.id === id ? blameField('forbidden', 'id', 'is your own: remove it with your password and a code') : undefined;
}

/** Somebody must be left who can let others in. `next` undefined: they go. */
async function refuseLastOwner(transaction: AccountTransaction, user: ManagedUser, next: ManagedUser | undefined): Promise<Refused | undefined> {
  if (!isActiveOwner(user) || (next !== undefined && isActiveOwner(next)) || (await transaction.hasOwnerBeside(user.id))) return undefined;
  return { refusal: { code: 'wrong-status', detail: 'This is the last owner who can log in.' } };
}

function isActiveOwner({ role, isInvited, isDisabled }: ManagedUser): boolean {
  return role === 'owner' && !isInvited && !isDisabled;
}

function mayTheSame(before: ManagedUser, next: ManagedUser): boolean {
  return before.role === next.role && before.staffId === next.staffId && before.locationId === next.locationId && (before.isDisabled || !next.isDisabled);
}

function versionMismatch({ expectedVersions }: UserRequest, { version }: ManagedUser): Refused | undefined {
  if (expectedVersions === null || expectedVersions.includes(version)) return undefined;
  return { refusal: { code: 'version-mismatch', detail: `It has changed: the current version is ${version}.`, currentVersion: version } };
}

async function keepInvitation(transaction: AccountTransaction, { id: userId, email }: ManagedUser, link: NewLink, at: Instant): Promise<void> {
  const { token, tokenHash, expiresAt } = link;
  await transaction.keepInvitation({ userId, tokenHash, expiresAt });
  await transaction.keepEmail(newEmail('invitation', email, at, { secret: { token, expiresAt } }));
}

type Said = { readonly action: AuditAction; readonly user: ManagedUser; readonly before?: AuditRecord | null; readonly after?: AuditRecord | null };

function audit(transaction: AccountTransaction, source: AuditSource, at: Instant, { user, ...said }: Said): Promise<void> {
  return transaction.addAuditEntry(auditEntry(source, at, { ...said, subject: userSubject(user) }));
}

/** No names of customers: the trail is kept for ever. */
function recordOf({ name, role, staffId, locationId, isDisabled }: ManagedUser): AuditRecord {
  return { ...(role !== 'customer' && { name }), role, staffId, locationId, disabled: isDisabled };
}

/** `undefined`: nothing differs. A customer's name is named as a field that changed, without what it was and is. */
function differenceOf(user: ManagedUser, next: ManagedUser): ReturnType<typeof auditDifference> | undefined {
  const { before, after } = auditDifference(recordOf(user), recordOf(next));
  const isUntold = user.name !== next.name && user.role === 'customer';
  if (isUntold) return { before: before ?? {}, after: { ...after, changedFields: ['name'] } };
  return after === null ? undefined : { before, after };
}
