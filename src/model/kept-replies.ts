// Replies to catalog and user writes, stored with the caller's key in the transaction of the write. Calendars rebuild theirs from facts.

/** The answer, so that a repeat under the same key gets the same one. */
export type StoredReply = { readonly status: number; readonly body: unknown };
/** `fingerprint` stands for everything that was asked. */
export type ReplyKey = { readonly caller: string; readonly key: string; readonly fingerprint: string };

/** Inside the transaction of the write. */
export type KeptReplies = {
  reply(caller: string, key: string): Promise<(StoredReply & { readonly fingerprint: string }) | undefined>;
  addReply(key: ReplyKey, reply: StoredReply): Promise<void>;
};

export type KeyReused = { readonly code: 'idempotency-key-reused'; readonly detail: string };
export type AnsweredBefore = { readonly outcome: 'replayed'; readonly reply: StoredReply } | { readonly outcome: 'refused'; readonly refusal: KeyReused };

/** `undefined`: it was not answered before, or has no key. */
export async function answeredBefore(replies: Pick<KeptReplies, 'reply'>, key: ReplyKey | null): Promise<AnsweredBefore | undefined> {
  const before = key === null ? undefined : await replies.reply(key.caller, key.key);
  if (before === undefined) return undefined;
  // The body is read only where it is this request's: another one may have sealed it differently.
  if (before.fingerprint === key?.fingerprint) return { outcome: 'replayed', reply: { status: before.status, body: before.body } };
  return { outcome: 'refused', refusal: { code: 'idempotency-key-reused', detail: 'This Idempotency-Key was used for another request.' } };
}

/** For answers that not everybody who reads the database may read: sealed, so that they are read here alone. One of before they were sealed is read as it is. */
export function sealedReplies(replies: KeptReplies, seal: { seal(text: string): string; open(sealed: string): string | undefined }): KeptReplies {
  return {
    async reply(caller, key) {
      const kept = await replies.reply(caller, key);
      if (kept === undefined || !isSealed(kept.body)) return kept;
      const { sealed } = kept.body;
      return {
        ...kept,
        get body() {
          const body = seal.open(sealed);
          if (body === undefined) throw new Error('a kept answer was sealed under a secret that is none of ours any more');
          return JSON.parse(body);
        },
      };
    },
    addReply: (key, { status, body }) => replies.addReply(key, { status, body: { sealed: seal.seal(JSON.stringify(body)) } }),
  };
}

function isSealed(body: unknown): body is { readonly sealed: string } {
  return typeof body === 'object' && body !== null && 'sealed' in body && typeof body.sealed === 'string';
}
