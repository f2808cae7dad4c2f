import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answeredBefore, type KeptReplies, type StoredReply, sealedReplies } from '../../src/model/kept-replies.ts';

const sealWith = (secret: string) => ({
  seal: (text: string) => `${secret}:${text}`,
  open: (sealed: string) => (sealed.startsWith(`${secret}:`) ? sealed.slice(secret.length + 1) : undefined),
});

function keepsOne(): KeptReplies {
  let kept: (StoredReply & { readonly fingerprint: string }) | undefined;
  return {
    reply: async () => kept,
    addReply: async ({ fingerprint }, reply) => {
      kept = { ...reply, fingerprint };
    },
  };
}

describe('a reply that is kept sealed', () => {
  const asked = { caller: 'ann', key: 'k', fingerprint: 'add a webhook' };

  test('is given again to the same request', async () => {
    const replies = sealedReplies(keepsOne(), sealWith('one'));
    await replies.addReply(asked, { status: 201, body: { secret: 's' } });
    assert.deepEqual(await answeredBefore(replies, asked), { outcome: 'replayed', reply: { status: 201, body: { secret: 's' } } });
  });

  test('is not opened for another request under its key, which is refused', async () => {
    const rows = keepsOne();
    await sealedReplies(rows, sealWith('one')).addReply(asked, { status: 201, body: {} });
    const other = await answeredBefore(sealedReplies(rows, sealWith('other')), { ...asked, fingerprint: 'remove a user' });
    assert.equal(other?.outcome === 'refused' && other.refusal.code, 'idempotency-key-reused');
  });

  test('is an exception where its secret is gone', async () => {
    const rows = keepsOne();
    await sealedReplies(rows, sealWith('one')).addReply(asked, { status: 201, body: {} });
    await assert.rejects(answeredBefore(sealedReplies(rows, sealWith('other')), asked), /secret/);
  });
});
