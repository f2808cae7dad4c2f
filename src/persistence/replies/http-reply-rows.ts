// What writes answered, by their callers' keys. All of it happens inside the transaction of such a write.
import type { ReplyKey, StoredReply } from '../../model/kept-replies.ts';
import type { EntityManager } from '../database/database.ts';
import { HttpReplyRow } from './http-reply.ts';

type KeptReply = StoredReply & ReplyKey;

export async function replyOf(em: EntityManager, caller: string, key: string): Promise<(StoredReply & { readonly fingerprint: string }) | undefined> {
  const row = await em.findOne(HttpReplyRow, { caller, key });
  return row === null ? undefined : { status: row.status, body: row.body, fingerprint: row.fingerprint };
}

export async function addReply(em: EntityManager, { caller, key, fingerprint, status, body }: KeptReply): Promise<void> {
  await em.insert(HttpReplyRow, { caller, key, fingerprint, status, body, createdAt: Date.now() });
}
