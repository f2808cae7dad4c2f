// One transaction of the model. It says what it waits for; everything it writes, it writes in its last step, so that until then nobody
// sees anything of it and it can be undone by forgetting it.

export type Wait =
  /** Taken and kept until the transaction ends. Names sort in the order in which they are taken. */
  | { readonly type: 'lock'; readonly name: string; readonly mode: 'shared' | 'exclusive' }
  /** Time passes. */
  | { readonly type: 'work' };

export type Transaction<Reply> = Generator<Wait, Reply, void>;

export function* work(): Transaction<void> {
  yield { type: 'work' };
}

export function* lockShards(shards: readonly number[], mode: 'shared' | 'exclusive'): Transaction<void> {
  for (const shard of [...new Set(shards)].sort((one, other) => one - other)) yield { type: 'lock', name: `shard ${shard}`, mode };
}

export function* lockRows(ids: readonly string[]): Transaction<void> {
  for (const id of [...new Set(ids)].sort()) yield { type: 'lock', name: `calendar ${id}`, mode: 'exclusive' };
}

/** Runs a transaction that meets no other. */
export function runAlone<Reply>(transaction: Transaction<Reply>): Reply {
  for (;;) {
    const step = transaction.next();
    if (step.done === true) return step.value;
  }
}
