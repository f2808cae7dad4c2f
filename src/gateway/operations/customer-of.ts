import { customerIdOf } from '../../accounts/customer-id.ts';
import type { Principal } from '../../accounts/principal.ts';
import type { Customer } from '../../actors/calendar/calendar.ts';

type Given = { readonly name: string; readonly email: string; readonly phone?: string | null | undefined };

/** Customers who book for themselves are who they are logged in as. */
export function customerOf(principal: Principal | null, { name, email, phone }: Given): Customer {
  const isOwn = principal?.role === 'customer' && principal.email === email;
  return { id: (isOwn ? principal.customerId : null) ?? customerIdOf(email), name, email, phone: phone ?? null };
}
