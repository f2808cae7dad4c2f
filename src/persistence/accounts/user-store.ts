// The accounts of others, for those who manage them. All of it happens inside a transaction of the account store.
import { LockMode } from '@mikro-orm/core';
import type { User } from '../../accounts/account.ts';
import type { AccountEmail } from '../../accounts/account-emails.ts';
import { closeAccountOf as close } from '../../accounts/user-changes.ts';
import type { Invitation, ManagedUser, UserFilter, UserPage, UserTransaction } from '../../accounts/user-store-port.ts';
import type { AuditEntry, AuditSource } from '../../audit/audit-entry.ts';
import type { Instant } from '../../model/instant.ts';
import type { ReplyKey, StoredReply } from '../../model/kept-replies.ts';
import { addAuditEntry } from '../audit/audit-rows.ts';
import { BusinessRow, LocationRow, StaffMemberRow } from '../catalog/catalog-entities.ts';
import type { EntityManager } from '../database/database.ts';
import { keepEmail, type NewEmail } from '../mail/account-email-rows.ts';
import { addReply, replyOf } from '../replies/http-reply-rows.ts';
import { InvitationRow, LoginSessionRow, UserAccountRow } from './account-entities.ts';
import { dropLinks } from './account-openings.ts';
import { endOtherSessions, lockUser } from './account-sessions.ts';
import { dropSecondFactor, dropSetup } from './second-factor-rows.ts';
import { managedUserOf } from './user-rows.ts';

/** Where it was sent is theirs, as that of a customer who is erased. */
const FORGET_EMAILS = 'update message set recipient = null, subject = null, body = null, html = null where user_id = ?';

