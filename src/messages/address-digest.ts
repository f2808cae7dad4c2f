import { createHash } from 'node:crypto';

/** 132 bits: too many to be guessed. */
const CHARACTERS = 22;

/** Addresses of one customer that get no reminders: the latest of them. */
export const MOST_DECLINED = 5;

/** Names an address of a customer without telling it. The id is drawn, so without the customer's row it says nothing. */
export function addressDigest(customerId: string, address: string): string {
  return createHash('sha256').update(`${customerId}:${address}`).digest('base64url').slice(0, CHARACTERS);
}
