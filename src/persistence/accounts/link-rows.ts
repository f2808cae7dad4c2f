// What the links of e-mails open, as rows: registrations, password resets and invitations.
import { LockMode } from '@mikro-orm/core';
import type { AccountTransaction } from '../../accounts/account-store-port.ts';
import type { Registration } from '../../accounts/stored-accounts.ts';
import { instant } from '../../model/instant.ts';
import type { EntityManager } from '../database/database.ts';
import { InvitationRow, PasswordResetRow, RegistrationRow, UserAccountRow } from './account-entities.ts';
import { NOBODY, visibleUserOf } from './user-rows.ts';

export function linkTables(em: EntityManager) {
  return {
    async keepRegistration(registration) {
      await em.upsert(RegistrationRow, registration);
    },
    async registration(tokenHash, at) {
      const row = await em.findOne(RegistrationRow, { tokenHash, expiresAt: { $gt: at } }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (row === null) return undefined;
      const { email, name, passwordHash, createdAt, expiresAt } = row;
      // Written by this server, so it is one of them.
      const locale = (row.locale as Registration['locale']) ?? null;
      return { email, name, locale, passwordHash, tokenHash, createdAt: instant(createdAt), expiresAt: instant(expiresAt) };
    },
    async dropRegistration(tokenHash) {
      await em.nativeDelete(RegistrationRow, { tokenHash });
    },
    async keepReset(reset) {
      await em.upsert(PasswordResetRow, reset);
    },
    async keepInvitation(invitation) {
      await em.upsert(InvitationRow, invitation);
    },
    async userOfLink(tokenHash, at) {
      const good = { tokenHash, expiresAt: { $gt: at } };
      const [reset, invitation] = [await em.findOne(PasswordResetRow, good), await em.findOne(InvitationRow, good)];
      const whose = reset !== null ? { email: reset.email } : { id: invitation?.userId ?? NOBODY };
      const row = await em.findOne(UserAccountRow, { ...whose, disabledAt: null });
      return row === null ? undefined : visibleUserOf(row);
    },
    async dropLink(tokenHash) {
      return (await em.nativeDelete(PasswordResetRow, { tokenHash })) + (await em.nativeDelete(InvitationRow, { tokenHash })) > 0;
    },
    async dropLinks({ id, email }) {
      await em.nativeDelete(PasswordResetRow, { email });
      await em.nativeDelete(InvitationRow, { userId: id });
    },
  } satisfies Partial<AccountTransaction>;
}
