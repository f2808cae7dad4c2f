// When a session begins, goes on and ends. Each of these is part of a transaction.
import { isDeepStrictEqual } from 'node:util';
import type { Instant } from '../model/instant.ts';
import type { Account, Visit } from './account.ts';
import { sessionBegun, sessionEnded, sessionReuseDetected } from './account-entries.ts';
import type { AccountTransaction } from './account-store-port.ts';
import { accountOf, type NewRefreshToken, type Proof, type StoredUser } from './stored-accounts.ts';

type FirstToken = Omit<NewRefreshToken, 'userId'>;
type Successor = Omit<NewRefreshToken, 'userId' | 'family'>;

/** `not-proven`: the proof was spent already, or there is none and the user has a second factor by now. `changed`: see `isStill`. */
export type Beginning = 'begun' | 'not-proven' | 'changed';

export type Rotation =
  | { readonly outcome: 'rotated'; readonly user: Account; readonly family: string }
  /** A token that was used before may be stolen, so the session has been revoked. */
  | { readonly outcome: 'reused'; readonly family: string }
  /** A token that was good until its session ended. */
  | { readonly outcome: 'ended'; readonly family: string }
  | { readonly outcome: 'unknown' };

/** A session begins with its first token, and spends the proof. No session begins without a code where there is a second factor, whatever was true when the login began. */
export async function beginSession(
  transaction: AccountTransaction,
  token: FirstToken,
  from: Visit,
  { looked, proof }: { readonly looked: StoredUser; readonly proof: Proof | null },
): Promise<Beginning> {
  const { family: sessionId, createdAt: at } = token;
  const userId = looked.id;
  if (!(await isStill(transaction, looked))) return 'changed';
  if (!(await isProven(transaction, userId, proof))) return 'not-proven';
  await transaction.beginSession({ userId, sessionId, at, from });
  await transaction.addRefreshToken({ ...token, userId });
  await transaction.addAuditEntry(sessionBegun(looked, sessionId, from, at));
  return 'begun';
}

/** Whether a user can log in and is in everything the one whose password was looked at. */
async function isStill(transaction: AccountTransaction, looked: StoredUser): Promise<boolean> {
  return isDeepStrictEqual(await transaction.enabledUser(looked.id), looked);
}

/** `proof` null: the password was enough, unless there is a second factor. Spends the proof; the user has to be locked. */
export async function isProven(transaction: AccountTransaction, userId: string, proof: Proof | null): Promise<boolean> {
  return proof === null ? !(await transaction.hasSecondFactor(userId)) : transaction.spend(userId, proof);
}

/** Uses up a refresh token and adds its successor: of two at once exactly one succeeds, and the other one ends the session. */
export async function rotate(transaction: AccountTransaction, tokenHash: string, successor: Successor, from: Visit): Promise<Rotation> {
  const { createdAt: at } = successor;
  const token = await transaction.refreshToken(tokenHash);
  if (token === undefined || token.expiresAt <= at) return { outcome: 'unknown' };
  const { userId, family } = token;
  if (token.usedAt !== null) {
    if (await transaction.endSessions([family], at)) await transaction.addAuditEntry(sessionReuseDetected(userId, family, from, at));
    return { outcome: 'reused', family };
  }
  if (token.revokedAt !== null) return { outcome: 'ended', family };
  const user = await transaction.enabledUser(userId);
  // A node of the version before this one has disabled them, and let the session go on.
  if (user === undefined) {
    await transaction.endSessions([family], at);
    return { outcome: 'ended', family };
  }
  await transaction.useRefreshToken(token.id, at);
  await transaction.addRefreshToken({ ...successor, userId, family });
  await transaction.continueSession({ userId, sessionId: family, at, from }, token.createdAt);
  return { outcome: 'rotated', user: accountOf(user, await transaction.hasSecondFactor(userId)), family };
}

/** Ends the session that a refresh token belongs to. `undefined`: the token is unknown. What had ended before is not said again. */
export async function endSessionOfToken(transaction: AccountTransaction, tokenHash: string, from: Visit, at: Instant): Promise<string | undefined> {
  const token = await transaction.refreshToken(tokenHash);
  if (token === undefined) return undefined;
  const { userId, family } = token;
  const user = (await transaction.endSessions([family], at)) ? await transaction.user(userId) : undefined;
  if (user !== undefined) await transaction.addAuditEntry(sessionEnded(user, family, from, at));
  return family;
}

/** Ends the sessions of a user but the one that is kept; null: all of them. Returns those that it has ended. */
export async function endSessionsOf(transaction: AccountTransaction, userId: string, kept: string | null, at: Instant): Promise<readonly string[]> {
  await transaction.lockUser(userId);
  const ended = (await transaction.openSessions(userId, at)).filter((id) => id !== kept);
  await transaction.endSessions(ended, at);
  return ended;
}
