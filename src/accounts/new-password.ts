import type { Instant } from '../model/instant.ts';
import type { User, Visit } from './account.ts';
import { newEmail } from './account-emails.ts';
import type { AccountTransaction } from './account-store-port.ts';
import { endSessionsOf } from './sessions.ts';

type NewPassword = { readonly passwordHash: string /** null: none. */; readonly keptSession: string | null };

/**
 * A new password ends what was opened before it: links, since one sent earlier could still set another password, and sessions, since one of them may be the reason
 * for the new password. The owner is told. Returns the sessions.
 */
export async function setPassword(
  transaction: AccountTransaction,
  { id, email }: Pick<User, 'id' | 'email'>,
  { passwordHash, keptSession }: NewPassword,
  { from, at }: { readonly from: Visit; readonly at: Instant },
): Promise<readonly string[]> {
  await transaction.setPassword(id, passwordHash);
  await transaction.dropLinks({ id, email });
  await transaction.keepEmail(newEmail('password-changed', email, at, from));
  return endSessionsOf(transaction, id, keptSession, at);
}
