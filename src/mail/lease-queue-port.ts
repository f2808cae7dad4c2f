// What sending e-mails under leases needs of its storage.

/** Names one taking: `attempts` was counted then, so each has its own number. */
export type Lease = { readonly id: string; readonly attempts: number };

/** It is tried again after `delayMs`, a whole number. */
export type PutOff = { readonly status: 'waiting'; readonly failure: string; readonly delayMs: number };
/** What has become of an attempt. */
export type Outcome<End extends string> = { readonly status: End; readonly failure: string | null } | PutOff;
export type Settled<End extends string> = Lease & Outcome<End>;

type Waiting = { readonly emails: number /** Since when the oldest one waits, in milliseconds; 0 if none does. */; readonly oldestMs: number };

export type LeaseQueue<Taken, End extends string> = {
  /** At most `limit` that are due, those due first. No other node has them until the lease runs out. */
  take(limit: number, leaseMs: number): Promise<readonly Taken[]>;
  /** All or nothing. What was sent is marked in any case, everything else only while the lease is this node's. */
  settle(settled: readonly Settled<End>[]): Promise<void>;
  /** From now on. Answers the ids of those that are still this node's; the others have an end, or another node has them. */
  renew(leases: readonly Lease[], leaseMs: number): Promise<readonly string[]>;
  /** As if they had not been taken. */
  release(leases: readonly Lease[]): Promise<void>;
  waiting(): Promise<Waiting>;
};