export async function users(em: EntityManager, { roles, locationId }: UserFilter, limit: number, after: string | null): Promise<UserPage> {
  const filter = { role: { $in: [...roles] }, removedAt: null, ...(locationId !== undefined && { locationId }), ...(after !== null && { id: { $gt: after } }) };
  // One more than the page shows whether there is a next one.
  const rows = await em.find(UserAccountRow, filter, { orderBy: { id: 'asc' }, limit: limit + 1 });
  const items = rows.slice(0, limit).map(managedUserOf);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

export async function managedUser(em: EntityManager, id: string): Promise<ManagedUser | undefined> {
  const row = await em.findOne(UserAccountRow, { id, removedAt: null });
  return row === null ? undefined : managedUserOf(row);
}

/** Changes of users and of the catalog come one after the other, on all nodes, by the lock on the business row: so what a change looks at stays until it is written, and of two owners who demote each other one is too late. */
export async function changeUsers<T>(em: EntityManager, withDelivery: WithDelivery, work: (transaction: UserTransaction) => Promise<T>): Promise<T> {
  await em.findOneOrFail(BusinessRow, { id: 1 }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  return work(new UserTables(em, withDelivery));
}

/** Part of a change of the catalog, which holds the same lock. */
export async function closeAccountOf(em: EntityManager, staffId: string, source: AuditSource, at: Instant): Promise<void> {
  const nothingSent = () => {
    throw new Error('Closing an account tells nobody.');
  };
  await close(staffId, new UserTables(em, nothingSent), source, at);
}

/** Says of an e-mail who delivers it. */
type WithDelivery = (mail: AccountEmail) => NewEmail;

class UserTables implements UserTransaction {
  readonly #em: EntityManager;
  readonly #withDelivery: WithDelivery;

  constructor(em: EntityManager, withDelivery: WithDelivery) {
    this.#em = em;
    this.#withDelivery = withDelivery;
  }

  async reply(caller: string, key: string): Promise<(StoredReply & { readonly fingerprint: string }) | undefined> {
    return replyOf(this.#em, caller, key);
  }

  async addReply(key: ReplyKey, reply: StoredReply): Promise<void> {
    await addReply(this.#em, { ...key, ...reply });
  }

  async addAuditEntry(entry: AuditEntry): Promise<void> {
    await addAuditEntry(this.#em, entry);
  }

  async user(id: string): Promise<ManagedUser | undefined> {
    await lockUser(this.#em, id);
    return managedUser(this.#em, id);
  }

  async userOfStaffMember(staffId: string): Promise<ManagedUser | undefined> {
    const row = await this.#em.findOne(UserAccountRow, { staffId, removedAt: null }, { fields: ['id'] });
    return row === null ? undefined : this.user(row.id);
  }

  async isIdTaken(id: string): Promise<boolean> {
    return (await this.#em.count(UserAccountRow, { id })) > 0;
  }

  async countOfWorkers(): Promise<number> {
    return this.#em.count(UserAccountRow, { role: { $ne: 'customer' }, removedAt: null });
  }

  async isEmailTaken(email: string): Promise<boolean> {
    return (await this.#em.count(UserAccountRow, { email })) > 0;
  }

  async hasLocation(id: string): Promise<boolean> {
    return (await this.#em.count(LocationRow, { id, archived: false })) > 0;
  }

  async hasStaffMember(id: string): Promise<boolean> {
    return (await this.#em.count(StaffMemberRow, { id, archived: false })) > 0;
  }

  async hasUser(staffId: string): Promise<boolean> {
    return (await this.#em.count(UserAccountRow, { staffId })) > 0;
  }

  async hasOwnerBeside(id: string): Promise<boolean> {
    return (await this.#em.count(UserAccountRow, { id: { $ne: id }, role: 'owner', invitedAt: null, disabledAt: null, removedAt: null })) > 0;
  }

  async addUser({ isInvited, isDisabled, ...user }: ManagedUser, passwordHash: string): Promise<void> {
    const { createdAt } = user;
    await this.#em.insert(UserAccountRow, { ...user, passwordHash, invitedAt: isInvited ? createdAt : null, disabledAt: isDisabled ? createdAt : null });
  }

  /** When somebody was disabled stays, whatever else is changed. */
  async changeUser({ id, name, role, staffId, locationId, isDisabled, version }: ManagedUser, at: Instant): Promise<void> {
    await this.#em.nativeUpdate(UserAccountRow, { id }, { name, role, staffId, locationId, version });
    if (isDisabled) await this.#em.nativeUpdate(UserAccountRow, { id, disabledAt: null }, { disabledAt: at });
    else await this.#em.nativeUpdate(UserAccountRow, { id }, { disabledAt: null });
  }

  /** What stands in place of the address is none, so nobody logs in with it; and nothing is a hash of no password. */
  async removeUser(id: string, at: Instant): Promise<void> {
    const nothing = { name: '', locale: null, passwordHash: '', staffId: null, customerId: null, locationId: null };
    await this.#em.nativeUpdate(UserAccountRow, { id }, { ...nothing, email: `removed:${id}`, removedAt: at });
    await this.#em.execute(FORGET_EMAILS, [id]);
    await dropSetup(this.#em, id);
    await dropSecondFactor(this.#em, id);
  }

  async keepInvitation(invitation: Invitation, mail: AccountEmail): Promise<void> {
    await this.#em.upsert(InvitationRow, invitation);
    await this.keepEmail(mail);
  }

  async keepEmail(mail: AccountEmail): Promise<void> {
    await keepEmail(this.#em, this.#withDelivery(mail));
  }

  async dropSecondFactor(userId: string): Promise<boolean> {
    return dropSecondFactor(this.#em, userId);
  }

  async dropLinks(user: User): Promise<void> {
    await dropLinks(this.#em, user);
  }

  async endedSessions(userId: string, since: Instant): Promise<readonly string[]> {
    const rows = await this.#em.find(LoginSessionRow, { userId, endedAt: { $gte: since } }, { fields: ['id'] });
    return rows.map(({ id }) => id);
  }

  async endSessions(userId: string, at: Instant): Promise<readonly string[]> {
    return endOtherSessions(this.#em, userId, null, at);
  }
}
