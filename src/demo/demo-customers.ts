import type { Chance } from './chance.ts';
import { DEMO_FIRST_NAMES, DEMO_LAST_NAMES } from './demo-business.ts';

export type DemoCustomer = { readonly name: string; readonly email: string; readonly phone: string | null };

const HOW_MANY = 120;

/** The customer with a login. */
export const DEMO_CLARA: DemoCustomer = { name: 'Clara Nunes', email: 'customer@demo.test', phone: '+351 91 555 0142' };

/** All different, at domains that belong to nobody (RFC 2606), with numbers that belong to nobody. */
export function drawCustomers(chance: Chance): readonly DemoCustomer[] {
  const names = DEMO_FIRST_NAMES.flatMap((first) => DEMO_LAST_NAMES.map((last) => ({ first, last })));
  const customers: DemoCustomer[] = [];
  while (customers.length < HOW_MANY) {
    const { first, last } = chance.pick(names);
    const email = `${first}.${last}@example.${chance.pick(['com', 'org'])}`.toLowerCase();
    const isTaken = customers.some((customer) => customer.name === `${first} ${last}`);
    const phone = chance.happens(0.7) ? `+351 91 555 ${chance.integer(1000, 9999)}` : null;
    if (!isTaken) customers.push({ name: `${first} ${last}`, email, phone });
  }
  return customers;
}
