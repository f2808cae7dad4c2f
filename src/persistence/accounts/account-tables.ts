// A change of accounts, as statements. What they are for, and their order, is decided in `accounts/`.
import type { AccountEmail } from '../../accounts/account-emails.ts';
import type { AccountTransaction } from '../../accounts/account-store-port.ts';
import { addAuditEntry } from '../audit/audit-rows.ts';
import type { EntityManager } from '../database/database.ts';
import { addReply, replyOf } from '../replies/http-reply-rows.ts';
import { apiKeyTables } from './api-key-rows.ts';
import { linkTables } from './link-rows.ts';
import { secondFactorTables } from './second-factor-rows.ts';
import { sessionTables } from './session-rows.ts';
import { userTables } from './user-rows.ts';

/** `keepEmail` left out: for a change that tells no one. */
export function accountTables(em: EntityManager, keepEmail: (mail: AccountEmail) => Promise<void> = tellNobody): AccountTransaction {
  return {
    keepEmail,
    addAuditEntry: (entry) => addAuditEntry(em, entry),
    reply: (caller, key) => replyOf(em, caller, key),
    addReply: (key, reply) => addReply(em, { ...key, ...reply }),
    ...userTables(em),
    ...sessionTables(em),
    ...linkTables(em),
    ...secondFactorTables(em),
    ...apiKeyTables(em),
  };
}

async function tellNobody(): Promise<void> {
  throw new Error('This change of an account tells no one.');
}
