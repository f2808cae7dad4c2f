import { createHash } from 'node:crypto';

/**
 * The id of the customer behind an e-mail address: the SHA-256 of `customer:` and the address in lower case, as a UUID of version 8 (RFC 9562 §5.8).
 * The same person gets the same id from every node without asking anyone, and a repeated request makes no second customer.
 */
export function customerIdOf(email: string): string {
  const digest = createHash('sha256')
    .update(`customer:${email.trim().normalize('NFKC').toLowerCase()}`)
    .digest('hex');
  const variant = ((Number.parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}
