import { createHash } from 'node:crypto';
import type { Principal } from '../../accounts/principal.ts';
import type { Customer } from '../../actors/calendar/calendar.ts';

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

type Given = { readonly name: string; readonly email: string; readonly phone?: string | null | undefined };

/** Customers who book for themselves are who they are logged in as. */
export function customerOf(principal: Principal | null, { name, email, phone }: Given): Customer {
  const isOwn = principal?.role === 'customer' && principal.email === email;
  return { id: (isOwn ? principal.customerId : null) ?? customerIdOf(email), name, email, phone: phone ?? null };
}
