import type { Role } from '../model/roles.ts';
import { DEMO_STAFF } from './demo-business.ts';
import { DEMO_CLARA } from './demo-customers.ts';

export type DemoLogin = {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  /** Of staff: which of DEMO_STAFF. */
  readonly staffLogin: string | null;
};

/** Who can log in to the demo, for the start message and for the accounts themselves. All have the same password. */
export function demoLogins(): readonly DemoLogin[] {
  return [
    { email: 'owner@demo.test', name: 'Olivia Salt', role: 'owner', staffLogin: null },
    { email: 'manager@demo.test', name: 'Marco Pine', role: 'manager', staffLogin: null },
    { email: 'desk@demo.test', name: 'Dora Klein', role: 'front-desk', staffLogin: null },
    ...DEMO_STAFF.map((member) => ({ email: `${member.login}@demo.test`, name: member.name, role: 'staff' as const, staffLogin: member.login })),
    { email: DEMO_CLARA.email, name: DEMO_CLARA.name, role: 'customer', staffLogin: null },
  ];
}
